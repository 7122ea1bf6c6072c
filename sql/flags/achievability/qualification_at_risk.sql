/*
statement: A learner whose result is expected in the cycle needs no further entry or claim to achieve the qualification.
population: expected_registrations
subject: awarding_organisation_rn, registration_number, qualification_number
owner: centre
shared_with: awarding_organisation
severity: delays_award
authority:
  title: Ofqual, Letter to schools and colleges, June 2023
  address: https://www.gov.uk/government/publications/letter-to-schools-and-colleges-june-2023/letter-to-schools-and-colleges-june-2023
  clause: organisations share what is missing for each confirmed student, e.g. outstanding unit marks or samples of work
action: Make the entries and claims that are named, each by its deadline.
reasons:
  achievability_not_known: It could not be worked out what the learner can still achieve.
detail: >-
  {title} ({qualification_number}) is achieved this cycle only with entries or claims still to be made
  ({action_count}): {actions}.
act_by: column
valid_from: null
valid_to: null
soft_limit: 0.3
hard_limit: 0.9
limits_reason: >-
  A judgement, not an official figure; before the last series many entries are still to come, so only nearly all of
  them missing points to a missing delivery of entries.
evidence:
  registration: ao_registrations
values: achievability_status, achievability_reason, action_count, expected_because
*/
SELECT
    registration.centre_number,
    registration.awarding_organisation_rn,
    registration.registration_number,
    registration.qualification_number,
    registration.learner_id,
    CASE WHEN possible.status = 'action_needed' THEN 'raised' ELSE 'cannot_assess' END AS outcome,
    CASE WHEN possible.status = 'action_needed' THEN NULL ELSE 'achievability_not_known' END AS reason,
    possible.act_by,
    qualification.title,
    possible.actions,
    possible.action_count,
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
LEFT JOIN standardised.qualifications AS qualification
    ON registration.qualification_number = qualification.qualification_number
WHERE COALESCE(possible.status, 'cannot_assess') IN ('action_needed', 'cannot_assess')
