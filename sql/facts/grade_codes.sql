/*
statement: Each unit grade code that is not the grade itself, by its channel and the one compared with.
grain: channel, compared_with, code
*/
-- Written by schemas.grade_codes, where each code has its source. Change it there.
SELECT
    'centre' AS channel,
    'awarding_organisation' AS compared_with,
    '*A' AS code,
    'A*' AS grade
UNION ALL
SELECT
    'centre' AS channel,
    'awarding_organisation' AS compared_with,
    '*D' AS code,
    'D*' AS grade
