"""What the register of returns reads and writes in the ledger, inside a transaction of `pipelines.returns`.

The shapes of a return stand here too, as both sides need them. No personal data: a row is a key, a digest and what it was.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, insert, select
from sqlalchemy.orm import Session

from pipelines.ledger_tables import (
    RETURN_CHANGES,
    RecordedReturn,
    RecordedReturnFile,
    RecordedReturnFlag,
    RecordedReturnRow,
)

#: What a row is, beside what its recipient was sent before.
NEW, CHANGED, WITHDRAWN, UNCHANGED = RETURN_CHANGES


class ReturnRow(NamedTuple):
    """One row of a return.

    Attributes:
        key: which thing it is about, the same in every return: a flag's id, or `Register.row_key`.
        digest: what it says of it: `Register.row_digest`. Of a withdrawn row: what it said last.
        change: `new`, `changed`, `withdrawn` or `unchanged`.
        flags: ids of the flags that it rests on.
    """

    key: str
    digest: str
    change: str = NEW
    flags: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which return is meant.

    Attributes:
        kind: one of `pipelines.returns.KINDS`.
        recipient: a centre's or an awarding organisation's number, `UCAS` or `Ofqual`.
        sender: number of the awarding organisation in whose name it is sent; empty: nobody's, or all of them.
    """

    kind: str
    recipient: str
    sender: str = ""


@dataclass(frozen=True, kw_only=True)
class RestsOn:
    """The publication that a return is made from: its id (`published.runs.publication_id`) and day."""

    publication_id: str
    as_of: date


@dataclass(frozen=True, kw_only=True)
class Return:
    """A return that was made: what was asked for, when, from what, its files by name with their SHA-256, and its rows."""

    return_id: int
    asked: Asked
    made_at: datetime
    rests_on: RestsOn
    whole: bool
    files: Mapping[str, str]
    row_count: int


def matching(kinds: Sequence[str], asked: Asked) -> tuple[ColumnElement[bool], ...]:
    """Conditions: returns of some kinds to that recipient in that name."""
    return (
        RecordedReturn.kind.in_(kinds),
        RecordedReturn.recipient == asked.recipient,
        RecordedReturn.sender == asked.sender,
    )


def last_number(session: Session, conditions: Sequence[ColumnElement[bool]]) -> int:
    """Id of the last return; 0 if there is none."""
    return session.scalar(select(func.max(RecordedReturn.return_id)).where(*conditions)) or 0


def returns_where(session: Session, conditions: Sequence[ColumnElement[bool]], most: int | None = None) -> list[Return]:
    """Returns, the newest first."""
    query = select(RecordedReturn).where(*conditions).order_by(RecordedReturn.return_id.desc()).limit(most)
    rows = list(session.scalars(query))
    if not rows:
        return []
    named: dict[int, dict[str, str]] = {row.return_id: {} for row in rows}
    files = (
        select(RecordedReturnFile)
        .where(RecordedReturnFile.return_id.between(rows[-1].return_id, rows[0].return_id))
        .order_by(RecordedReturnFile.file_name)
    )
    for file in session.scalars(files):
        if file.return_id in named:
            named[file.return_id][file.file_name] = file.sha256
    return [
        Return(
            return_id=row.return_id,
            asked=Asked(kind=row.kind, recipient=row.recipient, sender=row.sender),
            made_at=row.made_at,
            rests_on=RestsOn(publication_id=row.publication_id, as_of=row.as_of),
            whole=row.whole,
            files=named[row.return_id],
            row_count=row.row_count,
        )
        for row in rows
    ]


def rows_held(session: Session, conditions: Sequence[ColumnElement[bool]], key_id: str) -> dict[str, str] | None:
    """Digest of each row by its key, as the last word on it was; without what was withdrawn.

    Returns:
        The rows since the last whole return; None where some were hashed under another key.
    """
    returns = list(session.scalars(select(RecordedReturn).where(*conditions).order_by(RecordedReturn.return_id)))
    begins = max((place for place, one in enumerate(returns) if one.whole), default=0)
    rows: dict[str, str] = {}
    for one in returns[begins:]:
        if one.key_id != key_id:
            return None
        found = session.execute(
            select(RecordedReturnRow.row_key, RecordedReturnRow.row_digest, RecordedReturnRow.change)
            .where(RecordedReturnRow.return_id == one.return_id)
            .order_by(RecordedReturnRow.row_number)
        )
        for key, digest, change in found:
            if change == WITHDRAWN:
                rows.pop(key, None)
            else:
                rows[key] = digest
    return rows


def rows_resting_on(session: Session, flag_id: str) -> list[RecordedReturnRow]:
    """The rows that rest on a flag, in the order in which they were made."""
    query = (
        select(RecordedReturnRow)
        .join(
            RecordedReturnFlag,
            (RecordedReturnFlag.return_id == RecordedReturnRow.return_id)
            & (RecordedReturnFlag.row_number == RecordedReturnRow.row_number),
        )
        .where(RecordedReturnFlag.flag_id == flag_id)
        .order_by(RecordedReturnRow.return_id, RecordedReturnRow.row_number)
    )
    return list(session.scalars(query))


def add_return(
    session: Session, recorded: RecordedReturn, files: Mapping[Path, bytes], rows: Sequence[ReturnRow]
) -> int:
    """Add a return with its files and rows; returns its id."""
    session.add(recorded)
    session.flush()
    number = recorded.return_id
    named = [
        {"return_id": number, "file_name": path.name, "sha256": hashlib.sha256(content).hexdigest()}
        for path, content in files.items()
    ]
    numbered = list(enumerate(rows, 1))
    held = [
        {"return_id": number, "row_number": n, "row_key": row.key, "row_digest": row.digest, "change": row.change}
        for n, row in numbered
    ]
    flags = [
        {"return_id": number, "row_number": n, "flag_id": flag}
        for n, row in numbered
        for flag in dict.fromkeys(row.flags)
    ]
    for table, entries in ((RecordedReturnFile, named), (RecordedReturnRow, held), (RecordedReturnFlag, flags)):
        if entries:
            session.execute(insert(table), entries)
    return number
