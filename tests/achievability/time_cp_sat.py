"""How long CP-SAT takes for situations that `pipelines.bench_achievability` kept: a measurement for a process of its own.

    python -m tests.achievability.time_cp_sat FILE

prints seconds as JSON. Of each situation one model is built for each scope that differs, and solved once, for its secured,
on-track and best grades; then what explains them, more simply than the engine does: the fewest things to do, without the
order of ties, or the size of the smallest clash, without naming it.
"""

import argparse
import json
import pickle
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from assets.reconciled.achievability.rule import BROKEN, grade_of_code
from assets.reconciled.achievability.situations import EXHAUSTED, GRADE, NO_PATHWAY, PENDING, Situations
from schemas.specification import Combination, Specification
from tests.achievability.cp_sat_model import Selecting
from tests.achievability.cp_sat_oracle import acting, fewest, scopes, smallest_clash_size
from tests.achievability.oracle import States, UnitState


@dataclass(kw_only=True)
class Clock:
    """Seconds of the processor so far."""

    building: float = 0.0
    solving: float = 0.0
    explaining: float = 0.0


def _states(specification: Specification, situations: Situations, row: int) -> States:
    """A situation unit by unit; reported points in thousandths."""
    calendar, found = situations.calendars[situations.calendar[row]], {}
    reported = dict(
        zip((u.number for u in specification.units if u.reported), situations.reported[row].tolist(), strict=True)
    )
    for code, column in specification.positions.items():
        cell = int(situations.cells[row, column])
        is_gate = column >= len(specification.units)
        grade = cell & GRADE
        found[code] = UnitState(
            grade=("met" if grade else None) if is_gate else grade_of_code(specification.units[column], grade),
            points=reported.get(code, 0),
            pending=bool(cell & PENDING),
            can_enter=bool(calendar.can_enter[column]),
            exhausted=bool(cell & EXHAUSTED),
            deadline=int(calendar.deadline[column]),
        )
    return found


def _in_thousandths(specification: Specification) -> Specification:
    """It, with points counted as reported ones are."""
    if not any(unit.reported for unit in specification.units):
        return specification
    units = tuple(
        replace(unit, points={grade: points * BROKEN for grade, points in unit.points.items()})
        for unit in specification.units
    )
    thresholds = tuple(least * BROKEN for least in specification.grading.thresholds)
    return replace(specification, units=units, grading=replace(specification.grading, thresholds=thresholds))


def _grades(specification: Specification, combination: Combination, states: States, clock: Clock) -> list[int]:
    """The three grades under one rule; a scope that adds nothing to the one before is not solved again."""
    found, before = list[int](), None
    for moving in scopes(specification, combination, states):
        if moving == before:
            found.append(found[-1])
            continue
        before = moving
        began = time.process_time()
        asked = Selecting(
            specification=specification, combination=combination, states=states, moving=moving, best_only=True
        )
        asked.aim()
        built = time.process_time()
        found.append(asked.reached(doubting=False))
        clock.building += built - began
        clock.solving += time.process_time() - built
    return found


def _explain(specification: Specification, combination: Combination, states: States, best: int, clock: Clock) -> None:
    """How much has to be done at least, or how small the smallest clash is."""
    began = time.process_time()
    if best < 0:
        smallest_clash_size(specification, combination, states)
    else:
        fewest(acting(specification, combination, states, best_only=True))
    clock.explaining += time.process_time() - began


def main() -> None:
    """Solve every situation of the file."""
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=Path, help="pickled list of (specification, situations, grades by the engine)")
    kept = pickle.loads(parser.parse_args().file.read_bytes())
    clock, count, unlike = Clock(), 0, 0
    for whole, situations, answered in kept:
        specification = _in_thousandths(whole)
        for row, expected in enumerate(answered.tolist()):
            pathway, states = int(situations.pathway[row]), _states(specification, situations, row)
            under = [one for k, one in enumerate(specification.combinations) if pathway in (k, NO_PATHWAY)]
            each = [_grades(specification, one, states, clock) for one in under]
            found = np.max(each, axis=0).tolist()
            unlike += found != expected
            count += 1
            for one, (*_, best) in zip(under, each, strict=True):
                if max(found[:2]) < 0 and (best >= 0) == (found[2] >= 0):
                    _explain(specification, one, states, best, clock)
    print(json.dumps({"situations": count, "unlike": int(unlike), **asdict(clock)}))


if __name__ == "__main__":
    main()
