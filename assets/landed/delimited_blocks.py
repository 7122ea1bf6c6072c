"""Delimited text of any dialect split into records of text, a block of lines at a time, each with its line number.

A block whose lines all have the right number of fields is recognised by its separators alone and goes through Polars as
it is, quoted or not, whatever line breaks its quotes enclose. Any other block goes to `delimited_lines`, which puts
irregular lines aside without touching their neighbours. Which columns there are is `header`'s business, or a reader's
own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

import numpy
import numpy.typing
import polars as pl

from assets.landed.header import Header
from assets.landed.limits import Limits
from assets.landed.line_blocks import BLANK, count_lines
from assets.landed.refusals import RefusedDelivery

#: Bytes read at a time: about half a million rows. Larger blocks are no faster and hold more memory.
BLOCK = 32 << 20

#: A quoted value may go on over as many lines: a quote that is open for longer was never closed.
RECORD_LINES = 1000

IRREGULAR_SCHEMA = {"line": pl.Int64, "rule": pl.String, "count": pl.UInt32}
NO_IRREGULAR = pl.DataFrame(schema=IRREGULAR_SCHEMA)

_BREAK, _RETURN = 10, 13

_Places = numpy.typing.NDArray[numpy.int64]
_Flags = numpy.typing.NDArray[numpy.bool_]


@dataclass(frozen=True)
class Dialect:
    """How a delimited file is written.

    Attributes:
        delimiter: one ASCII character between fields.
        quote: one ASCII character around a field, doubled within it; empty: a quote is a character like any other.
        across_lines: whether a quoted field may hold line breaks, so that a record stands on several lines.
    """

    delimiter: str = ","
    quote: str = '"'
    across_lines: bool = False

    @cached_property
    def dropped(self) -> bytes:
        """All bytes but those that part fields and records."""
        return bytes(set(range(256)) - set(f"{self.delimiter}{self.quote}\n".encode()))


@dataclass(frozen=True, kw_only=True)
class Block:
    """Some of a file's records.

    Attributes:
        records: the columns asked for as delivered text (String, null or empty text where empty), and `line` (Int64):
            the first line of the record.
        irregular: lines that are no record: `line` (Int64), `rule` (String), `count` (UInt32: fields or quotes found).
        lines: how many lines that are not blank it was made of.
    """

    records: pl.DataFrame
    irregular: pl.DataFrame
    lines: int


@dataclass(frozen=True, kw_only=True)
class Body:
    """Where a file's records stand: from the byte `begin`, on `first_line`, to the byte `end` (None: the file's
    end)."""

    path: Path
    first_line: int
    begin: int
    end: int | None = None


def delimited_blocks(
    body: Body, header: Header, dialect: Dialect, limits: Limits, block_bytes: int = BLOCK
) -> Iterator[Block]:
    """The records of a delimited file.

    Args:
        body: where they stand; UTF-8 without byte order mark, its longest line within the limits.
        header: the file's number of columns, and the places of those wanted under the names they are to have.
        dialect: how it is written.
        limits: `line_bytes` also bounds a record of several lines.
        block_bytes: how much is read at a time; the records do not depend on it.

    Raises:
        RefusedDelivery: `lines_unaccounted`, if the parser made other records than there are.
    """
    from assets.landed.delimited_lines import line_by_line

    line, rest = body.first_line, b""
    with body.path.open("rb") as file:
        file.seek(body.begin)
        end = body.path.stat().st_size if body.end is None else body.end
        while True:
            block = rest + _whole_lines(file, block_bytes, end)
            at_end = file.tell() >= end
            if not block:
                return
            if not at_end and dialect.across_lines and dialect.quote:
                block += _closing_lines(file, block, dialect, limits, end)
                at_end = file.tell() >= end
            if not block.endswith(b"\n"):
                block += b"\n"
            records = regular_records(block, header, dialect, line, limits)
            used, irregular = len(block), NO_IRREGULAR
            if records is None:
                records, irregular, used = line_by_line(block, header, dialect, line, limits, at_end=at_end)
            if used == len(block) and block.count(b"\n") == records.height and dialect.delimiter not in BLANK:
                lines, blank = records.height, 0  # each line is a record
            else:
                lines, blank = count_lines(block[:used])
            yield Block(records=records, irregular=irregular, lines=lines - blank)
            rest, line = block[used:], line + lines
            if at_end and not rest:
                return


def _whole_lines(file: BinaryIO, block_bytes: int, end: int) -> bytes:
    block = file.read(min(block_bytes, max(end - file.tell(), 0)))
    return block + file.readline(max(end - file.tell(), 0)) if block and not block.endswith(b"\n") else block


def _closing_lines(file: BinaryIO, block: bytes, dialect: Dialect, limits: Limits, end: int) -> bytes:
    """The lines that close a quote which is open at a block's end, if they are near."""
    quote, lines = dialect.quote.encode(), b""
    if block.count(quote) % 2 == 0:
        return lines
    for _ in range(RECORD_LINES):
        line = file.readline(max(end - file.tell(), 0))
        lines += line
        if not line or line.count(quote) % 2 or len(lines) > limits.line_bytes:
            break
    return lines


def regular_records(
    block: bytes, header: Header, dialect: Dialect, first_line: int, limits: Limits
) -> pl.DataFrame | None:
    """The records of a block that begins and ends with whole records, or None unless all of it is regular."""
    width = header.width
    if width == 1 and count_lines(block)[1]:
        return None
    marks = block.translate(None, dialect.dropped)
    record = dialect.delimiter.encode() * (width - 1) + b"\n"
    if not dialect.quote or dialect.quote.encode() not in marks:
        lines = block.count(b"\n")
        if marks != record * lines:
            return None
        records = parsed(block, header, dialect, quoted=False, expected=lines)
        return records.with_columns(line=pl.int_range(first_line, first_line + lines, dtype=pl.Int64, eager=True))
    first_lines = _first_lines(block, marks, record, dialect, limits)
    if first_lines is None:
        return None
    records = parsed(block, header, dialect, quoted=True, expected=len(first_lines))
    return records.with_columns(line=pl.Series(first_lines + first_line, dtype=pl.Int64))


def _first_lines(block: bytes, marks: bytes, record: bytes, dialect: Dialect, limits: Limits) -> _Places | None:
    """The first line of each record, counted from 0 within a block with quotes; None unless all of it is regular.

    Args:
        block: whole lines.
        marks: its delimiters, quotes and line breaks.
        record: the delimiters and the line break of one record.
        dialect: how it is written.
        limits: `line_bytes` bounds a record.
    """
    if _is_all_quoted(block, marks, record, dialect):
        return numpy.arange(block.count(b"\n"))
    seen = numpy.frombuffer(marks, dtype=numpy.uint8)
    quotes = seen == ord(dialect.quote)
    # the sum overflows, and whether it is even stays right
    inside = numpy.cumsum(quotes, dtype=numpy.uint8) & 1 == 1
    parting = seen[~(inside | quotes)].tobytes()
    records = parting.count(b"\n")
    if inside[-1] or parting != record * records or not _well_quoted(block, dialect):
        return None
    breaks = numpy.flatnonzero(seen == _BREAK)
    if len(breaks) == records:
        return numpy.arange(records)
    if not dialect.across_lines or _is_doubtful(block, _Marks(seen, inside, breaks), dialect, len(record), limits):
        return None
    ends = numpy.flatnonzero(~inside[breaks])
    return numpy.append(0, ends[:-1] + 1)


def _is_all_quoted(block: bytes, marks: bytes, record: bytes, dialect: Dialect) -> bool:
    """Whether each field of each line is quoted and none holds a quote, delimiter or line break: common, quickly
    seen."""
    delimiter, quote = dialect.delimiter.encode(), dialect.quote.encode()
    lines, fields = block.count(b"\n"), len(record)
    each = delimiter.join([quote * 2] * fields) + b"\n"
    if len(marks) != len(each) * lines or marks != each * lines:
        return False
    between = block.count(quote + b"\n" + quote) + block.count(quote + b"\r\n" + quote)
    return (
        block.startswith(quote)
        and block.endswith((quote + b"\n", quote + b"\r\n"))
        and between == lines - 1
        and block.count(quote + delimiter + quote) == lines * (fields - 1)
    )


def _well_quoted(block: bytes, dialect: Dialect) -> bool:
    """Whether each quote that opens follows a separator and each that closes precedes one, or is half of a doubled
    one."""
    characters = numpy.frombuffer(block, dtype=numpy.uint8)
    places = numpy.flatnonzero(characters == ord(dialect.quote))
    parts = (_BREAK, ord(dialect.delimiter), ord(dialect.quote))
    opening = places[0::2]
    before = characters[numpy.where(opening, opening - 1, -1)]  # the block's last character is a line break
    if not numpy.isin(before, parts).all():
        return False
    closing = places[1::2]
    after = characters[closing + 1]
    returns = closing[after == _RETURN] + 2
    return bool(numpy.isin(after, (*parts, _RETURN)).all() and (characters[returns] == _BREAK).all())


@dataclass(frozen=True)
class _Marks:
    """The delimiters, quotes and line breaks of a block: each one, whether it is quoted, and the places of the
    breaks."""

    seen: numpy.typing.NDArray[numpy.uint8]
    inside: _Flags
    breaks: _Places


def _is_doubtful(block: bytes, marks: _Marks, dialect: Dialect, width: int, limits: Limits) -> bool:
    """Whether a record of several lines is longer than one may be, or may be two broken ones with what stands between
    them.

    That is so if a line within a quoted value, or both the first line and the last, have as many delimiters as a
    record.
    """
    breaks = marks.breaks
    within = marks.inside[breaks]
    ends = numpy.flatnonzero(~within)
    if numpy.diff(ends, prepend=-1).max() > RECORD_LINES:
        return True
    line_ends = numpy.flatnonzero(numpy.frombuffer(block, dtype=numpy.uint8) == _BREAK)
    if numpy.diff(line_ends[ends], prepend=-1).max() > limits.line_bytes:
        return True
    delimiters = marks.seen == ord(dialect.delimiter)
    swallowed = _of_each_line(delimiters & marks.inside, breaks) == width - 1
    if width > 1 and (swallowed & within & numpy.append(False, within[:-1])).any():
        return True
    filled = _of_each_line(delimiters, breaks) == width - 1
    begins = numpy.append(0, ends[:-1] + 1)
    return width > 1 and bool((filled[begins] & filled[ends] & (begins < ends)).any())


def _of_each_line(marks: _Flags, breaks: _Places) -> _Places:
    """How many of some marks each line has."""
    counts: _Places = numpy.diff(numpy.cumsum(marks)[breaks], prepend=0)
    return counts


def parsed(block: bytes, header: Header, dialect: Dialect, *, quoted: bool, expected: int) -> pl.DataFrame:
    """The block's values as text, in the columns wanted. Every record has the header's number of fields.

    Raises:
        RefusedDelivery: `lines_unaccounted`, if there are other records than expected.
    """
    columns = [f"column_{place + 1}" for place in range(header.width)]
    wanted = {columns[place]: name for name, place in header.positions.items()}
    frame = pl.read_csv(
        block,
        has_header=False,
        schema=dict.fromkeys(columns, pl.String),
        columns=list(wanted),
        separator=dialect.delimiter,
        quote_char=dialect.quote if quoted else None,
    )
    if frame.height != expected:
        raise RefusedDelivery("lines_unaccounted", f"Of [{expected}] lines the parser made [{frame.height}] records.")
    return frame.rename(wanted).rechunk()
