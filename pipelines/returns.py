"""The register of returns: every file that was made for somebody outside, what it rests on, and what each row was.

A return is a list that a centre, an awarding organisation, UCAS or the regulator is given. The register holds no personal
data: a row is named by a flag's id or a keyed hash, and its content is a keyed hash, so that a second call can tell what is
new, changed or withdrawn since the last one. Nothing in it is ever changed or deleted.

A file comes before its record: it gets its name as the last step before the ledger's transaction ends. A machine that stops
between the two leaves a file that the register does not know (`reconcile returns --verify` says so), and the next call
makes its rows again. The other way about, the register would say of rows that they were sent which nobody ever got, and
they would never be made.

What stands in a return belongs in the module that makes it; the tables in `pipelines.ledger_tables`.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from pipelines.ledger_database import Ledger, LedgerError, transaction
from pipelines.ledger_tables import RETURN_KINDS, RecordedReturn, RecordedReturnFile
from pipelines.return_files import new_file
from pipelines.return_records import (
    CHANGED,
    NEW,
    UNCHANGED,
    WITHDRAWN,
    Asked,
    RestsOn,
    Return,
    ReturnRow,
    add_return,
    last_number,
    matching,
    returns_where,
    rows_held,
    rows_resting_on,
)
from pipelines.settings import UserError

__all__ = [
    "CHANGED",
    "KINDS",
    "NEW",
    "OFQUAL",
    "UCAS",
    "UNCHANGED",
    "WITHDRAWN",
    "Asked",
    "Register",
    "RestsOn",
    "Return",
    "ReturnRow",
    "Sent",
    "changes",
]

#: What may be returned.
KINDS = RETURN_KINDS

#: Recipients who are not known by a number.
UCAS, OFQUAL = "UCAS", "Ofqual"

_HASH_BYTES, _KEY_ID_BYTES = 16, 8


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What a recipient holds of us, as far as the register knows.

    Attributes:
        kinds: the kinds of return that were asked for.
        number: id of the last return of these kinds, 0 if there is none.
        rows: digest of each row that the recipient was sent last and that was not withdrawn, by its key.
        same_key: whether the hashes can be compared; if not, `rows` is empty and a whole return must be made.
    """

    kinds: tuple[str, ...]
    number: int
    rows: Mapping[str, str]
    same_key: bool = True


def changes(sent: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    """What each row is beside what was sent: `new`, `changed`, `unchanged`, and `withdrawn` where it is no more.

    Args:
        sent: digests by key, as in `Sent`.
        now: digests by key.

    Returns:
        The rows of `now` in their order, then those withdrawn in the order in which they were sent.
    """
    found = {
        key: NEW if key not in sent else UNCHANGED if sent[key] == digest else CHANGED for key, digest in now.items()
    }
    return found | {key: WITHDRAWN for key in sent if key not in now}


class Register:
    """The register in an open ledger.

    Args:
        ledger: the ledger.
        secret: key of the hashes, from `pipelines.return_files.secret_key`. Whoever has the ledger alone cannot try out
            whose row, or which grade, a hash stands for.
    """

    def __init__(self, ledger: Ledger, secret: bytes) -> None:
        self._ledger, self._secret = ledger, secret
        self._key_id = self._hash("key id", (), _KEY_ID_BYTES)

    def row_key(self, *parts: object) -> str:
        """A row's key from what tells it from others, for instance kind, registration and qualification number."""
        return self._hash("row key", parts, _HASH_BYTES)

    def row_digest(self, *values: object) -> str:
        """Hash of what a row says: every value that the recipient would see changed."""
        return self._hash("row digest", values, _HASH_BYTES)

    def last(self, asked: Asked) -> Return | None:
        """The last return of that kind to that recipient."""
        with transaction(self._ledger) as session:
            return next(iter(returns_where(session, matching((asked.kind,), asked), 1)), None)

    def count(self, asked: Asked) -> int:
        """How many returns of that kind were made for that recipient."""
        query = select(func.count()).select_from(RecordedReturn).where(*matching((asked.kind,), asked))
        with transaction(self._ledger) as session:
            return session.scalar(query) or 0

    def sent(self, asked: Asked, kinds: Sequence[str] = ()) -> Sent:
        """What the recipient holds.

        Args:
            asked: recipient and sender; and the kind, unless others are named.
            kinds: kinds that replace each other's rows, as amendments do those of results.
        """
        held = tuple(kinds) or (asked.kind,)
        with transaction(self._ledger) as session:
            conditions = matching(held, asked)
            rows = rows_held(session, conditions, self._key_id)
            number = last_number(session, conditions)
        return Sent(kinds=held, number=number, rows=rows or {}, same_key=rows is not None)

    def make(
        self,
        asked: Asked,
        files: Mapping[Path, bytes],
        rows: Sequence[ReturnRow],
        *,
        rests_on: RestsOn,
        made_at: datetime,
        sent: Sent | None = None,
        whole: bool = False,
    ) -> Return:
        """Write a return's files, new and readable by their owner alone, and record it.

        Args:
            asked: what it is.
            files: content by path. A file that is there already is never written over; one with these very bytes, which a
                call that was stopped left, is taken.
            rows: the return's rows in their order; a row's number is its place, from 1.
            rests_on: the publication.
            made_at: now.
            sent: what the rows were compared with; refused if another return of its kinds was made meanwhile.
            whole: whether it stands in place of all that the recipient was sent before, of the kinds of `sent`.

        Raises:
            UserError: a file exists or cannot be written, or another return was made meanwhile; no file is left.
            LedgerError: the ledger refuses it.
        """
        _check(asked, rows, made_at)
        recorded = RecordedReturn(
            kind=asked.kind,
            recipient=asked.recipient,
            sender=asked.sender,
            made_at=made_at,
            as_of=rests_on.as_of,
            publication_id=rests_on.publication_id,
            whole=whole,
            row_count=len(rows),
            key_id=self._key_id,
        )
        written = False
        try:
            with _alone(self._ledger) as session:
                if sent is not None and last_number(session, matching(sent.kinds, asked)) != sent.number:
                    raise UserError(
                        f"another return of [{asked.kind}] to [{asked.recipient}] was made meanwhile; call again"
                    )
                number = add_return(session, recorded, files, rows)
                (made,) = returns_where(session, (RecordedReturn.return_id == number,))
                _write(files)
                written = True
        except LedgerError as error:
            # a connection that breaks at the very end leaves it open whether the record is kept
            left = "; the file lies there: `reconcile returns --verify` says whether it is recorded" if written else ""
            raise LedgerError(f"{error}{left}") from None
        return made

    def returns(
        self, *, recipient: str | None = None, kind: str | None = None, most: int | None = None
    ) -> list[Return]:
        """Returns, the newest first; those to one recipient or of one kind, if one is given."""
        conditions = [RecordedReturn.recipient == recipient] if recipient is not None else []
        conditions += [RecordedReturn.kind == kind] if kind is not None else []
        with transaction(self._ledger) as session:
            return returns_where(session, conditions, most)

    def recipients(self, kind: str) -> set[str]:
        """Who was ever sent a return of that kind."""
        query = select(RecordedReturn.recipient).where(RecordedReturn.kind == kind).distinct()
        with transaction(self._ledger) as session:
            return set(session.scalars(query))

    def of_file(self, sha256: str) -> list[tuple[str, Return]]:
        """The returns to which a file of these bytes belongs, the newest first, each with the file's name in it."""
        numbers = select(RecordedReturnFile.return_id).where(RecordedReturnFile.sha256 == sha256)
        with transaction(self._ledger) as session:
            found = returns_where(session, (RecordedReturn.return_id.in_(numbers),))
        return [(name, made) for made in found for name, digest in made.files.items() if digest == sha256]

    def of_flag(self, flag_id: str) -> list[tuple[Return, int, str]]:
        """Each row that rests on a flag: its return, its number there, and what it was beside what was sent before."""
        with transaction(self._ledger) as session:
            rows = rows_resting_on(session, flag_id)
            numbers = {row.return_id for row in rows}
            made = {one.return_id: one for one in returns_where(session, (RecordedReturn.return_id.in_(numbers),))}
        return [(made[row.return_id], row.row_number, row.change) for row in rows]

    def _hash(self, what: str, values: Iterable[object], size: int) -> str:
        # lengths stand before values, so that no two lists of values are one text
        texts = [what, *("" if value is None else f"={value}" for value in values)]
        said = "".join(f"{len(one)}:{one}" for one in texts).encode("utf-8", "surrogatepass")
        return hashlib.blake2b(said, digest_size=size, key=self._secret).hexdigest()


def _write(files: Mapping[Path, bytes]) -> None:
    """Write all files or none; after this nothing but the end of the transaction can fail."""
    made: list[Path] = []
    try:
        for path, content in files.items():
            if new_file(path, content):
                made.append(path)
    except BaseException:
        for path in made:
            path.unlink(missing_ok=True)
        raise


@contextmanager
def _alone(ledger: Ledger) -> Iterator[Session]:
    """A transaction beside which nobody else records a return: of two made at once neither would know of the other."""
    with transaction(ledger) as session:
        # SQLite has taken its write lock already
        if ledger.engine.dialect.name == "postgresql":
            session.execute(text("LOCK TABLE returns IN SHARE ROW EXCLUSIVE MODE"))
        yield session


def _check(asked: Asked, rows: Sequence[ReturnRow], made_at: datetime) -> None:
    if asked.kind not in KINDS:
        raise ValueError(f"there is no return [{asked.kind}]; give one of {', '.join(KINDS)}")
    if made_at.tzinfo is None:
        raise ValueError(f"the time [{made_at.isoformat()}] has no zone; give one, for instance UTC")
    if len({row.key for row in rows}) < len(rows):
        raise ValueError("two rows of a return have one key; a row is told from others by its key")
