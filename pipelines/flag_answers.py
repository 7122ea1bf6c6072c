"""What a person filled into the workbook of flags: one decision a row, or the reason why a row cannot be taken.

The workbook is written by `pipelines.flag_workbook`. A cell's own text is never quoted: it may hold somebody's name.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime

from pipelines.flag_workbook import ASSIGNED_TO, DECISION, EXPIRES, FLAG, FLAGS, LAST_DECISION, REASON
from pipelines.workbook_reading import places_of
from schemas.flag_life import DECISIONS, FlagDecision
from schemas.flag_table import FLAG_ID_LENGTH

Cells = Sequence[str | None]

_HEADINGS = (FLAG, DECISION, REASON, ASSIGNED_TO, EXPIRES, LAST_DECISION)
_FLAG_ID = re.compile(rf"[0-9a-f]{{{FLAG_ID_LENGTH}}}")
#: A date cell as it is read, and days as people type them here; a spreadsheet adds the midnight.
_DAYS = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A row with a decision, as the spreadsheet numbers it.

    Attributes:
        row: its number.
        flag_id: its flag; only what has the form of one.
        known: number of the last decision that whoever filled it in knew of.
        said: the decision; None where the row is refused.
        refused: why it cannot be taken; empty where it can.
    """

    row: int
    flag_id: str
    known: int = 0
    said: FlagDecision | None = None
    refused: str = ""


def read_flag_answers(rows: Sequence[Cells], by: str, at: datetime) -> tuple[list[Answer], int]:
    """The answers of the sheet of flags.

    Args:
        rows: its cells, the headings first.
        by: who decides.
        at: when.

    Returns:
        The rows that hold anything in the columns to fill in, in their order, and the number of rows that hold nothing.

    Raises:
        UserError: a heading is missing or stands there twice.
    """
    places = places_of(
        rows[0] if rows else (), _HEADINGS, sheet=FLAGS, written_by="`reconcile decide --queue` writes it"
    )
    found = [
        (row, {heading: (cells[place] or "").strip() for heading, place in places.items()})
        for row, cells in enumerate(rows[1:], 2)
    ]
    asked = (DECISION, REASON, ASSIGNED_TO, EXPIRES)
    answers = [_answer(row, cells, by, at) for row, cells in found if any(cells[heading] for heading in asked)]
    left = sum(1 for _, cells in found if cells[FLAG] and not any(cells[heading] for heading in asked))
    return _without_disagreement(answers), left


def _answer(row: int, cells: dict[str, str], by: str, at: datetime) -> Answer:
    flag, decision, known = cells[FLAG].casefold(), cells[DECISION].casefold(), cells[LAST_DECISION]
    if not _FLAG_ID.fullmatch(flag):
        return Answer(row=row, flag_id="", refused=f"the column {FLAG} holds no flag's id; copy it from the queue")
    answer = Answer(row=row, flag_id=flag)
    if decision not in DECISIONS:
        said = (
            f"the column {DECISION} holds none of {', '.join(DECISIONS)}; choose one, or empty the row's other answers"
        )
        return replace(answer, refused=said)
    if not re.fullmatch(r"\d+(\.0)?", known):
        return replace(answer, refused=f"the column {LAST_DECISION} holds no number; copy it from the queue")
    if refused := _misfit(decision, cells):
        return replace(answer, refused=refused)
    try:
        of_row = FlagDecision(
            flag_id=flag,
            decision=decision,
            decided_by=by,
            decided_at=at,
            assigned_to=cells[ASSIGNED_TO],
            reason=cells[REASON],
            expires_on=_day(cells[EXPIRES]),
        )
    except ValueError as error:
        return replace(answer, refused=str(error))
    return replace(answer, known=int(float(known)), said=of_row)


def _misfit(decision: str, cells: dict[str, str]) -> str:
    """Which column is wanting, or filled in where it says nothing."""
    if decision == "waived" and not cells[REASON]:
        return f"the column {REASON} is empty; say why it is waived"
    if decision == "waived" and not cells[EXPIRES]:
        return f"the column {EXPIRES} is empty; give the last day on which the waiver holds"
    if decision == "assigned" and not cells[ASSIGNED_TO]:
        return f"the column {ASSIGNED_TO} is empty; say to whom"
    if decision != "assigned" and cells[ASSIGNED_TO]:
        return (
            f"the column {ASSIGNED_TO} holds something, and the decision is [{decision}]; empty it or choose assigned"
        )
    if decision == "withdrawn" and cells[EXPIRES]:
        return f"the column {EXPIRES} holds something; what is withdrawn does not expire"
    return ""


def _day(text: str) -> date | None:
    """The day of a cell, None if it is empty.

    Raises:
        ValueError: it holds something else.
    """
    if not text:
        return None
    for form in _DAYS:
        with suppress(ValueError):
            return datetime.strptime(text.partition(".")[0], form).date()
    raise ValueError(f"the column {EXPIRES} holds no day; give it as yyyy-mm-dd")


def _without_disagreement(answers: list[Answer]) -> list[Answer]:
    """Rows that decide one flag differently are refused, all of them."""
    of_flag: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        if answer.said is not None:
            of_flag[answer.flag_id].append(answer)
    wrong = {
        flag: ", ".join(str(answer.row) for answer in given)
        for flag, given in of_flag.items()
        if len({answer.said for answer in given}) > 1
    }
    return [
        replace(answer, said=None, refused=f"rows {wrong[answer.flag_id]} decide it differently; keep one of them")
        if answer.said is not None and answer.flag_id in wrong
        else answer
        for answer in answers
    ]
