"""One column's cells made canonical text by its rule: cut apart, looked up, dates read; each distinct cell is worked on
once.

What a mapping does not know is passed on as delivered, for the contract's check to name, or refused here where that
check would let it pass. Nothing is dropped and nothing guessed.
"""

from collections.abc import Mapping as Mappings
from dataclasses import dataclass

import polars as pl

from assets.landed.mapping.damage import broken_by_spreadsheet, doubtful_days, with_lost_zero
from assets.landed.mapping.formats import readings
from assets.landed.mapping.options import ColumnRule, formats_of
from schemas.fields import SENTINELS, Field

#: A column whose first cells hold no more distinct texts than this is looked at once a text.
_SAMPLE, _FEW = 10_000, 1_000

#: What the contract takes for a date, a moment or a month: refused where the mapping says that they are written otherwise.
_CANONICAL = {
    "date": "(?-u)^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    "moment": "(?-u)^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2})?$",
    "month": "(?-u)^[0-9]{4}-[0-9]{2}$",
}


@dataclass(frozen=True, kw_only=True)
class Cells:
    """A column of a table.

    Attributes:
        values: its text, null or empty where empty; all of the file's where `whole`.
        numbers: in a workbook, which cells are numbers, where it was asked.
        sheet: whether it is a column of a workbook: dates are ISO already, and the whole column is there.
    """

    values: pl.Series
    numbers: pl.Series | None = None
    sheet: bool = False


@dataclass(frozen=True, kw_only=True)
class Canonical:
    """A column made canonical: its text, the rule of the mapping that a cell breaks (None: no cell does), repairs."""

    text: pl.Series
    broken: pl.Series | None
    repaired: int


def canonical_column(
    cells: Cells,
    rule: ColumnRule,
    field: Field,
    *,
    empty: tuple[str, ...],
    spreadsheet: bool,
    tables: Mappings[str, Mappings[str, Mappings[str, str]]],
) -> Canonical:
    """Canonical text of a column.

    Args:
        cells: as delivered.
        rule: what the mapping says of the column.
        field: what it means.
        empty: what is written in any column where nothing is held.
        spreadsheet: whether all columns passed through a spreadsheet.
        tables: the mapping's lists.
    """
    spreadsheet = spreadsheet or rule.spreadsheet
    text, repaired = _filled(cells.values, {*empty, *rule.empty}), 0
    if spreadsheet:
        text, repaired = with_lost_zero(text.str.strip_chars(), field, cells.numbers)
    broken = broken_by_spreadsheet(text, field, sheet=cells.sheet, spreadsheet=spreadsheet)
    delivered = text
    if rule.split or rule.values or rule.lookup or rule.dates or rule.months:
        text, unread = _by_distinct(text, rule, field, tables, sheet=cells.sheet)
        broken = _first(broken, unread)
    if cells.sheet and rule.mixed_dates == "refuse" and any(one.is_numeric for one in formats_of(rule, field)):
        broken = _first(broken, doubtful_days(delivered.str.strip_chars(), text) if field.kind == "date" else None)
    return Canonical(text=text.alias(field.name), broken=broken, repaired=repaired)


def _filled(values: pl.Series, empty: set[str]) -> pl.Series:
    """Text that is null where nothing is held; the rest as it is: the checks trim it."""
    if empty and values.head(_SAMPLE).n_unique() > _FEW:
        found = values.str.strip_chars().is_in(["", *sorted(empty)])
    else:
        standing = pl.Series([""])
        if empty:
            seen = values.unique().drop_nulls()
            standing = seen.filter(seen.str.strip_chars().is_in(["", *sorted(empty)]))
        found = values.is_in(standing.implode())
    return values.set(found, None) if found.any() else values


def _first(one: pl.Series | None, other: pl.Series | None) -> pl.Series | None:
    if one is None or other is None:
        return other if one is None else one
    return one.to_frame("one").select(pl.coalesce("one", other.alias("other"))).to_series()


def _by_distinct(
    text: pl.Series,
    rule: ColumnRule,
    field: Field,
    tables: Mappings[str, Mappings[str, Mappings[str, str]]],
    *,
    sheet: bool,
) -> tuple[pl.Series, pl.Series | None]:
    """What the rule makes of each distinct text, put in place of it; and which texts break which rule."""
    delivered = text.drop_nulls().unique()
    trimmed = pl.col("delivered").str.strip_chars()
    seen = delivered.to_frame("delivered").with_columns(
        text=pl.when(trimmed != "").then(trimmed), broken=pl.lit(None, dtype=pl.String)
    )
    if rule.split:
        parts = pl.col("text").str.split(rule.split.by)
        whole = parts.list.len() == rule.split.of
        part = parts.list.get(rule.split.part - 1, null_on_oob=True).str.strip_chars()
        seen = _said(seen, pl.when(whole).then(part), "not_in_parts", ~whole)
    if rule.values:
        seen = _looked_up(seen, rule.values, rule, refuse=rule.unknown == "refuse")
    if rule.lookup:
        table = {key: row[rule.lookup.column] for key, row in tables[rule.lookup.table].items()}
        seen = _looked_up(seen, table, rule, refuse=rule.unknown != "pass_on")
    if rule.dates or rule.months:
        seen = _dated(seen, rule, field, sheet=sheet)
    made = text.replace_strict(seen["delivered"], seen["text"], default=None, return_dtype=pl.String)
    if seen["broken"].null_count() == seen.height:
        return made, None
    return made, text.replace_strict(seen["delivered"], seen["broken"], default=None, return_dtype=pl.String)


def _said(seen: pl.DataFrame, said: pl.Expr, rule: str, breaks: pl.Expr) -> pl.DataFrame:
    """What a step makes of the texts; one that breaks its rule is passed on as it was."""
    told = pl.when(pl.col("broken").is_null() & breaks).then(pl.lit(rule)).otherwise("broken")
    return seen.with_columns(text=pl.when(breaks).then("text").otherwise(said), broken=told)


def _looked_up(seen: pl.DataFrame, table: Mappings[str, str], rule: ColumnRule, *, refuse: bool) -> pl.DataFrame:
    keys, means = (
        pl.Series(list(table), dtype=pl.String).str.strip_chars(),
        pl.Series(list(table.values()), dtype=pl.String),
    )
    cell = pl.col("text")
    if rule.casefold:
        keys, cell = keys.str.to_lowercase(), cell.str.to_lowercase()
    meant = pl.DataFrame({"key": keys, "means": means}).unique("key", keep="first", maintain_order=True)
    seen = seen.with_columns(key=cell).join(meant, on="key", how="left", maintain_order="left").drop("key")
    known = pl.col("means").is_not_null() | pl.col("text").is_null()
    unknown = ~known if refuse else pl.lit(False)
    return _said(seen, pl.coalesce("means", "text"), "not_in_list", unknown).drop("means")


def _dated(seen: pl.DataFrame, rule: ColumnRule, field: Field, *, sheet: bool) -> pl.DataFrame:
    """Dates read; what is in no format is passed on, but for what the contract would take and the mapping does not
    know."""
    kind = field.kind
    assert kind in ("date", "moment", "month")
    text = pl.col("text")
    said, two_ways = readings(formats_of(rule, field), kind, rule.years_from, text)
    known = said.is_not_null() | text.is_in(SENTINELS) | (sheet and kind != "month")
    read = seen.with_columns(
        said=said,
        two_ways=two_ways.fill_null(False),
        unknown=(text.str.contains(_CANONICAL[kind]) & ~known).fill_null(False),
    )
    read = _said(read, pl.coalesce("said", "text"), "two_dates", pl.col("two_ways"))
    return _said(read, text, "date_format", pl.col("unknown")).select(*seen.columns)
