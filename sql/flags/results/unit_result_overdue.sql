/*
statement: Once the results of a series are out, there is a result for each unit that a learner was entered for in it.
population: registered_units
subject: awarding_organisation_rn, registration_number, qualification_number, unit_number, series
owner: awarding_organisation
shared_with: null
severity: blocks_award
authority:
  title: OCR, Cambridge Technicals, missing or incomplete results
  address: https://ocr-live-prd95.cambridgeassessment.org.uk/administration/cambridge-technicals/post-results/missing-or-incomplete-results
  clause: missing results are asked for by a form of their own; flag contract, Results
action: Issue the unit's result, or withdraw the entry if the learner did not sit it.
reasons: {}
detail: >-
  The learner was entered for unit {unit_number} of {title} ({qualification_number}) in series {series}, whose results
  came out on {results_on}, and there is no result for it.
act_by:
  event: results_to_centres
valid_from: null
valid_to: null
soft_limit: 0.02
hard_limit: 0.2
limits_reason: >-
  A judgement, not an official figure; more than one unit in five points to a delivery of results that has not arrived.
evidence:
  entry: ao_unit_entries
values: unit_number, series, results_on
*/
SELECT
    registration.centre_number,
    held.awarding_organisation_rn,
    held.registration_number,
    held.qualification_number,
    held.unit_number,
    held.series,
    registration.learner_id,
    'raised' AS outcome,
    CAST(NULL AS VARCHAR) AS reason,
    qualification.title,
    overdue.results_on,
    entry.delivery_id AS entry_delivery_id,
    entry.line AS entry_line
FROM reconciled.overdue_entries AS overdue
INNER JOIN reconciled.registered_units AS held
    ON
        overdue.awarding_organisation_rn = held.awarding_organisation_rn
        AND overdue.registration_number = held.registration_number
        AND overdue.qualification_number = held.qualification_number
        AND overdue.unit_number = held.unit_number
        AND overdue.series = held.series
INNER JOIN standardised.ao_unit_entries AS entry
    ON
        held.awarding_organisation_rn = entry.awarding_organisation_rn
        AND held.registration_number = entry.registration_number
        AND held.qualification_number = entry.qualification_number
        AND held.unit_number = entry.unit_number
        AND held.series = entry.series
INNER JOIN reconciled.open_registrations AS registration
    ON
        held.awarding_organisation_rn = registration.awarding_organisation_rn
        AND held.registration_number = registration.registration_number
        AND held.qualification_number = registration.qualification_number
LEFT JOIN standardised.qualifications AS qualification
    ON held.qualification_number = qualification.qualification_number
