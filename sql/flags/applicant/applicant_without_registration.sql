/*
statement: >-
  An applicant who expects a result from an organisation is registered with it for that qualification or another size
  of it.
population: pending_declarations
subject: personal_id, declared_number
owner: awarding_organisation
shared_with: centre
severity: blocks_award
authority:
  title: Ofqual, Level 3 VTQ results action plan, measures for 2023
  address: https://www.gov.uk/government/publications/vtq-results-action-plan-measures-for-2023/level-3-vtq-results-action-plan-measures-for-2023
  clause: agree who expects a result; flag contract, points 1 and 2
action: >-
  Ask the centre whether the learner is to be registered, and register the learner or have the application corrected.
reasons:
  person_unknown: The organisation holds no registration of this learner at all.
  other_qualification_only: The organisation holds this learner for other qualifications only.
  declaration_unresolved: It cannot be told which qualification the applicant means.
  identity_needs_review: A registration that may be the applicant's is held, and a person has yet to say whose it is.
detail: >-
  The applicant expects a result for {title} ({qualification_number}, award month {award_month}), but
  {awarding_organisation_rn} holds no registration of this learner for it or for another size of it, at any centre and
  of any status.
act_by:
  event: registration_deadline
valid_from: null
valid_to: null
soft_limit: 0.02
hard_limit: 0.2
limits_reason: >-
  Soft, awarding organisations aim to have at least 98 in 100 results with UCAS at the first submission. Hard, a
  judgement, more than one applicant in five points to a missing delivery of registrations.
evidence:
  declaration: ucas_qualifications
values: qualification_number, award_month, registrations_with_organisation
*/
-- A registration counts at any centre and of any status. Only links at or above the accept threshold are links at
-- all; while a pair below it could be the missing registration, identity_needs_review is raised instead. A declaration
-- that cannot be resolved raises no applicant flag but its own (flag contract, points 1 and 2).
SELECT
    declaration.personal_id,
    declaration.declared_number,
    declaration.asked_centre_number AS centre_number,
    declaration.awarding_organisation_rn,
    declaration.qualification_number,
    declaration.learner_id,
    CASE
        WHEN declaration.qualification_number IS NULL OR doubtful.personal_id IS NOT NULL THEN 'cannot_assess'
        ELSE 'raised'
    END AS outcome,
    CASE
        WHEN declaration.qualification_number IS NULL THEN 'declaration_unresolved'
        WHEN doubtful.personal_id IS NOT NULL THEN 'identity_needs_review'
        WHEN held.with_organisation = 0 THEN 'person_unknown'
        ELSE 'other_qualification_only'
    END AS reason,
    COALESCE(qualification.title, declaration.title) AS title,
    declaration.award_month,
    held.with_organisation AS registrations_with_organisation,
    declaration.delivery_id AS declaration_delivery_id,
    declaration.line AS declaration_line
FROM reconciled.pending_declarations AS declaration
LEFT JOIN reconciled.declaration_positions AS held
    ON
        declaration.personal_id = held.personal_id
        AND declaration.declared_number = held.declared_number
LEFT JOIN reconciled.declarations_under_review AS doubtful
    ON
        declaration.personal_id = doubtful.personal_id
        AND declaration.declared_number = doubtful.declared_number
LEFT JOIN standardised.qualifications AS qualification
    ON declaration.qualification_number = qualification.qualification_number
WHERE declaration.qualification_number IS NULL OR held.with_organisation_in_suite = 0
