"""Parsed deliveries written in a test, and the contract's rules of supersession applied to them day by day.

The day-by-day account is the oracle of the standardised layer: it keeps the rows in force in a dictionary and does to
it what the feed contract says of each delivery, one after another. It knows nothing of the closed form of production.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from schemas.feeds import Feed
from schemas.layers import LAYERS

Row = dict[str, Any]
Key = tuple[Any, ...]

_TYPES = {
    "VARCHAR": pl.String,
    "DATE": pl.Date,
    "TIMESTAMP": pl.Datetime("us"),
    "INTEGER": pl.Int32,
    "DOUBLE": pl.Float64,
}


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """An accepted or refused delivery: valid rows (lines from 2), then keys of quarantined rows (unreadable: None)."""

    name: str
    kind: str = "full"
    rows: tuple[Row, ...] = ()
    quarantined: tuple[Row, ...] = ()
    duplicates: int = 0
    status: str = "accepted"

    @property
    def landed(self) -> int:
        return len(self.rows) + len(self.quarantined) + self.duplicates


@dataclass
class InForce:
    """A row in force, and the later deliveries that quarantined a row of its key."""

    delivery: str
    line: int
    quarantined_in: set[str] = field(default_factory=set)


def connect() -> duckdb.DuckDBPyConnection:
    """An in-memory warehouse with empty layers and an empty `landed.deliveries`, as far as this layer reads it."""
    con = duckdb.connect()
    for layer in LAYERS:
        con.execute(f"CREATE SCHEMA {layer}")
    con.execute(
        "CREATE TABLE landed.deliveries (delivery_id VARCHAR, feed VARCHAR, kind VARCHAR, status VARCHAR, "
        "sequence INTEGER, landed_rows BIGINT, duplicate_rows BIGINT, quarantined_rows BIGINT, parsed_path VARCHAR)"
    )
    return con


def land(
    con: duckdb.DuckDBPyConnection,
    feed: Feed,
    folder: Path,
    deliveries: Sequence[Delivery],
    arrival: Sequence[int] = (),
) -> None:
    """Write deliveries, given in the order in which they apply, as parsed files, and note them in order of arrival."""
    numbers = [number for number, delivery in enumerate(deliveries) if delivery.status == "accepted"]
    for place in arrival or range(len(deliveries)):
        delivery = deliveries[place]
        accepted = delivery.status == "accepted"
        parsed = folder / delivery.name
        if accepted:
            _write(feed, parsed, delivery)
        con.execute(
            "INSERT INTO landed.deliveries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                delivery.name,
                feed.name,
                delivery.kind,
                delivery.status,
                numbers.index(place) + 1 if accepted else None,
                delivery.landed,
                delivery.duplicates,
                len(delivery.quarantined),
                str(parsed) if accepted else None,
            ],
        )


def _write(feed: Feed, parsed: Path, delivery: Delivery) -> None:
    parsed.mkdir(parents=True)
    types: dict[str, Any] = {column.name: _TYPES[column.duckdb_type] for column in feed.columns}
    rows = [{**row, "line": line} for line, row in enumerate(delivery.rows, start=2)]
    pl.DataFrame(rows, schema={**types, "line": pl.Int64}).write_parquet(parsed / "rows.parquet")
    keys = {name: types[name] for name in feed.key}
    lines = range(len(rows) + 2, len(rows) + 2 + len(delivery.quarantined))
    bad = [{**row, "line": line} for line, row in zip(lines, delivery.quarantined, strict=True)]
    pl.DataFrame(bad, schema={**keys, "line": pl.Int64}).write_parquet(parsed / "quarantined_keys.parquet")


def day_by_day(feed: Feed, deliveries: Sequence[Delivery]) -> dict[Key, InForce]:
    """Rows in force by natural key after applying the deliveries one after another, as the contract words it."""
    state: dict[Key, InForce] = {}
    for delivery in (each for each in deliveries if each.status == "accepted"):
        quarantined = {_key(feed, row) for row in delivery.quarantined}
        if delivery.kind == "full":
            senders = (
                {row.get(feed.sender) for row in (*delivery.rows, *delivery.quarantined)} if feed.sender else set()
            )
            for key in [key for key in state if key not in quarantined]:
                if not feed.sender or key[feed.key.index(feed.sender)] in senders:
                    del state[key]
        for key in quarantined & set(state):
            state[key].quarantined_in.add(delivery.name)
        for line, row in enumerate(delivery.rows, start=2):
            state[_key(feed, row)] = InForce(delivery.name, line)
    return state


def _key(feed: Feed, row: Row) -> Key:
    return tuple(row.get(name) for name in feed.key)


def rows_in_force(con: duckdb.DuckDBPyConnection, feed: Feed) -> dict[Key, InForce]:
    """What the warehouse holds, in the shape of `day_by_day`; every row of the table once, by key.

    Raises:
        AssertionError: a key stands there twice.
    """
    names = ", ".join(f'"{name}"' for name in feed.key)
    kept: dict[tuple[str, int], set[str]] = {}
    for delivery, line, later in con.execute(
        "SELECT delivery_id, line, quarantined_in FROM standardised.rows_kept_in_force WHERE feed = ?", [feed.name]
    ).fetchall():
        assert later not in kept.setdefault((delivery, line), set()), "one row is reported twice"
        kept[delivery, line].add(later)
    rows = con.execute(f"SELECT delivery_id, line, {names} FROM standardised.{feed.name}").fetchall()
    found = {tuple(key): InForce(delivery, line, kept.pop((delivery, line), set())) for delivery, line, *key in rows}
    assert len(found) == len(rows), "a key is in force twice"
    assert not kept, "a row is reported as kept that is not in force"
    return found
