/*
statement: >-
  Once results have gone to centres, an award is issued for each learner whose units satisfy the rule and whose claim, where
  one is needed, was made.
population: expected_registrations
subject: awarding_organisation_rn, registration_number, qualification_number
owner: awarding_organisation
shared_with: null
severity: blocks_award
authority:
  title: Ofqual, Delivery of VTQ results for 2024 and beyond
  address: https://www.gov.uk/government/publications/delivery-of-vtq-results-for-2024-and-beyond/delivery-of-vtq-results-for-2024-and-beyond
  clause: results are issued on or before results days and released to centres earlier
action: Issue the award, or tell the centre what still stands in its way.
reasons:
  achievability_not_known: It could not be worked out whether the units satisfy the rule.
  results_day_not_known: No key date says when the results of the award go to centres.
detail: >-
  The learner's units satisfy {title} ({qualification_number}) and results went to centres on {results_on}, but the award
  is not issued ({award_status}).
act_by:
  event: review_deadline
valid_from: null
valid_to: null
soft_limit: 0.03
hard_limit: 0.25
limits_reason: >-
  A judgement, not an official figure; in 2022 some 21,000 results were late, a few in a hundred, so one in four points to a
  delivery of awards that has not arrived.
evidence:
  registration: ao_registrations
  award: ao_awards
values: achievability_status, award_status, results_on
*/
-- Results that go to centres on the run's day are not overdue yet. A registration under a block raises
-- certification_blocked instead (flag contract, point 6), one without its claim claim_missing.
WITH claimed AS (
    SELECT DISTINCT
        learner_id,
        qualification_number
    FROM reconciled.full_claims
    WHERE learner_id IS NOT NULL
)

SELECT
    registration.centre_number,
    registration.awarding_organisation_rn,
    registration.registration_number,
    registration.qualification_number,
    registration.learner_id,
    CASE
        WHEN possible.status = 'achieved' AND released.falls_on IS NOT NULL THEN 'raised' ELSE 'cannot_assess'
    END AS outcome,
    CASE
        WHEN released.falls_on IS NULL THEN 'results_day_not_known'
        WHEN COALESCE(possible.status, 'cannot_assess') = 'cannot_assess' THEN 'achievability_not_known'
    END AS reason,
    qualification.title,
    CAST(released.falls_on AS DATE) AS results_on,
    possible.status AS achievability_status,
    award.result_status AS award_status,
    registration.delivery_id AS registration_delivery_id,
    registration.line AS registration_line,
    award.delivery_id AS award_delivery_id,
    award.line AS award_line
FROM reconciled.expected_registrations AS registration
CROSS JOIN landed.run_context
LEFT JOIN reconciled.achievability AS possible
    ON
        registration.awarding_organisation_rn = possible.awarding_organisation_rn
        AND registration.registration_number = possible.registration_number
        AND registration.qualification_number = possible.qualification_number
LEFT JOIN standardised.ao_awards AS award
    ON
        registration.awarding_organisation_rn = award.awarding_organisation_rn
        AND registration.registration_number = award.registration_number
        AND registration.qualification_number = award.qualification_number
LEFT JOIN reconciled.completion_dates AS released
    ON
        registration.awarding_organisation_rn = released.awarding_organisation_rn
        AND registration.qualification_number = released.qualification_number
        AND registration.planned_completion IS NOT DISTINCT FROM released.planned_completion
        AND released.event = 'results_to_centres'
LEFT JOIN reconciled.blocked_registrations AS blocked
    ON
        registration.awarding_organisation_rn = blocked.awarding_organisation_rn
        AND registration.registration_number = blocked.registration_number
        AND registration.qualification_number = blocked.qualification_number
LEFT JOIN standardised.qualifications AS qualification
    ON registration.qualification_number = qualification.qualification_number
LEFT JOIN claimed
    ON
        registration.learner_id = claimed.learner_id
        AND registration.qualification_number = claimed.qualification_number
WHERE
    COALESCE(award.result_status, 'none') <> 'issued'
    AND blocked.registration_number IS NULL
    AND (claimed.learner_id IS NOT NULL OR COALESCE(qualification.award_requires_claim, 'N') <> 'Y')
    AND COALESCE(possible.status, 'cannot_assess') IN ('achieved', 'cannot_assess')
    AND COALESCE(CAST(released.falls_on AS DATE) < run_context.as_of, TRUE)
