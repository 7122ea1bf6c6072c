"""Unit states from the warehouse: each open registration's specification and dates, and where each of its units stands.

Everything is brought together in sets by DuckDB (`unit_state_sql`); Python receives numbers only (places, codes, days),
never a learner's identifiers. Judging the states belongs in `engine`, writing the answers in `registrations`.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import polars as pl
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from assets.reconciled.achievability.held import HeldSpecifications, RefusedSpecification
from assets.reconciled.achievability.rule import grade_codes
from assets.reconciled.achievability.situations import (
    EXHAUSTED,
    PENDING,
    UNKNOWN_DEADLINE,
    Situations,
    UnitCalendar,
)
from assets.reconciled.achievability.unit_state_sql import STATEMENTS, TABLES
from schemas.specification import Specification

#: Code of a grade that the specification's unit grades do not hold.
_UNKNOWN_GRADE = 255
#: Stands for "cannot be entered any more" among days.
_CLOSED = -1


@dataclass(frozen=True, kw_only=True)
class SpecificationStates:
    """The registrations of one specification.

    Attributes:
        place: the specification's place among those held.
        first: number of its first registration; they are numbered on from it.
        situations: their situations, in that order.
        unknown_grade: for each of them whether one of its results carries a grade that is not known.
    """

    place: int
    first: int
    situations: Situations
    unknown_grade: NDArray[np.bool_]


@contextmanager
def unit_states(connection: DuckDBPyConnection, held: HeldSpecifications) -> Iterator[list[SpecificationStates]]:
    """The states of all open registrations that can be assessed, specification by specification.

    Within the block the temporary table `achievability_registration` holds every open registration: its keys,
    `centre_number`, `pathway`, `target`, `specification` (place), `reason` (empty where it can be assessed) and
    `registration` (number).

    Args:
        connection: with `standardised`, `reconciled.calendar` and `landed.run_context`.
        held: the specifications.
    """
    try:
        _register(connection, held)
        for statement in STATEMENTS:
            connection.execute(statement)
        yield list(_states(connection, held.specifications))
    finally:
        for table in TABLES:
            connection.execute(f"DROP TABLE IF EXISTS temp.{table}")


def _register(connection: DuckDBPyConnection, held: HeldSpecifications) -> None:
    """Put what the SQL needs of the specifications into temporary tables."""
    versions: list[tuple[int, bool, Specification | RefusedSpecification]] = [
        *((place, False, found) for place, found in enumerate(held.specifications)),
        *((-1, True, found) for found in held.refused),
    ]
    _table(
        connection,
        "achievability_held",
        pl.Schema(
            {
                "place": pl.Int32,
                "refused": pl.Boolean,
                "qualification_number": pl.String,
                "registered_from": pl.Date,
                "registered_to": pl.Date,
            }
        ),
        [
            (place, set_aside, number, found.registered_from, found.registered_to)
            for place, set_aside, found in versions
            for number in found.qualification_numbers
        ],
    )
    specifications = list(enumerate(held.specifications))
    _table(
        connection,
        "achievability_specification",
        pl.Schema(
            {
                "place": pl.Int32,
                "name": pl.String,
                "version": pl.String,
                "worked_example": pl.Boolean,
                "units": pl.Int32,
            }
        ),
        [(place, found.name, found.version, found.worked_example, len(found.units)) for place, found in specifications],
    )
    _table(
        connection,
        "achievability_unit",
        pl.Schema({"specification": pl.Int32, "unit_number": pl.String, "place": pl.Int32}),
        [(place, number, column) for place, found in specifications for number, column in found.positions.items()],
    )
    _table(
        connection,
        "achievability_grade",
        pl.Schema({"specification": pl.Int32, "grade": pl.String, "code": pl.UInt8}),
        [(place, grade, code) for place, found in specifications for grade, code in grade_codes(found).items()],
    )


def _table(connection: DuckDBPyConnection, name: str, columns: pl.Schema, rows: Sequence[tuple[object, ...]]) -> None:
    connection.register("achievability_given", pl.DataFrame(rows, schema=columns, orient="row"))
    try:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM achievability_given")
    finally:
        connection.unregister("achievability_given")


def _numbers(connection: DuckDBPyConnection, query: str) -> list[NDArray[np.int64]]:
    """The columns of a query that gives numbers only."""
    return [column.to_numpy() for column in connection.sql(query).pl().get_columns()]


def _states(connection: DuckDBPyConnection, specifications: Sequence[Specification]) -> Iterator[SpecificationStates]:
    of_registration, calendar, specification = _numbers(
        connection,
        "SELECT registration, calendar, specification FROM achievability_registration WHERE reason IS NULL",
    )
    in_order = np.empty((2, len(of_registration)), dtype=np.int32)
    in_order[:, of_registration] = calendar, specification
    widths = np.array([len(found.units) for found in specifications], dtype=np.int64)
    cells, attempts, unknown = _cells(connection, int(widths[in_order[1]].sum()) if len(widths) else 0)
    days = _days(connection)
    first_cell = first = 0
    for place, count in enumerate(np.bincount(in_order[1], minlength=len(specifications)).tolist()):
        width = int(widths[place])
        block = slice(first_cell, first_cell + count * width)
        rows = slice(first, first + count)
        first_cell, first = block.stop, rows.stop
        if count:
            own = cells[block].reshape(count, width)
            _mark_exhausted(specifications[place], own, attempts[block].reshape(count, width))
            yield SpecificationStates(
                place=place,
                first=rows.start,
                situations=_situations(specifications[place], own, in_order[0, rows], days),
                unknown_grade=np.logical_or.reduce(unknown[block].reshape(count, width), axis=1),
            )


def _cells(
    connection: DuckDBPyConnection, number: int
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.bool_]]:
    """Each cell's best grade and pending mark, its number of results, and whether a grade is not known.

    The best grade counts, not the latest (feed contract); attempts used are results received (point 8).
    """
    cell, code = _numbers(connection, "SELECT cell, code FROM achievability_result")
    cells, attempts = np.zeros(number, dtype=np.uint8), np.zeros(number, dtype=np.uint8)
    unknown = np.zeros(number, dtype=np.bool_)
    strange = code == _UNKNOWN_GRADE
    unknown[cell[strange]] = True
    np.maximum.at(cells, cell, np.where(strange, 0, code).astype(np.uint8))
    np.add.at(attempts, cell, np.uint8(1))
    (pending,) = _numbers(connection, "SELECT cell FROM achievability_pending")
    cells[pending] |= PENDING
    return cells, attempts, unknown


def _mark_exhausted(specification: Specification, cells: NDArray[np.uint8], attempts: NDArray[np.uint8]) -> None:
    for column, unit in enumerate(specification.units):
        if unit.attempts is not None:
            cells[:, column] |= np.where(attempts[:, column] >= unit.attempts, EXHAUSTED, 0).astype(np.uint8)


def _days(connection: DuckDBPyConnection) -> NDArray[np.int64]:
    """Calendars x 2: the last usable day for external and for internal units, in days since 1970-01-01.

    A deadline on the run's day has not passed (point 10). Internal units without a known claim deadline are open.
    """
    columns = _numbers(
        connection,
        f"""
        SELECT
            calendar.calendar,
            COALESCE(datediff('day', DATE '1970-01-01', calendar.entry_deadline), {_CLOSED}) AS external,
            CASE
                WHEN calendar.claim_deadline IS NULL THEN {UNKNOWN_DEADLINE}
                WHEN calendar.claim_deadline >= run_context.as_of
                    THEN datediff('day', DATE '1970-01-01', calendar.claim_deadline)
                ELSE {_CLOSED}
            END AS internal
        FROM achievability_calendar AS calendar
        CROSS JOIN landed.run_context
        """,
    )
    days = np.empty((len(columns[0]), 2), dtype=np.int64)
    days[columns[0]] = np.stack(columns[1:], axis=1)
    return days


def _situations(
    specification: Specification, cells: NDArray[np.uint8], calendar: NDArray[np.int32], days: NDArray[np.int64]
) -> Situations:
    """The situations of a specification's registrations; calendars with the same deadlines are one."""
    used = np.unique(calendar)
    own, place = np.unique(days[used], axis=0, return_inverse=True)
    internal = np.array([unit.kind == "internal" for unit in specification.units])
    last = [np.where(internal, claim, entry) for entry, claim in own.tolist()]
    return Situations(
        cells=cells,
        calendar=place.reshape(-1)[np.searchsorted(used, calendar)].astype(np.int32),
        calendars=tuple(UnitCalendar(can_enter=day != _CLOSED, deadline=day.astype(np.int32)) for day in last),
    )
