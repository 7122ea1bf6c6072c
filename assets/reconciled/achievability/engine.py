"""The engine: from situations under one specification version to statuses, grades and explanations. Exact.

Every situation is worked out once for each rule that it may be under: that of its pathway, or of every pathway where
none is recorded. `judged` answers for one rule; here the answers are put together and said in words.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from assets.reconciled.achievability.clashes import smallest_clashes
from assets.reconciled.achievability.grades import NO_GRADE
from assets.reconciled.achievability.judged import (
    ACTION_NEEDED,
    UNACHIEVABLE,
    Judged,
    judge,
)
from assets.reconciled.achievability.rule import Rule, rule_of
from assets.reconciled.achievability.situations import NO_PATHWAY, UNKNOWN_DEADLINE, Situations, as_bytes, distinct_rows
from assets.reconciled.achievability.words import actions_in_words, clash_in_words, day, on_pathway
from schemas.specification import Specification


@dataclass(frozen=True, kw_only=True)
class Assessments:
    """Answers for the distinct situations, and which registration is in which.

    Attributes:
        situations: the distinct ones.
        place: for each registration its distinct situation.
        status: places in `judged.STATUSES`.
        secured, on_track, best: places in the specification's grades, NO_GRADE where empty.
        words: what to do, or what clashes; None where neither is due.
        action_count: number of units and gates to enter or claim.
        act_by: earliest deadline among them, if one is known.
        differs: no pathway is recorded, and the status differs between them.
        rule: place of the rule that the answer rests on, among the specification's combinations.
        chosen: situations x columns: what has to be entered or claimed.
    """

    situations: Situations
    place: NDArray[np.intp]
    status: NDArray[np.int8]
    secured: NDArray[np.int64]
    on_track: NDArray[np.int64]
    best: NDArray[np.int64]
    words: list[str | None]
    action_count: NDArray[np.int64]
    act_by: list[date | None]
    differs: NDArray[np.bool_]
    rule: NDArray[np.intp]
    chosen: NDArray[np.bool_]


def rules_of(specification: Specification) -> tuple[Rule, ...]:
    """The specification's complete rules, one a pathway, or the one it has."""
    return tuple(rule_of(specification, combination) for combination in specification.combinations)


def assess(specification: Specification, situations: Situations) -> Assessments:
    """Statuses, grades and explanations; situations that are equal are worked out once.

    Args:
        specification: of one cohort.
        situations: of its registrations.
    """
    rules = rules_of(specification)
    distinct, place = situations.distinct()
    count, width = distinct.cells.shape
    found = Assessments(
        situations=distinct,
        place=place,
        status=np.full(count, UNACHIEVABLE, dtype=np.int8),
        secured=np.full(count, NO_GRADE, dtype=np.int64),
        on_track=np.full(count, NO_GRADE, dtype=np.int64),
        best=np.full(count, NO_GRADE, dtype=np.int64),
        words=[None] * count,
        action_count=np.zeros(count, dtype=np.int64),
        act_by=[None] * count,
        differs=np.zeros(count, dtype=np.bool_),
        rule=np.zeros(count, dtype=np.intp),
        chosen=np.zeros((count, width), dtype=np.bool_),
    )
    for pathway in np.unique(distinct.pathway).tolist():
        rows = np.flatnonzero(distinct.pathway == pathway)
        under = range(len(rules)) if pathway == NO_PATHWAY else range(pathway, pathway + 1)
        judged = {number: judge(rules[number], distinct.of(rows)) for number in under}
        _put_together(found, rows, judged)
        _say_what_to_do(rules, found, rows, name=len(judged) > 1)
        _say_what_clashes(rules, found, rows, judged)
    return found


def _put_together(found: Assessments, rows: NDArray[np.intp], judged: dict[int, Judged]) -> None:
    """The best over the rules (contract, point 3); of equal statuses, the smaller set of actions, then the first rule."""
    winner = np.full(len(rows), min(judged), dtype=np.intp)
    first = judged[min(judged)]
    status, chosen = first.status.copy(), first.chosen.copy()
    for number, rival in list(judged.items())[1:]:
        better = rival.status < status
        level = (rival.status == status) & (status == ACTION_NEEDED)
        better |= level & _comes_first(rival.chosen, chosen, first.scopes.deadline)
        winner[better], status[better], chosen[better] = number, rival.status[better], rival.chosen[better]
    found.status[rows], found.rule[rows], found.chosen[rows] = status, winner, chosen
    found.action_count[rows] = chosen.sum(axis=1)
    found.differs[rows] = np.logical_or.reduce([own.status != status for own in judged.values()])
    found.secured[rows] = np.maximum.reduce([own.secured for own in judged.values()])
    found.on_track[rows] = np.maximum.reduce([own.on_track for own in judged.values()])
    found.best[rows] = np.maximum.reduce([own.best for own in judged.values()])


def _comes_first(sets: NDArray[np.bool_], others: NDArray[np.bool_], deadline: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Whether a set of actions comes before another: fewer, then earlier deadlines, then earlier places."""
    ours, theirs = _order_key(sets, deadline), _order_key(others, deadline)
    differs = ours != theirs
    first = differs.argmax(axis=1)[:, np.newaxis]
    smaller: NDArray[np.bool_] = np.take_along_axis(ours, first, 1)[:, 0] < np.take_along_axis(theirs, first, 1)[:, 0]
    return smaller


def _order_key(sets: NDArray[np.bool_], deadline: NDArray[np.int32]) -> NDArray[np.int64]:
    never = np.iinfo(np.int64).max
    days = np.sort(np.where(sets, deadline.astype(np.int64), never), axis=1)
    places = np.sort(np.where(sets, np.arange(sets.shape[1]), never), axis=1)
    return np.hstack([sets.sum(axis=1, keepdims=True), days, places])


def _say_what_to_do(rules: tuple[Rule, ...], found: Assessments, rows: NDArray[np.intp], *, name: bool) -> None:
    """Fill in the words of what has to be done. `name`: say for which pathway it is enough."""
    rows = rows[found.status[rows] == ACTION_NEEDED]
    if not len(rows):
        return
    own = found.situations
    marks = [as_bytes(numbers[rows]) for numbers in (found.chosen, own.calendar, found.rule)]
    first, saying = distinct_rows(np.hstack(marks))
    said: list[tuple[str, date | None]] = []
    for row in rows[first].tolist():
        deadline, chosen, rule = own.calendars[own.calendar[row]].deadline, found.chosen[row], rules[found.rule[row]]
        earliest = int(deadline[chosen].min())
        words = actions_in_words(rule.specification, chosen, deadline)
        words = on_pathway(rule.combination.pathway, words) if name else words
        said.append((words, None if earliest == UNKNOWN_DEADLINE else day(earliest)))
    for row, number in zip(rows.tolist(), saying.tolist(), strict=True):
        found.words[row], found.act_by[row] = said[number]


def _say_what_clashes(
    rules: tuple[Rule, ...], found: Assessments, rows: NDArray[np.intp], judged: dict[int, Judged]
) -> None:
    """Fill in the smallest clash of each situation that nothing can save; of each pathway where none is recorded."""
    lost = np.flatnonzero(found.status[rows] == UNACHIEVABLE)
    if not len(lost):
        return
    sayings = [_clashes_in_words(rules[number], own, found, rows, lost) for number, own in judged.items()]
    if len(judged) > 1:
        names = [rules[number].combination.pathway for number in judged]
        sayings = [[on_pathway(name, words) for words in said] for name, said in zip(names, sayings, strict=True)]
    for row, words in zip(rows[lost].tolist(), zip(*sayings, strict=True), strict=True):
        found.words[row] = ". ".join(words)


def _clashes_in_words(
    rule: Rule, judged: Judged, found: Assessments, rows: NDArray[np.intp], lost: NDArray[np.intp]
) -> list[str]:
    clashes = smallest_clashes(rule, judged.scopes.best.of(lost))
    cells = found.situations.cells[rows[lost]]
    pairs = zip(clashes.clash.tolist(), clashes.reached.tolist(), cells, strict=True)
    return [clash_in_words(rule, clashes.found[number], reached, cell) for number, reached, cell in pairs]
