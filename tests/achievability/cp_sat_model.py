"""The achievability contract as constraints for OR-Tools CP-SAT: exact, and independent of the engine and of enumeration.

What is asked of the model is in `cp_sat_oracle`.

It is written from the contract and the `Specification` alone, for one complete rule: a boolean for every way of counting
a unit, one for every group that is chosen, linear constraints over them. What takes the place of a unit's state is
`oracle.UnitState`; nothing else is shared with the other oracle.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias, cast

import numpy as np
from ortools.sat.python import cp_model

from schemas.specification import Bounds, Combination, Group, Specification, Unit
from tests.achievability.oracle import Constraint, States, UnitState

#: What a comparison of sums gives: a truth where nothing in it can vary.
Holds: TypeAlias = cp_model.BoundedLinearExpression | bool | np.bool

_FAIL, _NEAR, _PASS = "fail", "near pass", "pass"
#: What the words of a limit's `at` take in.
_AT = {
    "any": (_FAIL, _NEAR, _PASS),
    "achieved": (_NEAR, _PASS),
    "pass": (_PASS,),
    "fail": (_FAIL,),
    "near_pass": (_NEAR,),
    "below_pass": (_FAIL, _NEAR),
}


class UnprovedError(RuntimeError):
    """The solver neither solved the model nor proved that it has no solution."""


def solved(model: cp_model.CpModel, *, doubting: bool = True) -> cp_model.CpSolver | None:
    """The solver with a best solution; None where there is none, which if we doubt it is asked again without presolve."""
    for presolve in (True, False) if doubting else (True,):
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = 0
        solver.parameters.cp_model_presolve = presolve
        answer = solver.status_name(solver.solve(model))
        if answer == "OPTIMAL":
            return solver
        if answer != "INFEASIBLE":
            raise UnprovedError(f"CP-SAT answers [{answer}]")
    return None


def sum_of(terms: Iterable[cp_model.LinearExprT], times: Iterable[int] | None = None) -> cp_model.LinearExpr:
    """The terms added up, each so many times."""
    each = list(terms)
    weights = [1] * len(each) if times is None else list(times)
    return cp_model.LinearExpr.weighted_sum(each, weights)


@dataclass(frozen=True, kw_only=True)
class Offer:
    """One way of counting a unit: the grade that it has, or can yield, and the points that come with it."""

    grade: str
    points: int


@dataclass(frozen=True, kw_only=True)
class Offered:
    """An offer in a model: whether it is taken, the unit's standing at its grade, and its size."""

    offer: Offer
    standing: str
    size: int
    taken: cp_model.IntVar


def standing(unit: Unit, grade: str) -> str:
    """As what a grade counts: a near pass that is not accepted is a fail."""
    if grade in unit.grades.passes:
        return _PASS
    return _NEAR if unit.near_pass and grade == unit.grades.near_pass else _FAIL


def offers(unit: Unit, state: UnitState, *, moving: bool) -> list[Offer]:
    """What a unit can count as: what it has, and while it moves every grade from that upwards."""
    ladder = unit.grades.ascending
    had = [state.grade] if state.grade else []
    can = ladder[ladder.index(state.grade) if state.grade else 0 :] if moving else had
    if not unit.reported:
        return [Offer(grade=one, points=unit.points.get(_counted_grade(unit, one), 0)) for one in can]
    own, top = state.points if state.grade else 0, ladder[-1]
    found = [Offer(grade=one, points=own) for one in can]
    # Contract, point 13: the best grade yields the most that the specification gives for it.
    return [*found, Offer(grade=top, points=max(own, unit.points[top]))] if moving else found


def _counted_grade(unit: Unit, grade: str) -> str:
    return unit.grades.fail if standing(unit, grade) == _FAIL else grade


def tolerated(combination: Combination) -> set[str]:
    """Units that some limit allows at the fail grade."""
    return {
        number
        for limit in combination.limits
        if limit.at in ("fail", "below_pass") and limit.count.maximum != 0 and limit.size.maximum != 0
        for number in limit.units
    }


def _simply_all(group: Group) -> bool:
    """Whether the group says no more than that all of it is taken."""
    said = [bounds for bounds in (group.members, group.units, group.size) if bounds != Bounds()]
    least = [group.members.minimum, *([] if group.groups else [group.units.minimum])]
    return len(said) == 1 and len(group.of) in least


@dataclass(kw_only=True)
class Selecting:
    """The selections of one learner under one rule, as a model.

    Attributes:
        specification, combination, states: what is asked about.
        moving: units and gates that can yield any grade.
        bought: units and gates that can do so at a price: each has a boolean in `buys`.
        relaxable: every constraint that a clash can name has a boolean in `switches` and holds only where that is true.
        kept: the constraints that hold; None: all.
        best_only: offer what can move at its best alone, on the promise that a better grade never counts for less: a
            smaller model, for measuring time.
    """

    specification: Specification
    combination: Combination
    states: States
    moving: set[str]
    bought: set[str] = field(default_factory=set)
    relaxable: bool = False
    kept: set[Constraint] | None = None
    best_only: bool = False
    model: cp_model.CpModel = field(default_factory=cp_model.CpModel)
    offered: dict[str, list[Offered]] = field(default_factory=dict)
    buys: dict[str, cp_model.IntVar] = field(default_factory=dict)
    switches: dict[Constraint, cp_model.IntVar] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.buys = {code: self.model.new_bool_var("") for code in sorted(self.bought)}
        can_fail = tolerated(self.combination)
        for number in self.combination.units:
            self._offer(self.specification.unit(number), can_fail)
        for group in self.combination.groups:
            self._always(group)
        self._limits()
        self._rest()

    # What is added up.

    def number_of(self, units: Iterable[str], at: Sequence[str] = _AT["any"]) -> cp_model.LinearExpr:
        """How many of the units are taken at these standings."""
        return sum_of(one.taken for one in self._of(units, at))

    def size_of(self, units: Iterable[str], at: Sequence[str] = _AT["any"]) -> cp_model.LinearExpr:
        """Their size."""
        taken = self._of(sorted(units), at)
        return sum_of((one.taken for one in taken), (one.size for one in taken))

    @property
    def points(self) -> cp_model.LinearExpr:
        """Points of the selection."""
        every = self._of(self.offered, _AT["any"])
        return sum_of((one.taken for one in every), (one.offer.points for one in every))

    def _of(self, units: Iterable[str], at: Sequence[str]) -> list[Offered]:
        return [one for number in units for one in self.offered.get(number, ()) if one.standing in at]

    # What must hold.

    def require(self, constraint: Constraint, holds: Holds) -> None:
        """Add what a constraint asks for."""
        if self.kept is not None and constraint not in self.kept:
            return
        added = self.model.add(cast(bool, holds))
        if self.relaxable:
            if constraint not in self.switches:
                self.switches[constraint] = self.model.new_bool_var("")
            added.only_enforce_if(self.switches[constraint])

    def _offer(self, unit: Unit, can_fail: set[str]) -> None:
        state, code = self.states[unit.number], unit.number
        at_once = offers(unit, state, moving=code in self.moving)[-1 if self.best_only else None :]
        found = []
        priced = offers(unit, state, moving=True)[-1 if self.best_only else None :] if code in self.bought else []
        for offer in dict.fromkeys([*at_once, *priced]):
            is_at = standing(unit, offer.grade)
            if is_at == _FAIL and (unit.must_pass or code not in can_fail):
                continue
            taken = self.model.new_bool_var("")
            if offer not in at_once:
                self.model.add_implication(taken, self.buys[code])
            found.append(Offered(offer=offer, standing=is_at, size=unit.size, taken=taken))
        self.model.add_at_most_one([one.taken for one in found])
        self.offered[code] = found

    def _always(self, group: Group) -> None:
        """A group that is chosen in every selection."""
        if not _simply_all(group):
            self._chosen(group, None)
            return
        for number in group.own_units:
            self.require(("unit", number), self.number_of([number]) >= 1)
        for inner in group.groups:
            self._always(inner)

    def _chosen(self, group: Group, chosen: cp_model.IntVar | None) -> None:
        """A group that is chosen where the boolean says so; None: always."""
        within = [self.model.new_bool_var("") for _ in group.groups]
        for inner, choice in zip(group.groups, within, strict=True):
            self._chosen(inner, choice)
        if chosen is not None:
            for one in (*within, *(own.taken for own in self._of(group.own_units, _AT["any"]))):
                self.model.add_implication(one, chosen)
        for bounds, amount in (
            (group.members, self.number_of(group.own_units) + sum_of(within)),
            (group.units, self.number_of(group.all_units)),
            (group.size, self.size_of(group.all_units)),
        ):
            least = bounds.minimum if chosen is None else bounds.minimum * chosen
            if bounds.minimum:
                self.require(("group", group.name), amount >= least)
            if bounds.maximum is not None:
                self.model.add(amount <= bounds.maximum)

    def _limits(self) -> None:
        for limit in self.combination.limits:
            own, at = [number for number in limit.units if number in self.offered], _AT[limit.at]
            for bounds, amount in ((limit.count, self.number_of(own, at)), (limit.size, self.size_of(own, at))):
                if bounds.minimum:
                    self.require(("limit", limit.name), amount >= bounds.minimum)
                if bounds.maximum is not None:
                    self.require(("limit", limit.name), amount <= bounds.maximum)

    def _rest(self) -> None:
        """Size, gates, and what the lowest grade needs."""
        found = self.specification
        self.require(("size", ""), self.size_of(self.offered) >= found.size)
        for gate in found.gates:
            if not self.states[gate.code].grade and gate.code not in self.moving:
                met = self.buys[gate.code] >= 1 if gate.code in self.buys else False
                self.require(("gate", gate.code), met)
        if found.grading.method == "points_and_thresholds":
            self.require(("points", ""), self.points >= found.grading.thresholds[0])
        for component in found.grading.components:
            self.require(("component", component.name), self.number_of(component.units, _AT["achieved"]) >= 1)

    # What is asked.

    def aim(self) -> None:
        """Ask for the best overall grade."""
        grading = self.specification.grading
        if grading.method == "points_and_thresholds":
            self.model.maximize(self.points)
        elif grading.components:
            self.model.maximize(self._by_table())

    def reached(self, *, doubting: bool = True) -> int:
        """Place of the best overall grade; -1 where no selection satisfies the rule."""
        grading = self.specification.grading
        solver = solved(self.model, doubting=doubting)
        if solver is None:
            return -1
        reached = round(solver.objective_value)
        if grading.method == "points_and_thresholds":
            return max(place for place, least in enumerate(grading.thresholds) if least <= reached)
        return reached if grading.components else 0

    def _by_table(self) -> cp_model.LinearExpr:
        """Place of the overall grade of a look-up; each component's grade is the best of its selected units."""
        grading = self.specification.grading
        stands: list[dict[str, cp_model.IntVar]] = []
        for component in grading.components:
            ladder = self.specification.unit(component.units[0]).grades.ascending
            every = self._of(component.units, _AT["achieved"])
            own = {grade: self.model.new_bool_var("") for grade in ladder}
            self.model.add_exactly_one(own.values())
            for place, grade in enumerate(ladder):
                self.model.add_bool_or(
                    [one.taken for one in every if one.offer.grade == grade] + [own[grade].negated()]
                )
                for one in every:
                    if one.offer.grade in ladder[place + 1 :]:
                        self.model.add_implication(one.taken, own[grade].negated())
            stands.append(own)
        rows = {row: self.model.new_bool_var("") for row in grading.table}
        self.model.add_exactly_one(rows.values())
        for row, chosen in rows.items():
            for own, grade in zip(stands, row, strict=True):
                self.model.add_implication(chosen, own[grade])
        places = [grading.grades.index(grading.table[row]) for row in rows]
        return sum_of(rows.values(), places)
