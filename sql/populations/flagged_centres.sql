/*
statement: Each centre, as it is numbered now, that a flag is raised for, with how many of its flags are urgent.
grain: centre_number
*/
-- What makes a flag urgent is said where flags are built and nowhere else; here it is counted. act_by looks from the
-- run's day on: the earliest day on which one of the urgent flags can last be put right.
SELECT
    COALESCE(successor.current_centre_number, flag.centre_number) AS centre_number,
    COUNT(*) AS flags,
    COUNT(CASE WHEN flag.urgency = 'urgent' THEN 1 END) AS urgent_flags,
    MIN(CASE WHEN flag.urgency = 'urgent' AND flag.act_by >= run_context.as_of THEN flag.act_by END) AS act_by
FROM reconciled.raised_flags AS flag
CROSS JOIN landed.run_context
LEFT JOIN linked.centre_successors AS successor ON flag.centre_number = successor.centre_number
WHERE flag.centre_number IS NOT NULL
GROUP BY COALESCE(successor.current_centre_number, flag.centre_number)
