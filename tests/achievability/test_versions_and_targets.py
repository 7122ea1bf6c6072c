"""Which version of a specification holds, which day is the target, and what happens where there is none."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from unittest.mock import patch

import pytest

from assets.reconciled.achievability import takings
from assets.reconciled.achievability.held import HeldSpecifications, load_specifications
from assets.reconciled.achievability.registrations import assess_registrations
from schemas.specification import Bounds, Group, Limit, Specification
from tests.achievability.registered import DATES, assessed, key_date, one, registration, results, rows_of
from tests.achievability.test_specification_files import SOUND, written
from tests.warehouse import warehouse

ALL_PASS = results(u1="P", u2="P", u3="P", opt01="P")


def shipped() -> Specification:
    return next(one for one in load_specifications().specifications if "60171595" in one.qualification_numbers)


def holding(*specifications: Specification) -> HeldSpecifications:
    return HeldSpecifications(specifications=specifications, refused=())


@pytest.mark.parametrize(
    ("registered_on", "reason"),
    [("2020-03-31", "specification_missing"), ("2020-04-01", None)],
)
def test_the_version_in_force_on_the_registration_date_holds(registered_on: str, reason: str | None) -> None:
    row = one(assessed(ALL_PASS, registrations=[registration(registration_date=registered_on)]))
    assert row["reason"] == reason
    assert (row["status"] == "cannot_assess") == (reason is not None)


def test_each_registration_is_judged_by_its_own_version() -> None:
    earlier = replace(
        shipped(),
        version="earlier",
        registered_from=date(2016, 9, 1),
        registered_to=date(2020, 3, 31),
        grading=replace(shipped().grading, grades=("P", "M", "D"), thresholds=(30, 33, 35)),
    )
    registrations = [registration(), registration(registration_number="R2", registration_date="2020-03-31")]
    units = [row | {"registration_number": number} for number in ("R1", "R2") for row in ALL_PASS]
    rows = assessed(units, registrations=registrations, held=holding(shipped(), earlier))
    assert [(row["specification_version"], row["secured_grade"]) for row in rows] == [
        ("2020-04-01", "P"),
        ("earlier", "D"),
    ]


def test_several_versions_in_force_cannot_be_assessed() -> None:
    twin = replace(shipped(), version="twin")
    row = one(assessed(ALL_PASS, held=holding(shipped(), twin)))
    assert (row["status"], row["reason"], row["specification"]) == ("cannot_assess", "several_specifications", None)


def test_a_refused_file_makes_its_registrations_unassessable_and_no_others(tmp_path: Path) -> None:
    fault = SOUND.replace("total: 240", "total: 300").replace('"60000001"', '"60171595"')
    written(tmp_path, fault)
    refused = load_specifications(tmp_path).refused
    other = registration(registration_number="R2", qualification_number="60171558")
    rows = assessed(
        registrations=[registration(), other],
        held=HeldSpecifications(specifications=load_specifications().specifications, refused=refused),
    )
    assert [(row["registration_number"], row["reason"]) for row in rows] == [
        ("R1", "specification_refused"),
        ("R2", None),
    ]


def test_a_rule_that_lets_very_many_sums_be_taken_is_answered_all_the_same() -> None:
    units = tuple(
        replace(unit, size=size, points={"U": 0, "N": 1, "P": 2, "M": 3, "D": 20})
        for unit, size in zip(shipped().units, range(41, 49), strict=True)
    )
    numbers = tuple(unit.number for unit in units)
    group = Group(name="Any", of=numbers, units=Bounds(minimum=4, maximum=7), size=Bounds(minimum=170))
    at_u = Limit(name="At U", units=numbers, at="fail", size=Bounds(maximum=200))
    large = replace(
        shipped(),
        units=units,
        groups=(group,),
        limits=(at_u,),
        size=170,
        grading=replace(shipped().grading, grades=("P", "M"), thresholds=(8, 30)),
    )
    plainly = assessed(ALL_PASS, held=holding(large))
    with patch.object(takings, "MOST_CORNERS", 3):
        assert assessed(ALL_PASS, held=holding(large)) == plainly
    # 41 + 42 + 43 + 44 = 170
    assert (one(plainly)["status"], one(plainly)["secured_grade"], one(plainly)["best_grade"]) == ("achieved", "P", "M")


@pytest.mark.parametrize(
    ("dates", "planned", "target"),
    [
        # With the planned completion's series, else without one.
        (
            [("results_to_candidates", "2027-06", "2027-08-12"), ("results_to_candidates", None, "2027-08-01")],
            "2027-06",
            12,
        ),
        (
            [("results_to_candidates", "2027-05", "2027-08-12"), ("results_to_candidates", None, "2027-08-01")],
            "2027-06",
            1,
        ),
        # Only where there is none, the results of the planned completion's series.
        ([("results_to_candidates", None, "2027-08-01"), ("series_results", "2027-06", "2027-08-11")], "2027-06", 1),
        (
            [("results_to_candidates", "2028-06", "2028-08-10"), ("series_results", "2027-06", "2027-08-11")],
            "2027-06",
            11,
        ),
        # No planned completion: without a series, else the latest series of the cycle's year.
        ([("results_to_candidates", "2027-06", "2027-08-12"), ("results_to_candidates", None, "2027-08-01")], None, 1),
        (
            [("results_to_candidates", "2027-06", "2027-08-12"), ("results_to_candidates", "2027-01", "2027-03-18")],
            None,
            12,
        ),
    ],
)
def test_the_target_is_the_most_fitting_date(
    dates: list[tuple[str, str | None, str]], planned: str | None, target: int
) -> None:
    row = one(
        assessed(
            ALL_PASS,
            registrations=[registration(planned_completion=planned)],
            dates=[key_date(*one_date) for one_date in dates],
        )
    )
    assert (row["status"], row["target_date"]) == ("achieved", date(2027, 8, target))


def test_without_a_target_nothing_can_be_assessed() -> None:
    dates = [row for row in DATES if row["event"] != "results_to_candidates"]
    row = one(assessed(ALL_PASS, dates=dates))
    assert (row["status"], row["reason"], row["target_date"]) == ("cannot_assess", "no_target", None)


def test_counts_say_how_many_registrations_share_how_many_situations() -> None:
    registrations = [registration(registration_number=f"R{number}") for number in range(5)]
    units = [row | {"registration_number": "R0"} for row in ALL_PASS]
    connection = warehouse(
        "2027-03-01", {"ao_registrations": registrations, "ao_unit_results": units, "key_dates": DATES}
    )
    first = rows_of(connection)
    assert assess_registrations(connection, load_specifications()) == {
        "registrations": 5,
        "situations": 2,
        "achieved": 1,
        "action_needed": 4,
        "specifications_refused": 0,
    }
    assert rows_of(connection) == first
    left = connection.execute("SELECT table_name FROM duckdb_tables() WHERE temporary").fetchall()
    assert left == []
