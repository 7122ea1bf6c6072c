"""Engines: from situations under one specification version to statuses, grades and explanations.

`Engine` is the way in, whatever works behind it; `SelectionEngine` covers the first form of the language, for which it
is exact (`selection` says which rules that is). A method that makes grades in another way gets an engine of its own.
"""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assets.reconciled.achievability.action_search import searched_sets
from assets.reconciled.achievability.actions import Openings, indispensable
from assets.reconciled.achievability.choices import combinations
from assets.reconciled.achievability.clashes import smallest_clashes
from assets.reconciled.achievability.rule import Rule, rule_of
from assets.reconciled.achievability.selection import best_points
from assets.reconciled.achievability.situations import (
    EXHAUSTED,
    GRADE,
    PENDING,
    UNKNOWN_DEADLINE,
    Situations,
    distinct_rows,
)
from assets.reconciled.achievability.words import actions_in_words, clash_in_words, day
from schemas.specification import Specification

STATUSES = ("achieved", "on_track", "action_needed", "unachievable")
ACHIEVED, ON_TRACK, ACTION_NEEDED, UNACHIEVABLE = range(len(STATUSES))

#: Stands for "no grade".
NO_GRADE = -1

#: More combinations of count, size, size at fail and near passes than this are not worked through: the rule is refused.
MOST_COMBINATIONS = 50_000


@dataclass(frozen=True, kw_only=True)
class Assessments:
    """Answers for the distinct situations, and which registration is in which.

    Attributes:
        place: for each registration its distinct situation.
        status: places in `STATUSES`.
        secured, on_track, best: places in the specification's thresholds, NO_GRADE where empty.
        words: what to do, or what clashes; None where neither is due.
        action_count: number of units to enter or claim.
        act_by: earliest deadline among them, if one is known.
    """

    place: NDArray[np.intp]
    status: NDArray[np.int8]
    secured: NDArray[np.int64]
    on_track: NDArray[np.int64]
    best: NDArray[np.int64]
    words: list[str | None]
    action_count: NDArray[np.int64]
    act_by: list[date | None]


class Engine(Protocol):
    """Answers for situations under one specification."""

    def assess(self, specification: Specification, situations: Situations) -> Assessments:
        """Statuses, grades and explanations; situations that are equal are worked out once.

        Raises:
            SpecificationError: the specification is of a shape for which the engine cannot give the exact answer.
        """


@dataclass(frozen=True, kw_only=True)
class _Scopes:
    """Distinct situations x units: at which code a selection can hold the unit, in the three scopes."""

    secured: NDArray[np.uint8]
    on_track: NDArray[np.uint8]
    best: NDArray[np.uint8]
    open: NDArray[np.bool_]


class SelectionEngine:
    """Points and thresholds, and pass only, over groups of which all or some units are taken. Exact."""

    def assess(self, specification: Specification, situations: Situations) -> Assessments:
        """See `Engine`."""
        rule = exact_rule(specification)
        distinct, place = situations.distinct()
        scopes = _scopes(rule, distinct)
        thresholds = np.array([points for _, points in specification.grading.thresholds])
        secured, on_track, best = (
            np.searchsorted(thresholds, best_points(rule, options), side="right") - 1
            for options in (scopes.secured, scopes.on_track, scopes.best)
        )
        status = np.select(
            [secured != NO_GRADE, on_track != NO_GRADE, best != NO_GRADE],
            [ACHIEVED, ON_TRACK, ACTION_NEEDED],
            default=UNACHIEVABLE,
        ).astype(np.int8)
        answers = Assessments(
            place=place,
            status=status,
            secured=secured,
            on_track=on_track,
            best=best,
            words=[None] * len(status),
            action_count=np.zeros(len(status), dtype=np.int64),
            act_by=[None] * len(status),
        )
        _say_what_to_do(specification, rule, distinct, scopes, answers)
        _say_what_clashes(specification, rule, distinct, scopes, answers)
        return answers


def exact_rule(specification: Specification) -> Rule:
    """The specification's rule.

    Raises:
        SpecificationError: it allows too many combinations to be worked through exactly.
    """
    rule = rule_of(specification)
    if (number := combinations(rule)) > MOST_COMBINATIONS:
        raise specification.refusal(
            "combination.groups",
            f"allow [{number}] combinations of count and size, more than the [{MOST_COMBINATIONS}] that are worked "
            "through exactly; give narrower bounds, or sizes with a larger common measure",
        )
    return rule


def _scopes(rule: Rule, distinct: Situations) -> _Scopes:
    """A pending or open unit can yield its best grade; whatever counts already is never lost."""
    cells = distinct.cells
    secured = rule.counts_as[np.arange(cells.shape[1]), cells & GRADE]
    pending = (cells & PENDING) != 0
    is_open = distinct.can_enter[distinct.calendar] & ~pending & ((cells & EXHAUSTED) == 0)
    on_track = np.where(pending, np.uint8(rule.best), secured)
    best = np.where(is_open, np.uint8(rule.best), on_track)
    return _Scopes(secured=secured, on_track=on_track, best=best, open=is_open)


def _say_what_to_do(
    specification: Specification, rule: Rule, distinct: Situations, scopes: _Scopes, answers: Assessments
) -> None:
    """Fill in the smallest set of entries and claims of each situation that needs one."""
    rows = np.flatnonzero(answers.status == ACTION_NEEDED)
    if not len(rows):
        return
    openings = Openings(
        options=scopes.on_track[rows], open=scopes.open[rows], deadline=distinct.deadline[distinct.calendar[rows]]
    )
    lowest = specification.grading.thresholds[0][1]
    chosen, settled = indispensable(rule, openings)
    rest = np.flatnonzero(~(settled & openings.suffice(rule, lowest, chosen)))
    if len(rest):
        chosen[rest] = searched_sets(rule, lowest, openings.of(rest))
    answers.action_count[rows] = chosen.sum(axis=1)
    sayings = np.hstack([chosen.view(np.uint8), distinct.calendar[rows, np.newaxis].view(np.uint8)])
    first, saying = distinct_rows(sayings)
    said: list[tuple[str, date | None]] = []
    for row in first.tolist():
        earliest = int(openings.deadline[row][chosen[row]].min())
        words = actions_in_words(specification, chosen[row], openings.deadline[row])
        said.append((words, None if earliest == UNKNOWN_DEADLINE else day(earliest)))
    for row, number in zip(rows.tolist(), saying.tolist(), strict=True):
        answers.words[row], answers.act_by[row] = said[number]


def _say_what_clashes(
    specification: Specification, rule: Rule, distinct: Situations, scopes: _Scopes, answers: Assessments
) -> None:
    """Fill in the smallest clash of each situation that nothing can save."""
    rows = np.flatnonzero(answers.status == UNACHIEVABLE)
    if not len(rows):
        return
    clashes = smallest_clashes(rule, specification.grading.thresholds[0][1], scopes.best[rows])
    for row, number, reached in zip(rows.tolist(), clashes.clash.tolist(), clashes.reached.tolist(), strict=True):
        answers.words[row] = clash_in_words(specification, rule, clashes.found[number], reached, distinct.cells[row])
