"""What can be selected in the contract's three scopes: over secured units, pending ones too, open ones too."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assets.reconciled.achievability.offers import Held
from assets.reconciled.achievability.rule import ABSENT, Rule
from assets.reconciled.achievability.situations import EXHAUSTED, GRADE, PENDING, Situations


@dataclass(frozen=True, kw_only=True)
class Scopes:
    """How each column can be held in each scope, and which are open.

    Attributes:
        secured, on_track, best: the three scopes; each holds what the one before holds, or better.
        open: situations x columns: it can still be entered or claimed.
        deadline: situations x columns: by when, where it is open.
        within: columns: the rule knows it; those of other pathways it does not.
    """

    secured: Held
    on_track: Held
    best: Held
    open: NDArray[np.bool_]
    deadline: NDArray[np.int32]
    within: NDArray[np.bool_]

    def of(self, rows: NDArray[np.intp]) -> "Scopes":
        """Some of the situations."""
        return Scopes(
            secured=self.secured.of(rows),
            on_track=self.on_track.of(rows),
            best=self.best.of(rows),
            open=self.open[rows],
            deadline=self.deadline[rows],
            within=self.within,
        )


def scopes(rule: Rule, situations: Situations) -> Scopes:
    """A pending or open column can yield its best grade; what counts already is never lost."""
    cells = situations.cells
    codes = rule.counts_as[np.arange(cells.shape[1]), cells & GRADE]
    secured = Held(codes=codes, reported=situations.reported)
    pending = (cells & PENDING) != 0
    is_open = open_columns(rule, situations)
    on_track = secured.raised(rule, pending)
    return Scopes(
        secured=secured,
        on_track=on_track,
        best=on_track.raised(rule, is_open),
        open=is_open,
        deadline=situations.deadline[situations.calendar],
        within=rule.best > ABSENT,
    )


def open_columns(rule: Rule, situations: Situations) -> NDArray[np.bool_]:
    """Situations x columns: not pending, and dates and attempts allow it. A gate that is met is not open."""
    cells = situations.cells
    marked: NDArray[np.bool_] = (cells & (PENDING | EXHAUSTED)) != 0
    can: NDArray[np.bool_] = situations.can_enter[situations.calendar] & ~marked
    can &= rule.best > ABSENT
    gates = slice(len(rule.specification.units), None)
    can[:, gates] &= (cells[:, gates] & GRADE) == ABSENT
    return can
