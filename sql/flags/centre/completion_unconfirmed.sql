/*
statement: At the term-time checkpoint the centre says of each learner due to finish whether a result is expected.
population: registrations_at_checkpoint
subject: awarding_organisation_rn, registration_number, qualification_number
owner: centre
shared_with: null
severity: delays_award
authority:
  title: Ofqual, Delivery of VTQ results for 2024 and beyond
  address: https://www.gov.uk/government/publications/delivery-of-vtq-results-for-2024-and-beyond/delivery-of-vtq-results-for-2024-and-beyond
  clause: the term-time checkpoint before the main exam season; flag contract, points 5 and 14
action: Say whether the learner expects a result this summer, before the checkpoint closes.
reasons:
  checkpoint_not_known: No key date says when the organisation's checkpoint opens.
  size_not_known: The qualification's guided learning hours are not known, so that it may be out of scope.
detail: >-
  The registration for {title} ({qualification_number}) is planned to end in this cycle, and the centre has not said whether
  the learner expects a result this summer; the checkpoint is open.
act_by:
  event: checkpoint_closes
valid_from: null
valid_to: null
soft_limit: 0.5
hard_limit: 1.0
limits_reason: >-
  A judgement, not an official figure; when a checkpoint opens nobody may have answered yet, so that no share is beyond
  belief.
evidence:
  reported: centre_registrations
  registration: ao_registrations
values: checkpoint_opens, checkpoint_closes
*/
-- On the days on which it opens and closes the checkpoint is open; without a day on which it closes it stays so.
SELECT
    asked.centre_number,
    asked.centre_learner_reference,
    asked.awarding_organisation_rn,
    asked.registration_number,
    asked.qualification_number,
    asked.learner_id,
    CASE WHEN opens.falls_on IS NOT NULL AND asked.size_is_known THEN 'raised' ELSE 'cannot_assess' END AS outcome,
    CASE
        WHEN opens.falls_on IS NULL THEN 'checkpoint_not_known'
        WHEN NOT asked.size_is_known THEN 'size_not_known'
    END AS reason,
    asked.title,
    CAST(opens.falls_on AS DATE) AS checkpoint_opens,
    CAST(closes.falls_on AS DATE) AS checkpoint_closes,
    reported.delivery_id AS reported_delivery_id,
    reported.line AS reported_line,
    asked.delivery_id AS registration_delivery_id,
    asked.line AS registration_line
FROM reconciled.registrations_at_checkpoint AS asked
CROSS JOIN landed.run_context
INNER JOIN standardised.centre_registrations AS reported
    ON
        asked.centre_number = reported.centre_number
        AND asked.centre_learner_reference = reported.centre_learner_reference
        AND asked.qualification_number = reported.qualification_number
LEFT JOIN reconciled.cycle_dates AS opens
    ON
        asked.awarding_organisation_rn = opens.awarding_organisation_rn
        AND asked.qualification_number = opens.qualification_number
        AND opens.event = 'checkpoint_opens'
LEFT JOIN reconciled.cycle_dates AS closes
    ON
        asked.awarding_organisation_rn = closes.awarding_organisation_rn
        AND asked.qualification_number = closes.qualification_number
        AND closes.event = 'checkpoint_closes'
WHERE
    asked.expects_result_this_summer IS NULL
    AND COALESCE(CAST(opens.falls_on AS DATE) <= run_context.as_of, TRUE)
    AND COALESCE(CAST(closes.falls_on AS DATE) >= run_context.as_of, TRUE)
