"""`reconcile take-declaration`: a centre's filled-in sheet becomes a delta delivery of its own in the landing folder.

The delivery holds whole rows: what is on record, with what the centre changed. It counts from the next run on, until the
centre delivers its registrations in full again. Nothing personal is printed: rows go by their number in the sheet.
"""

import csv
import io
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path

from rich.console import Console

from pipelines.declaration_answers import Line, declared, read_lines
from pipelines.declaration_sheet import RECORDS, SHEET
from pipelines.report_rows import open_publication
from pipelines.settings import UserError
from pipelines.workbook_reading import read_sheet

#: A column beside the contract's: which declaration it is. Without it a centre that takes back an answer and gives it
#: again would deliver the same bytes twice, which the feed contract calls one delivery.
_DECLARATION = "declaration"

#: As many declarations of one centre as one day may bring.
_MOST_A_DAY = 99


def take_declaration(
    workbook: Path, publication: Path, landing: Path, *, centre: str | None, day: date, console: Console
) -> None:
    """Check the sheet row by row, name those that are refused, and deliver the others that change something.

    Args:
        workbook: the workbook that came back.
        publication: the file that analysts open; what is on record is read from it.
        landing: folder with one sub-folder a feed.
        centre: the centre that sent it; None: the one that the sheet names.
        day: the delivery's day.
        console: to print on.

    Raises:
        UserError: the workbook cannot be read or speaks of several centres, the delivery cannot be written, or at least
            one row was refused; the others are delivered then.
    """
    if not landing.is_dir():
        raise UserError(f"the landing folder [{landing}] does not exist; name one with --landing")
    lines = read_lines(read_sheet(workbook, SHEET))
    sender = centre or _only_centre(lines)
    with open_publication(publication) as rows:
        on_record = rows.on_record(sender)
    if not on_record:
        raise UserError(f"the publication has no open registration of centre [{sender}]; check the number")
    found = declared(lines, sender, on_record)
    for row, reason in found.refused:
        _say(console, f"refused: row {row}: {reason}")
    if found.records:
        path = _deliver(landing, sender, day, [record for _, record in found.records])
        _say(console, f"Centre [{sender}]: [{len(found.records):,}] rows delivered as {path}")
        _say(console, f"They count in runs for {day} and later, until the centre delivers its registrations in full.")
    else:
        _say(console, f"Centre [{sender}]: nothing to deliver.")
    _say(console, f"As on record already: {found.unchanged:,}. Refused: {len(found.refused):,}.")
    if found.refused:
        raise UserError(
            f"[{len(found.refused)}] rows of the sheet were refused, as said above, and the other "
            f"[{len(found.records)}] delivered; have those rows corrected and take the workbook again"
        )


def _only_centre(lines: Sequence[Line]) -> str:
    centres = {line.centre for line in lines}
    if len(centres) != 1:
        raise UserError(f"the sheet [{SHEET}] speaks of [{len(centres)}] centres; say with --centre which one sent it")
    return centres.pop()


def _deliver(landing: Path, centre: str, day: date, records: Sequence[Mapping[str, str]]) -> Path:
    """Put the rows into the feed's folder under a name that sorts after the day's earlier declarations of the centre."""
    folder = landing / RECORDS.name
    try:
        folder.mkdir(exist_ok=True)
        for number in range(1, _MOST_A_DAY + 1):
            path = folder / f"{RECORDS.name}.{day}.{centre}-{number:02}.delta.csv"
            if not os.path.lexists(path) and _placed(path, _csv(records, f"{day}.{centre}-{number:02}")):
                return path
    except OSError as error:
        raise UserError(f"[{folder}] cannot be written ({error.strerror}); change its rights") from None
    raise UserError(f"centre [{centre}] has [{_MOST_A_DAY}] declarations of {day} already; take this one tomorrow")


def _csv(records: Sequence[Mapping[str, str]], declaration: str) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, [*RECORDS.column_names, _DECLARATION], lineterminator="\n")
    writer.writeheader()
    for record in records:
        # the feed has a record a line
        one_line = {name: " ".join(value.splitlines()) for name, value in record.items()}
        writer.writerow({**one_line, _DECLARATION: declaration})
    return text.getvalue().encode()


def _placed(path: Path, content: bytes) -> bool:
    """Whether the file could be put there whole, in one step, in place of no other."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}.part")
    handle = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_NOFOLLOW, 0o640)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            # a link is refused where a name is taken; a rename would take its place
            path.hardlink_to(fresh)
            return True
        return False
    finally:
        fresh.unlink()


def _say(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)
