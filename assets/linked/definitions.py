"""The linked layer's assets: which centre, which person, which qualification a record speaks of."""

from collections.abc import Sequence
from typing import Any

import dagster as dg

from assets.description import OWNERS, describe
from assets.linked.centres import resolve_centres
from assets.linked.declarations import resolve_declarations
from assets.linked.links import link_people
from assets.night import Night
from assets.standardised.definitions import row_ledger

_PERSON_FEEDS = [
    dg.AssetKey(["standardised", feed]) for feed in ("ucas_applicants", "centre_registrations", "ao_registrations")
]


def _stages(connection: Any) -> dict[str, int]:
    return dict(
        connection.execute("SELECT stage, count(*) FROM linked.person_links GROUP BY stage ORDER BY stage").fetchall()
    )


@dg.asset(
    key=["linked", "centre_successors"],
    group_name="linked",
    owners=OWNERS,
    kinds={"duckdb"},
    deps=[row_ledger, dg.AssetKey(["standardised", "centres"])],
)
def centre_successors(night: dg.ResourceParam[Night]) -> dg.MaterializeResult[Any]:
    """For each centre number the number that it goes by now, mergers and renumberings followed to their end."""
    with night.connect() as connection:
        resolve_centres(connection)
        return describe(connection, "linked", "centre_successors")


@dg.asset(
    key=["linked", "person_links"],
    group_name="linked",
    owners=OWNERS,
    kinds={"duckdb", "sql"},
    deps=[centre_successors, *_PERSON_FEEDS],
)
def person_links(night: dg.ResourceParam[Night]) -> dg.MaterializeResult[Any]:
    """Every person-bearing record with the learner it belongs to, the stage that joined it and the evidence."""
    with night.connect() as connection:
        link_people(connection)
        return describe(connection, "linked", "person_links", records_by_stage=_stages(connection))


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            ["linked", table],
            group_name="linked",
            owners=OWNERS,
            kinds={"duckdb", "sql"},
            description=meaning,
            deps=[
                row_ledger,
                dg.AssetKey(["standardised", "ucas_qualifications"]),
                dg.AssetKey(["standardised", "qualifications"]),
            ],
        )
        for table, meaning in (
            (
                "declared_qualifications",
                "For each declaration the qualification that it means, and how that was found.",
            ),
            ("declaration_candidates", "For each declaration every qualification that it may mean."),
        )
    ],
)
def declarations(night: dg.ResourceParam[Night]) -> Any:
    """What each applicant's declaration means: its number if that is known, else the one its title resolves to."""
    with night.connect() as connection:
        resolve_declarations(connection)
        for table in ("declared_qualifications", "declaration_candidates"):
            yield describe(connection, "linked", table)._replace(asset_key=dg.AssetKey(["linked", table]))


ASSETS: Sequence[dg.AssetsDefinition] = [centre_successors, person_links, declarations]
CHECKS: Sequence[dg.AssetChecksDefinition] = []
