/*
statement: Each qualification that a live application declares, or may mean by a declaration with several candidates.
grain: personal_id, qualification_number
*/
-- Any declaration counts, whatever its status and month. is_meant is false where the qualification is only one of
-- several candidates of a declaration that cannot be resolved; they count as declared for registration_not_declared
-- alone. Suggestions are no candidates: what a title is merely likely to mean is not declared. Where the number is known, it
-- alone decides, whatever the title says (flag contract, point 1).
WITH declared AS (
    SELECT
        personal_id,
        qualification_number,
        1 AS meant
    FROM linked.declared_qualifications
    WHERE qualification_number IS NOT NULL
    UNION ALL
    SELECT
        candidate.personal_id,
        candidate.qualification_number,
        0 AS meant
    FROM linked.declaration_candidates AS candidate
    INNER JOIN linked.declared_qualifications AS declaration
        ON
            candidate.personal_id = declaration.personal_id
            AND candidate.declared_number = declaration.declared_number
    WHERE declaration.qualification_number IS NULL AND NOT candidate.suggested
)

SELECT
    application.personal_id,
    application.learner_id,
    declared.qualification_number,
    qualification.suite,
    MAX(declared.meant) = 1 AS is_meant
FROM reconciled.live_applications AS application
INNER JOIN declared ON application.personal_id = declared.personal_id
LEFT JOIN standardised.qualifications AS qualification
    ON declared.qualification_number = qualification.qualification_number
GROUP BY
    application.personal_id,
    application.learner_id,
    declared.qualification_number,
    qualification.suite
