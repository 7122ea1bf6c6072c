"""People's decisions about flags: taken down for good on either database, one after the other, and asked for plainly."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from assets.published.tables import describe_run
from assets.reconciled.tonights_flags import write_flag_decisions
from pipelines import flag_decisions
from pipelines.cli import main
from pipelines.flag_decisions import (
    Recording,
    decisions_about,
    flag_decisions_in_force,
    last_decisions,
    record_flag_decision,
    record_flag_decisions,
)
from pipelines.ledger import Decision, Ledger, LedgerError, open_ledger
from pipelines.night import NightlyRun
from pipelines.settings import today
from schemas.flag_life import FlagDecision
from tests.flag_publication import flag, publish_flags, raised
from tests.warehouse import warehouse

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
DAY = date(2026, 5, 1)

Command = Callable[..., int]


def said(number: int, decision: str = "acknowledged", **changes: Any) -> FlagDecision:
    needed: dict[str, Any] = {"decided_by": "A. Nother", "decided_at": NOON}
    needed |= {
        "waived": {"reason": "agreed", "expires_on": date(2026, 6, 1)},
        "assigned": {"assigned_to": "B. Other"},
    }.get(decision, {})
    return FlagDecision(**{"flag_id": flag(number), "decision": decision} | needed | changes)


def decide(book: Ledger, number: int, decision: str = "acknowledged", **changes: Any) -> None:
    record_flag_decision(book, said(number, decision, **changes), NOON)


def standing(book: Ledger, on: date = DAY) -> list[tuple[str, str]]:
    return [(row.flag_id, row.decision) for row in flag_decisions_in_force(book, on)]


def test_the_last_decision_stands_until_it_expires_or_is_withdrawn(book: Ledger) -> None:
    decide(book, 1)
    decide(book, 1, "waived")
    decide(book, 2, "assigned")
    assert standing(book) == [(flag(1), "waived"), (flag(2), "assigned")]
    assert standing(book, date(2026, 6, 2)) == [(flag(2), "assigned")]
    assert standing(book, date(2026, 4, 30)) == []
    decide(book, 2, "withdrawn", decided_at=NOON + timedelta(days=1))
    assert standing(book, date(2026, 6, 2)) == []
    assert standing(book) == [(flag(1), "waived"), (flag(2), "assigned")]
    assert [one.said.decision for one in decisions_about(book, flag(2))] == ["assigned", "withdrawn"]


def test_what_does_not_stand_cannot_be_withdrawn(book: Ledger) -> None:
    decide(book, 1, "waived")
    for number, at in ((2, NOON), (1, NOON + timedelta(days=40))):
        with pytest.raises(LedgerError, match=rf"flag \[{flag(number)}\] is in force; there is nothing to withdraw"):
            decide(book, number, "withdrawn", decided_at=at)


def test_a_decision_of_an_earlier_day_does_not_come_after_a_later_one(book: Ledger) -> None:
    decide(book, 1)
    with pytest.raises(
        LedgerError, match=r"was decided \[acknowledged\] by \[A. Nother\] on \[2026-05-01\], after the day"
    ):
        decide(book, 1, "assigned", decided_at=NOON - timedelta(days=1))


def test_what_is_recorded_later_on_a_day_stands_whatever_a_machine_s_clock_says(book: Ledger) -> None:
    decide(book, 1)
    decide(book, 1, "assigned", decided_at=NOON - timedelta(minutes=1))
    assert standing(book) == [(flag(1), "assigned")]


def test_a_decision_says_when_it_was_taken_down_too(book: Ledger) -> None:
    record_flag_decision(book, said(1), NOON + timedelta(days=3))
    (one,) = decisions_about(book, flag(1))
    assert (one.said.decided_at, one.recorded_at) == (NOON, NOON + timedelta(days=3))


def test_the_database_itself_refuses_decisions_that_its_checks_forbid(book: Ledger) -> None:
    good = {"flag_id": flag(1), "decision": "acknowledged", "reason": "", "decided_by": "A", "decided_at": NOON}
    wrong: list[dict[str, Any]] = [
        {"decision": "withdrawn", "expires_on": DAY},
        {"decision": "forgotten"},
        {"recorded_at": NOON - timedelta(days=1)},
    ]
    for change in wrong:
        row = Decision(**{"recorded_at": NOON} | good | change)
        with pytest.raises(DBAPIError), Session(book.engine) as session, session.begin():
            session.add(row)


def test_of_many_decisions_those_that_can_stand_are_recorded_and_the_others_named(book: Ledger) -> None:
    decide(book, 1)
    decide(book, 2, decided_by="B. Other")
    known = {name: one.number for name, one in last_decisions(book).items()}
    decide(book, 2, "assigned", decided_by="B. Other", assigned_to="C. Third")
    asked = [
        (said(1, "waived"), known[flag(1)]),
        (said(2, "waived"), known[flag(2)]),
        (said(3), 0),
        (said(4, "withdrawn"), 0),
        (said(5), 17),
    ]
    outcome = record_flag_decisions(book, asked, NOON)
    assert (outcome.recorded, outcome.standing) == ([0, 2], [])
    reasons = dict(outcome.refused)
    assert "meanwhile it was decided [assigned] by [B. Other] on [2026-05-01]" in reasons[1]
    assert "there is nothing to withdraw" in reasons[3]
    assert "nothing is decided about it" in reasons[4]
    again = record_flag_decisions(book, asked[:1], NOON)
    assert again == Recording(recorded=[], standing=[0], refused=[])


def test_of_two_workbooks_read_at_once_one_learns_of_the_other(book: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = flag_decisions._refusal

    def slowly(*of: Any) -> str | None:
        time.sleep(0.3)
        return refusal(*of)

    monkeypatch.setattr(flag_decisions, "_refusal", slowly)
    ready = threading.Barrier(2)
    outcomes: list[Recording] = []

    def one(decision: str) -> None:
        ready.wait(10)
        outcomes.append(record_flag_decisions(book, [(said(1, decision), 0)], NOON))

    people = [threading.Thread(target=one, args=(decision,)) for decision in ("acknowledged", "assigned")]
    for person in people:
        person.start()
    for person in people:
        person.join(30)
    assert sorted(len(outcome.recorded) for outcome in outcomes) == [0, 1]
    assert sum(len(outcome.refused) for outcome in outcomes) == 1


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs `reconcile decide` on a publication in which the flags 1 and 2 are raised, and 3 was."""
    monkeypatch.setenv("RECONCILE_DATA", str(tmp_path))
    monkeypatch.delenv("RECONCILE_LEDGER_URL", raising=False)
    path = tmp_path / "reconciliation.duckdb"
    published = publish_flags(path, [raised(1), raised(2)], resolved={flag(3): date(2026, 5, 9)})
    return lambda *words: main(["decide", *words, "--published", str(published)])


def kept(tmp_path: Path, on: date | None = None) -> list[FlagDecision]:
    with open_ledger(f"sqlite:///{tmp_path}/ledger.sqlite") as opened:
        return flag_decisions_in_force(opened, on or today())


def test_a_flag_is_decided_and_it_is_said_what_that_does(
    command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(flag(1).upper(), "assigned", "--to", "C. Third", "--by", "A. Nother") == 0
    printed = capsys.readouterr().out
    assert f"Flag [{flag(1)}] is recorded as [assigned] to [C. Third], decided by [A. Nother]." in printed
    later = (today() + timedelta(days=30)).isoformat()
    assert command(flag(1), "waived", "--reason", "agreed", "--expires", later, "--by", "B. Other") == 0
    printed = capsys.readouterr().out
    assert f"in place of [assigned], by [A. Nother] on [{today()}]" in printed
    assert f"It counts in runs for {today()} and later days up to {later}" in printed
    (row,) = kept(tmp_path)
    assert (row.decision, row.reason, row.expires_on, row.decided_by) == (
        "waived",
        "agreed",
        date.fromisoformat(later),
        "B. Other",
    )
    assert command("--history", flag(1)) == 0
    lines = capsys.readouterr().out.splitlines()
    assert f"{today()} assigned to C. Third by A. Nother" in lines[1]
    assert f"{today()} waived by B. Other until {later}: agreed" in lines[2]
    assert lines[3] == f"In force today [{today()}]: waived"


def test_a_run_sees_the_decisions_of_its_day_and_the_publication_s_id_depends_on_them(
    command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [
        flag(1),
        "waived",
        "--reason",
        "agreed",
        "--expires",
        "2025-06-01",
        "--by",
        "A. Nother",
        "--on",
        "2025-05-14",
    ]
    assert command(*words) == 0
    night = NightlyRun()
    seen = {
        day: list(night.flag_decisions(date.fromisoformat(day))) for day in ("2025-05-13", "2025-05-14", "2025-06-02")
    }
    assert {day: [row.decision for row in rows] for day, rows in seen.items()} == {
        "2025-05-13": [],
        "2025-05-14": ["waived"],
        "2025-06-02": [],
    }
    assert publication_id(seen["2025-05-13"]) == publication_id(seen["2025-06-02"])
    assert publication_id(seen["2025-05-13"]) != publication_id(seen["2025-05-14"])


def publication_id(decisions: list[FlagDecision]) -> str:
    """Of an empty publication made with these decisions."""
    connection = warehouse("2025-05-14", {})
    connection.execute(
        """
        CREATE TABLE linked.link_decisions (pair_id VARCHAR, decision VARCHAR, decided_at VARCHAR);
        CREATE TABLE linked.person_links (learner_id VARCHAR);
        CREATE TABLE landed.deliveries (feed VARCHAR, delivery_id VARCHAR, sequence INTEGER, status VARCHAR);
        CREATE TABLE standardised.row_ledger
            (landed BIGINT, accepted BIGINT, superseded BIGINT, duplicate BIGINT, quarantined BIGINT);
        CREATE TABLE published.achievability (situation INTEGER);
        CREATE TABLE published.flags (flag_id VARCHAR);
        """
    )
    write_flag_decisions(connection, decisions)
    describe_run(connection, "1.0")
    ((found,),) = connection.execute("SELECT publication_id FROM published.runs").fetchall()
    return str(found)


def test_a_decision_may_be_dated_by_the_day_on_which_it_was_made(
    command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(flag(1), "acknowledged", "--by", "A. Nother", "--on", "2025-05-14") == 0
    assert "It counts in runs for 2025-05-14 and later days" in capsys.readouterr().out
    assert [row.decided_on for row in kept(tmp_path, date(2025, 5, 14))] == [date(2025, 5, 14)]
    assert kept(tmp_path, date(2025, 5, 13)) == []
    tomorrow = (today() + timedelta(days=1)).isoformat()
    assert command(flag(2), "acknowledged", "--by", "A. Nother", "--on", tomorrow) == 1
    assert "is still to come" in capsys.readouterr().err


def test_what_is_gone_can_still_be_withdrawn_and_nothing_else(
    command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_ledger(f"sqlite:///{tmp_path}/ledger.sqlite") as opened:
        decide(opened, 3, decided_at=datetime(2025, 1, 1, tzinfo=UTC))
    assert command(flag(3), "acknowledged", "--by", "A. Nother") == 1
    assert f"flag [{flag(3)}] is no longer raised: it was resolved on [2026-05-09]" in capsys.readouterr().err
    assert command(flag(3), "withdrawn", "--by", "A. Nother") == 0
    assert kept(tmp_path) == []
    assert command(flag(9), "acknowledged", "--by", "A. Nother") == 1
    assert f"flag [{flag(9)}] is in no night of this cycle" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([flag(1), "acknowledged"], "say with --by who decides"),
        ([flag(1), "waived", "--by", "A", "--reason", "agreed"], "with --expires until when"),
        ([flag(1), "waived", "--by", "A", "--expires", "2030-01-01"], "say with --reason why"),
        ([flag(1), "assigned", "--by", "A"], "say with --to whom"),
        ([flag(1), "acknowledged", "--by", "A", "--to", "B"], "of no other decision"),
        ([flag(1), "perhaps", "--by", "A"], "then acknowledged, waived, assigned or withdrawn"),
        ([flag(1), "--by", "A"], "then acknowledged, waived, assigned or withdrawn"),
        ([], "or one of --queue, --workbook, --history"),
        ([flag(1), "acknowledged", "--by", "A", "--history", flag(1)], "or one of --queue"),
        (["--workbook", "x.xlsx", "--by", "A", "--reason", "b"], "a workbook says them itself"),
        (["--workbook", "x.xlsx", "--by", "A", "--centre", "90001"], "go with --queue"),
        (["--workbook", "x.xlsx"], "say with --by"),
        ([flag(1), "waived", "--by", "A", "--reason", "agreed", "--expires", "soon"], "[soon] is no date"),
    ],
)
def test_a_decision_that_is_not_understood_ends_with_status_2(
    command: Command, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        command(*words)
    assert ended.value.code == 2
    assert message in capsys.readouterr().err


def test_a_waiver_that_would_expire_before_it_is_made_is_refused_in_one_line(
    command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command(flag(1), "waived", "--by", "A", "--reason", "agreed", "--expires", "2020-01-01") == 1
    assert "it would expire on [2020-01-01], before it was made" in capsys.readouterr().err
