/*
statement: Each award issued for a standing registration, beside the grade that its unit results add up to.
grain: awarding_organisation_rn, registration_number, qualification_number
*/
-- secured_grade is empty where no grade can be computed; achievability_status says whether that is so or not known. Both
-- grades are in capitals. grades_may_be_shown: candidates have the results of the award's series since yesterday or
-- longer, and no unit result is held that is not released yet.
SELECT
    registration.awarding_organisation_rn,
    registration.registration_number,
    registration.qualification_number,
    registration.learner_id,
    registration.centre_number,
    UPPER(award.grade) AS issued_grade,
    UPPER(possible.secured_grade) AS secured_grade,
    COALESCE(possible.status, 'cannot_assess') AS achievability_status,
    COALESCE(CAST(released.falls_on AS DATE) < run_context.as_of, FALSE)
    AND unreleased.registration_number IS NULL AS grades_may_be_shown,
    award.delivery_id,
    award.line
FROM standardised.ao_awards AS award
CROSS JOIN landed.run_context
INNER JOIN reconciled.open_registrations AS registration
    ON
        award.awarding_organisation_rn = registration.awarding_organisation_rn
        AND award.registration_number = registration.registration_number
        AND award.qualification_number = registration.qualification_number
LEFT JOIN reconciled.achievability AS possible
    ON
        award.awarding_organisation_rn = possible.awarding_organisation_rn
        AND award.registration_number = possible.registration_number
        AND award.qualification_number = possible.qualification_number
LEFT JOIN reconciled.completion_dates AS released
    ON
        registration.awarding_organisation_rn = released.awarding_organisation_rn
        AND registration.qualification_number = released.qualification_number
        AND registration.planned_completion IS NOT DISTINCT FROM released.planned_completion
        AND released.event = 'results_to_candidates'
LEFT JOIN reconciled.registrations_with_unreleased_results AS unreleased
    ON
        award.awarding_organisation_rn = unreleased.awarding_organisation_rn
        AND award.registration_number = unreleased.registration_number
        AND award.qualification_number = unreleased.qualification_number
WHERE award.result_status = 'issued' AND registration.stands
