"""The achievability contract in plain Python, by trying every selection: slow, short, and independent of the engine.

It knows nothing of codes, rows or corners: a selection is a mapping of unit numbers to grades and points, and whether
the groups' bounds hold is found by trying every choice of groups.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, product

from schemas.specification import Bounds, Combination, Group, Specification, Unit

#: Unit number -> (grade, points).
Selection = Mapping[str, tuple[str, int]]
#: A constraint: ("unit", number), ("gate", code), ("group", name), ("limit", name), ("component", name), or a word alone.
Constraint = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class UnitState:
    """One unit or gate of one learner. `can_enter`: dates allow it; `exhausted`: its attempts are used up.

    `grade` of a gate: any text means that it is met. `points`: those of the result, where the unit reports them.
    """

    grade: str | None = None
    points: int = 0
    pending: bool = False
    can_enter: bool = False
    exhausted: bool = False
    deadline: int = 0

    @property
    def open(self) -> bool:
        return not self.pending and self.can_enter and not self.exhausted


States = Mapping[str, UnitState]


def points_of(unit: Unit, grade: str, held: UnitState) -> int:
    """Points of a unit at a grade that it holds, or that it yields."""
    if unit.reported:
        most = unit.points[unit.grades.passes[-1]] if grade == unit.grades.passes[-1] else 0
        return held.points if grade == held.grade else max(held.points if held.grade else 0, most)
    return unit.points.get(unit.counts_as(grade), 0)


def always_required(group: Group) -> tuple[list[str], list[Group]]:
    """Units of an always chosen group that are simply required, and its groups that offer a choice."""
    plain = group.all_of and sum(bound.binding for bound in (group.members, group.units, group.size)) == 1
    if not plain:
        return [], [group]
    units, choices = list(group.own_units), []
    for inner in group.groups:
        more, further = always_required(inner)
        units += more
        choices += further
    return units, choices


def constraints(specification: Specification, rule: Combination) -> list[Constraint]:
    """Everything that a selection must satisfy, apart from upper bounds of groups and what a unit can count as."""
    found: list[Constraint] = [("gate", gate.code) for gate in specification.gates]
    for group in rule.groups:
        units, choices = always_required(group)
        found += [("unit", number) for number in units]
        found += [("group", inner.name) for choice in choices for inner in choice.walk()]
    found += [("limit", limit.name) for limit in rule.limits]
    found += [("component", component.name) for component in specification.grading.components]
    return [*found, ("size", ""), ("points", "")]


def groups_hold(group: Group, taken: set[str], sizes: Mapping[str, int], kept: set[Constraint]) -> bool:
    """Whether the chosen group's bounds hold for some choice of the groups within it."""
    within = [number for number in group.all_units if number in taken]
    own = [number for number in group.own_units if number in taken]
    if not _hold(group, "units", len(within), kept) or not _hold(group, "size", sum(sizes[n] for n in within), kept):
        return False
    for chosen in product([False, True], repeat=len(group.groups)):
        pairs = list(zip(group.groups, chosen, strict=True))
        if any(not yes and set(inner.all_units) & taken for inner, yes in pairs):
            continue
        if all(groups_hold(inner, taken, sizes, kept) for inner, yes in pairs if yes) and _hold(
            group, "members", len(own) + sum(chosen), kept
        ):
            return True
    return False


def _hold(group: Group, of: str, amount: int, kept: set[Constraint]) -> bool:
    bounds: Bounds = getattr(group, of)
    return (Bounds(maximum=bounds.maximum) if ("group", group.name) not in kept else bounds).hold(amount)


def satisfies(  # noqa: PLR0911
    specification: Specification, rule: Combination, selection: Selection, met: set[str], kept: set[Constraint]
) -> bool:
    """Whether a selection keeps the constraints in `kept`, and what always holds. `met`: gates that are met."""
    units = {number: specification.unit(number) for number in selection}
    tolerated = {number for limit in rule.limits if limit.tolerates_fail for number in limit.units}
    for number, unit in units.items():
        failed = unit.counts_as(selection[number][0]) == unit.grades.fail
        if number not in rule.units or (failed and (unit.must_pass or number not in tolerated)):
            return False
    if any(("gate", gate.code) in kept and gate.code not in met for gate in specification.gates):
        return False
    sizes = {unit.number: unit.size for unit in specification.units}
    for group in rule.groups:
        required, choices = always_required(group)
        if any(("unit", number) in kept and number not in selection for number in required):
            return False
        if not all(groups_hold(choice, set(selection), sizes, kept) for choice in choices):
            return False
    for limit in rule.limits:
        counted = [n for n in limit.units if n in selection and units[n].stands_at(selection[n][0], limit.at)]
        fine = limit.count.hold(len(counted)) and limit.size.hold(sum(sizes[n] for n in counted))
        if ("limit", limit.name) in kept and not fine:
            return False
    for component in specification.grading.components:
        if ("component", component.name) in kept and component_grade(specification, component.units, selection) is None:
            return False
    if ("size", "") in kept and sum(sizes[number] for number in selection) < specification.size:
        return False
    points = sum(points for _, points in selection.values())
    return ("points", "") not in kept or points >= specification.grading.thresholds[0]


def component_grade(specification: Specification, numbers: tuple[str, ...], selection: Selection) -> str | None:
    """The best grade at which one of the component's units is selected, near pass or above."""
    found = []
    for number in numbers:
        if number in selection:
            unit = specification.unit(number)
            if unit.stands_at(selection[number][0], "achieved"):
                found.append(selection[number][0])
    ladder = specification.unit(numbers[0]).grades.ascending
    return max(found, key=ladder.index, default=None)


def selections(
    specification: Specification, rule: Combination, states: States, moving: set[str]
) -> Iterator[Selection]:
    """Every selection, where the units in `moving` can yield any grade (the better of it and the one held counts)."""
    outcomes: list[list[tuple[str, int] | None]] = []
    for number in rule.units:
        unit, state = specification.unit(number), states[number]
        least = unit.grades.ascending.index(state.grade) if state.grade else 0
        grades = unit.grades.ascending[least:] if number in moving else (state.grade,) if state.grade else ()
        outcomes.append([None, *((grade, points_of(unit, grade, state)) for grade in grades)])
        if number in moving and unit.reported:
            held = state.points if state.grade else 0
            outcomes[-1].append((unit.grades.passes[-1], max(held, unit.points[unit.grades.passes[-1]])))
    for outcome in product(*outcomes):
        yield {number: had for number, had in zip(rule.units, outcome, strict=True) if had is not None}


def gates_met(specification: Specification, states: States, moving: set[str]) -> set[str]:
    codes = {gate.code for gate in specification.gates}
    return {code for code in codes if states[code].grade is not None or code in moving}


def overall(specification: Specification, selection: Selection) -> int:
    """Place of the overall grade of a selection that satisfies the rule."""
    grading = specification.grading
    if grading.components:
        row = tuple(component_grade(specification, one.units, selection) or "" for one in grading.components)
        return grading.grades.index(grading.table[row])
    points = sum(points for _, points in selection.values())
    return max(place for place, least in enumerate(grading.thresholds) if least <= points)


def best_grade(specification: Specification, rule: Combination, states: States, moving: set[str]) -> int:
    """Place of the best grade of a selection that satisfies the rule; -1 where there is none."""
    everything, met = set(constraints(specification, rule)), gates_met(specification, states, moving)
    return max(
        (
            overall(specification, selection)
            for selection in selections(specification, rule, states, moving)
            if satisfies(specification, rule, selection, met, everything)
        ),
        default=-1,
    )


def pending(states: States) -> set[str]:
    return {number for number, state in states.items() if state.pending}


def open_units(specification: Specification, rule: Combination, states: States) -> set[str]:
    gates = {gate.code for gate in specification.gates}
    own = {number for number in rule.units if states[number].open}
    return own | {code for code in gates if states[code].open and states[code].grade is None}


def assess(specification: Specification, rule: Combination, states: States) -> tuple[str, int, int, int]:
    """(status, secured grade, on-track grade, best grade) under one rule; grades as places, -1 where empty."""
    moving = pending(states)
    secured = best_grade(specification, rule, states, set())
    on_track = best_grade(specification, rule, states, moving)
    best = best_grade(specification, rule, states, moving | open_units(specification, rule, states))
    for status, grade in (("achieved", secured), ("on_track", on_track), ("action_needed", best)):
        if grade >= 0:
            return status, secured, on_track, best
    return "unachievable", -1, -1, -1


def smallest_actions(specification: Specification, rule: Combination, states: States) -> tuple[str, ...]:
    """The smallest set of open units and gates that has to be taken up, in the order of the contract's ties."""
    order, moving = specification.positions, pending(states)
    can = sorted(open_units(specification, rule, states), key=lambda number: order[number])
    for count in range(len(can) + 1):
        enough = [
            chosen
            for chosen in combinations(can, count)
            if best_grade(specification, rule, states, moving | set(chosen)) >= 0
        ]
        if enough:
            return min(
                enough,
                key=lambda chosen: (sorted(states[n].deadline for n in chosen), sorted(order[n] for n in chosen)),
            )
    raise ValueError("nothing that can be done satisfies the rule")


def clashes(specification: Specification, rule: Combination, states: States, kept: set[Constraint]) -> bool:
    """Whether no selection keeps these constraints together, whatever is done."""
    moving = pending(states) | open_units(specification, rule, states)
    met = gates_met(specification, states, moving)
    return not any(
        satisfies(specification, rule, one, met, kept) for one in selections(specification, rule, states, moving)
    )


def smallest_clash_size(specification: Specification, rule: Combination, states: States) -> int:
    """How many constraints the smallest set has that cannot be kept together."""
    all_of_them = constraints(specification, rule)
    for number in range(1, len(all_of_them) + 1):
        if any(clashes(specification, rule, states, set(some)) for some in combinations(all_of_them, number)):
            return number
    raise ValueError("every constraint can be kept")
