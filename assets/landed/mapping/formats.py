"""How dates and months are written in a file: formats that a mapping states, read exactly and never guessed.

A format is written as the dates look: `dd/mm/yyyy`, `d Mon yyyy`, `m/d/yyyy h:mm:ss AM +00:00`. `dd`, `mm` and `hh`
stand for two digits, `d`, `m` and `h` for a number without a leading zero, so that a column in which both occur needs
both formats.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal

import polars as pl

Kind = Literal["date", "moment", "month"]

_MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
#: Names of months, long and short; `Sept` is written too.
_LONG = {name.lower(): number for number, name in enumerate(_MONTH_NAMES, 1)}
_SHORT = {name[:3].lower(): number for number, name in enumerate(_MONTH_NAMES, 1)} | {"sept": 9}

#: Each part of a format: what it is, and the pattern of what it stands for.
_PARTS = {
    "yyyy": ("year", "[0-9]{4}"),
    "yy": ("short_year", "[0-9]{2}"),
    "Month": ("long_month", "(?i:" + "|".join(_LONG) + ")"),
    "Mon": ("short_month", "(?i:" + "|".join(sorted(_SHORT, key=len, reverse=True)) + ")"),
    "mm": ("month", "[0-9]{2}"),
    "m": ("month", "[1-9][0-9]?"),
    "dd": ("day", "[0-9]{2}"),
    "d": ("day", "[1-9][0-9]?"),
    "hh": ("hour", "[0-9]{2}"),
    "h": ("hour", "[0-9]|1[0-9]|2[0-3]"),
    "ss": ("second", "[0-5][0-9]"),
    "AM": ("half", "(?i:AM|PM)"),
    "+00:00": ("offset", "[+-][0-9]{2}:[0-9]{2}"),
    ".f": ("fraction", r"\.[0-9]{1,9}"),
}
_MINUTE = ("minute", "[0-5][0-9]")
_SPLIT = re.compile("(" + "|".join(re.escape(part) for part in sorted(_PARTS, key=len, reverse=True)) + ")")
_BETWEEN = re.compile(r"[-/., :T]*")
_EXPLAINED = (
    "write it as the dates look, with yyyy or yy, mm, m, Mon or Month, dd or d, and if there is a time hh or h, mm, ss, "
    ".f, AM, +00:00"
)
_YEARS, _MONTHS = {"year", "short_year"}, {"month", "short_month", "long_month"}

#: Days by which formats are told apart: each order of two small numbers occurs, and years that look like a day and a month.
_WITNESSES = [
    date(year, month, day) for year in (1999, 2001, 2012) for month in (1, 2, 10, 11, 12) for day in (1, 3, 11, 12, 28)
]


@dataclass(frozen=True)
class DateFormat:
    """A format, taken apart: `parts` are what a part is and how it was written, or a text that stands for itself."""

    text: str
    parts: tuple[tuple[str, str], ...]

    @property
    def whats(self) -> set[str]:
        return {what for what, _ in self.parts}

    @property
    def is_numeric(self) -> bool:
        """Whether the month is told by a number, so that a spreadsheet could take it for the day."""
        return "month" in self.whats


@cache
def date_format(text: str, kind: Kind) -> DateFormat:
    """The format that a text states.

    Args:
        text: as written in a mapping.
        kind: what is to be read with it.

    Raises:
        ValueError: it is no format, or tells less than is to be read.
    """
    parts: list[tuple[str, str]] = []
    for piece in filter(None, _SPLIT.split(text)):
        if piece in _PARTS:
            what = _PARTS[piece][0]
            after_hour = any(before == "hour" for before, _ in parts) and all(before != "minute" for before, _ in parts)
            parts.append(("minute" if piece == "mm" and after_hour else what, piece))
        elif _BETWEEN.fullmatch(piece):
            parts.append(("", piece))
        else:
            raise ValueError(f"[{piece}] in [{text}] is no part of a date; {_EXPLAINED}")
    whats = [what for what, _ in parts if what]
    if len(set(whats)) < len(whats) or len(_YEARS & set(whats)) != 1 or len(_MONTHS & set(whats)) != 1:
        raise ValueError(f"[{text}] must name the year once and the month once; {_EXPLAINED}")
    if kind != "month" and "day" not in whats:
        raise ValueError(f"[{text}] names no day; {_EXPLAINED}")
    needs = {
        "minute": "hour",
        "second": "minute",
        "fraction": "second",
        "half": "hour",
        "offset": "hour",
        "hour": "minute",
    }
    if lacking := {needed for what, needed in needs.items() if what in whats and needed not in whats}:
        raise ValueError(f"[{text}] names no {sorted(lacking)[0]}; {_EXPLAINED}")
    return DateFormat(text=text, parts=tuple(parts))


def reading(stated: DateFormat, kind: Kind, years_from: int | None) -> Callable[[pl.Expr], pl.Expr]:
    """Reads text that is written so as canonical text; null where it is not, or is no day that exists.

    Args:
        stated: the format.
        kind: `date` gives yyyy-mm-dd, `month` yyyy-mm, `moment` yyyy-mm-ddThh:mm where the format has a time. A time
            with an offset is told in UK local time first.
        years_from: the first of the hundred years in which years of two digits lie.
    """
    patterns = (_named(what, written) for what, written in stated.parts)
    pattern = f"^{''.join(patterns)}$"

    def read(text: pl.Expr) -> pl.Expr:
        found = text.str.extract_groups(pattern).struct.field
        year, month = _year(found, stated, years_from), _month(found, stated)
        day = found("day") if "day" in stated.whats else pl.lit("01")
        written = pl.concat_str(year, pl.lit("-"), month, pl.lit("-"), day.str.zfill(2))
        if "hour" not in stated.whats:
            moment = written.str.to_datetime("%Y-%m-%d", strict=False)
            return moment.dt.to_string("%Y-%m" if kind == "month" else "%Y-%m-%d")
        return _told(_moment(written, found, stated), kind)

    return read


def _named(what: str, written: str) -> str:
    if not what:
        return re.escape(written)
    return f"(?P<{what}>{_MINUTE[1] if what == 'minute' else _PARTS[written][1]})"


def _year(found: Callable[[str], pl.Expr], stated: DateFormat, years_from: int | None) -> pl.Expr:
    if "year" in stated.whats:
        return found("year")
    first = years_from or 0
    return (first + (found("short_year").cast(pl.Int64) - first) % 100).cast(pl.String).str.zfill(4)


def _month(found: Callable[[str], pl.Expr], stated: DateFormat) -> pl.Expr:
    if "month" in stated.whats:
        return found("month").str.zfill(2)
    name, numbers = ("short_month", _SHORT) if "short_month" in stated.whats else ("long_month", _LONG)
    written = {month: f"{number:02}" for month, number in numbers.items()}
    return found(name).str.to_lowercase().replace_strict(written, default=None, return_dtype=pl.String)


def _moment(day: pl.Expr, found: Callable[[str], pl.Expr], stated: DateFormat) -> pl.Expr:
    """Date and time without zone, in UK local time where the format has an offset."""
    hour = found("hour").cast(pl.Int64)
    if "half" in stated.whats:
        afternoon = (found("half").str.to_uppercase() == "PM").cast(pl.Int64)
        hour = pl.when(hour.is_between(1, 12)).then(hour % 12 + 12 * afternoon)
    seconds = found("second") if "second" in stated.whats else pl.lit("00")
    time = pl.concat_str(hour.cast(pl.String).str.zfill(2), pl.lit(":"), found("minute"), pl.lit(":"), seconds)
    written = pl.concat_str(day, pl.lit("T"), time)
    if "offset" not in stated.whats:
        return written.str.to_datetime("%Y-%m-%dT%H:%M:%S", strict=False, time_unit="us")
    instant = pl.concat_str(written, found("offset")).str.to_datetime(
        "%Y-%m-%dT%H:%M:%S%:z", strict=False, time_unit="us", time_zone="UTC"
    )
    return instant.dt.convert_time_zone("Europe/London").dt.replace_time_zone(None)


def _told(moment: pl.Expr, kind: Kind) -> pl.Expr:
    if kind != "moment":
        return moment.dt.to_string("%Y-%m" if kind == "month" else "%Y-%m-%d")
    whole = moment.dt.second() == 0
    # the contract knows no seconds: a time with some is told with them, and put aside by its check
    return (
        pl.when(whole).then(moment.dt.to_string("%Y-%m-%dT%H:%M")).otherwise(moment.dt.to_string("%Y-%m-%dT%H:%M:%S"))
    )


def readings(
    formats: Sequence[DateFormat], kind: Kind, years_from: int | None, text: pl.Expr
) -> tuple[pl.Expr, pl.Expr]:
    """What a text says by the first format that it is written in, and whether another format says something else."""
    each = [reading(stated, kind, years_from)(text) for stated in formats]
    said = pl.coalesce(each)
    return said, pl.any_horizontal((one != said).fill_null(False) for one in each)


def contradiction(formats: Sequence[DateFormat], kind: Kind, years_from: int | None) -> tuple[str, str] | None:
    """Two formats by which one text means two days, or None: such a list cannot be used."""
    if len(formats) < 2:
        return None
    for stated in formats:
        texts = pl.DataFrame({"text": [_written(stated, day) for day in _WITNESSES]})
        own = reading(stated, kind, years_from)(pl.col("text"))
        for other in formats:
            if other is not stated:
                said = reading(other, kind, years_from)(pl.col("text"))
                if texts.select((own != said).fill_null(False).any()).item():
                    return stated.text, other.text
    return None


def _written(stated: DateFormat, day: date) -> str:
    """A day as the format writes it; what it says of the time is the same throughout."""
    values = {
        "yyyy": f"{day.year:04}",
        "yy": f"{day.year % 100:02}",
        "Month": _MONTH_NAMES[day.month - 1],
        "Mon": _MONTH_NAMES[day.month - 1][:3],
        "mm": f"{day.month:02}",
        "m": str(day.month),
        "dd": f"{day.day:02}",
        "d": str(day.day),
        "hh": "09",
        "h": "9",
        "ss": "07",
        ".f": ".0",
    }
    pieces = (
        "05" if what == "minute" else values.get(written, written) if what else written
        for what, written in stated.parts
    )
    return "".join(pieces)
