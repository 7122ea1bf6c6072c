"""The linked layer's assets: which centre, which person, which qualification a record speaks of."""

from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg

from assets.description import OWNERS, describe
from assets.linked.centres import resolve_centres
from assets.linked.declarations import resolve_declarations
from assets.linked.links import link_people
from assets.night import Night
from assets.standardised.definitions import row_ledger
from schemas.link_review import LEARNER_HISTORY, LINK_DECISIONS, LINK_REVIEW

_PERSON_FEEDS = [
    dg.AssetKey(["standardised", feed]) for feed in ("ucas_applicants", "centre_registrations", "ao_registrations")
]


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


def _specs(tables: dict[str, str], deps: Sequence[Any]) -> list[dg.AssetSpec]:
    """Specs of tables that one step makes together, each with its meaning."""
    return [
        dg.AssetSpec(
            ["linked", table],
            group_name="linked",
            owners=OWNERS,
            kinds={"duckdb", "sql"},
            description=meaning,
            deps=deps,
        )
        for table, meaning in tables.items()
    ]


PEOPLE = {
    "forename_forms": "Each forename that has recorded short forms or is one, with the formal name that they share.",
    "people": "Every person-bearing record with the columns by which it may be matched.",
    "person_links": "Every person-bearing record with the learner it belongs to, the stage that joined it and the evidence.",
    "link_review": LINK_REVIEW.meaning,
    "link_decisions": LINK_DECISIONS.meaning,
    "learner_history": LEARNER_HISTORY.meaning,
}
DECLARATIONS = {
    "declared_qualifications": "For each declaration the qualification that it means, and how that was found.",
    "declaration_candidates": "For each declaration every qualification that it may mean.",
}


@dg.multi_asset(name="linked__people", specs=_specs(PEOPLE, [row_ledger, centre_successors, *_PERSON_FEEDS]))
def people(night: dg.ResourceParam[Night]) -> Iterator[dg.MaterializeResult[Any]]:
    """Who is who: records joined into learners by people's decisions, by stages of evidence, and by its weight."""
    with night.connect() as connection, night.previous(connection) as previous:
        ((as_of,),) = connection.execute("SELECT as_of FROM landed.run_context").fetchall()
        counts = link_people(
            connection, as_of=as_of, decisions=night.link_decisions(), previous=previous, model=night.link_model()
        )
        for table in PEOPLE:
            more = counts if table == "person_links" else {}
            yield describe(connection, "linked", table, **more)


@dg.multi_asset(
    name="linked__declarations",
    specs=_specs(
        DECLARATIONS,
        [
            row_ledger,
            dg.AssetKey(["standardised", "ucas_qualifications"]),
            dg.AssetKey(["standardised", "qualifications"]),
        ],
    ),
)
def declarations(night: dg.ResourceParam[Night]) -> Iterator[dg.MaterializeResult[Any]]:
    """What each applicant's declaration means: its number if that is known, else the one its title resolves to."""
    with night.connect() as connection:
        resolve_declarations(connection)
        for table in DECLARATIONS:
            yield describe(connection, "linked", table)


ASSETS: Sequence[dg.AssetsDefinition] = [centre_successors, people, declarations]
CHECKS: Sequence[dg.AssetChecksDefinition] = []
