/*
statement: Each registration for which the organisation has delivered a unit result of a series whose results are not out yet.
grain: awarding_organisation_rn, registration_number, qualification_number
*/
-- Results are out on the day after series_results falls: on the day itself the hour is not known to a run that has only a
-- date. What rests on such a result must not be told to a centre in words that give it away.
SELECT DISTINCT
    result.awarding_organisation_rn,
    result.registration_number,
    result.qualification_number
FROM standardised.ao_unit_results AS result
CROSS JOIN landed.run_context
INNER JOIN reconciled.calendar AS released
    ON
        result.awarding_organisation_rn = released.awarding_organisation_rn
        AND result.qualification_number = released.qualification_number
        AND result.series = released.series
WHERE
    released.event = 'series_results'
    AND CAST(released.falls_on AS DATE) >= run_context.as_of
