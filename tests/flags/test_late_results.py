"""Which of the regulator's reason codes a late or missing result carries, fact by fact, and why none where none is given."""

from typing import Any

import pytest

from assets.reconciled.flags import discover_flags
from assets.reconciled.sql_files import SQL_FOLDER, discover_statements
from schemas.regulator_late_results import LATE_RESULTS, STANDINGS
from schemas.regulator_reasons import CIRCUMSTANCES, REASON_CODES, regulator_reasons_sql
from tests.flags.reconciled_rows import built, reconciled_warehouse

FLAGS = {flag.code: flag for flag in discover_flags()}
(TABLE,) = (one for one in discover_statements("tables") if one.name == "late_results")

REGISTERED = {
    "awarding_organisation_rn": "RN9901",
    "registration_number": "R1",
    "qualification_number": "60000012",
}
AT_CENTRE = {"centre_number": "99001", "centre_learner_reference": "1", "qualification_number": "60000012"}
PERSON = {"forename": "Ada", "surname": "Invented", "date_of_birth": "2004-01-31", "learner": "L"}

#: A registration that is achieved and claimed, in a world whose results day is 18 August 2022; nothing is issued.
ROWS: dict[str, dict[str, Any]] = {
    "qualification": {
        "feed": "qualifications",
        "qualification_number": "60000012",
        "title": "An invented certificate",
        "awarding_organisation_rn": "RN9901",
        "level": "3",
        "guided_learning_hours": 360,
        "suite": "invented",
        "award_requires_claim": "Y",
    },
    "results day": {"feed": "key_dates", "event": "results_to_candidates", "falls_on": "2022-08-18 08:00"},
    "entry deadline": {
        "feed": "key_dates",
        "event": "entry_deadline",
        "series": "2022-06",
        "falls_on": "2022-04-08",
    },
    "series results": {
        "feed": "key_dates",
        "event": "series_results",
        "series": "2022-06",
        "falls_on": "2022-08-17",
    },
    "registration": {
        "feed": "ao_registrations",
        **REGISTERED,
        **PERSON,
        "centre_number": "99001",
        "registration_date": "2020-09-14",
        "planned_completion": "2022-06",
        "status": "active",
    },
    "position": {"feed": "achievability", **REGISTERED, "centre_number": "99001", "status": "achieved"},
    "centre": {
        "feed": "centre_registrations",
        **AT_CENTRE,
        **PERSON,
        "awarding_organisation_rn": "RN9901",
        "planned_completion": "2022-06",
        "expects_result_this_summer": "Y",
        "status": "active",
    },
    "claim": {"feed": "centre_claims", **AT_CENTRE, "claim_type": "full", "claimed_on": "2022-06-20"},
}
BLOCK = {
    "feed": "ao_certification_blocks",
    "awarding_organisation_rn": "RN9901",
    "centre_number": "99001",
    "reason": "samples_outstanding",
    "blocked_from": "2022-06-13",
}
ISSUED = {"feed": "ao_awards", **REGISTERED, "result_status": "issued", "grade": "P"}
UNIT = {**REGISTERED, "unit_number": "3", "series": "2022-06"}
SMALLER = {
    "smaller": ROWS["qualification"] | {"qualification_number": "60000024", "guided_learning_hours": 180},
    "moved from": ROWS["registration"]
    | {"registration_number": "R0", "qualification_number": "60000024", "status": "withdrawn"},
}
UNANSWERED, DECLINED = {"expects_result_this_summer": None}, {"expects_result_this_summer": "N"}
INCOMPLETE = {"status": "unachievable"}

#: What differs from ROWS (None: the row is left out), and what the result is called and coded.
CASES: dict[str, tuple[dict[str, dict[str, Any] | None], str, str | None]] = {
    "the centre has withdrawn the learner": ({"centre": {"status": "withdrawn"}}, "centre_withdrew", "N2"),
    "the centre has transferred the learner": ({"centre": {"status": "transferred"}}, "centre_transferred", None),
    "the centre expects nothing and units are missing": (
        {"centre": DECLINED, "position": INCOMPLETE},
        "centre_deferred",
        "N1",
    ),
    "the centre expects nothing though the units are there": ({"centre": DECLINED}, "centre_declined", None),
    "malpractice is looked into": ({"block": BLOCK | {"reason": "malpractice"}}, "malpractice", "L4"),
    "samples are outstanding": ({"block": BLOCK}, "samples_outstanding", "L5"),
    "a block has another reason": ({"block": BLOCK | {"reason": "quality_review"}}, "blocked_otherwise", None),
    "samples came after results day": (
        {"block": BLOCK | {"released_on": "2022-08-22"}, "award": ISSUED | {"issued_on": "2022-08-23"}},
        "samples_outstanding",
        "L5",
    ),
    "samples came before results day": (
        {"block": BLOCK | {"released_on": "2022-08-18"}, "award": ISSUED | {"issued_on": "2022-08-23"}},
        "unexplained",
        None,
    ),
    "registered after the last entry deadline": (
        {"registration": {"registration_date": "2022-04-09"}},
        "registered_very_late",
        "L2",
    ),
    "registered on the last entry deadline": (
        {"registration": {"registration_date": "2022-04-08"}},
        "unexplained",
        None,
    ),
    "moved to this size after the last entry deadline": (
        {"registration": {"registration_date": "2022-04-09"}, **SMALLER},
        "size_changed_late",
        "L3",
    ),
    "claimed on results day": ({"claim": {"claimed_on": "2022-08-18"}}, "claimed_late", "L1"),
    "claimed the day before": ({"claim": {"claimed_on": "2022-08-17"}}, "unexplained", None),
    "units are missing and the centre never answered": (
        {"centre": UNANSWERED, "position": INCOMPLETE},
        "evidence_incomplete_unanswered",
        "N4",
    ),
    "units are missing and the centre expects a result": ({"position": INCOMPLETE}, "evidence_incomplete", None),
    "units are missing and the centre does not hold the learner": (
        {"position": INCOMPLETE, "centre": None, "claim": None},
        "evidence_incomplete",
        None,
    ),
    "nobody claimed": ({"claim": None}, "not_claimed", "N3"),
    "an examined unit has no result": (
        {
            "position": {"status": "on_track"},
            "entry": {"feed": "ao_unit_entries", **UNIT, "entry_status": "entered"},
        },
        "unit_result_owed",
        "L6",
    ),
    "a unit's result came after results day": (
        {
            "result": {"feed": "ao_unit_results", **UNIT, "result_date": "2022-08-19", "grade": "P"},
            "award": ISSUED | {"issued_on": "2022-08-22"},
        },
        "unit_result_late",
        "L6",
    ),
    "a result is adapted where nothing may be": (
        {
            "result": {
                "feed": "ao_unit_results",
                **UNIT,
                "result_date": "2022-06-01",
                "grade": "P",
                "basis": "adapted",
            }
        },
        "adaptation_not_allowed",
        None,
    ),
    "nothing shows why": ({}, "unexplained", None),
    "who has left is not told to have a block": (
        {"block": BLOCK, "centre": {"status": "withdrawn"}},
        "centre_withdrew",
        "N2",
    ),
}


def late_results(as_of: str, changes: dict[str, dict[str, Any] | None]) -> list[dict[str, Any]]:
    """`published.late_results` of ROWS with some changed, added or left out."""
    merged = {name: None if change is None else ROWS.get(name, {}) | change for name, change in changes.items()}
    rows = {name: row for name, row in (ROWS | merged).items() if row is not None}
    connection = reconciled_warehouse(as_of, rows)
    built(connection, FLAGS["unit_result_overdue"], FLAGS["mitigation_out_of_scope"], TABLE)
    result = connection.execute("SELECT * FROM published.late_results")
    names = [column[0] for column in result.description or []]
    assert tuple(names) == LATE_RESULTS.column_names
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


@pytest.mark.parametrize(("changes", "circumstance", "code"), CASES.values(), ids=CASES)
def test_a_result_carries_the_code_that_the_data_support(
    changes: dict[str, dict[str, Any] | None], circumstance: str, code: str | None
) -> None:
    (row,) = late_results("2022-08-24", changes)
    assert (row["circumstance"], row["reason_code"]) == (circumstance, code)
    assert row["why"]


def test_every_circumstance_has_a_case_and_every_code_is_a_published_one() -> None:
    assert {circumstance for _, circumstance, _ in CASES.values()} == {one.name for one in CIRCUMSTANCES}
    assert {one.reason_code for one in CIRCUMSTANCES} - {""} <= set(REASON_CODES)


@pytest.mark.parametrize(
    ("as_of", "changes", "standing", "withheld"),
    [
        ("2022-08-17", {"claim": None}, "forecast", True),
        ("2022-08-18", {"claim": None}, "not_issued", True),
        ("2022-08-24", {"centre": {"status": "withdrawn"}}, "not_issued", False),
        ("2022-08-24", {"centre": DECLINED}, "not_issued", False),
        ("2022-08-24", {"award": ISSUED | {"issued_on": "2022-08-19"}}, "issued_late", False),
    ],
)
def test_a_result_is_withheld_from_who_expects_it_and_has_it_not(
    as_of: str, changes: dict[str, dict[str, Any] | None], standing: str, withheld: bool
) -> None:
    (row,) = late_results(as_of, changes)
    assert standing in STANDINGS
    assert (row["standing"], row["withheld"]) == (standing, withheld)


@pytest.mark.parametrize(
    ("as_of", "changes"),
    [
        ("2022-08-24", {"award": ISSUED | {"issued_on": "2022-08-18"}}),
        ("2022-06-24", {}),
        ("2022-06-24", {"claim": None, "position": {"status": "on_track"}}),
        ("2022-08-24", {"registration": {"status": "withdrawn"}}),
        ("2022-08-24", {"registration": {"planned_completion": "2023-06"}}),
    ],
    ids=["issued on the day", "on course", "claim not due yet", "withdrawn by the organisation", "next cycle"],
)
def test_what_is_in_time_or_not_expected_has_no_row(as_of: str, changes: dict[str, dict[str, Any] | None]) -> None:
    assert late_results(as_of, changes) == []


def test_where_the_organisation_holds_no_number_the_centre_s_stands_in() -> None:
    (row,) = late_results("2022-08-24", {"centre": {"uln": "9900000019", "uci": "990010200001A"}})
    assert (row["uln"], row["uci"]) == ("9900000019", "990010200001A")


def test_the_mapping_in_sql_is_that_of_the_module() -> None:
    assert (SQL_FOLDER / "facts" / "regulator_reasons.sql").read_text(encoding="utf-8") == regulator_reasons_sql()
