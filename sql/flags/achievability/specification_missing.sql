/*
statement: For each registration whose result is expected in the cycle, one specification is held that can be applied.
population: expected_registrations
subject: awarding_organisation_rn, registration_number, qualification_number
owner: centre
shared_with: awarding_organisation
severity: delays_award
authority:
  title: Achievability contract
  address: null
  clause: status cannot_assess; a specification that is refused decides nothing; points of detail 9
action: Check by hand whether the learner has the units that the handbook asks for, and have its specification entered.
reasons: {}
detail: >-
  Whether the learner can still achieve {title} ({qualification_number}) cannot be worked out: {why}.
act_by:
  event: claim_deadline
valid_from: null
valid_to: null
soft_limit: 0.5
hard_limit: 0.95
limits_reason: >-
  A judgement, not an official figure; specifications are entered one by one, so many may be missing, but nearly all of
  them only if the files were not found.
evidence:
  registration: ao_registrations
values: achievability_reason, expected_because
*/
-- A specification that was refused, or several for one registration date, are as good as none: nothing is decided by them.
SELECT
    registration.centre_number,
    registration.awarding_organisation_rn,
    registration.registration_number,
    registration.qualification_number,
    registration.learner_id,
    'raised' AS outcome,
    CAST(NULL AS VARCHAR) AS reason,
    qualification.title,
    CASE possible.reason
        WHEN 'specification_refused' THEN 'the specification that is held was refused as faulty'
        WHEN 'several_specifications' THEN 'several specifications are in force on the registration date'
        ELSE 'no specification is held for its registration date'
    END AS why,
    possible.reason AS achievability_reason,
    registration.expected_because,
    registration.delivery_id AS registration_delivery_id,
    registration.line AS registration_line
FROM reconciled.expected_registrations AS registration
INNER JOIN reconciled.achievability AS possible
    ON
        registration.awarding_organisation_rn = possible.awarding_organisation_rn
        AND registration.registration_number = possible.registration_number
        AND registration.qualification_number = possible.qualification_number
LEFT JOIN standardised.qualifications AS qualification
    ON registration.qualification_number = qualification.qualification_number
WHERE
    possible.status = 'cannot_assess'
    AND possible.reason IN ('specification_missing', 'specification_refused', 'several_specifications')
