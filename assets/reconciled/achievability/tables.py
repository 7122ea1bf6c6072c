"""The tables that achievability writes: how numbered answers become rows, in sets.

`registrations` gives the frames; temporary tables of `unit_states` give the rest. What the columns of the published tables
mean is in `schemas.published`.
"""

import polars as pl
from duckdb import DuckDBPyConnection

from assets.reconciled.achievability.unit_parts import UnitParts
from schemas.achievability import UNIT_REASONS, UNIT_STATES

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

_UNIT_PARTS = f"""
    CREATE OR REPLACE TABLE reconciled.unit_parts AS
    SELECT
        parts.part,
        parts.place + 1 AS place,
        unit.unit_number,
        unit.title,
        unit.size,
        unit.kind,
        {list(UNIT_STATES)}[parts.state + 1] AS state,
        parts.pending,
        parts.open,
        CASE WHEN parts.deadline >= 0 THEN DATE '1970-01-01' + parts.deadline END AS enter_by,
        grade.grade,
        parts.counted,
        {list(UNIT_REASONS)}[parts.why + 1] AS why,
        parts.barred
    FROM achievability_parts AS parts
    INNER JOIN achievability_unit AS unit
        ON
            unit.specification = parts.specification
            AND unit.place = parts.place
            AND unit.unit_number = unit.own_number
    LEFT JOIN achievability_grade AS grade
        ON
            grade.specification = parts.specification
            AND grade.place = parts.place
            AND grade.code = parts.code
            AND unit.kind <> 'gate'
"""

_SITUATIONS = "CREATE OR REPLACE TABLE reconciled.situations AS SELECT situation, units FROM achievability_situations"

_BARRED_UNITS = """
    CREATE OR REPLACE TABLE reconciled.barred_units AS
    SELECT barred.situation, unit.unit_number, barred.counted
    FROM achievability_barred AS barred
    INNER JOIN achievability_unit AS unit
        ON
            unit.specification = barred.specification
            AND unit.place = barred.place
            AND unit.unit_number = unit.own_number
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


def write(connection: DuckDBPyConnection, answers: pl.DataFrame, given: pl.DataFrame, units: UnitParts) -> None:
    """Create the positions, as a temporary table, and what goes with them.

    These are `reconciled.situations` (each distinct situation's units), `.unit_parts` (what is said of a unit),
    `.barred_units` (secured units of barred sets that do not count as a whole), `.specification_units` (the numbers under
    which a unit's or a gate's rows may come) and `.specification_grades` (overall grades, lowest first).

    Args:
        connection: within the block of `unit_states`.
        answers, given: with the columns of `ANSWERS` and `GIVEN`.
        units: the units of the distinct situations.
    """
    frames = {
        "achievability_answer": answers,
        "achievability_given": given,
        "achievability_parts": pl.concat(units.parts),
        "achievability_situations": pl.concat(units.situations),
        "achievability_barred": pl.concat(units.barred),
    }
    for name, frame in frames.items():
        connection.register(name, frame)
    try:
        for statement in (
            _POSITIONS,
            _UNIT_PARTS,
            _SITUATIONS,
            _BARRED_UNITS,
            _SPECIFICATION_UNITS,
            _SPECIFICATION_GRADES,
        ):
            connection.execute(statement)
    finally:
        for name in frames:
            connection.unregister(name)


def finish(connection: DuckDBPyConnection) -> None:
    """Create `reconciled.achievability` from the positions and the fallbacks."""
    connection.execute(_ACHIEVABILITY)
    for table in ("achievability_position", "achievability_fallback"):
        connection.execute(f"DROP TABLE IF EXISTS temp.{table}")
