/*
statement: The grade that a firm or insurance choice asks for can still be reached in that qualification.
population: conditional_choices
subject: personal_id, declared_number, choice_number
owner: awarding_organisation
shared_with: centre
severity: affects_place
authority:
  title: Ofqual, Letter to schools and colleges, June 2023
  address: https://www.gov.uk/government/publications/letter-to-schools-and-colleges-june-2023/letter-to-schools-and-colleges-june-2023
  clause: what is missing for a student who needs the result to progress; flag contract, points 7 and 12
action: >-
  Make sure that every result, entry and claim of the learner is held; if it is, the centre advises the learner before
  results day.
reasons:
  firm: The firm choice asks for it.
  insurance: The insurance choice asks for it.
  no_registration: The learner holds no open registration for that qualification or another number of its size.
  other_size: The learner is registered for another size of the qualification, and sizes are not compared.
  achievability_not_known: It could not be worked out what the learner can still achieve.
  grade_not_known: The grade asked for is none of the qualification's grades.
detail: >-
  The {choice} choice asks for {condition_grade} in {title} ({condition_qualification_number}), which is above the best
  grade that is still attainable.
act_by:
  event: claim_deadline
valid_from: null
valid_to: null
soft_limit: 0.05
hard_limit: 0.3
limits_reason: >-
  A judgement, not an official figure; offers are made on predicted grades, and more than three in ten out of reach
  point to a specification that is entered wrongly or to a missing delivery of results.
evidence:
  choice: ucas_choices
  registration: ao_registrations
values: condition_qualification_number, condition_grade, achievability_status, achievability_reason
*/
-- Whether it is out of reach is worked out in reconciled.offer_positions; what is in reach passes.
SELECT
    choice.personal_id,
    choice.declared_number,
    choice.choice_number,
    choice.centre_number,
    choice.awarding_organisation_rn,
    position.registration_number,
    choice.condition_qualification_number AS qualification_number,
    choice.learner_id,
    CASE WHEN position.finding = 'out_of_reach' THEN 'raised' ELSE 'cannot_assess' END AS outcome,
    CASE
        WHEN position.finding <> 'out_of_reach' THEN position.finding
        WHEN choice.reply = 'F' THEN 'firm'
        ELSE 'insurance'
    END AS reason,
    CASE WHEN choice.reply = 'F' THEN 'firm' ELSE 'insurance' END AS choice,
    choice.title,
    choice.condition_qualification_number,
    choice.condition_grade,
    position.status AS achievability_status,
    position.reason AS achievability_reason,
    choice.delivery_id AS choice_delivery_id,
    choice.line AS choice_line,
    position.delivery_id AS registration_delivery_id,
    position.line AS registration_line
FROM reconciled.conditional_choices AS choice
INNER JOIN reconciled.offer_positions AS position
    ON choice.personal_id = position.personal_id AND choice.choice_number = position.choice_number
WHERE position.finding <> 'in_reach'
