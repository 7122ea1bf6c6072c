"""Unit states from the warehouse: each open registration's specification and dates, and where each of its units stands.

Everything is brought together in sets by DuckDB (`unit_state_sql`); Python receives numbers only (places, codes, days),
never a learner's identifiers. Judging the states belongs in `engine`, writing the answers in `registrations`.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from assets.reconciled.achievability.engine import rules_of
from assets.reconciled.achievability.held import HeldSpecifications
from assets.reconciled.achievability.last_days import LastDays
from assets.reconciled.achievability.rule import ABSENT, PASS
from assets.reconciled.achievability.situations import (
    EXHAUSTED,
    GRADE,
    NO_PATHWAY,
    PENDING,
    Situations,
)
from assets.reconciled.achievability.specification_tables import register
from assets.reconciled.achievability.unit_state_sql import OPEN_REGISTRATIONS, STATEMENTS, TABLES
from schemas.specification import Specification

#: Code of a grade that the unit does not have.
_UNKNOWN_GRADE = 255
#: Why single registrations cannot be assessed.
FINE, UNKNOWN_GRADE, POINTS_MISSING = range(3)
REASONS = (None, "unknown_grade", "points_missing")


@dataclass(frozen=True, kw_only=True)
class SpecificationStates:
    """The registrations of one specification.

    Attributes:
        place: the specification's place among those held.
        first: number of its first registration; they are numbered on from it.
        situations: their situations, in that order.
        fault: for each of them a place in `REASONS`.
    """

    place: int
    first: int
    situations: Situations
    fault: NDArray[np.uint8]


@contextmanager
def unit_states(
    connection: DuckDBPyConnection, held: HeldSpecifications, candidates: str = OPEN_REGISTRATIONS
) -> Iterator[list[SpecificationStates]]:
    """The states of all registrations that can be assessed, specification by specification.

    Within the block the temporary table `achievability_registration` holds every candidate: its keys, `judged_number`,
    `centre_number`, `pathway`, `target`, `specification` (place), `reason` (empty where it can be assessed) and
    `registration` (number).

    Args:
        connection: with `standardised`, `reconciled.calendar` and `landed.run_context`.
        held: the specifications.
        candidates: a query of the registrations to judge, with the columns of `OPEN_REGISTRATIONS`.
    """
    try:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE achievability_candidate AS {candidates}")
        register(connection, held)
        for statement in STATEMENTS:
            connection.execute(statement)
        yield list(_states(connection, held.specifications))
    finally:
        for table in TABLES:
            connection.execute(f"DROP TABLE IF EXISTS temp.{table}")


def _numbers(connection: DuckDBPyConnection, query: str) -> list[NDArray[np.int64]]:
    """The columns of a query that gives numbers only."""
    return [column.to_numpy() for column in connection.sql(query).pl().get_columns()]


@dataclass(frozen=True, kw_only=True)
class _Cells:
    """All cells, one after the other, or those of one specification: registrations x columns.

    Attributes:
        grade: best grade and marks.
        attempts: results received.
        unknown: a result carries a grade that the unit does not have.
        cell, points: cells with reported points, ascending, and the best result's points in thousandths; -1: it has none.
    """

    grade: NDArray[np.uint8]
    attempts: NDArray[np.uint8]
    unknown: NDArray[np.bool_]
    cell: NDArray[np.int64]
    points: NDArray[np.int64]

    def block(self, first: int, count: int, width: int) -> "_Cells":
        """The cells of `count` registrations from `first` on."""
        block, shape = slice(first, first + count * width), (count, width)
        start, stop = np.searchsorted(self.cell, [block.start, block.stop])
        return _Cells(
            grade=self.grade[block].reshape(shape),
            attempts=self.attempts[block].reshape(shape),
            unknown=self.unknown[block].reshape(shape),
            cell=self.cell[start:stop] - first,
            points=self.points[start:stop],
        )


def _states(connection: DuckDBPyConnection, specifications: Sequence[Specification]) -> Iterator[SpecificationStates]:
    of_registration, *others = _numbers(
        connection,
        f"""
        SELECT registration, calendar, specification, COALESCE(pathway_place, {NO_PATHWAY})
        FROM achievability_registration WHERE reason IS NULL
        """,
    )
    in_order = np.empty((3, len(of_registration)), dtype=np.int32)
    in_order[:, of_registration] = others
    widths = np.array([len(found.positions) for found in specifications], dtype=np.int64)
    cells = _cells(connection, int(widths[in_order[1]].sum()) if len(widths) else 0)
    last_days = LastDays.read(connection)
    first_cell = first = 0
    for place, count in enumerate(np.bincount(in_order[1], minlength=len(specifications)).tolist()):
        rows, width = slice(first, first + count), int(widths[place])
        if count:
            own = cells.block(first_cell, count, width)
            situations, fault = _of_specification(specifications[place], own, in_order[:, rows], last_days)
            yield SpecificationStates(place=place, first=first, situations=situations, fault=fault)
        first_cell, first = first_cell + count * width, rows.stop


def _of_specification(
    specification: Specification, own: _Cells, registrations: NDArray[np.int32], last_days: LastDays
) -> tuple[Situations, NDArray[np.uint8]]:
    """Situations and faults of one specification's registrations: their calendar, specification and pathway by row."""
    grade = own.grade.copy()
    for column, unit in enumerate(specification.units):
        if unit.attempts is not None:
            grade[own.attempts[:, column] >= unit.attempts, column] |= EXHAUSTED
    calendar, calendars = last_days.calendars(specification, registrations[0])
    reported = _reported(specification, own)
    fault = np.where(own.unknown.any(axis=1), UNKNOWN_GRADE, FINE).astype(np.uint8)
    missing = _points_missing(specification, (grade & GRADE).astype(np.uint8), reported, registrations[2])
    fault[missing & (fault == FINE)] = POINTS_MISSING
    found = Situations(
        cells=grade,
        calendar=calendar,
        calendars=calendars,
        pathway=registrations[2],
        reported=np.maximum(reported, 0),
    )
    return found, fault


def _reported(specification: Specification, own: _Cells) -> NDArray[np.int64]:
    """Registrations x units with reported points: those of the best result; -1: its row has none."""
    count, width = own.grade.shape
    whole = np.zeros((count, width), dtype=np.int64)
    whole.reshape(-1)[own.cell] = own.points
    return whole[:, [column for column, unit in enumerate(specification.units) if unit.reported]]


def _points_missing(
    specification: Specification, grade: NDArray[np.uint8], reported: NDArray[np.int64], pathway: NDArray[np.int32]
) -> NDArray[np.bool_]:
    """Whether a grade that can count has no points though they are reported (point 11)."""
    found = np.zeros(len(grade), dtype=np.bool_)
    columns = [column for column, unit in enumerate(specification.units) if unit.reported]
    for number, rule in enumerate(rules_of(specification) if columns else ()):
        under = (pathway == number) | (pathway == NO_PATHWAY)
        for place, column in enumerate(columns):
            counts = rule.counts_as[column][grade[:, column]] != ABSENT
            found |= under & counts & (reported[:, place] < 0)
    return found


def _cells(connection: DuckDBPyConnection, number: int) -> _Cells:
    """The best grade counts, not the latest (feed contract); attempts used are results received (point 8)."""
    cell, code, attempt = _numbers(connection, "SELECT cell, code, attempt::UTINYINT FROM achievability_result")
    grade, attempts = np.zeros(number, dtype=np.uint8), np.zeros(number, dtype=np.uint8)
    unknown = np.zeros(number, dtype=np.bool_)
    strange = code == _UNKNOWN_GRADE
    unknown[cell[strange]] = True
    np.maximum.at(grade, cell, np.where(strange, 0, code).astype(np.uint8))
    np.add.at(attempts, cell, attempt.astype(np.uint8))
    (met,) = _numbers(connection, "SELECT cell FROM achievability_met")
    grade[met] = PASS
    (pending,) = _numbers(connection, "SELECT cell FROM achievability_pending")
    grade[pending] |= PENDING
    reported, points = _numbers(connection, "SELECT cell, points FROM achievability_reported ORDER BY cell")
    return _Cells(grade=grade, attempts=attempts, unknown=unknown, cell=reported, points=points)
