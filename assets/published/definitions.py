"""The published layer's assets: the tables that analysts see, the promises they are held to, and the publication itself."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

import dagster as dg

from assets.description import OWNERS, describe
from assets.night import Night
from assets.published.flag_life import carry_burn_down, carry_life
from assets.published.flag_tables import build_catalogue, build_flags_table
from assets.published.gate import judge, record
from assets.published.gate_page import gate_page
from assets.published.link_review_page import review_page
from assets.published.overview_page import overview_page
from assets.published.tables import describe_run, project
from assets.reconciled.definitions import FLAGS, keys_of, statement_asset
from assets.reconciled.sql_files import discover_statements
from schemas.published import PUBLISHED

_FLAG_TABLES = frozenset(("reconciled", flag.code) for flag in FLAGS)

_PROJECTED = {
    "achievability": {("reconciled", "achievability"), ("linked", "person_links")},
    "situations": {("reconciled", "situations")},
    "unit_parts": {("reconciled", "unit_parts")},
    "person_links": {("linked", "person_links")},
    "link_decisions": {("linked", "link_decisions")},
    "learner_history": {("linked", "learner_history")},
    "row_ledger": {("standardised", "row_ledger")},
    "quarantine": {("landed", "quarantine")},
    "deliveries": {("landed", "deliveries")},
}


def published_asset(
    table: str, deps: Sequence[dg.AssetKey | dg.AssetsDefinition]
) -> Callable[..., dg.AssetsDefinition]:
    """The decorator of what makes a published table."""
    return dg.asset(
        key=["published", table],
        group_name="published",
        owners=OWNERS,
        kinds={"duckdb"},
        description=PUBLISHED[table].meaning,
        deps=deps,
    )


def projected_asset(table: str, dependencies: frozenset[tuple[str, str]]) -> dg.AssetsDefinition:
    """The asset of a published table that is a projection of an earlier layer."""

    @published_asset(table, keys_of(dependencies))
    def build(night: dg.ResourceParam[Night]) -> dg.MaterializeResult[Any]:
        with night.connect() as connection:
            project(connection, table)
            return describe(connection, "published", table)

    return build


@published_asset(
    "flags",
    keys_of(
        frozenset({("reconciled", "tonights_flags"), ("reconciled", "flag_decisions"), ("published", "flag_history")})
    ),
)
def flags(night: dg.ResourceParam[Night]) -> dg.MaterializeResult[Any]:
    """Every flag raised, whatever its code, with its life so far and what people decided about it."""
    with night.connect() as connection:
        build_flags_table(connection)
        by_code = connection.execute(
            "SELECT flag_code, count(*) FROM published.flags GROUP BY flag_code ORDER BY flag_code"
        ).fetchall()
        return describe(connection, "published", "flags", flags_by_code=dict(by_code))


@published_asset("flag_catalogue", keys_of(_FLAG_TABLES))
def flag_catalogue(night: dg.ResourceParam[Night]) -> dg.MaterializeResult[Any]:
    """What each flag states, and how many of its population it met."""
    with night.connect() as connection:
        build_catalogue(connection, FLAGS)
        return describe(connection, "published", "flag_catalogue")


_LIFE = {name: PUBLISHED[name].meaning for name in ("flag_history", "flag_spells")}


@dg.multi_asset(
    name="published__flag_life",
    specs=[
        dg.AssetSpec(
            ["published", table],
            group_name="published",
            owners=OWNERS,
            kinds={"duckdb"},
            description=meaning,
            deps=keys_of(frozenset({("reconciled", "tonights_flags")})),
        )
        for table, meaning in _LIFE.items()
    ],
)
def flag_life(night: dg.ResourceParam[Night]) -> Iterator[dg.MaterializeResult[Any]]:
    """Since when each flag of the cycle has been raised, and whether it was resolved: carried over from last night."""
    with night.connect() as connection, night.previous(connection) as previous:
        ((as_of, cycle),) = connection.execute("SELECT as_of, cycle FROM landed.run_context").fetchall()
        states = carry_life(connection, as_of, cycle, previous)
        for table in _LIFE:
            yield describe(connection, "published", table, **(states if table == "flag_history" else {}))


@published_asset("burn_down", [flags, flag_life, flag_catalogue])
def burn_down(night: dg.ResourceParam[Night]) -> dg.MaterializeResult[Any]:
    """How many flags each night of the cycle had, and how many came and went."""
    with night.connect() as connection, night.previous(connection) as previous:
        ((as_of, cycle),) = connection.execute("SELECT as_of, cycle FROM landed.run_context").fetchall()
        carry_burn_down(connection, as_of, cycle, previous)
        return describe(connection, "published", "burn_down")


@published_asset("link_review", keys_of(frozenset({("linked", "link_review")})))
def link_review(night: dg.ResourceParam[Night]) -> dg.MaterializeResult[Any]:
    """The pairs of records that a person must decide, as a table and as a page beside the publication."""
    with night.connect() as connection:
        project(connection, "link_review")
        night.keep_page("link_review.html", review_page(connection, night.link_model()), personal=True)
        return describe(connection, "published", "link_review")


PROJECTED = [projected_asset(table, frozenset(tables)) for table, tables in _PROJECTED.items()]
BUILT = [statement_asset(statement) for statement in discover_statements("tables")]


@published_asset("runs", [flags, flag_life, flag_catalogue, burn_down, link_review, *PROJECTED, *BUILT])
def runs(night: dg.ResourceParam[Night]) -> dg.MaterializeResult[Any]:
    """What is about to be published, from what, with the totals."""
    with night.connect() as connection:
        describe_run(connection, night.version)
        return describe(connection, "published", "runs")


@dg.asset(
    key=["published", "promises"],
    group_name="published",
    owners=OWNERS,
    kinds={"greatexpectations"},
    description="What tonight's publication is held to as a whole, what was seen, and whether it may be published.",
    deps=[runs],
)
def promises(night: dg.ResourceParam[Night]) -> dg.MaterializeResult[Any]:
    """Tonight's tables held against what the publication promises, and against the last good publication.

    The verdict speaks of the night before too, so it stands beside the publication, as a page, and not in it.
    """
    with night.connect() as connection, night.previous(connection) as previous:
        verdict = judge(connection, previous, night.bounds())
        record(connection, verdict)
        ((as_of,),) = connection.execute("SELECT as_of FROM landed.run_context").fetchall()
        page = night.keep_page("promises.html", gate_page(verdict, as_of))
        return describe(
            connection, "published", "promises", publish=verdict.publish, page=dg.MetadataValue.path(str(page))
        )


@dg.asset_check(
    asset=promises,
    blocking=True,
    description="No promise is broken that holds the publication back; if one is, the last good publication stays.",
)
def publication_is_believable(night: dg.ResourceParam[Night]) -> dg.AssetCheckResult:
    """A broken promise holds the publication back; the last good one stays in force."""
    with night.connect() as connection:
        broken = connection.execute(
            "SELECT promise, subject, sentence FROM published.promises WHERE status = 'broken' ORDER BY ALL"
        ).fetchall()
    return dg.AssetCheckResult(
        passed=not broken,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={"broken": [f"{subject}: {sentence} ({promise})" for promise, subject, sentence in broken]},
    )


@dg.asset(
    key=["published", "publications"],
    group_name="published",
    owners=OWNERS,
    kinds={"duckdb", "parquet"},
    description="The publications that are kept, newest first; making it publishes tonight's tables.",
    deps=[promises, *keys_of(frozenset({("reconciled", "cycle_dates")}))],
    retry_policy=dg.RetryPolicy(max_retries=2, delay=5),
    freshness_policy=dg.FreshnessPolicy.cron(
        deadline_cron="0 7 * * *", lower_bound_delta=timedelta(hours=6), timezone="Europe/London"
    ),
)
def publications(context: dg.AssetExecutionContext, night: dg.ResourceParam[Night]) -> dg.MaterializeResult[Any]:
    """A new checked file with the night's pages beside it, and the link that analysts open pointed at it."""
    with night.connect() as connection:
        # Beside the publication alone, as the pages that it leads to.
        night.keep_page("overview.html", overview_page(connection), personal=True)
        path = night.publish(connection, context.run.run_id)
        return describe(
            connection,
            "published",
            "publications",
            publication=dg.MetadataValue.path(str(path)),
            overview=dg.MetadataValue.path(str(path.with_name("overview.html"))),
        )


ASSETS: Sequence[dg.AssetsDefinition] = [
    flags,
    flag_life,
    flag_catalogue,
    burn_down,
    link_review,
    *PROJECTED,
    *BUILT,
    runs,
    promises,
    publications,
]
CHECKS: Sequence[dg.AssetChecksDefinition] = [publication_is_believable]
