"""Each unit of each distinct situation: its state, its grade, whether it counts in the best selection, and why.

The selection is the best one over what the status rests on: secured units where it is achieved, pending ones too where it
is on track, and the units and gates that have to be entered or claimed where action is needed. Where nothing satisfies
the rule, no unit counts. `registrations` writes the rows.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assets.reconciled.achievability.counted import counted
from assets.reconciled.achievability.engine import Assessments, rules_of
from assets.reconciled.achievability.grades import NO_GRADE, best_grades
from assets.reconciled.achievability.judged import ACHIEVED, UNACHIEVABLE
from assets.reconciled.achievability.offers import Held
from assets.reconciled.achievability.rule import ABSENT, FAIL, NEAR, Rule
from assets.reconciled.achievability.scopes import Scopes, scopes
from assets.reconciled.achievability.situations import GRADE, PENDING, UNKNOWN_DEADLINE
from schemas.achievability import UNIT_REASONS, UNIT_STATES
from schemas.specification import Specification

SECURED, PENDING_STATE, OPEN, CLOSED = range(len(UNIT_STATES))
_WHY = {reason: number for number, reason in enumerate(UNIT_REASONS)}


@dataclass(frozen=True, kw_only=True)
class SituationUnits:
    """Situations x columns.

    Attributes:
        code: code of the best grade so far.
        state, why: places in `schemas.published.UNIT_STATES` and `UNIT_REASONS`.
        pending, open: whether it is; a secured unit can be either.
        deadline: days since 1970-01-01 where it is open; UNKNOWN_DEADLINE.
        counted: whether the best selection holds it.
        barred: secured, and left out because a barred combination of secured units does not count as a whole.
    """

    code: NDArray[np.uint8]
    state: NDArray[np.uint8]
    why: NDArray[np.uint8]
    pending: NDArray[np.bool_]
    open: NDArray[np.bool_]
    deadline: NDArray[np.int32]
    counted: NDArray[np.bool_]
    barred: NDArray[np.bool_]


def situation_units(specification: Specification, found: Assessments) -> SituationUnits:
    """The units of an assessment's distinct situations."""
    shape = found.situations.cells.shape
    units = SituationUnits(
        code=(found.situations.cells & GRADE).astype(np.uint8),
        state=np.full(shape, CLOSED, dtype=np.uint8),
        why=np.zeros(shape, dtype=np.uint8),
        pending=(found.situations.cells & PENDING) != 0,
        open=np.zeros(shape, dtype=np.bool_),
        deadline=np.full(shape, UNKNOWN_DEADLINE, dtype=np.int32),
        counted=np.zeros(shape, dtype=np.bool_),
        barred=np.zeros(shape, dtype=np.bool_),
    )
    for number, rule in enumerate(rules_of(specification)):
        rows = np.flatnonzero(found.rule == number)
        if len(rows):
            _fill(units, rule, found, rows)
    return units


def _fill(units: SituationUnits, rule: Rule, found: Assessments, rows: NDArray[np.intp]) -> None:
    own = scopes(rule, found.situations.of(rows))
    secured = _secured(own)
    units.open[rows], units.deadline[rows] = own.open, own.deadline
    units.state[rows] = np.select(
        [secured, units.pending[rows], own.open], [SECURED, PENDING_STATE, OPEN], default=CLOSED
    ).astype(np.uint8)
    units.barred[rows] = _barred(rule, secured)
    status, chosen = found.status[rows], found.chosen[rows]
    over = own.on_track.raised(rule, chosen)
    held = Held(
        codes=np.where((status == ACHIEVED)[:, np.newaxis], own.secured.codes, over.codes).astype(np.uint8),
        reported=np.where((status == ACHIEVED)[:, np.newaxis], own.secured.reported, over.reported),
    )
    grade = _grades(rule, found, rows, held)
    units.counted[rows] = counted(rule, held, grade)
    units.why[rows] = _reasons(own, held, units, found, rows)


def _secured(own: Scopes) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = own.secured.codes >= NEAR
    return found


def _grades(rule: Rule, found: Assessments, rows: NDArray[np.intp], held: Held) -> NDArray[np.int64]:
    """The best grade over what is held, by status."""
    status = found.status[rows]
    grade = np.full(len(rows), NO_GRADE, dtype=np.int64)
    doing = np.flatnonzero(status != UNACHIEVABLE)
    if len(doing):
        grade[doing] = best_grades(rule, held.of(doing))
    return grade


def _barred(rule: Rule, secured: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Secured units of barred sets of which more are secured than may count."""
    found = np.zeros_like(secured)
    for limit in rule.combination.limits:
        if limit.barred:
            columns = [rule.specification.positions[number] for number in limit.units]
            over = secured[:, columns].sum(axis=1) > (limit.count.maximum or 0)
            found[:, columns] |= secured[:, columns] & over[:, np.newaxis]
    return found


def _reasons(
    own: Scopes, held: Held, units: SituationUnits, found: Assessments, rows: NDArray[np.intp]
) -> NDArray[np.uint8]:
    """Why each column counts or does not, `held` being what the best selection is made from."""
    code, counts, within = units.code[rows], units.counted[rows], own.within
    status, chosen = found.status[rows], found.chosen[rows]
    lost = (status == UNACHIEVABLE)[:, np.newaxis]
    pending = units.pending[rows] & (status != ACHIEVED)[:, np.newaxis]
    return np.select(
        [
            np.broadcast_to(~within, counts.shape),
            counts & chosen,
            counts & pending,
            counts & (held.codes == FAIL),
            counts,
            (code == ABSENT) & ~pending,
            (own.secured.codes == ABSENT) & (code == NEAR) & ~pending,
            (own.secured.codes == ABSENT) & (code == FAIL) & ~pending,
            np.broadcast_to(lost, counts.shape),
            units.barred[rows],
        ],
        [
            _WHY[reason]
            for reason in (
                "other_pathway",
                "counts_if_entered",
                "counts_when_result_is_in",
                "tolerated_at_fail",
                "counts",
                "no_grade",
                "near_pass_not_accepted",
                "failed",
                "no_valid_combination",
                "barred_combination",
            )
        ],
        default=_WHY["not_needed"],
    ).astype(np.uint8)
