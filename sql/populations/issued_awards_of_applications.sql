/*
statement: Each live application of a learner beside each award that has been issued to that learner.
grain: personal_id, awarding_organisation_rn, registration_number, qualification_number
*/
SELECT
    application.personal_id,
    award.awarding_organisation_rn,
    award.registration_number,
    award.qualification_number,
    award.learner_id,
    award.centre_number,
    award.grade,
    award.results_to_ucas,
    award.results_to_candidates,
    application.delivery_id AS application_delivery_id,
    application.line AS application_line,
    award.delivery_id AS award_delivery_id,
    award.line AS award_line
FROM reconciled.live_applications AS application
INNER JOIN reconciled.issued_awards AS award ON application.learner_id = award.learner_id
