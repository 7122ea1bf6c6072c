"""Why nothing satisfies a rule: the smallest set of its constraints that cannot be met together.

A constraint is one required unit, the lower bounds of one choice, or one demand on the selection as a whole; upper
bounds of a choice always hold. A set of constraints is asked about by relaxing the rule to it: units that are no longer
required become a choice without bounds. Sets are tried by increasing number, units in the order of the specification
first, so the answer is the first of the smallest sets, and exact. Wording is in `words`.
"""

from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from assets.reconciled.achievability.rule import ABSENT, FAIL, NEAR, PASS, Choice, Demands, Rule, choice_of
from assets.reconciled.achievability.selection import best_points

Part = Literal["unit", "size", "choice", "size_at_fail", "near_passes", "size_at_pass", "points"]


@dataclass(frozen=True, kw_only=True)
class Constraint:
    """One constraint of a rule. `place`: column of the unit, or number of the choice; else 0."""

    part: Part
    place: int = 0


Clash = tuple[Constraint, ...]


@dataclass(frozen=True, kw_only=True)
class Clashes:
    """The clash of each situation.

    Attributes:
        found: the clashes that occur.
        clash: for each situation its place in `found`.
        reached: for each situation how far its last constraint could be met beside the others: size, units of the
            choice (size where it has no lower bound of units), or points; 0 where that says nothing.
    """

    found: tuple[Clash, ...]
    clash: NDArray[np.intp]
    reached: NDArray[np.int64]


def smallest_clashes(rule: Rule, lowest: int, options: NDArray[np.uint8]) -> Clashes:
    """The smallest clash of each situation.

    Args:
        rule: the rule.
        lowest: points of the lowest grade.
        options: situations x units: the code at which a selection can hold the unit if every open unit is taken up. No
            situation satisfies the rule.
    """
    clash = np.full(len(options), -1, dtype=np.intp)
    reached = np.zeros(len(options), dtype=np.int64)
    found: list[Clash] = []
    for number in range(1, len(rule.required) + len(rule.choices) + 6):
        for candidate in combinations(_constraints(rule, options[clash < 0]), number):
            left = np.flatnonzero(clash < 0)
            if not len(left):
                break
            hit = left[_cannot(rule, lowest, candidate, options[left])]
            if len(hit):
                clash[hit] = len(found)
                reached[hit] = _reached(rule, candidate, options[hit])
                found.append(candidate)
        if not (clash < 0).any():
            break
    return Clashes(found=tuple(found), clash=clash, reached=reached)


def _constraints(rule: Rule, options: NDArray[np.uint8]) -> list[Constraint]:
    """The constraints that can be part of a smallest clash of some of the situations, in order.

    A required unit at Pass or above never is: holding it takes nothing away from any other constraint.
    """
    demands = rule.demands
    units = [
        Constraint(part="unit", place=column)
        for column in rule.required.tolist()
        if np.isin(options[:, column], (ABSENT, FAIL, NEAR)).any()
    ]
    choices = [
        Constraint(part="choice", place=number)
        for number, choice in enumerate(rule.choices)
        if choice.minimum_units > 0 or choice.minimum_size > 0
    ]
    own = [Constraint(part="size_at_fail")] if demands.size_at_fail is not None else []
    own += [Constraint(part="near_passes")] if demands.near_passes is not None else []
    own += [Constraint(part="size_at_pass")] if demands.size_at_pass > 0 else []
    return [*units, Constraint(part="size"), *choices, *own, Constraint(part="points")]


def _cannot(rule: Rule, lowest: int, clash: Clash, options: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Whether the constraints cannot be met together."""
    if len(clash) == 1 and clash[0].part == "unit":
        absent: NDArray[np.bool_] = options[:, clash[0].place] == ABSENT
        return absent
    needed = lowest if Constraint(part="points") in clash else 0
    below: NDArray[np.bool_] = best_points(_relaxed(rule, clash), options) < needed
    return below


def _relaxed(rule: Rule, clash: Clash) -> Rule:
    """The rule with these constraints alone."""
    kept, parts = set(clash), {constraint.part for constraint in clash}
    held = np.array(
        [Constraint(part="unit", place=column) in kept for column in rule.required.tolist()], dtype=np.bool_
    )
    choices = [
        choice if Constraint(part="choice", place=number) in kept else replace(choice, minimum_units=0, minimum_size=0)
        for number, choice in enumerate(rule.choices)
    ]
    free = rule.required[~held]
    demands = rule.demands
    return replace(
        rule,
        required=rule.required[held],
        choices=(*choices, *_unbounded(rule, free)),
        demands=Demands(
            size=demands.size if "size" in parts else 0,
            size_at_pass=demands.size_at_pass if "size_at_pass" in parts else 0,
            size_at_fail=demands.size_at_fail if "size_at_fail" in parts else None,
            near_passes=demands.near_passes if "near_passes" in parts else None,
        ),
    )


def _unbounded(rule: Rule, columns: NDArray[np.intp]) -> list[Choice]:
    """A choice without bounds, if there are units for it."""
    if not len(columns):
        return []
    return [choice_of(rule.size.astype(np.int_), columns, (0, len(columns)), (0, None))]


def _reached(rule: Rule, clash: Clash, options: NDArray[np.uint8]) -> NDArray[np.int64]:
    """How far the last constraint can be met beside the others."""
    last, others = clash[-1], _relaxed(rule, clash[:-1])
    if last.part == "points":
        return best_points(others, options)
    if last.part == "size":
        return best_points(others.weighing(FAIL), options)
    if last.part == "size_at_pass":
        return best_points(others.weighing(PASS), options)
    if last.part == "choice":
        choice = rule.choices[last.place]
        held = options[:, choice.columns] != ABSENT
        worth = rule.size[choice.columns].astype(np.int64) if choice.minimum_units == 0 else 1
        had: NDArray[np.int64] = (held * worth).sum(axis=1)
        return had
    return np.zeros(len(options), dtype=np.int64)
