/*
statement: UCAS and centres hold a grade only from the day on which they may.
population: grades_held_by_others
subject: awarding_organisation_rn, registration_number, qualification_number, unit_number, series
owner: awarding_organisation
shared_with: null
severity: data_quality
authority:
  title: NAEO, CEO message, August 2024
  address: null
  clause: results reach centres the day before candidates; flag contract, point 11
action: >-
  Find out how the grade got there before its time, have it withheld until then, and report it as your procedures for the
  security of results require.
reasons:
  release_not_known: No key date says from when the grade may be held.
detail: >-
  A grade for {held_for} is already held by {holder}, which may hold it from {held_from} on.
act_by: column
valid_from: null
valid_to: null
soft_limit: 0.001
hard_limit: 0.05
limits_reason: >-
  A judgement, not an official figure; no grade should be early, and more than one in twenty points to a key date that is
  wrong.
evidence:
  at_ucas: ucas_results
  at_centre: centre_unit_entries
values: holder, held_from
*/
-- On the day itself the grade may be held. The day is also the last on which it can be put right.
SELECT
    held.personal_id,
    held.centre_number,
    held.centre_learner_reference,
    held.awarding_organisation_rn,
    held.registration_number,
    held.qualification_number,
    held.unit_number,
    held.series,
    held.learner_id,
    CASE WHEN held.held_from IS NULL THEN 'cannot_assess' ELSE 'raised' END AS outcome,
    CASE WHEN held.held_from IS NULL THEN 'release_not_known' END AS reason,
    held.holder,
    held.held_from,
    CONCAT(
        CASE
            WHEN held.unit_number IS NULL THEN ''
            ELSE CONCAT('unit ', held.unit_number, ' (series ', held.series, ') of ')
        END,
        COALESCE(qualification.title, 'qualification'), ' ', held.qualification_number
    ) AS held_for,
    held.held_from AS act_by,
    CASE WHEN held.unit_number IS NULL THEN held.delivery_id END AS at_ucas_delivery_id,
    CASE WHEN held.unit_number IS NULL THEN held.line END AS at_ucas_line,
    CASE WHEN held.unit_number IS NOT NULL THEN held.delivery_id END AS at_centre_delivery_id,
    CASE WHEN held.unit_number IS NOT NULL THEN held.line END AS at_centre_line
FROM reconciled.grades_held_by_others AS held
CROSS JOIN landed.run_context
LEFT JOIN standardised.qualifications AS qualification
    ON held.qualification_number = qualification.qualification_number
WHERE held.held_from IS NULL OR held.held_from > run_context.as_of
