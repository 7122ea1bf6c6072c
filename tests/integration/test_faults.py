"""Faults leave the last good publication in place and the next run whole."""

import fcntl
import signal
import subprocess
from pathlib import Path

import duckdb

from schemas.layers import LAYERS
from tests.integration.conftest import Night
from tests.integration.nights import ROOT, Place, place


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


def test_runs_killed_at_every_layer_publish_nothing_and_the_next_is_as_if_undisturbed(
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


def test_a_full_disk_keeps_the_last_good_publication(tmp_path: Path) -> None:
    here = place(tmp_path)
    assert here.run("--quiet", as_of="2026-05-10").returncode == 0
    # No file may grow past the limit: what a full disk does to a writer, without filling one.
    limited = ["bash", "-c", 'ulimit -f 2048; exec "$@"', "limited", *here.command("--quiet")]
    result = subprocess.run(limited, cwd=ROOT, env=here.environment, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    with duckdb.connect(here.published, read_only=True) as reader:
        assert reader.execute("SELECT as_of::VARCHAR FROM published.runs").fetchall() == [("2026-05-10",)]
    assert here.run("--quiet").returncode == 0


def test_a_night_without_a_feed_runs_on_what_there_is(tmp_path: Path) -> None:
    here = place(tmp_path, copy_landing=True)
    for path in (here.landing / "ucas_results").iterdir():
        path.unlink()
    result = here.run("--quiet")
    assert result.returncode == 0, result.stderr
    with duckdb.connect(here.published, read_only=True) as reader:
        assert reader.execute("SELECT count(*) FROM published.deliveries WHERE feed = 'ucas_results'").fetchall() == [
            (0,)
        ]
