/*
statement: Each open registration that a certification block in force covers, with the block that covers it most closely.
grain: awarding_organisation_rn, registration_number, qualification_number
*/
-- An empty key of a block means every one (feed contract, ao_certification_blocks); centre numbers are compared after
-- mergers. The ways in which blocks name things are few, and spelling them out makes a plain join of it: a condition
-- with OR would compare every registration with every block. Of several blocks the closest is told, then the earliest.
WITH in_force AS (
    SELECT
        block.awarding_organisation_rn,
        COALESCE(successor.current_centre_number, block.centre_number, '') AS centre_number,
        COALESCE(block.qualification_number, '') AS qualification_number,
        COALESCE(block.registration_number, '') AS registration_number,
        block.centre_number IS NOT NULL AS names_centre,
        block.qualification_number IS NOT NULL AS names_qualification,
        block.registration_number IS NOT NULL AS names_registration,
        block.reason,
        block.blocked_from,
        block.delivery_id,
        block.line
    FROM standardised.ao_certification_blocks AS block
    CROSS JOIN landed.run_context
    LEFT JOIN linked.centre_successors AS successor ON block.centre_number = successor.centre_number
    WHERE
        block.blocked_from <= run_context.as_of
        AND (block.released_on IS NULL OR block.released_on > run_context.as_of)
),

named AS (
    SELECT DISTINCT
        names_centre,
        names_qualification,
        names_registration
    FROM in_force
),

covered AS (
    SELECT
        registration.awarding_organisation_rn,
        registration.registration_number,
        registration.qualification_number,
        block.reason,
        block.blocked_from,
        block.delivery_id,
        block.line,
        ROW_NUMBER() OVER (
            PARTITION BY
                registration.awarding_organisation_rn,
                registration.registration_number,
                registration.qualification_number
            ORDER BY
                named.names_registration DESC,
                named.names_qualification DESC,
                named.names_centre DESC,
                block.blocked_from ASC,
                block.reason ASC,
                block.delivery_id ASC,
                block.line ASC
        ) AS place
    FROM reconciled.open_registrations AS registration
    CROSS JOIN named
    INNER JOIN in_force AS block
        ON
            registration.awarding_organisation_rn = block.awarding_organisation_rn
            AND CASE WHEN named.names_centre THEN registration.current_centre_number ELSE '' END = block.centre_number
            AND CASE WHEN named.names_qualification THEN registration.qualification_number ELSE '' END
            = block.qualification_number
            AND CASE WHEN named.names_registration THEN registration.registration_number ELSE '' END
            = block.registration_number
)

SELECT
    awarding_organisation_rn,
    registration_number,
    qualification_number,
    reason,
    blocked_from,
    delivery_id,
    line
FROM covered
WHERE place = 1
