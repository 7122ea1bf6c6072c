"""Tables of the operations ledger: which runs there were, what each took in, what people decided about flags and links.

Delivered rows and published tables do not belong here; those are in DuckDB. A change of a table needs a migration
beside it (`pipelines/migrations/versions`); a test compares the two.
"""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Dialect, ForeignKey, Index, MetaData, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from schemas.flag_life import DECISIONS
from schemas.link_decisions import DECISIONS as LINK_DECISIONS

RUN_STATUSES = ("running", "published", "failed", "refused")
DELIVERY_STATUSES = ("accepted", "refused", "repeated", "ignored")


class Moment(TypeDecorator[datetime]):
    """A point in time, stored in UTC whatever the database; times without a zone are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored; give one, for instance UTC")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """SQLite keeps no zone: what comes back without one is UTC."""
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of the ledger's tables; constraints get names, so that a migration can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: Moment}


def one_of(column: str, values: tuple[str, ...]) -> str:
    """SQL condition: the column holds one of the values."""
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Run(Base):
    """One run: begun once, finished once.

    Attributes:
        run_id: identifier that Dagster gave it.
        started_at: when it began.
        finished_at: when it ended, or when the next run found that it had been killed.
        as_of: the day it speaks for.
        cycle: the cycle's year.
        landing: landing folder it read.
        status: `running`, `published`, `failed` or `refused` (the gate held the publication back).
        reason: why it was not published, in a word or two; never a delivered value.
        publication: path of the file it published.
        version: version of the software.
    """

    __tablename__ = "runs"
    __table_args__ = (
        CheckConstraint(one_of("status", RUN_STATUSES), name="status"),
        CheckConstraint("(status = 'running') = (finished_at IS NULL)", name="finished"),
        CheckConstraint("status <> 'published' OR publication IS NOT NULL", name="publication"),
    )

    run_id: Mapped[str] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    as_of: Mapped[date]
    cycle: Mapped[int]
    landing: Mapped[str]
    status: Mapped[str]
    reason: Mapped[str]
    publication: Mapped[str | None]
    version: Mapped[str]


class RunDelivery(Base):
    """What a run made of one file; the counts are those of the row ledger, empty where the file has none."""

    __tablename__ = "run_deliveries"
    __table_args__ = (CheckConstraint(one_of("status", DELIVERY_STATUSES), name="status"),)

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id"), primary_key=True)
    file_name: Mapped[str] = mapped_column(primary_key=True)
    delivery_id: Mapped[str]
    feed: Mapped[str | None]
    sha256: Mapped[str | None]
    kind: Mapped[str | None]
    delivered_on: Mapped[date | None]
    status: Mapped[str]
    landed: Mapped[int | None] = mapped_column(BigInteger)
    accepted: Mapped[int | None] = mapped_column(BigInteger)
    superseded: Mapped[int | None] = mapped_column(BigInteger)
    duplicate: Mapped[int | None] = mapped_column(BigInteger)
    quarantined: Mapped[int | None] = mapped_column(BigInteger)


class Decision(Base):
    """What a person decided about a flag. Rows are only ever added (triggers see to it); the latest of a flag stands.

    Attributes:
        decision_id: counts up in the order of recording.
        flag_id: the flag's stable identifier.
        decision: `acknowledged`, `waived` (with a reason and an expiry), `assigned` (to somebody) or `withdrawn`.
        assigned_to: to whom, if assigned.
        reason: why, in the person's words.
        expires_on: last day on which the decision stands; empty: it does not expire.
        decided_by: who decided.
        decided_at: when.
        recorded_at: when it was taken down here, which may be later.
    """

    __tablename__ = "decisions"
    __table_args__ = (
        CheckConstraint(one_of("decision", DECISIONS), name="decision"),
        CheckConstraint("decision <> 'waived' OR (reason <> '' AND expires_on IS NOT NULL)", name="waived"),
        CheckConstraint("(decision = 'assigned') = (assigned_to IS NOT NULL)", name="assigned"),
        CheckConstraint("decision <> 'withdrawn' OR expires_on IS NULL", name="withdrawn"),
        CheckConstraint("recorded_at >= decided_at", name="recorded"),
        Index(None, "flag_id", "decided_at"),
    )

    decision_id: Mapped[int] = mapped_column(primary_key=True)
    flag_id: Mapped[str]
    decision: Mapped[str]
    assigned_to: Mapped[str | None]
    reason: Mapped[str]
    expires_on: Mapped[date | None]
    decided_by: Mapped[str]
    decided_at: Mapped[datetime]
    recorded_at: Mapped[datetime]


class RecordedLinkDecision(Base):
    """What a person decided about two records. Rows are only ever added (triggers see to it); the last of a pair stands.

    Attributes:
        decision_id: counts up in the order of recording.
        first_record_id: the lower of the two records' ids; no name and no key of a sender is held.
        second_record_id: the higher.
        decision: `same`, `different` or `withdrawn`.
        reason: why, in the person's words; empty only for a withdrawal.
        decided_by: who decided.
        decided_at: when.
    """

    __tablename__ = "link_decisions"
    __table_args__ = (
        CheckConstraint(one_of("decision", LINK_DECISIONS), name="decision"),
        CheckConstraint("decision = 'withdrawn' OR reason <> ''", name="reason"),
        CheckConstraint("first_record_id < second_record_id", name="pair"),
        Index(None, "first_record_id", "second_record_id"),
    )

    decision_id: Mapped[int] = mapped_column(primary_key=True)
    first_record_id: Mapped[str]
    second_record_id: Mapped[str]
    decision: Mapped[str]
    reason: Mapped[str]
    decided_by: Mapped[str]
    decided_at: Mapped[datetime]
