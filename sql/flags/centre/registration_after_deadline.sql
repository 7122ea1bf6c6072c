/*
statement: Learners are registered by the registration deadline.
population: open_registrations
subject: awarding_organisation_rn, registration_number, qualification_number
owner: centre
shared_with: null
severity: data_quality
authority:
  title: Pearson, BTEC, making individual registrations
  address: https://support.pearson.com/uk/articles/en_US/Knowledge/BTEC-Making-Individual-Registrations
  clause: fees rise after 1 November, and at least ten weeks lie between registration and claim
action: >-
  Check with the awarding organisation that the learner can still be assessed and claimed for in time, and that the
  registration was meant.
reasons:
  deadline_not_known: No key date gives the organisation's registration deadline.
detail: >-
  The learner was registered for {title} ({qualification_number}) on {registration_date}, after the registration deadline
  of {registration_deadline}.
act_by:
  event: claim_deadline
valid_from: null
valid_to: null
soft_limit: 0.1
hard_limit: 0.5
limits_reason: >-
  A judgement, not an official figure; more than one registration in two points to an old or a wrong deadline.
evidence:
  registration: ao_registrations
values: registration_date, registration_deadline
*/
-- The deadline itself is in time. A registration made once this cycle's candidates have their results is the next
-- cycle's, whose deadline is still to come, unless its result is expected in this one.
SELECT
    registration.centre_number,
    registration.awarding_organisation_rn,
    registration.registration_number,
    registration.qualification_number,
    registration.learner_id,
    CASE WHEN deadline.falls_on IS NULL THEN 'cannot_assess' ELSE 'raised' END AS outcome,
    CASE WHEN deadline.falls_on IS NULL THEN 'deadline_not_known' END AS reason,
    qualification.title,
    registration.registration_date,
    CAST(deadline.falls_on AS DATE) AS registration_deadline,
    registration.delivery_id AS registration_delivery_id,
    registration.line AS registration_line
FROM reconciled.open_registrations AS registration
LEFT JOIN reconciled.cycle_dates AS deadline
    ON
        registration.awarding_organisation_rn = deadline.awarding_organisation_rn
        AND registration.qualification_number = deadline.qualification_number
        AND deadline.event = 'registration_deadline'
LEFT JOIN reconciled.cycle_dates AS released
    ON
        registration.awarding_organisation_rn = released.awarding_organisation_rn
        AND registration.qualification_number = released.qualification_number
        AND released.event = 'results_to_candidates'
LEFT JOIN reconciled.expected_registrations AS expected
    ON
        registration.awarding_organisation_rn = expected.awarding_organisation_rn
        AND registration.registration_number = expected.registration_number
        AND registration.qualification_number = expected.qualification_number
LEFT JOIN standardised.qualifications AS qualification
    ON registration.qualification_number = qualification.qualification_number
WHERE
    registration.stands
    AND COALESCE(registration.registration_date > CAST(deadline.falls_on AS DATE), TRUE)
    AND (
        expected.registration_number IS NOT NULL
        OR COALESCE(registration.registration_date <= CAST(released.falls_on AS DATE), TRUE)
    )
