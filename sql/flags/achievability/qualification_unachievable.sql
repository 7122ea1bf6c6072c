/*
statement: A learner whose result is expected in the cycle can still achieve the qualification.
population: expected_registrations
subject: awarding_organisation_rn, registration_number, qualification_number
owner: centre
shared_with: awarding_organisation
severity: blocks_award
authority:
  title: OCR, Cambridge Technicals summer 2022 results review, 15 December 2022
  address: https://ocr-live-prd95.cambridgeassessment.org.uk/news/cambridge-technicals-summer-2022-results-review-key-findings-and-recommendations
  clause: confirm before the end of the summer term whether each student has, or is set to have, the right units
action: >-
  Agree with the awarding organisation whether the learner moves to another size of the qualification, or tell the
  learner that there will be no result.
reasons:
  achievability_not_known: It could not be worked out what the learner can still achieve.
detail: >-
  {title} ({qualification_number}) can no longer be achieved this cycle: {clash}.
act_by:
  event: claim_deadline
valid_from: null
valid_to: null
soft_limit: 0.05
hard_limit: 0.25
limits_reason: >-
  A judgement, not an official figure; more than one registration in four points to a specification that is entered
  wrongly or to a missing delivery of results.
evidence:
  registration: ao_registrations
values: achievability_status, achievability_reason, expected_because
*/
SELECT
    registration.centre_number,
    registration.awarding_organisation_rn,
    registration.registration_number,
    registration.qualification_number,
    registration.learner_id,
    CASE WHEN possible.status = 'unachievable' THEN 'raised' ELSE 'cannot_assess' END AS outcome,
    CASE WHEN possible.status = 'unachievable' THEN NULL ELSE 'achievability_not_known' END AS reason,
    qualification.title,
    CASE
        WHEN unreleased.registration_number IS NULL THEN possible.actions
        ELSE 'the reason rests on results that are not released yet'
    END AS clash,
    possible.status AS achievability_status,
    possible.reason AS achievability_reason,
    registration.expected_because,
    registration.delivery_id AS registration_delivery_id,
    registration.line AS registration_line
FROM reconciled.expected_registrations AS registration
LEFT JOIN reconciled.achievability AS possible
    ON
        registration.awarding_organisation_rn = possible.awarding_organisation_rn
        AND registration.registration_number = possible.registration_number
        AND registration.qualification_number = possible.qualification_number
LEFT JOIN reconciled.registrations_with_unreleased_results AS unreleased
    ON
        registration.awarding_organisation_rn = unreleased.awarding_organisation_rn
        AND registration.registration_number = unreleased.registration_number
        AND registration.qualification_number = unreleased.qualification_number
LEFT JOIN standardised.qualifications AS qualification
    ON registration.qualification_number = qualification.qualification_number
WHERE COALESCE(possible.status, 'cannot_assess') IN ('unachievable', 'cannot_assess')
