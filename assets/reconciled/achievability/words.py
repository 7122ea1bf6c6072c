"""Sentences for exams officers: what has to be entered or claimed by when, and what cannot be met.

Finding either belongs in `actions` and `clashes`.
"""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from assets.reconciled.achievability.clashes import Clash
from assets.reconciled.achievability.rule import ABSENT, Constraint, Rule, grade_of_code
from assets.reconciled.achievability.selection import NONE
from assets.reconciled.achievability.situations import EXHAUSTED, GRADE, UNKNOWN_DEADLINE
from schemas.specification import MEASURE_WORDS, Bounds, Gate, Limit, Specification

_EPOCH = date(1970, 1, 1)


def day(number: int) -> date:
    """The date of a number of days since 1970-01-01."""
    return _EPOCH + timedelta(days=number)


def on_pathway(pathway: str | None, words: str) -> str:
    """The words, said of one of several pathways."""
    return words if pathway is None else f"On pathway {pathway}: {words[:1].lower()}{words[1:]}"


def actions_in_words(specification: Specification, chosen: NDArray[np.bool_], deadline: NDArray[np.int32]) -> str:
    """What has to be done, earliest deadline first, then in the order of the specification.

    Args:
        specification: the specification.
        chosen: columns to enter or claim.
        deadline: of each column.
    """
    columns = sorted(np.flatnonzero(chosen).tolist(), key=lambda column: (int(deadline[column]), column))
    steps = []
    for column in columns:
        known = deadline[column] != UNKNOWN_DEADLINE
        by = f"by {day(int(deadline[column])).isoformat()}" if known else "(no deadline known)"
        steps.append(f"{_step(specification, column)} {by}")
    sentence = "; ".join(steps)
    return sentence[:1].upper() + sentence[1:]


def _step(specification: Specification, column: int) -> str:
    if column >= len(specification.units):
        return f"show {_gate_asks(specification.gates[column - len(specification.units)])}"
    unit = specification.units[column]
    return f"{'enter' if unit.kind == 'external' else 'claim'} unit {unit.number}"


def _gate_asks(gate: Gate) -> str:
    return gate.name if gate.quantity is None else f"{gate.name} ({gate.quantity} {gate.unit_of})".replace(" )", ")")


def clash_in_words(rule: Rule, clash: Clash, reached: int, cells: NDArray[np.uint8]) -> str:
    """What cannot be met together.

    Args:
        rule: the rule.
        clash: the constraints.
        reached: how far the last of them can be met beside the others; NONE where that says nothing.
        cells: the situation's cells.
    """
    parts = []
    for constraint in clash:
        how_far = reached if constraint == clash[-1] and reached != NONE else None
        parts.append(_constraint_in_words(rule, constraint, how_far, cells))
    return "; ".join(parts)


def _constraint_in_words(  # noqa: PLR0911
    rule: Rule, constraint: Constraint, reached: int | None, cells: NDArray[np.uint8]
) -> str:
    found, place = rule.specification, constraint.place
    measure = MEASURE_WORDS[found.measure]
    match constraint.part:
        case "unit":
            return _column_in_words(rule, place, int(cells[place]))
        case "group":
            return _group_in_words(rule, place, reached)
        case "limit":
            return _limit_in_words(found, rule.combination.limits[place], reached)
        case "component":
            return f"the {found.grading.components[place].name} must have a grade"
        case "size" if reached is not None:
            return f"{found.size - reached} {measure} short of {found.size} with no unit left to enter"
        case "size":
            return f"{found.size} {measure} are needed"
        case "points":
            grade, needed = found.grading.grades[0], found.grading.thresholds[0]
            return f"grade {grade} needs {needed} points{_at_most(reached, rule.scale)}"


def _at_most(reached: int | None, scale: int = 1) -> str:
    if reached is None:
        return ""
    points = max(reached, 0) / scale
    return f", and at most {points:g} can be reached"


def _column_in_words(rule: Rule, column: int, cell: int) -> str:
    found, grade = rule.specification, cell & GRADE
    if column >= len(found.units):
        return f"{_gate_asks(found.gates[column - len(found.units)])} is not shown and can no longer be"
    unit = found.units[column]
    name = f"Unit {unit.number} (mandatory, {unit.kind})"
    counted = int(rule.counts_as[column, grade])
    if counted != ABSENT:
        return f"{name} stays at {grade_of_code(unit, counted)}"
    if unit.kind == "external":
        if cell & EXHAUSTED:
            return f"{name} failed on its last attempt"
        return f"{name} {'failed' if grade else 'has no result'} and can no longer be entered"
    return f"{name} {'failed' if grade else 'is not graded'} and can no longer be claimed"


def _group_in_words(rule: Rule, place: int, reached: int | None) -> str:
    group = rule.groups[place]
    measure = MEASURE_WORDS[rule.specification.measure]
    inner = "parts" if group.groups else "units"
    bounds = [f"{group.members.minimum} {inner}"] if group.members.minimum else []
    bounds += [f"{group.units.minimum} units"] if group.units.minimum else []
    bounds += [f"{group.size.minimum} {measure}"] if group.size.minimum else []
    counted = "units" if group.units.minimum or group.members.minimum else measure
    have = "" if reached is None else f", and {reached} {counted} can be had with no unit left to enter"
    return f"{group.name}: {' and '.join(bounds)} are needed{have}"


def _limit_in_words(found: Specification, limit: Limit, reached: int | None) -> str:
    if limit.barred:
        most = limit.count.maximum or 0
        return f"of units {_listed(limit.units)} at most {most} may count (barred combination)"
    measure = MEASURE_WORDS[found.measure]
    near = next((unit.grades.near_pass for unit in found.units if unit.near_pass), None)
    fail, passed = found.units[0].grades.fail, found.units[0].grades.passes[0]
    at = {
        "any": "",
        "achieved": f" at {near or passed} or above",
        "pass": f" at {passed} or above",
        "fail": f" at {fail}",
        "near_pass": f" at {near}",
        "below_pass": f" below {passed}",
    }[limit.at]
    parts = [*_bounds_in_words(limit.count, f"units{at}"), *_bounds_in_words(limit.size, f"{measure}{at}")]
    return f"{limit.name}: {' and '.join(parts)}{_at_most(reached)}"


def _bounds_in_words(bounds: Bounds, of: str) -> list[str]:
    least = [f"{bounds.minimum} {of} are needed"] if bounds.minimum else []
    return least + ([f"at most {bounds.maximum} {of} may count"] if bounds.maximum is not None else [])


def _listed(numbers: Sequence[str]) -> str:
    return f"{', '.join(numbers[:-1])} and {numbers[-1]}"
