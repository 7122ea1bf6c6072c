"""The landed layer's assets: the run's day, one asset a feed, and what was delivered."""

from collections.abc import Sequence
from typing import Any

import dagster as dg

from assets.description import OWNERS, describe
from assets.landed.landing import land_feed, land_unclaimed, view_of_feed
from assets.night import Night
from schemas.feeds import FEEDS, Feed

#: A file system may fail for a moment; a refusal of the data is final and is not tried again.
PASSING_FAULTS = dg.RetryPolicy(max_retries=2, delay=5)


@dg.asset(key=["landed", "run_context"], group_name="landed", owners=OWNERS, kinds={"duckdb"})
def run_context(context: dg.AssetExecutionContext, night: dg.ResourceParam[Night]) -> dg.MaterializeResult[Any]:
    """The day for which the run speaks, and its cycle. Every rule reads the day from here and from nowhere else."""
    as_of, cycle = night.begin(context.run.run_id)
    with night.connect() as connection:
        return describe(connection, "landed", "run_context", as_of=as_of.isoformat(), cycle=cycle)


def landed_feed(feed: Feed) -> dg.AssetsDefinition:
    """The asset of one feed: its files taken in, each row checked, and what passed as view `landed.<feed>`."""

    @dg.asset(
        key=["landed", feed.name],
        group_name="landed",
        owners=OWNERS,
        kinds={"polars", "pandera", "parquet"},
        deps=[run_context],
        description=f"{feed.meaning} Every row of every delivery that passed the checks, with its delivery and line.",
        retry_policy=PASSING_FAULTS,
    )
    def land(night: dg.ResourceParam[Night]) -> dg.MaterializeResult[Any]:
        with night.connect() as connection:
            ((as_of,),) = connection.execute("SELECT as_of FROM landed.run_context").fetchall()
            counts = land_feed(connection, feed, night.landing, night.store, as_of, limits=night.limits)
            view_of_feed(connection, feed)
            return describe(connection, "landed", feed.name, **counts)

    return land


LANDED_FEEDS = [landed_feed(feed) for feed in FEEDS.values()]


@dg.asset(key=["landed", "deliveries"], group_name="landed", owners=OWNERS, kinds={"duckdb"}, deps=LANDED_FEEDS)
def deliveries(night: dg.ResourceParam[Night]) -> dg.MaterializeResult[Any]:
    """Every file found in the landing folder: accepted, refused, repeated or ignored, and why."""
    with night.connect() as connection:
        ((as_of,),) = connection.execute("SELECT as_of FROM landed.run_context").fetchall()
        land_unclaimed(connection, night.landing, as_of)
        statuses = dict(
            connection.execute(
                "SELECT status, count(*) FROM landed.deliveries GROUP BY status ORDER BY status"
            ).fetchall()
        )
        return describe(connection, "landed", "deliveries", **statuses)


@dg.asset(key=["landed", "quarantine"], group_name="landed", owners=OWNERS, kinds={"duckdb"}, deps=[deliveries])
def quarantine(night: dg.ResourceParam[Night]) -> dg.MaterializeResult[Any]:
    """Every reason for which a row or a delivery was put aside: line, column, kind of value and rule, without values."""
    with night.connect() as connection:
        rules = connection.execute(
            "SELECT rule, count(*) FROM landed.quarantine GROUP BY rule ORDER BY rule"
        ).fetchall()
        return describe(connection, "landed", "quarantine", rules=dict(rules))


@dg.asset_check(asset=deliveries, description="No delivery of tonight was refused.")
def no_delivery_is_refused(night: dg.ResourceParam[Night]) -> dg.AssetCheckResult:
    """A refused delivery leaves the feed's last good one in force: worth a look, and no reason to stop."""
    with night.connect() as connection:
        refused = connection.execute(
            "SELECT feed, reason, count(*) FROM landed.deliveries WHERE status = 'refused' GROUP BY ALL ORDER BY ALL"
        ).fetchall()
    return dg.AssetCheckResult(
        passed=not refused,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"refused": [f"{feed}: {reason} ({count})" for feed, reason, count in refused]},
    )


ASSETS: Sequence[dg.AssetsDefinition] = [run_context, *LANDED_FEEDS, deliveries, quarantine]
CHECKS: Sequence[dg.AssetChecksDefinition] = [no_delivery_is_refused]
