"""`reconcile decide-link`: what a person decides about a pair of records, or about many in a workbook.

Nothing personal is printed: pairs go by their ids. What `reconcile link-review` shows is `pipelines.link_review`.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from rich.console import Console

from pipelines.ledger_database import Ledger
from pipelines.link_answers import Answer, read_answers, tidy_id
from pipelines.link_contradictions import Standing
from pipelines.link_decisions import link_decisions_in_force, record_link_decision, record_link_decisions
from pipelines.link_queue import open_queue
from pipelines.link_workbook import PAIRS
from pipelines.settings import UserError
from pipelines.workbook_reading import read_sheet
from schemas.link_decisions import LinkDecision, is_pair_id, is_record_id

_FROM_THE_NEXT_RUN = {
    "same": "From the next run on its two records are one person's",
    "different": "From the next run on its two records are two people's",
    "withdrawn": "From the next run on the evidence alone decides about its two records",
}

Records = tuple[str, str]


def decide_pair(
    publication: Path,
    ledger: Ledger,
    identifiers: Sequence[str],
    decision: str,
    *,
    by: str,
    at: datetime,
    reason: str,
    console: Console,
) -> None:
    """Record a decision about one pair, in place of what stood for it.

    Args:
        publication: the file that analysts open.
        ledger: the operations ledger.
        identifiers: the pair's id, or the ids of its two records.
        decision: `same`, `different` or `withdrawn`.
        by: who decides.
        at: when.
        reason: why; a withdrawal may do without.
        console: to print on.

    Raises:
        UserError: there is no such pair or record, or the decision contradicts others.
    """
    standing = Standing(link_decisions_in_force(ledger))
    records = _records(publication, standing, [tidy_id(text) for text in identifiers], decision)
    decided = _decision(records, decision, by, at, reason)
    record_link_decision(ledger, decided)
    _say(console, f"Pair [{decided.pair_id}] is recorded as [{decision}], decided by [{by}].")
    if (earlier := standing.of_pair(decided.pair_id)) is not None:
        _say(
            console, f"  in place of [{earlier.decision}], by [{earlier.decided_by}] on [{earlier.decided_at:%Y-%m-%d}]"
        )
    _say(console, f"{_FROM_THE_NEXT_RUN[decision]}; what is published now stays as it is.")


def decide_workbook(
    publication: Path, ledger: Ledger, workbook: Path, *, by: str, at: datetime, console: Console
) -> None:
    """Record the answers of a workbook that `link-review` wrote, in one transaction, and name those that are refused.

    Raises:
        UserError: the workbook cannot be read, or at least one of its rows was refused; the others are recorded then.
    """
    rows = read_sheet(workbook, PAIRS)
    records = {decision.pair_id: decision.records for decision in link_decisions_in_force(ledger)}
    with open_queue(publication) as queue:
        records |= queue.pairs()
    answers, left = read_answers(rows, records)
    taken = {
        _decision(records[answer.pair_id], answer.decision, by, at, answer.reason): answer
        for answer in answers
        if not answer.refused
    }
    recording = record_link_decisions(ledger, taken)
    refused = [(answer, answer.refused) for answer in answers if answer.refused]
    refused += [(taken[decision], reason) for decision, reason in recording.refused]
    for answer, reason in sorted(refused, key=lambda of_row: of_row[0].row):
        _say(console, _refused(answer, reason))
    _say(console, f"Recorded as decided by [{by}]: {len(recording.recorded):,}")
    _say(
        console,
        f"In force already: {len(recording.standing):,}. Refused: {len(refused):,}. Without a decision: {left:,}.",
    )
    if recording.recorded:
        _say(console, "From the next run on they count; what is published now stays as it is.")
    if refused:
        raise UserError(
            f"[{len(refused)}] rows of the workbook were refused, as said above, and the other [{len(recording.recorded)}] "
            "recorded; correct those rows and read the workbook back again"
        )


def _refused(answer: Answer, reason: str) -> str:
    named = f", pair [{answer.pair_id}]" if is_pair_id(answer.pair_id) else ""
    return f"refused: row {answer.row}{named}: {reason}"


def _say(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def _decision(records: Records, decision: str, by: str, at: datetime, reason: str) -> LinkDecision:
    first, second = records
    return LinkDecision(
        first_record_id=first, second_record_id=second, decision=decision, decided_by=by, decided_at=at, reason=reason
    )


def _records(publication: Path, standing: Standing, identifiers: Sequence[str], decision: str) -> Records:
    """The two records that are meant, the lower id first."""
    if len(identifiers) == 2:
        first, second = sorted(identifiers)
        _check_records(publication, (first, second), held=decision != "withdrawn")
        return first, second
    (pair,) = identifiers
    if not is_pair_id(pair):
        raise UserError(f"[{pair}] is no pair's id; give P and 15 hexadecimal digits, or the ids of two records")
    if (earlier := standing.of_pair(pair)) is not None:
        return earlier.records
    if decision == "withdrawn":
        raise UserError(f"no decision about pair [{pair}] is in force; find those that are in published.link_decisions")
    with open_queue(publication) as queue:
        pairs = queue.pairs()
    if pair not in pairs:
        raise UserError(f"no pair [{pair}] in this publication's queue; find ids in published.link_review")
    return pairs[pair]


def _check_records(publication: Path, records: Records, *, held: bool) -> None:
    for record in records:
        if not is_record_id(record):
            raise UserError(
                f"[{record}] is no record's id; give R and 15 hexadecimal digits, from published.person_links"
            )
    if records[0] == records[1]:
        raise UserError(f"[{records[0]}] is given twice; a decision is about two records")
    if not held:
        # a decision outlives its records, and can be withdrawn when they are gone
        return
    with open_queue(publication) as queue:
        unknown = queue.unknown(records)
    if unknown:
        raise UserError(f"no record [{', '.join(unknown)}] in this publication; find ids in published.person_links")
