"""People's decisions about links: pairs that are one person's or two people's, whatever the evidence says.

They come before every stage, so that the evidence is judged in their light. Where they are kept is the decisions store's
business; which of them new data contradict is said in `linked.link_decisions`.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC

import duckdb
import pyarrow as pa

from assets.linked.comparisons import CONDITIONS
from assets.linked.evidence import AGREED
from assets.linked.knots import Edges
from assets.linked.linker import PROPOSED_PAIRS_DDL
from schemas.link_decisions import LinkDecision
from schemas.link_stages import LinkStage

DECIDED = LinkStage(
    name="decided",
    statement="A person has said that the two records are one person's.",
    score=1.0,
    blocks=(),
    alternatives=(),
    contradictions="allow",
)

_COLUMNS = ("pair_id", "first_record_id", "second_record_id", "decision", "decided_by", "decided_at", "reason")

# Two rows of one record can be told apart only by more than linking looks at: they stand for the same record, and a
# decision about them says nothing that the evidence could deny.
_BY_RECORD = """
CREATE OR REPLACE TEMP TABLE link_decision AS
SELECT
    said.*,
    CASE WHEN one.record IS NOT NULL AND other.record IS NOT NULL THEN least(one.record, other.record) END AS a,
    CASE WHEN one.record IS NOT NULL AND other.record IS NOT NULL THEN greatest(one.record, other.record) END AS b
FROM link_said AS said
LEFT JOIN link_identity AS one ON said.first_record_id = one.record_id
LEFT JOIN link_identity AS other ON said.second_record_id = other.record_id
"""

_WORKING = """
CREATE OR REPLACE TEMP TABLE link_apart AS
SELECT DISTINCT a, b FROM link_decision WHERE decision = 'different' AND a <> b;
CREATE OR REPLACE TEMP TABLE link_decided AS
SELECT unnest([a, b]) AS record FROM link_decision WHERE decision = 'same' AND a IS NOT NULL AND b IS NOT NULL;
"""


def without_decisions(connection: duckdb.DuckDBPyConnection) -> None:
    """Creates the temporary tables `link_apart` and `link_decided` with nothing in them."""
    connection.execute("CREATE OR REPLACE TEMP TABLE link_apart (a INTEGER, b INTEGER)")
    connection.execute("CREATE OR REPLACE TEMP TABLE link_decided (record INTEGER)")


def write_decisions(connection: duckdb.DuckDBPyConnection, decisions: Iterable[LinkDecision]) -> None:
    """Creates the temporary tables `link_decision` (the decisions, with their records a and b, empty where a record is
    gone), `link_apart` (a, b: decided to be two people's) and `link_decided` (record: decided to be another's person).

    Args:
        connection: with `link_identity` (record_id, record).
        decisions: those in force.
    """
    held: dict[str, list[str]] = {column: [] for column in _COLUMNS}
    for decision in decisions:
        for column in _COLUMNS:
            value = getattr(decision, column)
            held[column].append(value.astimezone(UTC).isoformat() if column == "decided_at" else value)
    text = pa.table({column: pa.array(values, pa.string()) for column, values in held.items()})
    connection.register("link_incoming", text)
    connection.execute("CREATE OR REPLACE TEMP TABLE link_said AS SELECT * FROM link_incoming")
    connection.unregister("link_incoming")
    connection.execute(_BY_RECORD)
    connection.execute(_WORKING)


_DIFFERENT_PEOPLE_AGREE = f"a.date_of_birth = b.date_of_birth AND {CONDITIONS['forename']}"

# What speaks against a decision now, by name: of `same` what does not change and differs, of `different` an identifier
# that agrees beside birth and forename. What spoke against it in the publication that first applied it, the person knew.
_STATES = """
CREATE OR REPLACE TABLE linked.link_decisions AS
WITH said AS (
    SELECT
        link_decision.*,
        a.cluster = b.cluster AS together,
        CASE link_decision.decision
            WHEN 'same' THEN list_filter([
                CASE WHEN a.date_of_birth <> b.date_of_birth THEN 'date of birth' END,
                CASE WHEN a.uln_key <> b.uln_key THEN 'ULN' END,
                CASE WHEN a.uci_key <> b.uci_key THEN 'UCI' END,
                CASE WHEN a.forename_std <> b.forename_std AND NOT coalesce({forename}, false) THEN 'forename' END
            ], name -> name IS NOT NULL)
            WHEN 'different' THEN list_filter([
                CASE WHEN a.uln_key = b.uln_key AND {agree} THEN 'ULN' END,
                CASE WHEN a.uci_key = b.uci_key AND {agree} THEN 'UCI' END
            ], name -> name IS NOT NULL)
        END AS against
    FROM link_decision
    LEFT JOIN link_record AS a ON link_decision.a = a.record
    LEFT JOIN link_record AS b ON link_decision.b = b.record
),
before AS ({before}),
judged AS (
    SELECT
        said.*,
        CASE WHEN before.pair_id IS NULL THEN said.against ELSE string_split(before.known_contradiction, ', ') END AS known
    FROM said
    LEFT JOIN before ON said.pair_id = before.pair_id AND said.decided_at = before.decided_at
)
SELECT
    pair_id, first_record_id, second_record_id, decision, decided_by, decided_at, reason AS decision_reason,
    CASE
        WHEN a IS NULL OR b IS NULL THEN 'record_missing'
        WHEN decision = 'different' AND together THEN 'conflicting'
        WHEN len(list_filter(against, name -> NOT list_contains(known, name))) > 0 THEN 'contradicted'
        ELSE 'applied'
    END AS state,
    nullif(array_to_string(list_filter(against, name -> NOT list_contains(known, name)), ', '), '') AS contradiction,
    coalesce(array_to_string(known, ', '), '') AS known_contradiction
FROM judged
"""

_NOTHING_BEFORE = (
    "SELECT NULL::VARCHAR AS pair_id, NULL::VARCHAR AS decided_at, NULL::VARCHAR AS known_contradiction WHERE false"
)


def describe_decisions(connection: duckdb.DuckDBPyConnection, previous: str | None) -> None:
    """Creates `linked.link_decisions` (`schemas.link_review.LINK_DECISIONS`): each decision and what became of it.

    Args:
        connection: with `link_decision` and `link_record`, whose clusters are settled.
        previous: schema of the last publication, which says what spoke against a decision when it was first applied.
    """
    columns = "SELECT pair_id, decided_at, known_contradiction"
    known = previous is not None and _holds_decisions(connection, previous)
    before = f"{columns} FROM {previous}.link_decisions WHERE state <> 'record_missing'" if known else _NOTHING_BEFORE
    forename = f"coalesce({CONDITIONS['forename']}, false) OR {CONDITIONS['forename_alike']}"
    connection.execute(_STATES.format(forename=forename, agree=_DIFFERENT_PEOPLE_AGREE, before=before))


def _holds_decisions(connection: duckdb.DuckDBPyConnection, previous: str) -> bool:
    """Whether a publication is new enough to say."""
    database, schema = previous.split(".")
    found = connection.execute(
        "SELECT 1 FROM duckdb_columns() WHERE database_name = ? AND schema_name = ? AND table_name = 'link_decisions' "
        "AND column_name = 'known_contradiction'",
        [database, schema],
    )
    return found.fetchone() is not None


class DecidedLinker:
    """Proposes the pairs that people have decided to be one person's."""

    @property
    def stages(self) -> Sequence[LinkStage]:
        return (DECIDED,)

    def propose(self, connection: duckdb.DuckDBPyConnection, stage: LinkStage) -> None:
        """Creates and fills `link_proposed`; see `assets.linked.linker.Linker`."""
        connection.execute(PROPOSED_PAIRS_DDL)
        connection.execute(
            f"""
            INSERT INTO link_proposed
            SELECT DISTINCT a.record, b.record, CAST(? AS DOUBLE), {AGREED}, NULL
            FROM link_decision
            INNER JOIN link_record AS a ON link_decision.a = a.record
            INNER JOIN link_record AS b ON link_decision.b = b.record
            WHERE link_decision.decision = 'same' AND a.record <> b.record
            """,
            [stage.score],
        )

    def settle(self, connection: duckdb.DuckDBPyConnection, stage: LinkStage, edges: Edges) -> Edges:
        """All of them stand: decisions that exclude each other are refused when they are made."""
        return edges
