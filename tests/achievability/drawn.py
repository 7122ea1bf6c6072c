"""Small specifications and learners' unit states for property tests, and their way into the engine."""

from datetime import date
from itertools import pairwise

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from assets.reconciled.achievability.rule import grade_codes
from assets.reconciled.achievability.situations import EXHAUSTED, PENDING, Situations, UnitCalendar
from schemas.specification import (
    Grading,
    Group,
    Limits,
    Specification,
    SpecificationError,
    Unit,
    UnitGrades,
)
from schemas.specification_proof import prove
from tests.achievability.oracle import States, UnitState

POINTS = {30: (0, 2, 3, 8), 60: (0, 4, 6, 16), 90: (1, 6, 9, 24)}
GRADES = UnitGrades(fail="U", near_pass="N", passes=("P", "D"))


@st.composite
def specifications(draw: st.DrawFn, most_units: int = 5) -> Specification:
    """A specification of few units, in one to three groups, that proves itself."""
    count = draw(st.integers(2, most_units))
    alike = draw(st.booleans())
    sizes = [60] * count if alike else draw(st.lists(st.sampled_from([30, 60, 90]), min_size=count, max_size=count))
    units = tuple(draw(_unit(str(place + 1), size)) for place, size in enumerate(sizes))
    cuts = sorted(draw(st.sets(st.integers(1, count - 1), max_size=2)))
    edges = [0, *cuts, count]
    groups = tuple(
        draw(_group(f"Group {number}", units[start:end])) for number, (start, end) in enumerate(pairwise(edges))
    )
    total = sum(sizes)
    found = Specification(
        name="drawn",
        version="1",
        suite="drawn",
        worked_example=True,
        title="Drawn for a property test; every value is invented",
        qualification_numbers=("60000001",),
        awarding_organisation_rn="RN0000",
        measure="guided_learning_hours",
        size=draw(st.sampled_from(range(30, total + 1, 30))),
        registered_from=date(2020, 1, 1),
        registered_to=None,
        unit_grades=GRADES,
        units=units,
        groups=groups,
        limits=Limits(
            size_at_fail=draw(st.sampled_from([0, 0, 30, 60, 90])),
            near_passes=draw(st.sampled_from([None, None, 0, 1])),
            size_at_pass=draw(st.sampled_from([0, 0, 60, 90, 120])),
        ),
        grading=Grading(
            method="points_and_thresholds",
            points={size: dict(zip(GRADES.ascending, row, strict=True)) for size, row in POINTS.items()},
            thresholds=draw(_thresholds(total)),
        ),
        not_stated=("everything",),
        sources=(),
    )
    try:
        prove(found)
    except SpecificationError:
        assume(False)
    return found


@st.composite
def _unit(draw: st.DrawFn, number: str, size: int) -> Unit:
    return Unit(
        number=number,
        title=f"Unit {number}",
        size=size,
        kind=draw(st.sampled_from(["internal", "external"])),
        must_pass=draw(st.booleans()),
        near_pass=draw(st.booleans()),
        attempts=None,
    )


@st.composite
def _group(draw: st.DrawFn, name: str, units: tuple[Unit, ...]) -> Group:
    count, all_of = len(units), draw(st.booleans())
    minimum = draw(st.integers(0, count))
    sizes = draw(st.booleans())
    least = draw(st.sampled_from([0, 30, 60])) if sizes and not all_of else 0
    return Group(
        name=name,
        units=tuple(unit.number for unit in units),
        all_of=all_of,
        minimum_units=count if all_of else minimum,
        maximum_units=count if all_of else draw(st.integers(max(minimum, 1), count)),
        minimum_size=least,
        maximum_size=least + draw(st.sampled_from([60, 90, 120])) if sizes and not all_of else None,
    )


@st.composite
def _thresholds(draw: st.DrawFn, total: int) -> tuple[tuple[str, int], ...]:
    """Pass near all-Pass, Merit somewhat above, so that points bind now and then."""
    lowest = draw(st.integers(0, total // 10 + 6))
    return (("P", lowest), ("M", lowest + draw(st.integers(1, 8))))


@st.composite
def states(draw: st.DrawFn, specification: Specification) -> States:
    """A learner's units."""
    return {unit.number: draw(_state) for unit in specification.units}


_state = st.builds(
    UnitState,
    grade=st.sampled_from([None, None, "U", "N", "P", "D"]),
    pending=st.sampled_from([False, False, False, True]),
    can_enter=st.booleans(),
    exhausted=st.sampled_from([False, False, True]),
    deadline=st.sampled_from([100, 200]),
)


def situations(specification: Specification, learners: list[States]) -> Situations:
    """The learners as an engine takes them, each with a calendar of its own."""
    codes = grade_codes(specification)
    cells = np.zeros((len(learners), len(specification.units)), dtype=np.uint8)
    calendars = []
    for row, learner in enumerate(learners):
        here = [learner[unit.number] for unit in specification.units]
        for column, state in enumerate(here):
            grade = codes[state.grade] if state.grade else 0
            cells[row, column] = grade | PENDING * state.pending | EXHAUSTED * state.exhausted
        calendars.append(
            UnitCalendar(
                can_enter=np.array([state.can_enter for state in here]),
                deadline=np.array([state.deadline for state in here], dtype=np.int32),
            )
        )
    return Situations(cells=cells, calendar=np.arange(len(learners), dtype=np.int32), calendars=tuple(calendars))
