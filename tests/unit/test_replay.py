"""What a replay is asked for, before any night is run: which days, and where it may publish."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from pipelines.cli import main
from pipelines.replay import NightFailed, Period, _run_days


@pytest.fixture(autouse=True)
def own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECONCILE_DATA", str(tmp_path / "data"))
    for name in ("RECONCILE_PUBLISHED", "RECONCILE_LEDGER_URL", "RECONCILE_LANDING"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "landing").mkdir()


@pytest.mark.parametrize(
    ("every", "days"), [(1, [1, 2, 3, 4, 5]), (2, [1, 3, 5]), (3, [1, 4, 5]), (30, [1, 5])], ids=str
)
def test_a_period_holds_every_so_many_days_and_always_its_last(every: int, days: Sequence[int]) -> None:
    period = Period(first=date(2026, 5, 1), last=date(2026, 5, 5), every=every)
    assert period.days == [date(2026, 5, day) for day in days]


def test_a_period_of_one_day_is_that_day() -> None:
    assert Period(first=date(2026, 5, 1), last=date(2026, 5, 1)).days == [date(2026, 5, 1)]


@pytest.mark.parametrize(
    "asked",
    [
        (["--from", "2026-05-02", "--to", "2026-05-01"], 2, "the last day [2026-05-01] comes before the first"),
        (["--from", "2026-05-01"], 2, "--to"),
        (["--from", "1 May", "--to", "2026-05-01"], 2, "[1 May] is no date"),
        (["--from", "2026-05-01", "--to", "2026-05-02", "--every", "0"], 2, "no whole number of at least 1"),
        (["--from", "2026-05-01", "--to", "2026-05-02", "--landing", "nowhere"], 1, "does not exist"),
        (["--from", "2026-05-01", "--to", "2026-05-02", "--resume"], 1, "leave out --resume"),
        (
            ["--from", "2026-05-01", "--to", "2026-05-02", "--published", "data/published/other.duckdb"],
            1,
            "lies where the nightly publication does",
        ),
    ],
)
def test_a_replay_that_cannot_be_is_refused_before_anything_is_run(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    asked: tuple[list[str], int, str],
) -> None:
    words, status, said = asked
    monkeypatch.chdir(tmp_path)
    given = ["replay", "--landing", "landing", *words]
    if status == 2:
        with pytest.raises(SystemExit) as ended:
            main(given)
        assert ended.value.code == 2
    else:
        assert main(given) == status
    assert said in capsys.readouterr().err


def test_a_day_that_fails_is_named_and_the_others_go_on_from_what_was_published(tmp_path: Path) -> None:
    began: list[tuple[date, bool]] = []
    published = tmp_path / "reconciliation.duckdb"
    with duckdb.connect(published) as connection:
        connection.execute(
            """
            CREATE SCHEMA published;
            CREATE TABLE published.runs AS SELECT DATE '2026-05-02' AS as_of;
            CREATE TABLE published.burn_down AS
            SELECT DATE '2026-05-02' AS as_of, 5 AS "open", 2 AS "new", 1 AS reopened, 3 AS resolved, 4 AS waived
            """
        )

    def run(day: date, *, anew: bool) -> Path:
        began.append((day, anew))
        if day.day in (1, 3):
            raise NightFailed("at published/flags: unexpected [ValueError]")
        return published

    days = [date(2026, 5, day) for day in (1, 2, 3, 4)]
    console = Console(width=120, force_terminal=False)
    with console.capture() as capture:
        failed = _run_days(run, days, anew=True, console=console)
    assert failed == [days[0], days[2]]
    assert began == [(days[0], True), (days[1], True), (days[2], False), (days[3], False)]
    lines = [line for line in capture.get().splitlines() if line]
    assert lines[0] == "2026-05-01  failed: at published/flags: unexpected [ValueError]"
    assert lines[1].startswith("2026-05-02  5 open, 2 new, 1 reopened, 3 resolved, 4 waived  ")
