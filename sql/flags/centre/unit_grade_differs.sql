/*
statement: The grade that a centre holds for a unit is the organisation's result for the unit and series.
population: compared_unit_grades
subject: centre_number, centre_learner_reference, qualification_number, unit_number, series
owner: centre
shared_with: null
severity: data_quality
authority:
  title: Pearson, Near Pass grade
  address: https://qualifications.pearson.com/en/support/support-topics/results-certification/near-pass-grade.html
  clause: in summer 2018 one unit's grade read differently by channel; flag contract, points 5 and 12
action: Compare the unit's grade with the awarding organisation's and correct the record that is wrong.
reasons: {}
detail: >-
  The centre's grade for unit {unit_number} of {title} ({qualification_number}, series {series}) is not the result
  that {awarding_organisation_rn} holds.
act_by:
  event: claim_deadline
valid_from: null
valid_to: null
soft_limit: 0.02
hard_limit: 0.2
limits_reason: >-
  A judgement, not an official figure; more than one graded unit in five points to a grade code that is not decoded.
evidence:
  entry: centre_unit_entries
  result: ao_unit_results
values: unit_number, series, centre_grade, organisation_grade
*/
-- Grades are shown only from the day after the results of their series were released, and never where the centre
-- names no series: a grade must not be known before its time.
WITH differing AS (
    SELECT
        centre_number,
        centre_learner_reference,
        qualification_number,
        unit_number,
        series
    FROM reconciled.compared_unit_grades
    WHERE NOT agrees
),

released AS (
    SELECT
        calendar.awarding_organisation_rn,
        calendar.qualification_number,
        calendar.series
    FROM reconciled.calendar
    CROSS JOIN landed.run_context
    WHERE calendar.event = 'series_results' AND CAST(calendar.falls_on AS DATE) < run_context.as_of
)

SELECT
    differing.centre_number,
    differing.centre_learner_reference,
    held.awarding_organisation_rn,
    held.registration_number,
    differing.qualification_number,
    differing.unit_number,
    differing.series,
    held.learner_id,
    'raised' AS outcome,
    CAST(NULL AS VARCHAR) AS reason,
    qualification.title,
    CASE WHEN released.series IS NOT NULL THEN entry.centre_grade END AS centre_grade,
    CASE WHEN released.series IS NOT NULL THEN result.grade END AS organisation_grade,
    entry.delivery_id AS entry_delivery_id,
    entry.line AS entry_line,
    result.delivery_id AS result_delivery_id,
    result.line AS result_line
FROM differing
INNER JOIN reconciled.registrations_held_by_both AS held
    ON
        differing.centre_number = held.centre_number
        AND differing.centre_learner_reference = held.centre_learner_reference
        AND differing.qualification_number = held.qualification_number
INNER JOIN standardised.centre_unit_entries AS entry
    ON
        differing.centre_number = entry.centre_number
        AND differing.centre_learner_reference = entry.centre_learner_reference
        AND differing.qualification_number = entry.qualification_number
        AND differing.unit_number = entry.unit_number
        AND differing.series IS NOT DISTINCT FROM entry.series
LEFT JOIN standardised.ao_unit_results AS result
    ON
        held.awarding_organisation_rn = result.awarding_organisation_rn
        AND held.registration_number = result.registration_number
        AND held.qualification_number = result.qualification_number
        AND differing.unit_number = result.unit_number
        AND differing.series = result.series
LEFT JOIN released
    ON
        held.awarding_organisation_rn = released.awarding_organisation_rn
        AND differing.qualification_number = released.qualification_number
        AND differing.series = released.series
LEFT JOIN standardised.qualifications AS qualification
    ON differing.qualification_number = qualification.qualification_number
