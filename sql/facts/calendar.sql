/*
statement: For each qualification, event and series, the date that holds, being that of the most specific key date.
grain: awarding_organisation_rn, qualification_number, event, series
*/
-- A row for the qualification wins over one for the organisation, and that over one for all (feed contract, key_dates).
-- series is empty where the key date names none. Qualifications that only a centre or an applicant names have dates too:
-- those of their organisation.
WITH qualification AS (
    SELECT
        awarding_organisation_rn,
        qualification_number
    FROM standardised.qualifications
    UNION
    SELECT
        awarding_organisation_rn,
        qualification_number
    FROM standardised.ao_registrations
    UNION
    SELECT
        awarding_organisation_rn,
        qualification_number
    FROM standardised.centre_registrations
    UNION
    SELECT
        awarding_organisation_rn,
        qualification_number
    FROM standardised.ucas_qualifications
    WHERE awarding_organisation_rn IS NOT NULL AND qualification_number IS NOT NULL
),

-- One branch for each way of being specific, so that each is a plain join: one OR over all of them would compare every
-- qualification with every date.
applicable AS (
    SELECT
        qualification.awarding_organisation_rn,
        qualification.qualification_number,
        key_date.event,
        key_date.series,
        key_date.falls_on,
        key_date.delivery_id,
        key_date.line,
        1 AS distance
    FROM qualification
    INNER JOIN standardised.key_dates AS key_date
        ON
            qualification.qualification_number = key_date.qualification_number
            AND qualification.awarding_organisation_rn = key_date.awarding_organisation_rn
    UNION ALL
    SELECT
        qualification.awarding_organisation_rn,
        qualification.qualification_number,
        key_date.event,
        key_date.series,
        key_date.falls_on,
        key_date.delivery_id,
        key_date.line,
        2 AS distance
    FROM qualification
    INNER JOIN standardised.key_dates AS key_date ON qualification.qualification_number = key_date.qualification_number
    WHERE key_date.awarding_organisation_rn IS NULL
    UNION ALL
    SELECT
        qualification.awarding_organisation_rn,
        qualification.qualification_number,
        key_date.event,
        key_date.series,
        key_date.falls_on,
        key_date.delivery_id,
        key_date.line,
        3 AS distance
    FROM qualification
    INNER JOIN standardised.key_dates AS key_date
        ON qualification.awarding_organisation_rn = key_date.awarding_organisation_rn
    WHERE key_date.qualification_number IS NULL
    UNION ALL
    SELECT
        qualification.awarding_organisation_rn,
        qualification.qualification_number,
        key_date.event,
        key_date.series,
        key_date.falls_on,
        key_date.delivery_id,
        key_date.line,
        4 AS distance
    FROM qualification
    CROSS JOIN standardised.key_dates AS key_date
    WHERE key_date.qualification_number IS NULL AND key_date.awarding_organisation_rn IS NULL
),

ranked AS (
    SELECT
        awarding_organisation_rn,
        qualification_number,
        event,
        series,
        falls_on,
        delivery_id,
        line,
        ROW_NUMBER() OVER (
            PARTITION BY awarding_organisation_rn, qualification_number, event, series
            ORDER BY distance
        ) AS preference
    FROM applicable
)

SELECT
    awarding_organisation_rn,
    qualification_number,
    event,
    series,
    falls_on,
    delivery_id,
    line
FROM ranked
WHERE preference = 1
