"""People's decisions about links in the operations ledger: recorded once, never changed, the last one of a pair stands.

A decision binds every run after it, whatever that run's day. Its shape is `schemas.link_decisions`, its table in
`pipelines.ledger_tables`; the command that takes it down is `pipelines.link_review`.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from pipelines.ledger_database import Ledger, LedgerError, transaction
from pipelines.ledger_tables import RecordedLinkDecision
from pipelines.link_contradictions import Standing
from schemas.link_decisions import BINDING, LinkDecision


@dataclass(frozen=True, kw_only=True)
class Recording:
    """What became of decisions that were handed in together.

    Attributes:
        recorded: are in force now.
        standing: were in force already, and were not recorded again.
        refused: were not recorded, each with the reason.
    """

    recorded: tuple[LinkDecision, ...]
    standing: tuple[LinkDecision, ...]
    refused: tuple[tuple[LinkDecision, str], ...]


def record_link_decision(ledger: Ledger, decision: LinkDecision) -> None:
    """Records a decision in place of what stood for its pair.

    Raises:
        LedgerError: it contradicts decisions about other pairs, or withdraws what is not there.
    """
    with _alone(ledger) as session:
        standing = Standing(_in_force(session))
        if decision.decision == "withdrawn" and standing.of_pair(decision.pair_id) is None:
            raise LedgerError(f"no decision about pair [{decision.pair_id}] is in force; there is nothing to withdraw")
        if (reason := standing.contradiction(decision)) is not None:
            raise LedgerError(reason)
        session.add(_row(decision))


def record_link_decisions(ledger: Ledger, decisions: Iterable[LinkDecision]) -> Recording:
    """Records those of many decisions that can stand, in the order given and in one transaction.

    A pair that is decided already keeps its decision: whoever filled a list may not have known of it.
    """
    recorded, standing, refused = [], [], []
    with _alone(ledger) as session:
        in_force = Standing(_in_force(session))
        for decision in decisions:
            earlier = in_force.of_pair(decision.pair_id)
            if earlier is not None and earlier.decision == decision.decision:
                standing.append(decision)
            elif earlier is not None:
                refused.append((decision, _decided_otherwise(earlier)))
            elif (reason := in_force.contradiction(decision)) is not None:
                refused.append((decision, reason))
            else:
                in_force.put(decision)
                recorded.append(decision)
                session.add(_row(decision))
    return Recording(recorded=tuple(recorded), standing=tuple(standing), refused=tuple(refused))


def link_decisions_in_force(ledger: Ledger) -> list[LinkDecision]:
    """The decision that stands for each pair, unless it was withdrawn; ordered by the records' ids."""
    with transaction(ledger) as session:
        return _in_force(session)


@contextmanager
def _alone(ledger: Ledger) -> Iterator[Session]:
    """A transaction beside which nobody else records a decision: two that contradict each other could else both pass."""
    with transaction(ledger) as session:
        # SQLite has taken its write lock already
        if ledger.engine.dialect.name == "postgresql":
            session.execute(text("LOCK TABLE link_decisions IN SHARE ROW EXCLUSIVE MODE"))
        yield session


def _in_force(session: Session) -> list[LinkDecision]:
    # by number, not by time: what was checked against the decisions in force must stand, whatever a machine's clock says
    last = select(func.max(RecordedLinkDecision.decision_id)).group_by(
        RecordedLinkDecision.first_record_id, RecordedLinkDecision.second_record_id
    )
    query = select(RecordedLinkDecision).where(
        RecordedLinkDecision.decision_id.in_(last), RecordedLinkDecision.decision.in_(BINDING)
    )
    decisions = [
        LinkDecision(
            first_record_id=row.first_record_id,
            second_record_id=row.second_record_id,
            decision=row.decision,
            decided_by=row.decided_by,
            decided_at=row.decided_at,
            reason=row.reason,
        )
        for row in session.scalars(query)
    ]
    return sorted(decisions, key=lambda decision: decision.records)


def _row(decision: LinkDecision) -> RecordedLinkDecision:
    return RecordedLinkDecision(
        first_record_id=decision.first_record_id,
        second_record_id=decision.second_record_id,
        decision=decision.decision,
        reason=decision.reason,
        decided_by=decision.decided_by,
        decided_at=decision.decided_at,
    )


def _decided_otherwise(earlier: LinkDecision) -> str:
    return (
        f"it was decided [{earlier.decision}] by [{earlier.decided_by}] on [{earlier.decided_at:%Y-%m-%d}]; if that is "
        f"wrong, use `reconcile decide-link {earlier.pair_id}`"
    )
