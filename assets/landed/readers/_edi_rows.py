"""Parts made of tables of detail records: rows numbered through the file, and what is wrong with them by the format's rules.

What the columns mean is the readers' business; the list of codes and the organisations are looked up here for all of them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

import polars as pl

from assets.landed.line_blocks import line_blocks
from assets.landed.reader import Delivered, Part, refused_rows
from assets.landed.readers._edi_names import EdiName
from assets.landed.readers._edi_options import CODE_COLUMNS
from assets.landed.refusals import RefusedDelivery
from assets.landed.value_classes import value_class

_CHUNK = 8 << 20

UNKNOWN_RECORD = ("record_type", "The layout has no record of this type: name it there, or have the file sent again.")


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Something that can be wrong with a row.

    Attributes:
        rule: its code.
        column_name: column of the feed, or None: the record as a whole.
        told: column of the table whose kind of value is told, or None.
        message: what is wrong and what to do, without a value.
    """

    rule: str
    message: str
    column_name: str | None = None
    told: str | None = None


#: Of every detail record of entries and results.
OF_RECORDS = {
    "too_long": Fault(
        rule="record_length",
        message="Text stands beyond the record's end, so the layout does not fit it: correct the layout of the source.",
    ),
    "other_centre": Fault(
        rule="other_centre",
        column_name="centre_number",
        told="centre_number",
        message="The record is of another centre than the header above it: have the file sent again.",
    ),
    "no_series": Fault(
        rule="series_code",
        column_name="series",
        told="series",
        message="The series is no character for the month and a letter with a year: correct the layout or the record.",
    ),
}

CODE_UNKNOWN = Fault(
    rule="code_unknown",
    column_name="qualification_number",
    told="option_code",
    message="The source's list of codes does not have the option: write it anew from basedata with `reconcile edi-codes`.",
)
CODE_INCOMPLETE = Fault(
    rule="code_incomplete",
    column_name="qualification_number",
    told="option_code",
    message="The list of codes does not say which qualification, and for a unit which unit, the option is: fill it in.",
)


def blocks_of(delivered: Delivered) -> Iterable[bytes]:
    """A delivered file in blocks of whole lines."""
    with delivered.path.open("rb") as file:
        yield from line_blocks(iter(partial(file.read, _CHUNK), b""), delivered.limits)


def recognition_number(organisations: Mapping[str, str], name: EdiName) -> str:
    """The recognition number of the organisation in a file's name.

    Raises:
        RefusedDelivery: `edi_organisation`, where the source does not name it.
    """
    if name.organisation not in organisations:
        raise RefusedDelivery(
            "edi_organisation",
            "The source does not say which organisation has the identifier in the file's name.",
            "Add it under [awarding_organisations] in the source.",
        )
    return organisations[name.organisation]


def with_codes(table: pl.DataFrame, codes: Mapping[str, Mapping[str, str]]) -> pl.DataFrame:
    """The table with `entry`, `qualification_number` and `unit_number` of its `option_code`; null where not in the list."""
    columns = {column: [row[column] or None for row in codes.values()] for column in CODE_COLUMNS}
    schema = dict.fromkeys(("code", *CODE_COLUMNS), pl.String)
    known = pl.DataFrame({"code": list(codes), **columns}, schema=schema)
    code = pl.format("{}/{}", "awarding_organisation", pl.col("option_code").str.to_uppercase())
    return table.with_columns(code=code).join(known, on="code", how="left", maintain_order="left").drop("code")


def faults_of(table: pl.DataFrame, faults: Mapping[str, Fault]) -> pl.DataFrame:
    """Reasons (`reader.REFUSED_ROWS`) of rows for which a column named like a fault is true, with `row` if they have it."""
    found = []
    for name, fault in faults.items():
        rows = table.filter(pl.col(name).fill_null(False))
        if rows.height:
            told = pl.col(fault.told) if fault.told else None
            found.append(
                rows.select(
                    "line",
                    (pl.col("row") if "row" in rows.columns else pl.lit(None, dtype=pl.Int64)).alias("row"),
                    pl.lit(fault.column_name, dtype=pl.String).alias("column_name"),
                    pl.lit(fault.rule).alias("rule"),
                    (pl.lit(None, dtype=pl.String) if told is None else value_class(told, pl.lit(False))).alias(
                        "value_class"
                    ),
                    pl.lit(fault.message).alias("message"),
                )
            )
    return pl.concat(found) if found else refused_rows([])


def refused_lines(lines: pl.DataFrame, rule: str, message: str) -> pl.DataFrame:
    """Reasons of lines that make no record."""
    told = lines.select("line", pl.lit(rule).alias("rule"), pl.lit(message).alias("message"))
    return refused_rows(told.to_dict(as_series=False)) if told.height else refused_rows([])


class Numbered:
    """Rows of each feed, numbered through the file."""

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}

    def part(
        self,
        feed: str,
        table: pl.DataFrame,
        columns: Mapping[str, pl.Expr],
        faults: Mapping[str, Fault],
        *,
        without_record: Iterable[pl.DataFrame] = (),
        lines: int = 0,
        set_aside: int = 0,
    ) -> Part:
        """A part of a reader with `rows_a_line`.

        Args:
            feed: the feed.
            table: a row a record: `line`, what the columns are made of, and a Boolean column named like each fault.
            columns: the feed's columns.
            faults: what can be wrong.
            without_record: reasons of lines that make no record.
            lines: lines that the part accounts for.
            set_aside: records that belong to no feed.
        """
        first = self._rows.get(feed, 0) + 1
        self._rows[feed] = first + table.height - 1
        numbered = table.with_columns(pl.int_range(first, first + table.height, dtype=pl.Int64).alias("row"))
        records = numbered.select("line", "row", **columns)
        refused = pl.concat([faults_of(numbered, faults), *without_record])
        return Part(feed=feed, records=records, refused=refused, lines=lines, set_aside=set_aside)
