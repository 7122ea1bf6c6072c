"""The engine's answers beside those of CP-SAT, for drawn specifications of every shape and drawn learners.

    python -m tests.achievability.compare_with_cp_sat [--cases 20000] [--specifications 0] [--seed 2026] [--minutes 600]

prints how far it is, what shapes, methods and statuses the cases had, and every disagreement, made as small as
Hypothesis can, as a case that can be kept in a test. It ends with status 1 if there is any, or if not all cases
were compared.
"""

import argparse
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TypeAlias
from unittest.mock import patch

import numpy as np
from hypothesis import HealthCheck, Phase, given, seed, settings

from assets.reconciled.achievability import engine, takings
from assets.reconciled.achievability.clashes import Clash, Clashes, smallest_clashes
from assets.reconciled.achievability.judged import STATUSES
from assets.reconciled.achievability.offers import Held
from assets.reconciled.achievability.rule import Rule
from assets.reconciled.achievability.scopes import scopes
from assets.reconciled.achievability.situations import NO_PATHWAY
from schemas.specification import Combination, Specification
from tests.achievability import cp_sat_oracle
from tests.achievability.drawn import GRADES, situations
from tests.achievability.drawn_widely import Case, cases
from tests.achievability.oracle import States
from tests.achievability.test_engine_against_oracle import named_constraint

#: Cases to one run of Hypothesis: progress is told, and after a disagreement the next run goes on.
_AT_ONCE = 1000

#: A pathway, and what is held under its rule.
_Held: TypeAlias = tuple[str | None, bytes, bytes]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What is said of one learner; grades are places, -1 where empty."""

    status: str
    secured: int
    on_track: int
    best: int
    differs: bool
    actions: tuple[str, ...] | None


def check(case: Case) -> list[str]:
    """The engine and CP-SAT say the same of every learner, and smallest clashes are clashes and smallest.

    Returns:
        Each learner's status.

    Raises:
        AssertionError: they do not.
    """
    specification = case.specification
    clashes: dict[_Held, Clash] = {}

    def recorded(rule: Rule, held: Held) -> Clashes:
        found = smallest_clashes(rule, held)
        for row, number in enumerate(found.clash.tolist()):
            clashes[_held(rule, held, row)] = found.found[number]
        return found

    asked = situations(specification, list(case.learners), list(case.pathways))
    with (
        patch.object(takings, "MOST_CORNERS", 0 if case.programme else takings.MOST_CORNERS),
        patch.object(engine, "smallest_clashes", recorded),
    ):
        found = engine.assess(specification, asked)
    rules = engine.rules_of(specification)
    statuses = []
    for row, learner in enumerate(case.learners):
        under = [rule for number, rule in enumerate(rules) if case.pathways[row] in (number, NO_PATHWAY)]
        expected = _by_cp_sat(specification, [rule.combination for rule in under], learner)
        answered = _by_engine(specification, found, row)
        assert answered == expected, f"learner [{row}]: engine {answered}, CP-SAT {expected}"
        if expected.status == "unachievable":
            for rule in under:
                held = scopes(rule, asked.of(np.array([row]))).best
                _check_clash(specification, rule, learner, clashes[_held(rule, held, 0)])
        statuses.append(expected.status)
    return statuses


def _held(rule: Rule, held: Held, row: int) -> _Held:
    """What tells apart, within a specification, what clashes are asked of."""
    return (rule.combination.pathway, held.codes[row].tobytes(), held.reported[row].tobytes())


def _by_engine(specification: Specification, found: engine.Assessments, row: int) -> Answer:
    place = found.place[row]
    status = STATUSES[found.status[place]]
    chosen = tuple(code for code, column in specification.positions.items() if found.chosen[place, column])
    return Answer(
        status=status,
        secured=int(found.secured[place]),
        on_track=int(found.on_track[place]),
        best=int(found.best[place]),
        differs=bool(found.differs[place]),
        actions=chosen if status == "action_needed" or chosen else None,
    )


def _by_cp_sat(specification: Specification, combinations: list[Combination], learner: States) -> Answer:
    """The best over the pathways that the learner may be on (contract, point 3)."""
    each = [cp_sat_oracle.grades(specification, one, learner) for one in combinations]
    statuses = [cp_sat_oracle.status_of(one) for one in each]
    status = min(statuses, key=STATUSES.index)
    actions = None
    if status == "action_needed":
        order = specification.positions
        actions = min(
            (
                cp_sat_oracle.smallest_actions(specification, one, learner)
                for one, own in zip(combinations, statuses, strict=True)
                if own == status
            ),
            key=lambda one: (len(one), sorted(learner[code].deadline for code in one), sorted(order[n] for n in one)),
        )
    secured, on_track, best = (max(one[place] for one in each) for place in range(3))
    differs = len(set(statuses)) > 1
    return Answer(status=status, secured=secured, on_track=on_track, best=best, differs=differs, actions=actions)


def _check_clash(specification: Specification, rule: Rule, learner: States, clash: Clash) -> None:
    """The clash cannot be met, whatever is done, and no smaller one is there."""
    named = {named_constraint(specification, rule, one) for one in clash}
    asked = (specification, rule.combination, learner)
    assert cp_sat_oracle.clashes(*asked, named), f"{sorted(named)} can be met together"
    smallest = cp_sat_oracle.smallest_clash_size(*asked)
    assert len(clash) == smallest, f"{sorted(named)} clash, and so do [{smallest}] constraints"


def shapes(case: Case) -> set[str]:
    """What a case has of the shapes that the contract names."""
    found = case.specification
    groups = [g for one in found.combinations for top in one.groups for g in top.walk()]
    limits = [limit for one in found.combinations for limit in one.limits]
    states = [(unit, learner[unit.number]) for learner in case.learners for unit in found.units]
    scale = GRADES
    has = {
        "group: nested": any(group.groups for group in groups),
        "group: nested twice": any(inner.groups for group in groups for inner in group.groups),
        "group: all-of": any(group.all_of for group in groups),
        "group: n-of units": any(not g.groups and g.members.binding and not g.all_of for g in groups),
        "group: n-of groups": any(g.groups and g.members.binding and not g.all_of for g in groups),
        "group: least units": any(group.units.minimum for group in groups),
        "group: most units": any(group.units.maximum is not None for group in groups),
        "group: least size": any(group.size.minimum for group in groups),
        "group: most size": any(group.size.maximum is not None for group in groups),
        "limit: barred": any(limit.barred for limit in limits),
        "limit: least at a level": any(limit.at == "any" and _asks(limit.count, limit.size) for limit in limits),
        "limit: least achieved": any(limit.at == "achieved" for limit in limits),
        "limit: least at pass": any(limit.at == "pass" for limit in limits),
        "limit: most from outside": any(limit.at == "any" and _bounds(limit.count, limit.size) for limit in limits),
        "limit: most near passes": any(limit.at == "near_pass" for limit in limits),
        "limit: most below pass": any(limit.at == "below_pass" for limit in limits),
        "limit: compensation": any(limit.tolerates_fail for limit in limits),
        "pathway: recorded": any(pathway != NO_PATHWAY for pathway in case.pathways),
        "pathway: unknown": bool(found.pathways) and NO_PATHWAY in case.pathways,
        "unit: must be passed": any(unit.must_pass for unit in found.units),
        "unit: near pass accepted": any(unit.near_pass for unit in found.units),
        "unit: near pass not accepted": any(u.grades.near_pass and not u.near_pass for u in found.units),
        "unit: own scale": any(unit.grades != scale for unit in found.units),
        "unit: points reported": any(unit.reported for unit in found.units),
        "gate: by grade": any(gate.met_by for gate in found.gates),
        "gate: by quantity": any(gate.quantity for gate in found.gates),
        "look-up: several cohorts": any(one.name in ("earlier", "later") for one in found.grading.cohorts),
        "look-up: two components": len(found.grading.components) > 1,
        "learner: surplus units": any(map(_surplus, [found] * len(case.learners), case.learners)),
        "learner: U": any(state.grade == unit.grades.fail for unit, state in states),
        "learner: near pass": any(state.grade and state.grade == unit.grades.near_pass for unit, state in states),
        "learner: better grade pending": any(state.grade and state.pending for _, state in states),
        "learner: better grade open": any(state.grade and state.open for _, state in states),
        "learner: attempts used up": any(state.exhausted and state.can_enter for _, state in states),
        "engine: integer programme": case.programme,
    }
    return {name for name, there in has.items() if there}


def _asks(*bounds: object) -> bool:
    return any(getattr(one, "minimum", 0) > 0 for one in bounds)


def _bounds(*bounds: object) -> bool:
    return any(getattr(one, "maximum", None) is not None for one in bounds)


def _surplus(specification: Specification, learner: States) -> bool:
    """Whether more units are passed than some group that is always chosen lets count."""
    return any(
        sum(learner[n].grade in specification.unit(n).grades.passes for n in group.all_units) > most
        for one in specification.combinations
        for group in one.groups
        for most in (group.units.maximum, group.members.maximum if not group.groups else None)
        if most is not None
    )


@dataclass(kw_only=True)
class Tally:
    """What has been compared."""

    pairs: int = 0
    specifications: set[int] = field(default_factory=set)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    disagreements: list[str] = field(default_factory=list)

    def add(self, case: Case, statuses: list[str]) -> None:
        """Count a case."""
        self.pairs += len(case.learners)
        self.specifications.add(hash(repr(case.specification)))
        kinds = {("method", case.specification.grading.method), *(("shape", shape) for shape in shapes(case))}
        self.counts.update(kinds)
        self.counts.update(("status", status) for status in statuses)


def compare(number: int, at: int, tally: Tally) -> None:
    """One run of Hypothesis; a disagreement ends it."""
    last: list[Case] = []

    @seed(at)
    @settings(
        max_examples=number,
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases())
    def holds(case: Case) -> None:
        last[:] = [case]
        tally.add(case, check(case))

    try:
        holds()
    except Exception as error:
        # Hypothesis runs the smallest case that disagrees last.
        tally.disagreements.append(f"{error}\n{last[0]!r}")


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description="Compare the engine with CP-SAT.")
    parser.add_argument("--cases", type=int, default=20_000, help="pairs of a specification and a learner, at least")
    parser.add_argument("--specifications", type=int, default=0, help="distinct specifications, at least")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--minutes", type=float, default=600, help="stop then, whatever is left (default: %(default)s)")
    asked = parser.parse_args()
    tally, began, run = Tally(), time.perf_counter(), 0

    def enough() -> bool:
        return bool(tally.pairs >= asked.cases and len(tally.specifications) >= asked.specifications)

    while not enough() and time.perf_counter() - began < asked.minutes * 60:
        compare(_AT_ONCE, asked.seed + run, tally)
        run += 1
        print(
            f"{tally.pairs:,} learners under {len(tally.specifications):,} different specifications, "
            f"{len(tally.disagreements)} disagreements, {time.perf_counter() - began:,.0f} s",
            flush=True,
        )
    for (kind, name), count in sorted(tally.counts.items()):
        print(f"{kind:8}{name:32}{count:>9,}")
    for disagreement in tally.disagreements:
        print(f"\nDISAGREEMENT\n{disagreement}")
    if not enough():
        print("stopped before all cases were compared")
    sys.exit(bool(tally.disagreements) or not enough())


if __name__ == "__main__":
    main()
