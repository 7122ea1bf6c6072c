/*
statement: >-
  For each centre as it is numbered now, its open registrations by what can be achieved, and its flags by severity.
grain: centre_number
*/
-- Statuses are those of registrations expected in the cycle. earliest_act_by looks from the run's day on: a day that
-- has passed asks for nothing any more. What is waived asks for nothing either and is only counted as that.
WITH registration AS (
    SELECT
        opened.current_centre_number AS centre_number,
        COUNT(*) AS open_registrations,
        COUNT(expected.registration_number) AS expected_this_cycle,
        COUNT(CASE WHEN possible.status = 'achieved' THEN 1 END) AS achieved,
        COUNT(CASE WHEN possible.status = 'on_track' THEN 1 END) AS on_track,
        COUNT(CASE WHEN possible.status = 'action_needed' THEN 1 END) AS action_needed,
        COUNT(CASE WHEN possible.status = 'unachievable' THEN 1 END) AS unachievable,
        COUNT(CASE WHEN possible.status = 'cannot_assess' THEN 1 END) AS cannot_assess
    FROM reconciled.open_registrations AS opened
    LEFT JOIN reconciled.expected_registrations AS expected
        ON
            opened.awarding_organisation_rn = expected.awarding_organisation_rn
            AND opened.registration_number = expected.registration_number
            AND opened.qualification_number = expected.qualification_number
    LEFT JOIN reconciled.achievability AS possible
        ON
            expected.awarding_organisation_rn = possible.awarding_organisation_rn
            AND expected.registration_number = possible.registration_number
            AND expected.qualification_number = possible.qualification_number
    GROUP BY opened.current_centre_number
),

flagged AS (
    SELECT
        COALESCE(successor.current_centre_number, flag.centre_number) AS centre_number,
        COUNT(CASE WHEN flag.severity = 'blocks_award' AND NOT flag.waived THEN 1 END) AS blocks_award,
        COUNT(CASE WHEN flag.severity = 'affects_place' AND NOT flag.waived THEN 1 END) AS affects_place,
        COUNT(CASE WHEN flag.severity = 'delays_award' AND NOT flag.waived THEN 1 END) AS delays_award,
        COUNT(CASE WHEN flag.severity = 'data_quality' AND NOT flag.waived THEN 1 END) AS data_quality,
        COUNT(CASE WHEN flag.urgency = 'urgent' AND NOT flag.waived THEN 1 END) AS urgent,
        COUNT(CASE WHEN flag.waived THEN 1 END) AS waived,
        MIN(CASE WHEN flag.act_by >= run_context.as_of AND NOT flag.waived THEN flag.act_by END) AS earliest_act_by
    FROM published.flags AS flag
    CROSS JOIN landed.run_context
    LEFT JOIN linked.centre_successors AS successor ON flag.centre_number = successor.centre_number
    WHERE flag.centre_number IS NOT NULL
    GROUP BY COALESCE(successor.current_centre_number, flag.centre_number)
),

centre AS (
    SELECT current_centre_number AS centre_number
    FROM linked.centre_successors
    UNION
    SELECT centre_number
    FROM registration
    UNION
    SELECT centre_number
    FROM flagged
)

SELECT
    centre.centre_number,
    known.name AS centre_name,
    COALESCE(registration.open_registrations, 0) AS open_registrations,
    COALESCE(registration.expected_this_cycle, 0) AS expected_this_cycle,
    COALESCE(registration.achieved, 0) AS achieved,
    COALESCE(registration.on_track, 0) AS on_track,
    COALESCE(registration.action_needed, 0) AS action_needed,
    COALESCE(registration.unachievable, 0) AS unachievable,
    COALESCE(registration.cannot_assess, 0) AS cannot_assess,
    COALESCE(flagged.blocks_award, 0) AS blocks_award,
    COALESCE(flagged.affects_place, 0) AS affects_place,
    COALESCE(flagged.delays_award, 0) AS delays_award,
    COALESCE(flagged.data_quality, 0) AS data_quality,
    COALESCE(flagged.urgent, 0) AS urgent,
    COALESCE(flagged.waived, 0) AS waived,
    flagged.earliest_act_by
FROM centre
LEFT JOIN standardised.centres AS known ON centre.centre_number = known.centre_number
LEFT JOIN registration ON centre.centre_number = registration.centre_number
LEFT JOIN flagged ON centre.centre_number = flagged.centre_number
