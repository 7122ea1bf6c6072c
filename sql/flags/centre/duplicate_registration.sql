/*
statement: A learner has one open registration for a qualification with an organisation.
population: open_registrations
subject: awarding_organisation_rn, registration_number, qualification_number
owner: awarding_organisation
shared_with: null
severity: delays_award
authority:
  title: Flag contract
  address: null
  clause: points of detail 4 and 15
action: Merge the registration into the one that stands, and carry its entries and results over.
reasons: {}
detail: >-
  The learner has two open registrations for {title} ({qualification_number}); number {standing_registration_number}
  stands and number {registration_number} gives way to it.
act_by:
  event: results_to_centres
valid_from: null
valid_to: null
soft_limit: 0.01
hard_limit: 0.1
limits_reason: >-
  A judgement, not an official figure; more than one registration in ten points to records that were linked wrongly or
  to an organisation that numbers its rows anew.
evidence:
  registration: ao_registrations
  standing: ao_registrations
values: registration_number, standing_registration_number
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
    registration.standing_registration_number,
    registration.delivery_id AS registration_delivery_id,
    registration.line AS registration_line,
    registration.standing_delivery_id,
    registration.standing_line
FROM reconciled.open_registrations AS registration
LEFT JOIN standardised.qualifications AS qualification
    ON registration.qualification_number = qualification.qualification_number
WHERE NOT registration.stands
