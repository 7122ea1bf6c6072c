/*
statement: Each live application of a learner beside each registration of that learner expected in the run's cycle.
grain: personal_id, awarding_organisation_rn, registration_number, qualification_number
*/
SELECT
    application.personal_id,
    registration.awarding_organisation_rn,
    registration.registration_number,
    registration.qualification_number,
    registration.learner_id,
    registration.centre_number,
    registration.expected_because,
    application.delivery_id AS application_delivery_id,
    application.line AS application_line,
    registration.delivery_id AS registration_delivery_id,
    registration.line AS registration_line
FROM reconciled.live_applications AS application
INNER JOIN reconciled.expected_registrations AS registration ON application.learner_id = registration.learner_id
