/*
statement: >-
  Each open registration that gives way to another of the same learner, qualification and organisation, with the one
  that stands.
grain: awarding_organisation_rn, registration_number, qualification_number
*/
-- The one with most unit results stands, then the earliest, then the lowest number; results are counted in rows and
-- numbers compared as text (flag contract, points 4 and 15). Almost every open registration stands alone, so only those
-- that give way have a row.
WITH contended AS (
    SELECT
        learner_id,
        awarding_organisation_rn,
        qualification_number
    FROM reconciled.linked_registrations
    WHERE is_open AND learner_id IS NOT NULL
    GROUP BY learner_id, awarding_organisation_rn, qualification_number
    HAVING COUNT(*) > 1
),

contender AS (
    SELECT
        registration.awarding_organisation_rn,
        registration.registration_number,
        registration.qualification_number,
        registration.learner_id,
        registration.registration_date,
        registration.delivery_id,
        registration.line
    FROM reconciled.linked_registrations AS registration
    INNER JOIN contended
        ON
            registration.learner_id = contended.learner_id
            AND registration.awarding_organisation_rn = contended.awarding_organisation_rn
            AND registration.qualification_number = contended.qualification_number
    WHERE registration.is_open
),

counted AS (
    SELECT
        contender.awarding_organisation_rn,
        contender.registration_number,
        contender.qualification_number,
        COUNT(*) AS unit_results
    FROM standardised.ao_unit_results AS result
    INNER JOIN contender
        ON
            result.awarding_organisation_rn = contender.awarding_organisation_rn
            AND result.registration_number = contender.registration_number
            AND result.qualification_number = contender.qualification_number
    GROUP BY contender.awarding_organisation_rn, contender.registration_number, contender.qualification_number
),

ranked AS (
    SELECT
        contender.awarding_organisation_rn,
        contender.registration_number,
        contender.qualification_number,
        contender.learner_id,
        contender.delivery_id,
        contender.line,
        ROW_NUMBER() OVER (
            PARTITION BY contender.learner_id, contender.awarding_organisation_rn, contender.qualification_number
            ORDER BY
                COALESCE(counted.unit_results, 0) DESC,
                contender.registration_date ASC NULLS LAST,
                contender.registration_number ASC
        ) AS place
    FROM contender
    LEFT JOIN counted
        ON
            contender.awarding_organisation_rn = counted.awarding_organisation_rn
            AND contender.registration_number = counted.registration_number
            AND contender.qualification_number = counted.qualification_number
)

SELECT
    other.awarding_organisation_rn,
    other.registration_number,
    other.qualification_number,
    other.learner_id,
    standing.registration_number AS standing_registration_number,
    standing.delivery_id AS standing_delivery_id,
    standing.line AS standing_line
FROM ranked AS other
INNER JOIN ranked AS standing
    ON
        other.learner_id = standing.learner_id
        AND other.awarding_organisation_rn = standing.awarding_organisation_rn
        AND other.qualification_number = standing.qualification_number
WHERE other.place > 1 AND standing.place = 1
