/*
statement: Each registration expected in the run's cycle whose award is made only after the centre's full claim.
grain: awarding_organisation_rn, registration_number, qualification_number
*/
SELECT
    registration.awarding_organisation_rn,
    registration.registration_number,
    registration.qualification_number,
    registration.learner_id,
    registration.centre_number,
    registration.delivery_id,
    registration.line
FROM reconciled.expected_registrations AS registration
INNER JOIN standardised.qualifications AS qualification
    ON registration.qualification_number = qualification.qualification_number
WHERE qualification.award_requires_claim = 'Y'
