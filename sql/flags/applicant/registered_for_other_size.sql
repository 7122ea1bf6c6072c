/*
statement: An applicant who expects a result for a qualification is registered for that size of it.
population: resolved_declarations
subject: personal_id, declared_number
owner: awarding_organisation
shared_with: centre
severity: blocks_award
authority:
  title: Ofqual, VTQ late results file format, Annex B, 14 November 2023
  address: https://assets.publishing.service.gov.uk/media/654b96cee70413000ffc4a31/Annex_B.csv/preview
  clause: reason L3, late change of course or guided learning hours (top-up or drop-down)
action: Ask the centre which size is right, and change the registration or have the application corrected.
reasons: {}
detail: >-
  The applicant expects a result for {title} ({qualification_number}), but the open registration is for another size
  of it, {registered_title} ({registered_qualification_number}).
act_by:
  event: registration_deadline
valid_from: null
valid_to: null
soft_limit: 0.02
hard_limit: 0.1
limits_reason: >-
  A judgement, not an official figure; more than one declaration in ten points to suites that are grouped wrongly in
  the qualifications feed.
evidence:
  declaration: ucas_qualifications
  registration: ao_registrations
values: qualification_number, registered_qualification_number
*/
-- Of several other sizes, the standing registration with the lowest qualification and registration number is shown.
WITH other_size AS (
    SELECT
        declaration.personal_id,
        declaration.declared_number,
        registration.registration_number,
        registration.qualification_number,
        qualification.title,
        registration.delivery_id,
        registration.line,
        ROW_NUMBER() OVER (
            PARTITION BY declaration.personal_id, declaration.declared_number
            ORDER BY
                registration.qualification_number,
                registration.awarding_organisation_rn,
                registration.registration_number
        ) AS place
    FROM reconciled.resolved_declarations AS declaration
    INNER JOIN reconciled.declaration_positions AS held
        ON declaration.personal_id = held.personal_id AND declaration.declared_number = held.declared_number
    INNER JOIN reconciled.open_registrations AS registration ON declaration.learner_id = registration.learner_id
    INNER JOIN standardised.qualifications AS qualification
        ON
            registration.qualification_number = qualification.qualification_number
            AND declaration.suite = qualification.suite
    WHERE
        held.open_for_other_size > 0
        AND held.open_for_qualification = 0
        AND registration.stands
        AND registration.qualification_number <> declaration.qualification_number
)

SELECT
    declaration.personal_id,
    declaration.declared_number,
    declaration.asked_centre_number AS centre_number,
    declaration.awarding_organisation_rn,
    other_size.registration_number,
    declaration.qualification_number,
    declaration.learner_id,
    'raised' AS outcome,
    CAST(NULL AS VARCHAR) AS reason,
    declaration.title,
    other_size.title AS registered_title,
    other_size.qualification_number AS registered_qualification_number,
    declaration.delivery_id AS declaration_delivery_id,
    declaration.line AS declaration_line,
    other_size.delivery_id AS registration_delivery_id,
    other_size.line AS registration_line
FROM reconciled.resolved_declarations AS declaration
INNER JOIN other_size
    ON
        declaration.personal_id = other_size.personal_id
        AND declaration.declared_number = other_size.declared_number
WHERE other_size.place = 1
