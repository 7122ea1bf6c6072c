/*
statement: UCAS holds the grade of an award that has been issued to an applicant who declared it, once it may.
population: issued_awards_of_applications
subject: personal_id, awarding_organisation_rn, registration_number, qualification_number
owner: awarding_organisation
shared_with: centre
severity: affects_place
authority:
  title: UCAS, Processing results from awarding bodies
  address: https://www.ucas.com/providers/services/news/processing-results-awarding-bodies
  clause: organisations send their results to UCAS, which matches them to applications; flag contract, point 12
action: Send the result to UCAS as an amendment, or correct what keeps it from being matched to the application.
reasons:
  no_results_delivered: UCAS has delivered no results at all, so nothing can be compared.
  release_not_known: No key date says when results go to UCAS.
detail: >-
  The award of {title} ({qualification_number}) has been issued and the applicant declared it, but UCAS holds no grade
  for it ({held}), although results went to UCAS on {results_to_ucas}.
act_by: column
valid_from: null
valid_to: null
soft_limit: 0.02
hard_limit: 0.2
limits_reason: >-
  Soft, awarding organisations aim to have at least 98 in 100 results with UCAS at the first submission. Hard, a
  judgement, more than one result in five points to a missing delivery of UCAS results.
evidence:
  award: ao_awards
  application: ucas_applicants
  result: ucas_results
values: held, results_to_ucas
*/
-- Only what the application declares, whatever its status and month; one of several candidates is not declared. The day
-- itself has not passed. Places are decided by it until candidates have their results.
WITH delivered AS (
    SELECT COUNT(*) AS results_deliveries
    FROM landed.deliveries
    WHERE feed = 'ucas_results' AND status = 'accepted'
),

held_at_all AS (
    SELECT COUNT(*) AS results
    FROM standardised.ucas_results
)

SELECT
    pair.personal_id,
    pair.centre_number,
    pair.awarding_organisation_rn,
    pair.registration_number,
    pair.qualification_number,
    pair.learner_id,
    CASE
        WHEN held_at_all.results + delivered.results_deliveries = 0 OR pair.results_to_ucas IS NULL
            THEN 'cannot_assess'
        ELSE 'raised'
    END AS outcome,
    CASE
        WHEN held_at_all.results + delivered.results_deliveries = 0 THEN 'no_results_delivered'
        WHEN pair.results_to_ucas IS NULL THEN 'release_not_known'
    END AS reason,
    qualification.title,
    CASE
        WHEN at_ucas.personal_id IS NULL THEN 'no result'
        WHEN at_ucas.code IS NULL THEN 'a blank'
        ELSE CONCAT('code ', at_ucas.code)
    END AS held,
    pair.results_to_ucas,
    pair.results_to_candidates AS act_by,
    pair.award_delivery_id,
    pair.award_line,
    pair.application_delivery_id,
    pair.application_line,
    at_ucas.delivery_id AS result_delivery_id,
    at_ucas.line AS result_line
FROM reconciled.issued_awards_of_applications AS pair
CROSS JOIN landed.run_context
CROSS JOIN delivered
CROSS JOIN held_at_all
INNER JOIN reconciled.declared_by_live_applications AS declared
    ON
        pair.personal_id = declared.personal_id
        AND pair.qualification_number = declared.qualification_number
        AND declared.is_meant
LEFT JOIN reconciled.ucas_grades AS at_ucas
    ON
        pair.personal_id = at_ucas.personal_id
        AND pair.awarding_organisation_rn = at_ucas.awarding_organisation_rn
        AND pair.qualification_number = at_ucas.qualification_number
LEFT JOIN standardised.qualifications AS qualification
    ON pair.qualification_number = qualification.qualification_number
WHERE
    at_ucas.grade IS NULL
    AND (pair.results_to_ucas IS NULL OR pair.results_to_ucas < run_context.as_of)
