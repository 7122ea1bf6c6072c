/*
statement: Each level whose qualifications are in scope of the term-time checkpoint, with the least size that is.
grain: level
*/
-- Flag contract, point 14; AQA, Delivery of results for vocational and technical qualifications.
SELECT
    '3' AS level,
    180 AS guided_learning_hours
UNION ALL
SELECT
    '1/2' AS level,
    120 AS guided_learning_hours
UNION ALL
SELECT
    '2' AS level,
    120 AS guided_learning_hours
