"""What Dagster shows of a table: row count, columns with meanings, and a few rows without personal data.

A value reaches Dagster's storage only from a column that is known not to be personal (`schemas.published.may_be_shown`);
everything else stays in the database.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import dagster as dg
from duckdb import DuckDBPyConnection

from schemas.fields import FIELDS
from schemas.published import PUBLISHED, may_be_shown

PREVIEW_ROWS = 5

OWNERS = ["team:data"]


_WANTED = ContextVar("metadata_wanted", default=True)


@contextmanager
def without_metadata() -> Iterator[None]:
    """While the block lasts nothing is said of tables: nobody looks at these runs in Dagster."""
    token = _WANTED.set(False)
    try:
        yield
    finally:
        _WANTED.reset(token)


def describe(connection: DuckDBPyConnection, layer: str, table: str, **more: Any) -> dg.MaterializeResult[Any]:
    """The result of an asset whose table is `layer.table`, with `more` metadata (counts and names, never values)."""
    if not _WANTED.get():
        return dg.MaterializeResult(asset_key=[layer, table])
    return dg.MaterializeResult(asset_key=[layer, table], metadata={**table_metadata(connection, layer, table), **more})


def table_metadata(connection: DuckDBPyConnection, layer: str, table: str) -> Mapping[str, Any]:
    """Row count, column schema and preview of `layer.table`."""
    columns = connection.execute(
        "SELECT column_name, data_type FROM duckdb_columns() "
        "WHERE database_name = current_database() AND schema_name = ? AND table_name = ? ORDER BY column_index",
        [layer, table],
    ).fetchall()
    rows = connection.execute(f'SELECT count(*) FROM {layer}."{table}"').fetchall()[0][0]
    meanings = _meanings(table)
    return {
        "dagster/row_count": rows,
        "dagster/column_schema": dg.TableSchema(
            columns=[dg.TableColumn(name, kind, description=meanings.get(name)) for name, kind in columns]
        ),
        "preview": dg.MetadataValue.md(_preview(connection, layer, table, [name for name, _ in columns])),
    }


def _meanings(table: str) -> dict[str, str]:
    meanings = {name: field.meaning for name, field in FIELDS.items()}
    if table in PUBLISHED:
        meanings |= {column.name: column.meaning for column in PUBLISHED[table].columns}
    return meanings


def _preview(connection: DuckDBPyConnection, layer: str, table: str, columns: list[str]) -> str:
    """The first rows as a Markdown table, of the columns that may be shown."""
    shown = [name for name in columns if may_be_shown(name)]
    if not shown:
        return "no column of this table may be shown outside the database"
    names = ", ".join(f'"{name}"' for name in shown)
    rows = connection.execute(f'SELECT {names} FROM {layer}."{table}" ORDER BY ALL LIMIT {PREVIEW_ROWS}').fetchall()
    lines = [" | ".join(shown), " | ".join("---" for _ in shown)]
    lines += [" | ".join("" if value is None else str(value).replace("|", "/") for value in row) for row in rows]
    return "\n".join(f"| {line} |" for line in lines)
