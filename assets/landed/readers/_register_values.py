"""How the Ofqual register and DfE's list write values, as expressions: white space, levels, days, guided learning hours.

A value that is written in no known way is given back as it was delivered, for the feed contract to put its row aside.
"""

from collections.abc import Callable
from typing import Literal

import polars as pl

SlashDates = Literal["month_first", "day_first"]

#: `6/1/2011 12:00:00 AM +00:00`: the month first, an hour of twelve, and the distance from UTC (register downloads).
_TWELVE_HOURS = r"(?-u)^[0-9]{1,2}/[0-9]{1,2}/[0-9]{4} [0-9]{1,2}:[0-5][0-9]:[0-5][0-9] [AP]M [+-][0-9]{2}:[0-9]{2}$"
_OFFSET = r" ?(?:Z|[+-][0-9]{2}:[0-9]{2})$"
_ISO = r"(?-u)^([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?$"
_ISO_OFFSET = (
    r"(?-u)^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)? ?(?:Z|[+-][0-9]{2}:[0-9]{2})$"
)
_SLASHES = r"(?-u)^([0-9]{1,2}/[0-9]{1,2}/[0-9]{4})(?: [0-9]{1,2}:[0-9]{2}:[0-9]{2})?(?: ?[+-][0-9]{2}:[0-9]{2})?$"
_LONDON = "Europe/London"
_DAY_BEGINS_OR_ENDS = ("00:00:00", "23:59:59")


def folded(text: pl.Expr) -> pl.Expr:
    """The text with every run of white space as one space and none around it; null where nothing is left."""
    plain = text.str.replace_all(r"\s+", " ").str.strip_chars(" ")
    return pl.when(plain != "").then(plain)


def name_key(text: pl.Expr) -> pl.Expr:
    """By what names are compared: folded, in small letters."""
    return folded(text).str.to_lowercase()


def level(text: pl.Expr) -> pl.Expr:
    """The feed contract's code of a level: `Level 3` is 3, `Level 1/2` is 1/2, `Entry Level` is E."""
    return _each_once(text, _level)


def _each_once(text: pl.Expr, read: Callable[[pl.Expr], pl.Expr]) -> pl.Expr:
    """What is read of each distinct value, at every place where it stands: a register has few levels and few days."""

    def of_distinct(values: pl.Series) -> pl.Series:
        read_once = values.unique().to_frame("was").with_columns(read(pl.col("was")).alias("now"))
        everywhere = values.to_frame("was").join(
            read_once, on="was", how="left", nulls_equal=True, maintain_order="left"
        )
        return everywhere["now"].alias(values.name)

    return text.map_batches(of_distinct, return_dtype=pl.String)


def _level(text: pl.Expr) -> pl.Expr:
    plain = folded(text)
    said = plain.str.to_lowercase()
    number = said.str.replace_all("level ?", "").str.extract(r"(?-u)^([1-8](?:/[1-8])?)$")
    return pl.when(said == "entry level").then(pl.lit("E")).otherwise(pl.coalesce(number, plain))


def day(text: pl.Expr, slashes: SlashDates | None = None) -> pl.Expr:
    """The day as yyyy-mm-dd; as delivered where it is written in no way that can be read in one way only.

    A moment with a distance from UTC is a day's beginning or end. A day in the register begins and ends by London's clock
    (a day of March 2023 after the clocks went forward ends at 10:59:59 PM +00:00), so the day is London's, unless only the
    moment as it is written begins or ends one; where neither does and the two differ, it is not read.

    Args:
        text: as delivered.
        slashes: which of two numbers with slashes is the month where neither AM nor PM follows; None: not read.
    """
    return _each_once(text, lambda value: _day(value, slashes))


def _day(text: pl.Expr, slashes: SlashDates | None) -> pl.Expr:
    plain = folded(text)
    twelve = plain.str.contains(_TWELVE_HOURS)
    bare = plain.str.replace(_OFFSET, "")
    iso = plain.str.contains(_ISO_OFFSET)
    iso_text = plain.str.replace(" ", "T", literal=True).str.replace(" ", "", literal=True)
    exact = pl.coalesce(
        pl.when(twelve).then(_moment(plain, "%m/%d/%Y %I:%M:%S %p %z")),
        pl.when(iso).then(_moment(iso_text.str.replace("Z$", "+00:00"), "%Y-%m-%dT%H:%M:%S%.f%z")),
    )
    written = pl.coalesce(
        pl.when(twelve).then(bare.str.to_datetime("%m/%d/%Y %I:%M:%S %p", strict=False, time_unit="us")),
        pl.when(iso).then(
            bare.str.replace(" ", "T", literal=True).str.to_datetime(
                "%Y-%m-%dT%H:%M:%S%.f", strict=False, time_unit="us"
            )
        ),
    )
    return pl.coalesce(_agreed(exact, written), plain.str.extract(_ISO), _slashed(plain, slashes), plain)


def guided_learning_hours(hours: pl.Expr, minimum: pl.Expr, maximum: pl.Expr) -> pl.Expr:
    """The hours; where they are not given and minimum and maximum agree, those, unless both are nought.

    Old qualifications have a minimum and maximum of 0 and no hours of their own: none were recorded.
    """
    lowest, highest = folded(minimum), folded(maximum)
    return pl.coalesce(folded(hours), pl.when((lowest == highest) & (highest != "0")).then(highest))


def _moment(text: pl.Expr, form: str) -> pl.Expr:
    return text.str.to_datetime(form, strict=False, time_unit="us", time_zone="UTC")


def _agreed(exact: pl.Expr, written: pl.Expr) -> pl.Expr:
    """The day of a moment: London's, or the written one, whichever begins or ends a day."""
    london = exact.dt.convert_time_zone(_LONDON)
    same = pl.when(london.dt.date() == written.dt.date()).then(london.dt.date())
    whole = [
        pl.when(moment.dt.strftime("%H:%M:%S").is_in(_DAY_BEGINS_OR_ENDS)).then(moment.dt.date())
        for moment in (london, written)
    ]
    return pl.coalesce(same, *whole).dt.strftime("%Y-%m-%d")


def _slashed(plain: pl.Expr, slashes: SlashDates | None) -> pl.Expr:
    if slashes is None:
        return pl.lit(None, dtype=pl.String)
    form = "%m/%d/%Y" if slashes == "month_first" else "%d/%m/%Y"
    return plain.str.extract(_SLASHES).str.to_date(form, strict=False).dt.strftime("%Y-%m-%d")
