"""What the publication gate measures: tonight's set as a candidate for publication, and what a measure of it is.

The measures themselves are in `gate_keys` (exact ones) and `gate_volumes` (shares and comparisons).
"""

import re
from dataclasses import dataclass

import duckdb

from schemas.promises import Bounds, Promise

#: The smallest and the largest number that keeps a bound; None where there is no such end.
Limits = tuple[float | None, float | None]
UNBOUNDED: Limits = (None, None)


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One number to be judged, or the reason why there is none.

    Attributes:
        promise: which promise it answers.
        subject: feed, table or flag code; empty where the promise is about the whole set.
        observed: the number, in the promise's unit; None where the promise does not apply.
        seen: the same in words, with the counts behind it.
        hold: the numbers that do not hold the publication back.
        warn: the numbers that do not warn.
        note: why the promise does not apply, or why a bound is not the usual one.
    """

    promise: Promise
    subject: str
    observed: float | None
    seen: str
    hold: Limits = UNBOUNDED
    warn: Limits = UNBOUNDED
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """Tonight's set, the publication before it, and the bounds that differ from the promises'.

    Attributes:
        con: its database holds `landed.run_context`, `standardised`, `reconciled` and `published`.
        previous: schema of the last good publication, with the same tables as `published`; None if there is none.
        bounds: changed bounds, checked; mostly empty.

    Raises:
        ValueError: `previous` is not a plain `schema` or `database.schema`.
    """

    con: duckdb.DuckDBPyConnection
    previous: str | None
    bounds: Bounds

    def __post_init__(self) -> None:
        if self.previous is not None and not re.fullmatch(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)?", self.previous):
            raise ValueError(f"publication gate: [{self.previous}] names no schema; give `schema` or `database.schema`")

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """All rows of a query that returns few: counts by feed, table or flag code."""
        return self.con.execute(query).fetchall()

    def counts(self, query: str) -> dict[str, int]:
        """The rows of a query of two columns, a name and a number, as a mapping."""
        return {str(name): int(str(number)) for name, number in self.rows(query)}

    def count(self, query: str) -> int:
        """The single number that a query returns."""
        return int(str(self.rows(query)[0][0]))

    def previous_has(self, table: str, *columns: str) -> bool:
        """Whether the publication before has a table with these columns; an older layout may not."""
        if self.previous is None:
            return False
        database, _, schema = self.previous.rpartition(".")
        found = self.con.execute(
            "SELECT column_name FROM duckdb_columns() "
            "WHERE database_name = coalesce(nullif(?, ''), current_database()) AND schema_name = ? AND table_name = ?",
            [database, schema, table],
        ).fetchall()
        return {name for (name,) in found} >= set(columns)
