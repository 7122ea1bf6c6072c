"""Tables made into records of feeds by a mapping: each feed's columns, the rows that are its records, and what is put
aside."""

from collections.abc import Iterator
from collections.abc import Mapping as Mappings
from dataclasses import dataclass, field, replace

import polars as pl

from assets.landed.mapping.headings import Headings, folded
from assets.landed.mapping.options import FeedRule, Mapping
from assets.landed.mapping.reasons import OF_CELLS, OF_RECORDS
from assets.landed.mapping.values import Canonical, Cells, canonical_column
from assets.landed.reader import NONE_REFUSED, REFUSED_ROWS, Part
from assets.landed.reading import irregular_reasons
from assets.landed.value_classes import value_class
from schemas.feeds import FEEDS


@dataclass(frozen=True, kw_only=True)
class Table:
    """Some rows of a table, all of them where something rests on whole columns.

    Attributes:
        rows: the columns that are taken, under their folded headings, and `line`.
        irregular: lines that are no row: `line`, `rule`, `count`.
        lines: lines of text that it accounts for.
        sheet: whether it is of a workbook.
        numbers: for the columns asked for, which cells are numbers.
        errors: cells that hold an error of the spreadsheet: `line`, `heading`.
    """

    rows: pl.DataFrame
    irregular: pl.DataFrame | None = None
    lines: int = 0
    sheet: bool = False
    numbers: Mappings[str, pl.Series] = field(default_factory=dict)
    errors: pl.DataFrame | None = None


def parts_of(table: Table, mapping: Mapping, headings: Headings, feeds: Mappings[str, FeedRule]) -> Iterator[Part]:
    """The records of each feed.

    A row in which no column that is taken holds anything, and one that no feed's `only` lets in, is set aside. Lines,
    rows set aside and further headings are told with the first feed; a line that is no row is refused for every feed.

    Args:
        table: the rows.
        mapping: what the source file says.
        headings: where its columns stand.
        feeds: the feeds of the mapping that stand in the table.
    """
    filled = table.rows.select(
        pl.any_horizontal((pl.col(name).fill_null("") != "") for name in headings.places)
    ).to_series()
    shares = {feed: filled & _share(table.rows, rule) for feed, rule in feeds.items()}
    in_none = table.rows.height - int(_any(list(shares.values())).sum()) if table.rows.height else 0
    for number, feed in enumerate(feeds):
        shared = _shared(table, shares[feed])
        records, refused, repaired = _of_feed(shared, feed, mapping, headings)
        yield Part(
            feed=feed,
            records=records,
            refused=refused,
            lines=0 if number else table.lines,
            set_aside=0 if number else in_none,
            extra_columns=() if number else headings.extra,
            repaired=repaired,
        )


def _any(flags: list[pl.Series]) -> pl.Series:
    some = flags[0]
    for flag in flags[1:]:
        some |= flag
    return some


def _share(rows: pl.DataFrame, rule: FeedRule) -> pl.Series:
    """Which rows are the feed's."""
    if not rule.only:
        return pl.repeat(True, rows.height, eager=True)
    allowed = (
        pl.col(folded(name)).str.strip_chars().fill_null("").is_in([text.strip() for text in texts])
        for name, texts in rule.only.items()
    )
    return rows.select(pl.all_horizontal(*allowed)).to_series()


def _shared(table: Table, share: pl.Series) -> Table:
    """The table with those of its rows alone that are a feed's."""
    if share.all():
        return table
    numbers = {heading: flags.filter(share) for heading, flags in table.numbers.items()}
    return replace(table, rows=table.rows.filter(share), numbers=numbers)


def _of_feed(table: Table, feed: str, mapping: Mapping, headings: Headings) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    """The feed's records, what is refused of them, and how many values were repaired."""
    rows = table.rows
    fields = {column.name: column.field for column in FEEDS[feed].columns}
    columns: list[pl.Series] = []
    refused = [_lines_refused(table.irregular), _errors_refused(table.errors, rows["line"], headings.taken[feed])]
    repaired = 0
    for name, one in mapping.feeds[feed].columns.items():
        if one.constant is not None:
            columns.append(pl.repeat(one.constant, rows.height, dtype=pl.String, eager=True).alias(name))
        elif (heading := headings.taken[feed].get(name)) is not None:
            cells = Cells(values=rows[heading], numbers=table.numbers.get(heading), sheet=table.sheet)
            made = canonical_column(
                cells, one, fields[name], empty=mapping.empty, spreadsheet=mapping.spreadsheet, tables=mapping.tables
            )
            columns.append(made.text)
            refused.append(_cells_refused(made, rows[heading], rows["line"]))
            repaired += made.repaired
    told = [part for part in refused if part.height]
    return pl.DataFrame([*columns, rows["line"]]), pl.concat(told) if told else NONE_REFUSED, repaired


def _lines_refused(irregular: pl.DataFrame | None) -> pl.DataFrame:
    """Lines that are no row, as reasons."""
    if irregular is None or not irregular.height:
        return NONE_REFUSED
    return irregular_reasons(irregular, OF_RECORDS)


def _cells_refused(made: Canonical, delivered: pl.Series, lines: pl.Series) -> pl.DataFrame:
    if made.broken is None:
        return NONE_REFUSED
    broken = pl.DataFrame({"line": lines, "rule": made.broken, "delivered": delivered}).filter(
        pl.col("rule").is_not_null()
    )
    messages = {rule: f"[{made.text.name}] {said}" for rule, said in OF_CELLS.items()}
    return _told(broken, made.text.name, value_class(pl.col("delivered"), pl.lit(False)), messages)


def _errors_refused(errors: pl.DataFrame | None, lines: pl.Series, taken: Mappings[str, str]) -> pl.DataFrame:
    """Cells with an error of the spreadsheet, in columns that are taken."""
    if errors is None or not errors.height:
        return NONE_REFUSED
    parts = []
    for column, heading in taken.items():
        found = errors.filter((pl.col("heading") == heading) & pl.col("line").is_in(lines.implode()))
        message = {"error_cell": f"[{column}] {OF_CELLS['error_cell']}"}
        parts.append(
            _told(found.with_columns(rule=pl.lit("error_cell")), column, pl.lit("error of a spreadsheet"), message)
        )
    return pl.concat(parts) if parts else NONE_REFUSED


def _told(broken: pl.DataFrame, column: str, kind: pl.Expr, messages: dict[str, str]) -> pl.DataFrame:
    return broken.select(
        "line",
        row=pl.lit(None, dtype=pl.Int64),
        column_name=pl.lit(column),
        rule="rule",
        value_class=kind,
        message=pl.col("rule").replace_strict(messages, return_dtype=pl.String),
    ).select(*REFUSED_ROWS)
