/*
statement: >-
  Each secured unit of an open registration that belongs to a barred set of which more units are secured than may count.
grain: awarding_organisation_rn, registration_number, qualification_number, unit_number
*/
-- counted says whether it is among those that count in the best selection.
SELECT
    possible.awarding_organisation_rn,
    possible.registration_number,
    possible.qualification_number,
    unit.unit_number,
    unit.counted
FROM reconciled.achievability AS possible
INNER JOIN reconciled.barred_units AS unit ON possible.situation = unit.situation
