/*
statement: Where it depends on the pathway whether a learner can achieve the qualification, the pathway is recorded.
population: open_registrations
subject: awarding_organisation_rn, registration_number, qualification_number
owner: centre
shared_with: awarding_organisation
severity: delays_award
authority:
  title: OCR, Cambridge Technicals, using the Progress Tracker to check eligibility
  address: https://support.ocr.org.uk/hc/en-gb/articles/18794409643922-Cambridge-Technicals-Using-the-Progress-Tracker-to-check-eligibility-Teachers
  clause: the qualification entry does not say which pathway was chosen, so that bad combinations cannot be shown
action: Confirm to the awarding organisation which pathway the learner takes.
reasons:
  achievability_not_known: It could not be worked out what the learner can still achieve.
detail: >-
  No pathway is recorded for {title} ({qualification_number}), and what the learner can still achieve depends on it.
act_by:
  event: claim_deadline
valid_from: null
valid_to: null
soft_limit: 0.2
hard_limit: 0.9
limits_reason: >-
  A judgement, not an official figure; few qualifications have pathways, so nearly all registrations point to a column of
  pathways that was not delivered.
evidence:
  registration: ao_registrations
values: achievability_status, achievability_reason
*/
-- A registration whose recorded pathway is unknown to the specification has one recorded all the same.
SELECT
    registration.centre_number,
    registration.awarding_organisation_rn,
    registration.registration_number,
    registration.qualification_number,
    registration.learner_id,
    CASE WHEN possible.pathways_differ THEN 'raised' ELSE 'cannot_assess' END AS outcome,
    CASE WHEN possible.pathways_differ THEN NULL ELSE 'achievability_not_known' END AS reason,
    qualification.title,
    possible.status AS achievability_status,
    possible.reason AS achievability_reason,
    registration.delivery_id AS registration_delivery_id,
    registration.line AS registration_line
FROM reconciled.open_registrations AS registration
LEFT JOIN reconciled.achievability AS possible
    ON
        registration.awarding_organisation_rn = possible.awarding_organisation_rn
        AND registration.registration_number = possible.registration_number
        AND registration.qualification_number = possible.qualification_number
LEFT JOIN standardised.qualifications AS qualification
    ON registration.qualification_number = qualification.qualification_number
WHERE
    registration.stands
    AND possible.pathway IS NULL
    AND (possible.pathways_differ OR COALESCE(possible.status, 'cannot_assess') = 'cannot_assess')
