"""A specification as numbers: what each unit counts as and gives at each grade, and what a selection must hold.

This is the form that `selection` works on. A relaxed rule, with some constraints dropped, is a rule as well: `clashes`
asks for those.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from schemas.specification import Specification

#: Codes of grades. The passes follow upwards from PASS.
ABSENT, FAIL, NEAR, PASS = 0, 1, 2, 3
CODES = 16


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Units of which some are taken: between the bounds, both in units and in size."""

    columns: NDArray[np.intp]
    minimum_units: int
    maximum_units: int
    minimum_size: int
    maximum_size: int


@dataclass(frozen=True, kw_only=True)
class Demands:
    """What a selection as a whole must keep to; None: no limit.

    Attributes:
        size: least size.
        size_at_pass: least size of units at Pass or above.
        size_at_fail: most size of units at the fail grade.
        near_passes: most near passes.
    """

    size: int
    size_at_pass: int
    size_at_fail: int | None
    near_passes: int | None


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule of combination.

    Attributes:
        size: of each unit.
        points: units x codes.
        counts_as: units x codes: at which code a selection can hold a unit whose best grade so far has that code;
            ABSENT where it cannot hold it.
        best: code of the best grade.
        required: units that every selection holds.
        choices: the other groups.
        demands: on the selection as a whole.
    """

    size: NDArray[np.int32]
    points: NDArray[np.int32]
    counts_as: NDArray[np.uint8]
    best: int
    required: NDArray[np.intp]
    choices: tuple[Choice, ...]
    demands: Demands

    def weighing(self, lowest: int) -> "Rule":
        """The same rule, with size instead of points for units at `lowest` or above."""
        weight = np.where(np.arange(CODES)[np.newaxis, :] >= lowest, self.size[:, np.newaxis], 0)
        return replace(self, points=weight.astype(np.int32))


def grade_codes(specification: Specification) -> dict[str, int]:
    """Each unit grade's code, under the text that results carry (upper case)."""
    grades = specification.unit_grades
    codes = {grades.fail.upper(): FAIL}
    if grades.near_pass:
        codes[grades.near_pass.upper()] = NEAR
    return codes | {grade.upper(): PASS + place for place, grade in enumerate(grades.passes)}


def rule_of(specification: Specification) -> Rule:
    """The rule of a specification.

    A near pass that the unit does not accept counts as the fail grade. The fail grade counts only where it is
    tolerated: not on a unit that must be passed, and not on one larger than the tolerated size.
    """
    codes, limits = grade_codes(specification), specification.limits
    units, places = specification.units, specification.positions
    points = np.zeros((len(units), CODES), dtype=np.int32)
    counts_as = np.zeros((len(units), CODES), dtype=np.uint8)
    for place, unit in enumerate(units):
        row = specification.grading.points.get(unit.size, {})
        for grade, value in row.items():
            points[place, codes[grade.upper()]] = value
        fail = FAIL if not unit.must_pass and unit.size <= limits.size_at_fail else ABSENT
        counts_as[place] = np.arange(CODES)
        counts_as[place, FAIL] = fail
        counts_as[place, NEAR] = NEAR if unit.near_pass else fail
    return Rule(
        size=np.array([unit.size for unit in units], dtype=np.int32),
        points=points,
        counts_as=counts_as,
        best=max(codes.values()),
        required=_columns([places[number] for group in specification.groups if group.all_of for number in group.units]),
        choices=tuple(
            choice_of(
                np.array([unit.size for unit in units]),
                _columns([places[number] for number in group.units]),
                (group.minimum_units, group.maximum_units),
                (group.minimum_size, group.maximum_size),
            )
            for group in specification.groups
            if not group.all_of
        ),
        demands=Demands(
            size=specification.size,
            size_at_pass=limits.size_at_pass,
            size_at_fail=limits.size_at_fail,
            near_passes=limits.near_passes,
        ),
    )


def choice_of(
    sizes: NDArray[np.int_], columns: NDArray[np.intp], units: tuple[int, int], size: tuple[int, int | None]
) -> Choice:
    """A choice, its upper bound of size being no more than its units can add up to."""
    largest = int(np.sort(sizes[columns])[::-1][: units[1]].sum())
    return Choice(
        columns=columns,
        minimum_units=units[0],
        maximum_units=units[1],
        minimum_size=size[0],
        maximum_size=largest if size[1] is None else min(size[1], largest),
    )


def _columns(places: list[int]) -> NDArray[np.intp]:
    return np.array(sorted(places), dtype=np.intp)
