/*
statement: The unit results of an issued award satisfy the rule of combination.
population: judged_awards
subject: awarding_organisation_rn, registration_number, qualification_number
owner: awarding_organisation
shared_with: null
severity: blocks_award
authority:
  title: OCR, Cambridge Technicals, calculating grades
  address: https://ocr-live-prd95.cambridgeassessment.org.uk/administration/cambridge-technicals/results/calculating-grades/index.aspx
  clause: the overall grade is issued when all required units are in; flag contract, point 6
action: Find the results that the award rests on and deliver them, or withdraw the award.
reasons:
  achievability_not_known: It could not be worked out whether the units satisfy the rule.
detail: >-
  An award is issued for {title} ({qualification_number}), but the learner's unit results do not satisfy its rule of
  combination.
act_by:
  event: review_deadline
valid_from: null
valid_to: null
soft_limit: 0.02
hard_limit: 0.2
limits_reason: >-
  A judgement, not an official figure; more than one award in five points to results of earlier years that were not
  delivered.
evidence:
  award: ao_awards
values: achievability_status
*/
-- An award that is issued as unclassified needs no units: that they do not satisfy the rule is what it says.
SELECT
    award.centre_number,
    award.awarding_organisation_rn,
    award.registration_number,
    award.qualification_number,
    award.learner_id,
    CASE WHEN award.achievability_status = 'cannot_assess' THEN 'cannot_assess' ELSE 'raised' END AS outcome,
    CASE WHEN award.achievability_status = 'cannot_assess' THEN 'achievability_not_known' END AS reason,
    qualification.title,
    award.achievability_status,
    award.delivery_id AS award_delivery_id,
    award.line AS award_line
FROM reconciled.judged_awards AS award
LEFT JOIN standardised.qualifications AS qualification
    ON award.qualification_number = qualification.qualification_number
WHERE award.secured_grade IS NULL AND COALESCE(award.issued_grade, '') <> 'U'
