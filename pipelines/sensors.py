"""What starts or follows a run: the landing folder has settled, a run failed, a run succeeded."""

import hashlib
import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb

from pipelines import ledger
from pipelines.schedules import nightly, run_config
from pipelines.settings import Settings, read_settings, today


def snapshot(landing: Path) -> dict[str, tuple[int, int]]:
    """Size and time of change of each file under the landing folder, by its path within it. Links are not followed."""
    found = {}
    for path in sorted(landing.glob("*/*")):
        if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
            state = path.stat()
            found[str(path.relative_to(landing))] = (state.st_size, state.st_mtime_ns)
    return found


def fingerprint(files: dict[str, tuple[int, int]]) -> str:
    """One text for a state of the landing folder; it holds no file name."""
    return hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()[:24]


@dg.sensor(
    job=nightly,
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.STOPPED,
    description="Starts a run when deliveries have arrived and no file has grown for a minute. Off unless switched on: "
    "the schedule takes in whatever has arrived by then.",
)
def landing_sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """The cursor holds the state last seen and the state last run; a run starts when a new state is seen twice."""
    landing = read_settings().landing
    if not landing.is_dir():
        return dg.SkipReason("there is no landing folder yet")
    seen = fingerprint(snapshot(landing))
    last = json.loads(context.cursor) if context.cursor else {"seen": "", "run": ""}
    if seen != last["seen"]:
        context.update_cursor(json.dumps({"seen": seen, "run": last["run"]}))
        return dg.SkipReason("files have arrived or are still growing; the next look decides")
    if seen == last["run"]:
        return dg.SkipReason("nothing has arrived since the last run")
    return dg.SensorResult(
        run_requests=[dg.RunRequest(run_key=f"landing-{seen}", run_config=run_config(as_of=today().isoformat()))],
        cursor=json.dumps({"seen": seen, "run": seen}),
    )


def notify(settings: Settings, message: str) -> None:
    """Append a night's message to `log/nights.log` and hand it to the configured command.

    The message holds counts and names of assets, never a delivered value.
    """
    settings.logs.mkdir(parents=True, exist_ok=True)
    with (settings.logs / "nights.log").open("a", encoding="utf-8") as log:
        log.write(f"{datetime.now(UTC).isoformat(timespec='seconds')} {message}\n")
    if settings.notify_command:
        subprocess.run(["/bin/sh", "-c", settings.notify_command], input=message, text=True, check=False, timeout=60)


@dg.run_failure_sensor(
    monitored_jobs=[nightly],
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Notes a failed night in the ledger and tells whoever is to know.",
)
def report_failure(context: dg.RunFailureSensorContext) -> None:
    """The reason given is the failed step's name; error texts stay in the restricted log."""
    settings = read_settings()
    steps = (
        ", ".join(sorted({event.step_key for event in context.get_step_failure_events() if event.step_key}))
        or "its start"
    )
    with ledger.open_ledger(settings.ledger_url) as operations:
        ledger.finish_run(
            operations, run_id=context.dagster_run.run_id, finished_at=datetime.now(UTC), status="failed", reason=steps
        )
    notify(settings, f"The night failed at {steps}. The last good publication stays in place.")


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.SUCCESS,
    monitored_jobs=[nightly],
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Tells whoever is to know what a good night found.",
)
def report_summary(context: dg.RunStatusSensorContext) -> None:
    """How many flags the publication holds, and how many of them are urgent."""
    settings = read_settings()
    config: dict[str, Any] = dict(context.dagster_run.run_config)
    night = config.get("resources", {}).get("night", {}).get("config", {})
    notify(settings, good_night(Path(night.get("published") or settings.published)))


def good_night(published: Path) -> str:
    """The message of a night that ended well: counts alone."""
    with duckdb.connect(published, read_only=True) as connection:
        ((as_of, flags, urgent),) = connection.execute(
            "SELECT (SELECT as_of FROM published.runs), count(*), count(*) FILTER (WHERE urgency = 'urgent' AND NOT waived) "
            "FROM published.flags"
        ).fetchall()
    return f"The night of {as_of} was published: {flags:,} flags, {urgent:,} of them urgent."
