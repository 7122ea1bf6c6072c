/*
statement: The centre has each unit entry that the organisation holds for its learner.
population: entered_units_of_organisations
subject: awarding_organisation_rn, registration_number, qualification_number, unit_number, series
owner: centre
shared_with: null
severity: data_quality
authority:
  title: OCR, Cambridge Technicals, basedata
  address: https://ocr-live-prd95.cambridgeassessment.org.uk/administration/cambridge-technicals/entries-and-registrations/basedata
  clause: entries that are taken back are not to be sent by EDI; flag contract, points 5 and 10
action: Withdraw the entry with the awarding organisation if the learner is not to sit it, or add it to your own record.
reasons:
  centre_sends_no_entries: The centre has sent no unit entries for this qualification, so nothing can be compared.
detail: >-
  {awarding_organisation_rn} holds an entry for unit {unit_number} of {title} ({qualification_number}, series {series})
  under registration {registration_number}, but the centre has no such entry.
act_by: column
valid_from: null
valid_to: null
soft_limit: 0.05
hard_limit: 0.25
limits_reason: >-
  A judgement, not an official figure; more than one entry in four points to centres that deliver only some of their
  entries.
evidence:
  entry: ao_unit_entries
  registration: ao_registrations
values: unit_number, series
*/
-- Whether a centre delivers entries for a qualification is judged after mergers, and by any row of its deliveries in force.
WITH delivering AS (
    SELECT DISTINCT
        COALESCE(successor.current_centre_number, sent.centre_number) AS current_centre_number,
        sent.qualification_number
    FROM (
        SELECT DISTINCT
            centre_number,
            qualification_number
        FROM standardised.centre_unit_entries
    ) AS sent
    LEFT JOIN linked.centre_successors AS successor ON sent.centre_number = successor.centre_number
),

unknown AS (
    SELECT
        awarding_organisation_rn,
        registration_number,
        qualification_number,
        unit_number,
        series
    FROM reconciled.entered_units_of_organisations
    WHERE NOT known
)

SELECT
    registration.centre_number,
    unknown.awarding_organisation_rn,
    unknown.registration_number,
    unknown.qualification_number,
    unknown.unit_number,
    unknown.series,
    registration.learner_id,
    CASE WHEN delivering.current_centre_number IS NULL THEN 'cannot_assess' ELSE 'raised' END AS outcome,
    CASE WHEN delivering.current_centre_number IS NULL THEN 'centre_sends_no_entries' END AS reason,
    qualification.title,
    CAST(entries.falls_on AS DATE) AS act_by,
    entry.delivery_id AS entry_delivery_id,
    entry.line AS entry_line,
    registration.delivery_id AS registration_delivery_id,
    registration.line AS registration_line
FROM unknown
INNER JOIN reconciled.open_registrations AS registration
    ON
        unknown.awarding_organisation_rn = registration.awarding_organisation_rn
        AND unknown.registration_number = registration.registration_number
        AND unknown.qualification_number = registration.qualification_number
INNER JOIN standardised.ao_unit_entries AS entry
    ON
        unknown.awarding_organisation_rn = entry.awarding_organisation_rn
        AND unknown.registration_number = entry.registration_number
        AND unknown.qualification_number = entry.qualification_number
        AND unknown.unit_number = entry.unit_number
        AND unknown.series = entry.series
LEFT JOIN delivering
    ON
        registration.current_centre_number = delivering.current_centre_number
        AND unknown.qualification_number = delivering.qualification_number
LEFT JOIN reconciled.calendar AS entries
    ON
        unknown.awarding_organisation_rn = entries.awarding_organisation_rn
        AND unknown.qualification_number = entries.qualification_number
        AND unknown.series = entries.series
        AND entries.event = 'entry_deadline'
LEFT JOIN standardised.qualifications AS qualification
    ON unknown.qualification_number = qualification.qualification_number
