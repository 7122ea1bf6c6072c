"""What arrives late, or was left by a killed run, changes nothing that is in force."""

from datetime import date
from pathlib import Path

import duckdb

from assets.landed.landing import land_feed
from assets.landed.whole_files import sweep_unfinished
from assets.standardised.row_ledger import unbalanced
from assets.standardised.supersession import stand_rows
from schemas.feeds import FEEDS
from schemas.layers import LAYERS

CENTRES = FEEDS["centres"]


def _names_in_force(tmp_path: Path, landing: Path) -> list[str]:
    """Names of the centres in force after a run of its own."""
    with duckdb.connect() as connection:
        for layer in LAYERS:
            connection.execute(f"CREATE SCHEMA {layer}")
        land_feed(connection, CENTRES, landing, tmp_path / "store", date(2026, 5, 15))
        stand_rows(connection, CENTRES)
        assert unbalanced(connection) == []
        return [
            name for (name,) in connection.execute("SELECT name FROM standardised.centres ORDER BY name").fetchall()
        ]


def _deliver(landing: Path, name: str, *centres: str) -> None:
    folder = landing / "centres"
    folder.mkdir(parents=True, exist_ok=True)
    rows = [f"{number:05},{centre} (invented)" for number, centre in enumerate(centres, start=99001)]
    (folder / name).write_text("\n".join(["centre_number,name", *rows, ""]), encoding="utf-8")


def test_an_older_full_delivery_that_arrives_late_does_not_replace_a_newer_one(tmp_path: Path) -> None:
    landing = tmp_path / "landing"
    _deliver(landing, "centres.2026-05-10.csv", "New name")
    before = _names_in_force(tmp_path, landing)
    _deliver(landing, "centres.2026-05-03.csv", "Old name", "Closed since")
    assert _names_in_force(tmp_path, landing) == before == ["New name (invented)"]


def test_an_older_delta_that_arrives_late_adds_nothing_to_a_newer_full_delivery(tmp_path: Path) -> None:
    landing = tmp_path / "landing"
    _deliver(landing, "centres.2026-05-10.csv", "New name")
    _deliver(landing, "centres.2026-05-03.delta.csv", "Old name", "Closed since")
    assert _names_in_force(tmp_path, landing) == ["New name (invented)"]


def test_what_a_killed_run_left_unfinished_in_the_store_is_swept_away_and_nothing_else(tmp_path: Path) -> None:
    kept = tmp_path / "store" / "files" / "abc.csv"
    kept.parent.mkdir(parents=True)
    kept.write_text("kept", encoding="utf-8")
    (kept.parent / ".incomplete-1").write_text("half", encoding="utf-8")
    (tmp_path / "store" / "parsed" / "centres" / ".incomplete-2").mkdir(parents=True)
    assert sweep_unfinished(tmp_path / "store") == 2
    assert [path for path in (tmp_path / "store").rglob("*") if path.is_file()] == [kept]
