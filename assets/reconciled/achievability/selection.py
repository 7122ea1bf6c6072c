"""The best selection: the most points that satisfy a rule, for many registrations at once.

Required units are added up; from each choice all takings are known (`choices`); the best of those that keep the demands
on the selection as a whole wins. This is exact for every rule that `schemas.specification` can express: groups of which
all or some units are taken, whatever their sizes, with bounds in units and size, units that must be passed, near passes
and their limit, tolerated size at the fail grade, least size at Pass, least size in all.
"""

from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from assets.reconciled.achievability.choices import IMPOSSIBLE, Takings, takings, together
from assets.reconciled.achievability.rule import ABSENT, FAIL, NEAR, Rule

_CELLS_AT_ONCE = 4_000_000

#: The answer where no selection satisfies the rule.
NONE = -1


@dataclass(frozen=True, kw_only=True)
class _Required:
    """The required units of each registration, added up."""

    held: NDArray[np.bool_]
    points: NDArray[np.int64]
    size: int
    at_fail: NDArray[np.int64]
    near: NDArray[np.int64]
    at_near: NDArray[np.int64]


def best_points(rule: Rule, options: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The most points of a selection that satisfies the rule.

    Args:
        rule: the rule.
        options: registrations x units: the code at which a selection can hold the unit, ABSENT where it cannot.

    Returns:
        Points of each registration; NONE where no selection satisfies the rule. Whether the points reach a grade is not
        asked here.
    """
    if not len(options):
        return np.zeros(0, dtype=np.int64)
    required, choices = _required(rule, options), _choices(rule, options)
    best = np.full(len(options), NONE, dtype=np.int64)
    rows_at_once = max(1, _CELLS_AT_ONCE // max(1, len(choices.corners)))
    for start in range(0, len(options), rows_at_once):
        rows = slice(start, start + rows_at_once)
        best[rows] = _best(rule, required, choices, rows)
    return best


def _required(rule: Rule, options: NDArray[np.uint8]) -> _Required:
    taken, size = options[:, rule.required], rule.size[rule.required].astype(np.int64)
    points = np.zeros(len(options), dtype=np.int64)
    for place, column in enumerate(rule.required.tolist()):
        points += rule.points[column][taken[:, place]]
    fail, near = taken == FAIL, taken == NEAR
    return _Required(
        held=(taken != ABSENT).all(axis=1),
        points=points,
        size=int(size.sum()),
        at_fail=fail @ size,
        near=near.sum(axis=1),
        at_near=near @ size,
    )


def _choices(rule: Rule, options: NDArray[np.uint8]) -> Takings:
    if not rule.choices:
        return Takings(
            corners=np.zeros((1, 4), dtype=np.int64),
            points=np.zeros((1, 1), dtype=np.int32),
            profile=np.zeros(len(options), dtype=np.intp),
        )
    return reduce(together, (takings(rule, choice, options) for choice in rule.choices))


def _best(rule: Rule, required: _Required, choices: Takings, rows: slice) -> NDArray[np.int64]:
    size, fail, near, at_near = choices.corners.T
    demands = rule.demands
    points = choices.points[choices.profile[rows]]
    kept = points >= 0
    kept &= required.size + size >= demands.size
    if demands.size_at_fail is not None:
        kept &= required.at_fail[rows, np.newaxis] + fail <= demands.size_at_fail
    if demands.near_passes is not None:
        kept &= required.near[rows, np.newaxis] + near <= demands.near_passes
    if demands.size_at_pass > 0:
        below = required.at_fail[rows] + required.at_near[rows]
        kept &= required.size - below[:, np.newaxis] + (size - fail - at_near) >= demands.size_at_pass
    kept &= required.held[rows, np.newaxis]
    most = np.where(kept, points, IMPOSSIBLE).max(axis=1, initial=IMPOSSIBLE)
    return np.where(most >= 0, most + required.points[rows], NONE)
