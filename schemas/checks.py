"""Row checks: the feed contract projected to Pandera, and the sentences that say what a value should have been.

Checks look at canonical text, before any type is read from it, so that a bad date is a row with a reason and not an
exception. What a column means and which form it has is declared in `schemas.fields`; whether a set of rows is
believable is not judged here (`schemas.promises`), nor what several rows say together (`sql/flags`).
"""

from collections.abc import Callable
from functools import cache

import pandera.polars as pa
import polars as pl

from schemas.feeds import Column, Feed
from schemas.fields import Field, Kind

#: How a kind of text is written, beyond what the field's own pattern says. `(?-u)`: digits are 0 to 9 and no others.
_WRITTEN: dict[Kind, str] = {
    "date": "(?-u)^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    "moment": "(?-u)^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2})?$",
    "integer": "(?-u)^[0-9]+$",
    "number": r"(?-u)^-?[0-9]+(\.[0-9]+)?$",
}

_EXPECTED: dict[Kind, str] = {
    "date": "a day that exists, written yyyy-mm-dd",
    "month": "a month written yyyy-mm",
    "moment": "a day that exists, written yyyy-mm-dd, or a day and time written yyyy-mm-ddThh:mm",
    "integer": "a whole number",
    "number": "a number with or without a decimal point",
}

#: What Pandera calls a null in a column that may not be empty.
_NULL_CHECK = "not_nullable"


def typed(kind: Kind, text: pl.Expr) -> pl.Expr:
    """Canonical text read as its kind; null where it cannot be read.

    Dates are Date, moments Datetime in microseconds without zone (UK local time), integers Int32, numbers Float64;
    texts and months stay text.
    """
    if kind == "date":
        return text.str.to_date("%Y-%m-%d", strict=False)
    if kind == "moment":
        day = text.str.to_date("%Y-%m-%d", strict=False).cast(pl.Datetime("us"))
        return pl.coalesce(text.str.to_datetime("%Y-%m-%dT%H:%M", strict=False, time_unit="us"), day)
    if kind == "integer":
        return text.cast(pl.Int32, strict=False)
    if kind == "number":
        return text.cast(pl.Float64, strict=False)
    return text


def _check(name: str, passes: Callable[[pl.Expr], pl.Expr]) -> pa.Check:
    """A check over a column's expression; empty values are not its business."""
    return pa.Check(lambda data: data.lazyframe.select(passes(pl.col(data.key))), name=name)


def _checks(field: Field) -> list[pa.Check]:
    checks = []
    if field.kind in _WRITTEN:
        written, kind = _WRITTEN[field.kind], field.kind

        def readable(text: pl.Expr) -> pl.Expr:
            value = typed(kind, text)
            known = value.is_finite() if kind == "number" else value.is_not_null()
            return pl.when(text.is_not_null()).then(text.str.contains(written) & known.fill_null(False))

        checks.append(_check(field.kind, readable))
    if field.pattern is not None:
        pattern = f"(?-u){field.pattern}"
        checks.append(_check("month" if field.kind == "month" else "pattern", lambda text: text.str.contains(pattern)))
    if field.codes is not None:
        codes = list(field.codes)
        checks.append(_check("codes", lambda text: text.is_in(codes)))
    return checks


@cache
def row_checks(feed: Feed) -> pa.DataFrameSchema:
    """The feed's contract as one Pandera schema over canonical text, all columns String."""
    return pa.DataFrameSchema(
        {
            column.name: pa.Column(pl.String, checks=_checks(column.field), nullable=not column.required)
            for column in feed.columns
        },
        name=feed.name,
        strict=True,
    )


@cache
def column_checks(feed: Feed) -> dict[str, pa.DataFrameSchema]:
    """The same schema a column at a time, so that a column can be checked by its distinct values."""
    schema = row_checks(feed)
    return {column.name: schema.select_columns([column.name]) for column in feed.columns}


def rule_of(check: str) -> str:
    """Our name for the check that Pandera names."""
    return "required" if check == _NULL_CHECK else check


def rules(column: Column) -> tuple[str, ...]:
    """The rules that a value of the column can break."""
    needed = ("required", "sentinel_in_required") if column.required else ()
    return needed + tuple(str(check.name) for check in _checks(column.field))


def expectation(column: Column, rule: str) -> str:
    """One sentence on what the column should hold; says nothing of what it held.

    Args:
        column: the column that failed.
        rule: one of `rules(column)`.
    """
    name, field = column.name, column.field
    if rule == "required":
        return f"[{name}] must not be empty."
    if rule == "sentinel_in_required":
        return f"[{name}] must hold a value, and a code for 'not held' was delivered."
    if rule == "codes":
        return f"[{name}] must be one of [{', '.join(field.codes or ())}]."
    if rule == "pattern":
        return f"[{name}] must be {field.form}."
    return f"[{name}] must be {_EXPECTED[field.kind]}."
