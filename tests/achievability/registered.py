"""Rows of one learner on the BTEC Extended Certificate of the shipped worked example, and what becomes of them.

Dates of the cycle are invented. The run's day is 1 March 2027 unless a test says otherwise: the January series is out,
the summer series can be entered until 21 March, internal units can be claimed until 5 July.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb

from assets.reconciled.achievability.held import HeldSpecifications, load_specifications
from assets.reconciled.achievability.registrations import assess_registrations
from tests.warehouse import warehouse

Row = Mapping[str, Any]

KEY = {"awarding_organisation_rn": "RN5133", "registration_number": "R1", "qualification_number": "60171595"}
CALENDAR_SQL = Path(__file__).resolve().parents[2] / "sql" / "facts" / "calendar.sql"


def key_date(event: str, series: str | None, falls_on: str) -> Row:
    return {"event": event, "series": series, "falls_on": falls_on}


DATES = (
    key_date("entry_deadline", "2027-01", "2026-10-21"),
    key_date("series_results", "2027-01", "2027-02-18"),
    key_date("entry_deadline", "2027-05", "2027-03-21"),
    key_date("series_results", "2027-05", "2027-08-11 00:01:00"),
    key_date("entry_deadline", "2028-01", "2027-10-21"),
    key_date("series_results", "2028-01", "2028-02-18"),
    key_date("claim_deadline", "2027-06", "2027-07-05 23:59:00"),
    key_date("results_to_candidates", "2027-06", "2027-08-12 08:00:00"),
)


def registration(**values: Any) -> Row:
    plain = {
        "centre_number": "10001",
        "forename": "Ada",
        "surname": "Example",
        "date_of_birth": "2009-01-01",
        "registration_date": "2025-09-10",
        "planned_completion": "2027-06",
        "status": "active",
    }
    return KEY | plain | values


def result(unit: str, grade: str, series: str = "2027-01", **values: Any) -> Row:
    return KEY | {"unit_number": unit, "grade": grade, "series": series, "result_date": "2027-02-18"} | values


def results(**grades: str) -> list[Row]:
    """Results of the January series; `u1` is unit 1."""
    return [result(unit.removeprefix("u").upper(), grade) for unit, grade in grades.items()]


def entry(unit: str, series: str = "2027-05", status: str = "entered") -> Row:
    return KEY | {"unit_number": unit, "series": series, "entry_status": status}


def assessed(
    unit_results: Iterable[Row] = (),
    entries: Iterable[Row] = (),
    *,
    registrations: Iterable[Row] | None = None,
    dates: Iterable[Row] = DATES,
    as_of: str = "2027-03-01",
    held: HeldSpecifications | None = None,
) -> list[dict[str, Any]]:
    """The rows of `reconciled.achievability`, by registration number."""
    connection = warehouse(
        as_of,
        {
            "ao_registrations": [registration()] if registrations is None else registrations,
            "ao_unit_results": unit_results,
            "ao_unit_entries": entries,
            "key_dates": dates,
        },
    )
    return rows_of(connection, held)


def rows_of(connection: duckdb.DuckDBPyConnection, held: HeldSpecifications | None = None) -> list[dict[str, Any]]:
    """Builds the calendar, assesses, and reads the table."""
    body = CALENDAR_SQL.read_text(encoding="utf-8").partition("*/")[2]
    connection.execute(f"CREATE OR REPLACE TABLE reconciled.calendar AS {body}")
    assess_registrations(connection, held if held is not None else load_specifications())
    found = connection.execute("SELECT * FROM reconciled.achievability")
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def one(rows: list[dict[str, Any]]) -> dict[str, Any]:
    (row,) = rows
    return row
