"""The engine gives what CP-SAT gives, and CP-SAT what trying every selection gives.

A few hundred cases are compared here; `python -m tests.achievability.compare_with_cp_sat` compares as many as it is told.
"""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.achievability import cp_sat_oracle, oracle
from tests.achievability.compare_with_cp_sat import check
from tests.achievability.drawn_widely import Case, cases, wide_specifications, wide_states

_ALL_DRAWN = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


@settings(max_examples=50, deadline=None, suppress_health_check=_ALL_DRAWN)
@given(data=st.data())
def test_cp_sat_gives_what_trying_every_selection_gives(data: st.DataObject) -> None:
    specification = data.draw(wide_specifications(most_units=4))
    learner = data.draw(wide_states(specification))
    for combination in specification.combinations:
        found = cp_sat_oracle.grades(specification, combination, learner)
        status, *grades = oracle.assess(specification, combination, learner)
        assert (cp_sat_oracle.status_of(found), *found) == (status, *grades)
        asked = (specification, combination, learner)
        if status == "action_needed":
            assert cp_sat_oracle.smallest_actions(*asked) == oracle.smallest_actions(*asked)
        if status == "unachievable":
            assert cp_sat_oracle.smallest_clash_size(*asked) == oracle.smallest_clash_size(*asked)


@settings(max_examples=120, deadline=None, suppress_health_check=_ALL_DRAWN)
@given(case=cases(most_learners=1))
def test_the_engine_gives_what_cp_sat_gives(case: Case) -> None:
    check(case)
