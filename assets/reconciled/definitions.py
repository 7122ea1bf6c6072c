"""The reconciled layer's assets: populations, facts and flags found in `sql/`, and what each learner can still achieve.

Nothing is listed here: a SQL file's folder says what it is, and its body says what it depends on.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg
from duckdb import DuckDBPyConnection

from assets.description import OWNERS, describe
from assets.night import Night
from assets.reconciled.achievability.held import load_specifications
from assets.reconciled.achievability.registrations import assess_registrations
from assets.reconciled.flags import Flag, assess_coverage, build_flag, discover_flags
from assets.reconciled.raised_flags import raised_flags_statement
from assets.reconciled.sql_files import Statement, build_statement, discover_statements
from assets.reconciled.tonights_flags import tonights_flags_statement, write_flag_decisions


def keys_of(tables: frozenset[tuple[str, str]]) -> list[dg.AssetKey]:
    """Asset keys of tables, in order: an asset's key is its layer and its table."""
    return [dg.AssetKey(list(table)) for table in sorted(tables)]


def statement_asset(statement: Statement) -> dg.AssetsDefinition:
    """The asset of one SQL file of `sql/populations`, `sql/facts` or `sql/tables`."""

    @dg.asset(
        key=[statement.schema, statement.name],
        group_name=statement.schema,
        owners=OWNERS,
        kinds={"duckdb", "sql"},
        description=statement.statement,
        # What depends on nothing still belongs to a run that has begun.
        deps=keys_of(statement.dependencies | {("landed", "run_context")}),
    )
    def build(night: dg.ResourceParam[Night]) -> dg.MaterializeResult[Any]:
        with night.connect() as connection:
            build_statement(connection, statement)
            return describe(connection, statement.schema, statement.name)

    return build


def flag_asset(flag: Flag) -> dg.AssetsDefinition:
    """The asset of one flag, with its check: the share raised is believable."""

    @dg.asset(
        key=["reconciled", flag.code],
        group_name="reconciled",
        owners=OWNERS,
        kinds={"duckdb", "sql"},
        tags={"severity": flag.header.severity, "owner": flag.header.owner, "family": flag.family},
        description=f"{flag.header.statement} Action: {flag.header.action}",
        deps=keys_of(flag.dependencies),
        check_specs=[
            dg.AssetCheckSpec(
                "share_is_believable",
                asset=["reconciled", flag.code],
                description=f"At most {flag.header.soft_limit:.0%} of the population, and never more than "
                f"{flag.header.hard_limit:.0%}: {flag.header.limits_reason}",
            )
        ],
    )
    def build(night: dg.ResourceParam[Night]) -> Iterator[Any]:
        with night.connect() as connection:
            build_flag(connection, flag)
            yield describe(connection, "reconciled", flag.code)
            yield believable_share(connection, flag)

    return build


def believable_share(connection: DuckDBPyConnection, flag: Flag) -> dg.AssetCheckResult:
    """Whether the share of the population that raised the flag is within its limits.

    Above the soft limit the check warns. Above the hard one it fails; it stops nothing, as the publication is judged as a
    whole (`assets.published.gate`).
    """
    coverage = assess_coverage(connection, flag)
    share = coverage.raised / coverage.population if coverage.population else 0.0
    return dg.AssetCheckResult(
        check_name="share_is_believable",
        asset_key=["reconciled", flag.code],
        passed=share <= flag.header.soft_limit,
        severity=dg.AssetCheckSeverity.ERROR if share > flag.header.hard_limit else dg.AssetCheckSeverity.WARN,
        metadata={
            "population": coverage.population,
            "raised": coverage.raised,
            "cannot_assess": coverage.cannot_assess,
            "passed": coverage.passed,
            "share": share,
        },
    )


_ACHIEVABILITY = {
    "achievability": "For each open registration: achieved, on track, action needed, unachievable, and with which grade.",
    "situations": "Each distinct situation, as the list of its units' parts.",
    "unit_parts": "What is said of one unit: state, grade, deadline, whether it counts, and why.",
    "barred_units": "Secured units of barred sets that do not count as a whole, situation by situation.",
    "specification_units": "The numbers under which each specification's units and gates may come.",
    "specification_grades": "Each specification's overall grades, lowest first.",
}


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            ["reconciled", table],
            group_name="reconciled",
            owners=OWNERS,
            kinds={"duckdb", "numpy"},
            description=description,
            deps=keys_of(
                frozenset(
                    {
                        ("standardised", "ao_registrations"),
                        ("standardised", "ao_unit_entries"),
                        ("standardised", "ao_unit_results"),
                        ("reconciled", "calendar"),
                    }
                )
            ),
        )
        for table, description in _ACHIEVABILITY.items()
    ],
    name="reconciled__achievability",
)
def achievability(night: dg.ResourceParam[Night]) -> Iterator[dg.MaterializeResult[Any]]:
    """What each learner can still achieve, and what each unit has to do with it."""
    with night.connect() as connection:
        assess_registrations(connection, load_specifications())
        statuses = connection.execute(
            "SELECT status, count(*) FROM reconciled.achievability GROUP BY status ORDER BY status"
        ).fetchall()
        for table in _ACHIEVABILITY:
            more = {"statuses": dict(statuses)} if table == "achievability" else {}
            yield describe(connection, "reconciled", table, **more)


_FILES = [*discover_statements("populations"), *discover_statements("facts")]
FLAGS = discover_flags()
STATEMENTS = [*_FILES, raised_flags_statement(FLAGS, _FILES)]


@dg.asset(
    key=["reconciled", "flag_decisions"],
    group_name="reconciled",
    owners=OWNERS,
    kinds={"duckdb"},
    deps=keys_of(frozenset({("landed", "run_context")})),
)
def flag_decisions(night: dg.ResourceParam[Night]) -> dg.MaterializeResult[Any]:
    """What people have decided about flags and is in force on the run's day: acknowledged, waived or assigned."""
    with night.connect() as connection:
        ((as_of,),) = connection.execute("SELECT as_of FROM landed.run_context").fetchall()
        write_flag_decisions(connection, night.flag_decisions(as_of))
        return describe(connection, "reconciled", "flag_decisions")


ASSETS: Sequence[dg.AssetsDefinition] = [
    *map(statement_asset, STATEMENTS),
    achievability,
    *map(flag_asset, FLAGS),
    statement_asset(tonights_flags_statement(FLAGS)),
    flag_decisions,
]
CHECKS: Sequence[dg.AssetChecksDefinition] = []
