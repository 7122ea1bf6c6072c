/*
statement: Each grade of the run's cycle that UCAS holds for a learner with a standing registration for the qualification.
grain: awarding_organisation_rn, registration_number, qualification_number
*/
-- Whatever has become of the application. A grade of an earlier cycle is told by the day on which UCAS received it, or by
-- the day or the planned completion of the award: earlier results are loaded again against new applicants. A cycle begins
-- in November, as schemas.layers has it. A learner may have applied twice; one grade is enough.
WITH held AS (
    SELECT
        registration.awarding_organisation_rn,
        registration.registration_number,
        registration.qualification_number,
        registration.learner_id,
        registration.centre_number,
        registration.planned_completion,
        at_ucas.personal_id,
        at_ucas.delivery_id,
        at_ucas.line,
        ROW_NUMBER() OVER (
            PARTITION BY
                registration.awarding_organisation_rn,
                registration.registration_number,
                registration.qualification_number
            ORDER BY at_ucas.personal_id
        ) AS place
    FROM reconciled.ucas_grades AS at_ucas
    CROSS JOIN landed.run_context
    INNER JOIN linked.person_links AS applicant
        ON at_ucas.personal_id = applicant.personal_id AND applicant.feed = 'ucas_applicants'
    INNER JOIN reconciled.open_registrations AS registration
        ON
            applicant.learner_id = registration.learner_id
            AND at_ucas.awarding_organisation_rn = registration.awarding_organisation_rn
            AND at_ucas.qualification_number = registration.qualification_number
            AND registration.stands
    LEFT JOIN standardised.ao_awards AS award
        ON
            registration.awarding_organisation_rn = award.awarding_organisation_rn
            AND registration.registration_number = award.registration_number
            AND registration.qualification_number = award.qualification_number
    WHERE
        at_ucas.grade IS NOT NULL
        AND COALESCE(
            YEAR(at_ucas.received_on) + CASE WHEN MONTH(at_ucas.received_on) > 10 THEN 1 ELSE 0 END
            >= run_context.cycle, TRUE
        )
        AND COALESCE(
            YEAR(award.issued_on) + CASE WHEN MONTH(award.issued_on) > 10 THEN 1 ELSE 0 END >= run_context.cycle, TRUE
        )
        AND COALESCE(CAST(SUBSTR(registration.planned_completion, 1, 4) AS INTEGER) >= run_context.cycle, TRUE)
)

SELECT
    awarding_organisation_rn,
    registration_number,
    qualification_number,
    learner_id,
    centre_number,
    planned_completion,
    personal_id,
    delivery_id,
    line
FROM held
WHERE place = 1
