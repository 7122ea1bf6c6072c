"""The engine gives what trying every selection gives, for drawn specifications and learners."""

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.reconciled.achievability.clashes import smallest_clashes
from assets.reconciled.achievability.engine import STATUSES, Assessments, SelectionEngine, exact_rule
from assets.reconciled.achievability.rule import grade_codes
from assets.reconciled.achievability.words import actions_in_words
from schemas.specification import Specification
from tests.achievability import oracle
from tests.achievability.drawn import situations, specifications, states

SLOW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


def grade(specification: Specification, place: int) -> str | None:
    return None if place < 0 else specification.grading.thresholds[place][0]


def answer(
    specification: Specification, found: Assessments, learner: int
) -> tuple[str, str | None, str | None, str | None]:
    row = found.place[learner]
    return (
        STATUSES[found.status[row]],
        grade(specification, int(found.secured[row])),
        grade(specification, int(found.on_track[row])),
        grade(specification, int(found.best[row])),
    )


@SLOW
@given(data=st.data())
def test_status_and_all_three_grades_are_those_of_trying_every_selection(data: st.DataObject) -> None:
    specification = data.draw(specifications())
    learners = data.draw(st.lists(states(specification), min_size=1, max_size=4))
    found = SelectionEngine().assess(specification, situations(specification, learners))
    assert [answer(specification, found, place) for place in range(len(learners))] == [
        oracle.assess(specification, learner) for learner in learners
    ]


@SLOW
@given(data=st.data())
def test_the_action_set_is_the_smallest_and_the_first_among_equals(data: st.DataObject) -> None:
    specification = data.draw(specifications())
    learners = data.draw(st.lists(states(specification), min_size=1, max_size=4))
    found = SelectionEngine().assess(specification, situations(specification, learners))
    for place, learner in enumerate(learners):
        row = found.place[place]
        if STATUSES[found.status[row]] != "action_needed":
            continue
        expected = oracle.smallest_actions(specification, learner)
        chosen = np.array([unit.number in expected for unit in specification.units])
        deadline = np.array([learner[unit.number].deadline for unit in specification.units], dtype=np.int32)
        assert found.words[row] == actions_in_words(specification, chosen, deadline)
        assert found.action_count[row] == len(expected)


@SLOW
@given(data=st.data())
def test_the_clash_cannot_be_met_and_none_is_smaller(data: st.DataObject) -> None:
    specification = data.draw(specifications(most_units=4))
    learner = data.draw(states(specification))
    if oracle.assess(specification, learner)[0] != "unachievable":
        return
    rule, codes = exact_rule(specification), grade_codes(specification)
    moving = oracle.pending(learner) | oracle.open_units(learner)
    cells = situations(specification, [learner]).cells & 15
    options = rule.counts_as[np.arange(len(specification.units)), cells]
    for column, unit in enumerate(specification.units):
        if unit.number in moving:
            options[0, column] = max(codes.values())
    found = smallest_clashes(rule, specification.grading.thresholds[0][1], options)
    clash = found.found[int(found.clash[0])]
    named = {_named(specification, constraint.part, constraint.place) for constraint in clash}
    assert oracle.clashes(specification, learner, named)
    assert len(clash) == oracle.smallest_clash_size(specification, learner)


def _named(specification: Specification, part: str, place: int) -> oracle.Constraint:
    if part == "unit":
        return ("unit", specification.units[place].number)
    if part == "choice":
        return ("group", [group.name for group in specification.groups if not group.all_of][place])
    return ({"size_at_fail": "fail", "near_passes": "near", "size_at_pass": "pass"}.get(part, part), "")
