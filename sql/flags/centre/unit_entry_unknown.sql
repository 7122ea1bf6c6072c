/*
statement: The organisation has an entry or a result for each unit that a centre says a learner is entered for.
population: entered_units_of_centres
subject: centre_number, centre_learner_reference, qualification_number, unit_number, series
owner: centre
shared_with: null
severity: delays_award
authority:
  title: OCR, Cambridge Technicals, entry rules
  address: https://ocr.org.uk/administration/cambridge-technicals/entries-and-registrations/entry-rules/
  clause: examined units are entered for one by one beside the qualification; flag contract, points 5 and 10
action: Make the entry or the claim with the awarding organisation, or take it back in your own record.
reasons:
  organisation_sends_no_units: The awarding organisation has sent neither unit entries nor unit results.
detail: >-
  The centre says that the learner is entered for unit {unit_number} of {title} ({qualification_number}, series
  {series}), but {awarding_organisation_rn} holds neither an entry nor a result for it.
act_by: column
valid_from: null
valid_to: null
soft_limit: 0.05
hard_limit: 0.25
limits_reason: >-
  A judgement, not an official figure; more than one entry in four points to a missing delivery of entries or results.
evidence:
  entry: centre_unit_entries
  registration: ao_registrations
values: unit_number, series
*/
-- An examined unit can be entered until the entry deadline of its series, an internal one claimed until the claim deadline.
WITH sender AS (
    SELECT DISTINCT awarding_organisation_rn
    FROM standardised.ao_unit_results
    UNION
    SELECT DISTINCT awarding_organisation_rn
    FROM standardised.ao_unit_entries
),

unknown AS (
    SELECT
        centre_number,
        centre_learner_reference,
        qualification_number,
        unit_number,
        series
    FROM reconciled.entered_units_of_centres
    WHERE NOT known
)

SELECT
    unknown.centre_number,
    unknown.centre_learner_reference,
    held.awarding_organisation_rn,
    held.registration_number,
    unknown.qualification_number,
    unknown.unit_number,
    unknown.series,
    held.learner_id,
    CASE WHEN sender.awarding_organisation_rn IS NULL THEN 'cannot_assess' ELSE 'raised' END AS outcome,
    CASE WHEN sender.awarding_organisation_rn IS NULL THEN 'organisation_sends_no_units' END AS reason,
    qualification.title,
    CASE
        WHEN unit.kind = 'internal' THEN CAST(claims.falls_on AS DATE)
        ELSE CAST(COALESCE(entries.falls_on, claims.falls_on) AS DATE)
    END AS act_by,
    entry.delivery_id AS entry_delivery_id,
    entry.line AS entry_line,
    registration.delivery_id AS registration_delivery_id,
    registration.line AS registration_line
FROM unknown
INNER JOIN reconciled.registrations_held_by_both AS held
    ON
        unknown.centre_number = held.centre_number
        AND unknown.centre_learner_reference = held.centre_learner_reference
        AND unknown.qualification_number = held.qualification_number
INNER JOIN reconciled.open_registrations AS registration
    ON
        held.awarding_organisation_rn = registration.awarding_organisation_rn
        AND held.registration_number = registration.registration_number
        AND held.qualification_number = registration.qualification_number
INNER JOIN standardised.centre_unit_entries AS entry
    ON
        unknown.centre_number = entry.centre_number
        AND unknown.centre_learner_reference = entry.centre_learner_reference
        AND unknown.qualification_number = entry.qualification_number
        AND unknown.unit_number = entry.unit_number
        AND unknown.series IS NOT DISTINCT FROM entry.series
LEFT JOIN sender ON held.awarding_organisation_rn = sender.awarding_organisation_rn
LEFT JOIN reconciled.achievability AS possible
    ON
        held.awarding_organisation_rn = possible.awarding_organisation_rn
        AND held.registration_number = possible.registration_number
        AND held.qualification_number = possible.qualification_number
LEFT JOIN reconciled.specification_units AS unit
    ON
        possible.specification = unit.specification
        AND possible.specification_version = unit.specification_version
        AND unknown.unit_number = unit.unit_number
LEFT JOIN reconciled.calendar AS entries
    ON
        held.awarding_organisation_rn = entries.awarding_organisation_rn
        AND unknown.qualification_number = entries.qualification_number
        AND unknown.series = entries.series
        AND entries.event = 'entry_deadline'
LEFT JOIN reconciled.cycle_dates AS claims
    ON
        held.awarding_organisation_rn = claims.awarding_organisation_rn
        AND unknown.qualification_number = claims.qualification_number
        AND claims.event = 'claim_deadline'
LEFT JOIN standardised.qualifications AS qualification
    ON unknown.qualification_number = qualification.qualification_number
