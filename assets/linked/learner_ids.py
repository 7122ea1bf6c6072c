"""The id of each learner: carried over from the last publication where it can be, otherwise named after a record.

Who is linked with whom is settled before this begins and is not touched by it; only names come from the last
publication (`docs/decisions/0006-learner-ids.md`).

**Who keeps an id.** For every learner of tonight and every id that some of its records had in the last publication,
count those records. Take the pair of learner and id with the most; give the learner that id; set aside all other
pairs of either; go on with what is left. Among pairs with as many records the id that had more records in all comes
first, then the id that sorts first, then the learner that holds the lowest record_id of the records counted. So a
learner that must leave an id to another takes the next of its own that nobody has a better claim to, and an id ends
only if every learner that holds one of its records keeps another.

**Who gets a new one.** Any other learner is named after the lowest of its records whose name (L for the R) is free:
not in the last publication, and left by no records in its history. Thus a learner that was gone for some nights has
its id again, if it was named after its lowest record and had never been merged or split. One exception: if an id did
nothing but merge, and the learner that holds its record has come out of what it merged into, the id is restored. If
no name is free, the id is a hash of the lowest record_id and the day.

**What is recorded.** A record in both publications whose learner changed is counted in one event, dated `as_of`:
`merged` if nobody holds its old id now, else `split`. Records that come or go make no event. An event that the
history already holds (the day was run before) keeps its row.
"""

from datetime import date
from itertools import count

import duckdb

_HISTORY_COLUMNS = {
    "changed_on": "DATE",
    "event": "VARCHAR",
    "learner_id": "VARCHAR",
    "other_learner_id": "VARCHAR",
    "records": "BIGINT",
}
#: What is read of the last publication: the view that it becomes, by the published table's name.
_READ = {
    "person_links": ("link_before", {"record_id": "VARCHAR", "learner_id": "VARCHAR"}),
    "learner_history": ("link_history", _HISTORY_COLUMNS),
}

_TEMPORARY = ("link_claim", "link_contested", "link_round", "link_unnamed", "link_event")

# A pair for each cluster and each id that one of its records had, with the number of those records.
_CLAIMS = """
CREATE OR REPLACE TEMP TABLE link_claim AS
SELECT link_member.cluster, link_before.learner_id, count(*) AS records
FROM link_member
INNER JOIN link_before ON link_member.record_id = link_before.record_id
GROUP BY link_member.cluster, link_before.learner_id
"""

# Nearly every learner is the only one to claim the only id that it can claim; there is nothing to settle.
_UNCONTESTED = """
CREATE OR REPLACE TEMP TABLE link_learner AS
SELECT cluster, learner_id
FROM link_claim
ANTI JOIN (SELECT cluster FROM link_claim GROUP BY cluster HAVING count(*) > 1) AS chooses USING (cluster)
ANTI JOIN (SELECT learner_id FROM link_claim GROUP BY learner_id HAVING count(*) > 1) AS chosen USING (learner_id)
"""

_CONTESTED = """
CREATE OR REPLACE TEMP TABLE link_contested AS
WITH contested AS (
    SELECT link_claim.*
    FROM link_claim
    ANTI JOIN link_learner ON link_claim.cluster = link_learner.cluster
),
had AS (
    SELECT link_before.*
    FROM link_before
    SEMI JOIN contested ON link_before.learner_id = contested.learner_id
),
size AS (
    SELECT learner_id, count(*) AS records_before
    FROM had
    GROUP BY learner_id
),
lowest AS (
    SELECT link_member.cluster, had.learner_id, min(had.record_id) AS lowest_record
    FROM had
    INNER JOIN link_member ON had.record_id = link_member.record_id
    GROUP BY link_member.cluster, had.learner_id
)
SELECT contested.*, size.records_before, lowest.lowest_record
FROM contested
INNER JOIN size ON contested.learner_id = size.learner_id
INNER JOIN lowest ON contested.cluster = lowest.cluster AND contested.learner_id = lowest.learner_id
"""

# One order of all pairs, in which no two are equal: the same on every machine, and for clusters and ids alike.
_STRENGTH = "records DESC, records_before DESC, learner_id, lowest_record"

# A pair that is the strongest both of its cluster and of its id is part of the outcome whatever becomes of the others.
_ROUND = f"""
CREATE OR REPLACE TEMP TABLE link_round AS
SELECT cluster, learner_id
FROM link_contested
QUALIFY
    row_number() OVER (PARTITION BY cluster ORDER BY {_STRENGTH}) = 1
    AND row_number() OVER (PARTITION BY learner_id ORDER BY {_STRENGTH}) = 1
"""
_SETTLED = """
DELETE FROM link_contested
WHERE cluster IN (SELECT cluster FROM link_round) OR learner_id IN (SELECT learner_id FROM link_round)
"""

_UNNAMED = """
CREATE OR REPLACE TEMP TABLE link_unnamed AS
SELECT link_member.*
FROM link_member
ANTI JOIN link_learner ON link_member.cluster = link_learner.cluster
"""

# An id that records have left says no longer whose it is: the history does not tell which of them a split took. But an id
# that ended whole, by merging, is that of its record again where the merger is undone.
_NAMED_AFTER_A_RECORD = """
INSERT INTO link_learner
WITH own AS (
    SELECT link_unnamed.cluster, 'L' || substr(link_unnamed.record_id, 2) AS learner_id
    FROM link_unnamed
    ANTI JOIN link_before ON 'L' || substr(link_unnamed.record_id, 2) = link_before.learner_id
),
undone AS (
    SELECT own.cluster, own.learner_id
    FROM own
    INNER JOIN link_history ON own.learner_id = link_history.learner_id
    LEFT JOIN link_claim ON own.cluster = link_claim.cluster AND link_history.other_learner_id = link_claim.learner_id
    GROUP BY own.cluster, own.learner_id
    HAVING bool_and(link_history.event = 'merged') AND count(link_claim.cluster) > 0
),
never_left AS (
    SELECT own.*
    FROM own
    ANTI JOIN link_history ON own.learner_id = link_history.learner_id
)
SELECT cluster, coalesce(min(undone.learner_id), min(never_left.learner_id))
FROM undone
FULL JOIN never_left USING (cluster)
GROUP BY cluster
"""

# $attempt tells apart names that are taken by chance.
_NAMED_BY_HASH = """
INSERT INTO link_learner
WITH hashed AS (
    SELECT
        cluster,
        min(record_id) AS lowest_record,
        'L' || substr(sha256(concat_ws('|', min(record_id), $as_of, $attempt)), 1, 15) AS learner_id
    FROM link_unnamed
    GROUP BY cluster
)
SELECT arg_min(cluster, lowest_record), learner_id
FROM hashed
ANTI JOIN link_learner USING (learner_id)
ANTI JOIN link_before USING (learner_id)
ANTI JOIN (SELECT unnest([learner_id, other_learner_id]) AS learner_id FROM link_history) AS known USING (learner_id)
GROUP BY learner_id
"""

# A claim that did not become the cluster's id: records that have left that id. An id that nobody holds has merged.
_EVENTS = """
CREATE OR REPLACE TEMP TABLE link_event AS
WITH moved AS (
    SELECT link_claim.learner_id, link_learner.learner_id AS other_learner_id, link_claim.records
    FROM link_claim
    INNER JOIN link_learner
        ON link_claim.cluster = link_learner.cluster AND link_claim.learner_id <> link_learner.learner_id
)
SELECT $as_of::DATE AS changed_on, if(held.learner_id IS NULL, 'merged', 'split') AS event, moved.*
FROM moved
LEFT JOIN link_learner AS held ON moved.learner_id = held.learner_id
"""

# What was published once is never rewritten: where a day is run again and moves more records between the same two
# learners, the row of that day stays as it was.
_HISTORY = """
CREATE OR REPLACE TABLE linked.learner_history AS
SELECT * FROM link_history
UNION ALL
SELECT link_event.*
FROM link_event
ANTI JOIN link_history USING (changed_on, event, learner_id, other_learner_id)
"""


def _count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    ((found,),) = connection.execute(query).fetchall()
    return int(found)


def _read_previous(connection: duckdb.DuckDBPyConnection, previous: str | None) -> bool:
    """Views of what the last publication says, empty where it does not say it; returns whether it names records."""
    found = dict(
        connection.execute(
            "SELECT table_name, list(column_name) FROM duckdb_columns() "
            "WHERE database_name || '.' || schema_name = ? GROUP BY table_name",
            [previous],
        ).fetchall()
    )
    for table, (view, columns) in _READ.items():
        if columns.keys() <= set(found.get(table, ())):
            query = f"SELECT {', '.join(columns)} FROM {previous}.{table}"
        else:
            empty = ", ".join(f"NULL::{kind} AS {name}" for name, kind in columns.items())
            query = f"SELECT {empty} WHERE false"
        connection.execute(f"CREATE OR REPLACE TEMP VIEW {view} AS {query}")
    return "record_id" in found.get("person_links", ())


def _carry_over(connection: duckdb.DuckDBPyConnection) -> int:
    """Fills `link_learner` with the clusters that keep an id, and `link_claim`; returns how many keep one."""
    for statement in (_CLAIMS, _UNCONTESTED, _CONTESTED):
        connection.execute(statement)
    while _count(connection, "SELECT count(*) FROM link_contested"):
        connection.execute(_ROUND)
        connection.execute("INSERT INTO link_learner SELECT cluster, learner_id FROM link_round")
        connection.execute(_SETTLED)
    return _count(connection, "SELECT count(*) FROM link_learner")


def _name_new(connection: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """Fills `link_learner` with the clusters that keep no id."""
    connection.execute(_UNNAMED)
    connection.execute(_NAMED_AFTER_A_RECORD)
    for attempt in count():
        connection.execute(_UNNAMED)
        if not _count(connection, "SELECT count(*) FROM link_unnamed"):
            return
        connection.execute(_NAMED_BY_HASH, {"as_of": as_of.isoformat(), "attempt": attempt})


def name_learners(connection: duckdb.DuckDBPyConnection, as_of: date, previous: str | None) -> dict[str, int]:
    """Names tonight's learners by the rules above, and says which of last night's were merged or split.

    Reads the temporary table `link_member` (record_id VARCHAR, unique; cluster BIGINT), and `person_links` and
    `learner_history` of the last publication. What an older publication lacks counts as empty.

    Creates the temporary table `link_learner` (cluster BIGINT, learner_id VARCHAR; each unique) and
    `linked.learner_history` (changed_on DATE, event VARCHAR, learner_id VARCHAR, other_learner_id VARCHAR, records
    BIGINT): the history so far, unchanged, and the events of this run.

    Args:
        connection: the warehouse.
        as_of: the run's day.
        previous: qualified name (`database.schema`) of the last publication's schema; None if there is none.

    Returns:
        counts `learner_ids_carried`, `learner_ids_new` (learners), `learners_merged`, `learners_split` (ids that records
        left in this run), and `previous_without_record_ids`: 1 if there is a publication too old to carry ids from.
    """
    names_records = _read_previous(connection, previous)
    carried = _carry_over(connection)
    _name_new(connection, as_of)
    connection.execute(_EVENTS, {"as_of": as_of.isoformat()})
    connection.execute(_HISTORY)
    merged, split = (
        _count(connection, f"SELECT count(DISTINCT learner_id) FROM link_event WHERE event = '{event}'")
        for event in ("merged", "split")
    )
    learners = _count(connection, "SELECT count(*) FROM link_learner")
    for name in _TEMPORARY:
        connection.execute(f"DROP TABLE IF EXISTS temp.{name}")
    for view, _ in _READ.values():
        connection.execute(f"DROP VIEW temp.{view}")
    return {
        "learner_ids_carried": carried,
        "learner_ids_new": learners - carried,
        "learners_merged": merged,
        "learners_split": split,
        "previous_without_record_ids": int(previous is not None and not names_records),
    }
