"""A workbook that is handed out: a new file for its owner alone, and what the cells of all such workbooks have in common.

Text is written as text whatever it begins with. What stands in a workbook belongs in the module that makes it; reading it
back in `pipelines.workbook_reading`.
"""

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipelines.settings import UserError

#: Longest text of a cell, and the first year that has a date in a spreadsheet.
CELL_CHARACTERS, _FIRST_YEAR = 32_767, 1900

#: What a spreadsheet may take for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")

PERSONAL = "This file holds personal data: keep it where such data may lie, and delete it once it has been read back."


def shared_formats(book: xlsxwriter.Workbook) -> dict[str, Format]:
    """Formats of headings (asked: of a column to fill in) and of text; quoted text stays text when somebody edits it."""
    heading = {"bold": True, "text_wrap": True, "valign": "vcenter", "bottom": 1}
    text = {"valign": "top", "text_wrap": True}
    return {
        "heading": book.add_format(heading | {"bg_color": "#E7E6E6"}),
        "asked heading": book.add_format(heading | {"bg_color": "#C6E0B4"}),
        "text": book.add_format(text),
        "quoted": book.add_format(text | {"quote_prefix": True}),
    }


def has_a_date(value: object) -> bool:
    """Whether a value is a day that a spreadsheet knows as one."""
    return isinstance(value, date) and value.year >= _FIRST_YEAR


def write_text(sheet: Worksheet, line: int, place: int, text: str, *, plain: Format, quoted: Format) -> None:
    """Write a text, cut at what a cell holds; `quoted` is the format of one that might be taken for a formula."""
    sheet.write_string(line, place, text[:CELL_CHARACTERS], quoted if text.startswith(_FORMULA) else plain)


def offer(sheet: Worksheet, rows: int, place: int, choices: Sequence[str], *, title: str, message: str) -> None:
    """Let the cells of a column, from the second row on, hold one of the choices or nothing."""
    told = {"error_title": title, "error_message": message}
    sheet.data_validation(1, place, rows, place, {"validate": "list", "source": list(choices), **told})


def write_new_workbook(path: Path, content: bytes) -> None:
    """Write the file.

    Raises:
        UserError: it exists (it may hold somebody's answers) or cannot be written.
    """
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        raise UserError(f"[{path}] exists and may hold answers; name another file or move it away") from None
    except OSError as error:
        raise UserError(f"[{path}] cannot be written ({error.strerror}); name another file") from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise UserError(f"[{path}] cannot be written ({error.strerror}); name another file") from None
