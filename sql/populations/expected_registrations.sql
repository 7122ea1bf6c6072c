/*
statement: Each standing registration whose result is expected in the run's cycle.
grain: awarding_organisation_rn, registration_number, qualification_number
*/
-- Expected: planned_completion falls in the cycle's year; or it is empty, and the centre expects a result this
-- summer or the learner has a live application that declares it (flag contract, point 8).
WITH centre_expects AS (
    SELECT DISTINCT
        awarding_organisation_rn,
        registration_number,
        qualification_number
    FROM reconciled.registrations_held_by_both
    WHERE expects_result_this_summer = 'Y'
),

applicant_declares AS (
    SELECT DISTINCT
        learner_id,
        qualification_number
    FROM reconciled.declared_by_live_applications
    WHERE is_meant
)

SELECT
    registration.awarding_organisation_rn,
    registration.registration_number,
    registration.qualification_number,
    registration.learner_id,
    registration.centre_number,
    registration.current_centre_number,
    registration.planned_completion,
    'planned completion' AS expected_because,
    registration.delivery_id,
    registration.line
FROM reconciled.open_registrations AS registration
INNER JOIN landed.run_context
    ON SUBSTR(registration.planned_completion, 1, 4) = CAST(run_context.cycle AS VARCHAR)
WHERE registration.stands
UNION ALL
SELECT
    registration.awarding_organisation_rn,
    registration.registration_number,
    registration.qualification_number,
    registration.learner_id,
    registration.centre_number,
    registration.current_centre_number,
    registration.planned_completion,
    CASE
        WHEN centre_expects.registration_number IS NOT NULL THEN 'the centre expects a result this summer'
        ELSE 'a live application declares it'
    END AS expected_because,
    registration.delivery_id,
    registration.line
FROM reconciled.open_registrations AS registration
LEFT JOIN centre_expects
    ON
        registration.awarding_organisation_rn = centre_expects.awarding_organisation_rn
        AND registration.registration_number = centre_expects.registration_number
        AND registration.qualification_number = centre_expects.qualification_number
LEFT JOIN applicant_declares
    ON
        registration.learner_id = applicant_declares.learner_id
        AND registration.qualification_number = applicant_declares.qualification_number
WHERE
    registration.stands
    AND registration.planned_completion IS NULL
    AND (centre_expects.registration_number IS NOT NULL OR applicant_declares.learner_id IS NOT NULL)
