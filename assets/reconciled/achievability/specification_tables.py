"""What the SQL needs of the specifications, as temporary tables.

They are `held`, `specification`, `unit`, `grade`, `overall` and `pathway`, each named `achievability_<name>`, and dropped by
`unit_states`.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl
from duckdb import DuckDBPyConnection

from assets.reconciled.achievability.held import HeldSpecifications, RefusedSpecification
from assets.reconciled.achievability.rule import PASS, grade_codes
from schemas.specification import Specification

Row = tuple[Any, ...]

_HELD = {
    "place": pl.Int32,
    "refused": pl.Boolean,
    "qualification_number": pl.String,
    "registered_from": pl.Date,
    "registered_to": pl.Date,
}
_SPECIFICATION = {
    "place": pl.Int32,
    "name": pl.String,
    "version": pl.String,
    "worked_example": pl.Boolean,
    "suite": pl.String,
    "size": pl.Int32,
    "codes": pl.Int32,
    "pathways": pl.Int32,
}
UNIT = {
    "specification": pl.Int32,
    "unit_number": pl.String,
    "own_number": pl.String,
    "place": pl.Int32,
    "kind": pl.String,
    "title": pl.String,
    "size": pl.Int32,
    "attempts": pl.Int32,
    "reported": pl.Boolean,
    "counts_points": pl.Boolean,
    "quantity": pl.Int64,
}
_GRADE = {"specification": pl.Int32, "place": pl.Int32, "grade": pl.String, "code": pl.UInt8}
_OVERALL = {"specification": pl.Int32, "grade": pl.String, "place": pl.Int32}
_PATHWAY = {"specification": pl.Int32, "known_as": pl.String, "pathway_place": pl.Int32}


def register(connection: DuckDBPyConnection, held: HeldSpecifications) -> None:
    """Create the temporary tables."""
    versions: list[tuple[int, bool, Specification | RefusedSpecification]] = [
        *((place, False, found) for place, found in enumerate(held.specifications)),
        *((-1, True, found) for found in held.refused),
    ]
    specifications = list(enumerate(held.specifications))
    tables: dict[str, tuple[dict[str, Any], list[Row]]] = {
        "held": (
            _HELD,
            [
                (place, set_aside, number, found.registered_from, found.registered_to)
                for place, set_aside, found in versions
                for number in found.qualification_numbers
            ],
        ),
        "specification": (
            _SPECIFICATION,
            [
                (
                    place,
                    found.name,
                    found.version,
                    found.worked_example,
                    found.suite,
                    found.size,
                    len(found.positions),
                    len(found.pathways),
                )
                for place, found in specifications
            ],
        ),
        "unit": (UNIT, [row for place, found in specifications for row in unit_rows(place, found)]),
        "grade": (_GRADE, [row for place, found in specifications for row in _grades(place, found)]),
        "overall": (
            _OVERALL,
            [
                (place, grade, number)
                for place, found in specifications
                for number, grade in enumerate(found.grading.grades, start=1)
            ],
        ),
        "pathway": (
            _PATHWAY,
            [
                (place, name.upper(), number)
                for place, found in specifications
                for number, pathway in enumerate(found.pathways)
                for name in (pathway.name, *pathway.known_as)
            ],
        ),
    }
    for name, (columns, rows) in tables.items():
        _table(connection, f"achievability_{name}", pl.Schema(columns), rows)


def unit_rows(place: int, found: Specification) -> Iterator[Row]:
    """A row for every number under which a unit's or a gate's rows may come, as in `UNIT`."""
    for column, unit in enumerate(found.units):
        own = (column, unit.kind, unit.title, unit.size, unit.attempts, unit.reported, unit.reported, None)
        for number in (unit.number, *unit.equivalents):
            yield place, number, unit.number, *own
    for column, gate in enumerate(found.gates, start=len(found.units)):
        counted = gate.quantity is not None
        yield place, gate.code, gate.code, column, "gate", gate.name, 0, None, False, counted, gate.quantity


def _grades(place: int, found: Specification) -> Iterator[Row]:
    for column, unit in enumerate(found.units):
        for grade, code in grade_codes(unit).items():
            yield place, column, grade, code
    for column, gate in enumerate(found.gates, start=len(found.units)):
        for grade in gate.met_by:
            yield place, column, grade, PASS


def _table(connection: DuckDBPyConnection, name: str, columns: pl.Schema, rows: Sequence[Row]) -> None:
    connection.register("achievability_given", pl.DataFrame(rows, schema=columns, orient="row"))
    try:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM achievability_given")
    finally:
        connection.unregister("achievability_given")
