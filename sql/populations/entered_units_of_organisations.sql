/*
statement: Each unit entry that an organisation holds for a registration held by both, and whether the centre has it too.
grain: awarding_organisation_rn, registration_number, qualification_number, unit_number, series
*/
-- Compared only where both sides hold the registration (flag contract, point 5). A withdrawn entry counts as not held
-- (point 10). An entry of the centre without a series answers any. A learner may have two rows at one centre.
WITH centre_entry AS (
    SELECT
        held.awarding_organisation_rn,
        held.registration_number,
        entry.qualification_number,
        entry.unit_number,
        entry.series
    FROM standardised.centre_unit_entries AS entry
    INNER JOIN reconciled.registrations_held_by_both AS held
        ON
            entry.centre_number = held.centre_number
            AND entry.centre_learner_reference = held.centre_learner_reference
            AND entry.qualification_number = held.qualification_number
    WHERE entry.entry_status = 'entered'
),

with_series AS (
    SELECT DISTINCT
        awarding_organisation_rn,
        registration_number,
        qualification_number,
        unit_number,
        series
    FROM centre_entry
    WHERE series IS NOT NULL
),

without_series AS (
    SELECT DISTINCT
        awarding_organisation_rn,
        registration_number,
        qualification_number,
        unit_number
    FROM centre_entry
    WHERE series IS NULL
),

registration AS (
    SELECT DISTINCT
        awarding_organisation_rn,
        registration_number,
        qualification_number
    FROM reconciled.registrations_held_by_both
)

SELECT
    entry.awarding_organisation_rn,
    entry.registration_number,
    entry.qualification_number,
    entry.unit_number,
    entry.series,
    with_series.unit_number IS NOT NULL OR without_series.unit_number IS NOT NULL AS known
FROM standardised.ao_unit_entries AS entry
INNER JOIN registration
    ON
        entry.awarding_organisation_rn = registration.awarding_organisation_rn
        AND entry.registration_number = registration.registration_number
        AND entry.qualification_number = registration.qualification_number
LEFT JOIN with_series
    ON
        entry.awarding_organisation_rn = with_series.awarding_organisation_rn
        AND entry.registration_number = with_series.registration_number
        AND entry.qualification_number = with_series.qualification_number
        AND entry.unit_number = with_series.unit_number
        AND entry.series = with_series.series
LEFT JOIN without_series
    ON
        entry.awarding_organisation_rn = without_series.awarding_organisation_rn
        AND entry.registration_number = without_series.registration_number
        AND entry.qualification_number = without_series.qualification_number
        AND entry.unit_number = without_series.unit_number
WHERE entry.entry_status = 'entered'
