/*
statement: Each code that stands where a grade would and is none, by its channel.
grain: channel, code
*/
-- Written by schemas.grade_codes, where each code has its source. Change it there.
SELECT
    'awarding_organisation' AS channel,
    '#' AS code
UNION ALL
SELECT
    'awarding_organisation' AS channel,
    'Q' AS code
UNION ALL
SELECT
    'awarding_organisation' AS channel,
    'X' AS code
UNION ALL
SELECT
    'centre' AS channel,
    '#' AS code
UNION ALL
SELECT
    'centre' AS channel,
    'Q' AS code
UNION ALL
SELECT
    'centre' AS channel,
    'X' AS code
UNION ALL
SELECT
    'ucas' AS channel,
    '#' AS code
UNION ALL
SELECT
    'ucas' AS channel,
    'Q' AS code
UNION ALL
SELECT
    'ucas' AS channel,
    'X' AS code
