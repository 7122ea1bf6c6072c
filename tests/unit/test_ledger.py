"""The operations ledger does the same on SQLite and on PostgreSQL: runs, their deliveries, decisions, migrations."""

import multiprocessing
import traceback
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import URL, create_engine, delete, inspect, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from pipelines import ledger
from pipelines.ledger import Decision, Ledger, LedgerError, Run, RunDelivery, open_ledger
from pipelines.ledger_database import MIGRATIONS
from pipelines.ledger_tables import Base
from tests.unit.conftest import NewUrl

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
DAY = date(2026, 5, 1)

#: Put together here, so that a traceback's line of this file does not hold it.
SECRET = "-".join(["not", "to", "be", "printed"])


def start(book: Ledger, run_id: str, at: datetime = NOON) -> None:
    ledger.start_run(book, run_id=run_id, started_at=at, as_of=DAY, cycle=2026, landing="landing", version="0.1.0")


def delivery(**changes: Any) -> dict[str, Any]:
    """An invented delivery's note."""
    note: dict[str, Any] = {
        "file_name": "centres/2026-05-01.csv",
        "delivery_id": "0123456789abcdef",
        "feed": "centres",
        "kind": "full",
    }
    note |= {"sha256": "0" * 64, "delivered_on": DAY, "status": "accepted", "landed": 10_000_000_000, "accepted": 4}
    return note | {"superseded": 3, "duplicate": 2, "quarantined": 1} | changes


def decide(book: Ledger, flag: str = "f1", decision: str = "acknowledged", at: datetime = NOON, **more: Any) -> int:
    return ledger.record_decision(book, flag_id=flag, decision=decision, decided_by="A. Nother", decided_at=at, **more)


def printed(error: BaseException) -> str:
    """All that a log would say of an error."""
    return "".join(traceback.format_exception(error))


def test_models_and_migrations_agree(book: Ledger) -> None:
    with book.engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []
        connection.execute(text("ALTER TABLE runs ADD COLUMN host VARCHAR"))
        assert [difference[0] for difference in compare_metadata(context, Base.metadata)] == ["remove_column"]


def test_checks_of_the_models_are_those_of_the_migrations(book: Ledger) -> None:
    inspector = inspect(book.engine)
    for table in Base.metadata.tables.values():
        declared = {constraint.name for constraint in table.constraints if str(constraint.name).startswith("ck_")}
        assert {check["name"] for check in inspector.get_check_constraints(table.name)} == declared


def test_opening_an_empty_ledger_makes_its_tables_and_opening_it_again_keeps_what_it_holds(new_url: NewUrl) -> None:
    url = new_url()
    with open_ledger(url) as book:
        start(book, "r1")
    with open_ledger(url) as book:
        assert [run.run_id for run in ledger.runs(book)] == ["r1"]


def _first_version(url: URL) -> None:
    """A ledger as the first version of the software made it, with one decision."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = create_engine(url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(
            text(
                "INSERT INTO decisions (flag_id, decision, reason, decided_by, decided_at) "
                "VALUES ('f1', 'acknowledged', 'seen', 'A. Nother', '2026-05-01 12:00:00.000000')"
            )
        )
    engine.dispose()


def test_a_ledger_of_the_first_version_keeps_its_decisions_when_it_is_migrated(new_url: NewUrl) -> None:
    url = new_url()
    _first_version(url)
    with open_ledger(url) as book:
        (kept,) = ledger.decisions_in_force(book, DAY)
        assert (kept.decision_id, kept.flag_id, kept.decision, kept.reason) == (1, "f1", "acknowledged", "seen")
        assert kept.recorded_at == kept.decided_at == NOON
        assert inspect(book.engine).has_table("link_decisions")
        assert decide(book, decision="withdrawn") == 2
        for change in (update(Decision).values(reason="other"), delete(Decision)):
            with pytest.raises(DBAPIError, match="decisions are only ever added"), book.engine.begin() as connection:
                connection.execute(change)


def test_a_withdrawn_decision_stands_no_more_and_does_not_bring_back_an_earlier_one(book: Ledger) -> None:
    decide(book, at=NOON)
    decide(book, decision="assigned", assigned_to="B. Other", at=NOON + timedelta(days=1))
    decide(book, decision="withdrawn", at=NOON + timedelta(days=2))
    assert [row.decision for row in ledger.decisions_in_force(book, date(2026, 5, 2))] == ["assigned"]
    assert ledger.decisions_in_force(book, date(2026, 5, 3)) == []


def _open_at_once(url: URL, ready: Any) -> None:
    ready.wait(30)
    with open_ledger(url) as book:
        decide(book)


def test_several_processes_may_open_an_empty_ledger_at_once(new_url: NewUrl) -> None:
    url, processes = new_url(), multiprocessing.get_context("spawn")
    ready = processes.Barrier(4)
    started = [processes.Process(target=_open_at_once, args=(url, ready)) for _ in range(4)]
    for process in started:
        process.start()
    for process in started:
        process.join(60)
    assert [process.exitcode for process in started] == [0, 0, 0, 0]
    with open_ledger(url) as book, book.engine.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM decisions")).scalar_one() == 4
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == ["0005"]


def test_a_ledger_of_a_newer_version_is_refused_and_left_alone(new_url: NewUrl) -> None:
    url = new_url()
    with open_ledger(url) as book, book.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(LedgerError, match=r"is at revision \[9999\], which this version does not know"):
        open_ledger(url)


def test_a_run_is_noted_from_its_beginning_to_its_publication(book: Ledger) -> None:
    start(book, "r1", NOON.astimezone(timezone(timedelta(hours=1))))
    (run,) = ledger.runs(book, status="running")
    assert (run.started_at, run.finished_at, run.as_of, run.cycle) == (NOON, None, DAY, 2026)
    end = NOON + timedelta(minutes=9)
    assert ledger.finish_run(book, run_id="r1", finished_at=end, status="published", publication="p.duckdb")
    (run,) = ledger.runs(book, status="published")
    assert (run.finished_at, run.reason, run.publication, run.version) == (end, "", "p.duckdb", "0.1.0")


def test_a_run_that_was_killed_is_failed_as_interrupted_when_the_next_one_starts(book: Ledger) -> None:
    start(book, "r1")
    start(book, "r2", NOON + timedelta(days=1))
    newest, killed = ledger.runs(book)
    assert (newest.run_id, newest.status) == ("r2", "running")
    assert (killed.run_id, killed.status, killed.reason) == ("r1", "failed", "interrupted")
    assert killed.finished_at == NOON + timedelta(days=1)


def test_a_run_ends_once_and_one_that_never_began_does_not_end(book: Ledger) -> None:
    start(book, "r1")
    assert ledger.finish_run(book, run_id="r1", finished_at=NOON, status="refused", reason="volumes")
    assert not ledger.finish_run(book, run_id="r1", finished_at=NOON, status="failed", reason="later")
    assert not ledger.finish_run(book, run_id="r0", finished_at=NOON, status="failed")
    assert [(run.run_id, run.status, run.reason) for run in ledger.runs(book)] == [("r1", "refused", "volumes")]
    with pytest.raises(LedgerError, match=r"run \[r1\] is in the ledger already"):
        start(book, "r1")


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ({"status": "running"}, r"does not end as \[running\]"),
        ({"status": "gone"}, r"does not end as \[gone\]"),
        ({"status": "published"}, "give a path for what is published"),
        ({"status": "failed", "publication": "p"}, "give a path for what is published"),
        ({"status": "failed", "finished_at": datetime(2026, 5, 1)}, "has no zone"),
    ],
)
def test_an_end_that_is_none_is_refused(book: Ledger, end: dict[str, Any], said: str) -> None:
    start(book, "r1")
    with pytest.raises(ValueError, match=said):
        ledger.finish_run(book, **{"run_id": "r1", "finished_at": NOON, **end})


def test_deliveries_are_noted_with_their_counts_and_noting_them_again_replaces_them(book: Ledger) -> None:
    start(book, "r1")
    stray = delivery(file_name="stray", feed=None, sha256=None, delivered_on=None, status="refused", landed=None)
    ledger.record_deliveries(book, run_id="r1", deliveries=[delivery(), stray])
    ledger.record_deliveries(book, run_id="r1", deliveries=[delivery(), stray])
    with Session(book.engine) as session:
        first, second = session.query(RunDelivery).order_by(RunDelivery.file_name)
        assert (first.landed, first.accepted, first.superseded, first.duplicate, first.quarantined) == (
            10**10,
            4,
            3,
            2,
            1,
        )
        assert (second.file_name, second.feed, second.landed) == ("stray", None, None)


def test_deliveries_of_a_run_that_is_not_under_way_are_not_noted(book: Ledger) -> None:
    with pytest.raises(LedgerError, match=r"run \[r1\] is not under way"):
        ledger.record_deliveries(book, run_id="r1", deliveries=[delivery()])
    start(book, "r1")
    with pytest.raises(ValueError, match=r"a key too few or too many \[grade\]"):
        ledger.record_deliveries(book, run_id="r1", deliveries=[delivery(grade="D")])


def test_the_latest_decision_of_a_flag_stands_and_an_expired_one_does_not_bring_back_an_earlier(book: Ledger) -> None:
    decide(book, at=NOON, reason="seen")
    decide(book, decision="waived", at=NOON + timedelta(days=1), reason="agreed", expires_on=date(2026, 5, 31))
    decide(book, flag="f0", decision="assigned", assigned_to="B. Other", at=NOON)

    def standing(on: date) -> list[tuple[str, str]]:
        return [(row.flag_id, row.decision) for row in ledger.decisions_in_force(book, on)]

    assert standing(date(2026, 4, 30)) == []
    assert standing(date(2026, 5, 1)) == [("f0", "assigned"), ("f1", "acknowledged")]
    assert standing(date(2026, 5, 31)) == [("f0", "assigned"), ("f1", "waived")]
    assert standing(date(2026, 6, 1)) == [("f0", "assigned")]


def test_of_two_decisions_made_at_one_moment_the_one_recorded_later_stands(book: Ledger) -> None:
    assert decide(book, reason="first") < decide(book, reason="second")
    assert [row.reason for row in ledger.decisions_in_force(book, DAY)] == ["second"]


def test_the_day_of_a_decision_is_the_day_in_london(book: Ledger) -> None:
    decide(book, at=datetime(2026, 6, 30, 23, 30, tzinfo=UTC))
    assert ledger.decisions_in_force(book, date(2026, 6, 30)) == []
    assert len(ledger.decisions_in_force(book, date(2026, 7, 1))) == 1


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        ({"decision": "forgotten"}, r"there is no decision \[forgotten\]"),
        ({"decision": "waived", "reason": "agreed"}, "only with a reason and a day"),
        ({"decision": "waived", "expires_on": DAY, "reason": " "}, "only with a reason and a day"),
        ({"decision": "assigned"}, r"a name is given for \[assigned\]"),
        ({"decision": "acknowledged", "assigned_to": "B. Other"}, r"a name is given for \[assigned\]"),
        ({"decision": "acknowledged", "expires_on": date(2026, 4, 30)}, "before it was made"),
        ({"flag": ""}, "give both"),
        ({"at": datetime(2026, 5, 1)}, "has no zone"),
    ],
)
def test_a_decision_that_lacks_what_it_needs_is_refused(book: Ledger, decision: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        decide(book, **decision)
    assert ledger.decisions_in_force(book, DAY) == []


@pytest.mark.parametrize(
    "change", [update(Decision).values(reason="other"), delete(Decision)], ids=["update", "delete"]
)
def test_a_decision_is_never_changed_or_deleted(book: Ledger, change: Any) -> None:
    decide(book, reason="seen")
    with pytest.raises(DBAPIError, match="decisions are only ever added"), book.engine.begin() as connection:
        connection.execute(change)
    assert [row.reason for row in ledger.decisions_in_force(book, DAY)] == ["seen"]


def test_the_database_itself_refuses_rows_that_the_checks_forbid(book: Ledger) -> None:
    common = {"flag_id": "f1", "decided_by": "A. Nother", "decided_at": NOON, "recorded_at": NOON}
    forbidden: list[Base] = [
        Decision(decision="waived", reason="", expires_on=None, assigned_to=None, **common),
        Decision(decision="assigned", reason="", assigned_to=None, **common),
        RunDelivery(run_id="never began", **delivery()),
        Run(run_id="r", started_at=NOON, as_of=DAY, cycle=1, landing="", status="failed", reason="", version=""),
    ]
    for row in forbidden:
        with pytest.raises(DBAPIError), Session(book.engine) as session, session.begin():
            session.add(row)


def test_an_error_of_the_database_does_not_print_what_was_to_be_written(book: Ledger) -> None:
    start(book, "r1")
    twice = [delivery(sha256=SECRET), delivery(sha256=SECRET)]
    with pytest.raises(LedgerError, match="refused an entry") as caught:
        ledger.record_deliveries(book, run_id="r1", deliveries=twice)
    assert SECRET not in printed(caught.value)
    broken = delivery(file_name="other", status=SECRET)
    with pytest.raises(LedgerError, match="refused an entry") as caught:
        ledger.record_deliveries(book, run_id="r1", deliveries=[broken])
    assert SECRET not in printed(caught.value)


def test_a_ledger_that_cannot_be_opened_is_named_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match=r"the folder \[.*nowhere\] of the ledger does not exist"):
        open_ledger(URL.create("sqlite", database=str(tmp_path / "nowhere" / "ledger.sqlite")))
    with pytest.raises(LedgerError, match="names no file"):
        open_ledger("sqlite://")
    with pytest.raises(LedgerError, match=r"names \[mysql\]"):
        open_ledger(f"mysql://root:{SECRET}@localhost/ledger")
    with pytest.raises(LedgerError, match="cannot be read"):
        open_ledger(SECRET)
    pytest.importorskip("psycopg", reason="the driver of the extra [postgresql] is not installed")
    with pytest.raises(LedgerError, match="cannot be reached") as caught:
        open_ledger(f"postgresql+psycopg://someone:{SECRET}@/ledger?host={tmp_path}")
    assert SECRET not in printed(caught.value)


def test_a_new_sqlite_ledger_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with open_ledger(URL.create("sqlite", database=str(path))) as book:
        decide(book)
        assert {file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == {0o600}
        with book.engine.begin() as connection:
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
