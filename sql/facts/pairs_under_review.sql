/*
statement: >-
  Each pair of learners under review whose two records stand in different feeds and still count, with the records' keys.
grain: pair_id
*/
-- A withdrawn application raises nothing, a withdrawn row of a centre counts as not held, and a closed registration
-- raises none of its own: it counts only as what the other learner's live application may lack (flag contract, Terms and
-- points 2 and 10). For a registration that gives way to another of its learner the one that stands is named (point 4).
-- Two records of one feed would fill the same key columns; such a pair stays in published.link_review alone.
WITH side AS (
    SELECT
        pair_id,
        first_feed AS feed,
        first_record_id AS record_id,
        first_learner_id AS learner_id,
        second_learner_id AS other_learner_id,
        first_personal_id AS personal_id,
        first_centre_number AS centre_number,
        first_centre_learner_reference AS centre_learner_reference,
        first_awarding_organisation_rn AS awarding_organisation_rn,
        first_registration_number AS registration_number,
        first_qualification_number AS qualification_number
    FROM linked.link_review
    WHERE first_feed <> second_feed
    UNION ALL
    SELECT
        pair_id,
        second_feed AS feed,
        second_record_id AS record_id,
        second_learner_id AS learner_id,
        first_learner_id AS other_learner_id,
        second_personal_id AS personal_id,
        second_centre_number AS centre_number,
        second_centre_learner_reference AS centre_learner_reference,
        second_awarding_organisation_rn AS awarding_organisation_rn,
        second_registration_number AS registration_number,
        second_qualification_number AS qualification_number
    FROM linked.link_review
    WHERE first_feed <> second_feed
),

applicant AS (
    SELECT DISTINCT learner_id
    FROM reconciled.live_applications
)

-- One of the three joins meets each side. The feeds' names sort so that the greatest is the application's, else the
-- centre's, and the least the organisation's, else the centre's.
SELECT
    side.pair_id,
    MAX(application.personal_id) AS personal_id,
    MAX(reported.centre_number) AS centre_number,
    MAX(reported.centre_learner_reference) AS centre_learner_reference,
    MAX(held.awarding_organisation_rn) AS awarding_organisation_rn,
    MAX(COALESCE(surplus.standing_registration_number, held.registration_number)) AS registration_number,
    COALESCE(MAX(held.qualification_number), MAX(reported.qualification_number)) AS qualification_number,
    COALESCE(MAX(held.awarding_organisation_rn), MAX(reported.awarding_organisation_rn)) AS asked_organisation_rn,
    MAX_BY(side.learner_id, side.feed) AS learner_id,
    MIN_BY(side.learner_id, side.feed) AS other_learner_id,
    MAX_BY(side.record_id, side.feed) AS record_id,
    MIN_BY(side.record_id, side.feed) AS other_record_id,
    MAX(application.delivery_id) AS application_delivery_id,
    MAX(application.line) AS application_line,
    MAX(reported.delivery_id) AS centre_row_delivery_id,
    MAX(reported.line) AS centre_row_line,
    MAX(COALESCE(surplus.standing_delivery_id, held.delivery_id)) AS registration_delivery_id,
    MAX(COALESCE(surplus.standing_line, held.line)) AS registration_line
FROM side
LEFT JOIN applicant ON side.other_learner_id = applicant.learner_id
LEFT JOIN reconciled.live_applications AS application
    ON side.personal_id = application.personal_id AND side.feed = 'ucas_applicants'
LEFT JOIN reconciled.active_centre_rows AS reported
    ON
        side.centre_number = reported.centre_number
        AND side.centre_learner_reference = reported.centre_learner_reference
        AND side.qualification_number = reported.qualification_number
        AND side.feed = 'centre_registrations'
LEFT JOIN reconciled.linked_registrations AS held
    ON
        side.awarding_organisation_rn = held.awarding_organisation_rn
        AND side.registration_number = held.registration_number
        AND side.qualification_number = held.qualification_number
        AND side.feed = 'ao_registrations'
        AND (held.is_open OR applicant.learner_id IS NOT NULL)
LEFT JOIN reconciled.standing_registrations AS surplus
    ON
        held.awarding_organisation_rn = surplus.awarding_organisation_rn
        AND held.registration_number = surplus.registration_number
        AND held.qualification_number = surplus.qualification_number
GROUP BY side.pair_id
HAVING COUNT(application.personal_id) + COUNT(reported.centre_number) + COUNT(held.registration_number) = 2
