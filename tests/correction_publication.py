"""A publication with nothing but what the corrections lists read, made of a few invented people, and the lists read back."""

import csv
import json
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import openpyxl

from schemas.published import PUBLISHED
from tests.report_publication import AS_OF, CONTACT, flag, known, publish

#: Catalogue of the codes that the tests use, with the contract's families and owners.
CATALOGUE = (
    known("claim_missing", "centre"),
    known("personal_details_differ", "centre"),
    known("ao_registration_unknown", "centre"),
    known("award_grade_differs", "results", "awarding_organisation"),
    known("award_month_differs", "applicant", "awarding_organisation", "centre"),
    known("offer_out_of_reach", "applicant", "awarding_organisation", "centre"),
)


def resting_on(*feeds: str, **cause: Any) -> dict[str, str]:
    """The columns `sources` and `cause` of a flag that rests on one row of each of these feeds."""
    sources = [{"alias": feed, "feed": feed, "delivery_id": "d", "line": 2} for feed in feeds]
    return {"sources": json.dumps(sources), "cause": json.dumps(cause)}


def details_differ(number: int, what: str = "surname", **changes: Any) -> dict[str, Any]:
    """A centre's flag that details differ."""
    rests = resting_on("centre_registrations", "ao_registrations", differing=what)
    named = {"centre_learner_reference": f"REF{number}", "detail": f"They hold different details: {what}."}
    return flag(number, "personal_details_differ", **(rests | named | changes))


def month_differs(number: int, **changes: Any) -> dict[str, Any]:
    """An organisation's flag that the application says another award month."""
    rests = resting_on("ucas_qualifications", "ao_registrations", award_month="2026-01", planned_completion="2026-06")
    named = {"owner": "awarding_organisation", "personal_id": f"000000004{number}"}
    return flag(number, "award_month_differs", **(rests | named | changes))


def resolved(row: Mapping[str, Any], day: date = AS_OF) -> dict[str, Any]:
    """The history of a flag that is no longer raised."""
    names = set(PUBLISHED["flag_history"].column_names)
    kept = {name: value for name, value in row.items() if name in names}
    return kept | {"state": "resolved", "resolved_on": day}


def publish_corrections(
    path: Path,
    positions: Iterable[Mapping[str, Any]],
    flags: Iterable[Mapping[str, Any]],
    gone: Iterable[Mapping[str, Any]] = (),
    *,
    as_of: date = AS_OF,
    contacts: Iterable[Mapping[str, Any]] = (CONTACT,),
) -> Path:
    """Write a publication, in place of the one that lies there."""
    flags = list(flags)
    publish(path, positions, flags, contacts=contacts, as_of=as_of, catalogue=CATALOGUE)
    names = set(PUBLISHED["flag_history"].column_names)
    history = [{name: value for name, value in row.items() if name in names} for row in flags]
    with duckdb.connect(path) as connection:
        connection.execute(f"UPDATE published.runs SET publication_id = 'publication of {as_of}'")
        for table in ("flag_history", "person_links"):
            connection.execute(f"CREATE TABLE published.{table} ({PUBLISHED[table].column_ddl})")
        for row in [*history, *gone]:
            marks = ", ".join("?" for _ in row)
            connection.execute(
                f"INSERT INTO published.flag_history ({', '.join(row)}) VALUES ({marks})", list(row.values())
            )
        connection.execute(
            "INSERT INTO published.person_links (feed, personal_id, learner_id) "
            "SELECT DISTINCT 'ucas_applicants', personal_id, learner_id FROM published.flags WHERE personal_id IS NOT NULL"
        )
    return path


def lists(folder: Path, recipient: str) -> list[Path]:
    """The CSV files of a recipient, in the order in which they were made."""
    found = folder.glob(f"corrections-{recipient}-*.csv")
    return sorted(found, key=lambda path: int(path.stem.rsplit("-", 1)[1]))


def rows_in(path: Path) -> list[dict[str, str]]:
    """The rows of a list, cells by heading."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def rows_in_workbook(path: Path) -> list[dict[str, Any]]:
    """The rows of the workbook beside a CSV file, cells as text by heading."""
    sheet = openpyxl.load_workbook(path.with_suffix(".xlsx"))["Corrections"]
    headings, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, headings), row, strict=True)) for row in rows]
