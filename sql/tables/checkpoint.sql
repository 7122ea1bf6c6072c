/*
statement: >-
  Each open registration for the checkpoint: the learner as the centre knows them, whether a result is expected, what can
  still be achieved and what is to be done, and how many flags name it.
grain: centre_number, awarding_organisation_rn, registration_number, qualification_number
*/
-- A flag names a registration by its number, or by the centre's row of it. Intent is asked only where both sides hold
-- the registration (flag contract, point 5). What is waived asks for nothing and is not counted.
WITH named AS (
    SELECT
        awarding_organisation_rn,
        registration_number,
        qualification_number,
        flag_code,
        urgency
    FROM published.flags
    WHERE registration_number IS NOT NULL AND NOT waived
    UNION ALL
    SELECT
        recorded.awarding_organisation_rn,
        recorded.registration_number,
        recorded.qualification_number,
        flag.flag_code,
        flag.urgency
    FROM published.flags AS flag
    INNER JOIN reconciled.records_of_open_registrations AS recorded
        ON
            flag.centre_number = recorded.recorded_centre_number
            AND flag.centre_learner_reference = recorded.centre_learner_reference
            AND flag.qualification_number = recorded.qualification_number
    WHERE flag.registration_number IS NULL AND NOT flag.waived
),

flagged AS (
    SELECT
        awarding_organisation_rn,
        registration_number,
        qualification_number,
        COUNT(*) AS flags,
        COUNT(CASE WHEN urgency = 'urgent' THEN 1 END) AS urgent_flags,
        COUNT(CASE WHEN flag_code = 'certification_blocked' THEN 1 END) AS blocks,
        COUNT(CASE WHEN flag_code LIKE '%differ%' THEN 1 END) AS differences
    FROM named
    GROUP BY awarding_organisation_rn, registration_number, qualification_number
)

SELECT
    position.current_centre_number AS centre_number,
    position.awarding_organisation_rn,
    position.registration_number,
    position.qualification_number,
    qualification.title AS qualification_title,
    position.learner_id,
    position.stands,
    recorded.held_by_centre,
    recorded.recorded_centre_number,
    recorded.centre_learner_reference,
    recorded.forename,
    recorded.surname,
    recorded.date_of_birth,
    recorded.sex,
    recorded.postcode,
    recorded.uln,
    recorded.uci,
    recorded.candidate_number,
    recorded.pathway,
    recorded.registration_date,
    recorded.planned_completion,
    recorded.progression_to_he,
    recorded.personal_id,
    recorded.expects_result_this_summer,
    CASE
        WHEN recorded.expects_result_this_summer = 'Y' THEN 'confirmed'
        WHEN recorded.expects_result_this_summer = 'N' THEN 'declined'
        WHEN recorded.held_by_centre AND position.planned_for_cycle THEN 'unconfirmed'
        ELSE 'not_asked'
    END AS intent,
    position.expected,
    position.expected_because,
    position.status,
    position.reason,
    position.actions,
    position.action_count,
    position.act_by,
    position.rests_on_unreleased_results,
    position.award_is_unreleased,
    position.fallback_qualification_number,
    fallback.title AS fallback_title,
    position.fallback_grade,
    COALESCE(flagged.flags, 0) AS flags,
    COALESCE(flagged.urgent_flags, 0) AS urgent_flags,
    COALESCE(flagged.blocks, 0) > 0 AS is_blocked,
    COALESCE(flagged.differences, 0) > 0 AS details_differ
FROM reconciled.checkpoint_positions AS position
INNER JOIN reconciled.records_of_open_registrations AS recorded
    ON
        position.awarding_organisation_rn = recorded.awarding_organisation_rn
        AND position.registration_number = recorded.registration_number
        AND position.qualification_number = recorded.qualification_number
LEFT JOIN flagged
    ON
        position.awarding_organisation_rn = flagged.awarding_organisation_rn
        AND position.registration_number = flagged.registration_number
        AND position.qualification_number = flagged.qualification_number
LEFT JOIN standardised.qualifications AS qualification
    ON position.qualification_number = qualification.qualification_number
LEFT JOIN standardised.qualifications AS fallback
    ON position.fallback_qualification_number = fallback.qualification_number
