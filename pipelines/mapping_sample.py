"""A sample of a file to draft a mapping from: how it is written, where its headings stand, and its first rows.

Encoding, delimiter and row of headings are found by trying; the draft says what was found, and a person decides.
Deliveries are never read in this way.
"""

import codecs
import csv
import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

from assets.landed.limits import GIGABYTE, MEGABYTE, Limits
from assets.landed.workbook_reading import UnreadableWorkbook, packed_anew, read_sheet_cells
from pipelines.settings import UserError
from schemas.column_names import bare

#: So much of a file is looked at.
BYTES, ROWS, ROWS_ABOVE = 8 * MEGABYTE, 20_000, 30
WORKBOOKS = (".xlsx", ".xlsm", ".ods")
_TEXTS = (".csv", ".tsv", ".txt")
_DELIMITERS = (",", ";", "\t", "|")
_BOUNDS = Limits(delivered_bytes=200 * MEGABYTE, expanded_bytes=2 * GIGABYTE, rows=2_000_000, columns=16_384)


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What was found.

    Attributes:
        reader: the reader that a mapping of it is for.
        encoding: as a source file states it.
        is_ascii: whether the sample says nothing of its encoding.
        delimiter: of text.
        header_row: where the headings stand, from 1; None where that is the first row that holds anything.
        headings: as they are written.
        rows: cells of the first rows below, as text; empty where there is none.
    """

    reader: Literal["delimited", "workbook"]
    encoding: str
    is_ascii: bool
    delimiter: str
    header_row: int | None
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def column(self, place: int) -> list[str]:
        """The cells of a column that hold something, trimmed."""
        cells = (row[place].strip() for row in self.rows if place < len(row))
        return [cell for cell in cells if cell]


def read_sample(path: Path, sheet: str | None, known: Collection[str]) -> Sample:
    """The sample.

    Args:
        path: the file: delimited text, also packed, or a workbook.
        sheet: of a workbook.
        known: bare headings by which a row of headings is recognised.

    Raises:
        UserError: the file cannot be read, or no row of it looks like headings.
    """
    name = path.name.lower().removesuffix(".gz").removesuffix(".zip")
    if not name.endswith((*WORKBOOKS, *_TEXTS)):
        raise UserError(f"[{path}] ends in none of [{', '.join((*_TEXTS, *WORKBOOKS))}]; name a sample of such a file")
    if name.endswith(WORKBOOKS):
        return _of_workbook(path, sheet, known)
    if sheet is not None:
        raise UserError(f"[{path}] is text and has no sheets; leave --sheet out")
    content = _content(path)
    text, encoding = _decoded(content, path)
    numbered = {delimiter: _numbered(text, delimiter) for delimiter in _DELIMITERS}
    best = max(_DELIMITERS, key=lambda delimiter: _most(numbered[delimiter], known))
    number, place = _headings_at(numbered[best], known, path)
    rows = [row for _, row in numbered[best]]
    return Sample(
        reader="delimited",
        encoding=encoding,
        is_ascii=text.isascii(),
        delimiter=best,
        header_row=None if place == 0 else number,
        headings=tuple(rows[place]),
        rows=tuple(tuple(row) for row in rows[place + 1 :]),
    )


def _of_workbook(path: Path, sheet: str | None, known: Collection[str]) -> Sample:
    try:
        content = packed_anew(_opened(path, lambda file: file.read(_BOUNDS.delivered_bytes + 1)), _BOUNDS)
        cells = read_sheet_cells(content, None if sheet is None else [sheet], limits=_BOUNDS, memory=6 * GIGABYTE).cells
    except UnreadableWorkbook as unreadable:
        advice = "name one with --sheet" if unreadable.reason == "several_sheets" else "name another, or save it anew"
        raise UserError(f"the workbook [{path}] {unreadable}; {advice}") from None
    rows = [[cell or "" for cell in row] for row in cells.head(ROWS).rows()]
    numbered = [(number, row) for number, row in enumerate(rows, 1) if any(cell.strip() for cell in row)]
    number, place = _headings_at(numbered, known, path)
    return Sample(
        reader="workbook",
        encoding="utf-8",
        is_ascii=False,
        delimiter="",
        header_row=None if place == 0 else number,
        headings=tuple(numbered[place][1]),
        rows=tuple(tuple(row) for _, row in numbered[place + 1 :]),
    )


def _opened(path: Path, read: Callable[[io.BufferedReader], bytes]) -> bytes:
    try:
        with path.open("rb") as file:
            return read(file)
    except OSError as error:
        raise UserError(f"[{path}] cannot be opened ({error.strerror}); name a sample") from None


def _content(path: Path) -> bytes:
    """The file's first bytes, unpacked."""

    def unpacked(file: io.BufferedReader) -> bytes:
        if path.name.lower().endswith(".gz"):
            with gzip.open(file) as packed:
                return packed.read(BYTES)
        if path.name.lower().endswith(".zip"):
            with zipfile.ZipFile(file) as archive, archive.open(archive.infolist()[0]) as member:
                return member.read(BYTES)
        return file.read(BYTES)

    try:
        return _opened(path, unpacked)
    except (EOFError, zlib.error, zipfile.BadZipFile, IndexError, NotImplementedError, RuntimeError):
        raise UserError(f"the archive [{path}] is damaged, empty or locked; name another sample") from None


def _decoded(content: bytes, path: Path) -> tuple[str, str]:
    """The text, its last line left out where it may be cut, and the encoding that a source file would state."""
    marks = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
    for mark, encoding in marks:
        if content.startswith(mark):
            # a byte order mark counts whatever the source file states
            return _text(content.removeprefix(mark), encoding, path), "utf-8"
    zeros = content[:1000].count(0)
    if zeros > 100:
        encoding = "utf-16-le" if content[1:1000:2].count(0) > zeros // 2 else "utf-16-be"
        return _text(content, encoding, path), encoding
    try:
        return _text(content, "utf-8", path), "utf-8"
    except UserError:
        return _text(content, "windows-1252", path), "windows-1252"


def _text(content: bytes, encoding: str, path: Path) -> str:
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(content, final=len(content) < BYTES)
    except UnicodeDecodeError:
        raise UserError(f"[{path}] is neither UTF-8 nor UTF-16 nor Windows-1252; save it as UTF-8") from None
    return text if len(content) < BYTES else text[: text.rfind("\n") + 1]


def _numbered(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """The first records that hold anything, each with the number of its first line."""

    def records() -> Iterator[tuple[int, list[str]]]:
        reader, begins = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1
        try:
            for row in reader:
                if any(cell.strip() for cell in row):
                    yield begins, row
                begins = reader.line_num + 1
        except csv.Error:
            return

    return list(islice(records(), ROWS))


def _recognised(row: list[str], known: Collection[str]) -> int:
    return len({bare(cell) for cell in row} & set(known))


def _most(numbered: list[tuple[int, list[str]]], known: Collection[str]) -> tuple[int, int]:
    """How well a delimiter parts the text: the headings that are recognised, and how many fields there are."""
    above = numbered[:ROWS_ABOVE]
    return max(((_recognised(row, known), len(row)) for _, row in above), default=(0, 0))


def _headings_at(numbered: list[tuple[int, list[str]]], known: Collection[str], path: Path) -> tuple[int, int]:
    """Number and place of the row with the most headings that are recognised.

    Raises:
        UserError: none has two. Whatever stands in a file without headings is not taken for some.
    """
    above = [(_recognised(row, known), -place) for place, (_, row) in enumerate(numbered[:ROWS_ABOVE])]
    most, place = max(above, default=(0, 0))
    if most < 2:
        raise UserError(
            f"no row among the first [{ROWS_ABOVE}] of [{path}] has two headings that are known for the feed; "
            "name a sample with its headings, or write the mapping by hand (docs/formats/mapping.md)"
        )
    return numbered[-place][0], -place
