"""A delivery's header against the feed contract: where each column stands, what is missing, what is more.

A name in a header that does not match is never repeated in a message unless the header is known to be one: the first
line of a file without a header is somebody's record.
"""

import csv
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from assets.landed.limits import Limits
from assets.landed.line_blocks import BLANK
from assets.landed.refusals import RefusedDelivery, beyond
from schemas.feeds import Feed

_OTHER_DELIMITERS = {";": "a semicolon", "\t": "a tab", "|": "a vertical bar"}


@dataclass(frozen=True, kw_only=True)
class Header:
    """Where the contract's columns stand in a delivery.

    Attributes:
        width: number of columns in the file.
        positions: place of each of the feed's columns that the file has, counted from 0.
        extra: names of columns that the feed does not have, in the file's order.
    """

    width: int
    positions: dict[str, int]
    extra: tuple[str, ...]


def read_csv_header(path: Path, feed: Feed, limits: Limits) -> tuple[Header, int, int]:
    """The header of a plain CSV file: its first line that is not blank.

    Returns:
        The header, its line number, and where in the file the line after it begins.

    Raises:
        RefusedDelivery: `unreadable_header`, or as `match_header`.
    """
    text, number, begin = first_line(path)
    header = match_header(next(csv.reader([text])), feed, limits, text)
    header_names(text)
    return header, number, begin


def first_line(path: Path) -> tuple[str, int, int]:
    """The first line that is not blank, its number, and where in the file the line after it begins.

    Raises:
        RefusedDelivery: `empty_file`.
    """
    with path.open("rb") as file:
        for number, line in enumerate(iter(file.readline, b""), start=1):
            text = line.decode().strip(BLANK + "\n")
            if text:
                return text, number, file.tell()
    raise RefusedDelivery("empty_file", "The file holds no line.")


def header_names(line: str) -> list[str]:
    """The names in a header with commas.

    Raises:
        RefusedDelivery: `unreadable_header`.
    """
    try:
        return next(csv.reader([line], strict=True))
    except (csv.Error, StopIteration):
        raise RefusedDelivery("unreadable_header", "The quotes of the header do not match.") from None


def refuse_other_delimiter(line: str, known: Collection[str], folded: Callable[[str], str] = str) -> None:
    """Says that another delimiter than a comma parts a header, if one does: it then shows two or more known names.

    Raises:
        RefusedDelivery: `wrong_delimiter`.
    """
    for delimiter, in_words in _OTHER_DELIMITERS.items():
        if len({folded(name.strip(' "')) for name in line.split(delimiter)} & set(known)) > 1:
            raise RefusedDelivery("wrong_delimiter", f"The columns are parted by {in_words}, not by a comma.")


def match_header(names: Sequence[str], feed: Feed, limits: Limits, line: str = "") -> Header:
    """Matches column names with the feed's, exactly, after trimming and in any order.

    Args:
        names: as delivered.
        feed: the feed.
        limits: bounds on the number of columns.
        line: the header as one text, to see whether another delimiter parts it.

    Raises:
        RefusedDelivery: `too_many_columns`, `wrong_delimiter`, `missing_column` or `duplicate_column`.
    """
    if len(names) > limits.columns:
        raise beyond(limits, "columns")
    trimmed = [name.strip() for name in names]
    missing = [name for name in feed.required_in_header if name not in trimmed]
    if missing:
        refuse_other_delimiter(line, feed.column_names)
        raise RefusedDelivery("missing_column", f"The file has no column [{', '.join(missing)}].")
    twice = sorted(name for name, count in Counter(trimmed).items() if count > 1 and name)
    if twice:
        raise RefusedDelivery("duplicate_column", f"The file has the column [{', '.join(twice)}] more than once.")
    return Header(
        width=len(trimmed),
        positions={name: place for place, name in enumerate(trimmed) if name in feed.column_names},
        extra=tuple(name or "(unnamed)" for name in trimmed if name not in feed.column_names),
    )
