/*
statement: >-
  Each unit that a centre says a learner is entered for, and whether the organisation has an entry or a result for it.
grain: centre_number, centre_learner_reference, qualification_number, unit_number, series
*/
-- Compared only where both sides hold the registration (flag contract, point 5). A withdrawn entry counts as not held
-- (point 10). A centre that names no series is answered by an entry or a result of any.
WITH entered AS (
    SELECT
        entry.centre_number,
        entry.centre_learner_reference,
        entry.qualification_number,
        entry.unit_number,
        entry.series,
        held.awarding_organisation_rn,
        held.registration_number
    FROM standardised.centre_unit_entries AS entry
    INNER JOIN reconciled.registrations_held_by_both AS held
        ON
            entry.centre_number = held.centre_number
            AND entry.centre_learner_reference = held.centre_learner_reference
            AND entry.qualification_number = held.qualification_number
    WHERE entry.entry_status = 'entered'
),

in_any_series AS (
    SELECT
        entered.centre_number,
        entered.centre_learner_reference,
        entered.qualification_number,
        entered.unit_number,
        MAX(CASE WHEN entry.unit_number IS NOT NULL OR result.unit_number IS NOT NULL THEN 1 ELSE 0 END) AS known
    FROM entered
    LEFT JOIN standardised.ao_unit_entries AS entry
        ON
            entered.awarding_organisation_rn = entry.awarding_organisation_rn
            AND entered.registration_number = entry.registration_number
            AND entered.qualification_number = entry.qualification_number
            AND entered.unit_number = entry.unit_number
            AND entry.entry_status = 'entered'
    LEFT JOIN standardised.ao_unit_results AS result
        ON
            entered.awarding_organisation_rn = result.awarding_organisation_rn
            AND entered.registration_number = result.registration_number
            AND entered.qualification_number = result.qualification_number
            AND entered.unit_number = result.unit_number
    WHERE entered.series IS NULL
    GROUP BY
        entered.centre_number,
        entered.centre_learner_reference,
        entered.qualification_number,
        entered.unit_number
)

SELECT
    entered.centre_number,
    entered.centre_learner_reference,
    entered.qualification_number,
    entered.unit_number,
    entered.series,
    entry.unit_number IS NOT NULL OR result.unit_number IS NOT NULL AS known
FROM entered
LEFT JOIN standardised.ao_unit_entries AS entry
    ON
        entered.awarding_organisation_rn = entry.awarding_organisation_rn
        AND entered.registration_number = entry.registration_number
        AND entered.qualification_number = entry.qualification_number
        AND entered.unit_number = entry.unit_number
        AND entered.series = entry.series
        AND entry.entry_status = 'entered'
LEFT JOIN standardised.ao_unit_results AS result
    ON
        entered.awarding_organisation_rn = result.awarding_organisation_rn
        AND entered.registration_number = result.registration_number
        AND entered.qualification_number = result.qualification_number
        AND entered.unit_number = result.unit_number
        AND entered.series = result.series
WHERE entered.series IS NOT NULL
UNION ALL
SELECT
    centre_number,
    centre_learner_reference,
    qualification_number,
    unit_number,
    CAST(NULL AS VARCHAR) AS series,
    known = 1 AS known
FROM in_any_series
