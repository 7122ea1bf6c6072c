/*
statement: Each unit with a limit of attempts that a standing registration has results for, and how many.
grain: awarding_organisation_rn, registration_number, qualification_number, unit_number
*/
-- Attempts used are results received, under the unit's own number or an equivalent one (achievability contract, point
-- 8); unit_number is the own one. Only units whose specification is known have a limit.
SELECT
    attempt.awarding_organisation_rn,
    attempt.registration_number,
    attempt.qualification_number,
    unit.own_number AS unit_number,
    unit.attempts AS attempts_allowed,
    COUNT(*) AS attempts_used,
    MAX(attempt.series) AS last_series
FROM reconciled.registered_units AS attempt
INNER JOIN reconciled.achievability AS possible
    ON
        attempt.awarding_organisation_rn = possible.awarding_organisation_rn
        AND attempt.registration_number = possible.registration_number
        AND attempt.qualification_number = possible.qualification_number
INNER JOIN reconciled.specification_units AS unit
    ON
        possible.specification = unit.specification
        AND possible.specification_version = unit.specification_version
        AND attempt.unit_number = unit.unit_number
WHERE attempt.has_result AND unit.attempts IS NOT NULL
GROUP BY
    attempt.awarding_organisation_rn,
    attempt.registration_number,
    attempt.qualification_number,
    unit.own_number,
    unit.attempts
