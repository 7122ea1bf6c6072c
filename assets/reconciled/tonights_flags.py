"""What tonight raised, whatever its code, and what people have decided about it: the two halves of `published.flags`.

A flag's life from night to night is `assets.published.flag_life`; where decisions are kept is the ledger's business; what
rules read of other rules' flags is `assets.reconciled.raised_flags`.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC

import duckdb
import pyarrow as pa

from assets.reconciled.flag_sql import raised_rows
from assets.reconciled.flags import Flag
from assets.reconciled.sql_bodies import read_body
from assets.reconciled.sql_files import Statement
from schemas.flag_life import FlagDecision
from schemas.flag_table import FLAG_COLUMNS

_COLUMNS = tuple(column.name for column in FLAG_COLUMNS if column.name != "outcome")


def tonights_flags_statement(flags: Sequence[Flag]) -> Statement:
    """`reconciled.tonights_flags`: the raised rows of every flag. What could not be assessed is counted in the catalogue."""
    return Statement(
        room="facts",
        name="tonights_flags",
        statement="Every flag raised tonight, whatever its code.",
        grain=("flag_id",),
        body=read_body("tonights_flags", raised_rows((flag.code for flag in flags), _COLUMNS)),
    )


def write_flag_decisions(connection: duckdb.DuckDBPyConnection, decisions: Iterable[FlagDecision]) -> None:
    """Creates `reconciled.flag_decisions`: one row a flag about which a decision is in force, raised tonight or not.

    Columns: flag_id, decision, assigned_to (empty unless assigned), decision_reason, decision_expires_on DATE,
    decided_by, decided_on DATE, decided_at (ISO 8601 in UTC).
    """
    rows = list(decisions)
    columns = {
        "flag_id": pa.array([row.flag_id for row in rows], pa.string()),
        "decision": pa.array([row.decision for row in rows], pa.string()),
        "assigned_to": pa.array([row.assigned_to or None for row in rows], pa.string()),
        "decision_reason": pa.array([row.reason or None for row in rows], pa.string()),
        "decision_expires_on": pa.array([row.expires_on for row in rows], pa.date32()),
        "decided_by": pa.array([row.decided_by for row in rows], pa.string()),
        "decided_on": pa.array([row.decided_on for row in rows], pa.date32()),
        "decided_at": pa.array([row.decided_at.astimezone(UTC).isoformat() for row in rows], pa.string()),
    }
    connection.register("decisions_incoming", pa.table(columns))
    connection.execute("CREATE OR REPLACE TABLE reconciled.flag_decisions AS FROM decisions_incoming ORDER BY flag_id")
    connection.unregister("decisions_incoming")
