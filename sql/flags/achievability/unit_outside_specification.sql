/*
statement: Each unit that a learner is entered for or has a result for is one that the specification holds.
population: registered_units
subject: awarding_organisation_rn, registration_number, qualification_number, unit_number, series
owner: centre
shared_with: awarding_organisation
severity: data_quality
authority:
  title: OCR, Cambridge Technicals, entry rules
  address: https://ocr.org.uk/administration/cambridge-technicals/entries-and-registrations/entry-rules/
  clause: with an invalid combination of units the overall result cannot be achieved
action: Check the unit against the specification, and have it replaced by one that counts or taken off.
reasons:
  specification_not_known: No specification could be applied to the registration, so that its units are not known.
detail: >-
  Unit {unit_number} (series {series}, held as {held_as}) is no unit of {title} ({qualification_number}) under the
  specification that applies, so that it cannot count.
act_by:
  event: claim_deadline
valid_from: null
valid_to: null
soft_limit: 0.01
hard_limit: 0.1
limits_reason: >-
  A judgement, not an official figure; more than one unit in ten points to unit numbers that are written another way than
  in the specification.
evidence:
  entry: ao_unit_entries
  result: ao_unit_results
values: unit_number, series, held_as, specification, specification_version
*/
-- Under its own number or that of an equivalent unit. The codes of gates stand in the specification too.
WITH outside AS (
    SELECT
        held.awarding_organisation_rn,
        held.registration_number,
        held.qualification_number,
        held.unit_number,
        held.series,
        CASE WHEN held.has_result THEN 'result' ELSE 'entry' END AS held_as,
        possible.specification,
        possible.specification_version
    FROM reconciled.registered_units AS held
    LEFT JOIN reconciled.achievability AS possible
        ON
            held.awarding_organisation_rn = possible.awarding_organisation_rn
            AND held.registration_number = possible.registration_number
            AND held.qualification_number = possible.qualification_number
    LEFT JOIN reconciled.specification_units AS unit
        ON
            possible.specification = unit.specification
            AND possible.specification_version = unit.specification_version
            AND held.unit_number = unit.unit_number
    WHERE unit.unit_number IS NULL
)

SELECT
    registration.centre_number,
    outside.awarding_organisation_rn,
    outside.registration_number,
    outside.qualification_number,
    outside.unit_number,
    outside.series,
    registration.learner_id,
    CASE WHEN outside.specification IS NULL THEN 'cannot_assess' ELSE 'raised' END AS outcome,
    CASE WHEN outside.specification IS NULL THEN 'specification_not_known' END AS reason,
    qualification.title,
    outside.held_as,
    outside.specification,
    outside.specification_version,
    entry.delivery_id AS entry_delivery_id,
    entry.line AS entry_line,
    result.delivery_id AS result_delivery_id,
    result.line AS result_line
FROM outside
INNER JOIN reconciled.open_registrations AS registration
    ON
        outside.awarding_organisation_rn = registration.awarding_organisation_rn
        AND outside.registration_number = registration.registration_number
        AND outside.qualification_number = registration.qualification_number
LEFT JOIN standardised.ao_unit_entries AS entry
    ON
        outside.awarding_organisation_rn = entry.awarding_organisation_rn
        AND outside.registration_number = entry.registration_number
        AND outside.qualification_number = entry.qualification_number
        AND outside.unit_number = entry.unit_number
        AND outside.series = entry.series
        AND entry.entry_status = 'entered'
LEFT JOIN standardised.ao_unit_results AS result
    ON
        outside.awarding_organisation_rn = result.awarding_organisation_rn
        AND outside.registration_number = result.registration_number
        AND outside.qualification_number = result.qualification_number
        AND outside.unit_number = result.unit_number
        AND outside.series = result.series
LEFT JOIN standardised.qualifications AS qualification
    ON outside.qualification_number = qualification.qualification_number
