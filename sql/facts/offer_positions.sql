/*
statement: For each conditional choice, whether the grade it asks for can still be reached, or why that cannot be told.
grain: personal_id, choice_number
*/
-- Like is compared with like alone: the same qualification, or another number of the same suite and size. Of several
-- registrations the one that reaches furthest decides, so that an offer is out of reach only if it is so in all of them.
WITH sizes AS (
    SELECT
        personal_id,
        choice_number,
        condition_qualification_number AS qualification_number,
        TRUE AS alike
    FROM reconciled.conditional_choices
    UNION ALL
    SELECT
        choice.personal_id,
        choice.choice_number,
        other.qualification_number,
        COALESCE(other.guided_learning_hours = choice.guided_learning_hours, FALSE) AS alike
    FROM reconciled.conditional_choices AS choice
    INNER JOIN standardised.qualifications AS other
        ON
            choice.suite = other.suite
            AND choice.condition_qualification_number <> other.qualification_number
),

compared AS (
    SELECT
        choice.personal_id,
        choice.choice_number,
        registration.awarding_organisation_rn,
        registration.registration_number,
        registration.delivery_id,
        registration.line,
        possible.status,
        possible.reason,
        CASE
            WHEN NOT sizes.alike THEN 'other_size'
            WHEN possible.status = 'unachievable' THEN 'out_of_reach'
            WHEN possible.best_grade IS NULL THEN 'achievability_not_known'
            WHEN asked.place IS NULL THEN 'grade_not_known'
            WHEN best.place < asked.place THEN 'out_of_reach'
            ELSE 'in_reach'
        END AS finding
    FROM reconciled.conditional_choices AS choice
    INNER JOIN sizes
        ON choice.personal_id = sizes.personal_id AND choice.choice_number = sizes.choice_number
    INNER JOIN reconciled.open_registrations AS registration
        ON
            choice.learner_id = registration.learner_id
            AND sizes.qualification_number = registration.qualification_number
            AND registration.stands
    LEFT JOIN reconciled.achievability AS possible
        ON
            registration.awarding_organisation_rn = possible.awarding_organisation_rn
            AND registration.registration_number = possible.registration_number
            AND registration.qualification_number = possible.qualification_number
    LEFT JOIN reconciled.specification_grades AS asked
        ON
            possible.specification = asked.specification
            AND possible.specification_version = asked.specification_version
            AND choice.condition_grade = asked.grade
    LEFT JOIN reconciled.specification_grades AS best
        ON
            possible.specification = best.specification
            AND possible.specification_version = best.specification_version
            AND UPPER(possible.best_grade) = best.grade
),

decided AS (
    SELECT
        personal_id,
        choice_number,
        registration_number,
        delivery_id,
        line,
        status,
        reason,
        finding,
        ROW_NUMBER() OVER (
            PARTITION BY personal_id, choice_number
            ORDER BY
                CASE finding
                    WHEN 'in_reach' THEN 1
                    WHEN 'grade_not_known' THEN 2
                    WHEN 'achievability_not_known' THEN 3
                    WHEN 'out_of_reach' THEN 4
                    ELSE 5
                END,
                awarding_organisation_rn,
                registration_number
        ) AS place
    FROM compared
)

SELECT
    choice.personal_id,
    choice.choice_number,
    COALESCE(decided.finding, 'no_registration') AS finding,
    decided.status,
    decided.reason,
    decided.registration_number,
    decided.delivery_id,
    decided.line
FROM reconciled.conditional_choices AS choice
LEFT JOIN decided
    ON
        choice.personal_id = decided.personal_id
        AND choice.choice_number = decided.choice_number
        AND decided.place = 1
