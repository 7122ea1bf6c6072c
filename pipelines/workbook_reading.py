"""Cells of an xlsx workbook that somebody sends back, as text; a file made to fill memory or disk is refused unopened.

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
from collections.abc import Iterable, Sequence
from pathlib import Path

from assets.landed.limits import MEGABYTE, Limits
from pipelines.settings import UserError
from pipelines.workbook_cells import NO_SUCH_SHEET, UNREADABLE

#: The queue at its largest is a tenth of this.
LIMITS = Limits(delivered_bytes=20 * MEGABYTE, expanded_bytes=100 * MEGABYTE)
MEMBERS = 500
SECONDS = 120


def read_sheet(path: Path, sheet: str) -> list[list[str | None]]:
    """The rows of one sheet, the spreadsheet's first row first; cells as text, empty ones None.

    Raises:
        UserError: the file is not there, is no workbook, is damaged, locked or too large, or has no such sheet.
    """
    content = _measured(path)
    # -P: modules are not looked for in the working folder, where somebody may have put files of his own
    program = [sys.executable, "-P", "-m", "pipelines.workbook_cells", sheet]
    settings = os.environ | {"POLARS_MAX_THREADS": "1", "RUST_BACKTRACE": "0"}
    try:
        # what the parser says on its way out may quote a cell
        read = subprocess.run(program, input=content, env=settings, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise UserError(f"the workbook [{path}] takes too long to read; {_AS_IT_WAS}") from None
    if read.returncode == NO_SUCH_SHEET:
        raise UserError(f"the workbook [{path}] has no sheet [{sheet}]; {_AS_IT_WAS}")
    if read.returncode == UNREADABLE or read.returncode < 0:
        raise UserError(
            f"the workbook [{path}] cannot be read: it is damaged or its cells lie too far apart; {_AS_IT_WAS}"
        )
    if read.returncode != 0:
        raise RuntimeError(f"the reader of workbooks ended with status [{read.returncode}]")
    rows: list[list[str | None]] = json.loads(read.stdout)
    return rows


def places_of(headings: Sequence[str | None], wanted: Iterable[str], *, sheet: str, written_by: str) -> dict[str, int]:
    """Where each heading stands in a sheet's first row, in whatever case and order.

    Args:
        headings: the first row's cells.
        wanted: the headings that must stand there once.
        sheet: its name, for the message.
        written_by: what writes the sheet as it should be, for the message.

    Raises:
        UserError: one is missing or stands there twice.
    """
    written, places = [(heading or "").strip().casefold() for heading in headings], {}
    for heading in wanted:
        if (times := written.count(heading.casefold())) != 1:
            raise UserError(
                f"the first row of the sheet [{sheet}] holds the heading [{heading}] [{times}] times; give it once, as "
                f"{written_by}"
            )
        places[heading] = written.index(heading.casefold())
    return places


_AS_IT_WAS = "save the workbook as `reconcile` wrote it, as .xlsx, and change nothing but its answers"


def _measured(path: Path) -> bytes:
    """The workbook packed anew, member by member within limits: a parser may believe other sizes than those measured."""
    try:
        with path.open("rb") as file:
            delivered = file.read(LIMITS.delivered_bytes + 1)
    except OSError as error:
        raise UserError(f"the workbook [{path}] cannot be opened ({error.strerror}); name another") from None
    if len(delivered) > LIMITS.delivered_bytes:
        raise UserError(f"the workbook [{path}] is larger than [{LIMITS.delivered_bytes}] bytes; {_AS_IT_WAS}")
    anew = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(delivered)) as archive, zipfile.ZipFile(anew, "w") as copy:
            _check_sizes(path, archive, len(delivered))
            for member in archive.infolist():
                # in pieces, so that a member that is larger than it says ends at that size and fails its checksum
                with archive.open(member) as source, copy.open(member.filename, "w") as target:
                    shutil.copyfileobj(source, target, MEGABYTE)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
        # RuntimeError: a password
        raise UserError(
            f"the workbook [{path}] is no .xlsx file, or is damaged or locked by a password; {_AS_IT_WAS}"
        ) from None
    return anew.getvalue()


def _check_sizes(path: Path, archive: zipfile.ZipFile, packed: int) -> None:
    members = archive.infolist()
    expanded = sum(member.file_size for member in members)
    if len(members) > MEMBERS or len({member.filename for member in members}) < len(members):
        raise UserError(f"the workbook [{path}] holds [{len(members)}] parts, too many or two of a name; {_AS_IT_WAS}")
    if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members):
        raise UserError(f"the workbook [{path}] is packed as no spreadsheet program packs; {_AS_IT_WAS}")
    if expanded > LIMITS.expanded_bytes or expanded > max(LIMITS.ratio * packed, LIMITS.ratio_from_bytes):
        raise UserError(
            f"the workbook [{path}] would unpack to [{expanded}] bytes from [{packed}] and was not opened; {_AS_IT_WAS}"
        )
