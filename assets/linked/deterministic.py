"""The deterministic linker: the stages of `schemas.link_stages`, each turned into a SELECT over pairs of records.

The stages are data; this module only puts their blocks and comparisons into SQL. Acceptance, clusters and guards are
`assets.linked.clusters`.
"""

from collections.abc import Sequence

import duckdb

from assets.linked.comparisons import BEYOND_THE_PAIR, CONDITIONS, RECORD_CONDITIONS
from assets.linked.evidence import AGREED
from assets.linked.knots import Edges, all_or_none
from assets.linked.linker import PROPOSED_PAIRS_DDL
from schemas.link_stages import STAGES, LinkStage

#: A value that more records share than this says nothing of one person, and would make pairs without end.
CROWD = 200


def _any_of(alternatives: Sequence[Sequence[str]]) -> str:
    """The condition that all comparisons of one of the alternatives hold, as far as the two records settle it."""
    settled = ([CONDITIONS[name] for name in way if name not in BEYOND_THE_PAIR] for way in alternatives)
    return " OR ".join(f"({' AND '.join(way)})" for way in settled) or "false"


def _block_pairs(stage: LinkStage, block: Sequence[str]) -> str:
    """Pairs of records of different clusters that agree on a block's columns and may agree on an alternative.

    Columns: a, b, agreed, certain (an alternative holds that does not look beyond the pair).
    """
    # A number stands for the block's values while the records that matter are looked for: the values themselves are
    # compared in the end, so that a coincidence of two numbers only costs a look.
    block_hash = f"hash({', '.join(block)})"
    present = " AND ".join(f"{column} IS NOT NULL" for column in block)
    source = (
        "(SELECT *, unnest(formal_names) AS formal_name FROM link_record)" if "formal_name" in block else "link_record"
    )
    driver = RECORD_CONDITIONS[stage.one_has]
    # Where few records can be one of a pair, looking for theirs costs less than looking at what everybody's have become.
    is_open = "" if stage.one_has != "anything" else "min(cluster) <> max(cluster) AND "
    certain = _any_of([way for way in stage.alternatives if not set(way) & set(BEYOND_THE_PAIR)])
    return f"""
    SELECT a, b, agreed, certain FROM (
        WITH source AS NOT MATERIALIZED (SELECT *, {driver} AS driver FROM {source}),
        open_block AS (
            SELECT {block_hash} AS block FROM source WHERE {present} AND driver
            GROUP BY block HAVING {is_open} count(*) <= {CROWD}
        ),
        candidate AS (SELECT source.* FROM source SEMI JOIN open_block ON {block_hash} = open_block.block)
        SELECT a.record AS a, b.record AS b, {AGREED} AS agreed, CASE WHEN {certain} THEN true ELSE false END AS certain
        FROM candidate AS a
        INNER JOIN candidate AS b ON {" AND ".join(f"a.{column} = b.{column}" for column in block)}
        WHERE a.record < b.record AND a.cluster <> b.cluster AND (a.driver OR b.driver) AND ({_any_of(stage.alternatives)})
    )
    """


# Of the pairs that are not certain, those in which somebody in the other's feed has the one's name and date of birth.
_NAMESAKES = """
CREATE OR REPLACE TEMP TABLE link_beyond AS
WITH side AS (
    SELECT a, b, a AS one, b AS other FROM link_candidate WHERE NOT certain
    UNION ALL
    SELECT a, b, b AS one, a AS other FROM link_candidate WHERE NOT certain
)
SELECT DISTINCT side.a, side.b
FROM side
INNER JOIN link_record AS one ON side.one = one.record
INNER JOIN link_record AS other ON side.other = other.record
INNER JOIN link_record AS namesake
    ON
        other.feed = namesake.feed
        AND one.date_of_birth = namesake.date_of_birth
        AND one.surname_std = namesake.surname_std
        AND one.forename_std = namesake.forename_std
"""

# Of the pairs that are not certain, those without rows for one qualification.
_QUALIFICATIONS = """
CREATE OR REPLACE TEMP TABLE link_beyond AS
WITH held AS (
    SELECT DISTINCT link_row.record, people.qualification_number
    FROM link_row
    INNER JOIN link_person AS people ON link_row.person_row = people.person_row
    WHERE link_row.record IN (SELECT a FROM link_candidate UNION SELECT b FROM link_candidate)
)
SELECT link_candidate.a, link_candidate.b
FROM link_candidate
LEFT JOIN held AS x ON link_candidate.a = x.record
LEFT JOIN held AS y ON link_candidate.b = y.record
WHERE NOT link_candidate.certain
GROUP BY link_candidate.a, link_candidate.b
HAVING NOT coalesce(bool_or(x.qualification_number = y.qualification_number), false)
"""

_WITHOUT_THOSE = """
CREATE OR REPLACE TEMP TABLE link_candidate AS
SELECT * FROM link_candidate ANTI JOIN link_beyond ON link_candidate.a = link_beyond.a AND link_candidate.b = link_beyond.b
"""

_BEYOND = {"no_namesake": _NAMESAKES, "qualification": _QUALIFICATIONS}


def _beyond(stage: LinkStage) -> set[str]:
    """The comparisons of a stage that look beyond the pair."""
    return {name for way in stage.alternatives for name in way} & set(BEYOND_THE_PAIR)


class DeterministicLinker:
    """Links by equality of identifiers and names, stage by stage."""

    def __init__(self, stages: Sequence[LinkStage] = STAGES) -> None:
        for stage in stages:
            if len(_beyond(stage)) > 1:
                raise ValueError(f"stage [{stage.name}] looks beyond the pair in two ways: make two stages of it")
        self._stages = tuple(stages)

    @property
    def stages(self) -> Sequence[LinkStage]:
        return self._stages

    def propose(self, connection: duckdb.DuckDBPyConnection, stage: LinkStage) -> None:
        """Creates and fills `link_proposed` with the pairs of one stage; see `assets.linked.linker.Linker`."""
        pairs = " UNION ALL ".join(_block_pairs(stage, block) for block in stage.blocks)
        if len(stage.blocks) > 1 or "formal_name" in stage.blocks[0]:
            once = "any_value(agreed) AS agreed, bool_or(certain) AS certain"
            pairs = f"SELECT a, b, {once} FROM ({pairs}) GROUP BY a, b"
        connection.execute(f"CREATE OR REPLACE TEMP TABLE link_candidate AS {pairs}")
        for name in _beyond(stage):
            connection.execute(_BEYOND[name])
            connection.execute(_WITHOUT_THOSE)
        connection.execute(PROPOSED_PAIRS_DDL)
        connection.execute("INSERT INTO link_proposed SELECT a, b, ?, agreed, NULL FROM link_candidate", [stage.score])

    def settle(self, connection: duckdb.DuckDBPyConnection, stage: LinkStage, edges: Edges) -> Edges:
        """Pairs of one stage are equally good: where they cannot all stand, none is chosen before another."""
        return all_or_none(connection, stage, edges)
