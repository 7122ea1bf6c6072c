"""Hard cases as integer programmes, one situation at a time: for rules that let too many different sums be taken.

HiGHS (through SciPy) works in floating point, so nothing that it says is taken on trust: a selection is rounded and
judged exactly (`evaluation`), a better one is asked for until there is none, and "there is none" is asked twice, with and
without presolve. Common rules never come here (`takings`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds as Box
from scipy.optimize import LinearConstraint, milp

from assets.reconciled.achievability import evaluation
from assets.reconciled.achievability.offers import Held
from assets.reconciled.achievability.rule import ABSENT, Node, Rule
from assets.reconciled.achievability.situations import as_bytes, distinct_rows

_SOLVED, _INFEASIBLE = 0, 2


class ProgrammeError(RuntimeError):
    """The solver gave no answer that could be proved."""


@dataclass(frozen=True, kw_only=True)
class Linear:
    """`least <= coefficients x variables <= most`."""

    coefficients: dict[int, float]
    least: float
    most: float


def best_points(rule: Rule, held: Held) -> NDArray[np.int64]:
    """As `selection.best_points`."""
    first, place = distinct_rows(np.hstack([held.codes, as_bytes(held.reported)]))
    found = np.array([_best(rule, held.of(np.array([row]))) for row in first.tolist()], dtype=np.int64)
    return found[place]


def _best(rule: Rule, held: Held) -> int:
    codes = held.codes[0].tolist()
    points = [int(held.points(rule, column)[0]) for column in range(len(codes))]
    return Programme(rule, [codes]).most(points, [])[0]


def best_selection(rule: Rule, codes: list[int], points: list[int]) -> list[bool]:
    """The columns of the best selection at these codes; of equal ones, the first in order. One satisfies the rule."""
    programme, lines = Programme(rule, [codes]), list[Linear]()
    most, chosen = programme.most(points, lines)
    worth = {column: float(value) for column, value in enumerate(points)}
    lines.append(Linear(coefficients=worth, least=most, most=np.inf))
    for column in range(len(codes)):
        taken, chosen = programme.most([one == column for one in range(len(codes))], lines)
        lines.append(Linear(coefficients={column: 1.0}, least=taken, most=taken))
    return chosen


def least_actions(
    rule: Rule, ways: list[tuple[list[int], list[int]]], open_columns: list[int], deadline: list[int]
) -> list[bool]:
    """As `actions.smallest_actions`, for one situation.

    Args:
        rule: the rule.
        ways: codes and points of each column as it is, and if it is taken up.
        open_columns: those that can be taken up.
        deadline: of each column.
    """
    width = len(deadline)
    programme = Programme(rule, [codes for codes, _ in ways])
    points = {
        way * width + column: float(value) for way, (_, row) in enumerate(ways) for column, value in enumerate(row)
    }
    lines = [Linear(coefficients=points, least=rule.lowest, most=np.inf)]

    def count_of(columns: list[int]) -> dict[int, float]:
        return {width + column: 1.0 for column in columns}

    fewest, _ = programme.most([0] * width + [-(column in open_columns) for column in range(width)], lines)
    lines.append(Linear(coefficients=count_of(open_columns), least=-np.inf, most=-fewest))
    for day in sorted({deadline[column] for column in open_columns}):
        own = [column for column in open_columns if deadline[column] == day]
        most, _ = programme.most([0] * width + [column in own for column in range(width)], lines)
        lines.append(Linear(coefficients=count_of(own), least=most, most=most))
    chosen = [False] * width
    for column in open_columns:
        most, _ = programme.most([0] * width + [one == column for one in range(width)], lines)
        lines.append(Linear(coefficients=count_of([column]), least=most, most=most))
        chosen[column] = most == 1
    return chosen


class Programme:
    """A rule for one situation. Variables: each way of holding each column in turn, then the groups.

    Args:
        rule: the rule.
        ways: the code of each column, way by way.
    """

    def __init__(self, rule: Rule, ways: list[list[int]]) -> None:
        self._rule = rule
        self._ways = ways
        self._width = len(ways[0])
        self._variables, self._lines = self._built()

    def most(self, worth: Sequence[int], more: Sequence[Linear]) -> tuple[int, list[bool]]:
        """The most worth (of the ways' variables) of a selection that also keeps to `more`, and the first way's columns.

        Returns:
            (worth, columns); the least worth less one, and no column, where no selection satisfies the rule.

        Raises:
            ProgrammeError: the solver's answer breaks the rule.
        """
        best = sum(value for value in worth if value < 0) - 1
        chosen = [False] * self._width
        gain = np.zeros(self._variables)
        gain[: len(worth)] = worth
        while True:
            above = Linear(coefficients={at: float(v) for at, v in enumerate(worth) if v}, least=best + 1, most=np.inf)
            found = _solved(self._variables, [*self._lines, *more, above], -gain)
            if found is None:
                return best, chosen
            total = sum(value for value, taken in zip(worth, found.tolist(), strict=False) if taken)
            self._judge(found, more)
            if total <= best:
                raise ProgrammeError(f"the solver's selection is worth [{total}], not above [{best}] as was asked")
            best, chosen = total, found[: self._width].tolist()

    def _judge(self, found: NDArray[np.bool_], more: Sequence[Linear]) -> None:
        selected = {
            column: codes[column]
            for way, codes in enumerate(self._ways)
            for column in range(self._width)
            if found[way * self._width + column]
        }
        faults = evaluation.broken(self._rule, selected)
        taken = np.flatnonzero(found).tolist()
        for line in more:
            amount = sum(line.coefficients.get(variable, 0.0) for variable in taken)
            if not line.least <= amount <= line.most:
                faults.append(f"a line adds up to {amount}")
        if faults:
            raise ProgrammeError(f"the solver's selection breaks [{'; '.join(faults)}]")

    def _built(self) -> tuple[int, list[Linear]]:
        rule, lines = self._rule, list[Linear]()
        in_tree = {column for node in rule.nodes for column in node.all_columns}
        for column in range(self._width):
            must = column in rule.required
            lines.append(Linear(coefficients=self._spread({column: 1.0}), least=float(must), most=1.0))
            for way, codes in enumerate(self._ways):
                if codes[column] == ABSENT or not (must or column in in_tree):
                    lines.append(Linear(coefficients={way * self._width + column: 1.0}, least=0.0, most=0.0))
        for row in rule.rows:
            weights = {
                way * self._width + column: float(row.weight[column, code])
                for way, codes in enumerate(self._ways)
                for column, code in enumerate(codes)
                if row.weight[column, code]
            }
            top = np.inf if row.bounds.maximum is None else float(row.bounds.maximum)
            lines.append(Linear(coefficients=weights, least=row.bounds.minimum, most=top))
        variables = self._width * len(self._ways)
        for node in rule.nodes:
            lines.append(Linear(coefficients={variables: 1.0}, least=1.0, most=1.0))
            variables = self._group(node, variables, lines)
        return variables, lines

    def _spread(self, columns: dict[int, float]) -> dict[int, float]:
        """Coefficients of columns as those of all their ways."""
        return {
            way * self._width + column: value for way in range(len(self._ways)) for column, value in columns.items()
        }

    def _group(self, node: Node, own: int, lines: list[Linear]) -> int:
        """Adds a group's lines, its variable being `own`; returns the next free variable."""
        free, chosen = own + 1, dict[int, float]()
        for inner in node.nodes:
            chosen[free] = 1.0
            lines.append(Linear(coefficients={free: 1.0, own: -1.0}, least=-np.inf, most=0.0))
            free = self._group(inner, free, lines)
        for column in node.columns:
            lines.append(Linear(coefficients={**self._spread({column: 1.0}), own: -1.0}, least=-np.inf, most=0.0))
        members = self._spread(dict.fromkeys(node.columns, 1.0)) | chosen
        units = self._spread(dict.fromkeys(node.all_columns, 1.0))
        sizes = self._spread({column: float(self._rule.size[column]) for column in node.all_columns})
        for amounts, bounds in ((members, node.members), (units, node.units), (sizes, node.size)):
            lines.append(Linear(coefficients={**amounts, own: -float(bounds.minimum)}, least=0.0, most=np.inf))
            if bounds.maximum is not None:
                lines.append(Linear(coefficients={**amounts, own: -float(bounds.maximum)}, least=-np.inf, most=0.0))
        return free


def _solved(variables: int, lines: Sequence[Linear], cost: NDArray[np.float64]) -> NDArray[np.bool_] | None:
    """A best solution, rounded; None where there is none, with and without presolve."""
    matrix = np.zeros((len(lines), variables))
    for number, line in enumerate(lines):
        for variable, coefficient in line.coefficients.items():
            matrix[number, variable] = coefficient
    limits = LinearConstraint(matrix, [line.least for line in lines], [line.most for line in lines])
    for presolve in (True, False):
        found = milp(
            cost,
            integrality=np.ones(variables),
            bounds=Box(0, 1),
            constraints=limits,
            options={"mip_rel_gap": 0.0, "presolve": presolve},
        )
        if found.status == _SOLVED:
            return np.asarray(np.round(found.x), dtype=np.bool_)
        if found.status != _INFEASIBLE:
            raise ProgrammeError(f"the solver stopped with [{found.message}]")
    return None
