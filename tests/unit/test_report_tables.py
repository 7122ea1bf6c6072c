"""The tables behind the reports: which date holds for a centre, and what is said of each open registration."""

from collections.abc import Mapping
from typing import Any

import duckdb

from assets.reconciled.sql_files import discover_statements
from schemas.published import PUBLISHED
from tests.flags.reconciled_rows import built, reconciled_warehouse

TABLES = {found.name: found for found in discover_statements("tables")}
ORGANISATION = {"awarding_organisation_rn": "RN0001"}
KEY = {**ORGANISATION, "registration_number": "R1", "qualification_number": "60000004"}


def registration(number: int = 1, **changes: Any) -> dict[str, Any]:
    row = {"feed": "ao_registrations", **KEY, "registration_number": f"R{number}", "centre_number": "90001"}
    row |= {
        "forename": "Registered",
        "surname": "Person",
        "date_of_birth": "2008-02-03",
        "registration_date": "2024-09-15",
    }
    return row | {"status": "active", "planned_completion": "2026-06", "uln": "1000000001"} | changes


def of_centre(**changes: Any) -> dict[str, Any]:
    row = {"feed": "centre_registrations", "centre_number": "90001", "centre_learner_reference": "C1", **ORGANISATION}
    row |= {
        "qualification_number": "60000004",
        "forename": "Reported",
        "surname": "Person",
        "date_of_birth": "2008-02-03",
    }
    return row | {"status": "active", "learner": "one"} | changes


def key_date(event: str, falls_on: str, **changes: Any) -> dict[str, Any]:
    return {"feed": "key_dates", "event": event, "falls_on": falls_on, "source": f"page of {falls_on}"} | changes


def table(name: str, rows: Mapping[str, Any], flags: tuple[Mapping[str, Any], ...] = ()) -> list[dict[str, Any]]:
    """A published table on 14 May 2026, with the published flags given."""
    connection = reconciled_warehouse("2026-05-14", rows)
    connection.execute(f"CREATE TABLE published.flags ({PUBLISHED['flags'].column_ddl})")
    for flag in flags:
        marks = ", ".join("?" for _ in flag)
        connection.execute(f"INSERT INTO published.flags ({', '.join(flag)}) VALUES ({marks})", list(flag.values()))
    built(connection, TABLES[name])
    described = [(row[0], row[1]) for row in connection.execute(f"DESCRIBE published.{name}").fetchall()]
    assert described == [(column.name, column.type) for column in PUBLISHED[name].columns]
    return _rows(connection, name)


def _rows(connection: duckdb.DuckDBPyConnection, name: str) -> list[dict[str, Any]]:
    found = connection.execute(f"SELECT * FROM published.{name}")
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def dates(*key_dates: Mapping[str, Any], **registered: Any) -> list[tuple[Any, ...]]:
    """Event, organisation, qualification, series and day of the calendar of a centre with two qualifications."""
    rows = {f"date {number}": row for number, row in enumerate(key_dates)}
    rows |= {"one": registration(**registered), "two": registration(2, qualification_number="60000003", learner="two")}
    return [
        (
            row["event"],
            row["awarding_organisation_rn"],
            row["qualification_number"],
            row["series"],
            str(row["falls_on"])[:10],
        )
        for row in table("calendar", rows)
    ]


def test_the_most_specific_date_wins_and_the_others_are_said_once_for_all_other_qualifications() -> None:
    found = dates(
        key_date("claim_deadline", "2026-07-05"),
        key_date("claim_deadline", "2026-06-15", **ORGANISATION),
        key_date("claim_deadline", "2026-06-20", **ORGANISATION, qualification_number="60000004"),
    )
    assert found == [
        ("claim_deadline", "RN0001", None, None, "2026-06-15"),
        ("claim_deadline", "RN0001", "60000004", None, "2026-06-20"),
    ]


def test_a_date_with_a_series_of_the_cycle_wins_over_one_without_and_other_years_are_left_out() -> None:
    found = dates(
        key_date("results_to_centres", "2026-08-01"),
        key_date("results_to_centres", "2026-08-12", series="2026-06"),
        key_date("results_to_centres", "2027-08-11", series="2027-06"),
    )
    assert found == [("results_to_centres", "RN0001", None, "2026-06", "2026-08-12")]


def test_entry_deadlines_and_series_results_are_shown_for_each_series_of_the_cycle_in_order_of_date() -> None:
    found = dates(
        key_date("entry_deadline", "2026-05-22", series="2026-06"),
        key_date("entry_deadline", "2025-11-07", series="2026-01"),
        key_date("series_results", "2026-03-19", series="2026-01"),
        key_date("entry_deadline", "2024-11-08", series="2025-01"),
    )
    assert found == [
        ("entry_deadline", "RN0001", None, "2026-01", "2025-11-07"),
        ("series_results", "RN0001", None, "2026-01", "2026-03-19"),
        ("entry_deadline", "RN0001", None, "2026-06", "2026-05-22"),
    ]


def test_a_centre_sees_only_what_it_has_open_registrations_for_under_the_number_that_it_has_now() -> None:
    rows = {
        "all": key_date("claim_deadline", "2026-07-05"),
        "own": key_date("claim_deadline", "2026-06-20", **ORGANISATION, qualification_number="60000003"),
        "merged": {"feed": "centres", "centre_number": "90001", "name": "Old", "replaced_by_centre_number": "90002"},
        "open": registration(),
        "gone": registration(2, qualification_number="60000003", status="withdrawn"),
        "elsewhere": registration(3, awarding_organisation_rn="RN0009", status="transferred"),
    }
    (row,) = table("calendar", rows)
    assert (row["centre_number"], row["awarding_organisation_rn"], row["qualification_number"]) == (
        "90002",
        "RN0001",
        None,
    )
    assert (row["days_left"], row["source"]) == (52, "page of 2026-07-05")


def position(*more: Mapping[str, Any], flags: tuple[Mapping[str, Any], ...] = (), **changes: Any) -> dict[str, Any]:
    """The one row of the checkpoint."""
    rows = {str(number): row for number, row in enumerate((registration(learner="one", **changes), *more))}
    (row,) = table("checkpoint", rows, flags)
    return row


def test_a_learner_is_named_as_the_centre_does_and_where_it_does_not_as_the_organisation_does() -> None:
    both, alone = position(of_centre()), position()
    assert (both["held_by_centre"], both["forename"], both["centre_learner_reference"]) == (True, "Reported", "C1")
    assert both["uln"] is None, "details of two sides are not mixed"
    assert (alone["held_by_centre"], alone["forename"], alone["centre_learner_reference"]) == (
        False,
        "Registered",
        None,
    )
    assert alone["uln"] == "1000000001"


def test_intent_is_the_centre_s_answer_and_is_asked_only_of_what_both_sides_hold_for_this_cycle() -> None:
    assert position(of_centre(expects_result_this_summer="Y"))["intent"] == "confirmed"
    assert position(of_centre(expects_result_this_summer="N"))["intent"] == "declined"
    assert position(of_centre())["intent"] == "unconfirmed"
    assert position(of_centre(), planned_completion="2027-06")["intent"] == "not_asked"
    assert position()["intent"] == "not_asked"


POSSIBLE = {
    "feed": "achievability",
    **KEY,
    "status": "unachievable",
    "actions": "Unit 3 stays at U",
    "fallback_qualification_number": "60000003",
    "fallback_grade": "MERIT",
}
RESULT = {
    "feed": "ao_unit_results",
    **KEY,
    "unit_number": "3",
    "series": "2026-01",
    "result_date": "2026-03-01",
    "grade": "U",
}


def test_the_grade_of_a_fallback_is_given_only_while_it_rests_on_no_result_that_is_not_released() -> None:
    released = position(POSSIBLE, RESULT, key_date("series_results", "2026-03-19", series="2026-01"))
    held_back = position(POSSIBLE, RESULT, key_date("series_results", "2026-05-14", series="2026-01"))
    assert (released["rests_on_unreleased_results"], released["fallback_grade"]) == (False, "MERIT")
    assert (held_back["rests_on_unreleased_results"], held_back["fallback_grade"]) == (True, None)
    assert held_back["fallback_qualification_number"] == "60000003"


def test_an_award_is_not_released_until_the_day_after_results_go_to_centres() -> None:
    award = {"feed": "ao_awards", **KEY, "result_status": "issued", "grade": "PASS"}
    for day, unreleased in (("2026-05-13", False), ("2026-05-14", True), ("2026-08-12", True)):
        assert position(award, key_date("results_to_centres", day))["award_is_unreleased"] is unreleased
    assert (
        position({**award, "result_status": "pending"}, key_date("results_to_centres", "2026-08-12"))[
            "award_is_unreleased"
        ]
        is False
    )


def test_flags_count_by_the_registration_or_the_centre_s_row_of_it_and_waived_ones_do_not() -> None:
    record = {"centre_number": "90001", "centre_learner_reference": "C1", "qualification_number": "60000004"}
    flags = (
        {"flag_id": "a", "flag_code": "certification_blocked", "urgency": "urgent", "waived": False, **KEY},
        {"flag_id": "b", "flag_code": "personal_details_differ", "urgency": "routine", "waived": False, **record},
        {"flag_id": "c", "flag_code": "claim_missing", "urgency": "urgent", "waived": True, **KEY},
        {
            "flag_id": "d",
            "flag_code": "claim_missing",
            "urgency": "urgent",
            "waived": False,
            **KEY,
            "registration_number": "R9",
        },
    )
    row = position(of_centre(), flags=flags)
    assert (row["flags"], row["urgent_flags"], row["is_blocked"], row["details_differ"]) == (2, 1, True, True)


def test_contacts_are_given_under_the_number_that_a_centre_has_now() -> None:
    rows = {
        "old": {"feed": "centres", "centre_number": "90001", "name": "Old", "replaced_by_centre_number": "90002"},
        "new": {"feed": "centres", "centre_number": "90002", "name": "New", "senior_contact_email": "head@new.example"},
    }
    found = [
        (row["centre_number"], row["current_centre_number"], row["senior_contact_email"])
        for row in table("centres", rows)
    ]
    assert found == [("90001", "90002", None), ("90002", "90002", "head@new.example")]
