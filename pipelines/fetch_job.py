"""The job that fetches deliveries before the night, and when it runs. What it does belongs in `pipelines.fetch`."""

from datetime import date

import dagster as dg

from pipelines.fetch import fetch_deliveries, fetched_sources
from pipelines.sensors import notify
from pipelines.settings import LONDON, read_settings, today


class FetchConfig(dg.Config):
    """What a run of the job is told.

    Attributes:
        as_of: the day, yyyy-mm-dd; empty: today in London.
    """

    as_of: str = ""


@dg.op(description="Fetches what is new from every source that says where its deliveries are.")
def fetch_all_sources(context: dg.OpExecutionContext, config: FetchConfig) -> None:
    """Fetches, tells the log in the words of the command, and fails at the end if a source failed.

    The metadata are counts: Dagster keeps them.
    """
    settings = read_settings()
    as_of = date.fromisoformat(config.as_of) if config.as_of else today()
    found = list(fetch_deliveries(settings, settings.landing, as_of)) if settings.landing.is_dir() else []
    counts = {
        "sources": len(found),
        "files": sum(len(source.files) for source in found),
        "bytes": sum(source.bytes for source in found),
        "rows": sum(source.rows or 0 for source in found),
        "unchanged": sum(source.unchanged for source in found),
        "failed": sum(bool(source.failures) for source in found),
    }
    context.add_output_metadata(counts)
    for source in found:
        for failure in source.failures:
            context.log.error(f"{source.source}: {failure}")
    if counts["failed"]:
        said = f"[{counts['failed']}] of [{counts['sources']}] sources could not be fetched as a whole."
        notify(settings, f"{said} `reconcile fetch` says why; the last deliveries stay in force.")
        raise dg.Failure(f"{said} The log says which and why; the last deliveries stay in force.", metadata=counts)


@dg.job(
    name="fetch_deliveries",
    executor_def=dg.in_process_executor,
    description="Fetches deliveries from databases, SFTP and object storage into the landing folder.",
)
def fetch_job() -> None:
    """One step: sources are asked one after the other."""
    fetch_all_sources()


# On the night when London's clocks skip 01:45 it runs when they have, and on the one that has it twice, once: before the
# nightly run either way.
@dg.schedule(
    job=fetch_job,
    cron_schedule="45 1 * * *",
    execution_timezone="Europe/London",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every night at 01:45 in London, if a source says where its deliveries are.",
)
def fetch_schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """One run a night, half an hour before the nightly one, for the same day."""
    landing = read_settings().landing
    if not (landing.is_dir() and fetched_sources(landing)):
        return dg.SkipReason("no source says where its deliveries are fetched from")
    day = context.scheduled_execution_time.astimezone(LONDON).date().isoformat()
    return dg.RunRequest(run_key=f"fetch-{day}", run_config={"ops": {"fetch_all_sources": {"config": {"as_of": day}}}})
