"""Flags as a workbook that somebody fills in: what to do, then one row a flag.

What is filled in is read back by `pipelines.flag_answers`.
"""

import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipelines.flag_decisions import NOTHING_DECIDED, Recorded
from pipelines.workbook_file import PERSONAL, has_a_date, offer, shared_formats, write_text
from schemas.flag_life import DECISIONS
from schemas.flag_table import SUBJECT_KEYS

FLAGS = "Flags"
FLAG, DECISION, REASON, ASSIGNED_TO, EXPIRES = "Flag", "Decision", "Reason for the decision", "Assigned to", "Expires"
LAST_DECISION = "Number of the last decision"

#: As many flags as a person may look through; the less urgent ones come when these are decided.
MOST_FLAGS = 10_000

#: Heading, column of the row, width in characters. Those to fill in have no column.
_COLUMNS: tuple[tuple[str, str | None, int], ...] = (
    (FLAG, "flag_id", 22),
    (DECISION, None, 14),
    (REASON, None, 36),
    (ASSIGNED_TO, None, 20),
    (EXPIRES, None, 12),
    ("Decided so far", "decided", 30),
    (LAST_DECISION, "number", 11),
    ("Code", "flag_code", 30),
    ("What is wrong", "detail", 60),
    ("What to do", "action", 50),
    ("Owner", "owner", 21),
    ("Severity", "severity", 14),
    ("Urgency", "urgency", 9),
    ("Act by", "act_by", 12),
    ("State", "state", 10),
    ("First seen", "first_seen", 12),
    *((name.replace("_", " ").capitalize(), name, 14) for name in SUBJECT_KEYS),
    ("Learner", "learner_id", 18),
)

_STEPS = (
    "Each row of the sheet Flags is one flag, what is most urgent first.",
    f"1. In the column {DECISION} choose acknowledged (seen, being dealt with), waived (nothing is to be done, or not now),",
    "   assigned (to somebody) or withdrawn (takes back what is decided so far). Leave the others empty.",
    f"2. A waiver needs a {REASON.lower()} and the last day on which it holds, in the column {EXPIRES}.",
    f"3. An assignment needs a name in the column {ASSIGNED_TO}.",
    f"4. Rows may be sorted, filtered and deleted. Leave the headings, {FLAG} and {LAST_DECISION} as they are.",
    "5. Save as .xlsx and have it read back: reconcile decide --workbook FILE.xlsx --by YOUR NAME",
    "A decision counts from the next run on until it expires or is withdrawn. It does not put anything right: a waived flag",
    "stays in every list, marked, and is raised as before when the waiver ends.",
)


def flag_workbook(rows: Sequence[Mapping[str, Any]], last: Mapping[str, Recorded], as_of: date) -> bytes:
    """The workbook.

    Args:
        rows: of `published.flags`, with what their code asks for, in the order in which they are to be looked at.
        last: the last decision about each flag, by its id.
        as_of: day of the publication.
    """
    content = io.BytesIO()
    # in memory: else every sheet lies in the machine's folder for temporary files meanwhile
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        _write_steps(book, as_of)
        _write_flags(book, [dict(row) | _decided(last.get(row["flag_id"])) for row in rows])
    return content.getvalue()


def _decided(last: Recorded | None) -> dict[str, str]:
    if last is None:
        return {"decided": "", "number": str(NOTHING_DECIDED)}
    said = last.said
    until = f", until {said.expires_on}" if said.expires_on else ""
    to = f" to {said.assigned_to}" if said.assigned_to else ""
    return {
        "decided": f"{said.decision}{to} by {said.decided_by} on {said.decided_on}{until}",
        "number": str(last.number),
    }


def _write_steps(book: xlsxwriter.Workbook, as_of: date) -> None:
    sheet = book.add_worksheet("How to decide")
    bold = book.add_format({"bold": True})
    sheet.hide_gridlines(2)
    lines = [f"Flags to decide, as of {as_of}", "", *_STEPS, "", PERSONAL]
    for number, line in enumerate(lines):
        sheet.write_string(number, 0, line, bold if number in (0, len(lines) - 1) else None)


def _write_flags(book: xlsxwriter.Workbook, rows: Sequence[Mapping[str, Any]]) -> None:
    sheet = book.add_worksheet(FLAGS)
    formats = _formats(book)
    sheet.set_row(0, 32)
    for place, (heading, name, width) in enumerate(_COLUMNS):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, heading, formats["heading" if name else "asked heading"])
        for line, row in enumerate(rows, 1):
            if name is None:
                sheet.write_blank(line, place, None, formats["asked day" if heading == EXPIRES else "asked"])
            else:
                _write_value(sheet, line, place, row[name], formats)
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, max(1, len(rows)), len(_COLUMNS) - 1)
    place = [heading for heading, _, _ in _COLUMNS].index(DECISION)
    message = f"Choose one of {', '.join(DECISIONS)}, or leave the cell empty."
    offer(sheet, max(1, len(rows)), place, DECISIONS, title="No decision", message=message)


def _write_value(sheet: Worksheet, line: int, place: int, value: object, formats: Mapping[str, Format]) -> None:
    """One cell. Text is written as text whatever it begins with, and stays text when somebody edits the cell."""
    if has_a_date(value):
        sheet.write_datetime(line, place, value, formats["date"])
    elif value is not None:
        write_text(sheet, line, place, str(value), plain=formats["text"], quoted=formats["quoted"])


def _formats(book: xlsxwriter.Workbook) -> dict[str, Format]:
    top = {"valign": "top"}
    asked = top | {"text_wrap": True, "bg_color": "#F2F9EE"}
    return shared_formats(book) | {
        "asked": book.add_format(asked),
        "asked day": book.add_format(asked | {"num_format": "yyyy-mm-dd"}),
        "date": book.add_format(top | {"num_format": "yyyy-mm-dd"}),
    }
