"""Fields cut out of fixed-width lines as a layout says, a column at a time: texts, dates, series.

Which lines there are is `_edi_records`' business, what the fields mean for a feed the readers'.
"""

import polars as pl

from assets.landed.readers._edi_names import MONTHS
from schemas.edi_layout import FieldPlace

#: Where the parts of a date stand in each form: day, month, year; each as (offset, length).
_DATES = {
    "ddmmyy": ((0, 2), (2, 2), (4, 2)),
    "ddmmyyyy": ((0, 2), (2, 2), (4, 4)),
    "yymmdd": ((4, 2), (2, 2), (0, 2)),
    "yyyymmdd": ((6, 2), (4, 2), (0, 4)),
}


def cut(text: pl.Expr, place: FieldPlace, two_digit_years_from: int | None = None) -> pl.Expr:
    """A field's value as text without spaces around it; null where blank or cut off.

    A date becomes `yyyy-mm-dd`. Zeros alone mean that it is not known, as the public programs write it; what is no date
    stays as it was delivered, for the feed's contract to put aside.

    Args:
        text: whole lines.
        place: where the field stands.
        two_digit_years_from: the first year of those that two digits can mean.
    """
    value = text.str.slice(place.first - 1, place.width).str.strip_chars()
    value = pl.when(value != "").then(value)
    if place.codes:
        value = value.replace(place.codes)
    return _date(value, place.date, two_digit_years_from) if place.date is not None else value


def _date(value: pl.Expr, form: str, two_digit_years_from: int | None) -> pl.Expr:
    day, month, year = (value.str.slice(offset, length) for offset, length in _DATES[form])
    if "yyyy" not in form:
        first = two_digit_years_from or 0
        number = year.cast(pl.Int64, strict=False)
        century = pl.when(number < first % 100).then(first // 100 + 1).otherwise(first // 100)
        year = (century * 100 + number).cast(pl.String)
    digits = value.str.contains(rf"(?-u)^[0-9]{{{len(form)}}}$")
    read = pl.concat_str([year, month, day], separator="-").str.to_date("%Y-%m-%d", strict=False).cast(pl.String)
    known = pl.when(~value.str.contains("^0+$")).then(value)
    return pl.coalesce(pl.when(digits).then(read), known)


def series_of(series: pl.Expr, year: pl.Expr) -> pl.Expr:
    """`yyyy-mm` of a series code and its year; null where they are none. Years of two digits are of this century."""
    code = series.str.to_uppercase()
    month = code.str.slice(0, 1).replace_strict(MONTHS, default=None, return_dtype=pl.String)
    whole = pl.when(year.str.len_chars() == 2).then(pl.format("20{}", year)).otherwise(year)
    formed = code.str.contains("(?-u)^[1-9A-C][A-Z]$") & whole.str.contains("(?-u)^20[0-9]{2}$")
    return pl.when(formed).then(pl.format("{}-{}", whole, month))
