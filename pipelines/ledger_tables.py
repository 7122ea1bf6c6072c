"""Tables of the operations ledger: runs, what each took in, what people decided about flags and links, and returns made.

Delivered rows and published tables do not belong here; those are in DuckDB. A change of a table needs a migration
beside it (`pipelines/migrations/versions`); a test compares the two.
"""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    MetaData,
    TypeDecorator,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from schemas.flag_life import DECISIONS
from schemas.link_decisions import DECISIONS as LINK_DECISIONS

RUN_STATUSES = ("running", "published", "failed", "refused")
DELIVERY_STATUSES = ("accepted", "refused", "repeated", "ignored")

#: What may be returned, and what a row of it may be beside what its recipient was sent before.
RETURN_KINDS = ("ucas_entries", "ucas_results", "ucas_amendments", "corrections_list", "late_results")
RETURN_CHANGES = ("new", "changed", "withdrawn", "unchanged")


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
    """What a run made of one file as a delivery of one feed; the counts are the row ledger's, empty where it has none."""

    __tablename__ = "run_deliveries"
    __table_args__ = (CheckConstraint(one_of("status", DELIVERY_STATUSES), name="status"),)

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.run_id"), primary_key=True)
    file_name: Mapped[str] = mapped_column(primary_key=True)
    delivery_id: Mapped[str] = mapped_column(primary_key=True)
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


class RecordedReturn(Base):
    """A return that was made for somebody outside. Rows of this and the three tables below are only ever added.

    Attributes:
        return_id: counts up in the order of recording.
        kind: what it is, as `ucas_results` or `corrections_list`.
        recipient: a centre's or an awarding organisation's number, `UCAS` or `Ofqual`.
        sender: number of the organisation in whose name it is sent; empty: nobody's, or all of them.
        made_at: when.
        as_of: day of the publication that it rests on.
        publication_id: that publication's id.
        whole: whether it stands in place of all that the recipient was sent before.
        row_count: number of its rows.
        key_id: tells under which key its rows were hashed, without telling the key.
    """

    __tablename__ = "returns"
    __table_args__ = (
        CheckConstraint(one_of("kind", RETURN_KINDS), name="kind"),
        CheckConstraint("row_count >= 0", name="row_count"),
        Index(None, "kind", "recipient", "sender"),
    )

    return_id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    recipient: Mapped[str]
    sender: Mapped[str]
    made_at: Mapped[datetime]
    as_of: Mapped[date]
    publication_id: Mapped[str]
    whole: Mapped[bool]
    row_count: Mapped[int] = mapped_column(BigInteger)
    key_id: Mapped[str]


class RecordedReturnFile(Base):
    """One file of a return: its name without a folder, and the SHA-256 of its bytes."""

    __tablename__ = "return_files"
    __table_args__ = (Index(None, "sha256"),)

    return_id: Mapped[int] = mapped_column(ForeignKey("returns.return_id"), primary_key=True)
    file_name: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str]


class RecordedReturnRow(Base):
    """One row of a return, without what it says of anybody.

    Attributes:
        return_id: the return.
        row_number: its place in the return, from 1.
        row_key: which thing it is about, the same in every return: a flag's id or a keyed hash.
        row_digest: keyed hash of what it says.
        change: what it was beside what the recipient had been sent: `new`, `changed`, `withdrawn` or `unchanged`.
    """

    __tablename__ = "return_rows"
    __table_args__ = (CheckConstraint(one_of("change", RETURN_CHANGES), name="change"),)

    return_id: Mapped[int] = mapped_column(ForeignKey("returns.return_id"), primary_key=True)
    row_number: Mapped[int] = mapped_column(primary_key=True)
    row_key: Mapped[str]
    row_digest: Mapped[str]
    change: Mapped[str]


class RecordedReturnFlag(Base):
    """A flag on which a row of a return rests."""

    __tablename__ = "return_flags"
    __table_args__ = (
        ForeignKeyConstraint(["return_id", "row_number"], ["return_rows.return_id", "return_rows.row_number"]),
        Index(None, "flag_id"),
    )

    return_id: Mapped[int] = mapped_column(primary_key=True)
    row_number: Mapped[int] = mapped_column(primary_key=True)
    flag_id: Mapped[str] = mapped_column(primary_key=True)
