/*
statement: >-
  Each reason for which certification of a late or missing result is blocked on the run's day, or was on results day.
grain: awarding_organisation_rn, registration_number, qualification_number, reason
*/
-- An empty key of a block means every one; centre numbers are compared after mergers. The ways in which blocks name things
-- are few, and spelling them out makes a plain join of it (as in reconciled.blocked_registrations, which holds those of
-- the run's day alone).
WITH block AS (
    SELECT
        given.awarding_organisation_rn,
        COALESCE(successor.current_centre_number, given.centre_number, '') AS centre_number,
        COALESCE(given.qualification_number, '') AS qualification_number,
        COALESCE(given.registration_number, '') AS registration_number,
        given.centre_number IS NOT NULL AS names_centre,
        given.qualification_number IS NOT NULL AS names_qualification,
        given.registration_number IS NOT NULL AS names_registration,
        given.reason,
        given.blocked_from,
        given.released_on
    FROM standardised.ao_certification_blocks AS given
    CROSS JOIN landed.run_context
    LEFT JOIN linked.centre_successors AS successor ON given.centre_number = successor.centre_number
    WHERE given.blocked_from <= run_context.as_of
),

named AS (
    SELECT DISTINCT
        names_centre,
        names_qualification,
        names_registration
    FROM block
)

SELECT DISTINCT
    late.awarding_organisation_rn,
    late.registration_number,
    late.qualification_number,
    block.reason
FROM reconciled.late_registrations AS late
CROSS JOIN landed.run_context
CROSS JOIN named
INNER JOIN block
    ON
        late.awarding_organisation_rn = block.awarding_organisation_rn
        AND named.names_centre = block.names_centre
        AND named.names_qualification = block.names_qualification
        AND named.names_registration = block.names_registration
        AND CASE WHEN named.names_centre THEN late.current_centre_number ELSE '' END = block.centre_number
        AND CASE WHEN named.names_qualification THEN late.qualification_number ELSE '' END = block.qualification_number
        AND CASE WHEN named.names_registration THEN late.registration_number ELSE '' END = block.registration_number
WHERE
    (block.released_on IS NULL OR block.released_on > run_context.as_of)
    OR (block.blocked_from <= late.due_on AND block.released_on > late.due_on)
