/*
statement: Each unit and series that a standing registration has an entry or a result for, and which of the two.
grain: awarding_organisation_rn, registration_number, qualification_number, unit_number, series
*/
-- An entry that was withdrawn counts as none. The organisation's two unit tables are read together here once, and the
-- flags on single units look at this table; it is among the largest, so it holds no more than they need.
WITH entry AS (
    SELECT
        awarding_organisation_rn,
        registration_number,
        qualification_number,
        unit_number,
        series
    FROM standardised.ao_unit_entries
    WHERE entry_status = 'entered'
),

held AS (
    SELECT
        COALESCE(result.awarding_organisation_rn, entry.awarding_organisation_rn) AS awarding_organisation_rn,
        COALESCE(result.registration_number, entry.registration_number) AS registration_number,
        COALESCE(result.qualification_number, entry.qualification_number) AS qualification_number,
        COALESCE(result.unit_number, entry.unit_number) AS unit_number,
        COALESCE(result.series, entry.series) AS series,
        entry.unit_number IS NOT NULL AS has_entry,
        result.unit_number IS NOT NULL AS has_result
    FROM standardised.ao_unit_results AS result
    FULL OUTER JOIN entry
        ON
            result.awarding_organisation_rn = entry.awarding_organisation_rn
            AND result.registration_number = entry.registration_number
            AND result.qualification_number = entry.qualification_number
            AND result.unit_number = entry.unit_number
            AND result.series = entry.series
)

SELECT
    held.awarding_organisation_rn,
    held.registration_number,
    held.qualification_number,
    held.unit_number,
    held.series,
    held.has_entry,
    held.has_result
FROM held
INNER JOIN reconciled.open_registrations AS registration
    ON
        held.awarding_organisation_rn = registration.awarding_organisation_rn
        AND held.registration_number = registration.registration_number
        AND held.qualification_number = registration.qualification_number
WHERE registration.stands
