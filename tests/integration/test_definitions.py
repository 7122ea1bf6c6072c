"""What Dagster is given: it loads, keeps one vocabulary, runs nightly in London, and waits for files to settle."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from pipelines.definitions import defs
from pipelines.schedules import nightly_schedule
from pipelines.sensors import good_night, landing_sensor
from schemas.layers import LAYERS
from tests.integration.conftest import Night
from tests.integration.nights import ROOT

SPECS = sorted(defs.resolve_all_asset_specs(), key=lambda spec: spec.key)


def test_dagster_s_own_validation_accepts_the_definitions(tmp_path: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "dagster", "definitions", "validate", "-m", "pipelines.definitions"],
        cwd=ROOT,
        env={**os.environ, "DAGSTER_HOME": str(tmp_path), "RECONCILE_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr


def test_every_asset_s_key_is_its_layer_and_its_table() -> None:
    for spec in SPECS:
        layer, _ = spec.key.path
        assert layer in LAYERS
        assert spec.group_name == layer


def test_every_asset_has_a_description_an_owner_and_kinds() -> None:
    for spec in SPECS:
        assert spec.description, spec.key
        assert spec.owners, spec.key
        assert spec.kinds, spec.key


def test_every_asset_s_table_exists_after_a_night_and_no_other_table_is_left_without_an_asset(night: Night) -> None:
    import duckdb

    with duckdb.connect(night.place.folder / "data" / "work" / "work.duckdb", read_only=True) as connection:
        tables = {
            (schema, table)
            for schema, table in connection.execute(
                "SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT internal "
                "UNION SELECT schema_name, view_name FROM duckdb_views() WHERE NOT internal"
            ).fetchall()
            if schema in LAYERS
        }
    assert tables == {tuple(spec.key.path) for spec in SPECS}


def test_every_flag_has_an_asset_check() -> None:
    from assets.reconciled.flags import discover_flags

    checked = {key.asset_key for key in defs.resolve_asset_graph().asset_check_keys}
    assert {dg.AssetKey(["reconciled", flag.code]) for flag in discover_flags()} <= checked


@pytest.mark.parametrize(
    ("tick", "day"),
    [
        (datetime(2026, 3, 29, 1, 15, tzinfo=UTC), "2026-03-29"),
        (datetime(2026, 10, 25, 2, 15, tzinfo=UTC), "2026-10-25"),
        (datetime(2026, 7, 1, 1, 15, tzinfo=UTC), "2026-07-01"),
    ],
)
def test_the_schedule_asks_for_the_day_in_london_on_which_it_ticks(tick: datetime, day: str) -> None:
    context = dg.build_schedule_context(scheduled_execution_time=tick)
    requests = nightly_schedule.evaluate_tick(context).run_requests
    assert requests is not None
    assert [request.run_config["resources"]["night"]["config"]["as_of"] for request in requests] == [day]


def test_the_sensor_waits_until_a_file_has_stopped_growing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECONCILE_LANDING", str(tmp_path))
    file = tmp_path / "centres" / "centres.2026-05-01.csv"
    file.parent.mkdir()
    cursor = None
    asked = []
    for content in ("half", "half and more", "half and more", "half and more"):
        if not file.exists() or file.read_text(encoding="utf-8") != content:
            file.write_text(content, encoding="utf-8")
        with dg.instance_for_test() as instance:
            context = dg.build_sensor_context(instance=instance, cursor=cursor)
            ticked = landing_sensor.evaluate_tick(context)
        cursor = ticked.cursor
        asked.append(len(ticked.run_requests or []))
    assert asked == [0, 0, 1, 0]
    assert "half" not in json.dumps(cursor)


def test_a_good_night_s_message_holds_counts_alone(night: Night) -> None:
    assert good_night(night.place.published) == "The night of 2026-05-15 was published: 258 flags, 100 of them urgent."
