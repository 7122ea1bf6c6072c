"""The smallest set of units to enter or claim so that the rule can be satisfied, for many situations at once.

First what no set can do without: required units that nothing counts for, and as many further units as a choice lacks,
those with the earliest deadlines. Where these suffice they are the answer, as every set that suffices holds as many of
them. Where they do not (tolerated fails, near passes or points bind, or sizes differ within a choice), `action_search`
tries sets by increasing number.

Ties: the deadlines in ascending order, then the units' places in the specification in ascending order.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assets.reconciled.achievability.rule import ABSENT, Choice, Rule
from assets.reconciled.achievability.selection import best_points

#: Later than every deadline, known or not.
_NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, kw_only=True)
class Openings:
    """Situations in which something has to be done, and can be.

    Attributes:
        options: situations x units: the code at which a selection can hold the unit without anything being done.
        open: situations x units: the unit can be entered or claimed.
        deadline: situations x units: its deadline, where it is open.
    """

    options: NDArray[np.uint8]
    open: NDArray[np.bool_]
    deadline: NDArray[np.int32]

    def of(self, rows: NDArray[np.intp]) -> "Openings":
        """Some of the situations."""
        return Openings(options=self.options[rows], open=self.open[rows], deadline=self.deadline[rows])

    @property
    def lacking(self) -> NDArray[np.bool_]:
        """situations x units: open, and nothing counts for it yet."""
        found: NDArray[np.bool_] = self.open & (self.options == ABSENT)
        return found

    def suffice(self, rule: Rule, lowest: int, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether the rule can be satisfied, reaching `lowest` points, if the chosen units are taken up."""
        found: NDArray[np.bool_] = best_points(rule, np.where(chosen, np.uint8(rule.best), self.options)) >= lowest
        return found


def indispensable(rule: Rule, openings: Openings) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """What no sufficient set can do without.

    Returns:
        (chosen, settled): situations x units, a set no larger than any that suffices; and for each situation whether,
        should it suffice, it is the first of the smallest sets in the order of ties.
    """
    chosen = np.zeros_like(openings.open)
    chosen[:, rule.required] = openings.lacking[:, rule.required]
    settled = np.ones(len(chosen), dtype=np.bool_)
    for choice in rule.choices:
        lacks, known = shortfall(rule, choice, openings.options)
        key = np.where(
            openings.lacking[:, choice.columns], openings.deadline[:, choice.columns].astype(np.int64), _NEVER
        )
        place = np.argsort(np.argsort(key, axis=1, kind="stable"), axis=1)
        chosen[:, choice.columns] = (place < lacks[:, np.newaxis]) & (key < _NEVER)
        settled &= known
    return chosen, settled


def shortfall(rule: Rule, choice: Choice, options: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """How many more units a choice needs at least.

    Returns:
        (units, known): for each situation the number, and whether any units of that number are as good as any others.
    """
    held = options[:, choice.columns] != ABSENT
    size = rule.size[choice.columns].astype(np.int64)
    units = np.maximum(choice.minimum_units - held.sum(axis=1), 0)
    short = np.maximum(choice.minimum_size - held @ size, 0)
    units = np.maximum(units, -(-short // size.max()))
    alike = len(set(size.tolist())) == 1
    return units, np.full(len(options), True) if alike else units == 0
