"""From rows to units: equivalent numbers, series, reported points, gates, pathways, fallbacks, and each unit's own row."""

from dataclasses import replace
from typing import Any

import pytest

from assets.reconciled.achievability.held import HeldSpecifications, load_specifications
from assets.reconciled.achievability.registrations import assess_registrations
from schemas.specification import Bounds, Gate, Group, Limit, Pathway, Specification
from tests.achievability.registered import DATES, assessed, entry, key_date, one, registration, result, results, rows_of
from tests.achievability.test_versions_and_targets import holding, shipped
from tests.warehouse import warehouse

ALL_PASS = results(u1="P", u2="P", u3="P", opt01="P")


CERTIFICATE = {
    "qualification_number": "60171558",
    "title": "Certificate in Business",
    "awarding_organisation_rn": "RN5133",
    "level": "3",
}


def with_unit(number: str, **changes: Any) -> Specification:
    found = shipped()
    return replace(
        found, units=tuple(replace(unit, **changes) if unit.number == number else unit for unit in found.units)
    )


def test_a_result_under_an_equivalent_number_counts_and_uses_an_attempt() -> None:
    held = holding(with_unit("3", equivalents=("OLD3",), attempts=2))
    units = [*results(u1="P", u2="P", opt01="P"), result("OLD3", "P", "2026-05")]
    assert one(assessed(units, held=held))["status"] == "achieved"
    failed = [*results(u1="P", u2="P", opt01="P", u3="U"), result("OLD3", "U", "2026-05")]
    assert one(assessed(failed, held=held))["actions"] == "Unit 3 (mandatory, external) failed on its last attempt"


def test_a_result_under_an_equivalent_number_answers_the_entry() -> None:
    held = holding(with_unit("3", equivalents=("OLD3",)))
    units = [*results(u1="P", u2="P", opt01="P"), result("OLD3", "U")]
    assert one(assessed(units, [entry("3", "2027-01")], held=held, as_of="2027-07-06"))["status"] == "unachievable"


@pytest.mark.parametrize(
    ("offered_in", "act_by"), [((), "2027-03-21"), (("05",), "2027-03-21"), (("04",), "2027-03-10")]
)
def test_only_series_in_which_a_unit_is_offered_can_be_entered(offered_in: tuple[str, ...], act_by: str) -> None:
    later = (key_date("entry_deadline", "2027-04", "2027-03-10"), key_date("series_results", "2027-04", "2027-06-01"))
    held = holding(with_unit("3", offered_in=offered_in))
    row = one(assessed(results(u1="P", u2="P", opt01="P"), held=held, dates=(*DATES, *later)))
    assert str(row["act_by"]) == act_by
    never = holding(with_unit("3", offered_in=("2028-05",)))
    assert one(assessed(results(u1="P", u2="P", opt01="P"), held=never))["status"] == "unachievable"


def test_reported_points_come_from_the_row_of_the_best_result() -> None:
    held = holding(with_unit("3", reported=True, points={"D": 32}))
    units = results(u1="P", u2="P", opt01="P")
    # 9 + 9 + 6, and 27.5 or 28
    secured = [one(assessed([*units, result("3", "M", points=points)], held=held)) for points in (27.5, 28)]
    assert [row["secured_grade"] for row in secured] == ["P", "M"]
    best = [*units, result("3", "P", "2026-05", points=40), result("3", "M", points=12)]
    assert one(assessed(best, held=held, as_of="2027-07-06"))["secured_grade"] == "P"
    missing = one(assessed([*units, result("3", "M")], held=held))
    assert (missing["status"], missing["reason"]) == ("cannot_assess", "points_missing")
    # A fail counts for nothing here, so its points are not missed.
    assert one(assessed([*units, result("3", "U")], held=held))["status"] == "action_needed"


def gated() -> HeldSpecifications:
    hours = Gate(code="HOURS", name="Placement", quantity=100, unit_of="hours")
    return holding(replace(shipped(), gates=(hours, Gate(code="ENGLISH", name="English", met_by=("4", "5")))))


def test_gates_are_met_by_a_sum_or_a_grade_and_else_stand_among_the_actions() -> None:
    hours = [result("HOURS", "X", "2026-06", points=60.5), result("HOURS", "X", points=39.5)]
    assert one(assessed([*ALL_PASS, *hours, result("ENGLISH", "4")], held=gated()))["status"] == "achieved"
    row = one(assessed([*ALL_PASS, hours[0], result("ENGLISH", "3")], held=gated()))
    assert row["actions"] == "Show Placement (100 hours) by 2027-07-05; show English by 2027-07-05"
    late = one(assessed([*ALL_PASS, *hours], held=gated(), as_of="2027-07-06"))
    assert late["actions"] == "English is not shown and can no longer be"


def two_ways() -> HeldSpecifications:
    found = shipped()
    options = [group for group in found.groups if not group.all_of]
    ways = (
        Pathway(name="Finance", known_as=("FIN",), groups=(replace(options[0], name="F", of=("OPT01", "OPT02")),)),
        Pathway(name="Marketing", groups=(Group(name="M", of=("OPT03", "OPT04", "OPT05"), units=Bounds(minimum=1)),)),
    )
    return holding(replace(found, groups=(found.groups[0],), pathways=ways))


@pytest.mark.parametrize(
    ("pathway", "status", "reason", "differ"),
    [
        ("Finance", "achieved", None, False),
        ("fin", "achieved", None, False),
        ("Marketing", "action_needed", None, False),
        (None, "achieved", None, True),
        ("Sport", "cannot_assess", "unknown_pathway", False),
    ],
)
def test_the_recorded_pathway_decides_and_without_one_the_best_does(
    pathway: str | None, status: str, reason: str | None, differ: bool
) -> None:
    row = one(assessed(ALL_PASS, registrations=[registration(pathway=pathway)], held=two_ways()))
    assert (row["status"], row["reason"], row["pathways_differ"]) == (status, reason, differ)


def test_without_a_pathway_the_way_to_go_is_named_and_what_clashes_on_each() -> None:
    units = results(u1="P", u2="P", u3="P")
    row = one(assessed(units, held=two_ways()))
    assert row["actions"] == "On pathway Finance: claim unit OPT01 by 2027-07-05"
    lost = one(assessed(units, held=two_ways(), as_of="2027-07-06"))
    assert lost["actions"] == (
        "On pathway Finance: 60 GLH short of 360 with no unit left to enter. "
        "On pathway Marketing: 60 GLH short of 360 with no unit left to enter"
    )


def test_out_of_reach_the_largest_smaller_size_of_the_suite_is_named_with_its_best_grade() -> None:
    def row(unit_results: list[Any], as_of: str = "2027-07-06") -> dict[str, Any]:
        connection = warehouse(
            as_of,
            {
                "ao_registrations": [registration()],
                "ao_unit_results": unit_results,
                "key_dates": DATES,
                "qualifications": [CERTIFICATE],
            },
        )
        return one(rows_of(connection))

    # Unit 3 is failed for good: the Certificate needs units 1 and 2 alone.
    lost = row(results(u1="D", u2="D", u3="U", opt01="P"))
    assert (lost["status"], lost["fallback_qualification_number"], lost["fallback_grade"]) == (
        "unachievable",
        "60171558",
        "D*",
    )
    # Without unit 2 there is nothing to move to; and who can achieve needs nothing.
    nothing = row(results(u1="D", u2="U", u3="P", opt01="P"))
    assert (nothing["status"], nothing["fallback_qualification_number"]) == ("unachievable", None)
    assert row(ALL_PASS, "2027-03-01")["fallback_qualification_number"] is None


def units_of(unit_results: list[Any], held: HeldSpecifications | None = None) -> dict[str, tuple[Any, ...]]:
    connection = warehouse(
        "2027-03-01",
        {"ao_registrations": [registration()], "ao_unit_results": unit_results, "key_dates": DATES},
    )
    rows_of(connection, held)
    found = connection.execute(
        "SELECT unit_number, state, open, grade, counted, why, barred "
        "FROM (SELECT unnest(units) AS part FROM reconciled.situations) JOIN reconciled.unit_parts USING (part) "
        "ORDER BY place"
    ).fetchall()
    assess_registrations(connection, held or load_specifications())
    return {number: tuple(rest) for number, *rest in found}


def test_each_unit_says_where_it_stands_whether_it_counts_and_why() -> None:
    found = units_of(results(u1="P", u2="N", u3="M", opt01="P", opt02="D", opt03="U"))
    assert list(found.items())[:6] == [
        ("1", ("secured", True, "P", True, "counts", False)),
        ("2", ("secured", True, "N", True, "counts", False)),
        ("3", ("secured", True, "M", True, "counts", False)),
        ("OPT01", ("secured", True, "P", False, "not_needed", False)),
        ("OPT02", ("secured", True, "D", True, "counts", False)),
        ("OPT03", ("open", True, "U", False, "not_needed", False)),
    ]
    needed = units_of(results(u1="P", u2="P", u3="P"))
    assert needed["OPT01"] == ("open", True, None, True, "counts_if_entered", False)
    assert needed["OPT02"] == ("open", True, None, False, "no_grade", False)


def test_secured_units_that_are_barred_from_counting_together_are_marked() -> None:
    barred = Limit(name="barred", units=("OPT01", "OPT02"), count=Bounds(maximum=1), barred=True)
    group = replace(shipped().groups[1], units=Bounds(minimum=1, maximum=2))
    held = holding(replace(shipped(), groups=(shipped().groups[0], group), limits=(*shipped().limits, barred)))
    found = units_of(results(u1="P", u2="P", u3="P", opt01="P", opt02="M", opt03="P"), held)
    assert found["OPT01"] == ("secured", True, "P", False, "barred_combination", True)
    assert found["OPT02"] == ("secured", True, "M", True, "counts", True)
    assert found["OPT03"] == ("secured", True, "P", True, "counts", False)
