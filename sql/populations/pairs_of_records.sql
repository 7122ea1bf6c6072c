/*
statement: >-
  Each live application beside each registration of its learner, and each pair of records of two learners under review.
grain: >-
  personal_id, centre_number, centre_learner_reference, awarding_organisation_rn, registration_number,
  qualification_number
*/
-- Each row fills the keys of two records; pair_id is empty where they are linked. A registration that gives way to another
-- of its learner raises duplicate_registration and nothing else (flag contract, point 4). A centre's rows under one
-- reference may be two learners, each under review beside one registration: the strongest pair then stands for both.
WITH under_review AS (
    SELECT
        doubtful.personal_id,
        doubtful.centre_number,
        doubtful.centre_learner_reference,
        doubtful.awarding_organisation_rn,
        doubtful.registration_number,
        doubtful.qualification_number,
        doubtful.pair_id,
        ROW_NUMBER() OVER (
            PARTITION BY
                doubtful.personal_id,
                doubtful.centre_number,
                doubtful.centre_learner_reference,
                doubtful.awarding_organisation_rn,
                doubtful.registration_number,
                doubtful.qualification_number
            ORDER BY weighed.match_weight DESC NULLS LAST, doubtful.pair_id ASC
        ) AS place
    FROM reconciled.pairs_under_review AS doubtful
    INNER JOIN linked.link_review AS weighed ON doubtful.pair_id = weighed.pair_id
)

SELECT
    application.personal_id,
    CAST(NULL AS VARCHAR) AS centre_number,
    CAST(NULL AS VARCHAR) AS centre_learner_reference,
    registration.awarding_organisation_rn,
    registration.registration_number,
    registration.qualification_number,
    CAST(NULL AS VARCHAR) AS pair_id
FROM reconciled.live_applications AS application
INNER JOIN reconciled.linked_registrations AS registration ON application.learner_id = registration.learner_id
LEFT JOIN reconciled.standing_registrations AS surplus
    ON
        registration.awarding_organisation_rn = surplus.awarding_organisation_rn
        AND registration.registration_number = surplus.registration_number
        AND registration.qualification_number = surplus.qualification_number
WHERE surplus.registration_number IS NULL
UNION ALL
SELECT
    personal_id,
    centre_number,
    centre_learner_reference,
    awarding_organisation_rn,
    registration_number,
    qualification_number,
    pair_id
FROM under_review
WHERE place = 1
