"""The engine gives what trying every selection gives, for drawn specifications of every shape and drawn learners."""

from unittest.mock import patch

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.reconciled.achievability import evaluation, takings
from assets.reconciled.achievability.actions import smallest_actions
from assets.reconciled.achievability.clashes import smallest_clashes
from assets.reconciled.achievability.counted import counted
from assets.reconciled.achievability.engine import assess, rules_of
from assets.reconciled.achievability.grades import best_grades
from assets.reconciled.achievability.judged import ACTION_NEEDED, STATUSES, UNACHIEVABLE, judge
from assets.reconciled.achievability.rule import Constraint, Rule
from schemas.specification import Combination, Specification
from tests.achievability import oracle
from tests.achievability.drawn import situations, specifications, states

SLOW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


def compare(specification: Specification, rule: Rule, combination: Combination, learners: list[oracle.States]) -> None:
    found = judge(rule, situations(specification, learners))
    answers = zip(found.status, found.secured, found.on_track, found.best, strict=True)
    assert [(STATUSES[status], *map(int, grades)) for status, *grades in answers] == [
        oracle.assess(specification, combination, learner) for learner in learners
    ]
    for row in np.flatnonzero(found.status == ACTION_NEEDED):
        chosen = np.flatnonzero(smallest_actions(rule, found.scopes.of(np.array([row])))[0])
        codes = list(specification.positions)
        assert tuple(codes[column] for column in chosen) == oracle.smallest_actions(
            specification, combination, learners[row]
        )


@SLOW
@given(data=st.data())
def test_status_grades_and_actions_are_those_of_trying_every_selection(data: st.DataObject) -> None:
    specification = data.draw(specifications())
    learners = data.draw(st.lists(states(specification), min_size=1, max_size=4))
    for rule, combination in zip(rules_of(specification), specification.combinations, strict=True):
        compare(specification, rule, combination, learners)


@SLOW
@given(data=st.data())
def test_the_integer_programme_gives_the_same_answers(data: st.DataObject) -> None:
    specification = data.draw(specifications(most_units=4))
    learners = data.draw(st.lists(states(specification), min_size=1, max_size=2))
    with patch.object(takings, "MOST_CORNERS", 0):
        for rule, combination in zip(rules_of(specification), specification.combinations, strict=True):
            compare(specification, rule, combination, learners)


def check_selections(
    specification: Specification, rule: Rule, combination: Combination, learners: list[oracle.States]
) -> None:
    secured = judge(rule, situations(specification, learners)).scopes.secured
    grade, codes = best_grades(rule, secured), list(specification.positions)
    chosen = counted(rule, secured, grade)
    for row, learner in enumerate(learners):
        columns = np.flatnonzero(chosen[row]).tolist()
        assert bool(columns) == (grade[row] >= 0)
        if not columns:
            continue
        assert evaluation.satisfies(rule, {column: int(secured.codes[row, column]) for column in columns})
        units = [codes[column] for column in columns if column < len(specification.units)]
        selection = {
            n: (held, oracle.points_of(specification.unit(n), held, learner[n]))
            for n in units
            if (held := learner[n].grade)
        }
        everything = set(oracle.constraints(specification, combination))
        met = oracle.gates_met(specification, learner, set())
        assert oracle.satisfies(specification, combination, selection, met, everything)
        assert oracle.overall(specification, selection) == grade[row]


@SLOW
@given(data=st.data())
def test_the_units_that_count_satisfy_the_rule_and_give_the_best_grade(data: st.DataObject) -> None:
    specification = data.draw(specifications())
    learners = data.draw(st.lists(states(specification), min_size=1, max_size=6))
    for rule, combination in zip(rules_of(specification), specification.combinations, strict=True):
        check_selections(specification, rule, combination, learners)
        with patch.object(takings, "MOST_CORNERS", 0):
            check_selections(specification, rule, combination, learners)


@SLOW
@given(data=st.data())
def test_the_clash_cannot_be_met_and_none_is_smaller(data: st.DataObject) -> None:
    specification = data.draw(specifications(most_units=4))
    learner = data.draw(states(specification))
    for rule, combination in zip(rules_of(specification), specification.combinations, strict=True):
        found = judge(rule, situations(specification, [learner]))
        if found.status[0] != UNACHIEVABLE:
            continue
        clashes = smallest_clashes(rule, found.scopes.best)
        clash = clashes.found[int(clashes.clash[0])]
        named = {named_constraint(specification, rule, constraint) for constraint in clash}
        assert oracle.clashes(specification, combination, learner, named)
        assert len(clash) == oracle.smallest_clash_size(specification, combination, learner)


def named_constraint(specification: Specification, rule: Rule, constraint: Constraint) -> oracle.Constraint:
    codes = list(specification.positions)
    match constraint.part:
        case "unit":
            gate = constraint.place >= len(specification.units)
            return ("gate" if gate else "unit", codes[constraint.place])
        case "group":
            return ("group", rule.groups[constraint.place].name)
        case "limit":
            return ("limit", rule.combination.limits[constraint.place].name)
        case "component":
            return ("component", specification.grading.components[constraint.place].name)
    return (constraint.part, "")


@SLOW
@given(data=st.data())
def test_without_a_pathway_the_best_over_the_pathways_counts_and_a_difference_is_told(data: st.DataObject) -> None:
    specification = data.draw(specifications().filter(lambda one: bool(one.pathways)))
    learner = data.draw(states(specification))
    found = assess(specification, situations(specification, [learner]))
    each = [oracle.assess(specification, rule, learner) for rule in specification.combinations]
    assert STATUSES[found.status[0]] == min((status for status, *_ in each), key=STATUSES.index)
    assert (found.secured[0], found.on_track[0], found.best[0]) == tuple(
        max(grades[place] for _, *grades in each) for place in range(3)
    )
    assert found.differs[0] == (len({status for status, *_ in each}) > 1)
    if STATUSES[found.status[0]] == "action_needed":
        order = specification.positions
        sets = [
            oracle.smallest_actions(specification, rule, learner)
            for rule, (status, *_) in zip(specification.combinations, each, strict=True)
            if status == "action_needed"
        ]
        least = min(
            sets, key=lambda one: (len(one), sorted(learner[n].deadline for n in one), sorted(order[n] for n in one))
        )
        assert tuple(code for code, column in order.items() if found.chosen[0, column]) == least
