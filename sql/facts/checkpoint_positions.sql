/*
statement: >-
  Each open registration, whether its result is expected in the cycle, and what can still be achieved, as far as the
  centre may know it.
grain: awarding_organisation_rn, registration_number, qualification_number
*/
-- The bounds behind a fallback's grade are the learner's own unit results; while one of these is not released to the
-- centre, no grade is given. An award is out on the day after results_to_centres falls, as on the day itself the hour is not
-- known to a run that has only a date.
WITH withheld_award AS (
    SELECT
        award.awarding_organisation_rn,
        award.registration_number,
        award.qualification_number
    FROM standardised.ao_awards AS award
    CROSS JOIN landed.run_context
    INNER JOIN reconciled.cycle_dates AS released
        ON
            award.awarding_organisation_rn = released.awarding_organisation_rn
            AND award.qualification_number = released.qualification_number
            AND released.event = 'results_to_centres'
    WHERE award.result_status = 'issued' AND CAST(released.falls_on AS DATE) >= run_context.as_of
)

SELECT
    opened.awarding_organisation_rn,
    opened.registration_number,
    opened.qualification_number,
    opened.learner_id,
    opened.current_centre_number,
    opened.stands,
    COALESCE(SUBSTR(opened.planned_completion, 1, 4) = CAST(run_context.cycle AS VARCHAR), FALSE) AS planned_for_cycle,
    expected.registration_number IS NOT NULL AS expected,
    expected.expected_because,
    possible.status,
    possible.reason,
    possible.actions,
    possible.action_count,
    possible.act_by,
    unreleased.registration_number IS NOT NULL AS rests_on_unreleased_results,
    withheld_award.registration_number IS NOT NULL AS award_is_unreleased,
    possible.fallback_qualification_number,
    CASE WHEN unreleased.registration_number IS NULL THEN possible.fallback_grade END AS fallback_grade
FROM reconciled.open_registrations AS opened
CROSS JOIN landed.run_context
LEFT JOIN reconciled.expected_registrations AS expected
    ON
        opened.awarding_organisation_rn = expected.awarding_organisation_rn
        AND opened.registration_number = expected.registration_number
        AND opened.qualification_number = expected.qualification_number
LEFT JOIN reconciled.achievability AS possible
    ON
        opened.awarding_organisation_rn = possible.awarding_organisation_rn
        AND opened.registration_number = possible.registration_number
        AND opened.qualification_number = possible.qualification_number
LEFT JOIN reconciled.registrations_with_unreleased_results AS unreleased
    ON
        opened.awarding_organisation_rn = unreleased.awarding_organisation_rn
        AND opened.registration_number = unreleased.registration_number
        AND opened.qualification_number = unreleased.qualification_number
LEFT JOIN withheld_award
    ON
        opened.awarding_organisation_rn = withheld_award.awarding_organisation_rn
        AND opened.registration_number = withheld_award.registration_number
        AND opened.qualification_number = withheld_award.qualification_number
