/*
statement: >-
  Each firm or insurance choice of a live application whose conditional offer asks for a grade in a qualification, with
  the declaration that it is about.
grain: personal_id, declared_number, choice_number
*/
-- The declaration of that qualification, else of another size of its suite, the lowest number first. Where the applicant
-- declares neither, declared_number is empty and the choice is judged all the same.
WITH condition AS (
    SELECT
        choice.personal_id,
        choice.choice_number,
        choice.reply,
        choice.condition_qualification_number,
        choice.condition_grade,
        application.learner_id,
        application.centre_number,
        qualification.suite,
        qualification.guided_learning_hours,
        qualification.title,
        qualification.awarding_organisation_rn,
        choice.delivery_id,
        choice.line
    FROM standardised.ucas_choices AS choice
    INNER JOIN reconciled.live_applications AS application ON choice.personal_id = application.personal_id
    LEFT JOIN standardised.qualifications AS qualification
        ON choice.condition_qualification_number = qualification.qualification_number
    WHERE
        choice.decision = 'C'
        AND choice.reply IN ('F', 'I')
        AND choice.condition_qualification_number IS NOT NULL
        AND choice.condition_grade IS NOT NULL
),

declared AS (
    SELECT
        condition.personal_id,
        condition.choice_number,
        declaration.declared_number,
        ROW_NUMBER() OVER (
            PARTITION BY condition.personal_id, condition.choice_number
            ORDER BY
                CASE
                    WHEN declaration.qualification_number = condition.condition_qualification_number THEN 1 ELSE 2
                END,
                declaration.declared_number
        ) AS place
    FROM condition
    INNER JOIN linked.declared_qualifications AS declaration ON condition.personal_id = declaration.personal_id
    WHERE
        declaration.qualification_number = condition.condition_qualification_number
        OR declaration.suite = condition.suite
)

SELECT
    condition.personal_id,
    declared.declared_number,
    condition.choice_number,
    condition.reply,
    condition.condition_qualification_number,
    condition.condition_grade,
    condition.learner_id,
    condition.centre_number,
    condition.suite,
    condition.guided_learning_hours,
    condition.title,
    condition.awarding_organisation_rn,
    condition.delivery_id,
    condition.line
FROM condition
LEFT JOIN declared
    ON
        condition.personal_id = declared.personal_id
        AND condition.choice_number = declared.choice_number
        AND declared.place = 1
