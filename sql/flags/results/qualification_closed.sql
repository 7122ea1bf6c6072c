/*
statement: >-
  A learner is registered on or before the last day for registrations, and the award is issued on or before the last day for
  certificates.
population: open_registrations
subject: awarding_organisation_rn, registration_number, qualification_number
owner: awarding_organisation
shared_with: null
severity: blocks_award
authority:
  title: AQA, Applied General Science, qualifications at a glance
  address: http://www.aqa.org.uk/subjects/science/applied-general/science/qualifications-at-a-glance-overview
  clause: a last day for registrations and a last day for certificates are set for a qualification
action: Move the learner to a qualification that is open, or correct the date that is wrong.
reasons: {}
detail: >-
  {title} ({qualification_number}) is closed: {finding} (last day for registrations {operational_end_date}, for
  certificates {certification_end_date}).
act_by:
  event: results_to_centres
valid_from: null
valid_to: null
soft_limit: 0.01
hard_limit: 0.1
limits_reason: >-
  A judgement, not an official figure; more than one registration in ten points to end dates that were delivered wrongly.
evidence:
  registration: ao_registrations
  qualification: qualifications
  award: ao_awards
values: finding, registration_date, operational_end_date, certification_end_date, planned_completion, issued_on
*/
-- An issued award is judged by its own day, any other by the day on which results go to candidates, or where a later
-- cycle is planned by its month.
WITH judged AS (
    SELECT
        registration.awarding_organisation_rn,
        registration.registration_number,
        registration.qualification_number,
        award.issued_on,
        award.delivery_id,
        award.line,
        CASE
            WHEN registration.registration_date > qualification.operational_end_date
                THEN 'the learner was registered too late'
            WHEN award.issued_on > qualification.certification_end_date THEN 'the award was issued too late'
            WHEN award.result_status = 'issued' THEN NULL
            WHEN CAST(released.falls_on AS DATE) > qualification.certification_end_date
                THEN 'the award is expected too late'
            WHEN
                SUBSTR(registration.planned_completion, 1, 4) > CAST(run_context.cycle AS VARCHAR)
                AND registration.planned_completion > STRFTIME(qualification.certification_end_date, '%Y-%m')
                THEN 'the award is expected too late'
        END AS finding
    FROM reconciled.open_registrations AS registration
    CROSS JOIN landed.run_context
    INNER JOIN standardised.qualifications AS qualification
        ON registration.qualification_number = qualification.qualification_number
    LEFT JOIN standardised.ao_awards AS award
        ON
            registration.awarding_organisation_rn = award.awarding_organisation_rn
            AND registration.registration_number = award.registration_number
            AND registration.qualification_number = award.qualification_number
            AND award.result_status = 'issued'
    LEFT JOIN reconciled.expected_registrations AS expected
        ON
            registration.awarding_organisation_rn = expected.awarding_organisation_rn
            AND registration.registration_number = expected.registration_number
            AND registration.qualification_number = expected.qualification_number
    LEFT JOIN reconciled.completion_dates AS released
        ON
            expected.awarding_organisation_rn = released.awarding_organisation_rn
            AND expected.qualification_number = released.qualification_number
            AND expected.planned_completion IS NOT DISTINCT FROM released.planned_completion
            AND released.event = 'results_to_candidates'
    WHERE
        registration.stands
        AND (qualification.operational_end_date IS NOT NULL OR qualification.certification_end_date IS NOT NULL)
)

SELECT
    registration.centre_number,
    judged.awarding_organisation_rn,
    judged.registration_number,
    judged.qualification_number,
    registration.learner_id,
    'raised' AS outcome,
    CAST(NULL AS VARCHAR) AS reason,
    qualification.title,
    judged.finding,
    registration.registration_date,
    qualification.operational_end_date,
    qualification.certification_end_date,
    registration.planned_completion,
    judged.issued_on,
    registration.delivery_id AS registration_delivery_id,
    registration.line AS registration_line,
    qualification.delivery_id AS qualification_delivery_id,
    qualification.line AS qualification_line,
    judged.delivery_id AS award_delivery_id,
    judged.line AS award_line
FROM judged
INNER JOIN reconciled.open_registrations AS registration
    ON
        judged.awarding_organisation_rn = registration.awarding_organisation_rn
        AND judged.registration_number = registration.registration_number
        AND judged.qualification_number = registration.qualification_number
INNER JOIN standardised.qualifications AS qualification
    ON judged.qualification_number = qualification.qualification_number
WHERE judged.finding IS NOT NULL
