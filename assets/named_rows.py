"""Rows of a query by the names of its columns."""

from typing import Any

import duckdb


def named_rows(result: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Every row of what was just asked, as a mapping from column to value.

    Args:
        result: what `execute` returned.
    """
    names = [column[0] for column in result.description or []]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
