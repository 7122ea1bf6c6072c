/*
statement: For each centre, the dates of the cycle that hold for what its learners are registered for.
grain: centre_number, falls_on, event, awarding_organisation_rn, qualification_number, series
*/
-- The most specific key date wins, and of those with and without a series the one with (flag contract, point 9). Entry
-- deadlines and series results are of their own series: those of the cycle's year are shown. A date that stands in a row
-- of key_dates without a qualification is shown once, for all qualifications that have no row of their own.
WITH held AS (
    SELECT DISTINCT
        current_centre_number AS centre_number,
        awarding_organisation_rn,
        qualification_number
    FROM reconciled.open_registrations
),

in_cycle AS (
    SELECT
        awarding_organisation_rn,
        qualification_number,
        event,
        series
    FROM reconciled.cycle_dates
    UNION ALL
    SELECT
        calendar.awarding_organisation_rn,
        calendar.qualification_number,
        calendar.event,
        calendar.series
    FROM reconciled.calendar
    CROSS JOIN landed.run_context
    WHERE
        calendar.event IN ('entry_deadline', 'series_results')
        AND (calendar.series IS NULL OR CAST(SUBSTR(calendar.series, 1, 4) AS INTEGER) = run_context.cycle)
),

dated AS (
    SELECT
        calendar.awarding_organisation_rn,
        calendar.qualification_number,
        CASE WHEN key_date.qualification_number IS NOT NULL THEN calendar.qualification_number END AS own_qualification,
        calendar.event,
        calendar.series,
        calendar.falls_on,
        key_date.source
    FROM in_cycle
    INNER JOIN reconciled.calendar
        ON
            in_cycle.awarding_organisation_rn = calendar.awarding_organisation_rn
            AND in_cycle.qualification_number = calendar.qualification_number
            AND in_cycle.event = calendar.event
            AND in_cycle.series IS NOT DISTINCT FROM calendar.series
    INNER JOIN standardised.key_dates AS key_date
        ON calendar.delivery_id = key_date.delivery_id AND calendar.line = key_date.line
)

SELECT DISTINCT
    held.centre_number,
    held.awarding_organisation_rn,
    dated.own_qualification AS qualification_number,
    dated.event,
    dated.series,
    dated.falls_on,
    CAST(DATE_DIFF('day', run_context.as_of, CAST(dated.falls_on AS DATE)) AS INTEGER) AS days_left,
    dated.source
FROM held
CROSS JOIN landed.run_context
INNER JOIN dated
    ON
        held.awarding_organisation_rn = dated.awarding_organisation_rn
        AND held.qualification_number = dated.qualification_number
