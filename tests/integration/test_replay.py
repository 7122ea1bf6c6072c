"""A replay of days of the sample cycle: as the nightly job, each day with what was known on it, in a place of its own."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.integration.conftest import Night
from tests.integration.nights import AS_OF, ROOT, TABLES, Place, place


def replayed(here: Place, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(here, *words), cwd=ROOT, env=here.environment, capture_output=True, text=True, check=False, timeout=300
    )


def command(here: Place, *words: str) -> list[str]:
    return [sys.executable, "-m", "pipelines.cli", "replay", "--landing", str(here.landing), *words]


def replica(here: Place) -> Path:
    return here.folder / "data" / "replay" / "published" / "reconciliation.duckdb"


def tables_of(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    with duckdb.connect(path, read_only=True) as connection:
        return {name: connection.execute(f"SELECT * FROM published.{name} ORDER BY ALL").fetchall() for name in TABLES}


def test_a_replayed_day_publishes_what_the_nightly_job_publishes(night: Night, tmp_path: Path) -> None:
    here = place(tmp_path)
    result = replayed(here, "--from", AS_OF, "--to", AS_OF)
    assert result.returncode == 0, result.stderr
    assert tables_of(replica(here)) == night.place.tables()
    assert not (here.folder / "data" / "published").exists()
    assert not (here.folder / "data" / "dagster").exists()


@pytest.fixture(scope="module")
def three_days(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """Days 10, 13 and 15, with a flag of day 13 waived on that day until the next."""
    here = place(tmp_path_factory.mktemp("replay"))
    assert replayed(here, "--from", "2026-05-13", "--to", "2026-05-13").returncode == 0
    with duckdb.connect(replica(here), read_only=True) as connection:
        ((flag,), *_) = connection.execute("SELECT flag_id FROM published.flags ORDER BY flag_id").fetchall()
    words = [flag, "waived", "--reason", "agreed", "--expires", "2026-05-14", "--by", "A. Nother", "--on", "2026-05-13"]
    decided = subprocess.run(
        [sys.executable, "-m", "pipelines.cli", "decide", *words, "--published", str(replica(here))],
        cwd=ROOT,
        env=here.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert decided.returncode == 0, decided.stderr
    result = replayed(here, "--from", "2026-05-10", "--to", "2026-05-15", "--every", "3")
    assert result.returncode == 0, result.stderr
    return here


def test_each_day_sees_only_what_was_delivered_and_decided_by_then(three_days: Place) -> None:
    with duckdb.connect(replica(three_days), read_only=True) as connection:
        days = connection.execute(
            "SELECT as_of::VARCHAR, sum(waived)::INTEGER FROM published.burn_down GROUP BY as_of ORDER BY as_of"
        ).fetchall()
        latest = connection.execute("SELECT max(delivered_on)::VARCHAR FROM published.deliveries").fetchall()
        first_seen = connection.execute("SELECT DISTINCT first_seen::VARCHAR FROM published.flag_history").fetchall()
    assert days == [("2026-05-10", 0), ("2026-05-13", 1), ("2026-05-15", 0)]
    assert latest <= [("2026-05-15",)]
    assert {day for (day,) in first_seen} <= {day for day, _ in days}


def test_a_replay_that_was_killed_goes_on_or_begins_again_to_the_same_end(three_days: Place, tmp_path: Path) -> None:
    here = place(tmp_path)
    here.folder.joinpath("data").mkdir(exist_ok=True)
    ledger = (three_days.folder / "data" / "ledger.sqlite").read_bytes()
    (here.folder / "data" / "ledger.sqlite").write_bytes(ledger)
    period = ("--from", "2026-05-10", "--to", "2026-05-15", "--every", "3")
    killed = subprocess.Popen(
        command(here, *period),
        cwd=ROOT,
        env={**here.environment, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert killed.stdout is not None
    while not killed.stdout.readline().startswith("2026-05-10"):
        assert killed.poll() is None
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    result = replayed(here, *period, "--resume")
    assert result.returncode == 0, result.stderr
    assert "2026-05-10" not in result.stdout
    assert tables_of(replica(here)) == tables_of(replica(three_days))
