"""Answers under one rule: the status, the three grades, the smallest set of actions."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assets.reconciled.achievability.actions import smallest_actions
from assets.reconciled.achievability.grades import NO_GRADE, best_grades
from assets.reconciled.achievability.rule import Rule
from assets.reconciled.achievability.scopes import Scopes, scopes
from assets.reconciled.achievability.situations import Situations

STATUSES = ("achieved", "on_track", "action_needed", "unachievable")
ACHIEVED, ON_TRACK, ACTION_NEEDED, UNACHIEVABLE = range(len(STATUSES))


@dataclass(frozen=True, kw_only=True)
class Judged:
    """Answers for situations under one rule, as in `engine.Assessments`."""

    scopes: Scopes
    status: NDArray[np.int8]
    secured: NDArray[np.int64]
    on_track: NDArray[np.int64]
    best: NDArray[np.int64]
    chosen: NDArray[np.bool_]


def judge(rule: Rule, situations: Situations) -> Judged:
    """Answers for different situations under one rule."""
    own = scopes(rule, situations)
    secured, on_track, best = (best_grades(rule, held) for held in (own.secured, own.on_track, own.best))
    status = np.select(
        [secured != NO_GRADE, on_track != NO_GRADE, best != NO_GRADE],
        [ACHIEVED, ON_TRACK, ACTION_NEEDED],
        default=UNACHIEVABLE,
    ).astype(np.int8)
    chosen = np.zeros(situations.cells.shape, dtype=np.bool_)
    rows = np.flatnonzero(status == ACTION_NEEDED)
    if len(rows):
        chosen[rows] = smallest_actions(rule, own.of(rows))
    return Judged(scopes=own, status=status, secured=secured, on_track=on_track, best=best, chosen=chosen)
