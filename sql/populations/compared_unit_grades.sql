/*
statement: Each unit that a centre has graded and the organisation has a result for, and whether the grades agree.
grain: centre_number, centre_learner_reference, qualification_number, unit_number, series
*/
-- Compared only where both sides hold the registration (flag contract, point 5), for the unit and series; a centre that
-- names no series agrees if any result of the unit has its grade. Codes that are not the grade itself are decoded by
-- channel first (point 12). The grades do not stand here: this is by far the largest table, and few of its rows differ.
WITH beside AS (
    SELECT
        entry.centre_number,
        entry.centre_learner_reference,
        entry.qualification_number,
        entry.unit_number,
        entry.series,
        COALESCE(centre_code.grade, entry.centre_grade) = COALESCE(result_code.grade, result.grade) AS agrees
    FROM standardised.ao_unit_results AS result
    INNER JOIN reconciled.registrations_held_by_both AS held
        ON
            result.awarding_organisation_rn = held.awarding_organisation_rn
            AND result.registration_number = held.registration_number
            AND result.qualification_number = held.qualification_number
    INNER JOIN standardised.centre_unit_entries AS entry
        ON
            held.centre_number = entry.centre_number
            AND held.centre_learner_reference = entry.centre_learner_reference
            AND held.qualification_number = entry.qualification_number
            AND result.unit_number = entry.unit_number
            AND result.series = COALESCE(entry.series, result.series)
    LEFT JOIN reconciled.grade_codes AS centre_code
        ON
            entry.centre_grade = centre_code.code
            AND centre_code.channel = 'centre'
            AND centre_code.compared_with = 'awarding_organisation'
    LEFT JOIN reconciled.grade_codes AS result_code
        ON
            result.grade = result_code.code
            AND result_code.channel = 'awarding_organisation'
            AND result_code.compared_with = 'centre'
    WHERE entry.entry_status = 'entered' AND entry.centre_grade IS NOT NULL
)

SELECT
    centre_number,
    centre_learner_reference,
    qualification_number,
    unit_number,
    series,
    agrees
FROM beside
WHERE series IS NOT NULL
UNION ALL
SELECT
    centre_number,
    centre_learner_reference,
    qualification_number,
    unit_number,
    series,
    MAX(CASE WHEN agrees THEN 1 ELSE 0 END) = 1 AS agrees
FROM beside
WHERE series IS NULL
GROUP BY centre_number, centre_learner_reference, qualification_number, unit_number, series
