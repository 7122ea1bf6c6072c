"""The best overall grade of a selection, by the specification's method.

Points are compared with thresholds. For a look-up, a grade is reached if for some row of the table each component has one
of its units selected at the row's grade or above: that is one more bound for each component, and the same search.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from assets.reconciled.achievability.offers import Held
from assets.reconciled.achievability.rule import Constraint, Rule, at_least_once, grade_codes
from assets.reconciled.achievability.selection import NONE, best_points

#: Stands for "no grade".
NO_GRADE = -1


def best_grades(rule: Rule, held: Held) -> NDArray[np.int64]:
    """Each situation's best grade: its place in the specification's grades, NO_GRADE where no selection reaches one."""
    grading = rule.specification.grading
    points = best_points(rule, held)
    if not grading.components:
        least = np.array(grading.thresholds, dtype=np.int64) * rule.scale
        return np.where(points == NONE, NO_GRADE, np.searchsorted(least, points, side="right") - 1)
    found = np.where(points == NONE, NO_GRADE, 0)
    open_rows = np.flatnonzero(points != NONE)
    for grade in range(len(grading.grades) - 1, 0, -1):
        for demanding in reaching(rule, grade):
            if not len(open_rows):
                return found
            reached = best_points(demanding, held.of(open_rows)) != NONE
            found[open_rows[reached]] = grade
            open_rows = open_rows[~reached]
    return found


def reaching(rule: Rule, grade: int) -> Iterator[Rule]:
    """The rules of which one has to be satisfied for a grade of a look-up: one a row that no other row falls short of."""
    for row in _least_rows(rule, grade):
        yield with_components(rule, row)


def with_components(rule: Rule, grades: tuple[str, ...]) -> Rule:
    """The rule, its components being asked for at these grades or above."""
    specification = rule.specification
    rows = [row for row in rule.rows if row.constraint.part != "component"]
    for place, (component, grade) in enumerate(zip(specification.grading.components, grades, strict=True)):
        columns = [specification.positions[number] for number in component.units]
        code = grade_codes(specification.unit(component.units[0]))[grade.upper()]
        constraint = Constraint(part="component", place=place)
        rows.append(at_least_once(constraint, len(rule.size), columns, code))
    return replace(rule, rows=tuple(rows))


def _least_rows(rule: Rule, grade: int) -> list[tuple[str, ...]]:
    """Rows of the table that give the grade or a better one, without those that another such row lies below."""
    grading = rule.specification.grading
    ladders = [rule.specification.unit(component.units[0]).grades.ascending for component in grading.components]
    enough = [row for row, overall in grading.table.items() if grading.grades.index(overall) >= grade]

    def below(lower: tuple[str, ...], upper: tuple[str, ...]) -> bool:
        steps = zip(ladders, lower, upper, strict=True)
        return lower != upper and all(ladder.index(low) <= ladder.index(high) for ladder, low, high in steps)

    return [row for row in enough if not any(below(other, row) for other in enough)]
