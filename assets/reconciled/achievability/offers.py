"""What learners can put into a selection: for each situation and column one or two ways of holding it, and their worth.

`selection` finds the best selection of what is offered. What is offered in which scope is decided in `scopes`, for the
smallest set of actions in `actions`, for the units that count in `counted`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assets.reconciled.achievability.rule import ABSENT, Rule


@dataclass(frozen=True, kw_only=True)
class Held:
    """One way of holding each column.

    Attributes:
        codes: situations x columns: the code at which it can be held, ABSENT where it cannot.
        reported: situations x reported columns: the points that the result row gives, in thousandths.
    """

    codes: NDArray[np.uint8]
    reported: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.codes)

    def of(self, rows: NDArray[np.intp] | slice) -> "Held":
        """Some of the situations."""
        return Held(codes=self.codes[rows], reported=self.reported[rows])

    def raised(self, rule: Rule, columns: NDArray[np.bool_]) -> "Held":
        """It, the marked cells (situations x columns) being at their best; what was held already is never lost."""
        codes = np.where(columns & (rule.best > ABSENT), np.maximum(self.codes, rule.best), self.codes)
        reported = self.reported.copy()
        for place, column in enumerate(rule.reported):
            most = rule.points[column, rule.best[column]]
            marked = columns[:, column]
            reported[marked, place] = np.maximum(reported[marked, place], most)
        return Held(codes=codes.astype(np.uint8), reported=reported)

    def points(self, rule: Rule, column: int) -> NDArray[np.int64]:
        """Points of a column in each situation."""
        if column in rule.reported:
            found: NDArray[np.int64] = np.where(
                self.codes[:, column] != ABSENT, self.reported[:, rule.reported.index(column)], 0
            )
            return found
        points: NDArray[np.int64] = rule.points[column][self.codes[:, column]]
        return points
