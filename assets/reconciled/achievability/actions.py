"""The smallest set of units and gates to enter or claim so that the rule can be satisfied, for many situations at once.

First what no set can do without: required columns that nothing counts for, and as many further units as a group lacks,
those with the earliest deadlines. Where these suffice they are the answer, as every set that suffices holds as many of
them. Elsewhere (tolerated fails, near passes, barred sets or points bind, groups nest) the same search as for the best
selection is asked, each column being left out, held as it is, or taken up; the worth is what is not spent.

Ties: the deadlines in ascending order, then the places in the specification in ascending order.
"""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets.reconciled.achievability import programme
from assets.reconciled.achievability.offers import Held
from assets.reconciled.achievability.rule import ABSENT, Node, Rule
from assets.reconciled.achievability.scopes import Scopes
from assets.reconciled.achievability.selection import best_worth, satisfiable
from assets.reconciled.achievability.situations import as_bytes, distinct_rows
from assets.reconciled.achievability.supply import Alone, WorthOf
from assets.reconciled.achievability.takings import TooManyCorners

#: Later than every deadline, known or not.
_NEVER = np.iinfo(np.int64).max
_AT_ONCE = 4096
#: Worth of more bits than this does not fit a machine's word.
_MOST_BITS = 60


def smallest_actions(rule: Rule, scopes: Scopes) -> NDArray[np.bool_]:
    """The smallest set of each situation: situations x columns.

    Args:
        rule: the rule.
        scopes: situations that satisfy the rule once every open column is taken up.
    """
    chosen = _indispensable(rule, scopes)
    rest = np.flatnonzero(~satisfiable(rule, scopes.on_track.raised(rule, chosen)))
    # Points tell very many sums apart and seldom bind: a set that is smallest without them and reaches them is the answer.
    for least in (0, rule.lowest) if rule.lowest else (0,):
        chosen[rest] = _smallest(rule, scopes.of(rest), least)
        rest = rest[~satisfiable(rule, scopes.on_track.of(rest).raised(rule, chosen[rest]))]
    return chosen


def _smallest(rule: Rule, scopes: Scopes, least: int) -> NDArray[np.bool_]:
    """The smallest set that reaches at least these points, situations that are alike being searched once."""
    marks = np.hstack(
        [
            scopes.on_track.codes,
            as_bytes(scopes.on_track.reported),
            as_bytes(scopes.open),
            as_bytes(np.where(scopes.open, scopes.deadline, 0)),
        ]
    )
    first, place = distinct_rows(marks)
    found = np.zeros((len(first), len(rule.size)), dtype=np.bool_)
    for start in range(0, len(first), _AT_ONCE):
        rows = first[start : start + _AT_ONCE]
        found[start : start + _AT_ONCE] = _searched(replace(rule, lowest=least), scopes.of(rows))
    return found[place]


def _indispensable(rule: Rule, scopes: Scopes) -> NDArray[np.bool_]:
    """What no sufficient set can do without, in the order of ties: situations x columns."""
    lacking: NDArray[np.bool_] = scopes.open & (scopes.on_track.codes == ABSENT)
    chosen: NDArray[np.bool_] = np.zeros_like(lacking)
    required = list(rule.required)
    chosen[:, required] = lacking[:, required]
    for node in rule.nodes:
        if not node.nodes:
            columns = list(node.columns)
            key = np.where(lacking[:, columns], scopes.deadline[:, columns].astype(np.int64), _NEVER)
            place = np.argsort(np.argsort(key, axis=1, kind="stable"), axis=1)
            short = _shortfall(rule, node, scopes.on_track)
            chosen[:, columns] = (place < short[:, np.newaxis]) & (key < _NEVER)
    return chosen


def _shortfall(rule: Rule, node: Node, held: Held) -> NDArray[np.int64]:
    """How many more units a group needs at least."""
    columns = list(node.columns)
    had, size = held.codes[:, columns] != ABSENT, rule.size[columns]
    units = np.maximum(node.units.minimum - had.sum(axis=1), 0)
    short = np.maximum(node.size.minimum - had @ size, 0)
    found: NDArray[np.int64] = np.maximum(units, -(-short // size.max()))
    return found


def _searched(rule: Rule, scopes: Scopes) -> NDArray[np.bool_]:
    """The smallest sets, by search."""
    columns = np.flatnonzero(scopes.open.any(axis=0))
    cost, unit, places = _costs(scopes, columns)
    every = range(len(rule.size))
    ways = [
        WorthOf(codes=held.codes, points=np.stack([held.points(rule, c) for c in every], axis=1), worth=worth)
        for held, worth in (
            (scopes.on_track, cost),
            (_only(scopes.on_track.raised(rule, scopes.open), scopes.open), np.zeros_like(cost)),
        )
    ]
    supply = Alone(rule, tuple(ways), least_points=rule.lowest or None, left_out=cost)
    try:
        kept = best_worth(supply)
    except TooManyCorners:
        return _programmed(rule, scopes, ways)
    spent = cost.sum(axis=1) - kept
    return _decoded(spent, unit, columns, places, len(rule.size))


def _only(held: Held, columns: NDArray[np.bool_]) -> Held:
    """What is held in the marked cells alone."""
    return Held(codes=np.where(columns, held.codes, ABSENT).astype(np.uint8), reported=held.reported)


def _costs(scopes: Scopes, columns: NDArray[np.intp]) -> tuple[NDArray[Any], int, int]:
    """What taking up each column costs, so that the least sum is the smallest set and the first in the order of ties.

    A sum's digits are, from the highest: how many are taken up; less how many at the earliest deadline, at the next, and
    so on; less a bit for each place in the specification.

    Returns:
        (cost, unit, places): situations x columns; the cost of one more column before ties; 2 to the number of places.
    """
    count = len(columns)
    deadline = np.where(scopes.open, scopes.deadline.astype(np.int64), _NEVER)
    ordered = np.sort(deadline, axis=1)
    fresh = np.hstack([np.ones((len(ordered), 1), dtype=np.bool_), ordered[:, 1:] != ordered[:, :-1]])
    ranks = np.cumsum(fresh, axis=1) - 1
    place = np.argsort(np.argsort(deadline, axis=1, kind="stable"), axis=1, kind="stable")
    rank = np.take_along_axis(ranks, place, axis=1)
    steps = int(rank[scopes.open].max(initial=0)) + 1
    places, unit = 1 << count, (1 << count) * (count + 1) ** steps
    dtype = np.int64 if (unit * (count + 1)).bit_length() <= _MOST_BITS else object
    cost = np.zeros(scopes.open.shape, dtype=dtype)
    digit = np.array([places * (count + 1) ** (steps - 1 - step) for step in range(steps)], dtype=dtype)
    for number, column in enumerate(columns.tolist()):
        is_open = scopes.open[:, column]
        own = unit - digit[rank[is_open, column]] - (1 << (count - 1 - number))
        cost[is_open, column] = own
    return cost, unit, places


def _decoded(spent: NDArray[Any], unit: int, columns: NDArray[np.intp], places: int, width: int) -> NDArray[np.bool_]:
    """The sets that cost so much."""
    found = np.zeros((len(spent), width), dtype=np.bool_)
    bits = (-spent % unit) % places
    for number, column in enumerate(columns.tolist()):
        found[:, column] = (bits >> (len(columns) - 1 - number)) & 1
    return found


def _programmed(rule: Rule, scopes: Scopes, ways: list[WorthOf]) -> NDArray[np.bool_]:
    """The smallest sets where the rule is put to an integer programme."""
    found = [
        programme.least_actions(
            rule,
            [(way.codes[row].tolist(), way.points[row].tolist()) for way in ways],
            np.flatnonzero(scopes.open[row]).tolist(),
            [int(one) for one in scopes.deadline[row]],
        )
        for row in range(len(scopes.open))
    ]
    return np.array(found, dtype=np.bool_)
