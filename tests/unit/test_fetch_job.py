"""The job that fetches before the night: when it runs, for which day, and that Dagster is given counts alone."""

from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import dagster as dg
import pytest
from dagster._utils.schedules import schedule_execution_time_iterator

from pipelines.fetch_job import fetch_job, fetch_schedule
from pipelines.schedules import nightly_schedule
from pipelines.settings import LONDON
from tests.fetching import Fetching


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fetching:
    made = Fetching(tmp_path)
    monkeypatch.setenv("RECONCILE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("RECONCILE_LANDING", str(made.landing))
    monkeypatch.setenv("DAGSTER_REDACT_USER_CODE_ERRORS", "1")
    (tmp_path / "sender").mkdir()
    (tmp_path / "sender" / "ZQXMARKER.csv").write_bytes(b"0123456789")
    made.source("college", {"url": f"file://{tmp_path}/sender", "settled_seconds": 0})
    return made


def _ticked(at: datetime) -> dg.RunRequest | dg.SkipReason:
    result = fetch_schedule.evaluate_tick(dg.build_schedule_context(scheduled_execution_time=at))
    return result.run_requests[0] if result.run_requests else dg.SkipReason(result.skip_message)


def test_the_schedule_asks_for_the_day_in_london_if_a_source_is_fetched(here: Fetching) -> None:
    request = _ticked(datetime(2026, 7, 1, 0, 45, tzinfo=UTC))
    assert isinstance(request, dg.RunRequest)
    assert request.run_config == {"ops": {"fetch_all_sources": {"config": {"as_of": "2026-07-01"}}}}


def test_the_schedule_does_nothing_where_no_source_is_fetched(here: Fetching) -> None:
    here.source("college", None)
    assert isinstance(_ticked(datetime(2026, 7, 1, 0, 45, tzinfo=UTC)), dg.SkipReason)


def _times(schedule: dg.ScheduleDefinition, day: datetime) -> list[datetime]:
    """The first two times at which a schedule runs from a day's midnight in London on."""
    midnight = day.replace(tzinfo=LONDON).timestamp()
    ticks = schedule_execution_time_iterator(midnight, str(schedule.cron_schedule), schedule.execution_timezone)
    return list(islice(ticks, 2))


@pytest.mark.parametrize("day", [datetime(2026, 3, 29), datetime(2026, 7, 1), datetime(2026, 10, 25)])
def test_it_runs_once_before_the_nightly_run_even_when_the_clocks_change(day: datetime) -> None:
    fetched, next_fetched = _times(fetch_schedule, day)
    night, _ = _times(nightly_schedule, day)
    assert fetched < night < next_fetched
    assert fetched.astimezone(LONDON).date() == night.astimezone(LONDON).date() == day.date()


def test_a_run_tells_dagster_counts_alone(here: Fetching) -> None:
    with dg.instance_for_test() as instance:
        result = fetch_job.execute_in_process(
            instance=instance, run_config={"ops": {"fetch_all_sources": {"config": {"as_of": "2026-07-01"}}}}
        )
        (output,) = [event for event in result.all_events if event.is_successful_output]
        told = {name: value.value for name, value in output.step_output_data.metadata.items()}
        assert told == {"sources": 1, "files": 1, "bytes": 10, "rows": 0, "unchanged": 0, "failed": 0}
        assert "ZQXMARKER" not in "".join(str(entry) for entry in instance.all_logs(result.run_id))
    assert here.files("college") == ["ZQXMARKER.csv"]


def test_a_source_that_fails_fails_the_run_after_the_others_and_is_told_to_whoever_is_to_know(here: Fetching) -> None:
    here.source("absent", {"url": "file:///nowhere/at/all"})
    with dg.instance_for_test() as instance:
        result = fetch_job.execute_in_process(instance=instance, raise_on_error=False)
        assert not result.success
        logged = "".join(str(entry) for entry in instance.all_logs(result.run_id))
    assert "absent: there is no such folder" in logged
    assert here.files("college") == ["ZQXMARKER.csv"]
    assert "[1] of [2] sources" in (here.settings.data / "log" / "nights.log").read_text(encoding="utf-8")
