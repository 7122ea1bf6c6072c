"""People's decisions about flags as the commands record them: checked against what stands, several in one transaction.

What a decision is says `schemas.flag_life`; its table, and which decisions a run sees, `pipelines.ledger`.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from pipelines.ledger import decision_row, decisions_in_force
from pipelines.ledger_database import Ledger, LedgerError, transaction
from pipelines.ledger_tables import Decision
from schemas.flag_life import FlagDecision

#: Number of the last decision about a flag that nobody has decided anything about.
NOTHING_DECIDED = 0


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """A decision in the ledger: its number, which counts up in the order of recording, and when it was taken down."""

    number: int
    recorded_at: datetime
    said: FlagDecision


@dataclass(frozen=True, kw_only=True)
class Recording:
    """What became of decisions that were handed in together, each by its place in what was handed in.

    Attributes:
        recorded: are in force now.
        standing: were the last word already, and were not recorded again.
        refused: were not recorded, each with the reason.
    """

    recorded: Sequence[int]
    standing: Sequence[int]
    refused: Sequence[tuple[int, str]]


def flag_decisions_in_force(ledger: Ledger, on: date) -> list[FlagDecision]:
    """The decision that stands for each flag at the end of a day in London, ordered by flag."""
    return [_recorded(row).said for row in decisions_in_force(ledger, on)]


def last_decisions(ledger: Ledger) -> dict[str, Recorded]:
    """The last decision about each flag, whether it still stands or not."""
    with transaction(ledger) as session:
        return _last(session, None)


def decisions_about(ledger: Ledger, flag_id: str) -> list[Recorded]:
    """All that was ever decided about a flag, in the order in which it came to count."""
    query = select(Decision).where(Decision.flag_id == flag_id).order_by(Decision.decided_at, Decision.decision_id)
    with transaction(ledger) as session:
        return [_recorded(row) for row in session.scalars(query)]


def record_flag_decision(ledger: Ledger, said: FlagDecision, recorded_at: datetime) -> Recorded | None:
    """Records a decision in place of what stood for its flag, and returns that.

    Raises:
        LedgerError: it withdraws what does not stand, or is of an earlier day than the last decision about the flag.
    """
    with _alone(ledger) as session:
        earlier = _last(session, [said.flag_id]).get(said.flag_id)
        if (reason := _refusal(said, earlier)) is not None:
            raise LedgerError(reason)
        session.add(_row(said, earlier, recorded_at))
    return earlier


def record_flag_decisions(
    ledger: Ledger, asked: Iterable[tuple[FlagDecision, int]], recorded_at: datetime
) -> Recording:
    """Records those of many decisions that can stand, in one transaction.

    Args:
        ledger: the ledger.
        asked: decisions about different flags, each with the number of the last one that whoever decided knew of. Where
            there is a later one, that one stays: whoever filled a list cannot have known of it.
        recorded_at: now.
    """
    handed_in = list(asked)
    recorded, standing, refused = [], [], []
    with _alone(ledger) as session:
        last = _last(session, [said.flag_id for said, _ in handed_in])
        for place, (said, known) in enumerate(handed_in):
            earlier = last.get(said.flag_id)
            if earlier is not None and _same(earlier.said, said):
                standing.append(place)
            elif (earlier.number if earlier else NOTHING_DECIDED) != known:
                refused.append((place, _decided_meanwhile(earlier)))
            elif (reason := _refusal(said, earlier)) is not None:
                refused.append((place, reason))
            else:
                recorded.append(place)
                session.add(_row(said, earlier, recorded_at))
    return Recording(recorded=recorded, standing=standing, refused=refused)


@contextmanager
def _alone(ledger: Ledger) -> Iterator[Session]:
    """A transaction beside which nobody else records a decision: of two made at once neither would know of the other."""
    with transaction(ledger) as session:
        # SQLite has taken its write lock already
        if ledger.engine.dialect.name == "postgresql":
            session.execute(text("LOCK TABLE decisions IN SHARE ROW EXCLUSIVE MODE"))
        yield session


def _last(session: Session, flags: Sequence[str] | None) -> dict[str, Recorded]:
    """The last decision about each flag, or about each of some."""
    query = select(Decision).order_by(Decision.decided_at, Decision.decision_id)
    wanted = None if flags is None or len(flags) > 500 else set(flags)
    if wanted is not None:
        query = query.where(Decision.flag_id.in_(wanted))
    return {row.flag_id: _recorded(row) for row in session.scalars(query)}


def _refusal(said: FlagDecision, earlier: Recorded | None) -> str | None:
    """Why a decision cannot be recorded after the last one, if it cannot."""
    flag, last = f"flag [{said.flag_id}]", earlier.said if earlier else None
    if last is not None and said.decided_on < last.decided_on:
        return (
            f"{flag} was decided [{last.decision}] by [{last.decided_by}] on [{last.decided_on}], after the day "
            f"[{said.decided_on}] of this decision; what is decided later stands"
        )
    if said.decision == "withdrawn" and (last is None or not last.stands_on(said.decided_on)):
        return f"no decision about {flag} is in force; there is nothing to withdraw"
    return None


def _row(said: FlagDecision, earlier: Recorded | None, recorded_at: datetime) -> Decision:
    # two machines' clocks may differ a little: what is recorded later must count as decided later
    at = max(said.decided_at, earlier.said.decided_at) if earlier else said.decided_at
    return decision_row(replace(said, decided_at=at), max(at, recorded_at))


def _same(one: FlagDecision, other: FlagDecision) -> bool:
    """Whether they say the same, whoever said it and when."""
    return _content(one) == _content(other)


def _content(said: FlagDecision) -> tuple[object, ...]:
    return (said.decision, said.assigned_to, said.reason, said.expires_on)


def _decided_meanwhile(earlier: Recorded | None) -> str:
    if earlier is None:
        return "nothing is decided about it, though the workbook says so; write the workbook anew"
    said = earlier.said
    return (
        f"meanwhile it was decided [{said.decision}] by [{said.decided_by}] on [{said.decided_on}]; if that is wrong, use "
        f"`reconcile decide {said.flag_id}`"
    )


def _recorded(row: Decision) -> Recorded:
    said = FlagDecision(
        flag_id=row.flag_id,
        decision=row.decision,
        assigned_to=row.assigned_to or "",
        reason=row.reason,
        expires_on=row.expires_on,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
    )
    return Recorded(number=row.decision_id, recorded_at=row.recorded_at, said=said)
