"""Cells of a workbook that somebody sends, as text; a file made to fill memory or disk is refused unopened.

What the cells mean is the business of whoever asks for them.
"""

import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from assets.landed.limits import GIGABYTE, MEGABYTE, Limits
from assets.landed.workbook_cells import (
    EMPTY,
    NO_SUCH_SHEET,
    SEVERAL_SHEETS,
    TOO_MANY_COLUMNS,
    TOO_MANY_ROWS,
    UNREADABLE,
)

MEMBERS = 500
SECONDS = 600
#: Arrow, the parser and their threads alone reserve nearly one gigabyte of addresses.
MEMORY_BYTES = 3 * GIGABYTE

_TOLD = {
    SEVERAL_SHEETS: ("several_sheets", "has more than one sheet that could be meant"),
    EMPTY: ("empty_file", "has no visible sheet that holds anything"),
    UNREADABLE: ("damaged_workbook", "cannot be read: it is damaged or its cells lie too far apart"),
}


class UnreadableWorkbook(Exception):
    """A workbook that is not used. `reason` is a short code; the text goes on after the words `the workbook`."""

    def __init__(self, reason: str, said: str) -> None:
        self.reason = reason
        super().__init__(said)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """The cells of a sheet.

    Attributes:
        cells: as text, null where empty, or not null where a number, if that is asked for: the spreadsheet's first row
            first.
        errors: rows and columns, from 0, of cells that hold no value but an error of the spreadsheet.
    """

    cells: pl.DataFrame
    errors: tuple[tuple[int, int], ...]


def packed_anew(content: bytes, limits: Limits) -> bytes:
    """The workbook packed anew, member by member within limits: a parser may believe other sizes than those measured.

    Args:
        content: the file.
        limits: bounds on its size, packed and unpacked.

    Raises:
        UnreadableWorkbook: `too_large`, `suspicious_ratio` or `damaged_workbook`.
    """
    if len(content) > limits.delivered_bytes:
        raise UnreadableWorkbook(
            "too_large", f"is larger than [{limits.delivered_bytes}] bytes, the limit [delivered_bytes]"
        )
    anew = io.BytesIO()
    try:
        with (
            zipfile.ZipFile(io.BytesIO(content)) as archive,
            zipfile.ZipFile(anew, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy,
        ):
            _check_sizes(archive, len(content), limits)
            for member in archive.infolist():
                # in pieces, so that a member that is larger than it says ends at that size and fails its checksum
                with archive.open(member) as source, copy.open(member.filename, "w") as target:
                    shutil.copyfileobj(source, target, MEGABYTE)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
        # RuntimeError: a password
        raise UnreadableWorkbook(
            "damaged_workbook", "is no .xlsx file, or is damaged or locked by a password"
        ) from None
    return anew.getvalue()


def _check_sizes(archive: zipfile.ZipFile, packed: int, limits: Limits) -> None:
    members = archive.infolist()
    expanded = sum(member.file_size for member in members)
    if len(members) > MEMBERS or len({member.filename for member in members}) < len(members):
        raise UnreadableWorkbook("damaged_workbook", f"holds [{len(members)}] parts, too many or two of a name")
    if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members):
        raise UnreadableWorkbook("damaged_workbook", "is packed as no spreadsheet program packs")
    beyond = "expanded_bytes" if expanded > limits.expanded_bytes else "ratio"
    if beyond == "expanded_bytes" or expanded > max(limits.ratio * packed, limits.ratio_from_bytes):
        raise UnreadableWorkbook(
            "too_large" if beyond == "expanded_bytes" else "suspicious_ratio",
            f"would unpack to [{expanded}] bytes from [{packed}] and was not opened: the limit [{beyond}] is "
            f"[{getattr(limits, beyond)}]",
        )


def read_sheet_cells(
    content: bytes,
    sheet: Sequence[str] | None,
    *,
    numbers: Sequence[int] | None = None,
    limits: Limits | None = None,
    seconds: int = SECONDS,
    memory: int = MEMORY_BYTES,
) -> Sheet:
    """The cells of one sheet.

    Args:
        content: what `packed_anew` returned.
        sheet: names of which the workbook has one, compared without case; None: it has one visible sheet that is not
            empty.
        numbers: places of columns of which to say which cells are numbers, instead of their text.
        limits: bounds on rows and columns.
        seconds: how long it may take.
        memory: how many bytes of addresses the process that reads it may use.

    Raises:
        UnreadableWorkbook: `no_such_sheet`, `several_sheets`, `empty_file`, `too_many_rows`, `too_many_columns`,
            `damaged_workbook` or `takes_too_long`.
    """
    limits = limits or Limits()
    request = {
        "sheet": None if sheet is None else list(sheet),
        "numbers": None if numbers is None else list(numbers),
        "memory": memory,
        "rows": limits.rows,
        "columns": limits.columns,
    }
    # -P: modules are not looked for in the working folder, where somebody may have put files of his own
    program = [sys.executable, "-P", "-m", "assets.landed.workbook_cells", json.dumps(request)]
    settings = os.environ | {"POLARS_MAX_THREADS": "1", "RUST_BACKTRACE": "0"}
    try:
        # what the parser says on its way out may quote a cell
        read = subprocess.run(program, input=content, env=settings, capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        raise UnreadableWorkbook("takes_too_long", "takes too long to read") from None
    if read.returncode:
        raise _refusal(read.returncode, sheet, limits)
    head, _, stream = read.stdout.partition(b"\n")
    return Sheet(
        cells=pl.read_ipc_stream(io.BytesIO(stream)),
        errors=tuple((row, column) for row, column in json.loads(head)["errors"]),
    )


def _refusal(status: int, sheet: Sequence[str] | None, limits: Limits) -> Exception:
    if status < 0:
        status = UNREADABLE
    if status == NO_SUCH_SHEET:
        return UnreadableWorkbook("no_such_sheet", f"has no sheet [{'] or ['.join(sheet or ())}]")
    if status in (TOO_MANY_ROWS, TOO_MANY_COLUMNS):
        name = "rows" if status == TOO_MANY_ROWS else "columns"
        return UnreadableWorkbook(f"too_many_{name}", f"has more than the limit [{name}] of [{getattr(limits, name)}]")
    if status in _TOLD:
        return UnreadableWorkbook(*_TOLD[status])
    return RuntimeError(f"the reader of workbooks ended with status [{status}]")
