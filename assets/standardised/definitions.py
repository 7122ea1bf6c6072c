"""The standardised layer's assets: one table a feed with the rows in force, and the account of every row."""

from collections.abc import Sequence
from typing import Any

import dagster as dg

from assets.description import OWNERS, describe
from assets.landed.definitions import deliveries
from assets.night import Night
from assets.standardised.earlier_awards import gather_earlier_grades
from assets.standardised.row_ledger import unbalanced
from assets.standardised.supersession import stand_rows
from schemas.feeds import FEEDS, Feed


def standardised_feed(feed: Feed) -> dg.AssetsDefinition:
    """The asset of one feed: of all deliveries, the rows that are in force on the run's day."""

    @dg.asset(
        key=["standardised", feed.name],
        group_name="standardised",
        owners=OWNERS,
        kinds={"duckdb", "sql"},
        deps=[dg.AssetKey(["landed", feed.name])],
        description=f"{feed.meaning} Only the rows in force, each with the delivery and line it was taken from.",
    )
    def stand(night: dg.ResourceParam[Night]) -> dg.MaterializeResult[Any]:
        with night.connect() as connection:
            counts = stand_rows(connection, feed)
            return describe(connection, "standardised", feed.name, **counts)

    return stand


STANDARDISED_FEEDS = [standardised_feed(feed) for feed in FEEDS.values()]


@dg.asset(
    key=["standardised", "row_ledger"],
    group_name="standardised",
    owners=OWNERS,
    kinds={"duckdb"},
    deps=[deliveries, *STANDARDISED_FEEDS],
)
def row_ledger(night: dg.ResourceParam[Night]) -> dg.MaterializeResult[Any]:
    """For each delivery: landed = accepted + superseded + duplicate + quarantined."""
    with night.connect() as connection:
        return describe(connection, "standardised", "row_ledger")


@dg.asset(
    key=["standardised", "rows_kept_in_force"],
    group_name="standardised",
    owners=OWNERS,
    kinds={"duckdb"},
    deps=STANDARDISED_FEEDS,
)
def rows_kept_in_force(night: dg.ResourceParam[Night]) -> dg.MaterializeResult[Any]:
    """Earlier rows that stay in force because a later row of their key was quarantined."""
    with night.connect() as connection:
        return describe(connection, "standardised", "rows_kept_in_force")


@dg.asset(
    key=["standardised", "earlier_award_grades"],
    group_name="standardised",
    owners=OWNERS,
    kinds={"duckdb", "sql"},
    deps=[deliveries, dg.AssetKey(["standardised", "ao_awards"])],
)
def earlier_award_grades(night: dg.ResourceParam[Night]) -> dg.MaterializeResult[Any]:
    """Grades with which awards in force were issued in earlier deliveries, where they are others now."""
    with night.connect() as connection:
        gather_earlier_grades(connection)
        return describe(connection, "standardised", "earlier_award_grades")


@dg.asset_check(
    asset=row_ledger, blocking=True, description="Every landed row is accounted for; if not, nothing is published."
)
def every_row_is_accounted_for(night: dg.ResourceParam[Night]) -> dg.AssetCheckResult:
    """A row that is neither accepted nor superseded nor duplicate nor quarantined was lost: nothing may be published."""
    with night.connect() as connection:
        lost = unbalanced(connection)
    return dg.AssetCheckResult(
        passed=not lost,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={"deliveries that do not balance": [f"{feed}: {delivery}" for feed, delivery in lost]},
    )


ASSETS: Sequence[dg.AssetsDefinition] = [
    *STANDARDISED_FEEDS,
    row_ledger,
    rows_kept_in_force,
    earlier_award_grades,
]
CHECKS: Sequence[dg.AssetChecksDefinition] = [every_row_is_accounted_for]
