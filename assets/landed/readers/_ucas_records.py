"""Records of a UCAS file as text: header and trailer as mappings, candidates' lines as rows with what is wrong in them.

What the rows mean to a feed is `ucas_file`'s business; which fields there are, `schemas.ucas_file`'s.
"""

from collections.abc import Mapping, Sequence

import polars as pl

from assets.landed.reader import NONE_REFUSED, REFUSED_ROWS
from assets.landed.refusals import RefusedDelivery
from assets.landed.value_classes import value_class
from schemas.ucas_file import (
    CANDIDATE_FIELDS,
    DAY,
    FIELD,
    GROUP,
    SUBJECT,
    SUBJECT_FIELDS,
    RecordField,
    subject_line_form,
)

#: What to do about a file that is not whole.
SEND_AGAIN = "Send the whole file again as it was made."

#: Where the first group of a candidate's line begins: after its letter, its fields and the mark that closes them.
_FIRST_GROUP, _GROUP_WIDTH = len(CANDIDATE_FIELDS) + 2, len(SUBJECT_FIELDS) + 1

#: Columns of feeds that are made of a field of the file, whatever the feed.
_FEEDS = {"subject_code": "qualification_number", "sending_organisation": "awarding_organisation_rn"}
_CHECKED = (*CANDIDATE_FIELDS, *SUBJECT_FIELDS)
ORGANISATIONS = ("sending_organisation", "receiving_organisation")


def letter_of(line: str) -> str:
    """The letter that says which record a line is."""
    return line.split(FIELD, 1)[0]


def wrapping_record(line: str, fields: Sequence[RecordField], what: str) -> dict[str, str]:
    """A header or trailer: its fields by name, each in its form.

    Args:
        line: without what is blank at its ends.
        fields: those that it must have.
        what: `header` or `trailer`.

    Raises:
        RefusedDelivery: `header_malformed` or `trailer_malformed`: it has other fields, or one has not its form.
    """
    values = line.rstrip(FIELD).split(FIELD)[1:]
    if len(values) != len(fields):
        number = f"The {what} has [{len(values)}] fields, and not [{len(fields)}]."
        raise RefusedDelivery(f"{what}_malformed", number, SEND_AGAIN)
    found = {one.name: value for one, value in zip(fields, values, strict=True)}
    row = pl.DataFrame({name: [value] for name, value in found.items()})
    wrong = [f"[{one.name}] must be {one.in_words}" for one in fields if row.select(_unfit(one)).item()]
    if wrong:
        raise RefusedDelivery(f"{what}_malformed", f"In the {what} {'; '.join(wrong)}.", SEND_AGAIN)
    return found


def counted_subjects(lines: pl.DataFrame) -> int:
    """How many subjects stand in lines, also in those that are not laid out well: each is closed by a mark."""
    marks = lines["text"].str.split(FIELD).list.eval(pl.element() == GROUP).list.sum()
    return int((marks.cast(pl.Int64) - 1).clip(lower_bound=0).sum())


def subject_rows(lines: pl.DataFrame, header: Mapping[str, str], first_row: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Candidates' lines as one row a subject.

    Args:
        lines: `line` and `text`, without what is blank at its ends.
        header: of the file, whose organisations must be those of each line.
        first_row: number of the first row.

    Returns:
        Rows: `line`, `row` and the text of `CANDIDATE_FIELDS` and `SUBJECT_FIELDS`, as delivered. And what is wrong
        (`REFUSED_ROWS`): of a line that is not laid out as such a line there is no row, and `row` is empty.
    """
    laid_out = lines["text"].str.contains(subject_line_form())
    rows = _rows(lines.filter(laid_out), first_row)
    reasons = [
        _misplaced(lines.filter(~laid_out)),
        *(_wrong(rows, one.name, _unfit(one), "format", f"must be {one.in_words}") for one in _CHECKED if one.form),
        *(
            _wrong(rows, name, pl.col(name) != header[name], "organisations", "must be as in the header")
            for name in ORGANISATIONS
        ),
    ]
    return rows, pl.concat([NONE_REFUSED, *reasons])


def refused(
    rows: pl.DataFrame, column: str, wrong: pl.Expr, rule: str, message: str, *, feeds: str | None = None
) -> pl.DataFrame:
    """What is wrong with rows in one column (`REFUSED_ROWS`).

    Args:
        rows: `line`, `row` and the column.
        column: where it stands.
        wrong: whether a row is wrong.
        rule: that is broken.
        message: what was expected.
        feeds: the feed's column that is made of it, under which the reason is told where there is one.
    """
    return rows.filter(wrong).select(
        "line",
        "row",
        pl.lit(feeds or column).alias("column_name"),
        pl.lit(rule).alias("rule"),
        value_class(pl.col(column), pl.lit(False)).alias("value_class"),
        pl.lit(message).alias("message"),
    )


def _wrong(rows: pl.DataFrame, column: str, wrong: pl.Expr, rule: str, must: str) -> pl.DataFrame:
    return refused(rows, column, wrong, rule, f"[{column}] {must}.", feeds=_FEEDS.get(column))


def _unfit(one: RecordField) -> pl.Expr:
    """Whether a column's text has not the form of its field."""
    fits = pl.col(one.name).str.contains(one.form)
    if one.is_day:
        fits &= pl.col(one.name).str.to_date(DAY, strict=False).is_not_null()
    return ~fits


def _rows(lines: pl.DataFrame, first_row: int) -> pl.DataFrame:
    values = pl.col("text").str.strip_chars_end(FIELD).str.split(FIELD)
    by_line = lines.select("line", values.alias("values")).with_columns(
        pl.int_ranges(0, (pl.col("values").list.len() - _FIRST_GROUP) // _GROUP_WIDTH).alias("group")
    )
    of_group = _FIRST_GROUP + _GROUP_WIDTH * pl.col("group")
    by_subject = by_line.explode("group").select(
        "line",
        *(pl.col("values").list.get(place).alias(one.name) for place, one in enumerate(CANDIDATE_FIELDS, 1)),
        *(pl.col("values").list.get(of_group + place).alias(one.name) for place, one in enumerate(SUBJECT_FIELDS)),
    )
    numbers = pl.int_range(first_row, first_row + by_subject.height, dtype=pl.Int64, eager=True)
    return by_subject.with_columns(numbers.alias("row"))


def _misplaced(lines: pl.DataFrame) -> pl.DataFrame:
    """The reason for which a line made no row: it is another record, or its fields do not stand where they should."""
    is_subject = pl.col("text").str.starts_with(SUBJECT + FIELD)
    told = [
        ("record_type", f"A line between header and trailer must begin with [{SUBJECT}]."),
        ("layout", "The fields of the line do not stand where they should, or are too few or too many."),
    ]
    return lines.select(
        "line",
        pl.lit(None, dtype=pl.Int64).alias("row"),
        pl.lit(None, dtype=pl.String).alias("column_name"),
        pl.when(is_subject).then(pl.lit(told[1][0])).otherwise(pl.lit(told[0][0])).alias("rule"),
        pl.lit("line of a file").alias("value_class"),
        pl.when(is_subject).then(pl.lit(told[1][1])).otherwise(pl.lit(told[0][1])).alias("message"),
    ).select(*REFUSED_ROWS)
