/*
statement: Each result that UCAS holds, with its grade after decoding, which is empty where the code is no grade.
grain: personal_id, awarding_organisation_rn, qualification_number
*/
-- At UCAS a blank, Q, X and # are no grade (flag contract, point 12).
SELECT
    held.personal_id,
    held.awarding_organisation_rn,
    held.qualification_number,
    held.grade AS code,
    CASE WHEN none.code IS NULL THEN COALESCE(decoded.grade, held.grade) END AS grade,
    held.received_on,
    held.delivery_id,
    held.line
FROM standardised.ucas_results AS held
LEFT JOIN reconciled.no_grade_codes AS none ON held.grade = none.code AND none.channel = 'ucas'
LEFT JOIN reconciled.grade_codes AS decoded
    ON
        held.grade = decoded.code
        AND decoded.channel = 'ucas'
        AND decoded.compared_with = 'awarding_organisation'
