/*
statement: Once an issued grade has changed, nobody holds the old one.
population: issued_awards
subject: awarding_organisation_rn, registration_number, qualification_number
owner: awarding_organisation
shared_with: null
severity: affects_place
authority:
  title: JCQ, Publication of results
  address: https://www.jcq.org.uk/examination-system/publication-of-results/
  clause: results are provisional until certificates are issued
action: Tell UCAS and the centre the grade that holds now, and see that they take it over.
reasons: {}
detail: >-
  The grade issued for {title} ({qualification_number}) under registration {registration_number} has changed, and
  {holders} still hold the old one.
act_by: column
valid_from: null
valid_to: null
soft_limit: 0.01
hard_limit: 0.1
limits_reason: >-
  A judgement, not an official figure; few grades change after they were issued, and more than one in ten points to a
  delivery whose grades are coded otherwise.
evidence:
  award: ao_awards
  earlier: ao_awards
  result: ucas_results
  claim: centre_claims
values: holders, issued_grade, old_grade
*/
-- Who holds what is worked out in reconciled.old_grades_still_held. Grades are shown only from the day after candidates have
-- their results.
SELECT
    held.personal_id,
    award.centre_number,
    held.centre_learner_reference,
    award.awarding_organisation_rn,
    award.registration_number,
    award.qualification_number,
    award.learner_id,
    'raised' AS outcome,
    CAST(NULL AS VARCHAR) AS reason,
    qualification.title,
    CONCAT_WS(
        ' and ',
        CASE WHEN held.personal_id IS NOT NULL THEN 'the results at UCAS' END,
        CASE WHEN held.centre_learner_reference IS NOT NULL THEN 'the claims of the centre' END
    ) AS holders,
    CASE WHEN award.results_to_candidates < run_context.as_of THEN award.grade END AS issued_grade,
    CASE WHEN award.results_to_candidates < run_context.as_of THEN held.old_grade END AS old_grade,
    award.results_to_candidates AS act_by,
    award.delivery_id AS award_delivery_id,
    award.line AS award_line,
    held.earlier_delivery_id,
    held.earlier_line,
    held.result_delivery_id,
    held.result_line,
    held.claim_delivery_id,
    held.claim_line
FROM reconciled.issued_awards AS award
CROSS JOIN landed.run_context
INNER JOIN reconciled.old_grades_still_held AS held
    ON
        award.awarding_organisation_rn = held.awarding_organisation_rn
        AND award.registration_number = held.registration_number
        AND award.qualification_number = held.qualification_number
LEFT JOIN standardised.qualifications AS qualification
    ON award.qualification_number = qualification.qualification_number
