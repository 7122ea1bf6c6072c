"""Faults leave the last good publication in place and the next run whole."""

import fcntl
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from schemas.layers import LAYERS
from tests.integration.conftest import Night
from tests.integration.nights import AS_OF, ROOT, Place, place


def _kill_at(here: Place, layer: str) -> None:
    """Start a run and kill it, without a chance to tidy up, as soon as a layer begins."""
    with subprocess.Popen(
        here.command("--quiet", history=layer == LAYERS[-1]),
        cwd=ROOT,
        env=here.environment,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith(f"{layer} begins"):
                process.send_signal(signal.SIGKILL)
                break
        assert process.wait(60) == -signal.SIGKILL


def test_runs_killed_at_every_layer_publish_nothing_and_the_next_publishes_the_tables_of_an_undisturbed_one(
    night: Night, tmp_path: Path
) -> None:
    here = place(tmp_path)
    for layer in LAYERS:
        _kill_at(here, layer)
        assert not here.published.exists()
    result = here.run("--quiet", history=True)
    assert result.returncode == 0, result.stderr
    assert here.tables() == night.place.tables()


def test_a_second_run_at_the_same_time_is_refused_in_one_line(tmp_path: Path) -> None:
    here = place(tmp_path)
    lock = tmp_path / "data" / "work" / "run.lock"
    lock.parent.mkdir(parents=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        result = here.run("--quiet")
    assert result.returncode == 1
    assert "another run is at work" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_working_file_that_another_program_holds_is_named(tmp_path: Path) -> None:
    here = place(tmp_path)
    work = tmp_path / "data" / "work" / "work.duckdb"
    work.parent.mkdir(parents=True)
    with duckdb.connect(work):
        result = here.run("--quiet")
    assert result.returncode == 1
    assert "is open in another program" in result.stderr


def test_a_missing_landing_folder_is_one_line_and_no_traceback(tmp_path: Path) -> None:
    result = place(tmp_path).run("--landing", str(tmp_path / "nowhere"))
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert "does not exist" in result.stderr


def test_a_file_in_the_place_of_the_publication_is_left_alone(tmp_path: Path) -> None:
    here = place(tmp_path)
    here.published.parent.mkdir(parents=True)
    here.published.write_text("somebody's notes", encoding="utf-8")
    result = here.run("--quiet")
    assert result.returncode == 1
    assert "no link to a publication" in result.stderr
    assert here.published.read_text(encoding="utf-8") == "somebody's notes"


@dataclass(frozen=True)
class Troubled:
    """What three nights did, and what readers saw: a good one, one on a full disk, one without a feed.

    Attributes:
        full, without_feed: how the second and the third night ended.
        before, meanwhile, still: the published day that one reader saw after the first, the second and the third night.
        after: the day that a reader who came last saw.
        feeds: deliveries of the feed that did not come, as last published.
    """

    full: subprocess.CompletedProcess[str]
    without_feed: subprocess.CompletedProcess[str]
    before: str
    meanwhile: str
    still: str
    after: str
    feeds: int


@pytest.fixture(scope="module")
def troubled(tmp_path_factory: pytest.TempPathFactory) -> Troubled:
    here = place(tmp_path_factory.mktemp("troubled"), copy_landing=True)
    assert here.run("--quiet", as_of="2026-05-10").returncode == 0
    # No file may grow past the limit: what a full disk does to a writer, without filling one.
    limited = ["bash", "-c", 'ulimit -f 2048; exec "$@"', "limited", *here.command("--quiet")]
    with duckdb.connect(here.published, read_only=True) as reader:
        before = _day(reader)
        full = subprocess.run(limited, cwd=ROOT, env=here.environment, capture_output=True, text=True, check=False)
        with duckdb.connect(here.published, read_only=True) as other:
            meanwhile = _day(other)
        for path in (here.landing / "ucas_results").iterdir():
            path.unlink()
        without_feed = here.run("--quiet")
        still = _day(reader)
    with duckdb.connect(here.published, read_only=True) as newcomer:
        ((feeds,),) = newcomer.execute(
            "SELECT count(*) FROM published.deliveries WHERE feed = 'ucas_results'"
        ).fetchall()
        return Troubled(full, without_feed, before, meanwhile, still, _day(newcomer), feeds)


def _day(reader: duckdb.DuckDBPyConnection) -> str:
    ((day,),) = reader.execute("SELECT as_of::VARCHAR FROM published.runs").fetchall()
    return str(day)


def test_a_full_disk_keeps_the_last_good_publication(troubled: Troubled) -> None:
    assert troubled.full.returncode == 1
    assert "Traceback" not in troubled.full.stderr
    assert troubled.meanwhile == "2026-05-10"


def test_a_night_without_a_feed_runs_on_what_there_is(troubled: Troubled) -> None:
    assert troubled.without_feed.returncode == 0, troubled.without_feed.stderr
    assert troubled.feeds == 0


def test_a_reader_keeps_the_old_publication_and_the_next_one_sees_the_new(troubled: Troubled) -> None:
    assert troubled.before == troubled.still == "2026-05-10"
    assert troubled.after == AS_OF
