"""`reconcile decide`: what a person decides about a flag, or about many in a workbook, and what was decided before.

Of the flags themselves nothing personal is printed: they go by their ids. How a decision is kept is
`pipelines.flag_decisions`.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from rich.console import Console

from pipelines.flag_answers import Answer, read_flag_answers
from pipelines.flag_decisions import (
    Recorded,
    decisions_about,
    last_decisions,
    record_flag_decision,
    record_flag_decisions,
)
from pipelines.flag_queue import Wanted, open_flags
from pipelines.flag_workbook import FLAGS, MOST_FLAGS, flag_workbook
from pipelines.ledger_database import Ledger
from pipelines.settings import UserError
from pipelines.workbook_file import write_new_workbook
from pipelines.workbook_reading import read_sheet
from schemas.flag_life import BINDING, FlagDecision


def decide_flag(publication: Path, ledger: Ledger, said: FlagDecision, now: datetime, console: Console) -> None:
    """Record a decision about one flag, in place of what stood for it.

    Args:
        publication: the file that analysts open.
        ledger: the operations ledger.
        said: the decision.
        now: the moment at which it is taken down.
        console: to print on.

    Raises:
        UserError: the flag is not raised, a later day's decision stands, or there is nothing to withdraw.
    """
    with open_flags(publication) as queue:
        as_of = queue.as_of()
        reason = queue.not_raised([said.flag_id]).get(said.flag_id)
    if reason is not None and said.decision in BINDING:
        raise UserError(f"flag [{said.flag_id}] {reason}; find those that are raised in published.flags")
    earlier = record_flag_decision(ledger, said, now)
    to = f" to [{said.assigned_to}]" if said.assigned_to else ""
    _say(console, f"Flag [{said.flag_id}] is recorded as [{said.decision}]{to}, decided by [{said.decided_by}].")
    if earlier is not None and earlier.said.stands_on(said.decided_on):
        before = earlier.said
        _say(console, f"  in place of [{before.decision}], by [{before.decided_by}] on [{before.decided_on}]")
    _say_when(said, as_of, console)


def write_queue(publication: Path, ledger: Ledger, workbook: Path, wanted: Wanted, console: Console) -> None:
    """Write the raised flags that are wanted as a new workbook to fill in, what is most urgent first.

    Raises:
        UserError: nothing is published, no such flag is raised, or the workbook cannot be written.
    """
    with open_flags(publication) as queue:
        as_of, rows = queue.as_of(), queue.rows(wanted)
    if not rows:
        raise UserError("no flag of that kind is raised in this publication; nothing was written")
    first = rows[:MOST_FLAGS]
    write_new_workbook(workbook, flag_workbook(first, last_decisions(ledger), as_of))
    which = f"{len(rows):,}" if len(first) == len(rows) else f"The most urgent {len(first):,} of {len(rows):,}"
    _say(console, f"{which} flags as of {as_of}, with personal data, are in {workbook}")
    _say(console, f"When it is filled in: reconcile decide --workbook {workbook} --by WHO")


def decide_flag_workbook(
    publication: Path, ledger: Ledger, workbook: Path, *, by: str, at: datetime, now: datetime, console: Console
) -> None:
    """Record the answers of a workbook that `write_queue` wrote, in one transaction, and name those that are refused.

    Args:
        publication: the file that analysts open.
        ledger: the operations ledger.
        workbook: the file that came back.
        by: who decided.
        at: when.
        now: the moment at which it is taken down.
        console: to print on.

    Raises:
        UserError: the workbook cannot be read, or at least one of its rows was refused; the others are recorded then.
    """
    answers, left = read_flag_answers(read_sheet(workbook, FLAGS), by, at)
    with open_flags(publication) as queue:
        as_of, gone = queue.as_of(), queue.not_raised([answer.flag_id for answer in answers])
    answers = [_still_raised(answer, gone) for answer in answers]
    taken = [(answer, answer.said) for answer in answers if answer.said is not None]
    recording = record_flag_decisions(ledger, [(said, answer.known) for answer, said in taken], now)
    refused = [answer for answer in answers if answer.refused]
    refused += [replace(taken[place][0], refused=reason) for place, reason in recording.refused]
    for answer in sorted(refused, key=lambda answer: answer.row):
        named = f", flag [{answer.flag_id}]" if answer.flag_id else ""
        _say(console, f"refused: row {answer.row}{named}: {answer.refused}")
    _say(console, f"Recorded as decided by [{by}]: {len(recording.recorded):,}")
    _say(
        console,
        f"In force already: {len(recording.standing):,}. Refused: {len(refused):,}. Without a decision: {left:,}.",
    )
    if recording.recorded:
        _say_when(taken[recording.recorded[0]][1], as_of, console, many=True)
    if refused:
        raise UserError(
            f"[{len(refused)}] rows of the workbook were refused, as said above, and the other [{len(recording.recorded)}] "
            "recorded; correct those rows and read the workbook back again"
        )


def show_decisions(ledger: Ledger, flag_id: str, today: date, console: Console) -> None:
    """Print all that was ever decided about a flag, and what stands today.

    Raises:
        UserError: nothing was.
    """
    decided = decisions_about(ledger, flag_id)
    if not decided:
        raise UserError(f"nothing has been decided about flag [{flag_id}]")
    _say(console, f"Decisions about flag [{flag_id}], the first one first:")
    for one in decided:
        _say(console, f"  {_in_words(one)}")
    last = decided[-1].said
    _say(console, f"In force today [{today}]: {last.decision if last.stands_on(today) else 'nothing'}")


def _in_words(one: Recorded) -> str:
    said = one.said
    parts = [f"{said.decided_on} {said.decision}"]
    parts += [f"to {said.assigned_to}"] if said.assigned_to else []
    parts += [f"by {said.decided_by}"]
    parts += [f"until {said.expires_on}"] if said.expires_on else []
    taken_down = f"[{one.number}, taken down {one.recorded_at:%Y-%m-%d %H:%M} UTC]"
    return " ".join(parts) + (f": {said.reason}" if said.reason else "") + f"  {taken_down}"


def _still_raised(answer: Answer, gone: Mapping[str, str]) -> Answer:
    """The answer, refused if there is nothing left to decide; what stands about a flag can be withdrawn when it is gone."""
    if answer.said is None or answer.said.decision not in BINDING or answer.flag_id not in gone:
        return answer
    return replace(answer, said=None, refused=f"the flag {gone[answer.flag_id]}; there is nothing to decide")


def _say_when(said: FlagDecision, as_of: date, console: Console, *, many: bool = False) -> None:
    counts = "They count" if many else "It counts"
    until = f" up to {said.expires_on}" if said.expires_on and not many else ""
    _say(
        console, f"{counts} in runs for {said.decided_on} and later days{until}; what is published now stays as it is."
    )
    if as_of < said.decided_on:
        _say(
            console,
            f"The publication is as of {as_of}: another run for that day does not see this. For a decision of an earlier "
            "day give --on.",
        )


def _say(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)
