"""Why nothing satisfies a rule: the smallest set of its constraints that cannot be met together.

A constraint is one required column, the lower bounds of one group, one limit, a component of a look-up, the size, or the
points of the lowest grade; upper bounds of a group, and what may count at all, always hold. A set of constraints is asked
about by relaxing the rule to it. Sets are tried by increasing number, in the order of `_constraints`, so the answer is
the first of the smallest sets, and exact. Wording is in `words`.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from assets.reconciled.achievability.offers import Held
from assets.reconciled.achievability.rule import ABSENT, CODES, FAIL, PASS, Constraint, Node, Rule
from assets.reconciled.achievability.selection import NONE, best_points, satisfiable

Clash = tuple[Constraint, ...]


@dataclass(frozen=True, kw_only=True)
class Clashes:
    """The clash of each situation.

    Attributes:
        found: the clashes that occur.
        clash: for each situation its place in `found`.
        reached: for each situation how far its last constraint could be met beside the others: size, the limit's amount,
            units of the group (size where it has no lower bound of units), or points; NONE where that says nothing.
    """

    found: tuple[Clash, ...]
    clash: NDArray[np.intp]
    reached: NDArray[np.int64]


def smallest_clashes(rule: Rule, held: Held) -> Clashes:
    """The smallest clash of each situation.

    Args:
        rule: the rule.
        held: how each column can be held if every open column is taken up. No situation satisfies the rule.
    """
    clash = np.full(len(held), -1, dtype=np.intp)
    reached = np.full(len(held), NONE, dtype=np.int64)
    found: list[Clash] = []
    number = 0
    while (clash < 0).any():
        number += 1
        for candidate in combinations(_constraints(rule, held.of(np.flatnonzero(clash < 0))), number):
            left = np.flatnonzero(clash < 0)
            if not len(left):
                break
            hit = left[~_can(rule, candidate, held.of(left))]
            if len(hit):
                clash[hit] = len(found)
                reached[hit] = _reached(rule, candidate, held.of(hit))
                found.append(candidate)
    return Clashes(found=tuple(found), clash=clash, reached=reached)


def _constraints(rule: Rule, held: Held) -> list[Constraint]:
    """The constraints that can be part of a smallest clash of some of the situations, in order.

    A required column at its best never is, unless something bounds it from above: holding it takes nothing away.
    """
    bounded = [row for row in rule.rows if row.bounds.maximum is not None]
    columns = [
        column
        for column in rule.required
        if (held.codes[:, column] < PASS).any() or any(row.weight[column, PASS:].any() for row in bounded)
    ]
    groups = [node.place for top in rule.nodes for node in _nodes(top) if node.asks]
    rows = {row.constraint for row in rule.rows}
    return [
        *(Constraint(part="unit", place=column) for column in columns),
        Constraint(part="size"),
        *(Constraint(part="group", place=place) for place in groups),
        *sorted(rows - {Constraint(part="size")}),
        *([Constraint(part="points")] if rule.lowest else []),
    ]


def _nodes(node: Node) -> list[Node]:
    return [node, *(found for inner in node.nodes for found in _nodes(inner))]


def _can(rule: Rule, clash: Clash, held: Held) -> NDArray[np.bool_]:
    """Whether the constraints can be met together."""
    if len(clash) == 1 and clash[0].part == "unit":
        there: NDArray[np.bool_] = held.codes[:, clash[0].place] != ABSENT
        return there
    return satisfiable(rule.keeping(frozenset(clash)), held)


def _reached(rule: Rule, clash: Clash, held: Held) -> NDArray[np.int64]:
    """How far the last constraint can be met beside the others."""
    last, others = clash[-1], rule.keeping(frozenset(clash[:-1]))
    if last.part == "points":
        return best_points(others, held)
    if last.part in ("size", "limit"):
        rows = [row for row in rule.rows if row.constraint == last]
        if len(rows) == 1 and rows[0].bounds.maximum is None:
            return best_points(others.weighing(rows[0].weight), held)
    if last.part == "group" and len(clash) == 1:
        (node,) = [node for top in rule.nodes for node in _nodes(top) if node.place == last.place]
        columns = list(node.all_columns)
        weight = np.zeros((len(rule.size), CODES), dtype=np.int64)
        weight[columns, FAIL:] = 1 if node.units.minimum or node.members.minimum else rule.size[columns, np.newaxis]
        return best_points(others.weighing(weight), held)
    return np.full(len(held), NONE, dtype=np.int64)
