"""Cells of CSV that is handed out: no spreadsheet takes a delivered value for a formula."""

from datetime import date

#: What a spreadsheet may take for the beginning of a formula, also in wide letters, or may drop and then find one.
_FORMULA = (
    *("=", "+", "-", "@", "\t", "\r", "\n"),
    *(" ", "\u00a0", "\u3000", "\ufeff"),
    *("\uff1d", "\uff0b", "\uff0d", "\uff20"),
)


def csv_cell(value: str | int | date | None) -> str:
    """The text of a cell, a date as yyyy-mm-dd; one that could be taken for a formula begins with an apostrophe."""
    if not isinstance(value, str):
        return "" if value is None else str(value)
    text = value.replace("\x00", "")
    return f"'{text}" if text.startswith(_FORMULA) else text
