/*
statement: >-
  Each standing registration that a centre is asked about at the term-time checkpoint, with the centre's answer.
grain: awarding_organisation_rn, registration_number, qualification_number
*/
-- Planned to end in the run's cycle, its qualification in scope, and held by both sides (flag contract, points 5 and 14).
-- A size that is not known may be in scope: size_is_known then says no. Of a centre's several rows for one registration
-- one answer is enough.
WITH answer AS (
    SELECT
        awarding_organisation_rn,
        registration_number,
        qualification_number,
        MAX(expects_result_this_summer) AS expects_result_this_summer,
        MIN(centre_number) AS centre_number,
        MIN_BY(centre_learner_reference, centre_number) AS centre_learner_reference
    FROM reconciled.registrations_held_by_both
    GROUP BY awarding_organisation_rn, registration_number, qualification_number
)

SELECT
    registration.awarding_organisation_rn,
    registration.registration_number,
    registration.qualification_number,
    registration.learner_id,
    answer.centre_number,
    answer.centre_learner_reference,
    qualification.title,
    qualification.guided_learning_hours IS NOT NULL AS size_is_known,
    answer.expects_result_this_summer,
    registration.delivery_id,
    registration.line
FROM reconciled.open_registrations AS registration
INNER JOIN landed.run_context
    ON SUBSTR(registration.planned_completion, 1, 4) = CAST(run_context.cycle AS VARCHAR)
INNER JOIN answer
    ON
        registration.awarding_organisation_rn = answer.awarding_organisation_rn
        AND registration.registration_number = answer.registration_number
        AND registration.qualification_number = answer.qualification_number
INNER JOIN standardised.qualifications AS qualification
    ON registration.qualification_number = qualification.qualification_number
INNER JOIN reconciled.checkpoint_scope AS scope ON qualification.level = scope.level
WHERE
    registration.stands
    AND COALESCE(qualification.guided_learning_hours >= scope.guided_learning_hours, TRUE)
