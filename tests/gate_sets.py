"""A small set that keeps every promise of the publication gate, and the publication before it.

Every value is invented.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import duckdb

from schemas.published import PUBLISHED
from tests.warehouse import warehouse

#: Stands in every personal column, so that a test can look for it where no delivered value may be.
MARKER = "Quillfeather"

_APPLICANT = {"forenames": MARKER, "surname": MARKER, "date_of_birth": "2008-01-31"}
_LEARNER = {"forename": MARKER, "surname": MARKER, "date_of_birth": "2008-01-31", "qualification_number": "60312345"}
_AT_CENTRE = {**_LEARNER, "awarding_organisation_rn": "RN5133", "centre_number": "01234", "status": "active"}
_AT_ORGANISATION = {
    **_LEARNER,
    "awarding_organisation_rn": "RN5133",
    "centre_number": "01234",
    "registration_date": "2025-10-01",
}
_STANDARDISED: Mapping[str, Iterable[Mapping[str, Any]]] = {
    "ucas_applicants": [{**_APPLICANT, "personal_id": f"{number:010}"} for number in range(4)],
    "centre_registrations": [{**_AT_CENTRE, "centre_learner_reference": f"{MARKER}-{number}"} for number in range(2)],
    "ao_registrations": [
        {**_AT_ORGANISATION, "registration_number": f"{MARKER}-{number}", "status": status}
        for number, status in enumerate(("active", "completed", "withdrawn"))
    ],
}
_KEYS = ("awarding_organisation_rn", "registration_number", "qualification_number")


def _published(codes: Iterable[str], accepted: int) -> dict[str, list[dict[str, Any]]]:
    """Rows of the published tables but the flags, with so many accepted rows in each feed."""
    open_registrations = [row for row in _STANDARDISED["ao_registrations"] if row["status"] != "withdrawn"]
    deliveries = [{"feed": feed, "delivery_id": f"{feed}-1"} for feed in ("ao_registrations", "ucas_applicants")]
    return {
        "flag_catalogue": [{"flag_code": code} for code in codes],
        "flag_history": [{"flag_id": "F0", "flag_code": "claim_missing", "personal_id": MARKER, "state": "open"}],
        "flag_spells": [{"flag_id": "F0", "raised_from": "2026-03-01", "raised_to": "2026-03-01"}],
        "burn_down": [{"as_of": "2026-03-01", "flag_code": "claim_missing", "owner": "centre", "open": 1}],
        "achievability": [
            {**{key: row[key] for key in _KEYS}, "status": "on_track", "situation": 0} for row in open_registrations
        ],
        "situations": [{"situation": 0, "units": [0]}],
        "unit_parts": [{"part": 0, "place": 1, "unit_number": "1", "state": "secured"}],
        "person_links": [
            *({"feed": "ucas_applicants", "personal_id": f"{number:010}", "stage": "uln"} for number in range(4)),
            *(
                {
                    "feed": "centre_registrations",
                    "centre_number": "01234",
                    "centre_learner_reference": f"{MARKER}-{number}",
                    "qualification_number": "60312345",
                    "stage": "uln",
                }
                for number in range(2)
            ),
            *(
                {"feed": "ao_registrations", **{key: row[key] for key in _KEYS}, "stage": "uln"}
                for row in _STANDARDISED["ao_registrations"]
            ),
        ],
        "link_review": [{"pair_id": "P0", "reason": "weak_evidence", "first_surname": MARKER}],
        "link_decisions": [{"pair_id": "P1", "decision": "different", "decision_reason": MARKER}],
        "learner_history": [
            {"changed_on": "2026-02-27", "event": "merged", "learner_id": "L0", "other_learner_id": "L1", "records": 2}
        ],
        "centre_summary": [{"centre_number": "01234", "centre_name": MARKER}],
        "row_ledger": [
            {
                **delivery,
                "landed": accepted + 10,
                "accepted": accepted,
                "superseded": 2,
                "duplicate": 3,
                "quarantined": 5,
                "balanced": True,
            }
            for delivery in deliveries
        ],
        "quarantine": [{"feed": "ucas_applicants", "delivery_id": "ucas_applicants-1", "line": 7, "rule": "form"}],
        "deliveries": [
            {
                **delivery,
                "file_name": f"{delivery['feed']}/1.csv",
                "delivered_on": "2026-03-01",
                "status": "accepted",
            }
            for delivery in deliveries
        ],
        "runs": [{"publication_id": "1", "as_of": "2026-03-01"}],
    }


def fill(con: duckdb.DuckDBPyConnection, schema: str, flags: Mapping[str, int], accepted: int) -> None:
    """Create the published tables in a schema of their own and fill them."""
    con.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    rows = _published(flags, accepted)
    for table in PUBLISHED.values():
        columns = ", ".join(f"{column.name} {column.type}" for column in table.columns)
        con.execute(f"CREATE OR REPLACE TABLE {schema}.{table.name} ({columns})")
        if table.name not in (*rows, "flags"):
            con.execute(f"INSERT INTO {schema}.{table.name} DEFAULT VALUES")  # one empty row, for no test needs another
        for row in rows.get(table.name, []):
            marks = ", ".join("?" * len(row))
            con.execute(f"INSERT INTO {schema}.{table.name} ({', '.join(row)}) VALUES ({marks})", list(row.values()))
    for code, total in flags.items():
        con.execute(
            f"INSERT INTO {schema}.flags (flag_id, flag_code, detail) SELECT ? || '-' || range, ?, ? FROM range(?)",
            [code, code, MARKER, total],
        )


def good_set(
    flags: Mapping[str, int] | None = None,
    flags_before: Mapping[str, int] | None = None,
    key_dates: Iterable[Mapping[str, Any]] = (),
) -> duckdb.DuckDBPyConnection:
    """A warehouse as of 2026-03-02 that keeps every promise, with the publication of the day before as `before`.

    Args:
        flags: number of flags raised tonight by code.
        flags_before: the same in the publication before; as tonight if not given.
        key_dates: rows of the calendar.
    """
    tonight = {"claim_missing": 12, "award_overdue": 0} if flags is None else flags
    con = warehouse("2026-03-02", {**_STANDARDISED, "key_dates": key_dates})
    fill(con, "published", tonight, accepted=1000)
    fill(con, "before", tonight if flags_before is None else flags_before, accepted=1000)
    for code in tonight:
        con.execute(f"CREATE TABLE reconciled.{code} (flag_id VARCHAR)")
    return con
