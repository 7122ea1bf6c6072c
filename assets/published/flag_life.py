"""The life of each flag, carried over from the last publication: since when it is raised, whether it was resolved.

**The rule.** A night's life of flags is what it would be if, of this cycle, only the days before tonight's had been run,
each as it was run last, and then tonight. So the same day run again gives what one run of it gives, an earlier day run
again forgets what came later, and a cycle begins with nothing.

- A *spell* is an unbroken run of nights on which a flag was raised. It ends on the first run's day on which it no longer
  is: the flag is `resolved` on that day. Days without a run, or held back from publication, count as if they had not been.
- A flag is `new` on the first day of its first spell, `reopened` on the first day of a later one, else `open` while it is
  raised.
- Whether a decision waives it does not matter here: a waived flag that is raised is not resolved.

The days that were run are those of `published.burn_down`, which has rows for each of them.
"""

from datetime import date

import duckdb

from schemas.flag_life import BURN_DOWN, FLAG_HISTORY, FLAG_SPELLS
from schemas.flag_table import SUBJECT_KEYS
from schemas.published_table import PublishedTable

#: What is read of the last publication: the view that it becomes, by the published table.
_READ = ((FLAG_SPELLS, "life_spells"), (FLAG_HISTORY, "life_flags"), (BURN_DOWN, "life_days"))

# What later days, and an earlier run of tonight's, added to a spell is taken away: it was raised until the day before.
_CARRIED = """
CREATE OR REPLACE TEMP TABLE life_carried AS
SELECT
    spell.flag_id,
    spell.raised_from,
    CASE WHEN spell.raised_to < $as_of THEN spell.raised_to ELSE day.before END AS raised_to,
    CASE WHEN spell.resolved_on < $as_of THEN spell.resolved_on END AS resolved_on
FROM life_spells AS spell
CROSS JOIN (SELECT max(as_of) AS before FROM life_days WHERE as_of < $as_of) AS day
WHERE spell.raised_from < $as_of
"""

_SPELLS = """
CREATE OR REPLACE TABLE published.flag_spells AS
SELECT
    carried.flag_id,
    carried.raised_from,
    CASE WHEN raised.flag_id IS NULL THEN carried.raised_to ELSE $as_of::DATE END AS raised_to,
    CASE WHEN raised.flag_id IS NULL THEN coalesce(carried.resolved_on, $as_of::DATE) END AS resolved_on
FROM life_carried AS carried
LEFT JOIN reconciled.tonights_flags AS raised ON carried.flag_id = raised.flag_id AND carried.resolved_on IS NULL
UNION ALL
SELECT raised.flag_id, $as_of::DATE AS raised_from, $as_of::DATE AS raised_to, NULL::DATE AS resolved_on
FROM reconciled.tonights_flags AS raised
ANTI JOIN (SELECT flag_id FROM life_carried WHERE resolved_on IS NULL) AS open_spell USING (flag_id)
ORDER BY flag_id, raised_from
"""

_KNOWN = ("flag_id", "flag_code", *SUBJECT_KEYS, "severity", "owner")

# The subject's other keys, the severity and the owner are those of the last night that raised it.
_HISTORY = f"""
CREATE OR REPLACE TABLE published.flag_history AS
WITH life AS (
    SELECT
        flag_id,
        min(raised_from) AS first_seen,
        max(raised_to) AS last_seen,
        CASE WHEN bool_and(resolved_on IS NOT NULL) THEN max(resolved_on) END AS resolved_on,
        CASE WHEN count(*) > 1 THEN max(raised_from) END AS reopened_on
    FROM published.flag_spells
    GROUP BY flag_id
),
known AS (
    SELECT {", ".join(_KNOWN)} FROM reconciled.tonights_flags
    UNION ALL
    SELECT {", ".join(_KNOWN)} FROM life_flags ANTI JOIN reconciled.tonights_flags USING (flag_id)
)
SELECT
    {", ".join(f"known.{name}" for name in _KNOWN)},
    life.first_seen,
    life.last_seen,
    life.resolved_on,
    life.reopened_on,
    CASE
        WHEN life.resolved_on IS NOT NULL THEN 'resolved'
        WHEN life.first_seen = $as_of THEN 'new'
        WHEN life.reopened_on = $as_of THEN 'reopened'
        ELSE 'open'
    END AS state
FROM life
INNER JOIN known ON life.flag_id = known.flag_id
ORDER BY flag_code, flag_id
"""

# What is counted of a flag that is resolved is the day on which it was.
_BURN_DOWN = """
CREATE OR REPLACE TABLE published.burn_down AS
WITH counted AS (
    SELECT
        history.flag_code,
        history.owner,
        history.awarding_organisation_rn,
        count(flag.flag_id) FILTER (WHERE NOT flag.waived) AS "open",
        count(*) FILTER (WHERE history.state = 'new') AS "new",
        count(*) FILTER (WHERE history.state = 'resolved') AS resolved,
        count(*) FILTER (WHERE history.state = 'reopened') AS reopened,
        count(flag.flag_id) FILTER (WHERE flag.waived) AS waived,
        count(flag.flag_id) FILTER (WHERE flag.urgency = 'urgent' AND NOT flag.waived) AS urgent
    FROM published.flag_history AS history
    LEFT JOIN published.flags AS flag ON history.flag_id = flag.flag_id
    WHERE history.state <> 'resolved' OR history.resolved_on = $as_of
    GROUP BY history.flag_code, history.owner, history.awarding_organisation_rn
)
SELECT {columns} FROM life_days WHERE as_of < $as_of
UNION ALL
SELECT $as_of::DATE AS as_of, * FROM counted
UNION ALL
SELECT $as_of::DATE, flag_code, owner, NULL, 0, 0, 0, 0, 0, 0
FROM published.flag_catalogue ANTI JOIN counted USING (flag_code)
ORDER BY as_of, flag_code, owner, awarding_organisation_rn NULLS FIRST
"""


def carry_life(connection: duckdb.DuckDBPyConnection, as_of: date, cycle: int, previous: str | None) -> dict[str, int]:
    """Creates `published.flag_spells` and `published.flag_history` from tonight's flags and the last publication.

    Args:
        connection: the warehouse.
        as_of: the run's day.
        cycle: the cycle's year.
        previous: qualified name (`database.schema`) of the last publication's schema; None if there is none. One without
            these tables, or of another cycle, counts as none.

    Returns:
        the number of flags by state.
    """
    _read_previous(connection, cycle, previous)
    day = {"as_of": as_of}
    connection.execute(_CARRIED, day)
    connection.execute(_SPELLS, day)
    connection.execute(_HISTORY, day)
    _forget_previous(connection)
    states = connection.execute(
        "SELECT state, count(*) FROM published.flag_history GROUP BY state ORDER BY state"
    ).fetchall()
    return dict(states)


def carry_burn_down(connection: duckdb.DuckDBPyConnection, as_of: date, cycle: int, previous: str | None) -> None:
    """Creates `published.burn_down`: the days before tonight's as the last publication has them, and tonight's.

    Reads `published.flag_history`, `published.flags` and `published.flag_catalogue` of tonight; arguments as `carry_life`.
    """
    _read_previous(connection, cycle, previous)
    columns = ", ".join(f'"{name}"' for name in BURN_DOWN.column_names)
    connection.execute(_BURN_DOWN.format(columns=columns), {"as_of": as_of})
    _forget_previous(connection)


def _read_previous(connection: duckdb.DuckDBPyConnection, cycle: int, previous: str | None) -> None:
    """Views of what the last publication says of this cycle; empty if it is of another one or too old to say."""
    found = connection.execute(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE database_name || '.' || schema_name = ?", [previous]
    ).fetchall()
    complete = all(
        (table.name, column) in found for table, _ in _READ for column in table.column_names
    ) and connection.execute(f"SELECT cycle FROM {previous}.runs").fetchall() == [(cycle,)]
    for table, view in _READ:
        source = f"FROM {previous}.{table.name}" if complete else _nothing(table)
        connection.execute(f"CREATE OR REPLACE TEMP VIEW {view} AS {source}")


def _nothing(table: PublishedTable) -> str:
    columns = ", ".join(f'NULL::{column.type} AS "{column.name}"' for column in table.columns)
    return f"SELECT {columns} WHERE false"


def _forget_previous(connection: duckdb.DuckDBPyConnection) -> None:
    for _, view in _READ:
        connection.execute(f"DROP VIEW temp.{view}")
    connection.execute("DROP TABLE IF EXISTS temp.life_carried")
