"""Everything that Dagster sees: assets by layer, their checks, the nightly job, its schedule, sensors and hooks.

Which assets there are is decided in each layer's `definitions` module; how they run is decided here.
"""

import dagster as dg

from assets.landed import definitions as landed
from assets.linked import definitions as linked
from assets.published import definitions as published
from assets.reconciled import definitions as reconciled
from assets.standardised import definitions as standardised
from pipelines.fetch_job import fetch_job, fetch_schedule
from pipelines.night import NightlyRun
from pipelines.progress import progress_logger
from pipelines.redaction import keep_error_texts_apart
from pipelines.schedules import nightly, nightly_schedule
from pipelines.sensors import landing_sensor, report_failure, report_summary

LAYER_MODULES = (landed, standardised, linked, reconciled, published)


def build_definitions(night: NightlyRun) -> dg.Definitions:
    """The project's definitions around one resource, so that a test or a command brings its own."""
    return dg.Definitions(
        assets=[asset for module in LAYER_MODULES for asset in module.ASSETS],
        asset_checks=[check for module in LAYER_MODULES for check in module.CHECKS],
        jobs=[nightly, fetch_job],
        schedules=[nightly_schedule, fetch_schedule],
        sensors=[landing_sensor, report_failure, report_summary],
        resources={"night": night},
        # DuckDB has one writer: the steps of a run share one process and one connection.
        executor=dg.in_process_executor,
        loggers={"console": dg.colored_console_logger, "progress": progress_logger},
    )


keep_error_texts_apart()
defs = build_definitions(NightlyRun())
