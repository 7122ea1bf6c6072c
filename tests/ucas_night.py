"""What a night leaves for UCAS's files: a warehouse with the facts built from named rows, and a publication made of it.

All people and numbers are invented; unique learner numbers begin with 99 and have right check digits.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from schemas.published import PUBLISHED
from tests.flags.reconciled_rows import built, populations_and_facts, reconciled_warehouse

ORGANISATION, QUALIFICATION, OTHER = "RN9901", "60000004", "60000016"
ULNS = ("9900000012", "9900000020", "9900000039", "9900000047", "9900000055", "9900000063")

_NEEDED = (
    "linked_registrations",
    "live_applications",
    "open_registrations",
    "expected_registrations",
    "issued_awards",
    "completion_dates",
)

Rows = dict[str, dict[str, Any]]

#: When results go to UCAS, for every organisation.
RELEASE: Rows = {
    "release": {"feed": "key_dates", "event": "results_to_ucas", "falls_on": "2026-08-07 06:00", "series": "2026-06"}
}


def qualification(number: str = QUALIFICATION) -> dict[str, Any]:
    """A qualification of the organisation."""
    return {
        "feed": "qualifications",
        "qualification_number": number,
        "title": "Invented Diploma",
        "awarding_organisation_rn": ORGANISATION,
        "level": "3",
        "guided_learning_hours": 360,
    }


def learner(place: int, grade: str | None = None, **changes: Any) -> Rows:
    """A registration of an invented learner who has applied, with an award if a grade is given.

    Args:
        place: which learner; the same place is the same person.
        grade: of the issued award.
        changes: of the registration; `learner` parts it from the application, `status` of the award is `award_status`,
            `applied` says whether there is an application.
    """
    award_status, applied = changes.pop("award_status", "issued"), changes.pop("applied", True)
    key = {
        "awarding_organisation_rn": ORGANISATION,
        "registration_number": f"REG{place}",
        "qualification_number": changes.pop("qualification_number", QUALIFICATION),
    }
    person = {"surname": f"Invented{place}", "date_of_birth": f"2008-02-1{place}", "sex": "F", "learner": f"L{place}"}
    name = f"{place} {key['qualification_number']}"
    rows: Rows = {
        f"registration {name}": {
            "feed": "ao_registrations",
            **key,
            **person,
            "forename": "Pat",
            "uln": ULNS[place],
            "centre_number": "99001",
            "registration_date": "2024-09-15",
            "planned_completion": "2026-06",
            "status": "active",
            **changes,
        }
    }
    if applied:
        rows[f"application {place}"] = {
            "feed": "ucas_applicants",
            **person,
            "forenames": "Pat",
            "personal_id": f"000000000{place}",
            "applied_on": "2026-01-10",
        }
    if grade is not None or award_status != "issued":
        issued = {"issued_on": "2026-07-20"} if award_status == "issued" else {}
        rows[f"award {name}"] = {"feed": "ao_awards", **key, "result_status": award_status, "grade": grade, **issued}
    return rows


def night(
    data: Path,
    *rows: Rows,
    as_of: str = "2026-08-07",
    flags: Mapping[str, str] | None = None,
    publication_id: str | None = None,
) -> None:
    """Leave what a night leaves in a data folder, in place of what lies there.

    Args:
        data: the data folder.
        rows: named rows.
        as_of: the run's day.
        flags: registration number by flag id, of flags that name an application.
        publication_id: of what was published, if it is not what the warehouse holds.
    """
    named: Rows = {"qualification": qualification(), "other": qualification(OTHER)}
    for some in rows:
        named |= some
    connection = reconciled_warehouse(as_of, named)
    facts = {statement.name: statement for statement in populations_and_facts().values()}
    built(connection, *(facts[name] for name in _NEEDED))
    connection.execute(f"CREATE TABLE published.flags ({PUBLISHED['flags'].column_ddl})")
    for flag_id, registration in (flags or {}).items():
        connection.execute(
            "INSERT INTO published.flags BY NAME SELECT ? AS flag_id, ? AS awarding_organisation_rn, "
            "? AS registration_number, ? AS qualification_number, '0000000001' AS personal_id, 'open' AS state",
            [flag_id, ORGANISATION, registration, QUALIFICATION],
        )
    made = f"night of {as_of}"
    _run(connection, made, as_of)
    for folder in (data / "work", data / "published"):
        folder.mkdir(parents=True, exist_ok=True)
    work = data / "work" / "work.duckdb"
    work.unlink(missing_ok=True)
    connection.execute(f"ATTACH '{work}' AS work; COPY FROM DATABASE memory TO work; DETACH work")
    publication = data / "published" / "reconciliation.duckdb"
    publication.unlink(missing_ok=True)
    with duckdb.connect(publication) as published:
        published.execute("CREATE SCHEMA published")
        _run(published, publication_id or made, as_of)


def _run(connection: duckdb.DuckDBPyConnection, publication_id: str, as_of: str) -> None:
    connection.execute(
        f"CREATE TABLE published.runs AS SELECT ? AS publication_id, DATE '{as_of}' AS as_of, 2026 AS cycle",
        [publication_id],
    )
