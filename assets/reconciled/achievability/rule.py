"""A combination as numbers: what each unit counts as and weighs at each grade, and what a selection must hold.

This is the one form that everything else works on: the best selection (`selection`), the smallest set of actions
(`actions`), the smallest clash (`clashes`), the integer programme for hard cases (`programme`). Every limit of the
language, the qualification's size and a look-up's demands are rows: weights of the selected units that add up to an
amount with bounds. A rule with some constraints dropped or added is a rule as well.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from schemas.specification import Bounds, Combination, Group, Limit, Specification, Unit

#: Codes of grades. The passes follow upwards from PASS.
ABSENT, FAIL, NEAR, PASS = 0, 1, 2, 3
CODES = 16
#: Reported points may be broken; they are counted in thousandths, and then all points are.
BROKEN = 1000

Part = Literal["unit", "group", "size", "limit", "component", "points"]


@dataclass(frozen=True, kw_only=True, order=True)
class Constraint:
    """One constraint, as clashes name it.

    Attributes:
        part: a required unit or gate, the lower bounds of a group, the size, a limit, a component of a look-up, the
            points of the lowest grade.
        place: column, place in `Rule.groups`, place in the combination's limits, place of the component; else 0.
    """

    part: Part
    place: int = 0


@dataclass(frozen=True, kw_only=True)
class Row:
    """Weights (columns x codes) whose sum over a selection keeps to bounds."""

    constraint: Constraint
    weight: NDArray[np.int64]
    bounds: Bounds


@dataclass(frozen=True, kw_only=True)
class Node:
    """A group from which some are taken.

    Attributes:
        place: in `Rule.groups`.
        columns: of the units directly within it.
        nodes: groups directly within it.
        members, units, size: its bounds, as in the language.
    """

    place: int
    columns: tuple[int, ...]
    nodes: tuple["Node", ...]
    members: Bounds
    units: Bounds
    size: Bounds

    @property
    def all_of(self) -> bool:
        """All of its members must be taken."""
        return self.members.minimum == len(self.columns) + len(self.nodes)

    @property
    def asks(self) -> bool:
        """It has a lower bound."""
        return any(bounds.minimum > 0 for bounds in (self.members, self.units, self.size))

    @property
    def all_columns(self) -> tuple[int, ...]:
        """Columns of its units at any depth."""
        return (*self.columns, *(column for node in self.nodes for column in node.all_columns))

    def without_minima(self, kept: frozenset[Constraint]) -> "Node":
        """It, asking for nothing unless its constraint is kept; so within."""
        inner = replace(self, nodes=tuple(node.without_minima(kept) for node in self.nodes))
        if Constraint(part="group", place=self.place) in kept:
            return inner
        return replace(
            inner,
            members=Bounds(maximum=self.members.maximum),
            units=Bounds(maximum=self.units.maximum),
            size=Bounds(maximum=self.size.maximum),
        )


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One complete rule of combination. Columns are the specification's units, then its gates.

    Attributes:
        specification, combination: where it comes from.
        size: of each column.
        points: columns x codes, in `scale`ths.
        counts_as: columns x codes: at which code a selection can hold a column whose best grade so far has that code;
            ABSENT where it cannot hold it.
        best: code of each column's best grade; ABSENT for columns of other pathways.
        reported: columns whose points come from the result row.
        required: columns that every selection holds.
        nodes: the groups of which some are taken.
        groups: the groups that are constraints, by the places that nodes and constraints name.
        rows: everything that adds up.
        lowest: points of the lowest grade, in `scale`ths.
        scale: BROKEN if points can be reported, else 1.
    """

    specification: Specification
    combination: Combination
    size: NDArray[np.int64]
    points: NDArray[np.int64]
    counts_as: NDArray[np.uint8]
    best: NDArray[np.uint8]
    reported: tuple[int, ...]
    required: tuple[int, ...]
    nodes: tuple[Node, ...]
    groups: tuple[Group, ...]
    rows: tuple[Row, ...]
    lowest: int
    scale: int

    def keeping(self, kept: frozenset[Constraint]) -> "Rule":
        """The rule with these constraints alone; upper bounds of groups, and what may count at all, always hold."""
        held = tuple(column for column in self.required if Constraint(part="unit", place=column) in kept)
        free = tuple(column for column in self.required if column not in held)
        nodes = tuple(node.without_minima(kept) for node in self.nodes)
        if free:
            anything = Node(place=-1, columns=free, nodes=(), members=Bounds(), units=Bounds(), size=Bounds())
            nodes = (*nodes, anything)
        return replace(
            self,
            required=held,
            nodes=nodes,
            rows=tuple(row for row in self.rows if row.constraint in kept),
            lowest=self.lowest if Constraint(part="points") in kept else 0,
        )

    def weighing(self, weight: NDArray[np.int64]) -> "Rule":
        """The same rule, with these weights (columns x codes) instead of points."""
        return replace(self, points=weight, reported=(), lowest=0)


def grade_codes(unit: Unit) -> dict[str, int]:
    """Each grade's code on the unit's scale, under the text that results carry (upper case)."""
    grades = unit.grades
    codes = {grades.fail.upper(): FAIL}
    if grades.near_pass:
        codes[grades.near_pass.upper()] = NEAR
    return codes | {grade.upper(): PASS + place for place, grade in enumerate(grades.passes)}


def grade_of_code(unit: Unit, code: int) -> str | None:
    """The grade of a code; None for ABSENT."""
    if code == ABSENT:
        return None
    return next(grade for grade in unit.grades.ascending if grade_codes(unit)[grade.upper()] == code)


def rule_of(specification: Specification, combination: Combination) -> Rule:
    """The rule of one of a specification's combinations."""
    positions, within = specification.positions, set(combination.units)
    columns = len(positions)
    scale = BROKEN if any(unit.reported for unit in specification.units) else 1
    size = np.zeros(columns, dtype=np.int64)
    points = np.zeros((columns, CODES), dtype=np.int64)
    counts_as = np.zeros((columns, CODES), dtype=np.uint8)
    best = np.zeros(columns, dtype=np.uint8)
    tolerating = [set(limit.units) for limit in combination.limits if limit.tolerates_fail]
    for place, unit in enumerate(specification.units):
        if unit.number in within:
            size[place], best[place] = unit.size, grade_codes(unit)[unit.grades.passes[-1].upper()]
            counts_as[place] = _counts_as(unit, any(unit.number in units for units in tolerating))
            for grade, value in unit.points.items():
                points[place, grade_codes(unit)[grade.upper()]] = value * scale
    gates = range(len(specification.units), columns)
    counts_as[gates, PASS], best[gates] = PASS, PASS
    required, nodes, groups = _tree(specification, combination)
    return Rule(
        specification=specification,
        combination=combination,
        size=size,
        points=points,
        counts_as=counts_as,
        best=best,
        reported=tuple(positions[unit.number] for unit in specification.units if unit.reported),
        required=(*required, *gates),
        nodes=nodes,
        groups=groups,
        rows=_rows(specification, combination, counts_as),
        lowest=specification.grading.thresholds[0] * scale,
        scale=scale,
    )


def _counts_as(unit: Unit, tolerated: bool) -> NDArray[np.uint8]:
    """At which code each code counts: a near pass that is not accepted is a fail, a fail counts where tolerated."""
    found = np.arange(CODES, dtype=np.uint8)
    fail = FAIL if tolerated and not unit.must_pass else ABSENT
    found[FAIL] = fail
    found[NEAR] = NEAR if unit.near_pass else fail
    return found


def _tree(
    specification: Specification, combination: Combination
) -> tuple[tuple[int, ...], tuple[Node, ...], tuple[Group, ...]]:
    """Required columns, the groups of which some are taken, and the groups that are constraints."""
    positions = specification.positions
    required: list[int] = []
    nodes: list[Node] = []
    groups: list[Group] = []

    def stand(group: Group) -> None:
        """Take a group that is always chosen: plain all-of is no more than its members."""
        if _plain_all_of(group):
            required.extend(positions[number] for number in group.own_units)
            for inner in group.groups:
                stand(inner)
        else:
            nodes.append(_node(group, positions, groups))

    for group in combination.groups:
        stand(group)
    return tuple(sorted(required)), tuple(nodes), tuple(groups)


def _plain_all_of(group: Group) -> bool:
    """All of it, whatever it adds up to."""
    bounds = [bound for bound in (group.members, group.units, group.size) if bound.binding]
    return group.all_of and len(bounds) == 1


def _node(group: Group, positions: Mapping[str, int], groups: list[Group]) -> Node:
    place = len(groups)
    groups.append(group)
    nodes = tuple(_node(inner, positions, groups) for inner in group.groups)
    members, units = group.members, group.units
    if not nodes:
        # Without groups within it, members are its units: one bound is enough.
        tops = [bound.maximum for bound in (members, units) if bound.maximum is not None]
        units = Bounds(minimum=max(members.minimum, units.minimum), maximum=min(tops, default=None))
        members = Bounds()
    return Node(
        place=place,
        columns=tuple(positions[number] for number in group.own_units),
        nodes=nodes,
        members=members,
        units=units,
        size=group.size,
    )


def _rows(specification: Specification, combination: Combination, counts_as: NDArray[np.uint8]) -> tuple[Row, ...]:
    """The size, the limits and the components as rows."""
    positions = specification.positions
    sizes = np.zeros((len(positions), CODES), dtype=np.int64)
    for unit in specification.units:
        if unit.number in set(combination.units):
            sizes[positions[unit.number], FAIL:] = unit.size
    rows = [Row(constraint=Constraint(part="size"), weight=sizes, bounds=Bounds(minimum=specification.size))]
    for place, limit in enumerate(combination.limits):
        counted = _counted(specification, combination, limit)
        constraint = Constraint(part="limit", place=place)
        for weight, bounds in ((counted, limit.count), (counted * sizes.max(axis=1, keepdims=True), limit.size)):
            if bounds.binding:
                rows.append(Row(constraint=constraint, weight=weight, bounds=bounds))
    for place, component in enumerate(specification.grading.components):
        held = [positions[number] for number in component.units]
        rows.append(at_least_once(Constraint(part="component", place=place), len(positions), held, NEAR))
    return tuple(rows)


def at_least_once(constraint: Constraint, columns: int, held: list[int], code: int) -> Row:
    """One of these columns must be held at this code or above."""
    weight = np.zeros((columns, CODES), dtype=np.int64)
    weight[held, code:] = 1
    return Row(constraint=constraint, weight=weight, bounds=Bounds(minimum=1))


def _counted(specification: Specification, combination: Combination, limit: Limit) -> NDArray[np.int64]:
    """Columns x codes: 1 where the limit counts the unit."""
    found = np.zeros((len(specification.positions), CODES), dtype=np.int64)
    within = set(combination.units)
    for number in limit.units:
        if number in within:
            unit = specification.unit(number)
            for grade, code in ((g, grade_codes(unit)[g.upper()]) for g in unit.grades.ascending):
                # Cells are counted at what they count as, so that a near pass has its own meaning here.
                near = grade == unit.grades.near_pass
                found[specification.positions[number], code] = (near and limit.at in _AT_NEAR) or (
                    not near and unit.stands_at(grade, limit.at)
                )
    return found


#: Where a limit counts a near pass that the unit accepts. One that it does not accept has become FAIL before.
_AT_NEAR = ("any", "achieved", "near_pass", "below_pass")
