"""Options that several bulk files share, checked when the source file is read: organisations, days and months."""

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from assets.landed.sources import Lookup

_DAY, _MONTH = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"), re.compile(r"^[0-9]{4}-(0[1-9]|1[0-2])$")


def is_day(text: str) -> bool:
    """Whether a text is a day written yyyy-mm-dd."""
    try:
        return bool(_DAY.fullmatch(text)) and bool(date.fromisoformat(text))
    except ValueError:
        return False


def _day(text: str) -> str:
    if not is_day(text):
        raise ValueError("it is no day; give yyyy-mm-dd")
    return text


def _days(lookup: dict[str, str]) -> dict[str, str]:
    if wrong := [key for key, text in lookup.items() if not is_day(text)]:
        raise ValueError(f"what [{'], ['.join(wrong)}] stands for is no day; give yyyy-mm-dd")
    return lookup


def _months(lookup: dict[str, str]) -> dict[str, str]:
    if wrong := [key for key, text in lookup.items() if not _MONTH.fullmatch(text)]:
        raise ValueError(f"what [{'], ['.join(wrong)}] stands for is no month; give yyyy-mm")
    return lookup


#: A recognition number.
Organisation = Annotated[str, Field(pattern=r"^RN\d{4}$")]
#: From the words of a file to days, and to months.
Days = Annotated[Lookup, AfterValidator(_days)]
Months = Annotated[Lookup, AfterValidator(_months)]
#: One day, one month.
Day = Annotated[str, AfterValidator(_day)]
#: A day, or `delivery`.
ResultDay = Literal["delivery"] | Day
Month = Annotated[str, Field(pattern=_MONTH.pattern)]
#: Days of results by series, or `delivery`: the day of the delivery.
ResultDays = Literal["delivery"] | Days
