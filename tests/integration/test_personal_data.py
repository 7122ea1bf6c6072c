"""No delivered value of a personal column leaves the database: not in Dagster's storage, logs, metadata or the terminal."""

from pathlib import Path

import polars as pl
import pytest

from schemas.feeds import FEEDS
from tests.integration.conftest import Night
from tests.integration.nights import Place, place

#: Invented values that occur nowhere else, planted where each kind of error would quote them.
MARKERS = {
    "surname": "ZQXMARKERSURNAME",
    "forename": "ZQXMARKERFORENAME",
    "uln": "ZQXMARKERULN",
    "date_of_birth": "ZQXMARKERDATE",
    "postcode": "ZQXMARKERPOSTCODE",
}


def _files_outside_the_database(here: Place) -> list[Path]:
    """Everything under the data folder but the stored deliveries and the database files themselves."""
    data = here.folder / "data"
    return [
        path
        for path in data.rglob("*")
        if path.is_file() and not path.is_relative_to(data / "store") and not path.is_relative_to(data / "work")
    ]


def _plant(landing: Path) -> None:
    """Two rows of an organisation's registrations: one well formed, one that breaks several rules at once."""
    feed = FEEDS["ao_registrations"]
    row = dict.fromkeys(feed.column_names, "")
    row |= {
        "awarding_organisation_rn": "RN9999",
        "registration_number": "ZQXMARKERNUMBER",
        "qualification_number": "60171595",
        "centre_number": "99001",
        "registration_date": "2025-09-10",
        "status": "active",
        "forename": MARKERS["forename"],
        "surname": MARKERS["surname"],
        "date_of_birth": "2008-01-01",
        "postcode": MARKERS["postcode"],
    }
    bad = row | {
        "registration_number": "ZQXMARKERSECOND",
        "uln": MARKERS["uln"],
        "date_of_birth": MARKERS["date_of_birth"],
    }
    pl.DataFrame([row, bad]).write_csv(landing / "ao_registrations" / "planted.2026-05-14.delta.csv")


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Place, str]:
    here = place(tmp_path_factory.mktemp("planted"), copy_landing=True)
    _plant(here.landing)
    result = here.run(history=True)
    assert result.returncode == 0, result.stderr
    return here, result.stdout + result.stderr


def _leaks(paths: list[Path], words: set[str]) -> list[str]:
    found = []
    for path in paths:
        content = path.read_bytes()
        found += [f"{path.name}: {word[:4]}…" for word in words if word.encode() in content]
    return found


def test_planted_values_are_in_no_file_outside_the_database(planted: tuple[Place, str]) -> None:
    here, _ = planted
    files = _files_outside_the_database(here)
    assert any(path.suffix == ".db" for path in files), "Dagster's storage was not searched"
    assert _leaks(files, {"ZQXMARKER"}) == []


def test_planted_values_are_not_printed(planted: tuple[Place, str]) -> None:
    assert "ZQXMARKER" not in planted[1]


def test_the_sample_s_identifiers_are_in_no_file_outside_the_database(night: Night) -> None:
    words: set[str] = set()
    for path in (night.place.landing / "ucas_applicants").glob("*.csv"):
        frame = pl.read_csv(path, infer_schema=False, ignore_errors=True)
        words |= set(frame["personal_id"].drop_nulls()) | set(frame["uln"].drop_nulls())
    words = {word for word in words if len(word) >= 10 and word != "9999999999"}
    assert len(words) > 100
    assert _leaks(_files_outside_the_database(night.place), words) == []
    assert [word[:2] for word in words if word in night.output + night.errors] == []


def test_an_error_s_text_is_kept_in_a_file_that_only_its_owner_reads(planted: tuple[Place, str]) -> None:
    here, _ = planted
    for rows in (here.folder / "data" / "store" / "parsed" / "centres").rglob("rows.parquet"):
        rows.chmod(0o600)
        rows.write_bytes(b"no Parquet at all")
    result = here.run("--quiet", history=True)
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert "log/errors.log" in result.stderr
    log = here.folder / "data" / "log" / "errors.log"
    assert log.stat().st_mode & 0o077 == 0
    assert "magic bytes" in log.read_text(encoding="utf-8")
    assert _leaks([path for path in _files_outside_the_database(here) if path != log], {"magic bytes"}) == []


def test_a_password_in_the_ledger_s_address_is_shown_nowhere(tmp_path: Path) -> None:
    here = place(tmp_path)
    result = here.run("--quiet", RECONCILE_LEDGER_URL="postgresql+psycopg://someone:ZQXMARKER@127.0.0.1:1/ledger")
    assert result.returncode == 1
    assert "ZQXMARKER" not in result.stdout + result.stderr
    assert _leaks(_files_outside_the_database(here), {"ZQXMARKER"}) == []
