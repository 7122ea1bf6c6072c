/*
statement: Each application that has not been withdrawn, with its learner.
grain: personal_id
*/
-- An applicant with withdrawn_on on or before the run's day raises nothing (flag contract, Terms).
SELECT
    applicant.personal_id,
    link.learner_id,
    applicant.centre_number,
    applicant.applied_on,
    applicant.delivery_id,
    applicant.line
FROM standardised.ucas_applicants AS applicant
CROSS JOIN landed.run_context
LEFT JOIN linked.person_links AS link
    ON applicant.personal_id = link.personal_id AND link.feed = 'ucas_applicants'
WHERE applicant.withdrawn_on IS NULL OR applicant.withdrawn_on > run_context.as_of
