/*
statement: A learner has no more results for a unit than the specification allows attempts.
population: attempted_units
subject: awarding_organisation_rn, registration_number, qualification_number, unit_number
owner: centre
shared_with: awarding_organisation
severity: delays_award
authority:
  title: OCR, Cambridge Technicals, entry rules
  address: https://ocr.org.uk/administration/cambridge-technicals/entries-and-registrations/entry-rules/
  clause: an examined unit of level 3 may be taken three times, one of level 2 twice
action: Ask the awarding organisation whether the last result stands, and do not enter the learner for the unit again.
reasons: {}
detail: >-
  The learner has {attempts_used} results for unit {unit_number} of {title} ({qualification_number}), of which
  {attempts_allowed} attempts are allowed; the last is of series {series}.
act_by:
  event: claim_deadline
valid_from: null
valid_to: null
soft_limit: 0.01
hard_limit: 0.1
limits_reason: >-
  A judgement, not an official figure; more than one unit in ten points to a limit that is entered wrongly in a
  specification or to results delivered under two series.
evidence:
  registration: ao_registrations
  last: ao_unit_results
values: unit_number, attempts_used, attempts_allowed
*/
-- The last result is shown where it stands under the unit's own number.
SELECT
    registration.centre_number,
    attempted.awarding_organisation_rn,
    attempted.registration_number,
    attempted.qualification_number,
    attempted.unit_number,
    attempted.last_series AS series,
    registration.learner_id,
    'raised' AS outcome,
    CAST(NULL AS VARCHAR) AS reason,
    qualification.title,
    attempted.attempts_used,
    attempted.attempts_allowed,
    registration.delivery_id AS registration_delivery_id,
    registration.line AS registration_line,
    result.delivery_id AS last_delivery_id,
    result.line AS last_line
FROM reconciled.attempted_units AS attempted
INNER JOIN reconciled.open_registrations AS registration
    ON
        attempted.awarding_organisation_rn = registration.awarding_organisation_rn
        AND attempted.registration_number = registration.registration_number
        AND attempted.qualification_number = registration.qualification_number
LEFT JOIN standardised.ao_unit_results AS result
    ON
        attempted.awarding_organisation_rn = result.awarding_organisation_rn
        AND attempted.registration_number = result.registration_number
        AND attempted.qualification_number = result.qualification_number
        AND attempted.unit_number = result.unit_number
        AND attempted.last_series = result.series
LEFT JOIN standardised.qualifications AS qualification
    ON attempted.qualification_number = qualification.qualification_number
WHERE attempted.attempts_used > attempted.attempts_allowed
