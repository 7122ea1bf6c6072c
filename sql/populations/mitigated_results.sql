/*
statement: Each unit result of a standing registration that was calculated, or came from an adapted assessment.
grain: awarding_organisation_rn, registration_number, qualification_number, unit_number, series
*/
SELECT
    result.awarding_organisation_rn,
    result.registration_number,
    result.qualification_number,
    result.unit_number,
    result.series,
    result.result_date,
    result.basis,
    registration.learner_id,
    registration.centre_number,
    result.delivery_id,
    result.line
FROM standardised.ao_unit_results AS result
INNER JOIN reconciled.open_registrations AS registration
    ON
        result.awarding_organisation_rn = registration.awarding_organisation_rn
        AND result.registration_number = registration.registration_number
        AND result.qualification_number = registration.qualification_number
WHERE result.basis IN ('calculated', 'adapted') AND registration.stands
