"""The operations ledger: runs, what each took in, and people's decisions about flags.

Times are given by the caller; no clock is read here. Opening and migrating belong in `pipelines.ledger_database`, the
tables in `pipelines.ledger_tables`, decisions about links in `pipelines.link_decisions`, those about flags as commands
record them in `pipelines.flag_decisions`.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update

from pipelines.ledger_database import Ledger, LedgerError, open_ledger, transaction
from pipelines.ledger_tables import RUN_STATUSES, Decision, Run, RunDelivery
from pipelines.settings import LONDON
from schemas.flag_life import BINDING, FlagDecision

__all__ = [
    "Decision",
    "Ledger",
    "LedgerError",
    "Run",
    "RunDelivery",
    "decision_row",
    "decisions_in_force",
    "finish_run",
    "open_ledger",
    "record_decision",
    "record_deliveries",
    "runs",
    "start_run",
]

_DELIVERY_COLUMNS = {column.name for column in RunDelivery.__table__.columns} - {"run_id"}


def _require_zone(moment: datetime) -> None:
    if moment.tzinfo is None:
        raise ValueError(f"the time [{moment.isoformat()}] has no zone; give one, for instance UTC")


def start_run(
    ledger: Ledger, *, run_id: str, started_at: datetime, as_of: date, cycle: int, landing: str, version: str
) -> None:
    """Notes that a run has begun. The caller holds the lock that lets one run at a time write.

    A run that is still noted as `running` was therefore killed: it becomes `failed` for the reason `interrupted`, its
    end being the moment at which that was found.

    Raises:
        ValueError: the time has no zone.
        LedgerError: the run is noted already.
    """
    _require_zone(started_at)
    with transaction(ledger) as session:
        if session.get(Run, run_id) is not None:
            raise LedgerError(f"run [{run_id}] is in the ledger already; a run begins once")
        session.execute(
            update(Run)
            .where(Run.status == "running")
            .values(status="failed", reason="interrupted", finished_at=started_at)
        )
        session.add(
            Run(
                run_id=run_id,
                started_at=started_at,
                finished_at=None,
                as_of=as_of,
                cycle=cycle,
                landing=landing,
                status="running",
                reason="",
                publication=None,
                version=version,
            )
        )


def finish_run(
    ledger: Ledger, *, run_id: str, finished_at: datetime, status: str, reason: str = "", publication: str | None = None
) -> bool:
    """Notes how a run ended.

    Args:
        ledger: the ledger.
        run_id: the run.
        finished_at: when it ended.
        status: `published`, `failed` or `refused`.
        reason: why it was not published; never a delivered value.
        publication: path of the published file.

    Returns:
        Whether it was noted. A run that never began (it found the lock taken) or has an end already keeps what it has.

    Raises:
        ValueError: the status is no end, `published` comes without a publication, or the time has no zone.
    """
    if status not in RUN_STATUSES or status == "running":
        raise ValueError(f"a run does not end as [{status}]; give published, failed or refused")
    if (status == "published") != (publication is not None):
        raise ValueError(f"run [{run_id}] ends as [{status}]: give a path for what is published, and for nothing else")
    _require_zone(finished_at)
    with transaction(ledger) as session:
        run = session.get(Run, run_id)
        if run is None or run.status != "running":
            return False
        run.status, run.finished_at, run.reason, run.publication = status, finished_at, reason, publication
        return True


def record_deliveries(ledger: Ledger, *, run_id: str, deliveries: Iterable[Mapping[str, Any]]) -> None:
    """Notes what a run under way made of its files, in place of what was noted for it before.

    Args:
        ledger: the ledger.
        run_id: the run.
        deliveries: one mapping a file, with `file_name`, `delivery_id`, `feed`, `sha256`, `kind`, `delivered_on`,
            `status` and the counts `landed`, `accepted`, `superseded`, `duplicate`, `quarantined`.

    Raises:
        ValueError: a mapping has other keys.
        LedgerError: the run is not under way.
    """
    rows = []
    for delivery in deliveries:
        if wrong := set(delivery) ^ _DELIVERY_COLUMNS:
            raise ValueError(f"a delivery's note has a key too few or too many [{', '.join(sorted(wrong))}]")
        rows.append(RunDelivery(run_id=run_id, **delivery))
    with transaction(ledger) as session:
        run = session.get(Run, run_id)
        if run is None or run.status != "running":
            raise LedgerError(f"run [{run_id}] is not under way; its deliveries were not noted")
        session.execute(delete(RunDelivery).where(RunDelivery.run_id == run_id))
        session.add_all(rows)


def runs(ledger: Ledger, status: str | None = None) -> list[Run]:
    """Runs, the newest first; of one status, if one is given."""
    query = select(Run).order_by(Run.started_at.desc(), Run.run_id)
    with transaction(ledger) as session:
        return list(session.scalars(query if status is None else query.where(Run.status == status)))


def record_decision(
    ledger: Ledger,
    *,
    flag_id: str,
    decision: str,
    decided_by: str,
    decided_at: datetime,
    assigned_to: str | None = None,
    reason: str = "",
    expires_on: date | None = None,
    recorded_at: datetime | None = None,
) -> int:
    """Adds a person's decision about a flag; earlier ones stay, and the latest stands.

    What people decide through the commands is checked against what stands, by `pipelines.flag_decisions`.

    Returns:
        The decision's number.

    Raises:
        ValueError: something that this kind of decision needs is missing, it would expire before it is made, or the time
            has no zone.
    """
    said = FlagDecision(
        flag_id=flag_id,
        decision=decision,
        assigned_to=assigned_to or "",
        reason=reason,
        expires_on=expires_on,
        decided_by=decided_by,
        decided_at=decided_at,
    )
    row = decision_row(said, recorded_at or decided_at)
    with transaction(ledger) as session:
        session.add(row)
    return row.decision_id


def decision_row(said: FlagDecision, recorded_at: datetime) -> Decision:
    """A decision as the table holds it."""
    return Decision(
        flag_id=said.flag_id,
        decision=said.decision,
        assigned_to=said.assigned_to or None,
        reason=said.reason,
        expires_on=said.expires_on,
        decided_by=said.decided_by,
        decided_at=said.decided_at,
        recorded_at=recorded_at,
    )


def decisions_in_force(ledger: Ledger, on: date) -> list[Decision]:
    """The decision that stands for each flag at the end of a day in London, ordered by flag.

    The latest one made by then stands, unless it has expired (it still stands on the day it expires) or withdraws what
    stood; an earlier one does not come back. Decisions made later are not seen, so that a run for an earlier day gives
    what it gave then.
    """
    end = datetime.combine(on + timedelta(days=1), time(), tzinfo=LONDON)
    latest = (
        select(
            Decision.decision_id,
            func.row_number()
            .over(partition_by=Decision.flag_id, order_by=(Decision.decided_at.desc(), Decision.decision_id.desc()))
            .label("nth"),
        )
        .where(Decision.decided_at < end)
        .subquery()
    )
    query = (
        select(Decision)
        .join(latest, (latest.c.decision_id == Decision.decision_id) & (latest.c.nth == 1))
        .where(Decision.decision.in_(BINDING), Decision.expires_on.is_(None) | (Decision.expires_on >= on))
        .order_by(Decision.flag_id)
    )
    with transaction(ledger) as session:
        return list(session.scalars(query))
