"""A publication with nothing but what the reports read, made of a few invented people of two centres."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import openpyxl

from schemas.published import PUBLISHED

AS_OF = date(2026, 5, 14)
CENTRE, OTHER = "01234", "98765"
ORGANISATION, QUALIFICATION = "RN0001", "60000004"

_TABLES = ("runs", "flag_catalogue", "centres", "centre_summary", "checkpoint", "flags", "calendar")


def position(number: int, **changes: Any) -> dict[str, Any]:
    """A registration of an invented learner, expected, on track, and confirmed by the centre."""
    row = {
        "centre_number": CENTRE,
        "awarding_organisation_rn": ORGANISATION,
        "registration_number": f"REG{number}",
        "qualification_number": QUALIFICATION,
        "qualification_title": "Invented Diploma",
        "learner_id": f"L{number}",
        "stands": True,
        "held_by_centre": True,
        "recorded_centre_number": CENTRE,
        "centre_learner_reference": f"REF{number}",
        "forename": "Invented",
        "surname": f"Person{number}",
        "date_of_birth": date(2008, 2, 3),
        "planned_completion": "2026-06",
        "expects_result_this_summer": "Y",
        "intent": "confirmed",
        "expected": True,
        "status": "on_track",
        "rests_on_unreleased_results": False,
        "award_is_unreleased": False,
    }
    return row | changes


def flag(number: int, code: str = "claim_missing", **changes: Any) -> dict[str, Any]:
    """A routine flag of a centre about the registration of that number."""
    row = {
        "flag_id": f"F{code}{number}",
        "flag_code": code,
        "urgency": "routine",
        "severity": "delays_award",
        "owner": "centre",
        "act_by": date(2026, 7, 5),
        "detail": f"Something is wrong with {code}.",
        "centre_number": CENTRE,
        "awarding_organisation_rn": ORGANISATION,
        "registration_number": f"REG{number}",
        "qualification_number": QUALIFICATION,
        "learner_id": f"L{number}",
        "first_seen": date(2026, 5, 1),
        "waived": False,
    }
    return row | changes


def known(code: str, family: str, owner: str = "centre", shared_with: str | None = None) -> dict[str, Any]:
    """A code of the catalogue."""
    return {
        "flag_code": code,
        "family": family,
        "owner": owner,
        "shared_with": shared_with,
        "action": f"Put {code} right.",
    }


CATALOGUE = (
    known("claim_missing", "centre"),
    known("certification_blocked", "centre", "awarding_organisation"),
    known("personal_details_differ", "centre"),
    known("qualification_unachievable", "achievability", "centre", "awarding_organisation"),
    known("applicant_without_registration", "applicant", "awarding_organisation", "centre"),
)

CONTACT = {
    "centre_number": CENTRE,
    "current_centre_number": CENTRE,
    "name": "Invented College",
    "exams_officer_email": "exams@invented.example",
    "senior_contact_name": "A. Nother",
}


def date_of(event: str, day: datetime, **changes: Any) -> dict[str, Any]:
    """A date of the centre's calendar."""
    row = {"centre_number": CENTRE, "awarding_organisation_rn": ORGANISATION, "event": event, "falls_on": day}
    return row | {"days_left": (day.date() - AS_OF).days, "source": "invented"} | changes


def publish(
    path: Path,
    positions: Iterable[Mapping[str, Any]],
    flags: Iterable[Mapping[str, Any]] = (),
    calendar: Iterable[Mapping[str, Any]] = (),
    *,
    contacts: Iterable[Mapping[str, Any]] = (CONTACT,),
    as_of: date = AS_OF,
    catalogue: Iterable[Mapping[str, Any]] = CATALOGUE,
) -> Path:
    """Write a publication, in place of the one that lies there; each centre's summary is counted from its rows."""
    positions, flags, contacts = list(positions), list(flags), list(contacts)
    names = {contact["centre_number"]: contact["name"] for contact in contacts}
    summaries = [
        {
            "centre_number": number,
            "centre_name": names.get(number),
            "open_registrations": sum(row["centre_number"] == number for row in positions),
            "delays_award": sum(row["centre_number"] == number for row in flags),
            **dict.fromkeys(("blocks_award", "affects_place", "data_quality", "waived"), 0),
        }
        for number in sorted({row["centre_number"] for row in (*positions, *flags, *contacts)})
    ]
    rows = {
        "runs": [{"as_of": as_of}],
        "flag_catalogue": list(catalogue),
        "centres": contacts,
        "centre_summary": summaries,
        "checkpoint": positions,
        "flags": flags,
        "calendar": list(calendar),
    }
    path.unlink(missing_ok=True)
    with duckdb.connect(path) as connection:
        connection.execute("CREATE SCHEMA published")
        for table in _TABLES:
            connection.execute(f"CREATE TABLE published.{table} ({PUBLISHED[table].column_ddl})")
            for row in rows[table]:
                marks = ", ".join("?" for _ in row)
                names_of = ", ".join(f'"{name}"' for name in row)
                connection.execute(f"INSERT INTO published.{table} ({names_of}) VALUES ({marks})", list(row.values()))
    return path


#: A centre with a learner in every list.
POSITIONS = [
    position(1, status="achieved", surname="Achieved"),
    position(2, surname="Ontrack"),
    position(
        3, status="action_needed", surname="Toact", actions="Enter unit 3 by 2026-05-22", act_by=date(2026, 5, 22)
    ),
    position(
        4,
        status="unachievable",
        surname="Outofreach",
        actions="60 GLH short of 360",
        fallback_qualification_number="60000003",
        fallback_title="Invented Certificate",
        fallback_grade="MERIT",
    ),
    position(5, status="cannot_assess", reason="specification_missing", surname="Unknown"),
    position(
        6,
        status="unachievable",
        actions="SECRETREASON",
        rests_on_unreleased_results=True,
        surname="Waiting",
        fallback_qualification_number="60000003",
        fallback_grade=None,
    ),
    position(7, intent="unconfirmed", expects_result_this_summer=None, surname="Unconfirmed"),
    position(8, surname="Blocked"),
    position(9, expected=False, surname="Nextyear", intent="declined"),
    position(10, surname="Awarded", award_is_unreleased=True),
]
FLAGS = [
    flag(8, "certification_blocked", owner="awarding_organisation", detail="A block is in force."),
    flag(2, "personal_details_differ", detail="The date of birth differs."),
    flag(1, "claim_missing", urgency="urgent", detail="No claim is made."),
    flag(4, "qualification_unachievable", detail="It stands in its own list."),
    flag(6, "qualification_unachievable", detail="SECRETFLAG."),
    flag(6, "claim_missing", detail="SECRETCLAIM."),
    flag(10, "result_missing_at_ucas", personal_id="0000000043", detail="At UCAS a result is missing."),
    flag(2, "claim_missing", detail="Not now.", waived=True, decision="waived", decision_expires_on=date(2026, 6, 1)),
    flag(
        0,
        "applicant_without_registration",
        personal_id="0000000042",
        registration_number=None,
        learner_id="LX",
        owner="awarding_organisation",
        detail="Nobody is registered.",
    ),
]
CALENDAR = [
    date_of("registration_deadline", datetime(2025, 11, 1)),
    date_of("results_to_centres", datetime(2026, 8, 12, 0, 1)),
    date_of("results_to_centres", datetime(2026, 8, 12, 0, 1), awarding_organisation_rn="RN0002"),
]


def page_of(folder: Path, name: str = f"centres/checkpoint-{CENTRE}") -> str:
    """A report's page."""
    return (folder / f"{name}.html").read_text(encoding="utf-8")


def sections_of(page: str) -> dict[str, str]:
    """HTML of each section, by its id."""
    return {part.split('"', 1)[0]: part for part in page.split('<section aria-labelledby="')[1:]}


def sheet_of(folder: Path, sheet: str, name: str = f"centres/checkpoint-{CENTRE}") -> list[tuple[object, ...]]:
    """A sheet of a report's workbook, the headings first."""
    return list(openpyxl.load_workbook(folder / f"{name}.xlsx")[sheet].iter_rows(values_only=True))
