/*
statement: For each qualification, planned completion and event, the date that holds for registrations that end then.
grain: awarding_organisation_rn, qualification_number, planned_completion, event
*/
-- The date of the planned completion's own series, else the one without a series, else the cycle's: as a registration's
-- target is chosen (achievability contract, point 7). Without a planned completion, the cycle's (flag contract, point 9).
WITH completion AS (
    SELECT DISTINCT
        awarding_organisation_rn,
        qualification_number,
        planned_completion
    FROM reconciled.linked_registrations
),

dated AS (
    SELECT DISTINCT
        awarding_organisation_rn,
        qualification_number,
        event
    FROM reconciled.calendar
    WHERE event NOT IN ('entry_deadline', 'series_results')
),

chosen AS (
    SELECT
        completion.awarding_organisation_rn,
        completion.qualification_number,
        completion.planned_completion,
        dated.event,
        COALESCE(of_series.falls_on, of_none.falls_on, of_cycle.falls_on) AS falls_on
    FROM completion
    INNER JOIN dated
        ON
            completion.awarding_organisation_rn = dated.awarding_organisation_rn
            AND completion.qualification_number = dated.qualification_number
    LEFT JOIN reconciled.calendar AS of_series
        ON
            completion.awarding_organisation_rn = of_series.awarding_organisation_rn
            AND completion.qualification_number = of_series.qualification_number
            AND completion.planned_completion = of_series.series
            AND dated.event = of_series.event
    LEFT JOIN reconciled.calendar AS of_none
        ON
            completion.awarding_organisation_rn = of_none.awarding_organisation_rn
            AND completion.qualification_number = of_none.qualification_number
            AND dated.event = of_none.event
            AND of_none.series IS NULL
            AND completion.planned_completion IS NOT NULL
    LEFT JOIN reconciled.cycle_dates AS of_cycle
        ON
            completion.awarding_organisation_rn = of_cycle.awarding_organisation_rn
            AND completion.qualification_number = of_cycle.qualification_number
            AND dated.event = of_cycle.event
)

SELECT
    awarding_organisation_rn,
    qualification_number,
    planned_completion,
    event,
    falls_on
FROM chosen
WHERE falls_on IS NOT NULL
