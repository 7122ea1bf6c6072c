/*
statement: Of the registrations of an applicant for a qualification that a result is expected for, one is open.
population: resolved_declarations
subject: personal_id, declared_number
owner: awarding_organisation
shared_with: centre
severity: blocks_award
authority:
  title: Pearson, Reporting and amending vocational achievement
  address: https://qualifications.pearson.com/en/support/support-topics/results-certification/reporting-and-amending-vocational-achievement.html
  clause: a learner who withdraws must be reported, which is especially important for UCAS applicants
action: Ask the centre whether the learner has left, and reinstate the registration or have the application corrected.
reasons: {}
detail: >-
  The applicant expects a result for {title} ({qualification_number}), but the registration for it at
  {awarding_organisation_rn} is {registration_status} (registrations for it {registrations_for_qualification}, none
  open).
act_by:
  event: registration_deadline
valid_from: null
valid_to: null
soft_limit: 0.05
hard_limit: 0.2
limits_reason: >-
  A judgement, not an official figure; more than one declaration in five points to a delivery in which the
  organisation's status was misread.
evidence:
  declaration: ucas_qualifications
  registration: ao_registrations
values: registration_status, registrations_for_qualification
*/
-- Of several, the latest registration is shown, then the one with the lowest number.
WITH closed AS (
    SELECT
        declaration.personal_id,
        declaration.declared_number,
        registration.registration_number,
        registration.status,
        held.for_qualification,
        registration.delivery_id,
        registration.line,
        ROW_NUMBER() OVER (
            PARTITION BY declaration.personal_id, declaration.declared_number
            ORDER BY
                registration.registration_date DESC NULLS LAST,
                registration.registration_number ASC,
                registration.awarding_organisation_rn ASC
        ) AS place
    FROM reconciled.resolved_declarations AS declaration
    INNER JOIN reconciled.declaration_positions AS held
        ON declaration.personal_id = held.personal_id AND declaration.declared_number = held.declared_number
    INNER JOIN reconciled.linked_registrations AS registration
        ON
            declaration.learner_id = registration.learner_id
            AND declaration.qualification_number = registration.qualification_number
    WHERE held.open_for_qualification = 0
)

SELECT
    declaration.personal_id,
    declaration.declared_number,
    declaration.asked_centre_number AS centre_number,
    declaration.awarding_organisation_rn,
    closed.registration_number,
    declaration.qualification_number,
    declaration.learner_id,
    'raised' AS outcome,
    CAST(NULL AS VARCHAR) AS reason,
    declaration.title,
    closed.status AS registration_status,
    closed.for_qualification AS registrations_for_qualification,
    declaration.delivery_id AS declaration_delivery_id,
    declaration.line AS declaration_line,
    closed.delivery_id AS registration_delivery_id,
    closed.line AS registration_line
FROM reconciled.resolved_declarations AS declaration
INNER JOIN closed
    ON
        declaration.personal_id = closed.personal_id
        AND declaration.declared_number = closed.declared_number
WHERE closed.place = 1
