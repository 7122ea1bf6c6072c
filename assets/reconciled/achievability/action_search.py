"""The smallest sets of units to enter or claim where the indispensable ones (`actions`) do not settle it.

Units of one place in the rule, at one grade, with one deadline are interchangeable. So each situation is put into an
order in which such units stand together; situations that are then equal share one search; and a set is no more than how
many units of each such class it takes, always the first of them. Sets are tried by increasing number, all situations of
a number at once, until every situation has one that suffices: the answer is exact.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from assets.reconciled.achievability.actions import Openings, indispensable, shortfall
from assets.reconciled.achievability.rule import ABSENT, Rule
from assets.reconciled.achievability.situations import distinct_rows

_SETS_AT_ONCE = 100_000


@dataclass(frozen=True, kw_only=True)
class _Search:
    """One situation whose smallest set is sought.

    Attributes:
        forced: units that every set holds.
        classes: interchangeable open units, in order.
        needs: for each choice the classes that nothing counts for yet, and how many of them every set takes.
        least: how many units every set holds beside the forced ones.
    """

    forced: NDArray[np.bool_]
    classes: list[NDArray[np.intp]]
    needs: list[tuple[list[int], int]]
    least: int

    def sets(self, number: int) -> NDArray[np.bool_]:
        """Every set of `number` units beside the forced ones that is not ruled out by `needs`: sets x units."""
        counts = _shares(number, tuple(len(columns) for columns in self.classes))
        for classes, least in self.needs:
            counts = counts[counts[:, classes].sum(axis=1) >= least]
        found = np.tile(self.forced, (len(counts), 1))
        for place, columns in enumerate(self.classes):
            found[:, columns] |= np.arange(len(columns)) < counts[:, place, np.newaxis]
        return found


def searched_sets(rule: Rule, lowest: int, openings: Openings) -> NDArray[np.bool_]:
    """The smallest set of each situation, as in `engine`: situations x units."""
    order = _order(rule, openings)
    placed = Openings(
        options=np.take_along_axis(openings.options, order, axis=1),
        open=np.take_along_axis(openings.open, order, axis=1),
        deadline=np.take_along_axis(np.where(openings.open, openings.deadline, 0), order, axis=1),
    )
    known = np.hstack([placed.options, placed.open.view(np.uint8), placed.deadline.view(np.uint8)])
    first, member = distinct_rows(np.ascontiguousarray(known))
    answers = _answers(rule, lowest, placed.of(first))
    chosen = np.zeros_like(openings.open)
    by_answer = np.argsort(member, kind="stable")
    for number, rows in enumerate(np.split(by_answer, np.cumsum(np.bincount(member))[:-1])):
        chosen[rows] = _first_by_place(answers[number], order[rows])
    return chosen


def _kinds(rule: Rule) -> list[NDArray[np.intp]]:
    """Units that stand in one place of the rule with one size and the same points."""
    part = np.zeros(len(rule.size), dtype=np.int64)
    for number, choice in enumerate(rule.choices, start=1):
        part[choice.columns] = number
    kinds: dict[tuple[int, ...], list[int]] = {}
    for column, mark in enumerate(np.column_stack([part, rule.size, rule.points]).tolist()):
        kinds.setdefault(tuple(mark), []).append(column)
    return [np.array(columns, dtype=np.intp) for columns in kinds.values()]


def _order(rule: Rule, openings: Openings) -> NDArray[np.intp]:
    """For each situation the units' columns in an order in which interchangeable ones stand together, by place."""
    order = np.tile(np.arange(len(rule.size)), (len(openings.open), 1))
    for columns in _kinds(rule):
        deadline = np.where(openings.open, openings.deadline, -1)[:, columns].astype(np.int64)
        key = (deadline + 1) * 32 + openings.options[:, columns] * 2 + openings.open[:, columns]
        order[:, columns] = columns[np.argsort(key, axis=1, kind="stable")]
    return order


def _answers(rule: Rule, lowest: int, openings: Openings) -> list[NDArray[np.bool_]]:
    """For each situation every smallest set with the earliest deadlines: sets x units."""
    answers: list[NDArray[np.bool_]] = [np.zeros((0, len(rule.size)), dtype=np.bool_)] * len(openings.open)
    searches = _searches(rule, openings)
    beyond = 0
    while searches:
        for rows, parts in _batches(searches, beyond):
            sets, lengths = np.concatenate(parts), [len(part) for part in parts]
            enough = openings.of(np.repeat(rows, lengths)).suffice(rule, lowest, sets)
            for row, part, good in zip(rows, parts, np.split(enough, np.cumsum(lengths)[:-1]), strict=True):
                if good.any():
                    answers[row] = _earliest(part[good], openings.deadline[row])
                    del searches[row]
        beyond += 1
    return answers


def _searches(rule: Rule, openings: Openings) -> dict[int, _Search]:
    """The search of each situation, by its place."""
    forced = np.zeros_like(openings.open)
    forced[:, rule.required] = openings.lacking[:, rule.required]
    useful = openings.open & ~forced & (openings.options != rule.best)
    least = indispensable(rule, openings)[0].sum(axis=1) - forced.sum(axis=1)
    shortfalls = np.stack(
        [np.zeros_like(least), *(shortfall(rule, choice, openings.options)[0] for choice in rule.choices)], axis=1
    )
    kind, part = np.zeros(len(rule.size), dtype=np.int64), np.zeros(len(rule.size), dtype=np.int64)
    for number, columns in enumerate(_kinds(rule)):
        kind[columns] = number
    for number, choice in enumerate(rule.choices, start=1):
        part[choice.columns] = number
    return {
        row: _search(forced[row], int(least[row]), shortfalls[row], _classes(useful[row], kind, openings, row), part)
        for row in range(len(useful))
    }


def _classes(
    useful: NDArray[np.bool_], kind: NDArray[np.int64], openings: Openings, row: int
) -> dict[tuple[int, int, int], list[int]]:
    """Columns of interchangeable units of one situation, by (kind, deadline, code)."""
    columns = np.flatnonzero(useful)
    marks = zip(
        kind[columns].tolist(),
        openings.deadline[row][columns].tolist(),
        openings.options[row][columns].tolist(),
        strict=True,
    )
    classes: dict[tuple[int, int, int], list[int]] = {}
    for column, mark in zip(columns.tolist(), marks, strict=True):
        classes.setdefault(mark, []).append(column)
    return classes


def _search(
    forced: NDArray[np.bool_],
    least: int,
    shortfalls: NDArray[np.int64],
    classes: dict[tuple[int, int, int], list[int]],
    part: NDArray[np.int64],
) -> _Search:
    """One search. `part` is each unit's choice, counted from 1, as `shortfalls` is."""
    empty: dict[int, list[int]] = {}
    for at, ((_, _, code), columns) in enumerate(classes.items()):
        if code == ABSENT:
            empty.setdefault(int(part[columns[0]]), []).append(at)
    return _Search(
        forced=forced,
        classes=[np.array(columns, dtype=np.intp) for columns in classes.values()],
        needs=[(places, int(shortfalls[choice])) for choice, places in empty.items() if shortfalls[choice] > 0],
        least=least,
    )


def _batches(searches: dict[int, _Search], beyond: int) -> Iterator[tuple[list[int], list[NDArray[np.bool_]]]]:
    """The sets to try, of `beyond` units more than the least: some situations at a time, and the sets of each."""
    rows: list[int] = []
    parts: list[NDArray[np.bool_]] = []
    waiting = 0
    for row in list(searches):
        rows.append(row)
        parts.append(searches[row].sets(searches[row].least + beyond))
        waiting += len(parts[-1])
        if waiting >= _SETS_AT_ONCE:
            yield rows, parts
            rows, parts, waiting = [], [], 0
    if rows:
        yield rows, parts


@lru_cache(maxsize=4096)
def _shares(total: int, most: tuple[int, ...]) -> NDArray[np.int64]:
    """Every way to take `total` from classes that hold `most`: ways x classes."""
    if not most:
        return np.zeros((1 if total == 0 else 0, 0), dtype=np.int64)
    ways = []
    for taken in range(max(0, total - sum(most[1:])), min(total, most[0]) + 1):
        rest = _shares(total - taken, most[1:])
        ways.append(np.hstack([np.full((len(rest), 1), taken, dtype=np.int64), rest]))
    return np.concatenate(ways) if ways else np.zeros((0, len(most)), dtype=np.int64)


def _earliest(sets: NDArray[np.bool_], deadline: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Of sets of one number of units, those whose deadlines in ascending order come first."""
    deadlines = [tuple(sorted(deadline[one].tolist())) for one in sets]
    first = min(deadlines)
    return sets[[own == first for own in deadlines]]


def _first_by_place(sets: NDArray[np.bool_], order: NDArray[np.intp]) -> NDArray[np.bool_]:
    """For situations that share an answer, the set whose units come first in the specification: situations x units.

    Of two sets with as many units, the one whose places in ascending order come first holds the first unit that only
    one of them holds.
    """
    best = _spread(sets[0], order)
    for other in sets[1:]:
        rival = _spread(other, order)
        differs = best != rival
        first = np.argmax(differs, axis=1)
        better = differs.any(axis=1) & np.take_along_axis(rival, first[:, np.newaxis], axis=1)[:, 0]
        best = np.where(better[:, np.newaxis], rival, best)
    return best


def _spread(one: NDArray[np.bool_], order: NDArray[np.intp]) -> NDArray[np.bool_]:
    """A set in a situation's order as a set in the specification's order."""
    found = np.zeros(order.shape, dtype=np.bool_)
    np.put_along_axis(found, order, np.tile(one, (len(order), 1)), axis=1)
    return found
