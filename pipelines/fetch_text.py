"""A database's values as the text that a CSV file would hold, column by column.

What text a type becomes is decided in `assets.landed.parquet_reading`; here only what drivers give is brought there.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import polars as pl

from assets.landed.parquet_reading import as_text
from pipelines.fetch_settings import FetchError


def as_texts(name: str, values: Sequence[Any]) -> pl.Series:
    """A column's values as text, null where the database has none.

    Args:
        name: of the column.
        values: as a driver gives them: text, numbers, truths, days and moments.

    Raises:
        FetchError: there is a value of another type.
    """
    kinds = set(map(type, values)) - {type(None)}
    if kinds <= {str}:
        return pl.Series(name, values, dtype=pl.String)
    if len(kinds) == 1:
        return _of_one_kind(name, kinds.pop(), values)
    # SQLite has types for values, not for columns
    mixed: list[str | None] = [None] * len(values)
    for kind in kinds:
        places = [place for place, value in enumerate(values) if type(value) is kind]
        of_kind = _of_one_kind(name, kind, [values[place] for place in places])
        for place, text in zip(places, of_kind, strict=True):
            mixed[place] = text
    return pl.Series(name, mixed, dtype=pl.String)


def _of_one_kind(name: str, kind: type, values: Sequence[Any]) -> pl.Series:
    if issubclass(kind, bool):
        return _typed(name, values, pl.Boolean())
    if issubclass(kind, str | int | UUID):
        return pl.Series(name, [None if value is None else str(value) for value in values], dtype=pl.String)
    if issubclass(kind, Decimal):
        return pl.Series(name, [_decimal(value) for value in values], dtype=pl.String)
    if issubclass(kind, float):
        return _typed(name, values, pl.Float64())
    if issubclass(kind, datetime):
        zones = {value is not None and value.tzinfo is not None for value in values if value is not None}
        if len(zones) > 1:
            raise FetchError(f"the column [{name}] holds moments with and without a time zone; cast it in the query")
        return _typed(name, values, pl.Datetime("us", "UTC" if zones == {True} else None))
    if issubclass(kind, date):
        return _typed(name, values, pl.Date())
    raise FetchError(f"the column [{name}] is of type [{kind.__name__}]; cast it to text in the query, or leave it out")


def _typed(name: str, values: Sequence[Any], kind: pl.DataType) -> pl.Series:
    return pl.Series(name, values, dtype=kind).to_frame().select(as_text(name, kind)).to_series()


def _decimal(value: Decimal | None) -> str | None:
    """Without an exponent, and without a point where only noughts follow it; what is no number is not held."""
    if value is None or not value.is_finite():
        return None
    whole, _, fraction = format(value, "f").partition(".")
    return f"{whole}.{fraction}" if fraction.strip("0") else whole
