"""Published points, thresholds and examples come out as published, from the shipped files."""

from dataclasses import replace

import pytest

from assets.reconciled.achievability.engine import assess
from assets.reconciled.achievability.held import load_specifications
from assets.reconciled.achievability.judged import STATUSES
from schemas.specification import Bounds, Limit, Specification
from tests.achievability.drawn import situations
from tests.achievability.oracle import UnitState


def held(name: str) -> Specification:
    (found,) = [one for one in load_specifications().specifications if one.name == name]
    return found


def secured(specification: Specification, grades: dict[str, str]) -> tuple[str, str | None]:
    """Status and secured grade of a learner with these unit grades, to whom nothing more is open."""
    learner = {unit.number: UnitState(grade=grades.get(unit.number)) for unit in specification.units}
    found = assess(specification, situations(specification, [learner]))
    place = int(found.secured[0])
    return STATUSES[found.status[0]], specification.grading.grades[place] if place >= 0 else None


def limited_to(specification: Specification, *limits: Limit) -> Specification:
    return replace(specification, limits=limits)


def every(specification: Specification) -> tuple[str, ...]:
    return tuple(unit.number for unit in specification.units)


def tolerating(specification: Specification) -> Limit:
    return Limit(name="At U", units=every(specification), at="fail", size=Bounds(maximum=60))


@pytest.mark.parametrize(
    ("grades", "expected"),
    [
        # 15 + 6 + 8 + 6 = 35: one point short of a Pass (contract, point 1)
        ("M N N P", ("unachievable", None)),
        # 9 + 9 + 12 + 6 = 36
        ("P P P P", ("achieved", "P")),
        # 9 + 24 + 12 + 6 = 51, and 9 + 15 + 12 + 16 = 52
        ("P D P P", ("achieved", "P")),
        ("P M P D", ("achieved", "M")),
        # 9 + 15 + 32 + 16 = 72, and 24 + 24 + 20 + 6 = 74
        ("P M D D", ("achieved", "M")),
        ("D D M P", ("achieved", "D")),
        # 15 + 24 + 32 + 16 = 87, and 24 + 24 + 32 + 10 = 90
        ("M D D D", ("achieved", "D")),
        ("D D D M", ("achieved", "D*")),
    ],
)
def test_the_btec_extended_certificate_is_graded_at_its_thresholds(
    grades: str, expected: tuple[str, str | None]
) -> None:
    specification = held("btec-national-2016-business-extended-certificate")
    assert secured(specification, dict(zip(["1", "2", "3", "OPT01"], grades.split(), strict=True))) == expected


@pytest.mark.parametrize(
    ("size", "units", "least", "most"),
    [
        ("certificate", 2, "P", "D*"),
        ("extended-certificate", 4, "P", "D*"),
        ("foundation-diploma", 6, "P", "D*"),
        ("diploma", 8, "PP", "D*D*"),
        ("extended-diploma", 13, "PPP", "D*D*D*"),
    ],
)
def test_every_btec_size_gives_the_lowest_grade_for_all_pass_and_the_highest_for_all_distinction(
    size: str, units: int, least: str, most: str
) -> None:
    specification = held(f"btec-national-2016-business-{size}")
    taken = [n for group in specification.groups for n in group.all_units[: group.units.minimum or len(group.of)]]
    assert len(taken) == units
    assert secured(specification, dict.fromkeys(taken, "P")) == ("achieved", least)
    assert secured(specification, dict.fromkeys(taken, "D")) == ("achieved", most)


def test_ocrs_example_of_200_points_makes_dd() -> None:
    specification = held("ocr-cambridge-technical-2016-it-diploma")
    merits = dict.fromkeys(["1", "2", "3", "4", "8", "12", "16"], "M")
    distinctions = dict.fromkeys(["17", "18", "19", "20"], "D")
    assert secured(specification, merits | distinctions) == ("achieved", "DD")
    assert secured(specification, merits | distinctions | {"20": "M"}) == ("achieved", "MM")


def test_of_more_optional_units_than_are_needed_the_best_count() -> None:
    specification = held("btec-national-2016-business-extended-diploma")
    mandatory = dict.fromkeys(["1", "2", "3", "4", "5", "6", "7"], "P")
    # 72 points from mandatory units; the six best of these nine give 3 x 16 + 2 x 10 + 6 = 74: 146 in all.
    optional = {f"OPT{place:02d}": grade for place, grade in enumerate("PDPMUDMDP", start=1)}
    assert secured(specification, mandatory | optional) == ("achieved", "MMP")


def test_a_near_pass_lets_the_ocr_learner_through_and_a_fail_does_not() -> None:
    specification = held("ocr-cambridge-technical-2016-sport-extended-certificate")
    rest = {"2": "P", "3": "P", "8": "P", "18": "P"}
    assert secured(specification, rest | {"1": "R"})[0] == "achieved"
    assert secured(specification, rest | {"1": "U"})[0] == "unachievable"


def test_a_near_pass_beyond_the_limit_does_not_count() -> None:
    specification = held("btec-national-2016-business-extended-certificate")
    one = Limit(name="Near passes", units=every(specification), at="near_pass", count=Bounds(maximum=1))
    limited = limited_to(specification, tolerating(specification), one)
    grades = {"1": "D", "2": "N", "3": "N", "OPT01": "D"}
    assert secured(specification, grades) == ("achieved", "M")
    assert secured(limited, grades) == ("unachievable", None)
    assert secured(limited, grades | {"2": "P"}) == ("achieved", "M")


def test_a_tolerated_fail_is_a_unit_taken_but_is_not_at_pass() -> None:
    specification = held("btec-national-2016-business-extended-certificate")
    # 15 + 9 + 12 + 0 = 36, with 60 GLH at U
    grades = {"1": "M", "2": "P", "3": "P", "OPT01": "U"}
    assert secured(specification, grades) == ("achieved", "P")
    at_pass = Limit(name="At Pass", units=every(specification), at="pass", size=Bounds(minimum=360))
    strict = limited_to(specification, tolerating(specification), at_pass)
    assert secured(strict, grades) == ("unachievable", None)
    assert secured(specification, grades | {"OPT01": "P", "1": "U"}) == ("unachievable", None)
