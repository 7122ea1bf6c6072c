"""Situations for `pipelines.bench_achievability`: a generated cycle's, repeated, and a worst case that is invented."""

from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

import duckdb
import numpy as np

from assets.reconciled.achievability.held import load_specification, load_specifications
from assets.reconciled.achievability.proof import prove_by_solving
from assets.reconciled.achievability.rule import grade_codes
from assets.reconciled.achievability.situations import EXHAUSTED, NO_PATHWAY, PENDING, Situations, UnitCalendar
from assets.reconciled.achievability.unit_states import FINE, unit_states
from schemas.specification import Bounds, Group, Limit, Specification
from schemas.specification_proof import prove

_SOURCE = "btec-national-2016-business-extended-diploma.2020-04-01.yaml"
_OPTIONAL = 20
#: How often a unit of the worst case has no grade, the fail grade, and each grade above it.
_SHARES = (0.30, 0.10, 0.10, 0.20, 0.20, 0.10)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Registrations of one specification."""

    specification: Specification
    situations: Situations


def alike() -> Specification:
    """The shipped Extended Diploma cut to 20 optional units, all of one size."""
    shipped = load_specification(files("schemas") / "specifications" / _SOURCE)
    required, optional = shipped.groups
    chosen = optional.all_units[:_OPTIONAL]
    return _sound(
        replace(
            shipped,
            name="invented-for-the-bench",
            title="Invented: the Extended Diploma with 20 optional units",
            units=tuple(unit for unit in shipped.units if unit.number in {*required.all_units, *chosen}),
            groups=(required, replace(optional, of=chosen)),
            limits=tuple(replace(one, units=(*required.all_units, *chosen)) for one in shipped.limits),
        )
    )


def mixed() -> Specification:
    """The same with optional units of 60 and 90, four to six of them for 360, and a barred pair."""
    plain = alike()
    required, optional = plain.groups
    of_90 = plain.unit(required.all_units[0])
    larger = set(optional.all_units[::3])
    units = tuple(
        replace(unit, size=of_90.size, points=of_90.points) if unit.number in larger else unit for unit in plain.units
    )
    barred = Limit(name="Barred pair", units=optional.all_units[:2], count=Bounds(maximum=1), barred=True)
    group = Group(
        name=optional.name, of=optional.of, units=Bounds(minimum=4, maximum=6), size=Bounds(minimum=360, maximum=None)
    )
    return _sound(replace(plain, units=units, groups=(required, group), limits=(*plain.limits, barred)))


def _sound(specification: Specification) -> Specification:
    prove(specification)
    prove_by_solving(specification)
    return specification


#: Makers of the worst case's specifications.
WORST = {"alone, options alike": alike, "alone, options mixed": mixed}


def learners_apart(specification: Specification, count: int, seed: int) -> Situations:
    """So many learners at random grades, entries and attempts, before and after the entry deadline."""
    random = np.random.default_rng(seed)
    cells = np.zeros((count, len(specification.positions)), dtype=np.uint8)
    for column, unit in enumerate(specification.units):
        codes = [0, *(grade_codes(unit)[grade.upper()] for grade in unit.grades.ascending)]
        cells[:, column] = random.choice(codes, size=count, p=_SHARES[: len(codes)])
        cells[:, column] |= np.where(random.random(count) < 0.15, PENDING, 0).astype(np.uint8)
        if unit.attempts is not None:
            cells[:, column] |= np.where(random.random(count) < 0.05, EXHAUSTED, 0).astype(np.uint8)
    internal = np.array([unit.kind == "internal" for unit in specification.units])
    days = np.where(internal, 20_600, 20_500).astype(np.int32)
    return Situations(
        cells=cells,
        calendar=random.integers(0, 2, count, dtype=np.int32),
        calendars=(
            UnitCalendar(can_enter=np.ones(len(internal), dtype=np.bool_), deadline=days),
            UnitCalendar(can_enter=internal, deadline=days),
        ),
        pathway=np.full(count, NO_PATHWAY, dtype=np.int32),
        reported=np.zeros((count, 0), dtype=np.int64),
    )


def registrations_of(warehouse: Path, count: int, seed: int) -> list[Asked]:
    """The registrations that can be assessed, repeated until there are so many, in any order."""
    held, random = load_specifications(), np.random.default_rng(seed)
    with duckdb.connect(warehouse, read_only=True) as connection, unit_states(connection, held) as states:
        found = [
            (held.specifications[own.place], own.situations.of(np.flatnonzero(own.fault == FINE))) for own in states
        ]
    rows = np.repeat(np.arange(len(found)), [len(own.cells) for _, own in found])
    place = np.concatenate([np.arange(len(own.cells)) for _, own in found])
    drawn = random.permutation(np.resize(np.arange(len(rows)), count))
    return [
        Asked(specification=specification, situations=own.of(place[drawn[rows[drawn] == number]]))
        for number, (specification, own) in enumerate(found)
    ]
