/*
statement: Each entry of a standing registration in a series whose results are out that has no result, and since when.
grain: awarding_organisation_rn, registration_number, qualification_number, unit_number, series
*/
-- A result of that series under an equivalent unit's number is a result (achievability contract, point 8). Results that
-- fall on the run's day are not overdue yet.
WITH overdue AS (
    SELECT
        entered.awarding_organisation_rn,
        entered.registration_number,
        entered.qualification_number,
        entered.unit_number,
        entered.series,
        CAST(released.falls_on AS DATE) AS results_on
    FROM reconciled.registered_units AS entered
    CROSS JOIN landed.run_context
    INNER JOIN reconciled.calendar AS released
        ON
            entered.awarding_organisation_rn = released.awarding_organisation_rn
            AND entered.qualification_number = released.qualification_number
            AND entered.series = released.series
    WHERE
        entered.has_entry
        AND NOT entered.has_result
        AND released.event = 'series_results'
        AND CAST(released.falls_on AS DATE) < run_context.as_of
),

under_another_number AS (
    SELECT DISTINCT
        overdue.awarding_organisation_rn,
        overdue.registration_number,
        overdue.qualification_number,
        overdue.unit_number,
        overdue.series
    FROM overdue
    INNER JOIN reconciled.achievability AS possible
        ON
            overdue.awarding_organisation_rn = possible.awarding_organisation_rn
            AND overdue.registration_number = possible.registration_number
            AND overdue.qualification_number = possible.qualification_number
    INNER JOIN reconciled.specification_units AS unit
        ON
            possible.specification = unit.specification
            AND possible.specification_version = unit.specification_version
            AND overdue.unit_number = unit.unit_number
    INNER JOIN reconciled.specification_units AS other
        ON
            unit.specification = other.specification
            AND unit.specification_version = other.specification_version
            AND unit.own_number = other.own_number
    INNER JOIN reconciled.registered_units AS received
        ON
            overdue.awarding_organisation_rn = received.awarding_organisation_rn
            AND overdue.registration_number = received.registration_number
            AND overdue.qualification_number = received.qualification_number
            AND other.unit_number = received.unit_number
            AND overdue.series = received.series
            AND received.has_result
)

SELECT
    overdue.awarding_organisation_rn,
    overdue.registration_number,
    overdue.qualification_number,
    overdue.unit_number,
    overdue.series,
    overdue.results_on
FROM overdue
LEFT JOIN under_another_number AS received
    ON
        overdue.awarding_organisation_rn = received.awarding_organisation_rn
        AND overdue.registration_number = received.registration_number
        AND overdue.qualification_number = received.qualification_number
        AND overdue.unit_number = received.unit_number
        AND overdue.series = received.series
WHERE received.unit_number IS NULL
