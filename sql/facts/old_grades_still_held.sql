/*
statement: Each issued award whose grade has changed while UCAS or the centre still holds an old one.
grain: awarding_organisation_rn, registration_number, qualification_number
*/
-- An old grade is the award's previous_grade, or one that an earlier delivery gave as issued. Of a centre the grade of its
-- full claim is known. Where several hold old grades, the application with the lowest Personal ID is told.
WITH told AS (
    SELECT
        awarding_organisation_rn,
        registration_number,
        qualification_number,
        previous_grade AS grade,
        delivery_id,
        line
    FROM standardised.ao_awards
    WHERE previous_grade IS NOT NULL
    UNION ALL
    SELECT
        awarding_organisation_rn,
        registration_number,
        qualification_number,
        grade,
        delivery_id,
        line
    FROM standardised.earlier_award_grades
),

held AS (
    SELECT
        award.awarding_organisation_rn,
        award.registration_number,
        award.qualification_number,
        told.grade AS old_grade,
        told.delivery_id AS earlier_delivery_id,
        told.line AS earlier_line,
        at_ucas.personal_id,
        at_ucas.delivery_id AS result_delivery_id,
        at_ucas.line AS result_line,
        claim.centre_learner_reference,
        claim.delivery_id AS claim_delivery_id,
        claim.line AS claim_line,
        ROW_NUMBER() OVER (
            PARTITION BY award.awarding_organisation_rn, award.registration_number, award.qualification_number
            ORDER BY
                at_ucas.personal_id ASC NULLS LAST,
                claim.centre_learner_reference ASC NULLS LAST,
                told.delivery_id ASC
        ) AS place
    FROM reconciled.issued_awards AS award
    INNER JOIN told
        ON
            award.awarding_organisation_rn = told.awarding_organisation_rn
            AND award.registration_number = told.registration_number
            AND award.qualification_number = told.qualification_number
            AND award.grade <> told.grade
    LEFT JOIN reconciled.live_applications AS application ON award.learner_id = application.learner_id
    LEFT JOIN reconciled.ucas_grades AS at_ucas
        ON
            application.personal_id = at_ucas.personal_id
            AND award.awarding_organisation_rn = at_ucas.awarding_organisation_rn
            AND award.qualification_number = at_ucas.qualification_number
            AND told.grade = at_ucas.grade
    LEFT JOIN reconciled.full_claims_of_registrations AS claim
        ON
            award.awarding_organisation_rn = claim.awarding_organisation_rn
            AND award.registration_number = claim.registration_number
            AND award.qualification_number = claim.qualification_number
            AND told.grade = claim.claimed_grade
    WHERE at_ucas.personal_id IS NOT NULL OR claim.centre_learner_reference IS NOT NULL
)

SELECT
    awarding_organisation_rn,
    registration_number,
    qualification_number,
    old_grade,
    earlier_delivery_id,
    earlier_line,
    personal_id,
    result_delivery_id,
    result_line,
    centre_learner_reference,
    claim_delivery_id,
    claim_line
FROM held
WHERE place = 1
