/*
statement: The month in which an applicant expects an award is the one in which the registration is planned to end.
population: resolved_declarations
subject: personal_id, declared_number
owner: awarding_organisation
shared_with: centre
severity: data_quality
authority:
  title: UCAS, Processing results from awarding bodies
  address: https://www.ucas.com/providers/services/news/processing-results-awarding-bodies
  clause: results are matched to qualifications on the application
action: Ask the centre which month is right, and correct the planned completion or have the application corrected.
reasons:
  month_not_given: The application gives no award month, or the registration no planned completion.
detail: >-
  The applicant expects the award of {title} ({qualification_number}) in {award_month}, but the registration with
  {awarding_organisation_rn} is planned to end in {planned_completion}.
act_by:
  event: results_to_ucas
valid_from: null
valid_to: null
soft_limit: 0.1
hard_limit: 0.5
limits_reason: >-
  A judgement, not an official figure; planned completions are often assumed from the date of registration, so only more
  than one declaration in two points to a column that is read wrongly.
evidence:
  declaration: ucas_qualifications
  registration: ao_registrations
values: award_month, planned_completion
*/
SELECT
    declaration.personal_id,
    declaration.declared_number,
    declaration.asked_centre_number AS centre_number,
    declaration.awarding_organisation_rn,
    registration.registration_number,
    declaration.qualification_number,
    declaration.learner_id,
    CASE
        WHEN declared.award_month IS NULL OR registration.planned_completion IS NULL THEN 'cannot_assess' ELSE 'raised'
    END AS outcome,
    CASE
        WHEN declared.award_month IS NULL OR registration.planned_completion IS NULL THEN 'month_not_given'
    END AS reason,
    declaration.title,
    declared.award_month,
    registration.planned_completion,
    declaration.delivery_id AS declaration_delivery_id,
    declaration.line AS declaration_line,
    registration.delivery_id AS registration_delivery_id,
    registration.line AS registration_line
FROM reconciled.resolved_declarations AS declaration
INNER JOIN reconciled.pending_declarations AS declared
    ON
        declaration.personal_id = declared.personal_id
        AND declaration.declared_number = declared.declared_number
INNER JOIN reconciled.open_registrations AS registration
    ON
        declaration.learner_id = registration.learner_id
        AND declaration.awarding_organisation_rn = registration.awarding_organisation_rn
        AND declaration.qualification_number = registration.qualification_number
        AND registration.stands
WHERE COALESCE(declared.award_month <> registration.planned_completion, TRUE)
