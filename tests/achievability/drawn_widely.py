"""Drawn cases beyond `drawn`: every method, scale, gate and limit of the language, with or without a known pathway."""

from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from typing import Any

from hypothesis import strategies as st

from assets.reconciled.achievability.situations import NO_PATHWAY
from schemas.specification import (
    Bounds,
    Cohort,
    Component,
    Gate,
    Grading,
    Limit,
    Specification,
    SpecificationError,
    Unit,
    UnitGrades,
)
from schemas.specification_proof import prove
from tests.achievability.drawn import specifications, states
from tests.achievability.oracle import States

#: Scales that single units may have instead of the common one.
_SCALES = (
    UnitGrades(fail="U", near_pass=None, passes=("P", "D")),
    UnitGrades(fail="U", near_pass="N", passes=("P", "M", "D")),
)
#: What becomes of most units without a pass; nothing: they stay as they were drawn.
_FAR_ON: tuple[dict[str, Any], ...] = ({}, {"grade": "P"}, {"pending": True}, {"can_enter": True, "exhausted": False})
_SPLIT = date(2024, 9, 1)


@dataclass(frozen=True, kw_only=True)
class Case:
    """What an engine and an oracle are both asked.

    Attributes:
        specification: of one cohort.
        learners: their units and gates.
        pathways: the place of each one's pathway, NO_PATHWAY where none is recorded or there are none.
        programme: put to the integer programme whatever the rule.
    """

    specification: Specification
    learners: tuple[States, ...]
    pathways: tuple[int, ...]
    programme: bool


@st.composite
def cases(draw: st.DrawFn, most_units: int = 6, most_learners: int = 3) -> Case:
    """A specification of any shape and learners."""
    specification = draw(wide_specifications(most_units))
    learners = tuple(draw(st.lists(wide_states(specification), min_size=1, max_size=most_learners)))
    recorded = st.sampled_from([NO_PATHWAY, *range(len(specification.pathways))])
    return Case(
        specification=specification,
        learners=learners,
        pathways=tuple(draw(recorded) for _ in learners),
        programme=draw(st.integers(0, 15)) == 15,
    )


@st.composite
def wide_specifications(draw: st.DrawFn, most_units: int = 6) -> Specification:
    """A specification of few units and one cohort; what makes it unsound is left out again."""
    found = draw(specifications(most_units))
    if draw(st.booleans()):
        found = _asking_less(found)
    for change in (_with_own_scales, _with_a_barred_set, _with_a_quantity_gate, _with_a_final_unit, _with_cohorts):
        if draw(st.sampled_from([False, False, True])):
            changed = draw(change(found))
            found = changed if _sound(changed) else found
    return draw(st.sampled_from(found.by_cohort()))


def _asking_less(found: Specification) -> Specification:
    """It, with half the size and a quarter of the points: what is drawn evenly can seldom be satisfied."""
    thresholds = tuple(least // 4 + place for place, least in enumerate(found.grading.thresholds))
    if not any(found.grading.thresholds):
        thresholds = found.grading.thresholds
    return replace(found, size=max(1, found.size // 2), grading=replace(found.grading, thresholds=thresholds))


def _sound(specification: Specification) -> bool:
    try:
        prove(specification)
    except SpecificationError:
        return False
    return True


@st.composite
def _with_own_scales(draw: st.DrawFn, found: Specification) -> Specification:
    units = tuple(draw(_rescaled(unit)) if draw(st.booleans()) else unit for unit in found.units)
    return replace(found, units=units)


@st.composite
def _rescaled(draw: st.DrawFn, unit: Unit) -> Unit:
    scale = draw(st.sampled_from(_SCALES))
    points = sorted(draw(st.lists(st.integers(0, 25), min_size=len(scale.ascending), max_size=len(scale.ascending))))
    own = {scale.passes[-1]: points[-1]} if unit.reported else dict(zip(scale.ascending, points, strict=True))
    return replace(unit, grades=scale, near_pass=unit.near_pass and scale.near_pass is not None, points=own)


@st.composite
def _with_a_barred_set(draw: st.DrawFn, found: Specification) -> Specification:
    numbers = [unit.number for unit in found.units]
    units = tuple(draw(st.lists(st.sampled_from(numbers), min_size=2, max_size=4, unique=True)))
    most = draw(st.integers(1, len(units) - 1))
    barred = Limit(name="Barred", units=units, count=Bounds(maximum=most), barred=True)
    return replace(found, limits=(*found.limits, barred))


@st.composite
def _with_a_quantity_gate(draw: st.DrawFn, found: Specification) -> Specification:
    hours = Gate(code="HOURS", name="Placement hours", quantity=draw(st.integers(1, 300)), unit_of="hours")
    return replace(found, gates=(*found.gates, hours))


@st.composite
def _with_a_final_unit(draw: st.DrawFn, found: Specification) -> Specification:
    units = found.units[: draw(st.integers(1, 2))]
    near = (units[0].grades.near_pass,) if any(unit.near_pass for unit in units) and units[0].grades.near_pass else ()
    ladder = (*near, *units[0].grades.passes)
    places = sorted(draw(st.lists(st.integers(0, 2), min_size=len(ladder), max_size=len(ladder))))
    table: dict[tuple[str, ...], str] = {(one,): "PMD"[place] for one, place in zip(ladder, places, strict=True)}
    return replace(
        found,
        grading=Grading(
            method="final_unit",
            grades=tuple(dict.fromkeys(table.values())),
            thresholds=(0,) * len(set(places)),
            components=(Component(name="final unit", units=tuple(unit.number for unit in units)),),
            cohorts=(Cohort(name="all", table=table),),
        ),
    )


@st.composite
def _with_cohorts(draw: st.DrawFn, found: Specification) -> Specification:
    """A look-up with a later table that gives the same grades for other rows."""
    if found.grading.method != "look_up":
        return found
    (first,) = found.grading.cohorts
    ladders = [tuple(dict.fromkeys(row[place] for row in first.table)) for place in range(len(next(iter(first.table))))]
    weights = [draw(st.integers(0, 2)) for _ in ladders]
    most = sum(weight * (len(ladder) - 1) for weight, ladder in zip(weights, ladders, strict=True))
    cuts = sorted(draw(st.integers(1, max(1, most))) for _ in found.grading.grades[1:])
    table = {
        row: found.grading.grades[sum(cut <= _worth(row, ladders, weights) for cut in cuts)]
        for row in product(*ladders)
    }
    earlier = replace(first, name="earlier", registered_to=date.fromordinal(_SPLIT.toordinal() - 1))
    later = Cohort(name="later", registered_from=_SPLIT, table=table)
    return replace(found, grading=replace(found.grading, cohorts=(earlier, later)))


def _worth(row: tuple[str, ...], ladders: list[tuple[str, ...]], weights: list[int]) -> int:
    return sum(ladder.index(grade) * weight for grade, ladder, weight in zip(row, ladders, weights, strict=True))


@st.composite
def wide_states(draw: st.DrawFn, specification: Specification) -> States:
    """A learner's units, each at a grade of its own scale, and gates: anyhow, or mostly passed, entered or open."""
    found = dict(draw(states(specification)))
    far_on = draw(st.sampled_from(_FAR_ON))
    for code, state in found.items():
        if far_on and state.grade in (None, "U") and draw(st.sampled_from([True, True, False])):
            is_gate = code not in {unit.number for unit in specification.units}
            found[code] = replace(state, grade="P") if is_gate else replace(state, **far_on)
    for unit in specification.units:
        had = found[unit.number].grade
        if had is not None and had not in unit.grades.ascending:
            found[unit.number] = replace(found[unit.number], grade=unit.grades.fail)
        elif had == "P" and len(unit.grades.passes) > 2 and draw(st.booleans()):
            found[unit.number] = replace(found[unit.number], grade=unit.grades.passes[1])
    return found
