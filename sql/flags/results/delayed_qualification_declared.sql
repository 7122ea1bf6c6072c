/*
statement: An applicant does not count on a result of a qualification whose assessment is delayed.
population: resolved_declarations
subject: personal_id, declared_number
owner: awarding_organisation
shared_with: null
severity: blocks_award
authority:
  title: Gateway Qualifications, the extraordinary regulatory framework begins on 22 May 2020
  address: https://www.gatewayqualifications.org.uk/news/ofqual-confirms-extraordinary-regulatory-framework-begins-on-22nd-may-2020/
  clause: which results are calculated, adapted or delayed goes by qualification; flag contract, Results
action: Tell the applicant, the centre and UCAS when a result can be expected.
reasons: {}
detail: >-
  The applicant expects a result for {title} ({qualification_number}), whose assessment is delayed (from
  {mitigation_from} to {mitigation_to}).
act_by:
  event: results_to_ucas
valid_from: null
valid_to: null
soft_limit: 0.05
hard_limit: 0.5
limits_reason: >-
  A judgement, not an official figure; most qualifications that lead to higher education are calculated or adapted, so every
  second declaration points to a mitigation that was delivered wrongly.
evidence:
  declaration: ucas_qualifications
  qualification: qualifications
values: mitigation, mitigation_from, mitigation_to
*/
SELECT
    declaration.personal_id,
    declaration.declared_number,
    declaration.asked_centre_number AS centre_number,
    declaration.awarding_organisation_rn,
    declaration.qualification_number,
    declaration.learner_id,
    'raised' AS outcome,
    CAST(NULL AS VARCHAR) AS reason,
    declaration.title,
    qualification.mitigation,
    qualification.mitigation_from,
    qualification.mitigation_to,
    declaration.delivery_id AS declaration_delivery_id,
    declaration.line AS declaration_line,
    qualification.delivery_id AS qualification_delivery_id,
    qualification.line AS qualification_line
FROM reconciled.resolved_declarations AS declaration
INNER JOIN standardised.qualifications AS qualification
    ON declaration.qualification_number = qualification.qualification_number
WHERE qualification.mitigation = 'delay'
