/*
statement: The grade that UCAS holds for an applicant is the one that the organisation has issued.
population: issued_awards_of_applications
subject: personal_id, awarding_organisation_rn, registration_number, qualification_number
owner: awarding_organisation
shared_with: centre
severity: affects_place
authority:
  title: UCAS, Processing results from awarding bodies
  address: https://www.ucas.com/providers/services/news/processing-results-awarding-bodies
  clause: organisations send results and amendments of them to UCAS; flag contract, point 12
action: Compare the two grades, and send UCAS an amendment or correct the award.
reasons: {}
detail: >-
  UCAS holds another grade for {title} ({qualification_number}) than {awarding_organisation_rn} has issued under
  registration {registration_number}.
act_by: column
valid_from: null
valid_to: null
soft_limit: 0.01
hard_limit: 0.1
limits_reason: >-
  A judgement, not an official figure; more than one result in ten points to a grade code that is not decoded.
evidence:
  award: ao_awards
  result: ucas_results
  application: ucas_applicants
values: issued_grade, ucas_grade
*/
-- Grades are shown only from the day after candidates have their results: a grade must not be known before its time.
SELECT
    pair.personal_id,
    pair.centre_number,
    pair.awarding_organisation_rn,
    pair.registration_number,
    pair.qualification_number,
    pair.learner_id,
    'raised' AS outcome,
    CAST(NULL AS VARCHAR) AS reason,
    qualification.title,
    CASE WHEN pair.results_to_candidates < run_context.as_of THEN pair.grade END AS issued_grade,
    CASE WHEN pair.results_to_candidates < run_context.as_of THEN at_ucas.grade END AS ucas_grade,
    pair.results_to_candidates AS act_by,
    pair.award_delivery_id,
    pair.award_line,
    at_ucas.delivery_id AS result_delivery_id,
    at_ucas.line AS result_line,
    pair.application_delivery_id,
    pair.application_line
FROM reconciled.issued_awards_of_applications AS pair
CROSS JOIN landed.run_context
INNER JOIN reconciled.ucas_grades AS at_ucas
    ON
        pair.personal_id = at_ucas.personal_id
        AND pair.awarding_organisation_rn = at_ucas.awarding_organisation_rn
        AND pair.qualification_number = at_ucas.qualification_number
LEFT JOIN standardised.qualifications AS qualification
    ON pair.qualification_number = qualification.qualification_number
WHERE at_ucas.grade <> pair.grade
