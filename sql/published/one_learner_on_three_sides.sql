-- Which learners with flags are held by which side, and how were their records joined?
SELECT
    flagged.learner_id,
    flagged.flags,
    links.feed,
    links.stage,
    links.evidence
FROM (
    SELECT
        learner_id,
        count(*) AS flags
    FROM published.flags
    WHERE learner_id IS NOT NULL
    GROUP BY learner_id
) AS flagged
INNER JOIN published.person_links AS links
    ON flagged.learner_id = links.learner_id
ORDER BY flagged.flags DESC, flagged.learner_id ASC, links.feed ASC, links.stage ASC
LIMIT 50
