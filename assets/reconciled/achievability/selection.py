"""The best selection: the most points, or the most of any other worth, that satisfies a rule, for many situations at once.

Required columns are added up; from the tree of groups everything that can be taken is known (`takings`, `shares`); the
best of it that keeps every row's bounds wins. This is exact for every rule that `schemas.specification` can express.
Where a rule lets too many different sums be taken, each situation is put to an integer programme (`programme`).
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets.reconciled.achievability import programme
from assets.reconciled.achievability.offers import Held
from assets.reconciled.achievability.rule import ABSENT, Rule
from assets.reconciled.achievability.shares import whole
from assets.reconciled.achievability.supply import Alone, Shared, Supply
from assets.reconciled.achievability.takings import IMPOSSIBLE, Span, TooManyCorners

_CELLS_AT_ONCE = 4_000_000

#: The answer where no selection satisfies the rule.
NONE = -1


@dataclass(frozen=True, kw_only=True)
class _Required:
    """The required columns of each situation, added up: rows of the rule x situations, and their worth."""

    held: NDArray[np.bool_]
    amounts: NDArray[np.int64]
    worth: NDArray[Any]

    def of(self, rows: NDArray[np.intp]) -> "_Required":
        """Some of the situations."""
        return _Required(held=self.held[rows], amounts=self.amounts[:, rows], worth=self.worth[rows])


def best_points(rule: Rule, held: Held) -> NDArray[np.int64]:
    """The most points of a selection that satisfies the rule's constraints, whether or not they reach a grade.

    Args:
        rule: the rule.
        held: how each column can be held.

    Returns:
        Points of each situation, in `rule.scale`ths; NONE where no selection satisfies the rule.
    """
    required = _required(rule, held)
    found = np.full(len(held), NONE, dtype=np.int64)
    rows = np.flatnonzero(required.held)
    if not len(rows):
        return found
    own = held.of(rows)
    try:
        found[rows] = _best(rule, required.of(rows), Shared(rule, own))
    except TooManyCorners:
        found[rows] = programme.best_points(rule, own)
    return found


def best_of(supply: Shared) -> NDArray[Any]:
    """The most worth of a selection that satisfies the rule, marks included; every situation holds what is required.

    Raises:
        TooManyCorners: the rule lets too many different sums be taken.
    """
    required = _required(supply.rule, supply.held)
    return _best(supply.rule, replace(required, worth=required.worth.astype(supply.dtype) * supply.places), supply)


def satisfiable(rule: Rule, held: Held) -> NDArray[np.bool_]:
    """Whether some selection satisfies the rule's constraints and reaches its lowest grade's points."""
    found: NDArray[np.bool_] = best_points(rule, held) >= rule.lowest
    return found


def best_worth(supply: Alone) -> NDArray[Any]:
    """The most worth of a selection that satisfies the rule, columns being told apart; negative where none does.

    Raises:
        TooManyCorners: the rule lets too many different sums be taken.
    """
    count = len(supply.ways[0].codes)
    nothing = _Required(
        held=np.ones(count, dtype=np.bool_),
        amounts=np.zeros((len(supply.rule.rows), count), dtype=np.int64),
        worth=np.zeros(count, dtype=np.int64),
    )
    return _best(supply.rule, nothing, supply)


def _required(rule: Rule, held: Held) -> _Required:
    taken = held.codes[:, list(rule.required)]
    amounts = np.zeros((len(rule.rows), len(held)), dtype=np.int64)
    points = np.zeros(len(held), dtype=np.int64)
    for place, column in enumerate(rule.required):
        points += held.points(rule, column)
        for number, row in enumerate(rule.rows):
            if row.weight[column].any():
                amounts[number] += row.weight[column][taken[:, place]]
    return _Required(held=(taken != ABSENT).all(axis=1), amounts=amounts, worth=points)


def _spans(rule: Rule, required: _Required, supply: Supply) -> list[Span]:
    """What has to be told apart of each row beside what the required columns add up to."""
    taken = [*(column for node in rule.nodes for column in node.all_columns), *supply.must]
    spans = []
    for row, amounts in zip(rule.rows, required.amounts, strict=True):
        least = int(amounts.min())
        if not row.weight[taken].any():
            spans.append(Span(cap=0))
        elif row.bounds.maximum is None:
            spans.append(Span(cap=max(0, row.bounds.minimum - least)))
        else:
            spans.append(Span(most=max(0, row.bounds.maximum - least)))
    return [*spans, *supply.spans]


def _best(rule: Rule, required: _Required, supply: Supply) -> NDArray[Any]:
    """The most worth of each situation."""
    share = whole(rule, supply, _spans(rule, required, supply))
    worth, corners = share.takings.worth, share.takings.corners
    count = len(required.worth)
    best = np.full(count, NONE, dtype=worth.dtype if worth.dtype == object else np.int64)
    if not len(worth):
        return best
    corners, worth = _enough(corners, worth, supply, len(rule.rows))
    at_once = max(1, _CELLS_AT_ONCE // max(1, len(worth)))
    for start in range(0, count if len(worth) else 0, at_once):
        part = slice(start, start + at_once)
        had = worth[:, share.profile[part]]
        kept = had >= 0
        for number, row in enumerate(rule.rows):
            amount = corners[:, number, np.newaxis] + required.amounts[number, part]
            kept &= amount >= row.bounds.minimum
            if row.bounds.maximum is not None:
                kept &= amount <= row.bounds.maximum
        most = np.where(kept, had, IMPOSSIBLE[worth.dtype]).max(axis=0)
        best[part] = np.where(most >= 0, most + required.worth[part], NONE)
    return best


def _enough(
    corners: NDArray[np.int64], worth: NDArray[Any], supply: Supply, rows: int
) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """The corners that reach what is needed in the supply's own dimensions."""
    kept = np.ones(len(corners), dtype=np.bool_)
    for number, least in enumerate(supply.needed, start=rows):
        kept &= corners[:, number] >= least
    return (corners, worth) if kept.all() else (corners[kept], worth[kept])
