"""What CP-SAT answers about one learner under one complete rule: grades, status, actions, clashes."""

from ortools.sat.python import cp_model

from schemas.specification import Combination, Specification
from tests.achievability.cp_sat_model import Selecting, solved, sum_of
from tests.achievability.oracle import Constraint, States


def can_open(specification: Specification, combination: Combination, states: States) -> set[str]:
    """Units that can be entered or claimed, for a better grade too, and unmet gates that can still be met."""
    gates = {gate.code for gate in specification.gates if not states[gate.code].grade}
    return {
        code
        for code in (*combination.units, *gates)
        if states[code].can_enter and not states[code].exhausted and not states[code].pending
    }


def waiting(states: States) -> set[str]:
    """Units whose results are still to come."""
    return {code for code, state in states.items() if state.pending}


def scopes(specification: Specification, combination: Combination, states: States) -> tuple[set[str], ...]:
    """What moves in the contract's three scopes: nothing, what is pending, what is open as well."""
    pending = waiting(states)
    return set(), pending, pending | can_open(specification, combination, states)


def grades(specification: Specification, combination: Combination, states: States) -> tuple[int, int, int]:
    """Places of the secured, on-track and best grades under one rule; -1 where empty."""
    found = []
    for moving in scopes(specification, combination, states):
        asked = Selecting(specification=specification, combination=combination, states=states, moving=moving)
        asked.aim()
        found.append(asked.reached())
    secured, on_track, best = found
    return secured, on_track, best


def status_of(found: tuple[int, int, int]) -> str:
    """The status that goes with the three grades."""
    names = ("achieved", "on_track", "action_needed")
    return next((name for name, grade in zip(names, found, strict=True) if grade >= 0), "unachievable")


def acting(
    specification: Specification, combination: Combination, states: States, *, best_only: bool = False
) -> Selecting:
    """The selections that pending results and what is entered or claimed allow; `buys` says what is."""
    return Selecting(
        specification=specification,
        combination=combination,
        states=states,
        moving=waiting(states),
        bought=can_open(specification, combination, states),
        best_only=best_only,
    )


def smallest_actions(specification: Specification, combination: Combination, states: States) -> tuple[str, ...]:
    """The smallest set to enter or claim, by the contract's ties, where nothing less than that satisfies the rule."""
    asked = acting(specification, combination, states)
    in_order = [code for code in specification.positions if code in asked.buys]
    fewest(asked)
    for day in sorted({states[code].deadline for code in in_order}):
        _least(asked.model, -sum_of(asked.buys[c] for c in in_order if states[c].deadline == day))
    # Of as many at the same deadlines, the first in the specification.
    return tuple(code for code in in_order if _least(asked.model, -asked.buys[code]) == -1)


def fewest(asked: Selecting) -> int:
    """How many units and gates have to be entered or claimed at least."""
    return _least(asked.model, sum_of(asked.buys.values()))


def _least(model: cp_model.CpModel, amount: cp_model.LinearExprT) -> int:
    """The least amount, which the model keeps to from now on."""
    model.minimize(amount)
    solver = solved(model)
    if solver is None:
        raise ValueError("nothing that can be done satisfies the rule")
    found = round(solver.objective_value)
    model.add(amount == found)
    return found


def _whatever_is_done(
    specification: Specification,
    combination: Combination,
    states: States,
    *,
    relaxable: bool = False,
    kept: set[Constraint] | None = None,
) -> Selecting:
    *_, moving = scopes(specification, combination, states)
    return Selecting(
        specification=specification,
        combination=combination,
        states=states,
        moving=moving,
        relaxable=relaxable,
        kept=kept,
    )


def clashes(specification: Specification, combination: Combination, states: States, kept: set[Constraint]) -> bool:
    """Whether no selection keeps these constraints together, whatever is done."""
    return solved(_whatever_is_done(specification, combination, states, kept=kept).model) is None


def smallest_clash_size(specification: Specification, combination: Combination, states: States) -> int:
    """How many constraints the smallest set has that cannot be kept together.

    Every set that clashes holds at least one of what any selection gives up. So a smallest set that does so for all
    selections seen so far either clashes, and none is smaller, or shows another selection (Ignatiev and others, 2015).
    """
    given_up: list[set[Constraint]] = []
    while True:
        kept = _fewest_of_each(given_up)
        asked = _whatever_is_done(specification, combination, states, relaxable=True)
        for constraint in kept:
            asked.model.add(asked.switches[constraint] == 1)
        asked.model.maximize(sum_of(asked.switches.values()))
        solver = solved(asked.model)
        if solver is None:
            return len(kept)
        dropped = {one for one, switch in asked.switches.items() if not solver.value(switch)}
        if not dropped:
            raise ValueError("every constraint can be kept")
        given_up.append(dropped)


def _fewest_of_each(sets: list[set[Constraint]]) -> set[Constraint]:
    """The fewest constraints of which each set holds one."""
    model = cp_model.CpModel()
    taken = {one: model.new_bool_var("") for one in sorted(set().union(*sets))}
    for each in sets:
        model.add_bool_or([taken[one] for one in sorted(each)])
    model.minimize(sum_of(taken.values()))
    solver = solved(model)
    if solver is None:
        raise ValueError("every set holds something")
    return {one for one, own in taken.items() if solver.value(own)}
