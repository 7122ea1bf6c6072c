"""The queue of links as a workbook that an exams officer fills in: what to do, then one row a pair.

What is filled in is read back by `pipelines.link_answers`.
"""

import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipelines.workbook_file import PERSONAL, has_a_date, offer, shared_formats, write_new_workbook, write_text
from schemas.link_decisions import BINDING
from schemas.link_review import REVIEW_REASONS, SIDES

PAIRS = "Pairs"
PAIR, DECISION, REASON = "Pair", "Decision", "Reason for the decision"

#: As many pairs as a person may look through; the weaker ones come when these are decided.
MOST_PAIRS = 10_000

#: Heading, column of `published.link_review`, width in characters. The two to fill in have no column.
_OF_THE_PAIR = (
    (PAIR, "pair_id", 19),
    (DECISION, None, 11),
    (REASON, None, 36),
    ("Why it is asked", "reason", 18),
    ("Explanation", "explanation", 60),
    ("Match weight", "match_weight", 9),
    ("Probability", "match_probability", 11),
)

#: Heading, column without its side, width. The two sides stand next to each other.
OF_EACH_RECORD = (
    ("feed", "feed", 18),
    ("surname", "surname", 18),
    ("forenames", "forenames", 20),
    ("date of birth", "date_of_birth", 12),
    ("sex", "sex", 7),
    ("previous surname", "previous_surname", 18),
    ("postcode", "postcode", 11),
    ("ULN", "uln", 12),
    ("UCI", "uci", 15),
    ("centre number", "centre_number", 10),
    ("centre's reference", "centre_learner_reference", 14),
    ("awarding organisation", "awarding_organisation_rn", 13),
    ("registration number", "registration_number", 14),
    ("qualification number", "qualification_number", 13),
    ("UCAS Personal ID", "personal_id", 13),
)

_STEPS = (
    "Each row of the sheet Pairs shows two records that may be one person's. The strongest evidence comes first.",
    "1. Compare the two records: First and Second stand side by side, and values that both give and that differ are shaded.",
    f"2. In the column {DECISION} choose same or different. If you cannot tell, leave it empty: the pair stays there.",
    f"3. In the column {REASON} say what you looked up and what it showed. An answer without a reason is refused.",
    "4. Rows may be sorted, filtered and deleted. Leave the headings and the column Pair as they are.",
    "5. Save as .xlsx and have it read back: reconcile decide-link --workbook FILE.xlsx --by YOUR NAME",
    "An answer counts from the next night on, in every night, until somebody withdraws it. A wrong same tells a university",
    "about the wrong person, and a wrong different leaves a result undelivered: where you are not sure, answer nothing.",
)


def write_link_workbook(path: Path, rows: Sequence[dict[str, Any]], as_of: date) -> None:
    """Write the workbook, readable by its owner alone.

    Args:
        path: a file that does not exist yet.
        rows: of `published.link_review`, in the order in which they are to be looked at.
        as_of: day of the publication.

    Raises:
        UserError: the file exists (it may hold somebody's answers) or cannot be written.
    """
    write_new_workbook(path, _workbook(rows, as_of))


def _workbook(rows: Sequence[dict[str, Any]], as_of: date) -> bytes:
    content = io.BytesIO()
    # in memory: else every sheet lies in the machine's folder for temporary files meanwhile
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        _write_steps(book, as_of)
        _write_pairs(book, rows)
    return content.getvalue()


def _write_steps(book: xlsxwriter.Workbook, as_of: date) -> None:
    sheet = book.add_worksheet("How to decide")
    bold = book.add_format({"bold": True})
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 20)
    lines = [f"Who is who: pairs to decide, as of {as_of}", "", *_STEPS, "", "Why a pair is asked:"]
    for number, line in enumerate(lines):
        sheet.write_string(number, 0, line, bold if number in (0, len(lines) - 1) else None)
    for number, (reason, meaning) in enumerate(REVIEW_REASONS.items(), len(lines)):
        sheet.write_string(number, 0, reason)
        sheet.write_string(number, 1, meaning)
    sheet.write_string(
        len(lines) + len(REVIEW_REASONS) + 1,
        0,
        PERSONAL,
        bold,
    )


def _write_pairs(book: xlsxwriter.Workbook, rows: Sequence[dict[str, Any]]) -> None:
    sheet = book.add_worksheet(PAIRS)
    formats = _formats(book)
    columns = _columns()
    sheet.set_row(0, 32)
    for place, (heading, name, width) in enumerate(columns):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, heading, formats["heading" if name else "asked heading"])
        for line, row in enumerate(rows, 1):
            if name is None:
                sheet.write_blank(line, place, None, formats["asked"])
            else:
                _write_value(sheet, line, place, row[name], formats, shaded=_differs(row, name))
    sheet.freeze_panes(1, 3)
    sheet.autofilter(0, 0, len(rows), len(columns) - 1)
    if rows:
        _offer_decisions(sheet, len(rows))


def _columns() -> list[tuple[str, str | None, int]]:
    of_records = (
        (f"{side.capitalize()}: {heading}", f"{side}_{name}", width)
        for heading, name, width in OF_EACH_RECORD
        for side in SIDES
    )
    return [*_OF_THE_PAIR, *of_records]


def _write_value(
    sheet: Worksheet, line: int, place: int, value: object, formats: dict[str, Format], *, shaded: bool
) -> None:
    """One cell. Text is written as text whatever it begins with, so that no program takes it for a formula."""
    mark = " differs" if shaded else ""
    if has_a_date(value):
        sheet.write_datetime(line, place, value, formats["date" + mark])
    elif isinstance(value, float):
        sheet.write_number(line, place, value, formats["number"])
    elif value is not None:
        write_text(sheet, line, place, str(value), plain=formats["text" + mark], quoted=formats["quoted" + mark])


def _differs(row: dict[str, Any], name: str) -> bool:
    """Whether both records give a value for this column of one of them, and not the same."""
    side, _, of_record = name.partition("_")
    if side not in SIDES or of_record == "feed":
        return False
    first, second = (row[f"{side}_{of_record}"] for side in SIDES)
    return None not in (first, second) and str(first).casefold() != str(second).casefold()


def _offer_decisions(sheet: Worksheet, rows: int) -> None:
    place = [heading for heading, _, _ in _OF_THE_PAIR].index(DECISION)
    offer(
        sheet, rows, place, BINDING, title="No decision", message="Choose same or different, or leave the cell empty."
    )


def _formats(book: xlsxwriter.Workbook) -> dict[str, Format]:
    amber = {"bg_color": "#FFE4B5"}
    top = {"valign": "top"}
    return shared_formats(book) | {
        "asked": book.add_format(top | {"text_wrap": True, "bg_color": "#F2F9EE"}),
        "text differs": book.add_format(top | {"text_wrap": True} | amber),
        "quoted differs": book.add_format(top | {"text_wrap": True, "quote_prefix": True} | amber),
        "date": book.add_format(top | {"num_format": "yyyy-mm-dd"}),
        "date differs": book.add_format(top | {"num_format": "yyyy-mm-dd"} | amber),
        "number": book.add_format(top | {"num_format": "0.00##"}),
    }
