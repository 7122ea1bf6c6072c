/*
statement: The grade of an issued award is the one that the unit results add up to.
population: judged_awards
subject: awarding_organisation_rn, registration_number, qualification_number
owner: awarding_organisation
shared_with: null
severity: affects_place
authority:
  title: OCR, Cambridge Technicals, calculating grades
  address: https://ocr-live-prd95.cambridgeassessment.org.uk/administration/cambridge-technicals/results/calculating-grades/index.aspx
  clause: unit points are summed and looked up; of more units than are needed the strongest count; flag contract, point 6
action: Work the grade out again from the unit results, and correct the award or the results.
reasons:
  achievability_not_known: It could not be worked out which grade the units add up to.
  no_grade_given: The award is issued, but the organisation's row gives no grade to compare.
detail: >-
  The grade issued for {title} ({qualification_number}) is not the one that the learner's unit results add up to.
act_by:
  event: review_deadline
valid_from: null
valid_to: null
soft_limit: 0.01
hard_limit: 0.1
limits_reason: >-
  A judgement, not an official figure; more than one award in ten points to grade codes that are not decoded or to points
  that are entered wrongly in a specification.
evidence:
  award: ao_awards
values: issued_grade, computed_grade
*/
-- Where no grade can be computed, award_unsupported is raised instead.
SELECT
    award.centre_number,
    award.awarding_organisation_rn,
    award.registration_number,
    award.qualification_number,
    award.learner_id,
    CASE WHEN award.issued_grade <> award.secured_grade THEN 'raised' ELSE 'cannot_assess' END AS outcome,
    CASE
        WHEN award.issued_grade IS NULL THEN 'no_grade_given'
        WHEN award.secured_grade IS NULL THEN 'achievability_not_known'
    END AS reason,
    qualification.title,
    CASE WHEN award.grades_may_be_shown THEN award.issued_grade END AS issued_grade,
    CASE WHEN award.grades_may_be_shown THEN award.secured_grade END AS computed_grade,
    award.delivery_id AS award_delivery_id,
    award.line AS award_line
FROM reconciled.judged_awards AS award
LEFT JOIN standardised.qualifications AS qualification
    ON award.qualification_number = qualification.qualification_number
WHERE
    award.issued_grade <> award.secured_grade
    OR award.achievability_status = 'cannot_assess'
    OR (award.issued_grade IS NULL AND award.secured_grade IS NOT NULL)
