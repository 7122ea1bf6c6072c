"""What a registration of a small generated cycle can still achieve, worked out in plain Python.

Rules of mandatory units and one choice of optional units of one size, which is all that the generator's learners take.
"""

from collections import defaultdict
from datetime import date
from typing import Any

from schemas.specification import Specification, Unit

Row = dict[str, Any]

AS_OF = date(2026, 5, 15)
SUMMER_DEADLINES = {"RN5133": date(2026, 5, 8), "RN5193": date(2026, 5, 22), "60171595": date(2026, 5, 22)}


def entry_deadline(row: Row) -> date:
    """The last day for entries of this summer for a registration."""
    own = SUMMER_DEADLINES.get(row["qualification_number"])
    return own or SUMMER_DEADLINES[row["awarding_organisation_rn"]]


def status(specification: Specification, results: list[Row], entries: list[Row], deadline: date) -> str:
    """The status of a registration under a rule of mandatory units and one choice of optional units of one size."""
    if _satisfied(specification, results, set(), set()):
        return "achieved"
    pending, still_open = _to_come(specification, results, entries, deadline)
    if _satisfied(specification, results, pending, set()):
        return "on_track"
    return "action_needed" if _satisfied(specification, results, pending, still_open) else "unachievable"


def best_grade(specification: Specification, results: list[Row], entries: list[Row], deadline: date) -> str | None:
    """The best grade that is still possible, or None."""
    pending, still_open = _to_come(specification, results, entries, deadline)
    return grade_of(specification, points_of(specification, results, pending | still_open))


def grade_of(specification: Specification, points: int | None) -> str | None:
    """The grade that so many points make, or None."""
    reached = zip(specification.grading.grades, specification.grading.thresholds, strict=True)
    return next((name for name, least in reversed(list(reached)) if points is not None and points >= least), None)


def _to_come(
    specification: Specification, results: list[Row], entries: list[Row], deadline: date
) -> tuple[set[str], set[str]]:
    """The units whose results are pending, and those that can still be entered or claimed."""
    received = {(row["unit_number"], row["series"]) for row in results}
    entered = {(row["unit_number"], row["series"]) for row in entries if row["entry_status"] == "entered"}
    pending = {number for number, _ in entered - received}
    sat = defaultdict(int)
    for row in results:
        sat[row["unit_number"]] += 1
    still_open = {
        unit.number
        for unit in specification.units
        if unit.kind == "internal" or (deadline >= AS_OF and sat[unit.number] < (unit.attempts or 99))
    }
    return pending, still_open


def _satisfied(specification: Specification, results: list[Row], pending: set[str], still_open: set[str]) -> bool:
    points = points_of(specification, results, pending | still_open)
    return points is not None and points >= specification.grading.thresholds[0]


def points_of(specification: Specification, results: list[Row], at_their_best: set[str]) -> int | None:
    """The most points that results, and some units at their best, bring; None where they satisfy no combination."""
    grades = defaultdict(set)
    for row in results:
        grades[row["unit_number"]].add(row["grade"])
    for number in at_their_best & {unit.number for unit in specification.units}:
        grades[number].add(specification.unit(number).grades.passes[-1])
    points, at_fail = 0, 0
    for group in specification.groups:
        held = [
            _held(specification, unit, grades[unit.number])
            for unit in specification.units
            if unit.number in group.all_units
        ]
        best = sorted((one for one in held if one is not None), reverse=True)
        wanted = len(group.of) if group.all_of else group.units.minimum
        if not group.all_of and group.size.minimum:
            wanted = group.size.minimum // max(specification.unit(number).size for number in group.all_units)
        if len(best) < wanted:
            return None
        points += sum(one[0] for one in best[:wanted])
        at_fail += sum(one[1] for one in best[:wanted])
    return points if at_fail <= _tolerated(specification) else None


def _tolerated(specification: Specification) -> int:
    """Size at the fail grade that the rule tolerates."""
    return max((limit.size.maximum or 0 for limit in specification.limits if limit.at == "fail"), default=0)


def _held(specification: Specification, unit: Unit, grades: set[str]) -> tuple[int, int] | None:
    """Points and size at the fail grade of the best that a unit can count with; None if it cannot count."""
    scale = unit.grades
    counting = set(scale.passes) | ({scale.near_pass} if unit.near_pass else set())
    points = unit.points
    if good := grades & counting:
        return max(points[grade] for grade in good), 0
    if scale.fail in grades and not unit.must_pass and _tolerated(specification):
        return 0, unit.size
    return None
