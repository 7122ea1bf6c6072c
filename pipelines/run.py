"""Running the nightly job in this process, as the schedule does, without the UI."""

import os
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import dagster as dg
from rich.console import Console

from pipelines import ledger
from pipelines.settings import ROOT, Settings, UserError
from pipelines.warehouse import only_run


def prepare_dagster_home(settings: Settings) -> Path:
    """Make the folder of Dagster's state and put the project's `dagster.yaml` into it; returns the folder.

    Without that file Dagster would keep what steps print and send telemetry, so it is written before anything starts.
    """
    home = settings.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    source, target = ROOT / "dagster.yaml", home / "dagster.yaml"
    if source.exists() and (not target.exists() or target.read_bytes() != source.read_bytes()):
        fresh = home / f".dagster.yaml.{os.getpid()}"
        shutil.copyfile(source, fresh)
        fresh.replace(target)
    os.environ["DAGSTER_HOME"] = str(home)
    return home


def run_nightly(
    settings: Settings, *, landing: str, as_of: str, cycle: int, published: str, history: bool = True
) -> str:
    """Run the nightly job to its end and return its run id.

    Without `history` the job's steps are run one by one and Dagster, whose book-keeping takes longer than the work of a
    small set, hears nothing of them; the run is in the operations ledger all the same.

    Raises:
        UserError: the run failed; the message is the failed step and the reason that may be shown.
    """
    run = _run_job if history else _run_steps
    run_id, reason = run(settings, landing=landing, as_of=as_of, cycle=cycle, published=published)
    if reason is not None:
        with ledger.open_ledger(settings.ledger_url) as operations:
            ledger.finish_run(operations, run_id=run_id, finished_at=datetime.now(UTC), status="failed", reason=reason)
        raise UserError(reason)
    return run_id


def _run_job(settings: Settings, *, landing: str, as_of: str, cycle: int, published: str) -> tuple[str, str | None]:
    """Have Dagster run the job; returns its run id, and why it failed, if it did."""
    from pipelines.definitions import defs
    from pipelines.schedules import run_config

    prepare_dagster_home(settings)
    job = defs.resolve_job_def("nightly")
    config = run_config(landing=landing, as_of=as_of, cycle=cycle, published=published)
    config["loggers"] = {"progress": {"config": {"steps": len(job.graph.node_dict)}}}
    with dg.DagsterInstance.get() as instance:
        with only_run(settings):
            _close_interrupted_runs(instance)
        result = job.execute_in_process(run_config=config, instance=instance, raise_on_error=False)
    return result.run_id, None if result.success else failure(result)


def _run_steps(settings: Settings, *, landing: str, as_of: str, cycle: int, published: str) -> tuple[str, str | None]:
    """Run the job's steps without Dagster; returns the run id, and why the run failed, if it did."""
    from pipelines.night import NightlyRun
    from pipelines.progress import LayerTimes
    from pipelines.steps import StepFailed, held, night_steps, run_steps

    run_id, steps = str(uuid4()), night_steps()
    night = NightlyRun(landing_folder=landing, as_of=as_of, cycle=cycle, published=published)
    progress = LayerTimes(len(steps), Console(file=sys.stderr))
    try:
        with held(night), progress.shown():
            run_steps(night, run_id, steps, progress.at)
    except StepFailed as failed:
        return run_id, f"the run failed {str(failed).rstrip('.')}. The last good publication stays in place."
    return run_id, None


def _close_interrupted_runs(instance: dg.DagsterInstance) -> None:
    """Mark runs that a killed process left as started: nobody is at work while we hold the lock, and a run that looks
    started keeps the schedule's next one waiting."""
    for run in instance.get_runs(dg.RunsFilter(job_name="nightly", statuses=[dg.DagsterRunStatus.STARTED])):
        instance.report_run_canceled(run, message="the process was killed")


def failure(result: dg.ExecuteInProcessResult) -> str:
    """Which step failed and why, in one line."""
    for event in result.all_events:
        if event.is_step_failure:
            step = (event.step_key or "").replace("__", "/")
            return f"the run failed at {step}: {_reason(event)} The last good publication stays in place."
        if event.is_failure:
            return f"the run failed: {_reason(event)} The last good publication stays in place."
    return "the run failed; the last good publication stays in place"


def _reason(event: dg.DagsterEvent) -> str:
    """The words of a `dagster.Failure`, which may be shown; of anything else, where its text lies."""
    data = event.event_specific_data
    user_failure = getattr(data, "user_failure_data", None)
    if user_failure is not None and user_failure.description:
        return str(user_failure.description).rstrip(".") + "."
    if (event.step_key or "").endswith(("every_row_is_accounted_for", "publication_is_believable")):
        return "the check that guards publication did not pass; its metadata in the Dagster UI says what it saw."
    return "its text is in log/errors.log of the data folder, as it may quote a delivered value."
