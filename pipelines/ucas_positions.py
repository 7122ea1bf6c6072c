"""What UCAS may be told of: an organisation's registrations whose learner has a live application, as the last run left them.

Awards and names are not published, so they are read from the warehouse, and only if what is published was made of it. Who
is one person was decided by the run: a registration without an accepted link to an application is counted here and no more.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from pipelines.settings import Settings, UserError
from pipelines.warehouse import read_warehouse

#: At UCAS, a query: the award is pending (UCAS, Results processing service: grades explained).
PENDING = "Q"

# Of several live applications of a learner the first stands (docs/decisions, readings of the flag contract).
_POSITIONS = f"""
WITH application AS (
    SELECT application.learner_id, application.personal_id
    FROM reconciled.live_applications AS application
    QUALIFY row_number() OVER (
        PARTITION BY application.learner_id ORDER BY application.applied_on NULLS LAST, application.personal_id
    ) = 1
)
SELECT
    registration.registration_number,
    registration.qualification_number,
    registered.surname,
    registered.forename,
    registered.sex,
    registered.date_of_birth,
    registered.uln,
    registration.current_centre_number AS centre_number,
    application.personal_id,
    registration.planned_completion,
    expected.registration_number IS NOT NULL AS is_expected,
    CASE
        WHEN issued.grade IS NOT NULL THEN issued.grade
        WHEN standing.stands AND award.result_status = 'pending' THEN '{PENDING}'
        ELSE ''
    END AS result,
    issued.grade IS NOT NULL AS is_issued,
    COALESCE(year(issued.issued_on) + CASE WHEN month(issued.issued_on) > 10 THEN 1 ELSE 0 END >= $cycle, TRUE)
        AND COALESCE(CAST(substr(registration.planned_completion, 1, 4) AS INTEGER) >= $cycle, TRUE) AS of_cycle,
    release.falls_on AS released_at
FROM reconciled.linked_registrations AS registration
INNER JOIN application USING (learner_id)
INNER JOIN standardised.ao_registrations AS registered
    USING (awarding_organisation_rn, registration_number, qualification_number)
LEFT JOIN reconciled.open_registrations AS standing
    USING (awarding_organisation_rn, registration_number, qualification_number)
LEFT JOIN reconciled.expected_registrations AS expected
    USING (awarding_organisation_rn, registration_number, qualification_number)
LEFT JOIN reconciled.issued_awards AS issued
    USING (awarding_organisation_rn, registration_number, qualification_number)
LEFT JOIN standardised.ao_awards AS award
    USING (awarding_organisation_rn, registration_number, qualification_number)
LEFT JOIN reconciled.completion_dates AS release
    ON registration.awarding_organisation_rn = release.awarding_organisation_rn
    AND registration.qualification_number = release.qualification_number
    AND registration.planned_completion IS NOT DISTINCT FROM release.planned_completion
    AND release.event = 'results_to_ucas'
WHERE registration.awarding_organisation_rn = $organisation
ORDER BY registration.registration_number, registration.qualification_number
"""

_WITHOUT_APPLICATION = """
SELECT count(*)
FROM reconciled.issued_awards AS award
WHERE award.awarding_organisation_rn = $organisation
    AND NOT EXISTS (FROM reconciled.live_applications AS application WHERE application.learner_id = award.learner_id)
"""

# Flags that name an application are what UCAS is asked about, or asks about.
_FLAGS = """
SELECT registration_number, qualification_number, list(flag_id ORDER BY flag_id) AS flags
FROM published.flags
WHERE awarding_organisation_rn = $organisation
    AND registration_number IS NOT NULL AND qualification_number IS NOT NULL AND personal_id IS NOT NULL
    AND state <> 'resolved'
GROUP BY ALL
"""

_GRADES = """
SELECT grade FROM standardised.ao_awards WHERE awarding_organisation_rn = $organisation
UNION SELECT previous_grade FROM standardised.ao_awards WHERE awarding_organisation_rn = $organisation
UNION SELECT grade FROM standardised.earlier_award_grades WHERE awarding_organisation_rn = $organisation
ORDER BY grade
"""


@dataclass(frozen=True, kw_only=True)
class Positions:
    """What may be told of an organisation's registrations.

    Attributes:
        as_of: the run's day.
        cycle: its cycle.
        publication_id: of what the run published.
        rows: one a registration with an application: `registration_number`, `qualification_number`, `surname`, `forename`,
            `sex`, `date_of_birth` (Date), `uln`, `centre_number` (its present one), `personal_id`, `planned_completion`,
            `is_expected` (in the cycle), `result` (issued grade; `Q` while it is pending; else empty), `is_issued`,
            `of_cycle` (issued in the cycle or later, or not known), `released_at` (Datetime, UK local time: when results
            go to UCAS), `flags` (ids of flags that name an application).
        without_application: results that are issued to learners without an accepted link to a live application.
        grades: every grade that its awards have or had.
    """

    as_of: date
    cycle: int
    publication_id: str
    rows: pl.DataFrame
    without_application: int
    grades: tuple[str, ...]


def read_positions(settings: Settings, publication: Path, organisation: str) -> Positions:
    """The positions of one organisation, from the run that made the publication.

    Raises:
        UserError: nothing is published, the last run is not the one that was, or it holds no such organisation.
    """
    if not publication.exists():
        raise UserError(f"nothing is published at [{publication}]; run `reconcile run` first")
    with duckdb.connect(publication, read_only=True) as connection:
        published = _run(connection, publication)
    with read_warehouse(settings) as warehouse, _explained(publication):
        if _run(warehouse, publication) != published:
            raise UserError(
                f"what is published at [{publication}] is not what the last run left in [{settings.work}]: that run was "
                "held back or published elsewhere; `reconcile run` says why"
            )
        asked = {"organisation": organisation}
        rows = warehouse.execute(_POSITIONS, asked | {"cycle": published[2]}).pl()
        flags = warehouse.execute(_FLAGS, asked).pl()
        ((without,),) = warehouse.execute(_WITHOUT_APPLICATION, asked).fetchall()
        grades = [grade for (grade,) in warehouse.execute(_GRADES, asked).fetchall() if grade]
        ((known,),) = warehouse.execute(
            "SELECT count(*) FROM standardised.ao_registrations WHERE awarding_organisation_rn = $organisation", asked
        ).fetchall()
    if not known:
        raise UserError(f"no registration of [{organisation}] is held; give an awarding organisation's number")
    joined = rows.join(flags, on=["registration_number", "qualification_number"], how="left", maintain_order="left")
    return Positions(
        publication_id=published[0],
        as_of=published[1],
        cycle=published[2],
        rows=joined,
        without_application=without,
        grades=tuple(grades),
    )


def _run(connection: duckdb.DuckDBPyConnection, publication: Path) -> tuple[str, date, int]:
    with _explained(publication):
        ((publication_id, as_of, cycle),) = connection.execute(
            "SELECT publication_id, as_of, cycle FROM published.runs"
        ).fetchall()
    return publication_id, as_of, cycle


@contextmanager
def _explained(publication: Path) -> Iterator[None]:
    """A table that is missing belongs to an earlier version, or to a run that was stopped."""
    try:
        yield
    except duckdb.CatalogException:
        raise UserError(
            f"the last run was stopped or is of an earlier version than what is asked of [{publication}]; "
            "run `reconcile run` again"
        ) from None
