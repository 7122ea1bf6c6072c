"""Cells of an xlsx workbook that somebody sends back, as text, and where its headings stand.

How a workbook is opened without harm is `assets.landed.workbook_reading`'s business; what the cells mean is that of whoever
asks for them.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from assets.landed.limits import MEGABYTE, Limits
from assets.landed.workbook_reading import UnreadableWorkbook, packed_anew, read_sheet_cells
from pipelines.settings import UserError

#: The queue at its largest is a tenth of this.
LIMITS = Limits(delivered_bytes=20 * MEGABYTE, expanded_bytes=100 * MEGABYTE, columns=16_384)
SECONDS = 120

_AS_IT_WAS = "save the workbook as `reconcile` wrote it, as .xlsx, and change nothing but its answers"


def read_sheet(path: Path, sheet: str) -> list[list[str | None]]:
    """The rows of one sheet, the spreadsheet's first row first; cells as text, empty ones None.

    Raises:
        UserError: the file is not there, is no workbook, is damaged, locked or too large, or has no such sheet.
    """
    try:
        with path.open("rb") as file:
            delivered = file.read(LIMITS.delivered_bytes + 1)
    except OSError as error:
        raise UserError(f"the workbook [{path}] cannot be opened ({error.strerror}); name another") from None
    try:
        cells = read_sheet_cells(packed_anew(delivered, LIMITS), [sheet], limits=LIMITS, seconds=SECONDS).cells
    except UnreadableWorkbook as unreadable:
        raise UserError(f"the workbook [{path}] {unreadable}; {_AS_IT_WAS}") from None
    return [list(row) for row in cells.rows()]


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
