/*
statement: An applicant is registered at the centre at which the application says the qualification is studied.
population: resolved_declarations
subject: personal_id, declared_number
owner: awarding_organisation
shared_with: centre
severity: delays_award
authority:
  title: Ofqual, Level 3 VTQ results action plan, measures for 2023
  address: https://www.gov.uk/government/publications/vtq-results-action-plan-measures-for-2023/level-3-vtq-results-action-plan-measures-for-2023
  clause: agree who expects a result; flag contract, replaced_by_centre_number
action: Agree with both centres where the learner belongs, and move the registration or have the application corrected.
reasons:
  centre_not_declared: The applicant does not say at which centre the qualification is studied.
detail: >-
  The applicant studies {title} ({qualification_number}) at centre {declared_centre_number} ({declared_centre_name}),
  but the only open registration for it is at centre {registered_centre_number} ({registered_centre_name}).
act_by:
  event: results_to_centres
valid_from: null
valid_to: null
soft_limit: 0.02
hard_limit: 0.1
limits_reason: >-
  A judgement, not an official figure; more than one declaration in ten points to centres that were renumbered without
  an entry in the centres feed.
evidence:
  declaration: ucas_qualifications
  registration: ao_registrations
values: declared_centre_number, registered_centre_number
*/
-- Any open registration at the declared centre settles it; of several elsewhere, the standing one is shown. Both
-- numbers are compared after mergers.
WITH elsewhere AS (
    SELECT
        declaration.personal_id,
        declaration.declared_number,
        registration.registration_number,
        registration.current_centre_number,
        registration.delivery_id,
        registration.line,
        ROW_NUMBER() OVER (
            PARTITION BY declaration.personal_id, declaration.declared_number
            ORDER BY registration.awarding_organisation_rn, registration.registration_number
        ) AS place
    FROM reconciled.resolved_declarations AS declaration
    INNER JOIN reconciled.declaration_positions AS held
        ON declaration.personal_id = held.personal_id AND declaration.declared_number = held.declared_number
    INNER JOIN reconciled.open_registrations AS registration
        ON
            declaration.learner_id = registration.learner_id
            AND declaration.qualification_number = registration.qualification_number
    WHERE held.open_at_declared_centre = 0 AND registration.stands
)

SELECT
    declaration.personal_id,
    declaration.declared_number,
    declaration.asked_centre_number AS centre_number,
    declaration.awarding_organisation_rn,
    elsewhere.registration_number,
    declaration.qualification_number,
    declaration.learner_id,
    CASE WHEN declaration.centre_number IS NULL THEN 'cannot_assess' ELSE 'raised' END AS outcome,
    CASE WHEN declaration.centre_number IS NULL THEN 'centre_not_declared' END AS reason,
    declaration.title,
    declaration.current_centre_number AS declared_centre_number,
    declared_centre.name AS declared_centre_name,
    elsewhere.current_centre_number AS registered_centre_number,
    registered_centre.name AS registered_centre_name,
    declaration.delivery_id AS declaration_delivery_id,
    declaration.line AS declaration_line,
    elsewhere.delivery_id AS registration_delivery_id,
    elsewhere.line AS registration_line
FROM reconciled.resolved_declarations AS declaration
INNER JOIN elsewhere
    ON
        declaration.personal_id = elsewhere.personal_id
        AND declaration.declared_number = elsewhere.declared_number
LEFT JOIN standardised.centres AS declared_centre
    ON declaration.current_centre_number = declared_centre.centre_number
LEFT JOIN standardised.centres AS registered_centre
    ON elsewhere.current_centre_number = registered_centre.centre_number
WHERE elsewhere.place = 1
