/*
statement: Each unit of an open registration that has more results than its specification allows attempts.
grain: awarding_organisation_rn, registration_number, qualification_number, unit_number
*/
-- Attempts used are results received, under the unit's own number or an equivalent one (achievability contract, point 8).
-- The last series is that of the attempt beyond the limit, or a later one.
SELECT
    result.awarding_organisation_rn,
    result.registration_number,
    result.qualification_number,
    unit.own_number AS unit_number,
    unit.attempts AS attempts_allowed,
    COUNT(*) AS attempts_used,
    MAX(result.series) AS last_series
FROM standardised.ao_unit_results AS result
INNER JOIN reconciled.achievability AS possible
    ON
        result.awarding_organisation_rn = possible.awarding_organisation_rn
        AND result.registration_number = possible.registration_number
        AND result.qualification_number = possible.qualification_number
INNER JOIN reconciled.specification_units AS unit
    ON
        possible.specification = unit.specification
        AND possible.specification_version = unit.specification_version
        AND result.unit_number = unit.unit_number
WHERE unit.attempts IS NOT NULL
GROUP BY
    result.awarding_organisation_rn,
    result.registration_number,
    result.qualification_number,
    unit.own_number,
    unit.attempts
HAVING COUNT(*) > unit.attempts
