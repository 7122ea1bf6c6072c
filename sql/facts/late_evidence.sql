/*
statement: What is known about each result that is late or missing, before it is said which circumstance that is.
grain: awarding_organisation_rn, registration_number, qualification_number
*/
-- answer is what the centre says of a result this summer, where both sides hold the registration; withdrawn is empty unless
-- the centre has given the learner up and holds no active row.
WITH answered AS (
    SELECT
        awarding_organisation_rn,
        registration_number,
        qualification_number,
        MAX(expects_result_this_summer) AS answer
    FROM reconciled.registrations_held_by_both
    GROUP BY awarding_organisation_rn, registration_number, qualification_number
),

given_up AS (
    SELECT
        link.learner_id,
        reported.qualification_number,
        MAX(CASE WHEN reported.status = 'withdrawn' THEN 1 ELSE 0 END) AS withdrawn
    FROM standardised.centre_registrations AS reported
    INNER JOIN linked.person_links AS link
        ON
            reported.centre_number = link.centre_number
            AND reported.centre_learner_reference = link.centre_learner_reference
            AND reported.qualification_number = link.qualification_number
            AND link.feed = 'centre_registrations'
    WHERE reported.status <> 'active'
    GROUP BY link.learner_id, reported.qualification_number
),

still_active AS (
    SELECT DISTINCT
        learner_id,
        qualification_number
    FROM reconciled.active_centre_rows
),

last_entry AS (
    SELECT
        awarding_organisation_rn,
        qualification_number,
        series,
        CAST(falls_on AS DATE) AS falls_on
    FROM reconciled.calendar
    WHERE event = 'entry_deadline'
),

claimed AS (
    SELECT
        learner_id,
        qualification_number,
        MIN(claimed_on) AS claimed_on
    FROM reconciled.full_claims
    GROUP BY learner_id, qualification_number
)

SELECT
    late.awarding_organisation_rn,
    late.registration_number,
    late.qualification_number,
    late.learner_id,
    late.due_on,
    late.is_due,
    late.is_issued,
    answered.registration_number IS NOT NULL AS held_by_both,
    answered.answer,
    possible.status AS achievability_status,
    registered.registration_date > last_entry.falls_on AS is_very_late,
    registered.registration_date,
    qualification.suite,
    qualification.award_requires_claim,
    claimed.claimed_on,
    CASE WHEN still_active.learner_id IS NULL THEN given_up.withdrawn END AS withdrawn
FROM reconciled.late_registrations AS late
INNER JOIN standardised.ao_registrations AS registered
    ON
        late.awarding_organisation_rn = registered.awarding_organisation_rn
        AND late.registration_number = registered.registration_number
        AND late.qualification_number = registered.qualification_number
LEFT JOIN standardised.qualifications AS qualification
    ON late.qualification_number = qualification.qualification_number
LEFT JOIN reconciled.achievability AS possible
    ON
        late.awarding_organisation_rn = possible.awarding_organisation_rn
        AND late.registration_number = possible.registration_number
        AND late.qualification_number = possible.qualification_number
LEFT JOIN answered
    ON
        late.awarding_organisation_rn = answered.awarding_organisation_rn
        AND late.registration_number = answered.registration_number
        AND late.qualification_number = answered.qualification_number
LEFT JOIN given_up
    ON late.learner_id = given_up.learner_id AND late.qualification_number = given_up.qualification_number
LEFT JOIN still_active
    ON late.learner_id = still_active.learner_id AND late.qualification_number = still_active.qualification_number
LEFT JOIN claimed
    ON late.learner_id = claimed.learner_id AND late.qualification_number = claimed.qualification_number
LEFT JOIN last_entry
    ON
        late.awarding_organisation_rn = last_entry.awarding_organisation_rn
        AND late.qualification_number = last_entry.qualification_number
        AND late.planned_completion = last_entry.series
