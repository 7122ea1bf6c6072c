"""Records of a register download that lack the empty field of a column further right than all that is taken of it.

Ten rows of such a download are public: in the four without assessment methods that field is missing altogether. Where a
column still further left than it holds what it must, nothing before that is missing, and the record is filled up at its end.
"""

import csv
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from assets.landed.line_blocks import BLANK


@dataclass(frozen=True, kw_only=True)
class Anchor:
    """A column to the right of all that are taken, whose values show that nothing before it is missing."""

    place: int
    values: re.Pattern[str]


@dataclass(frozen=True, kw_only=True)
class Filled:
    """A list as it can be split, line for line as it was delivered.

    Attributes:
        path: the file itself where nothing was filled up, else a copy of what follows the header.
        begin: where in it the line after the header begins.
        count: how many records were filled up.
    """

    path: Path
    begin: int
    count: int = 0


@contextmanager
def filled(path: Path, begin: int, width: int, anchor: Anchor | None) -> Iterator[Filled]:
    """The list with its short records filled up; the copy, if one was needed, is gone when the block ends.

    Args:
        path: UTF-8 text.
        begin: where the line after the header begins.
        width: number of columns.
        anchor: by which short records are judged; None: they stay as they are.
    """
    if anchor is None:
        yield Filled(path=path, begin=begin)
        return
    with path.open("rb") as file, tempfile.NamedTemporaryFile(prefix="register-", suffix=".csv") as copy:
        file.seek(begin)
        if not any(_filled(line, width, anchor) for line in file):
            yield Filled(path=path, begin=begin)
            return
        file.seek(begin)
        count = 0
        for line in file:
            whole = _filled(line, width, anchor)
            count += whole is not None
            copy.write(whole or line)
        copy.flush()
        yield Filled(path=Path(copy.name), begin=0, count=count)


def _filled(line: bytes, width: int, anchor: Anchor) -> bytes | None:
    """The line with as many fields as the header, if it has fewer and the anchor shows that these are the first ones."""
    if line.count(b",") >= width - 1 and b'"' not in line:
        return None
    text = line.decode().rstrip("\r\n")
    try:
        fields = next(csv.reader([text], strict=True)) if text.strip(BLANK) else []
    except csv.Error:  # it is no record by itself
        return None
    if not anchor.place < len(fields) < width or not anchor.values.fullmatch(fields[anchor.place].strip()):
        return None
    return (text + "," * (width - len(fields))).encode() + b"\n"
