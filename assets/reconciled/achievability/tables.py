"""The tables that achievability writes: how numbered answers become rows, in sets.

`registrations` gives the frames; temporary tables of `unit_states` give the rest. What the columns of the published tables
mean is in `schemas.published`.
"""

import polars as pl
from duckdb import DuckDBPyConnection

from schemas.published import UNIT_REASONS, UNIT_STATES

ANSWERS = pl.DataFrame(
    schema={
        "situation": pl.Int32,
        "status": pl.String,
        "secured_grade": pl.String,
        "on_track_grade": pl.String,
        "best_grade": pl.String,
        "actions": pl.String,
        "action_count": pl.Int32,
        "act_by": pl.Date,
        "pathways_differ": pl.Boolean,
    }
)
GIVEN = pl.DataFrame(schema={"registration": pl.Int32, "situation": pl.Int32, "fault": pl.String})
UNITS = pl.DataFrame(
    schema={
        "situation": pl.Int32,
        "specification": pl.Int32,
        "place": pl.Int32,
        "code": pl.UInt8,
        "state": pl.UInt8,
        "pending": pl.Boolean,
        "open": pl.Boolean,
        "deadline": pl.Int32,
        "counted": pl.Boolean,
        "why": pl.UInt8,
        "barred": pl.Boolean,
    }
)

_POSITIONS = """
    CREATE OR REPLACE TEMP TABLE achievability_position AS
    SELECT
        registration.awarding_organisation_rn,
        registration.registration_number,
        registration.qualification_number,
        registration.centre_number,
        registration.pathway,
        held.name AS specification,
        held.version AS specification_version,
        held.worked_example,
        registration.target AS target_date,
        answer.situation,
        COALESCE(answer.status, 'cannot_assess') AS status,
        COALESCE(registration.reason, given.fault) AS reason,
        answer.secured_grade,
        answer.on_track_grade,
        answer.best_grade,
        answer.actions,
        COALESCE(answer.action_count, 0) AS action_count,
        answer.act_by,
        COALESCE(answer.pathways_differ, FALSE) AS pathways_differ
    FROM achievability_registration AS registration
    LEFT JOIN achievability_specification AS held ON held.place = registration.specification
    LEFT JOIN achievability_given AS given ON given.registration = registration.registration
    LEFT JOIN achievability_answer AS answer ON answer.situation = given.situation
"""

_SITUATION_UNITS = f"""
    CREATE OR REPLACE TABLE reconciled.situation_units AS
    SELECT
        units.situation,
        units.place + 1 AS place,
        unit.unit_number,
        unit.title,
        unit.size,
        unit.kind,
        {list(UNIT_STATES)}[units.state + 1] AS state,
        units.pending,
        units.open,
        CASE WHEN units.deadline >= 0 THEN DATE '1970-01-01' + units.deadline END AS enter_by,
        CASE WHEN unit.kind <> 'gate' THEN grade.grade END AS grade,
        units.counted,
        {list(UNIT_REASONS)}[units.why + 1] AS why,
        units.barred
    FROM achievability_units AS units
    INNER JOIN achievability_unit AS unit
        ON
            unit.specification = units.specification
            AND unit.place = units.place
            AND unit.unit_number = unit.own_number
    LEFT JOIN achievability_grade AS grade
        ON
            grade.specification = units.specification
            AND grade.place = units.place
            AND grade.code = units.code
            AND unit.kind <> 'gate'
"""

_SPECIFICATION_UNITS = """
    CREATE OR REPLACE TABLE reconciled.specification_units AS
    SELECT DISTINCT
        held.name AS specification,
        held.version AS specification_version,
        unit.unit_number,
        unit.own_number,
        unit.kind,
        unit.attempts
    FROM achievability_unit AS unit
    INNER JOIN achievability_specification AS held ON held.place = unit.specification
    ORDER BY ALL
"""

# Overall grades as feeds carry them, in capitals, the lowest first.
_SPECIFICATION_GRADES = """
    CREATE OR REPLACE TABLE reconciled.specification_grades AS
    SELECT DISTINCT
        held.name AS specification,
        held.version AS specification_version,
        upper(overall.grade) AS grade,
        overall.place
    FROM achievability_overall AS overall
    INNER JOIN achievability_specification AS held ON held.place = overall.specification
    ORDER BY ALL
"""

_ACHIEVABILITY = """
    CREATE OR REPLACE TABLE reconciled.achievability AS
    SELECT position.*, fallback.fallback_qualification_number, fallback.fallback_grade
    FROM achievability_position AS position
    LEFT JOIN achievability_fallback AS fallback
        USING (awarding_organisation_rn, registration_number, qualification_number)
    ORDER BY
        position.awarding_organisation_rn, position.registration_number, position.qualification_number
"""


def write(connection: DuckDBPyConnection, answers: pl.DataFrame, given: pl.DataFrame, units: pl.DataFrame) -> None:
    """Create `reconciled.situation_units`, `.specification_units` and `.specification_grades`, and the positions, as a
    temporary table.

    Args:
        connection: within the block of `unit_states`.
        answers, given, units: with the columns of `ANSWERS`, `GIVEN` and `UNITS`.
    """
    frames = {"achievability_answer": answers, "achievability_given": given, "achievability_units": units}
    for name, frame in frames.items():
        connection.register(name, frame)
    try:
        for statement in (_POSITIONS, _SITUATION_UNITS, _SPECIFICATION_UNITS, _SPECIFICATION_GRADES):
            connection.execute(statement)
    finally:
        for name in frames:
            connection.unregister(name)


def finish(connection: DuckDBPyConnection) -> None:
    """Create `reconciled.achievability` from the positions and the fallbacks."""
    connection.execute(_ACHIEVABILITY)
    for table in ("achievability_position", "achievability_fallback"):
        connection.execute(f"DROP TABLE IF EXISTS temp.{table}")
