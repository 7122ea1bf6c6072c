"""The flags that people decide about, as the publication in force holds them.

What is decided is `pipelines.flag_decisions`; the queue as a workbook, `pipelines.flag_workbook`.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from assets.named_rows import named_rows
from pipelines.settings import UserError


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which flags are wanted: those with one of the values given, of every column for which some are."""

    owner: Sequence[str] = ()
    centre_number: Sequence[str] = ()
    awarding_organisation_rn: Sequence[str] = ()
    flag_code: Sequence[str] = ()


class FlagQueue:
    """The flags, read from an open publication."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def as_of(self) -> date:
        """The day for which they were published."""
        ((day,),) = self._connection.execute("SELECT as_of FROM published.runs").fetchall()
        return day  # type: ignore[no-any-return]

    def rows(self, wanted: Wanted) -> list[dict[str, Any]]:
        """All that is published of each raised flag, with what its code asks for; what is most urgent first. Personal."""
        given = {column: list(values) for column, values in vars(wanted).items() if values}
        conditions = " AND ".join(f"list_contains(${column}, flags.{column})" for column in given) or "TRUE"
        result = self._connection.execute(
            f"""
            SELECT flags.*, flag_catalogue.action
            FROM published.flags LEFT JOIN published.flag_catalogue USING (flag_code)
            WHERE {conditions}
            ORDER BY
                waived, urgency = 'urgent' DESC, act_by NULLS LAST,
                list_position(['blocks_award', 'affects_place', 'delays_award', 'data_quality'], flags.severity),
                flag_code, flag_id
            """,
            given,
        )
        return named_rows(result)

    def not_raised(self, flags: Sequence[str]) -> dict[str, str]:
        """Of flags' ids those that are not raised in this publication, each with what is known of it, in words."""
        found = self._connection.execute(
            """
            SELECT asked.flag_id, history.resolved_on
            FROM (SELECT DISTINCT unnest(?::VARCHAR[]) AS flag_id) AS asked
            LEFT JOIN published.flag_history AS history ON asked.flag_id = history.flag_id
            WHERE history.flag_id IS NULL OR history.state = 'resolved'
            """,
            [list(flags)],
        ).fetchall()
        never = "is in no night of this cycle"
        return {
            flag: f"is no longer raised: it was resolved on [{resolved_on}]" if resolved_on else never
            for flag, resolved_on in found
        }


@contextmanager
def open_flags(publication: Path) -> Iterator[FlagQueue]:
    """The flags of a publication.

    Raises:
        UserError: nothing is published, or by a version that kept no history of flags.
    """
    if not publication.exists():
        raise UserError(f"nothing is published at [{publication}]; run `reconcile run` first")
    with duckdb.connect(publication, read_only=True) as connection:
        held = connection.execute(
            "SELECT 1 FROM duckdb_tables() WHERE schema_name = 'published' AND table_name = 'flag_history'"
        ).fetchall()
        if not held:
            raise UserError(f"the publication [{publication}] keeps no history of flags yet; run `reconcile run` first")
        yield FlagQueue(connection)
