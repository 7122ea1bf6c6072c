/*
statement: Each standing registration whose award the organisation has issued with a grade, and when others may hold it.
grain: awarding_organisation_rn, registration_number, qualification_number
*/
-- A code that is no grade (pending, no result) is nothing that another party could hold. A registration that gives way
-- to another raises duplicate_registration and nothing else (flag contract, point 4).
SELECT
    registration.awarding_organisation_rn,
    registration.registration_number,
    registration.qualification_number,
    registration.learner_id,
    registration.centre_number,
    award.grade,
    award.issued_on,
    CAST(to_ucas.falls_on AS DATE) AS results_to_ucas,
    CAST(to_candidates.falls_on AS DATE) AS results_to_candidates,
    award.delivery_id,
    award.line
FROM standardised.ao_awards AS award
INNER JOIN reconciled.open_registrations AS registration
    ON
        award.awarding_organisation_rn = registration.awarding_organisation_rn
        AND award.registration_number = registration.registration_number
        AND award.qualification_number = registration.qualification_number
LEFT JOIN reconciled.no_grade_codes AS indicator
    ON award.grade = indicator.code AND indicator.channel = 'awarding_organisation'
LEFT JOIN reconciled.completion_dates AS to_ucas
    ON
        registration.awarding_organisation_rn = to_ucas.awarding_organisation_rn
        AND registration.qualification_number = to_ucas.qualification_number
        AND registration.planned_completion IS NOT DISTINCT FROM to_ucas.planned_completion
        AND to_ucas.event = 'results_to_ucas'
LEFT JOIN reconciled.completion_dates AS to_candidates
    ON
        registration.awarding_organisation_rn = to_candidates.awarding_organisation_rn
        AND registration.qualification_number = to_candidates.qualification_number
        AND registration.planned_completion IS NOT DISTINCT FROM to_candidates.planned_completion
        AND to_candidates.event = 'results_to_candidates'
WHERE
    registration.stands
    AND award.result_status = 'issued'
    AND award.grade IS NOT NULL
    AND indicator.code IS NULL
