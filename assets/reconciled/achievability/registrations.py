"""Assessing all open registrations: `reconciled.achievability`, one row each, and the tables that go with it.

States come from `unit_states`, answers from `engine`, each unit's part in them from `situation_units`, smaller sizes from
`fallbacks`; here they are joined back by number and written. When this runs, and in which run, belongs in `pipelines`.
"""

from collections import Counter

import numpy as np
import polars as pl
from duckdb import DuckDBPyConnection

from assets.reconciled.achievability import tables
from assets.reconciled.achievability.engine import Assessments, assess
from assets.reconciled.achievability.fallbacks import find_fallbacks
from assets.reconciled.achievability.held import HeldSpecifications
from assets.reconciled.achievability.judged import STATUSES
from assets.reconciled.achievability.situation_units import situation_units
from assets.reconciled.achievability.unit_parts import UnitParts
from assets.reconciled.achievability.unit_states import FINE, REASONS, SpecificationStates, unit_states
from schemas.specification import Specification


def assess_registrations(connection: DuckDBPyConnection, held: HeldSpecifications) -> dict[str, int]:
    """Create `reconciled.achievability`: one row an open registration (status active or completed).

    Columns: the registration's key, `centre_number`, `pathway`, `specification`, `specification_version`, `worked_example`,
    `target_date`, `situation`, `status`, `reason` (of `cannot_assess`), `secured_grade`, `on_track_grade`, `best_grade`,
    `actions` (what to enter or claim, or what clashes), `action_count`, `act_by`, `pathways_differ` (none is recorded, and
    the status differs between them), `fallback_qualification_number`, `fallback_grade`.

    With it come the tables of `tables.write`: what each unit has to do with it, situation by situation, and what SQL needs
    of the specifications.

    Args:
        connection: with the standardised layer, `reconciled.calendar` and `landed.run_context`.
        held: the specifications, as `load_specifications` gives them.

    Returns:
        Counts: `registrations`, `situations` (distinct ones worked out), one for each status that occurs, and
        `specifications_refused`.
    """
    answers, given, parts = [tables.ANSWERS], [tables.GIVEN], UnitParts()
    number = 0
    with unit_states(connection, held) as states:
        for own in states:
            specification = held.specifications[own.place]
            found = assess(specification, own.situations)
            answers.append(_answers(specification, found, number))
            given.append(_given(own, found, number))
            parts.add(own.place, situation_units(specification, found), number)
            number += len(found.status)
        tables.write(connection, pl.concat(answers), pl.concat(given), parts)
    find_fallbacks(connection, held)
    tables.finish(connection)
    counts = Counter(
        dict(connection.execute("SELECT status, count(*) FROM reconciled.achievability GROUP BY status").fetchall())
    )
    return {
        "registrations": counts.total(),
        "situations": number,
        **counts,
        "specifications_refused": len(held.refused),
    }


def _answers(specification: Specification, found: Assessments, first: int) -> pl.DataFrame:
    """The distinct answers, numbered from `first`."""
    # NO_GRADE is -1 and so the last place.
    grades = np.array([*specification.grading.grades, None], dtype=object)
    count = len(found.status)
    return pl.DataFrame(
        {
            "situation": np.arange(first, first + count, dtype=np.int32),
            "status": np.array(STATUSES, dtype=object)[found.status].tolist(),
            "secured_grade": grades[found.secured].tolist(),
            "on_track_grade": grades[found.on_track].tolist(),
            "best_grade": grades[found.best].tolist(),
            "actions": found.words,
            "action_count": found.action_count,
            "act_by": found.act_by,
            "pathways_differ": found.differs,
        },
        schema=tables.ANSWERS.schema,
    )


def _given(own: SpecificationStates, found: Assessments, first: int) -> pl.DataFrame:
    """Which answer each registration was given, or why none."""
    count = len(found.place)
    reasons = np.array(REASONS, dtype=object)[own.fault]
    return pl.DataFrame(
        {
            "registration": np.arange(own.first, own.first + count, dtype=np.int32),
            "situation": np.where(own.fault == FINE, found.place + first, -1),
            "fault": reasons.tolist(),
        },
        schema=tables.GIVEN.schema,
    )
