"""The SQL that brings unit states together: each statement makes one temporary table, in the order of `STATEMENTS`.

They read `achievability_candidate` (the registrations to judge, each with the qualification whose rule it is judged by),
`standardised`, `reconciled.calendar` and `landed.run_context`, and the specifications as `specification_tables` registers
them. A registration and a cell (a registration's unit) are numbered for the run alone; no answer depends on
the numbers. Points of the achievability contract are named where they apply.
"""

#: The registrations of the first judgement: all open ones, each by its own qualification's rule.
OPEN_REGISTRATIONS = """
    SELECT
        awarding_organisation_rn,
        registration_number,
        qualification_number,
        qualification_number AS judged_number,
        centre_number,
        pathway,
        registration_date,
        planned_completion
    FROM standardised.ao_registrations
    WHERE status IN ('active', 'completed')
"""

# Point 9: the version in force on the registration date. A refused file in force lets no other decide.
VERSIONS = """
    CREATE OR REPLACE TEMP TABLE achievability_version AS
    WITH dated AS (
        SELECT DISTINCT judged_number AS qualification_number, registration_date FROM achievability_candidate
    )
    SELECT
        dated.qualification_number,
        dated.registration_date,
        CASE
            WHEN count(held.place) = 0 THEN 'specification_missing'
            WHEN bool_or(held.refused) THEN 'specification_refused'
            WHEN count(held.place) > 1 THEN 'several_specifications'
        END AS reason,
        CASE WHEN count(held.place) = 1 AND NOT bool_or(held.refused) THEN any_value(held.place) END AS specification
    FROM dated
    LEFT JOIN achievability_held AS held
        ON
            held.qualification_number = dated.qualification_number
            AND dated.registration_date >= COALESCE(held.registered_from, DATE '0001-01-01')
            AND dated.registration_date <= COALESCE(held.registered_to, DATE '9999-12-31')
    GROUP BY ALL
"""

# Points 7, 12 and 16. Without a planned completion the target is results_to_candidates without a series, else that of
# the latest series of the run's cycle; the claim deadline then is the one without a series.
CALENDARS = """
    CREATE OR REPLACE TEMP TABLE achievability_calendar AS
    WITH planned AS (
        SELECT DISTINCT awarding_organisation_rn, judged_number AS qualification_number, planned_completion
        FROM achievability_candidate
    ),
    dates AS (
        SELECT
            planned.*,
            CAST(COALESCE(
                max(falls_on) FILTER (WHERE event = 'results_to_candidates' AND series = planned_completion),
                max(falls_on) FILTER (WHERE event = 'results_to_candidates' AND series IS NULL),
                max(falls_on) FILTER (WHERE event = 'series_results' AND series = planned_completion),
                max_by(falls_on, series) FILTER (
                    WHERE event = 'results_to_candidates' AND planned_completion IS NULL
                    AND CAST(left(series, 4) AS INTEGER) = run_context.cycle
                )
            ) AS DATE) AS target,
            CAST(COALESCE(
                max(falls_on) FILTER (WHERE event = 'claim_deadline' AND series = planned_completion),
                max(falls_on) FILTER (WHERE event = 'claim_deadline' AND series IS NULL)
            ) AS DATE) AS claim_deadline
        FROM planned
        CROSS JOIN landed.run_context
        LEFT JOIN reconciled.calendar AS given
            ON
                given.awarding_organisation_rn = planned.awarding_organisation_rn
                AND given.qualification_number = planned.qualification_number
        GROUP BY ALL
    )
    SELECT CAST(row_number() OVER () - 1 AS INTEGER) AS calendar, dates.* FROM dates
"""

# The series that a calendar can still enter, each with its deadline: its results are due by the target.
USABLE = """
    CREATE OR REPLACE TEMP TABLE achievability_usable AS
    SELECT
        calendar.calendar,
        entry.series,
        max(CAST(entry.falls_on AS DATE)) AS entry_deadline
    FROM achievability_calendar AS calendar
    CROSS JOIN landed.run_context
    INNER JOIN reconciled.calendar AS entry
        ON
            entry.awarding_organisation_rn = calendar.awarding_organisation_rn
            AND entry.qualification_number = calendar.qualification_number
            AND entry.event = 'entry_deadline'
            AND CAST(entry.falls_on AS DATE) >= run_context.as_of
    INNER JOIN reconciled.calendar AS results
        ON
            results.awarding_organisation_rn = entry.awarding_organisation_rn
            AND results.qualification_number = entry.qualification_number
            AND results.series = entry.series
            AND results.event = 'series_results'
            AND CAST(results.falls_on AS DATE) <= calendar.target
    GROUP BY ALL
"""

# Each open registration with what decides it; those that can be assessed are numbered, specification by specification,
# and so are their cells.
REGISTRATIONS = """
    CREATE OR REPLACE TEMP TABLE achievability_registration AS
    WITH judged AS (
        SELECT
            registration.awarding_organisation_rn,
            registration.registration_number,
            registration.qualification_number,
            registration.judged_number,
            registration.centre_number,
            registration.pathway,
            calendar.calendar,
            calendar.target,
            version.specification,
            way.pathway_place,
            CASE
                WHEN version.reason IS NOT NULL THEN version.reason
                WHEN held.pathways > 0 AND registration.pathway IS NOT NULL AND way.pathway_place IS NULL
                    THEN 'unknown_pathway'
                WHEN calendar.target IS NULL THEN 'no_target'
            END AS reason
        FROM achievability_candidate AS registration
        INNER JOIN achievability_version AS version
            ON
                version.qualification_number = registration.judged_number
                AND version.registration_date = registration.registration_date
        INNER JOIN achievability_calendar AS calendar
            ON
                calendar.awarding_organisation_rn = registration.awarding_organisation_rn
                AND calendar.qualification_number = registration.judged_number
                AND calendar.planned_completion IS NOT DISTINCT FROM registration.planned_completion
        LEFT JOIN achievability_specification AS held ON held.place = version.specification
        LEFT JOIN achievability_pathway AS way
            ON way.specification = version.specification AND way.known_as = upper(registration.pathway)
    ),
    counted AS (
        SELECT judged.specification, held.codes, count(*) AS registrations
        FROM judged
        INNER JOIN achievability_specification AS held ON held.place = judged.specification
        WHERE judged.reason IS NULL
        GROUP BY ALL
    ),
    started AS (
        SELECT
            specification,
            codes,
            sum(registrations) OVER earlier - registrations AS first_registration,
            sum(registrations * codes) OVER earlier - registrations * codes AS first_cell
        FROM counted
        WINDOW earlier AS (ORDER BY specification ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
    ),
    ordered AS (
        SELECT *, row_number() OVER (PARTITION BY specification, reason) - 1 AS place FROM judged
    )
    SELECT
        ordered.* EXCLUDE (place),
        CAST(started.first_registration + ordered.place AS INTEGER) AS registration,
        CAST(started.first_cell + ordered.place * started.codes AS BIGINT) AS first_cell
    FROM ordered
    LEFT JOIN started ON started.specification = ordered.specification AND ordered.reason IS NULL
"""

# One row an attempt, or a piece of a gate's evidence. Rows for units outside the specification say nothing here. Points 8
# and 14: these rows alone count, under the unit's own number or an equivalent one. A grade that does not meet a gate is
# no grade of it (point 15).
RESULTS = """
    CREATE OR REPLACE TEMP TABLE achievability_result AS
    SELECT
        registration.first_cell + unit.place AS cell,
        result.series,
        COALESCE(grade.code, CASE WHEN unit.kind = 'gate' THEN 0 ELSE 255 END)::UTINYINT AS code,
        CASE WHEN unit.counts_points THEN CAST(round(result.points * 1000) AS BIGINT) END AS points,
        unit.kind <> 'gate' AS attempt,
        unit.reported,
        unit.quantity
    FROM standardised.ao_unit_results AS result
    INNER JOIN achievability_registration AS registration
        ON
            registration.registration_number = result.registration_number
            AND registration.qualification_number = result.qualification_number
            AND registration.awarding_organisation_rn = result.awarding_organisation_rn
            AND registration.reason IS NULL
    INNER JOIN achievability_unit AS unit
        ON unit.specification = registration.specification AND unit.unit_number = result.unit_number
    LEFT JOIN achievability_grade AS grade
        ON
            grade.specification = registration.specification
            AND grade.place = unit.place
            AND grade.grade = result.grade
"""

# Point 11: points of the best result, the most where results are equal; -1 where its row has none.
REPORTED = """
    CREATE OR REPLACE TEMP TABLE achievability_reported AS
    WITH graded AS (
        SELECT cell, code, COALESCE(max(points), -1) AS points
        FROM achievability_result
        WHERE reported
        GROUP BY ALL
    )
    SELECT cell, max_by(points, code) AS points FROM graded GROUP BY cell
"""

# Point 15: a quantity gate is met by the sum of points.
MET = """
    CREATE OR REPLACE TEMP TABLE achievability_met AS
    SELECT cell
    FROM achievability_result
    WHERE quantity IS NOT NULL
    GROUP BY cell, quantity
    HAVING sum(points) >= quantity * 1000
"""

# Which series have their results by the target of each calendar. Where no date is known for the results of a series,
# they are taken to be due by the target if the series is not after the target's month.
DUE = """
    CREATE OR REPLACE TEMP TABLE achievability_due AS
    WITH entered AS (SELECT DISTINCT series FROM standardised.ao_unit_entries)
    SELECT calendar.calendar, entered.series
    FROM achievability_calendar AS calendar
    CROSS JOIN entered
    LEFT JOIN reconciled.calendar AS results
        ON
            results.awarding_organisation_rn = calendar.awarding_organisation_rn
            AND results.qualification_number = calendar.qualification_number
            AND results.series = entered.series
            AND results.event = 'series_results'
    WHERE
        COALESCE(
            CAST(results.falls_on AS DATE) <= calendar.target,
            entered.series <= strftime(calendar.target, '%Y-%m')
        )
"""

# Entered, results due by the target, none in; overdue ones stay pending (point 4).
PENDING = """
    CREATE OR REPLACE TEMP TABLE achievability_pending AS
    WITH entered AS (
        SELECT registration.first_cell + unit.place AS cell, entry.series
        FROM standardised.ao_unit_entries AS entry
        INNER JOIN achievability_registration AS registration
            ON
                registration.registration_number = entry.registration_number
                AND registration.qualification_number = entry.qualification_number
                AND registration.awarding_organisation_rn = entry.awarding_organisation_rn
                AND registration.reason IS NULL
        INNER JOIN achievability_unit AS unit
            ON unit.specification = registration.specification AND unit.unit_number = entry.unit_number
        INNER JOIN achievability_due AS due ON due.calendar = registration.calendar AND due.series = entry.series
        WHERE entry.entry_status = 'entered'
    )
    SELECT DISTINCT entered.cell
    FROM entered
    ANTI JOIN achievability_result AS result ON result.cell = entered.cell AND result.series = entered.series
"""

STATEMENTS = (VERSIONS, CALENDARS, USABLE, REGISTRATIONS, RESULTS, REPORTED, MET, DUE, PENDING)

TABLES = (
    "achievability_candidate",
    "achievability_held",
    "achievability_specification",
    "achievability_unit",
    "achievability_grade",
    "achievability_overall",
    "achievability_pathway",
    "achievability_version",
    "achievability_calendar",
    "achievability_usable",
    "achievability_registration",
    "achievability_result",
    "achievability_reported",
    "achievability_met",
    "achievability_due",
    "achievability_pending",
)
