"""Sentences for exams officers: what has to be entered or claimed by when, and what cannot be met.

Finding either belongs in `actions` and `clashes`.
"""

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from assets.reconciled.achievability.clashes import Clash, Constraint
from assets.reconciled.achievability.rule import ABSENT, FAIL, Rule
from assets.reconciled.achievability.situations import EXHAUSTED, GRADE, UNKNOWN_DEADLINE
from schemas.specification import MEASURE_WORDS, Specification

_EPOCH = date(1970, 1, 1)


def day(number: int) -> date:
    """The date of a number of days since 1970-01-01."""
    return _EPOCH + timedelta(days=number)


def actions_in_words(specification: Specification, chosen: NDArray[np.bool_], deadline: NDArray[np.int32]) -> str:
    """What has to be done, earliest deadline first, then in the order of the specification.

    Args:
        specification: the specification.
        chosen: units to enter or claim.
        deadline: of each unit.
    """
    columns = sorted(np.flatnonzero(chosen).tolist(), key=lambda column: (int(deadline[column]), column))
    steps = []
    for column in columns:
        unit = specification.units[column]
        verb = "enter" if unit.kind == "external" else "claim"
        known = deadline[column] != UNKNOWN_DEADLINE
        by = f"by {day(int(deadline[column])).isoformat()}" if known else "(no deadline known)"
        steps.append(f"{verb} unit {unit.number} {by}")
    sentence = "; ".join(steps)
    return sentence[:1].upper() + sentence[1:]


def clash_in_words(
    specification: Specification, rule: Rule, clash: Clash, reached: int, cells: NDArray[np.uint8]
) -> str:
    """What cannot be met together.

    Args:
        specification, rule: the rule.
        clash: the constraints.
        reached: how far the last of them can be met beside the others.
        cells: the situation's cells.
    """
    parts = []
    for constraint in clash:
        if constraint.part == "unit":
            parts.append(_unit_in_words(specification, rule, constraint.place, int(cells[constraint.place])))
        elif constraint.part == "choice":
            parts.append(_choice_in_words(specification, constraint.place, reached if len(clash) == 1 else None))
        else:
            parts.append(_demand_in_words(specification, constraint, reached if constraint == clash[-1] else None))
    return "; ".join(parts)


def _demand_in_words(specification: Specification, demand: Constraint, reached: int | None) -> str:
    """A demand on the selection as a whole; `reached` says how far it can be met, where that is known."""
    measure, limits, grades = MEASURE_WORDS[specification.measure], specification.limits, specification.unit_grades
    if demand.part == "size" and reached is not None:
        return f"{specification.size - reached} {measure} short of {specification.size} with no unit left to enter"
    grade, points = specification.grading.thresholds[0]
    needed = {
        "size": f"{specification.size} {measure} are needed",
        "size_at_fail": f"at most {limits.size_at_fail} {measure} may be at {grades.fail}",
        "near_passes": f"at most {limits.near_passes} units at {grades.near_pass} may count",
        "size_at_pass": f"{limits.size_at_pass} {measure} are needed at {grades.passes[0]} or above",
        "points": f"grade {grade} needs {points} points",
    }[demand.part]
    if reached is None or demand.part in {"size_at_fail", "near_passes"}:
        return needed
    return f"{needed}, and at most {max(reached, 0)} can be reached"


def _unit_in_words(specification: Specification, rule: Rule, column: int, cell: int) -> str:
    unit, grade = specification.units[column], cell & GRADE
    name = f"Unit {unit.number} (mandatory, {unit.kind})"
    if grade != ABSENT and rule.counts_as[column, grade] != ABSENT:
        text = specification.unit_grades.fail if grade == FAIL else specification.unit_grades.near_pass
        counted = specification.unit_grades.fail if rule.counts_as[column, grade] == FAIL else text
        return f"{name} stays at {counted}"
    if unit.kind == "external":
        if cell & EXHAUSTED:
            return f"{name} failed on its last attempt"
        return f"{name} {'failed' if grade else 'has no result'} and can no longer be entered"
    return f"{name} {'failed' if grade else 'is not graded'} and can no longer be claimed"


def _choice_in_words(specification: Specification, number: int, reached: int | None) -> str:
    group = [group for group in specification.groups if not group.all_of][number]
    measure = MEASURE_WORDS[specification.measure]
    bounds = [f"{group.minimum_units} units"] if group.minimum_units else []
    bounds += [f"{group.minimum_size} {measure}"] if group.minimum_size else []
    counted = "units" if group.minimum_units else measure
    have = "" if reached is None else f", and {reached} {counted} can be had with no unit left to enter"
    return f"{group.name}: {' and '.join(bounds)} are needed{have}"
