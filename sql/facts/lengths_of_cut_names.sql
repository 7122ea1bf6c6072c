/*
statement: Each length of a name that fills a feed's field, so that it may have been cut.
grain: part, length
*/
-- Written by schemas.link_stages, where each width has its source. Change it there.
SELECT
    'forename' AS part,
    19 AS length
UNION ALL
SELECT
    'forename' AS part,
    20 AS length
UNION ALL
SELECT
    'forename' AS part,
    23 AS length
UNION ALL
SELECT
    'forename' AS part,
    24 AS length
UNION ALL
SELECT
    'surname' AS part,
    17 AS length
UNION ALL
SELECT
    'surname' AS part,
    18 AS length
UNION ALL
SELECT
    'surname' AS part,
    29 AS length
UNION ALL
SELECT
    'surname' AS part,
    30 AS length
