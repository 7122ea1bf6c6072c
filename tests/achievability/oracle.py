"""The achievability contract in plain Python, by trying every selection: slow, short, and independent of the engine.

It knows nothing of codes, profiles or tables: a selection is a mapping of unit numbers to grades.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, product

from schemas.specification import Specification, Unit

Selection = Mapping[str, str]
#: A constraint: ("unit", number), ("group", name), or the name of a demand on the whole.
Constraint = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class UnitState:
    """One unit of one learner. `can_enter`: dates allow it; `exhausted`: its attempts are used up."""

    grade: str | None = None
    pending: bool = False
    can_enter: bool = False
    exhausted: bool = False
    deadline: int = 0

    @property
    def open(self) -> bool:
        return not self.pending and self.can_enter and not self.exhausted


States = Mapping[str, UnitState]


def unit_points(specification: Specification, unit: Unit, grade: str) -> int:
    """Points of a unit; a near pass that it does not accept is a fail."""
    grades = specification.unit_grades
    counted = grades.fail if grade == grades.near_pass and not unit.near_pass else grade
    return specification.grading.points.get(unit.size, {}).get(counted, 0)


def constraints(specification: Specification) -> list[Constraint]:
    """Everything that a selection must satisfy, apart from upper bounds of groups and what a unit can count as."""
    own = [("unit", n) for group in specification.groups if group.all_of for n in group.units]
    own += [("group", group.name) for group in specification.groups if not group.all_of]
    return [*own, *((word, "") for word in ("size", "fail", "near", "pass", "points"))]


def satisfies(specification: Specification, selection: Selection, kept: set[Constraint]) -> bool:
    """Whether a selection keeps the constraints in `kept`, and what always holds."""
    grades, limits = specification.unit_grades, specification.limits
    units = [unit for unit in specification.units if unit.number in selection]
    passed = [unit for unit in units if selection[unit.number] in grades.passes]
    near = [unit for unit in units if selection[unit.number] == grades.near_pass and unit.near_pass]
    failed = [unit for unit in units if unit not in passed and unit not in near]
    if any(unit.must_pass or unit.size > limits.size_at_fail for unit in failed):
        return False
    for group in specification.groups:
        taken = [unit for unit in units if unit.number in group.units]
        size = sum(unit.size for unit in taken)
        if len(taken) > group.maximum_units or (group.maximum_size is not None and size > group.maximum_size):
            return False
        short = len(taken) < group.minimum_units or size < group.minimum_size
        if not group.all_of and ("group", group.name) in kept and short:
            return False
        if group.all_of and any(("unit", n) in kept and n not in selection for n in group.units):
            return False
    points = sum(unit_points(specification, unit, selection[unit.number]) for unit in units)
    broken = {
        "size": sum(unit.size for unit in units) < specification.size,
        "fail": sum(unit.size for unit in failed) > limits.size_at_fail,
        "near": limits.near_passes is not None and len(near) > limits.near_passes,
        "pass": sum(unit.size for unit in passed) < limits.size_at_pass,
        "points": points < specification.grading.thresholds[0][1],
    }
    return not any(broken[word] and (word, "") in kept for word in broken)


def selections(specification: Specification, states: States, moving: set[str]) -> Iterator[Selection]:
    """Every selection, where the units in `moving` can yield any grade (the better of it and the one held counts)."""
    ascending = specification.unit_grades.ascending
    outcomes: list[list[str | None]] = []
    for unit in specification.units:
        held = states[unit.number].grade
        least = ascending.index(held) if held else 0
        mine = list(ascending[least:]) if unit.number in moving else [held] if held else []
        outcomes.append([None, *mine])
    numbers = [unit.number for unit in specification.units]
    for outcome in product(*outcomes):
        yield {number: grade for number, grade in zip(numbers, outcome, strict=True) if grade is not None}


def best_grade(specification: Specification, states: States, moving: set[str]) -> str | None:
    """The best grade of a selection that satisfies the rule, or None."""
    everything, best = set(constraints(specification)), -1
    for selection in selections(specification, states, moving):
        if satisfies(specification, selection, everything):
            units = [unit for unit in specification.units if unit.number in selection]
            points = sum(unit_points(specification, unit, selection[unit.number]) for unit in units)
            best = max(best, points)
    reached = [grade for grade, points in specification.grading.thresholds if points <= best]
    return reached[-1] if reached else None


def pending(states: States) -> set[str]:
    return {number for number, state in states.items() if state.pending}


def open_units(states: States) -> set[str]:
    return {number for number, state in states.items() if state.open}


def assess(specification: Specification, states: States) -> tuple[str, str | None, str | None, str | None]:
    """(status, secured grade, on-track grade, best grade)."""
    moving = pending(states)
    secured = best_grade(specification, states, set())
    on_track = best_grade(specification, states, moving)
    best = best_grade(specification, states, moving | open_units(states))
    for status, grade in (("achieved", secured), ("on_track", on_track), ("action_needed", best)):
        if grade is not None:
            return status, secured, on_track, best
    return "unachievable", None, None, None


def smallest_actions(specification: Specification, states: States) -> tuple[str, ...]:
    """The smallest set of open units that has to be taken up, in the order of the contract's ties."""
    order = list(specification.positions)
    moving = pending(states)
    for number in range(len(order) + 1):
        enough = [
            chosen
            for chosen in combinations([n for n in order if states[n].open], number)
            if best_grade(specification, states, moving | set(chosen)) is not None
        ]
        if enough:
            return min(
                enough,
                key=lambda chosen: (sorted(states[n].deadline for n in chosen), sorted(order.index(n) for n in chosen)),
            )
    raise ValueError("nothing that can be done satisfies the rule")


def clashes(specification: Specification, states: States, kept: set[Constraint]) -> bool:
    """Whether no selection keeps these constraints together, whatever is done."""
    moving = pending(states) | open_units(states)
    return not any(satisfies(specification, one, kept) for one in selections(specification, states, moving))


def smallest_clash_size(specification: Specification, states: States) -> int:
    """How many constraints the smallest set has that cannot be kept together."""
    all_of_them = constraints(specification)
    for number in range(1, len(all_of_them) + 1):
        if any(clashes(specification, states, set(some)) for some in combinations(all_of_them, number)):
            return number
    raise ValueError("every constraint can be kept")
