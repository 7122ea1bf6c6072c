/*
statement: For each qualification and event, the date that holds in the run's cycle.
grain: awarding_organisation_rn, qualification_number, event
*/
-- A date is for the cycle if its series is empty or lies in the cycle's year; one with a series wins, and of several
-- the latest series (flag contract, point 9). Entry deadlines and series results are always of their own series and
-- stand in reconciled.calendar alone.
WITH candidate AS (
    SELECT
        calendar.awarding_organisation_rn,
        calendar.qualification_number,
        calendar.event,
        calendar.series,
        calendar.falls_on,
        ROW_NUMBER() OVER (
            PARTITION BY calendar.awarding_organisation_rn, calendar.qualification_number, calendar.event
            ORDER BY calendar.series DESC NULLS LAST
        ) AS preference
    FROM reconciled.calendar
    CROSS JOIN landed.run_context
    WHERE
        calendar.event NOT IN ('entry_deadline', 'series_results')
        AND (calendar.series IS NULL OR CAST(SUBSTR(calendar.series, 1, 4) AS INTEGER) = run_context.cycle)
)

SELECT
    awarding_organisation_rn,
    qualification_number,
    event,
    series,
    falls_on
FROM candidate
WHERE preference = 1
