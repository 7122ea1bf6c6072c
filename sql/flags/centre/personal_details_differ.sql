/*
statement: The centre and the organisation hold the same name, date of birth, ULN and UCI of a learner.
population: compared_details
subject: centre_number, centre_learner_reference, qualification_number
owner: centre
shared_with: null
severity: data_quality
authority:
  title: OCR, Cambridge Technicals, basedata
  address: https://ocr-live-prd95.cambridgeassessment.org.uk/administration/cambridge-technicals/entries-and-registrations/basedata
  clause: changes of personal details are not to be sent by EDI; flag contract, points 2 and 3
action: Find out which is right, and correct your own record or ask the awarding organisation to correct its own.
reasons: {}
detail: >-
  For learner {centre_learner_reference} on {title} ({qualification_number}), the centre and {awarding_organisation_rn}
  (registration {registration_number}) hold different details: {differing}.
act_by:
  event: claim_deadline
valid_from: null
valid_to: null
soft_limit: 0.05
hard_limit: 0.25
limits_reason: >-
  A judgement, not an official figure; more than one learner in four points to a column that is read wrongly or to people
  that were linked wrongly.
evidence:
  reported: centre_registrations
  registration: ao_registrations
values: differing
*/
SELECT
    compared.centre_number,
    compared.centre_learner_reference,
    compared.awarding_organisation_rn,
    compared.registration_number,
    compared.qualification_number,
    compared.learner_id,
    'raised' AS outcome,
    CAST(NULL AS VARCHAR) AS reason,
    qualification.title,
    compared.differing,
    reported.delivery_id AS reported_delivery_id,
    reported.line AS reported_line,
    registration.delivery_id AS registration_delivery_id,
    registration.line AS registration_line
FROM reconciled.compared_details AS compared
INNER JOIN standardised.centre_registrations AS reported
    ON
        compared.centre_number = reported.centre_number
        AND compared.centre_learner_reference = reported.centre_learner_reference
        AND compared.qualification_number = reported.qualification_number
INNER JOIN reconciled.open_registrations AS registration
    ON
        compared.awarding_organisation_rn = registration.awarding_organisation_rn
        AND compared.registration_number = registration.registration_number
        AND compared.qualification_number = registration.qualification_number
LEFT JOIN standardised.qualifications AS qualification
    ON compared.qualification_number = qualification.qualification_number
WHERE compared.differing IS NOT NULL
