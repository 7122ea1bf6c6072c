/*
statement: >-
  Each unit that an open registration has an entry or a result for and that its specification does not hold, under its
  own number or that of an equivalent unit.
grain: awarding_organisation_rn, registration_number, qualification_number, unit_number, series
*/
-- Only registrations whose specification is known say anything here. The codes of gates are in the specification.
WITH held AS (
    SELECT
        awarding_organisation_rn,
        registration_number,
        qualification_number,
        unit_number,
        series,
        'entry' AS held_as,
        delivery_id,
        line
    FROM standardised.ao_unit_entries
    WHERE entry_status = 'entered'
    UNION ALL
    SELECT
        awarding_organisation_rn,
        registration_number,
        qualification_number,
        unit_number,
        series,
        'result' AS held_as,
        delivery_id,
        line
    FROM standardised.ao_unit_results
),

outside AS (
    SELECT
        held.awarding_organisation_rn,
        held.registration_number,
        held.qualification_number,
        held.unit_number,
        held.series,
        held.held_as,
        possible.specification,
        possible.specification_version,
        held.delivery_id,
        held.line,
        ROW_NUMBER() OVER (
            PARTITION BY
                held.awarding_organisation_rn,
                held.registration_number,
                held.qualification_number,
                held.unit_number,
                held.series
            ORDER BY held.held_as DESC
        ) AS place
    FROM held
    INNER JOIN reconciled.achievability AS possible
        ON
            held.awarding_organisation_rn = possible.awarding_organisation_rn
            AND held.registration_number = possible.registration_number
            AND held.qualification_number = possible.qualification_number
            AND possible.specification IS NOT NULL
    LEFT JOIN reconciled.specification_units AS unit
        ON
            possible.specification = unit.specification
            AND possible.specification_version = unit.specification_version
            AND held.unit_number = unit.unit_number
    WHERE unit.unit_number IS NULL
)

SELECT
    awarding_organisation_rn,
    registration_number,
    qualification_number,
    unit_number,
    series,
    held_as,
    specification,
    specification_version,
    delivery_id,
    line
FROM outside
WHERE place = 1
