"""What spreadsheets do to values: what can be put right for certain, and what must be refused because it can only be
guessed.

A spreadsheet that takes a number of fixed length for an amount drops its leading zeros. One lost zero is certain where
the contract fixes the length, exactly one digit is missing, and it is known that the value was a number to the
spreadsheet: in a workbook the cell itself is one; of text the source file must say so, and no value of the column may
have kept its zero, as one would if the column had stayed text. It is not certain where two digits are missing (a number
typed too short looks the same), where the field has no fixed length, or of a unique learner number, which never begins
with 0. A number shown as 1.23E+09, a day that stands for a unit `1-3`, and dates of which some were read month first
are never put right.
"""

import re

import polars as pl

from schemas.fields import Field

_FIXED = re.compile(r"\^\\d\{(\d+)\}\$")
_SCIENTIFIC = r"(?-u)^ *[+-]?[0-9]+([.,][0-9]+)?[eE][+][0-9]+ *$"
_DAY_FOR_A_CODE = r"(?-u)^ *([0-9]{1,2}-[A-Z][a-z]{2}|[A-Z][a-z]{2}-[0-9]{2}) *$"
ISO_DAY = r"(?-u)^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_ISO_MOMENT = r"(?-u)^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?$"


def fixed_length(field: Field) -> int | None:
    """The number of digits of an identifier whose leading zeros count and may get lost; None for all other columns."""
    found = _FIXED.fullmatch(field.pattern or "")
    return int(found.group(1)) if found and field.check_digit is None else None


def with_lost_zero(values: pl.Series, field: Field, numbers: pl.Series | None) -> tuple[pl.Series, int]:
    """The values of a column of a spreadsheet with the leading zero that each has lost, and how many were put right.

    Args:
        values: all values of the column in the file, trimmed.
        field: the column's meaning.
        numbers: which cells are numbers; None for text, where the column's other values must bear it out.
    """
    length = fixed_length(field)
    if length is None:
        return values, 0
    text = values.alias("text").to_frame()
    short = text.select(pl.col("text").str.contains(f"(?-u)^[1-9][0-9]{{{length - 2}}}$").fill_null(False)).to_series()
    if numbers is not None:
        short &= numbers
    elif text.select(pl.col("text").str.contains(f"(?-u)^0[0-9]{{{length - 1}}}$").any()).item():
        return values, 0
    put_right = text.select(pl.when(short).then(pl.format("0{}", "text")).otherwise("text").alias(values.name))
    return put_right.to_series(), int(short.sum())


def is_unformed(field: Field) -> bool:
    """Whether the contract takes any text in the column, so that its checks would let a damaged value pass."""
    return field.kind == "text" and field.pattern is None and field.codes is None


def broken_by_spreadsheet(values: pl.Series, field: Field, *, sheet: bool, spreadsheet: bool) -> pl.Series | None:
    """Which values of a column without a form a spreadsheet has changed for good, and the rule they break; None: none
    has.

    Args:
        values: text.
        field: the column's meaning.
        sheet: whether the values are cells of a sheet, so that a day is one of the spreadsheet's own.
        spreadsheet: whether they passed through one.
    """
    if not is_unformed(field):
        return None
    shortened = values.str.contains_any(["E+", "e+"]).any()
    forms = {"scientific_notation": _SCIENTIFIC} if shortened else {}
    if sheet:
        forms["day_for_a_code"] = f"{ISO_DAY}|{_ISO_MOMENT}"
    elif spreadsheet:
        forms["day_for_a_code"] = _DAY_FOR_A_CODE
    if not forms:
        return None
    text = values.alias("text").to_frame()
    rules = text.select(
        pl.coalesce(pl.when(pl.col("text").str.contains(form)).then(pl.lit(rule)) for rule, form in forms.items())
    )
    return rules.to_series() if rules.to_series().null_count() < len(values) else None


def doubtful_days(values: pl.Series, read: pl.Series) -> pl.Series | None:
    """Which dates of a sheet cannot be trusted, because others of the column stayed text in the way a wrong reading
    leaves them.

    A spreadsheet that takes dd/mm for mm/dd makes dates of those whose day is at most 12, days and months interchanged,
    and leaves the others text. If all dates left as text have a day above 12, those that became dates and could have
    been interchanged are refused.

    Args:
        values: trimmed text; dates of the sheet as yyyy-mm-dd.
        read: the same, those written as text brought to yyyy-mm-dd.
    """
    days = pl.DataFrame({"value": values, "read": read}).select(
        own=pl.col("value").str.contains(ISO_DAY).fill_null(False),
        year_first=pl.col("read").str.contains(ISO_DAY).fill_null(False),
        day=pl.col("read").str.slice(8, 2).cast(pl.Int64, strict=False),
        month=pl.col("read").str.slice(5, 2).cast(pl.Int64, strict=False),
    )
    left = days.filter(~pl.col("own") & pl.col("year_first"))
    if not left.height or (left["day"] <= 12).any():
        return None
    interchanged = pl.col("own") & (pl.col("day") <= 12) & (pl.col("day") != pl.col("month"))
    doubtful = days.select(pl.when(interchanged).then(pl.lit("dates_two_ways"))).to_series()
    return doubtful if doubtful.null_count() < len(values) else None
