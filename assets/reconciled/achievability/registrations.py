"""Assessing all open registrations: `reconciled.achievability`, one row each.

States come from `unit_states`, answers from an `Engine`; here they are joined back by number and written. When this
runs, and in which run, belongs in `pipelines`.
"""

from collections import Counter

import numpy as np
import polars as pl
from duckdb import DuckDBPyConnection

from assets.reconciled.achievability.engine import STATUSES, Assessments, Engine, SelectionEngine, exact_rule
from assets.reconciled.achievability.held import HeldSpecifications, RefusedSpecification, set_aside
from assets.reconciled.achievability.unit_states import SpecificationStates, unit_states
from schemas.specification import Specification, SpecificationError

_ANSWER = {
    "answer": pl.Int32,
    "status": pl.String,
    "secured_grade": pl.String,
    "on_track_grade": pl.String,
    "best_grade": pl.String,
    "actions": pl.String,
    "action_count": pl.Int32,
    "act_by": pl.Date,
}
_GIVEN = {"registration": pl.Int32, "answer": pl.Int32}
#: Stands for the answer of a registration whose results carry a grade that is not known.
_UNKNOWN_GRADE = -1

_WRITE = """
    CREATE OR REPLACE TABLE reconciled.achievability AS
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
        COALESCE(answer.status, 'cannot_assess') AS status,
        CASE
            WHEN registration.reason IS NOT NULL THEN registration.reason
            WHEN answer.status IS NULL THEN 'unknown_grade'
        END AS reason,
        answer.secured_grade,
        answer.on_track_grade,
        answer.best_grade,
        answer.actions,
        COALESCE(answer.action_count, 0) AS action_count,
        answer.act_by
    FROM achievability_registration AS registration
    LEFT JOIN achievability_specification AS held ON held.place = registration.specification
    LEFT JOIN achievability_given AS given ON given.registration = registration.registration
    LEFT JOIN achievability_answer AS answer ON answer.answer = given.answer
    ORDER BY
        registration.awarding_organisation_rn, registration.registration_number, registration.qualification_number
"""


def assess_registrations(
    connection: DuckDBPyConnection, held: HeldSpecifications, engine: Engine | None = None
) -> dict[str, int]:
    """Create `reconciled.achievability`: one row an open registration (status active or completed).

    Columns: the registration's key, `centre_number`, `pathway`, `specification`, `specification_version`, `worked_example`,
    `target_date`, `status`, `reason` (of `cannot_assess`), `secured_grade`, `on_track_grade`, `best_grade`, `actions`
    (what to enter or claim, or what clashes), `action_count`, `act_by`.

    Args:
        connection: with the standardised layer, `reconciled.calendar` and `landed.run_context`.
        held: the specifications, as `load_specifications` gives them. One that the engine refuses is set aside.
        engine: what answers; by default `SelectionEngine`.

    Returns:
        Counts: `registrations`, `situations` (distinct ones worked out), one for each status that occurs, and
        `specifications_refused`.
    """
    usable = _usable(held)
    answers, given = [pl.DataFrame(schema=_ANSWER)], [pl.DataFrame(schema=_GIVEN)]
    number = 0
    with unit_states(connection, usable) as states:
        for own in states:
            specification = usable.specifications[own.place]
            found = (engine or SelectionEngine()).assess(specification, own.situations)
            answers.append(_answers(specification, found, number))
            given.append(_given(own, found, number))
            number += len(found.status)
        _write(connection, pl.concat(answers), pl.concat(given))
    counts = Counter(
        dict(connection.execute("SELECT status, count(*) FROM reconciled.achievability GROUP BY status").fetchall())
    )
    return {
        "registrations": counts.total(),
        "situations": number,
        **counts,
        "specifications_refused": len(usable.refused),
    }


def _usable(held: HeldSpecifications) -> HeldSpecifications:
    """The specifications, less those for which no exact answer can be given."""
    kept: list[Specification] = []
    refused: list[RefusedSpecification] = list(held.refused)
    for specification in held.specifications:
        try:
            exact_rule(specification)
        except SpecificationError as error:
            refused.append(set_aside(specification, error))
        else:
            kept.append(specification)
    return HeldSpecifications(specifications=tuple(kept), refused=tuple(refused))


def _answers(specification: Specification, found: Assessments, first: int) -> pl.DataFrame:
    """The distinct answers, numbered from `first`."""
    # NO_GRADE is -1 and so the last place.
    grades = np.array([*(grade for grade, _ in specification.grading.thresholds), None], dtype=object)
    count = len(found.status)
    return pl.DataFrame(
        {
            "answer": np.arange(first, first + count, dtype=np.int32),
            "status": np.array(STATUSES, dtype=object)[found.status].tolist(),
            "secured_grade": grades[found.secured].tolist(),
            "on_track_grade": grades[found.on_track].tolist(),
            "best_grade": grades[found.best].tolist(),
            "actions": found.words,
            "action_count": found.action_count,
            "act_by": found.act_by,
        },
        schema=_ANSWER,
    )


def _given(own: SpecificationStates, found: Assessments, first: int) -> pl.DataFrame:
    """Which answer each registration was given."""
    count = len(found.place)
    return pl.DataFrame(
        {
            "registration": np.arange(own.first, own.first + count, dtype=np.int32),
            "answer": np.where(own.unknown_grade, _UNKNOWN_GRADE, found.place + first),
        },
        schema=_GIVEN,
    )


def _write(connection: DuckDBPyConnection, answers: pl.DataFrame, given: pl.DataFrame) -> None:
    connection.register("achievability_answer", answers)
    connection.register("achievability_given", given)
    try:
        connection.execute(_WRITE)
    finally:
        connection.unregister("achievability_answer")
        connection.unregister("achievability_given")
