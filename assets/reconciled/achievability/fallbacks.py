"""Fallbacks: where the registered size is out of reach, the largest smaller size of the suite that is not.

The learner's own rows are judged by the smaller sizes' rules, with those qualifications' dates, and the version in force on
the registration date. A pathway that the smaller size does not know is taken as none recorded. Writing the columns
belongs in `tables`.
"""

import numpy as np
import polars as pl
from duckdb import DuckDBPyConnection

from assets.reconciled.achievability.engine import rules_of
from assets.reconciled.achievability.grades import NO_GRADE, best_grades
from assets.reconciled.achievability.held import HeldSpecifications
from assets.reconciled.achievability.scopes import scopes
from assets.reconciled.achievability.situations import NO_PATHWAY, Situations
from assets.reconciled.achievability.unit_states import FINE, unit_states
from schemas.specification import Specification

# Each registration out of reach with the smaller sizes of its suite; sizes of one measure alone can be compared.
_CANDIDATES = """
    SELECT
        registration.awarding_organisation_rn,
        registration.registration_number,
        registration.qualification_number,
        smaller.qualification_number AS judged_number,
        registration.centre_number,
        CASE WHEN smaller.pathways LIKE '%|' || upper(registration.pathway) || '|%' THEN registration.pathway END AS pathway,
        registration.registration_date,
        registration.planned_completion
    FROM achievability_position AS position
    INNER JOIN standardised.ao_registrations AS registration
        USING (awarding_organisation_rn, registration_number, qualification_number)
    INNER JOIN achievability_size AS own
        ON
            own.qualification_number = position.qualification_number
            AND own.specification = position.specification
            AND own.version = position.specification_version
    INNER JOIN achievability_size AS smaller
        ON
            smaller.suite = own.suite
            AND smaller.measure = own.measure
            AND smaller.awarding_organisation_rn = own.awarding_organisation_rn
            AND smaller.size < own.size
            AND registration.registration_date >= smaller.registered_from
            AND registration.registration_date <= COALESCE(smaller.registered_to, DATE '9999-12-31')
    WHERE position.status = 'unachievable'
"""

_FALLBACKS = """
    CREATE OR REPLACE TEMP TABLE achievability_fallback AS
    SELECT
        registration.awarding_organisation_rn,
        registration.registration_number,
        registration.qualification_number,
        arg_max(registration.judged_number, (held.size, registration.judged_number)) AS fallback_qualification_number,
        arg_max(given.grade, (held.size, registration.judged_number)) AS fallback_grade
    FROM achievability_registration AS registration
    INNER JOIN achievability_specification AS held ON held.place = registration.specification
    INNER JOIN achievability_attained AS given ON given.registration = registration.registration
    WHERE given.grade IS NOT NULL
    GROUP BY ALL
"""


def find_fallbacks(connection: DuckDBPyConnection, held: HeldSpecifications) -> None:
    """Create the temporary table `achievability_fallback`: the registration's key and the two columns.

    Args:
        connection: with `achievability_position`.
        held: the specifications.
    """
    connection.register("achievability_size", _sizes(held))
    attained = [pl.DataFrame(schema={"registration": pl.Int32, "grade": pl.String})]
    try:
        with unit_states(connection, held, _CANDIDATES) as states:
            for own in states:
                specification = held.specifications[own.place]
                distinct, place = own.situations.distinct()
                grades = np.array([*specification.grading.grades, None], dtype=object)
                grade = np.where(own.fault == FINE, _best(specification, distinct)[place], NO_GRADE)
                numbers = np.arange(own.first, own.first + len(place), dtype=np.int32)
                attained.append(
                    pl.DataFrame({"registration": numbers, "grade": grades[grade].tolist()}, schema=attained[0].schema)
                )
            connection.register("achievability_attained", pl.concat(attained))
            connection.execute(_FALLBACKS)
    finally:
        for name in ("achievability_size", "achievability_attained"):
            connection.unregister(name)


def _best(specification: Specification, situations: Situations) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The best grade of each situation, whatever has to be done for it."""
    best = np.full(len(situations.cells), NO_GRADE, dtype=np.int64)
    for number, rule in enumerate(rules_of(specification)):
        rows = np.flatnonzero((situations.pathway == number) | (situations.pathway == NO_PATHWAY))
        if len(rows):
            found = best_grades(rule, scopes(rule, situations.of(rows)).best)
            best[rows] = np.maximum(best[rows], found)
    return best


def _sizes(held: HeldSpecifications) -> pl.DataFrame:
    rows = [
        (
            number,
            found.name,
            found.version,
            found.awarding_organisation_rn,
            found.suite,
            found.measure,
            found.size,
            found.registered_from,
            found.registered_to,
            "|" + "|".join(name.upper() for one in found.pathways for name in (one.name, *one.known_as)) + "|",
        )
        for found in held.specifications
        for number in found.qualification_numbers
    ]
    columns = {
        "qualification_number": pl.String,
        "specification": pl.String,
        "version": pl.String,
        "awarding_organisation_rn": pl.String,
        "suite": pl.String,
        "measure": pl.String,
        "size": pl.Int32,
        "registered_from": pl.Date,
        "registered_to": pl.Date,
        "pathways": pl.String,
    }
    return pl.DataFrame(rows, schema=columns, orient="row")
