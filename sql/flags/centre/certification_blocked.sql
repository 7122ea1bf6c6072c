/*
statement: No block on certification covers a registration whose result is expected in the cycle.
population: expected_registrations
subject: awarding_organisation_rn, registration_number, qualification_number
owner: awarding_organisation
shared_with: null
severity: blocks_award
authority:
  title: Pearson, BTEC SV reports
  address: https://support.pearson.com/uk/articles/en_US/Knowledge/BTEC-SV-Reports
  clause: certificates wait until the report on the centre's samples is released; flag contract, point 6
action: Agree with the centre what it has to do, and release the block as soon as that is done.
reasons: {}
detail: >-
  A block on certification ({block_reason}, since {blocked_from}) covers the learner's registration for {title}
  ({qualification_number}).
act_by:
  event: results_to_centres
valid_from: null
valid_to: null
soft_limit: 0.1
hard_limit: 0.6
limits_reason: >-
  A judgement, not an official figure; blocks may cover whole centres, so only more than six registrations in ten point to
  released blocks that were delivered without their release.
evidence:
  block: ao_certification_blocks
  registration: ao_registrations
values: block_reason, blocked_from
*/
SELECT
    registration.centre_number,
    registration.awarding_organisation_rn,
    registration.registration_number,
    registration.qualification_number,
    registration.learner_id,
    'raised' AS outcome,
    CAST(NULL AS VARCHAR) AS reason,
    qualification.title,
    REPLACE(block.reason, '_', ' ') AS block_reason,
    block.blocked_from,
    block.delivery_id AS block_delivery_id,
    block.line AS block_line,
    registration.delivery_id AS registration_delivery_id,
    registration.line AS registration_line
FROM reconciled.expected_registrations AS registration
INNER JOIN reconciled.blocked_registrations AS block
    ON
        registration.awarding_organisation_rn = block.awarding_organisation_rn
        AND registration.registration_number = block.registration_number
        AND registration.qualification_number = block.qualification_number
LEFT JOIN standardised.qualifications AS qualification
    ON registration.qualification_number = qualification.qualification_number
