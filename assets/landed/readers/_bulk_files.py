"""Bulk upload files: comma-separated text whose columns are known by their headings, and the rules that a line must keep.

Shared by the T Level files and Pearson's. All errors of a line are told, each with its column and the kind of its value.
What a column means is the business of the reader whose file it is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from assets.landed.delimited_blocks import NO_IRREGULAR, Block, Body, Dialect, delimited_blocks
from assets.landed.header import Header, first_line, header_names, refuse_other_delimiter
from assets.landed.limits import Limits
from assets.landed.mapping.headings import folded
from assets.landed.reader import NONE_REFUSED, Delivered
from assets.landed.reading import irregular_reasons
from assets.landed.refusals import RefusedDelivery, beyond
from assets.landed.value_classes import value_class

#: A file is read whole. Of a year's learners in the country there are fewer.
_MOST_LINES = 2_000_000


@dataclass(frozen=True, kw_only=True)
class FileColumn:
    """A column of a file.

    Attributes:
        key: its name in `BulkLines.table`.
        headings: how the format writes its heading, the present one first; case and outer spaces do not matter.
        required: whether a file without it is refused.
    """

    key: str
    headings: tuple[str, ...]
    required: bool = True

    @property
    def heading(self) -> str:
        return self.headings[0]


@dataclass(frozen=True, kw_only=True)
class BulkLines:
    """A whole file.

    Attributes:
        table: its columns by key (String without outer spaces, null where empty; columns that it lacks are empty), `line`.
        irregular: reasons of lines that are no record (`reader.REFUSED_ROWS`).
        lines: lines that are not blank, the header included.
        extra_columns: headings that the format does not have.
    """

    table: pl.DataFrame
    irregular: pl.DataFrame
    lines: int
    extra_columns: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Something that a line must keep.

    Attributes:
        name: short code.
        column: the canonical column that the value goes to, else the heading; None for the line as a whole.
        key: the column of the table whose kind of value is told; None for the line as a whole.
        message: what must hold, in the headings of the file.
        broken: where it is broken; null counts as kept.
    """

    name: str
    column: str | None
    key: str | None
    message: str
    broken: pl.Expr


def read_bulk_file(delivered: Delivered, columns: Sequence[FileColumn]) -> BulkLines:
    """Reads a file whole: bulk files hold thousands of lines, and some rules look at all of them.

    Raises:
        RefusedDelivery: the header cannot be read, lacks a column or has one twice; no line follows it.
    """
    text, number, begin = first_line(delivered.path)
    header = _matched(text, columns, delivered.limits)
    body = Body(path=delivered.path, first_line=number + 1, begin=begin)
    blocks: list[Block] = []
    for block in delimited_blocks(body, header, Dialect(), delivered.limits):
        blocks.append(block)
        if sum(one.lines for one in blocks) > min(delivered.limits.rows, _MOST_LINES):
            raise RefusedDelivery("too_many_rows", f"A bulk file holds no more than [{_MOST_LINES}] lines.")
    schema = dict.fromkeys(header.positions, pl.String) | {"line": pl.Int64}
    table = pl.concat([pl.DataFrame(schema=schema), *(block.records.select(*schema) for block in blocks)])
    irregular = pl.concat([NO_IRREGULAR, *(block.irregular for block in blocks)])
    if not table.height + irregular.height:
        raise RefusedDelivery("header_only", "The file holds a header and no line after it.")
    trimmed = [pl.col(name).str.strip_chars() for name in header.positions]
    filled = [pl.when(value != "").then(value) for value in trimmed]
    lacking = [pl.lit(None, dtype=pl.String).alias(one.key) for one in columns if one.key not in header.positions]
    return BulkLines(
        table=table.with_columns(*filled, *lacking),
        irregular=irregular_reasons(irregular),
        lines=sum(block.lines for block in blocks) + 1,
        extra_columns=header.extra,
    )


def _matched(text: str, columns: Sequence[FileColumn], limits: Limits) -> Header:
    """Where the columns stand. No heading is repeated in a message before all that are required are found."""
    headings = header_names(text)
    if len(headings) > limits.columns:
        raise beyond(limits, "columns")
    keys = {folded(heading): one.key for one in columns for heading in one.headings}
    found = [keys.get(folded(heading)) for heading in headings]
    if lacking := [one.heading for one in columns if one.required and one.key not in found]:
        refuse_other_delimiter(text, keys, folded)
        advice = "Head each column as the format does; case does not matter."
        raise RefusedDelivery("missing_column", f"The file has no column [{'], ['.join(lacking)}].", advice)
    if twice := [one.heading for one in columns if found.count(one.key) > 1]:
        raise RefusedDelivery("duplicate_column", f"The file has the column [{'], ['.join(twice)}] more than once.")
    return Header(
        width=len(headings),
        positions={key: place for place, key in enumerate(found) if key is not None},
        extra=tuple(
            heading.strip() or "(unnamed)" for heading, key in zip(headings, found, strict=True) if key is None
        ),
    )


def broken_rules(table: pl.DataFrame, rules: Iterable[Rule]) -> pl.DataFrame:
    """Reasons of all lines that break a rule (`reader.REFUSED_ROWS`, `row` empty), one for each rule broken.

    Args:
        table: columns that the rules look at, and `line`.
        rules: in the order in which a line's reasons are told.
    """
    judged = list(rules)
    broken = table.select(rule.broken.fill_null(False).alias(str(place)) for place, rule in enumerate(judged))
    return pl.concat(
        [NONE_REFUSED, *(_reasons(table, broken[str(place)], rule) for place, rule in enumerate(judged))]
    ).sort("line", maintain_order=True)


def _reasons(table: pl.DataFrame, broken: pl.Series, rule: Rule) -> pl.DataFrame:
    if not broken.any():
        return NONE_REFUSED
    kind = value_class(pl.col(rule.key), pl.lit(False)) if rule.key is not None else pl.lit(None, dtype=pl.String)
    return table.filter(broken).select(
        "line",
        row=pl.lit(None, dtype=pl.Int64),
        column_name=pl.lit(rule.column, dtype=pl.String),
        rule=pl.lit(rule.name),
        value_class=kind,
        message=pl.lit(rule.message),
    )


def told_by_row(reasons: pl.DataFrame, records: pl.DataFrame) -> pl.DataFrame:
    """Reasons of lines as reasons of each record that the line made; those of a line without a record stay the line's."""
    rows = records.select("line", "row")
    return (
        reasons.drop("row").join(rows, on="line", how="left", maintain_order="left_right").select(*NONE_REFUSED.columns)
    )


def looked_up(value: pl.Expr, lookup: dict[str, str]) -> pl.Expr:
    """What a value stands for, null where the lookup does not have it; case and outer spaces do not matter."""
    if not lookup:
        return pl.lit(None, dtype=pl.String)
    keys = {key.strip().lower(): meaning for key, meaning in lookup.items()}
    return value.str.to_lowercase().replace_strict(keys, default=None, return_dtype=pl.String)


def parts(value: pl.Expr) -> pl.Expr:
    """The list that a cell with commas holds, each part without outer spaces; null where the cell is empty."""
    return value.str.split(",").list.eval(pl.element().str.strip_chars())
