/*
statement: Each live application, with its turn among those of its learner and the one that came first.
grain: personal_id
*/
-- The first is the one applied earliest, then the one of the lowest Personal ID.
SELECT
    personal_id,
    learner_id,
    centre_number,
    ROW_NUMBER() OVER (
        PARTITION BY COALESCE(learner_id, personal_id) ORDER BY applied_on ASC NULLS LAST, personal_id ASC
    ) AS turn,
    FIRST_VALUE(personal_id) OVER (
        PARTITION BY COALESCE(learner_id, personal_id) ORDER BY applied_on ASC NULLS LAST, personal_id ASC
    ) AS first_personal_id,
    delivery_id,
    line
FROM reconciled.live_applications
