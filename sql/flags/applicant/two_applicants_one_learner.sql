/*
statement: A learner has one live application.
population: applications_in_turn
subject: personal_id
owner: awarding_organisation
shared_with: centre
severity: data_quality
authority:
  title: UCAS, Processing results from awarding bodies
  address: https://www.ucas.com/providers/services/news/processing-results-awarding-bodies
  clause: a result reaches the applicant to whom it is matched; flag contract, Subjects
action: Ask the centre which application counts, so that the results reach it and the other one is withdrawn.
reasons: {}
detail: >-
  Application {personal_id} is the same learner's as application {first_personal_id}, which came first, and neither is
  withdrawn.
act_by: column
valid_from: null
valid_to: null
soft_limit: 0.005
hard_limit: 0.05
limits_reason: >-
  A judgement, not an official figure; people seldom apply twice, and more than one application in twenty points to
  applicants that were linked wrongly.
evidence:
  application: ucas_applicants
  first: ucas_applicants
values: first_personal_id
*/
-- It can be put right until the first of the results declared goes to UCAS.
WITH last_day AS (
    SELECT
        declaration.personal_id,
        MIN(CAST(released.falls_on AS DATE)) AS act_by
    FROM reconciled.pending_declarations AS declaration
    INNER JOIN reconciled.cycle_dates AS released
        ON
            declaration.awarding_organisation_rn = released.awarding_organisation_rn
            AND declaration.qualification_number = released.qualification_number
            AND released.event = 'results_to_ucas'
    GROUP BY declaration.personal_id
)

SELECT
    application.personal_id,
    application.centre_number,
    application.learner_id,
    'raised' AS outcome,
    CAST(NULL AS VARCHAR) AS reason,
    application.first_personal_id,
    last_day.act_by,
    application.delivery_id AS application_delivery_id,
    application.line AS application_line,
    earlier.delivery_id AS first_delivery_id,
    earlier.line AS first_line
FROM reconciled.applications_in_turn AS application
INNER JOIN reconciled.live_applications AS earlier ON application.first_personal_id = earlier.personal_id
LEFT JOIN last_day ON application.personal_id = last_day.personal_id
WHERE application.turn > 1
