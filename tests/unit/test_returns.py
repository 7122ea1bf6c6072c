"""The register of returns: what was sent to whom, on SQLite and PostgreSQL, without anything personal, and never changed."""

import hashlib
import os
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, event, select, text, update
from sqlalchemy.exc import DBAPIError

from pipelines.ledger import Ledger, LedgerError
from pipelines.ledger_tables import RecordedReturn, RecordedReturnFile, RecordedReturnFlag, RecordedReturnRow
from pipelines.return_files import new_file, secret_key
from pipelines.returns import UCAS, Asked, Register, RestsOn, ReturnRow, changes
from pipelines.settings import UserError

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
RESTS_ON = RestsOn(publication_id="0123456789abcdef", as_of=date(2026, 5, 1))
RESULTS = Asked(kind="ucas_results", recipient=UCAS, sender="RN9901")
AMENDMENTS = Asked(kind="ucas_amendments", recipient=UCAS, sender="RN9901")
TABLES = (RecordedReturn, RecordedReturnFile, RecordedReturnRow, RecordedReturnFlag)


@pytest.fixture
def register(book: Ledger) -> Register:
    return Register(book, b"k" * 32)


def rows_of(said: Mapping[str, str], sent: Mapping[str, str]) -> list[ReturnRow]:
    """The rows of a return that gives what is new, changed or withdrawn."""
    found = changes(sent, said)
    return [
        ReturnRow(key, said.get(key) or sent[key], change, (f"flag of {key}",))
        for key, change in found.items()
        if change != "unchanged"
    ]


def make(register: Register, path: Path, said: Mapping[str, str], asked: Asked = RESULTS, **more: Any) -> Any:
    sent = register.sent(asked)
    rows = rows_of(said, sent.rows)
    return register.make(asked, {path: b"content"}, rows, rests_on=RESTS_ON, made_at=NOON, sent=sent, **more)


def test_a_return_is_recorded_with_the_digest_of_its_file_and_its_rows_are_traced_to_flags(
    register: Register, tmp_path: Path
) -> None:
    made = make(register, tmp_path / "results.dat", {"a": "1", "b": "2"})
    sha256 = hashlib.sha256(b"content").hexdigest()
    assert made == register.last(RESULTS)
    assert (made.asked, made.made_at, made.rests_on, made.row_count) == (RESULTS, NOON, RESTS_ON, 2)
    assert made.files == {"results.dat": sha256}
    assert register.of_file(sha256) == [("results.dat", made)]
    assert register.of_file("0" * 64) == []
    assert register.of_flag("flag of b") == [(made, 2, "new")]
    assert (tmp_path / "results.dat").read_bytes() == b"content"
    assert (tmp_path / "results.dat").stat().st_mode & 0o777 == 0o600


def test_what_a_recipient_holds_is_the_last_word_on_each_row_without_what_was_withdrawn(
    register: Register, tmp_path: Path
) -> None:
    make(register, tmp_path / "1", {"a": "1", "b": "2", "c": "3"})
    make(register, tmp_path / "2", {"a": "1", "b": "20"})
    assert register.sent(RESULTS).rows == {"a": "1", "b": "20"}
    with_c = make(register, tmp_path / "3", {"a": "1", "b": "20", "c": "3"})
    assert with_c.row_count == 1
    assert register.sent(RESULTS).rows == {"a": "1", "b": "20", "c": "3"}


def test_amendments_count_beside_the_results_that_they_amend_and_a_whole_return_begins_anew(
    register: Register, tmp_path: Path
) -> None:
    both = ("ucas_results", "ucas_amendments")
    make(register, tmp_path / "1", {"a": "1", "b": "2"}, whole=True)
    amended = [ReturnRow("a", "10", "changed")]
    sent = register.sent(AMENDMENTS, both)
    register.make(AMENDMENTS, {tmp_path / "2": b""}, amended, rests_on=RESTS_ON, made_at=NOON, sent=sent)
    assert register.sent(AMENDMENTS, both).rows == {"a": "10", "b": "2"}
    whole = [ReturnRow("a", "11", "changed")]
    register.make(RESULTS, {tmp_path / "3": b""}, whole, rests_on=RESTS_ON, made_at=NOON, whole=True)
    assert register.sent(AMENDMENTS, both).rows == {"a": "11"}


def test_each_recipient_and_each_sender_has_returns_of_its_own(register: Register, tmp_path: Path) -> None:
    make(register, tmp_path / "1", {"a": "1"})
    other = Asked(kind="ucas_results", recipient=UCAS, sender="RN9902")
    assert register.sent(other).rows == {}
    assert register.last(other) is None
    make(register, tmp_path / "2", {"b": "2"}, other)
    assert register.sent(RESULTS).rows == {"a": "1"}
    assert [register.count(asked) for asked in (RESULTS, other, AMENDMENTS)] == [1, 1, 0]
    assert [made.asked.sender for made in register.returns(recipient=UCAS)] == ["RN9902", "RN9901"]
    assert len(register.returns(most=1)) == 1
    assert register.recipients("ucas_results") == {UCAS}


def test_a_return_compared_with_an_older_one_than_the_last_is_refused_and_leaves_no_file(
    register: Register, tmp_path: Path
) -> None:
    before = register.sent(RESULTS)
    make(register, tmp_path / "1", {"a": "1"})
    with pytest.raises(UserError, match=r"another return of \[ucas_results\] to \[UCAS\] was made meanwhile"):
        register.make(RESULTS, {tmp_path / "2": b""}, [], rests_on=RESTS_ON, made_at=NOON, sent=before)
    assert [path.name for path in tmp_path.iterdir()] == ["1"]


def test_a_file_that_is_in_the_way_is_kept_and_nothing_is_recorded_nor_written(
    register: Register, tmp_path: Path
) -> None:
    (tmp_path / "theirs").write_text("somebody's", encoding="utf-8")
    files = {tmp_path / "ours": b"content", tmp_path / "theirs": b"content"}
    with pytest.raises(UserError, match=r"theirs\] exists; name another file or move it away"):
        register.make(RESULTS, files, [ReturnRow("a", "1")], rests_on=RESTS_ON, made_at=NOON)
    assert [path.name for path in tmp_path.iterdir()] == ["theirs"]
    assert (tmp_path / "theirs").read_text(encoding="utf-8") == "somebody's"
    assert register.returns() == []


def test_a_stop_between_file_and_record_leaves_a_file_that_is_not_known_and_the_next_call_takes_it(
    book: Ledger, register: Register, tmp_path: Path
) -> None:
    def stop(connection: Connection) -> None:
        if (tmp_path / "results.dat").exists():
            raise DBAPIError("COMMIT", {}, Exception("the connection is lost"))

    event.listen(book.engine, "commit", stop)
    with pytest.raises(LedgerError, match="`reconcile returns --verify` says whether it is recorded"):
        make(register, tmp_path / "results.dat", {"a": "1"})
    event.remove(book.engine, "commit", stop)
    assert (tmp_path / "results.dat").read_bytes() == b"content"
    assert register.returns() == []
    assert register.sent(RESULTS).rows == {}
    make(register, tmp_path / "results.dat", {"a": "1"})
    assert register.sent(RESULTS).rows == {"a": "1"}


def test_the_ledger_holds_no_value_of_a_row_and_other_keys_give_other_hashes(
    book: Ledger, register: Register, tmp_path: Path
) -> None:
    key, digest = register.row_key("P2200001", "6017159X"), register.row_digest("Ada", "Invented", "D*D*D*")
    register.make(RESULTS, {tmp_path / "f": b"Ada"}, [ReturnRow(key, digest)], rests_on=RESTS_ON, made_at=NOON)
    with book.engine.begin() as connection:
        held = [str(row) for table in TABLES for row in connection.execute(select(table.__table__))]
    assert not any(value in row for row in held for value in ("Ada", "Invented", "D*D*D*", "P2200001", str(tmp_path)))
    other = Register(book, b"l" * 32)
    assert (other.row_key("P2200001", "6017159X"), other.row_digest("Ada", "Invented", "D*D*D*")) != (key, digest)
    assert register.row_key("a") != register.row_digest("a")


def test_rows_recorded_under_another_key_are_not_compared_until_a_whole_return_is_made(
    book: Ledger, register: Register, tmp_path: Path
) -> None:
    make(register, tmp_path / "1", {"a": "1"})
    other = Register(book, b"l" * 32)
    sent = other.sent(RESULTS)
    assert (sent.same_key, sent.rows) == (False, {})
    other.make(
        RESULTS, {tmp_path / "2": b""}, [ReturnRow("x", "9")], rests_on=RESTS_ON, made_at=NOON, sent=sent, whole=True
    )
    assert other.sent(RESULTS).rows == {"x": "9"}
    assert register.sent(RESULTS).same_key is False


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__tablename__)
@pytest.mark.parametrize("change", ["update", "delete"])
def test_what_was_recorded_is_never_changed_or_deleted(
    book: Ledger, register: Register, tmp_path: Path, table: Any, change: str
) -> None:
    make(register, tmp_path / "f", {"a": "1"})
    statement = delete(table) if change == "delete" else update(table).values(return_id=7)
    with pytest.raises(DBAPIError, match="returns are only ever added"), book.engine.begin() as connection:
        connection.execute(statement)
    if book.engine.dialect.name == "postgresql":
        with pytest.raises(DBAPIError), book.engine.begin() as connection:
            connection.execute(text(f"TRUNCATE {table.__tablename__} CASCADE"))
    assert register.sent(RESULTS).rows == {"a": "1"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"asked": Asked(kind="letter", recipient=UCAS)}, r"there is no return \[letter\]"),
        ({"made_at": datetime(2026, 5, 1)}, "has no zone"),
        ({"rows": [ReturnRow("a", "1"), ReturnRow("a", "2")]}, "two rows of a return have one key"),
    ],
)
def test_a_return_that_is_none_is_refused(
    register: Register, tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    given_well = {"asked": RESULTS, "rows": [], "made_at": NOON, "rests_on": RESTS_ON}
    with pytest.raises(ValueError, match=said):
        register.make(files={tmp_path / "f": b""}, **(given_well | change))
    assert list(tmp_path.iterdir()) == []


_SAID = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from("123"))


@given(nights=st.lists(_SAID, max_size=6))
@settings(max_examples=50, deadline=None)
def test_whoever_applies_each_return_holds_what_is_said_and_a_second_one_has_no_rows(
    nights: list[dict[str, str]],
) -> None:
    held: dict[str, str] = {}
    for said in nights:
        for row in rows_of(said, held):
            assert (row.change == "withdrawn") == (row.key not in said)
            assert (row.change == "new") == (row.key not in held)
            held = {key: digest for key, digest in held.items() if key != row.key}
            held |= {} if row.change == "withdrawn" else {row.key: row.digest}
        assert held == said
        assert rows_of(said, held) == []


@given(one=st.lists(st.one_of(st.none(), st.text())), other=st.lists(st.one_of(st.none(), st.text())))
@settings(max_examples=50, deadline=None)
def test_two_rows_have_one_hash_only_if_all_their_values_are_the_same(
    one: list[str | None], other: list[str | None]
) -> None:
    hashed = Register(None, b"k" * 32)  # type: ignore[arg-type]
    assert (hashed.row_digest(*one) == hashed.row_digest(*other)) == (one == other)
    assert hashed.row_digest("ab", "c") != hashed.row_digest("a", "bc")


def test_the_key_is_made_once_for_its_owner_alone_and_a_damaged_one_is_refused(tmp_path: Path) -> None:
    key = secret_key(tmp_path / "data")
    path = tmp_path / "data" / "returns.key"
    assert len(key) == 32 and secret_key(tmp_path / "data") == key
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_bytes(b"short")
    with pytest.raises(UserError, match=r"has \[5\] bytes instead of 32; put back the copy"):
        secret_key(tmp_path / "data")


def test_a_new_file_is_written_where_the_file_system_knows_no_second_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    assert new_file(tmp_path / "f", b"content")
    assert not new_file(tmp_path / "f", b"content")
    with pytest.raises(UserError, match="exists; name another file"):
        new_file(tmp_path / "f", b"other")
    assert [path.name for path in tmp_path.iterdir()] == ["f"]


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"nowhere.*cannot be written \(No such file or directory\)"):
        new_file(tmp_path / "nowhere" / "f", b"")
