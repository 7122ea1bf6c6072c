"""A publication with nothing but flags and their history, made of a few invented ones."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from schemas.published import PUBLISHED

AS_OF = date(2026, 5, 14)


def flag(number: int) -> str:
    """An invented flag's id."""
    return f"{number:020x}"


def raised(number: int, **changes: Any) -> dict[str, Any]:
    """A row of `published.flags`."""
    row = {
        "flag_id": flag(number),
        "flag_code": "claim_missing",
        "severity": "blocks_award",
        "urgency": "routine",
        "owner": "centre",
        "detail": "No claim was made for an invented learner.",
        "centre_number": "90001",
        "awarding_organisation_rn": "RN9901",
        "state": "open",
        "first_seen": date(2026, 5, 1),
        "last_seen": AS_OF,
        "waived": False,
    }
    return row | changes


def publish_flags(path: Path, flags: Sequence[Mapping[str, Any]], resolved: Mapping[str, date] | None = None) -> Path:
    """Write a publication of these flags, and of others that were resolved on some day."""
    with duckdb.connect(path) as connection:
        connection.execute("CREATE SCHEMA published")
        for name in ("flags", "flag_history", "flag_catalogue", "deliveries", "runs"):
            connection.execute(f"CREATE TABLE published.{name} ({PUBLISHED[name].column_ddl})")
        connection.execute("INSERT INTO published.runs (as_of, cycle) VALUES (?, 2026)", [AS_OF])
        connection.execute(
            "INSERT INTO published.flag_catalogue (flag_code, action) VALUES ('claim_missing', 'Make the claim.')"
        )
        for row in flags:
            _insert(connection, "flags", row)
            _insert(
                connection,
                "flag_history",
                {name: row[name] for name in ("flag_id", "flag_code", "state", "first_seen")},
            )
        for flag_id, day in (resolved or {}).items():
            _insert(connection, "flag_history", {"flag_id": flag_id, "state": "resolved", "resolved_on": day})
    return path


def _insert(connection: duckdb.DuckDBPyConnection, table: str, row: Mapping[str, Any]) -> None:
    marks = ", ".join("?" for _ in row)
    connection.execute(f"INSERT INTO published.{table} ({', '.join(row)}) VALUES ({marks})", list(row.values()))
