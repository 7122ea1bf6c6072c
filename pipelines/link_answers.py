"""What a person filled into the workbook of the queue: one answer a row, or the reason why a row cannot be taken.

The workbook is written by `pipelines.link_workbook`. A cell's own text is never quoted: it may hold somebody's name.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from pipelines.link_workbook import DECISION, PAIR, PAIRS, REASON
from pipelines.workbook_reading import places_of
from schemas.link_decisions import BINDING, is_pair_id

Cells = Sequence[str | None]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A row with a decision; `row` as the spreadsheet numbers it, `refused` empty where the answer can be taken."""

    row: int
    pair_id: str
    decision: str
    reason: str
    refused: str = ""


def tidy_id(text: str) -> str:
    """An identifier as it is written here, whatever spaces and letters a spreadsheet or a person made of it."""
    return text.strip().lower().capitalize()


def read_answers(rows: Sequence[Cells], known: Collection[str]) -> tuple[list[Answer], int]:
    """The answers of the sheet of pairs.

    Args:
        rows: its cells, the headings first.
        known: ids of the pairs that may be decided.

    Returns:
        The rows that hold a decision, in their order, and the number of rows that name a pair and hold none.

    Raises:
        UserError: a heading is missing or stands there twice.
    """
    places = places_of(
        rows[0] if rows else (),
        (PAIR, DECISION, REASON),
        sheet=PAIRS,
        written_by="`reconcile link-review --workbook` writes it",
    )
    found = [
        tuple((cells[places[heading]] or "").strip() for heading in (PAIR, DECISION, REASON)) for cells in rows[1:]
    ]
    filled = [
        Answer(row=row, pair_id=tidy_id(pair), decision=decision.casefold(), reason=reason)
        for row, (pair, decision, reason) in enumerate(found, 2)
        if decision
    ]
    left = sum(1 for pair, decision, _ in found if pair and not decision)
    rows_of: dict[str, list[Answer]] = defaultdict(list)
    for answer in filled:
        if answer.decision in BINDING:
            rows_of[answer.pair_id].append(answer)
    return [replace(answer, refused=_refusal(answer, known, rows_of[answer.pair_id])) for answer in filled], left


def _refusal(answer: Answer, known: Collection[str], of_pair: Sequence[Answer]) -> str:
    if not is_pair_id(answer.pair_id):
        return f"the column {PAIR} holds no pair's id; copy it from the queue"
    if answer.pair_id not in known:
        return "it is not in the queue of this publication; write the workbook anew with `reconcile link-review`"
    if answer.decision not in BINDING:
        return f"the column {DECISION} holds neither {' nor '.join(BINDING)}; choose one, or leave it empty"
    if len({other.decision for other in of_pair}) > 1:
        return f"rows {', '.join(str(other.row) for other in of_pair)} decide it differently; keep one of them"
    if not answer.reason:
        return f"the column {REASON} is empty; say why"
    return ""
