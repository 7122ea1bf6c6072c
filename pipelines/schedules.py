"""The nightly job and when it runs."""

import dagster as dg

from pipelines.settings import LONDON

nightly = dg.define_asset_job(
    "nightly",
    selection=dg.AssetSelection.all(),
    description="Takes in the deliveries of the day, reconciles the three sides and publishes what was found.",
)


# 02:15 stands clear of the hour that London's clocks skip in March and repeat in October.
@dg.schedule(
    job=nightly,
    cron_schedule="15 2 * * *",
    execution_timezone="Europe/London",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Every night at 02:15 in London.",
)
def nightly_schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """One run a night, for the day on which it begins."""
    day = context.scheduled_execution_time.astimezone(LONDON).date().isoformat()
    return dg.RunRequest(run_key=f"nightly-{day}", run_config=run_config(as_of=day))


def run_config(*, landing: str = "", as_of: str = "", cycle: int = 0, published: str = "") -> dict[str, object]:
    """Run config of the nightly job; what is empty keeps its default."""
    given = {"landing_folder": landing, "as_of": as_of, "cycle": cycle, "published": published}
    return {"resources": {"night": {"config": {name: value for name, value in given.items() if value}}}}
