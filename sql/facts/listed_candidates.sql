/*
statement: >-
  For each declaration that cannot be resolved, or whose number and title disagree, the qualifications that its title may
  mean, in words, and the day on which the first of their results goes to UCAS.
grain: personal_id, declared_number
*/
-- Five are named at most, in the order of their titles. A suggestion is no candidate (it is only
-- likely), and a declaration has never both.
WITH candidate AS (
    SELECT
        listed.personal_id,
        listed.declared_number,
        listed.qualification_number,
        qualification.title,
        listed.why,
        CAST(last_day.falls_on AS DATE) AS falls_on,
        ROW_NUMBER() OVER (
            PARTITION BY listed.personal_id, listed.declared_number
            ORDER BY qualification.title, listed.qualification_number
        ) AS place
    FROM linked.declaration_candidates AS listed
    INNER JOIN standardised.qualifications AS qualification
        ON listed.qualification_number = qualification.qualification_number
    LEFT JOIN reconciled.cycle_dates AS last_day
        ON
            qualification.awarding_organisation_rn = last_day.awarding_organisation_rn
            AND qualification.qualification_number = last_day.qualification_number
            AND last_day.event = 'results_to_ucas'
)

SELECT
    personal_id,
    declared_number,
    COUNT(*) AS listed,
    CONCAT(
        STRING_AGG(
            CASE
                WHEN place > 5 THEN NULL
                WHEN why IS NULL THEN CONCAT(title, ' (', qualification_number, ')')
                ELSE CONCAT(title, ' (', qualification_number, '; ', why, ')')
            END, ', '
            ORDER BY place
        ),
        CASE WHEN COUNT(*) > 5 THEN ' and others' ELSE '' END
    ) AS named,
    MIN(falls_on) AS act_by
FROM candidate
GROUP BY personal_id, declared_number
