"""People's decisions about links: kept for good on either database, never contradicting each other, asked for plainly."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from pipelines.cli import main
from pipelines.ledger import Ledger, LedgerError, open_ledger
from pipelines.ledger_tables import RecordedLinkDecision
from pipelines.link_contradictions import Standing
from pipelines.link_decisions import link_decisions_in_force, record_link_decision, record_link_decisions
from pipelines.night import NightlyRun
from schemas.link_decisions import LinkDecision, pair_id
from tests.link_publication import pair, publish, queued, record

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)

Command = Callable[..., int]


def decision(first: int, second: int, word: str = "same", **changes: Any) -> LinkDecision:
    said = {"decision": word, "decided_by": "A. Nother", "decided_at": NOON, "reason": "seen the file"} | changes
    return LinkDecision(first_record_id=record(first), second_record_id=record(second), **said)


def decide(book: Ledger, first: int, second: int, word: str = "same", **changes: Any) -> None:
    record_link_decision(book, decision(first, second, word, **changes))


def standing(book: Ledger) -> list[tuple[str, str]]:
    return [(row.pair_id, row.decision) for row in link_decisions_in_force(book)]


def test_a_pair_has_one_id_in_either_order() -> None:
    assert pair_id(record(1), record(2)) == pair_id(record(2), record(1)) == "Pd4ee4037a33c447"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"word": "perhaps"}, r"no decision \[perhaps\]"),
        ({"reason": " "}, "only with a reason"),
        ({"decided_by": ""}, "give who it was"),
        ({"decided_at": datetime(2026, 5, 1)}, "has no zone"),
        ({"first": 2}, "no pair in order"),
        ({"first": 3}, "no pair in order"),
    ],
)
def test_a_decision_that_lacks_what_it_needs_is_none(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        decision(**{"first": 1, "second": 2} | changes)
    with pytest.raises(ValueError, match="no record id"):
        LinkDecision(
            first_record_id="r1",
            second_record_id=record(2),
            decision="same",
            decided_by="A",
            decided_at=NOON,
            reason="b",
        )


def test_the_decision_recorded_last_stands_and_a_withdrawn_one_does_not(book: Ledger) -> None:
    decide(book, 3, 4, "different")
    decide(book, 1, 2, "same", decided_at=NOON + timedelta(days=1))
    decide(book, 1, 2, "different", reason="two files")
    decide(book, 5, 6)
    decide(book, 5, 6, "withdrawn", reason="")
    assert standing(book) == [(pair(1, 2), "different"), (pair(3, 4), "different")]
    (first, _) = link_decisions_in_force(book)
    assert first == decision(1, 2, "different", reason="two files")
    decide(book, 5, 6, "different")
    assert len(standing(book)) == 3


def test_what_is_not_in_force_cannot_be_withdrawn(book: Ledger) -> None:
    with pytest.raises(LedgerError, match=rf"pair \[{pair(1, 2)}\] is in force; there is nothing to withdraw"):
        decide(book, 1, 2, "withdrawn")


@pytest.mark.parametrize(
    "change",
    [update(RecordedLinkDecision).values(reason="other"), delete(RecordedLinkDecision)],
    ids=["update", "delete"],
)
def test_a_recorded_decision_is_never_changed_or_deleted(book: Ledger, change: Any) -> None:
    decide(book, 1, 2)
    with pytest.raises(DBAPIError, match="decisions are only ever added"), book.engine.begin() as connection:
        connection.execute(change)
    assert link_decisions_in_force(book) == [decision(1, 2)]


def test_the_database_itself_refuses_decisions_that_its_checks_forbid(book: Ledger) -> None:
    good = {"first_record_id": record(1), "second_record_id": record(2), "decision": "same", "reason": "seen"}
    for wrong in ({"decision": "perhaps"}, {"reason": ""}, {"second_record_id": record(1)}):
        row = RecordedLinkDecision(**good | wrong, decided_by="A. Nother", decided_at=NOON)
        with pytest.raises(DBAPIError), Session(book.engine) as session, session.begin():
            session.add(row)


def test_a_decision_that_contradicts_others_by_a_chain_of_pairs_is_refused_with_their_ids(book: Ledger) -> None:
    decide(book, 1, 2)
    decide(book, 2, 3)
    with pytest.raises(LedgerError) as caught:
        decide(book, 1, 3, "different")
    assert all(name in str(caught.value) for name in (pair(1, 2), pair(2, 3), pair(1, 3)))
    decide(book, 3, 4, "different")
    with pytest.raises(LedgerError) as caught:
        decide(book, 1, 4, "same")
    assert all(name in str(caught.value) for name in (pair(1, 4), pair(1, 2), pair(2, 3), pair(3, 4)))
    assert len(standing(book)) == 3


def test_decisions_that_only_look_like_a_contradiction_are_recorded(book: Ledger) -> None:
    decide(book, 1, 2)
    decide(book, 1, 3, "different")
    decide(book, 2, 3, "different")
    decide(book, 3, 4)
    decide(book, 1, 2, "different", reason="it was a mistake")
    decide(book, 1, 3, "same", reason="so was this")
    assert dict(standing(book))[pair(1, 3)] == "same"


def test_of_many_decisions_those_that_can_stand_are_recorded_and_the_others_named(book: Ledger) -> None:
    decide(book, 1, 2)
    decide(book, 7, 8)
    many = [decision(2, 3), decision(1, 3, "different"), decision(1, 2), decision(7, 8, "different"), decision(5, 6)]
    outcome = record_link_decisions(book, many)
    assert [row.pair_id for row in outcome.recorded] == [pair(2, 3), pair(5, 6)]
    assert [row.pair_id for row in outcome.standing] == [pair(1, 2)]
    (chain, chain_reason), (otherwise, otherwise_reason) = outcome.refused
    assert (chain.pair_id, otherwise.pair_id) == (pair(1, 3), pair(7, 8))
    assert pair(1, 2) in chain_reason
    assert "it was decided [same] by [A. Nother] on [2026-05-01]" in otherwise_reason
    assert len(standing(book)) == 4


def test_two_people_deciding_at_once_cannot_contradict_each_other(
    book: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide(book, 1, 2)
    checked = Standing.contradiction

    def slowly(self: Standing, said: LinkDecision) -> str | None:
        time.sleep(0.3)
        return checked(self, said)

    monkeypatch.setattr(Standing, "contradiction", slowly)
    ready = threading.Barrier(2)
    refused: list[str] = []

    def one(*said: Any) -> None:
        ready.wait(10)
        try:
            decide(book, *said)
        except LedgerError as error:
            refused.append(str(error))

    people = [threading.Thread(target=one, args=said) for said in ((2, 3, "same"), (1, 3, "different"))]
    for person in people:
        person.start()
    for person in people:
        person.join(30)
    assert len(standing(book)) == 2
    assert len(refused) == 1


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs `reconcile decide-link` on a publication whose queue holds the pairs (1, 2) and (3, 4)."""
    monkeypatch.setenv("RECONCILE_DATA", str(tmp_path))
    monkeypatch.delenv("RECONCILE_LEDGER_URL", raising=False)
    published = publish(tmp_path / "reconciliation.duckdb", [queued(1, 2), queued(3, 4)])
    return lambda *words: main(["decide-link", *words, "--published", str(published)])


def kept(tmp_path: Path) -> list[LinkDecision]:
    with open_ledger(f"sqlite:///{tmp_path}/ledger.sqlite") as opened:
        return link_decisions_in_force(opened)


def test_a_pair_is_decided_by_its_id_or_by_its_records_and_it_is_said_what_that_does(
    command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("--by", "A. Nother", "--reason", "seen the file", pair(1, 2).upper(), "same") == 0
    said = capsys.readouterr().out
    assert f"Pair [{pair(1, 2)}] is recorded as [same], decided by [A. Nother]." in said
    assert "From the next run on its two records are one person's; what is published now stays as it is." in said
    assert command(record(2), record(1), "different", "--by", "B. Other", "--reason", "two files") == 0
    assert "in place of [same], by [A. Nother] on" in capsys.readouterr().out
    assert command(record(1), record(3), "different", "--by", "B. Other", "--reason", "two files") == 0
    assert [(row.records, row.decision, row.decided_by) for row in kept(tmp_path)] == [
        ((record(1), record(2)), "different", "B. Other"),
        ((record(1), record(3)), "different", "B. Other"),
    ]


def test_a_decision_is_withdrawn_though_its_records_are_gone(
    command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_ledger(f"sqlite:///{tmp_path}/ledger.sqlite") as opened:
        decide(opened, 8, 9)
        decide(opened, 10, 11)
    assert command(pair(8, 9), "withdraw", "--by", "A. Nother") == 0
    assert "the evidence alone decides" in capsys.readouterr().out
    assert command(record(10), record(11), "withdraw", "--by", "A. Nother") == 0
    assert kept(tmp_path) == []
    assert command(pair(8, 9), "withdraw", "--by", "A. Nother") == 1
    assert f"no decision about pair [{pair(8, 9)}] is in force" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([pair(5, 6), "same"], f"no pair [{pair(5, 6)}] in this publication's queue"),
        (["X1", "same"], "[X1] is no pair's id"),
        (["X1", record(1), "same"], "[X1] is no record's id"),
        ([record(1), record(1), "same"], "is given twice"),
        ([record(1), record(7), "same"], f"no record [{record(7)}] in this publication"),
    ],
)
def test_what_is_not_in_the_publication_is_said_in_one_line(
    command: Command, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert command(*words, "--by", "A. Nother", "--reason", "seen") == 1
    printed = capsys.readouterr().err
    assert said in printed
    assert printed.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([pair(1, 2), "same", "--reason", "seen"], "--by"),
        ([pair(1, 2), "same", "--by", " ", "--reason", "seen"], "it is empty"),
        ([pair(1, 2), "same", "--by", "A. Nother"], "say with --reason why it is [same]"),
        ([pair(1, 2), "maybe", "--by", "A. Nother"], "then same, different or withdraw"),
        (["--by", "A. Nother"], "then same, different or withdraw"),
        ([pair(1, 2), "same", "--by", "A", "--workbook", "x.xlsx"], "a workbook says itself"),
    ],
)
def test_a_decision_that_is_not_understood_ends_with_status_2(
    command: Command, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        command(*words)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_a_run_reads_the_decisions_once_and_the_next_run_reads_them_anew(command: Command, tmp_path: Path) -> None:
    night = NightlyRun()
    assert list(night.link_decisions()) == []
    assert command(pair(1, 2), "same", "--by", "A. Nother", "--reason", "seen") == 0
    assert list(night.link_decisions()) == []
    assert list(NightlyRun().link_decisions()) == kept(tmp_path)
