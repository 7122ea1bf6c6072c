/*
statement: Each pending declaration of a live application, made to an awarding organisation that sends feeds.
grain: personal_id, declared_number
*/
-- Pending, with its award month in the cycle or empty (flag contract, Terms). qualification_number is what the
-- declaration means, empty where it cannot be resolved; the organisation is then the one declared. centre_number is
-- where the qualification is studied; asked_centre_number the centre to ask: that one, else the one applied through.
WITH declaration AS (
    SELECT
        declared.personal_id,
        declared.declared_number,
        application.learner_id,
        COALESCE(
            qualification.awarding_organisation_rn,
            meaning.awarding_organisation_rn,
            declared.awarding_organisation_rn
        ) AS awarding_organisation_rn,
        meaning.qualification_number,
        declared.title,
        declared.award_month,
        declared.centre_number,
        COALESCE(successor.current_centre_number, declared.centre_number) AS current_centre_number,
        COALESCE(declared.centre_number, application.centre_number) AS asked_centre_number,
        declared.delivery_id,
        declared.line
    FROM reconciled.live_applications AS application
    INNER JOIN standardised.ucas_qualifications AS declared ON application.personal_id = declared.personal_id
    CROSS JOIN landed.run_context
    LEFT JOIN linked.declared_qualifications AS meaning
        ON
            declared.personal_id = meaning.personal_id
            AND declared.declared_number = meaning.declared_number
    LEFT JOIN standardised.qualifications AS qualification
        ON meaning.qualification_number = qualification.qualification_number
    LEFT JOIN linked.centre_successors AS successor ON declared.centre_number = successor.centre_number
    WHERE
        declared.status = 'pending'
        AND (
            declared.award_month IS NULL
            OR SUBSTR(declared.award_month, 1, 4) = CAST(run_context.cycle AS VARCHAR)
        )
)

SELECT
    declaration.personal_id,
    declaration.declared_number,
    declaration.learner_id,
    declaration.awarding_organisation_rn,
    declaration.qualification_number,
    declaration.title,
    declaration.award_month,
    declaration.centre_number,
    declaration.current_centre_number,
    declaration.asked_centre_number,
    declaration.delivery_id,
    declaration.line
FROM declaration
INNER JOIN reconciled.sending_organisations AS sender
    ON declaration.awarding_organisation_rn = sender.awarding_organisation_rn
