"""Finding and reading the SQL files: populations, facts, tables and flags, each with its header and what it depends on.

A file is one block comment that holds a YAML mapping, then one SELECT. Nothing keeps a list of files: a new file is
found by its folder. Building a flag's table belongs in `assets.reconciled.flags`; when and in which run, in
`pipelines`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Protocol, TypeVar

import duckdb

from assets.reconciled.sql_bodies import Body, read_body
from schemas.strict_mapping import HeaderError, Keys
from schemas.strict_yaml import mapping_of

SQL_FOLDER = Path(__file__).resolve().parents[2] / "sql"

#: The layer that each folder's tables belong to.
ROOMS = {"facts": "reconciled", "populations": "reconciled", "tables": "published"}


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A table that one SELECT makes.

    Attributes:
        room: folder of the file: `facts`, `populations` or `tables`.
        name: file and table name.
        statement: what a row says, one sentence.
        grain: columns that identify a row.
        body: the SELECT.
    """

    room: str
    name: str
    statement: str
    grain: tuple[str, ...]
    body: Body

    @property
    def schema(self) -> str:
        """The layer that the table belongs to."""
        return ROOMS[self.room]

    @property
    def table(self) -> tuple[str, str]:
        return (self.schema, self.name)

    @property
    def dependencies(self) -> frozenset[tuple[str, str]]:
        """(schema, table) of every table that it reads."""
        return self.body.tables


def read_sql(path: Path) -> tuple[dict[object, object], Body]:
    """A SQL file's header as a mapping, and its body.

    Raises:
        HeaderError: there is no leading comment, its YAML is no mapping or gives a key twice, or the body is refused.
    """
    text = path.read_text(encoding="utf-8")
    comment, closed, body = text.removeprefix("/*").partition("*/")
    if not text.startswith("/*") or not closed:
        raise HeaderError(f"file [{path.name}] does not begin with a header; begin it with a comment /* ... */")
    try:
        header = mapping_of(comment)
    except ValueError as error:
        raise HeaderError(f"header of [{path.stem}]: {error}") from error
    return header, read_body(path.stem, body.strip() + "\n")


def statement(room: str, name: str, header: Mapping[object, object], body: Body) -> Statement:
    """A statement from its header and body.

    Raises:
        HeaderError: a key is missing or unknown, or the body does not give a column of the grain.
    """
    keys = Keys(name, header)
    found = Statement(room=room, name=name, statement=keys.take("statement", str), grain=keys.names("grain"), body=body)
    keys.finish()
    if missing := set(found.grain) - set(body.columns):
        raise keys.error("grain", f"names [{', '.join(sorted(missing))}], which the body does not give")
    return found


def discover_statements(room: str, folder: Path = SQL_FOLDER) -> list[Statement]:
    """Every statement of a room (`facts`, `populations` or `tables`), by name.

    Raises:
        HeaderError: a file is refused; the message names it.
    """
    return [statement(room, path.stem, *read_sql(path)) for path in sorted((folder / room).glob("*.sql"))]


class Buildable(Protocol):
    """Anything that makes one table out of others: a `Statement` or a flag."""

    @property
    def table(self) -> tuple[str, str]: ...

    @property
    def dependencies(self) -> frozenset[tuple[str, str]]: ...


Built = TypeVar("Built", bound=Buildable)


def in_build_order(items: Iterable[Built]) -> list[Built]:
    """The items, each after those whose tables it reads; where that leaves a choice, by table name.

    Raises:
        ValueError: some depend on each other in a circle.
    """
    by_table = {item.table: item for item in sorted(items, key=lambda item: item.table)}
    sorter = TopologicalSorter({table: sorted(item.dependencies & set(by_table)) for table, item in by_table.items()})
    try:
        sorter.prepare()
    except CycleError as error:
        circle = " -> ".join(".".join(table) for table in error.args[1])
        raise ValueError(f"tables depend on each other in a circle [{circle}]; break it") from error
    ordered: list[Built] = []
    while ready := sorted(sorter.get_ready()):
        ordered.extend(by_table[table] for table in ready)
        sorter.done(*ready)
    return ordered


def build_statement(connection: duckdb.DuckDBPyConnection, made: Statement) -> int:
    """Creates or replaces the statement's table and returns its number of rows.

    Published tables are written in the order of their grain, so that the same inputs give the same file; others only
    feed further joins.
    """
    grain = ", ".join(f'"{column}"' for column in made.grain)
    order = f" ORDER BY {grain}" if made.schema == "published" else ""
    connection.execute(
        f"CREATE OR REPLACE TABLE {made.schema}.{made.name} AS SELECT * FROM (\n{made.body.sql}\n){order}"
    )
    return int(connection.execute(f"SELECT count(*) FROM {made.schema}.{made.name}").fetchall()[0][0])


def rows_beyond_grain(connection: duckdb.DuckDBPyConnection, made: Statement) -> int:
    """How many rows of a built table share their grain with another: 0 unless the statement's promise is broken."""
    grain = ", ".join(f'"{column}"' for column in made.grain)
    table = f"{made.schema}.{made.name}"
    query = f"SELECT (SELECT count(*) FROM {table}) - (SELECT count(*) FROM (SELECT DISTINCT {grain} FROM {table}))"
    return int(connection.execute(query).fetchall()[0][0])
