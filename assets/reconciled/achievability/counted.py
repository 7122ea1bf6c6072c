"""Which units count: the best selection itself, for many situations at once.

Its points alone do not say which units they come from. So a unit's worth is its points and, far below them, a mark: a
digit for each sort of alike units. The best worth then says how many of each sort are selected, and these are the first
of them in the order of the specification.
"""

from functools import cached_property
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets.reconciled.achievability import programme
from assets.reconciled.achievability.grades import NO_GRADE, reaching
from assets.reconciled.achievability.offers import Held
from assets.reconciled.achievability.rule import Node, Rule
from assets.reconciled.achievability.selection import NONE, best_of, best_points
from assets.reconciled.achievability.supply import Shared
from assets.reconciled.achievability.takings import TooManyCorners

#: Worth of more bits than this does not fit a machine's word.
_MOST_BITS = 60


class Marked(Shared):
    """Items whose worth is their points, and a mark for their sort."""

    @cached_property
    def sorts(self) -> dict[tuple[int, int], tuple[int, list[int]]]:
        """By first column and code: how many at most, and the columns that are alike."""
        found: dict[tuple[int, int], tuple[int, list[int]]] = {}

        def walk(node: Node) -> None:
            for columns in [*self.kinds(node), *([c] for c in node.columns if c in self.rule.reported)]:
                for code, count in self.counts(node, columns):
                    found[columns[0], code] = (int(count.max()), columns)
            for inner in node.nodes:
                walk(inner)

        for node in self.rule.nodes:
            walk(node)
        return found

    @cached_property
    def digits(self) -> dict[tuple[int, int], int]:
        """The worth of one unit of each sort."""
        found, worth = {}, 1
        for sort, (most, _) in self.sorts.items():
            found[sort] = worth
            worth *= most + 1
        return found

    @property
    def places(self) -> int:
        return prod(most + 1 for most, _ in self.sorts.values())

    @property
    def dtype(self) -> "np.dtype[Any]":
        return np.dtype(np.int64 if (self.most * self.places).bit_length() <= _MOST_BITS else object)

    def mark(self, column: int, code: int) -> int:
        return self.digits[column, code]

    def selected(self, worth: NDArray[Any]) -> NDArray[np.bool_]:
        """The columns of the selections with this worth: situations x columns."""
        found = np.zeros(self.held.codes.shape, dtype=np.bool_)
        found[:, list(self.rule.required)] = True
        for sort, (most, columns) in self.sorts.items():
            taken = ((worth // self.digits[sort]) % (most + 1)).astype(np.int64)
            own = self.held.codes[:, columns] == sort[1]
            found[:, columns] |= own & (own.cumsum(axis=1) <= taken[:, np.newaxis])
        return found


def counted(rule: Rule, held: Held, grade: NDArray[np.int64]) -> NDArray[np.bool_]:
    """The best selection of each situation: situations x columns; nothing where no grade is reached.

    Args:
        rule: the rule.
        held: how each column can be held.
        grade: the best grade of each situation over what is held, as `grades.best_grades` gives it.
    """
    found = np.zeros(held.codes.shape, dtype=np.bool_)
    if not rule.specification.grading.components:
        rows = np.flatnonzero(grade != NO_GRADE)
        found[rows] = _selected(rule, held.of(rows))
        return found
    for place in np.unique(grade[grade != NO_GRADE]).tolist():
        left = np.flatnonzero(grade == place)
        for demanding in reaching(rule, place):
            reached = best_points(demanding, held.of(left)) != NONE
            found[left[reached]] = _selected(demanding, held.of(left[reached]))
            left = left[~reached]
    return found


def _selected(rule: Rule, held: Held) -> NDArray[np.bool_]:
    if not len(held):
        return np.zeros(held.codes.shape, dtype=np.bool_)
    supply = Marked(rule, held)
    try:
        return supply.selected(best_of(supply))
    except TooManyCorners:
        return np.array([_programmed(rule, held.of(np.array([row]))) for row in range(len(held))], dtype=np.bool_)


def _programmed(rule: Rule, held: Held) -> list[bool]:
    """The selection of one situation by an integer programme; of equal ones, the first in the specification's order."""
    codes = held.codes[0].tolist()
    points = [int(held.points(rule, column)[0]) for column in range(len(codes))]
    return programme.best_selection(rule, codes, points)
