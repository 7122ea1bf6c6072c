"""What forbids that clusters of records are one person, whatever pair ties them.

Two clusters cannot be one person if
- in a feed that both hold, no record of the one agrees with one of the other in date of birth and forename: one side
  knows two people, be they twins under one ULN or namesakes (and in any feeds, where names alone tie them);
- together they hold two dates of birth and two ULNs;
- an identifier or the sex contradicts the link, where the stage forbids that;
- a person has said so (`link_apart`).

What the stages are is `schemas.link_stages`; what becomes of a conflict is `assets.linked.clusters`.
"""

import duckdb

from assets.linked.comparisons import MAY_BE_ONE_PERSON
from schemas.link_stages import LinkStage

#: More clusters than this in one knot are no person but a shared value.
CROWDED = 50

# What two clusters may differ in and thereby be two people; the last only where a stage forbids contradictions.
_WEIGHED = ("date_of_birth", "forename_std", "other_forenames_std", "uln_key")
_WEIGHED_IF_FORBIDDEN = ("uci_key", "sex", "personal_id_key")


# A person has said of some that they are one, whatever they say of their birth and number; nobody else's link is refused
# for it.
_CONTRADICTED = """
coalesce(
    min(date_of_birth) <> max(date_of_birth) AND min(uln_key) <> max(uln_key)
    AND NOT bool_or(link_record.record IN (SELECT record FROM link_decided)),
    false
)
"""

#: SELECT of the knots of `link_knot` that hold two dates of birth and two ULNs.
CONTRADICTED_KNOTS = f"""
SELECT link_knot.knot
FROM link_knot
INNER JOIN link_record ON link_knot.cluster = link_record.cluster
GROUP BY link_knot.knot
HAVING {_CONTRADICTED}
"""


def find_doubtful_knots(connection: duckdb.DuckDBPyConnection, stage: LinkStage) -> None:
    """Fills `link_doubtful` (knot, crowded, contradicted) with the knots of `link_knot` that need a closer look.

    The others say the same in all that a guard weighs. `crowded`: no person. `contradicted`: two dates of birth and two
    ULNs, which no two clusters of the knot need hold alone.
    """
    weighed = _WEIGHED if stage.contradictions == "allow" else _WEIGHED + _WEIGHED_IF_FORBIDDEN
    differs = " OR ".join(f"min({column}) <> max({column})" for column in weighed)
    connection.execute(f"""
    CREATE OR REPLACE TEMP TABLE link_doubtful AS
    SELECT
        link_knot.knot,
        count(DISTINCT link_knot.cluster) > {CROWDED} AS crowded,
        {_CONTRADICTED} AS contradicted,
        bool_or(link_record.record IN (SELECT a FROM link_apart)) AS apart
    FROM link_knot
    INNER JOIN link_record ON link_knot.cluster = link_record.cluster
    GROUP BY link_knot.knot
    HAVING count(*) > {CROWDED} AND crowded OR apart OR {differs}
    """)


def _contradicts(stage: LinkStage) -> str:
    """Condition on two clusters' gathered comparisons: something contradicts the link that the stage forbids."""
    if stage.contradictions == "allow":
        return "false"
    if stage.contradictions == "within_feed":
        return "bool_or(one_feed AND ((uln_known AND NOT uln_same) OR (uci_known AND NOT uci_same)))"
    kinds = ("uln", "uci", "personal_id", "sex")
    return " OR ".join(f"(bool_or({kind}_known) AND NOT bool_or({kind}_same))" for kind in kinds)


def _strangers(stage: LinkStage) -> str:
    """Condition on two clusters' gathered comparisons: no record of the one can be the person of one of the other.

    Within a feed always, unless the stage joins rows of one reference; across feeds where no identifier ties them.
    """
    if stage.one_reference:
        return "false"
    within_feed = "bool_or(one_feed AND NOT alike)"
    return within_feed if stage.contradictions == "allow" else f"{within_feed} OR NOT bool_or(alike)"


def _compared(kind: str, column: str, condition: str = "true") -> str:
    """Whether two clusters' records of two feeds both have a value, and whether one is the same."""
    return (
        f"bool_or(a.{column} IS NOT NULL AND b.{column} IS NOT NULL AND {condition}) AS {kind}_known, "
        f"coalesce(bool_or(a.{column} = b.{column}), false) AS {kind}_same"
    )


def find_conflicts(connection: duckdb.DuckDBPyConnection, stage: LinkStage) -> None:
    """Fills `link_conflict` (a, b): clusters of one doubtful knot that cannot be one person at this stage; a < b."""
    # Two applications of one person have two Personal IDs: only a centre's statement can contradict an application.
    stated = "a.feed <> b.feed AND (a.one_row_each OR b.one_row_each)"
    connection.execute(f"""
    CREATE OR REPLACE TEMP TABLE link_conflict AS
    WITH member AS (
        SELECT
            link_knot.knot,
            link_record.*,
            link_record.record IN (SELECT record FROM link_decided) AS decided
        FROM link_knot
        INNER JOIN link_doubtful ON link_knot.knot = link_doubtful.knot
        INNER JOIN link_record ON link_knot.cluster = link_record.cluster
        WHERE NOT link_doubtful.crowded
    ),
    by_feeds AS (
        SELECT
            a.cluster AS a,
            b.cluster AS b,
            a.feed = b.feed AS one_feed,
            coalesce(bool_or({MAY_BE_ONE_PERSON}), false) AS alike,
            {_compared("uln", "uln_key")},
            {_compared("uci", "uci_key")},
            {_compared("personal_id", "personal_id_key", stated)},
            {_compared("sex", "sex")},
            min(least(a.date_of_birth, b.date_of_birth)) AS first_birth,
            max(greatest(a.date_of_birth, b.date_of_birth)) AS last_birth,
            min(least(a.uln_key, b.uln_key)) AS lowest_uln,
            max(greatest(a.uln_key, b.uln_key)) AS highest_uln,
            bool_or(a.decided OR b.decided) AS decided
        FROM member AS a
        INNER JOIN member AS b ON a.knot = b.knot AND a.cluster < b.cluster
        GROUP BY a.cluster, b.cluster, a.feed, b.feed
    )
    SELECT least(x.cluster, y.cluster) AS a, greatest(x.cluster, y.cluster) AS b
    FROM link_apart
    INNER JOIN member AS x ON link_apart.a = x.record
    INNER JOIN member AS y ON link_apart.b = y.record AND x.knot = y.knot
    UNION
    SELECT a, b
    FROM by_feeds
    GROUP BY a, b
    HAVING
        {_strangers(stage)}
        OR coalesce(
            min(first_birth) <> max(last_birth) AND min(lowest_uln) <> max(highest_uln) AND NOT bool_or(decided), false
        )
        OR {_contradicts(stage)}
    """)
