/*
statement: For each qualification, event and series, the date that holds, being that of the most specific key date.
grain: awarding_organisation_rn, qualification_number, event, series
*/
-- A row for the qualification wins over one for the organisation, and that over one for all (feed contract, key_dates).
-- series is empty where the key date names none. A qualification that only a centre or an applicant names has the dates
-- of its organisation.
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

-- The four ways in which a key date can reach a qualification, the most specific first. Spelling them out makes a plain
-- join of it: a condition with OR would compare every qualification with every date.
specificity AS (
    SELECT
        reach.distance,
        reach.names_organisation,
        reach.names_qualification
    FROM (
        VALUES (1, TRUE, TRUE), (2, FALSE, TRUE), (3, TRUE, FALSE), (4, FALSE, FALSE)
    ) AS reach (distance, names_organisation, names_qualification)
),

ranked AS (
    SELECT
        qualification.awarding_organisation_rn,
        qualification.qualification_number,
        key_date.event,
        key_date.series,
        key_date.falls_on,
        key_date.delivery_id,
        key_date.line,
        ROW_NUMBER() OVER (
            PARTITION BY
                qualification.awarding_organisation_rn,
                qualification.qualification_number,
                key_date.event,
                key_date.series
            ORDER BY specificity.distance
        ) AS preference
    FROM qualification
    CROSS JOIN specificity
    INNER JOIN standardised.key_dates AS key_date
        ON
            CASE WHEN specificity.names_organisation THEN qualification.awarding_organisation_rn ELSE '' END
            = COALESCE(key_date.awarding_organisation_rn, '')
            AND CASE WHEN specificity.names_qualification THEN qualification.qualification_number ELSE '' END
            = COALESCE(key_date.qualification_number, '')
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
