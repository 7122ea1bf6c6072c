"""Small specifications of every shape and learners' unit states for property tests, and their way into the engine."""

from datetime import date
from itertools import pairwise

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from assets.reconciled.achievability.rule import BROKEN, PASS, grade_codes
from assets.reconciled.achievability.situations import EXHAUSTED, NO_PATHWAY, PENDING, Situations, UnitCalendar
from schemas.specification import (
    AT_LEAST,
    AT_MOST,
    Bounds,
    Cohort,
    Component,
    Gate,
    Grading,
    Group,
    Limit,
    Pathway,
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
    """A specification of few units, of any shape, that is sound as far as it can be read."""
    count = draw(st.integers(2, most_units))
    alike = draw(st.booleans())
    sizes = [60] * count if alike else draw(st.lists(st.sampled_from([30, 60, 90]), min_size=count, max_size=count))
    units = tuple(draw(_unit(str(place + 1), size)) for place, size in enumerate(sizes))
    numbers = [unit.number for unit in units]
    groups, pathways = draw(_combination(numbers))
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
        units=units,
        groups=groups,
        pathways=pathways,
        limits=tuple(draw(_limit(f"Limit {place}", numbers)) for place in range(draw(st.integers(0, 3)))),
        gates=tuple(
            Gate(code=f"G{place}", name=f"Gate {place}", met_by=("P",)) for place in range(draw(st.integers(0, 1)))
        ),
        grading=draw(_grading(units, total)),
        not_stated=("everything",),
    )
    try:
        prove(found)
    except SpecificationError:
        assume(False)
    return found


@st.composite
def _unit(draw: st.DrawFn, number: str, size: int) -> Unit:
    reported = draw(st.sampled_from([False, False, False, True]))
    return Unit(
        number=number,
        title=f"Unit {number}",
        size=size,
        kind=draw(st.sampled_from(["internal", "external"])),
        grades=GRADES,
        must_pass=draw(st.sampled_from([False, False, True])),
        near_pass=draw(st.booleans()),
        points={"D": POINTS[size][-1]} if reported else dict(zip(GRADES.ascending, POINTS[size], strict=True)),
        reported=reported,
    )


@st.composite
def _combination(draw: st.DrawFn, numbers: list[str]) -> tuple[tuple[Group, ...], tuple[Pathway, ...]]:
    """Groups of some of the units, and now and then two pathways over the others."""
    if len(numbers) < 3 or draw(st.sampled_from([True, True, False])):
        return tuple(draw(_groups(numbers, "G"))), ()
    common = draw(st.integers(0, len(numbers) - 2))
    groups = tuple(draw(_groups(numbers[:common], "G"))) if common else ()
    rest, cut = numbers[common:], draw(st.integers(1, len(numbers) - common - 1))
    shares = [rest[:cut], rest[draw(st.integers(0, cut)) :]]
    pathways = []
    for place, share in enumerate(shares):
        limits = (draw(_limit(f"Own {place}", share)),) if draw(st.sampled_from([False, False, True])) else ()
        pathways.append(Pathway(name=f"Way {place}", groups=tuple(draw(_groups(share, f"W{place}"))), limits=limits))
    return groups, tuple(pathways)


@st.composite
def _groups(draw: st.DrawFn, numbers: list[str], name: str, depth: int = 0) -> list[Group]:
    """The units parted into one to three groups."""
    cuts = sorted(draw(st.sets(st.integers(1, len(numbers) - 1), max_size=2))) if len(numbers) > 1 else []
    edges = [0, *cuts, len(numbers)]
    return [
        draw(_group(numbers[start:end], f"{name}{place}", depth)) for place, (start, end) in enumerate(pairwise(edges))
    ]


@st.composite
def _group(draw: st.DrawFn, numbers: list[str], name: str, depth: int) -> Group:
    nests = len(numbers) > 1 and depth < 2 and draw(st.sampled_from([False, False, True]))
    alone = draw(st.integers(0, 1)) if nests else len(numbers)
    inner = draw(_groups(numbers[alone:], f"{name}.", depth + 1)) if nests else []
    of = (*numbers[:alone], *inner)
    if draw(st.sampled_from([False, False, True])):
        return Group(name=name, of=of, members=Bounds(minimum=len(of), maximum=len(of)))
    return Group(
        name=name,
        of=of,
        members=draw(_bounds(len(of))) if draw(st.booleans()) else Bounds(),
        units=draw(_bounds(len(numbers))) if draw(st.booleans()) else Bounds(),
        size=draw(_bounds(len(numbers) * 60, 30)) if draw(st.sampled_from([False, False, True])) else Bounds(),
    )


@st.composite
def _bounds(draw: st.DrawFn, most: int, step: int = 1) -> Bounds:
    least = draw(st.integers(0, most // step)) * step
    return Bounds(minimum=least, maximum=draw(st.sampled_from([None, least, least + step, least + 2 * step])))


@st.composite
def _limit(draw: st.DrawFn, name: str, numbers: list[str]) -> Limit:
    units = tuple(draw(st.lists(st.sampled_from(numbers), min_size=1, unique=True))) if draw(st.booleans()) else ()
    units = units or tuple(numbers)
    of_size = draw(st.booleans())
    amount = draw(st.integers(0, 3 if of_size else 2)) * (60 if of_size else 1)
    if draw(st.sampled_from([True, True, False])):
        at, bounds = draw(st.sampled_from(("fail", "fail", *AT_MOST))), Bounds(maximum=amount)
    else:
        at, bounds = draw(st.sampled_from(AT_LEAST)), Bounds(minimum=amount)
    return Limit(name=name, units=units, at=at, **{"size" if of_size else "count": bounds})


@st.composite
def _grading(draw: st.DrawFn, units: tuple[Unit, ...], total: int) -> Grading:
    method = draw(st.sampled_from(["points_and_thresholds"] * 4 + ["pass_only", "look_up", "look_up"]))
    if method == "pass_only":
        return Grading(method="pass_only", grades=("Pass",), thresholds=(0,))
    if method == "points_and_thresholds":
        # Pass near all-Pass, Merit somewhat above, so that points bind now and then.
        lowest = draw(st.integers(0, total // 10 + 6))
        return Grading(
            method="points_and_thresholds", grades=("P", "M"), thresholds=(lowest, lowest + draw(st.integers(1, 8)))
        )
    cut = draw(st.integers(1, min(2, len(units) - 1)))
    parts = [units[:cut], units[cut : cut + 1]] if draw(st.booleans()) else [units[:cut]]
    ladders = [("N", "P", "D") if any(unit.near_pass for unit in part) else ("P", "D") for part in parts]
    lifts = [draw(st.integers(0, 1)) for _ in parts]
    table = {
        row: "PMD"[
            min(2, sum(ladder.index(g) * (1 + lift) for ladder, g, lift in zip(ladders, row, lifts, strict=True)) // 2)
        ]
        for row in _rows(ladders)
    }
    return Grading(
        method="look_up",
        grades=tuple(grade for grade in "PMD" if grade in table.values()),
        thresholds=(0,) * len(set(table.values())),
        components=tuple(
            Component(name=f"Part {place}", units=tuple(unit.number for unit in part))
            for place, part in enumerate(parts)
        ),
        cohorts=(Cohort(name="all", registered_from=date(2020, 1, 1), table=table),),
    )


def _rows(ladders: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [()]
    for ladder in ladders:
        rows = [(*row, grade) for row in rows for grade in ladder]
    return rows


@st.composite
def states(draw: st.DrawFn, specification: Specification) -> States:
    """A learner's units and gates."""
    found = {unit.number: draw(_state) for unit in specification.units}
    return found | {gate.code: draw(_gate_state) for gate in specification.gates}


_state = st.builds(
    UnitState,
    grade=st.sampled_from([None, None, "U", "N", "P", "D"]),
    points=st.integers(0, 20),
    pending=st.sampled_from([False, False, False, True]),
    can_enter=st.booleans(),
    exhausted=st.sampled_from([False, False, True]),
    deadline=st.sampled_from([100, 200]),
)
_gate_state = st.builds(
    UnitState,
    grade=st.sampled_from([None, "P", "P"]),
    can_enter=st.booleans(),
    deadline=st.sampled_from([100, 200]),
)


def situations(specification: Specification, learners: list[States], pathways: list[int] | None = None) -> Situations:
    """The learners as an engine takes them, each with a calendar of its own."""
    gates = [gate.code for gate in specification.gates]
    codes = {unit.number: grade_codes(unit) for unit in specification.units}
    reported = [unit.number for unit in specification.units if unit.reported]
    cells = np.zeros((len(learners), len(specification.positions)), dtype=np.uint8)
    points = np.zeros((len(learners), len(reported)), dtype=np.int64)
    calendars = []
    for row, learner in enumerate(learners):
        here = [learner[code] for code in specification.positions]
        for column, (code, state) in enumerate(zip(specification.positions, here, strict=True)):
            grade = (PASS if code in gates else codes[code][state.grade.upper()]) if state.grade else 0
            cells[row, column] = grade | PENDING * state.pending | EXHAUSTED * state.exhausted
        points[row] = [learner[number].points * BROKEN if learner[number].grade else 0 for number in reported]
        calendars.append(
            UnitCalendar(
                can_enter=np.array([state.can_enter for state in here]),
                deadline=np.array([state.deadline for state in here], dtype=np.int32),
            )
        )
    return Situations(
        cells=cells,
        calendar=np.arange(len(learners), dtype=np.int32),
        calendars=tuple(calendars),
        pathway=np.array(pathways or [NO_PATHWAY] * len(learners), dtype=np.int32),
        reported=points,
    )
