/*
statement: >-
  Each grade of the run's cycle or a later one that UCAS holds for a registration, or a centre for an external unit of
  one, with the day from which that party may hold it.
grain: awarding_organisation_rn, registration_number, qualification_number, unit_number, series
*/
-- UCAS holds grades of whole qualifications: unit and series are then empty. A centre's own grade of an internal unit and
-- grades of earlier cycles are never early (flag contract, point 11); a claimed or predicted grade is in neither feed. A
-- centre may have two rows for one registration; one grade is enough.
WITH at_centre AS (
    SELECT
        held.awarding_organisation_rn,
        held.registration_number,
        held.qualification_number,
        entry.unit_number,
        entry.series,
        held.learner_id,
        held.centre_number,
        held.centre_learner_reference,
        entry.delivery_id,
        entry.line,
        ROW_NUMBER() OVER (
            PARTITION BY
                held.awarding_organisation_rn,
                held.registration_number,
                held.qualification_number,
                entry.unit_number,
                entry.series
            ORDER BY held.centre_number, held.centre_learner_reference
        ) AS place
    FROM standardised.centre_unit_entries AS entry
    INNER JOIN landed.run_context ON SUBSTR(entry.series, 1, 4) >= CAST(run_context.cycle AS VARCHAR)
    INNER JOIN reconciled.registrations_held_by_both AS held
        ON
            entry.centre_number = held.centre_number
            AND entry.centre_learner_reference = held.centre_learner_reference
            AND entry.qualification_number = held.qualification_number
    INNER JOIN reconciled.achievability AS possible
        ON
            held.awarding_organisation_rn = possible.awarding_organisation_rn
            AND held.registration_number = possible.registration_number
            AND held.qualification_number = possible.qualification_number
    INNER JOIN reconciled.specification_units AS unit
        ON
            possible.specification = unit.specification
            AND possible.specification_version = unit.specification_version
            AND entry.unit_number = unit.unit_number
            AND unit.kind = 'external'
    LEFT JOIN reconciled.no_grade_codes AS none ON entry.centre_grade = none.code AND none.channel = 'centre'
    WHERE entry.entry_status = 'entered' AND entry.centre_grade IS NOT NULL AND none.code IS NULL
)

SELECT
    at_ucas.awarding_organisation_rn,
    at_ucas.registration_number,
    at_ucas.qualification_number,
    CAST(NULL AS VARCHAR) AS unit_number,
    CAST(NULL AS VARCHAR) AS series,
    'UCAS' AS holder,
    at_ucas.learner_id,
    at_ucas.personal_id,
    at_ucas.centre_number,
    CAST(NULL AS VARCHAR) AS centre_learner_reference,
    CAST(released.falls_on AS DATE) AS held_from,
    at_ucas.delivery_id,
    at_ucas.line
FROM reconciled.grades_at_ucas AS at_ucas
LEFT JOIN reconciled.completion_dates AS released
    ON
        at_ucas.awarding_organisation_rn = released.awarding_organisation_rn
        AND at_ucas.qualification_number = released.qualification_number
        AND at_ucas.planned_completion IS NOT DISTINCT FROM released.planned_completion
        AND released.event = 'results_to_ucas'
UNION ALL
SELECT
    at_centre.awarding_organisation_rn,
    at_centre.registration_number,
    at_centre.qualification_number,
    at_centre.unit_number,
    at_centre.series,
    'the centre' AS holder,
    at_centre.learner_id,
    CAST(NULL AS VARCHAR) AS personal_id,
    at_centre.centre_number,
    at_centre.centre_learner_reference,
    CAST(released.falls_on AS DATE) AS held_from,
    at_centre.delivery_id,
    at_centre.line
FROM at_centre
LEFT JOIN reconciled.calendar AS released
    ON
        at_centre.awarding_organisation_rn = released.awarding_organisation_rn
        AND at_centre.qualification_number = released.qualification_number
        AND at_centre.series = released.series
        AND released.event = 'series_results'
WHERE at_centre.place = 1
