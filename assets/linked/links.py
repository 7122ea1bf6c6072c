"""Who is linked: runs the linkers, names each person, and says for each row by which stage and on what evidence.

`linked.person_links` is the outcome that others read. Which stages there are is `schemas.link_stages`; links that a
person confirms or refuses by hand are the decisions store's business.
"""

from collections.abc import Sequence

import duckdb

from assets.linked.clusters import Clusters
from assets.linked.deterministic import DeterministicLinker
from assets.linked.evidence import EXPLAINED, SCORE, write_explanations
from assets.linked.linker import Linker
from assets.linked.people import KEY_COLUMNS, build_forename_forms, build_people
from schemas.link_stages import UNLINKED

#: Tables that linking leaves behind on the connection only while it runs.
_TEMPORARY = (
    *("link_person", "link_row", "link_record", "link_candidate", "link_beyond", "link_proposed", "link_edge"),
    *("link_knot", "link_doubtful", "link_conflict", "link_outcome", "link_stage", "link_words", "link_learner"),
)

# A row's natural key as text. Its first and last parts have a fixed form, so that two keys are two texts whatever stands
# in a sender's own reference; the feeds' names sort in the order in which a person is named after them.
_RECORD_KEY = f"concat_ws('|', {', '.join('people.' + column for column in KEY_COLUMNS)})"

_LEARNERS = f"""
CREATE OR REPLACE TEMP TABLE link_learner AS
SELECT link_outcome.cluster, 'L' || substr(sha256(min({_RECORD_KEY})), 1, 15) AS learner_id
FROM link_person AS people
INNER JOIN link_outcome ON people.person_row = link_outcome.person_row
GROUP BY link_outcome.cluster
"""

_PERSON_LINKS = f"""
CREATE OR REPLACE TABLE linked.person_links AS
SELECT
    {", ".join("people." + column for column in KEY_COLUMNS)},
    link_learner.learner_id,
    link_stage.stage,
    {SCORE} AS score,
    link_words.evidence
FROM link_person AS people
INNER JOIN link_outcome ON people.person_row = link_outcome.person_row
INNER JOIN link_learner ON link_outcome.cluster = link_learner.cluster
{EXPLAINED}
"""

_BROKEN = """
SELECT
    (SELECT count(*) FROM link_learner) AS learners,
    (SELECT count(*) - count(DISTINCT learner_id) FROM link_learner) AS names_shared,
    (SELECT count(*) FROM link_person) - (SELECT count(*) FROM linked.person_links) AS rows_lost,
    (
        SELECT count(*) FROM (
            SELECT cluster FROM link_record GROUP BY cluster
            HAVING min(date_of_birth) <> max(date_of_birth) AND min(uln_key) <> max(uln_key)
        )
    ) AS contradicted
"""


class LinkingError(RuntimeError):
    """The links break what must hold of them: a fault of the program, not of a delivery."""


def _check(connection: duckdb.DuckDBPyConnection) -> int:
    """The number of learners. `LinkingError`: two share an id, a row is lost, or one has two births and two ULNs."""
    ((learners, names_shared, rows_lost, contradicted),) = connection.execute(_BROKEN).fetchall()
    if names_shared or rows_lost or contradicted:
        raise LinkingError(
            f"links cannot be used: learner ids shared by two people [{names_shared}], rows without a learner "
            f"[{rows_lost}], people with two dates of birth and two ULNs [{contradicted}]; keep the previous links and "
            "report the fault with the night's deliveries"
        )
    return int(learners)


def link_people(
    connection: duckdb.DuckDBPyConnection, linkers: Sequence[Linker] = (DeterministicLinker(),)
) -> dict[str, int]:
    """Creates `linked.forename_forms`, `linked.people` and `linked.person_links`.

    `linked.person_links`: feed and natural key (those of the row's feed are filled), learner_id (never empty), stage (the
    strongest by which the row was linked to another record; `same_record` if only to rows of its own reference;
    `unlinked` if alone), score (an order in [0, 1], no probability), evidence (the columns that agreed, by name). One
    row for each row of the three feeds that name people.

    Needs `standardised.*` and `linked.centre_successors`.

    Args:
        connection: the warehouse.
        linkers: in the order in which they propose; the pairs of an earlier one are stronger.

    Returns:
        counts `rows`, `learners`, `unlinked_rows`, and for each stage `linked_by_<stage>` (rows) and `refused_by_<stage>`
        (pairs of people that it proposed and the guards refused).

    Raises:
        LinkingError: what must hold of links does not.
    """
    build_forename_forms(connection)
    build_people(connection)
    clusters = Clusters(connection)
    refused: dict[str, int] = {}
    stages = [(linker, stage) for linker in linkers for stage in linker.stages]
    for place, (linker, stage) in enumerate(stages):
        linker.propose(connection, stage)
        outcome = clusters.resolve(stage, place)
        refused[stage.name] = outcome.proposed - outcome.accepted
    in_order = [stage for _, stage in stages]
    clusters.write_outcome(in_order)
    write_explanations(connection, in_order)
    connection.execute(_LEARNERS)
    connection.execute(_PERSON_LINKS)
    learners = _check(connection)
    for table in _TEMPORARY:
        connection.execute(f"DROP TABLE IF EXISTS temp.{table}")
    return _counts(connection, learners, refused)


def _counts(connection: duckdb.DuckDBPyConnection, learners: int, refused: dict[str, int]) -> dict[str, int]:
    by_stage = dict(connection.execute("SELECT stage, count(*) FROM linked.person_links GROUP BY stage").fetchall())
    counts = {"rows": sum(by_stage.values()), "learners": learners, "unlinked_rows": by_stage.get(UNLINKED, 0)}
    for stage, pairs in refused.items():
        counts[f"linked_by_{stage}"] = by_stage.get(stage, 0)
        counts[f"refused_by_{stage}"] = pairs
    return counts
