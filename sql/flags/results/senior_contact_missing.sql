/*
statement: A centre with an urgent flag has a senior contact who can be reached.
population: flagged_centres
subject: centre_number
owner: awarding_organisation
shared_with: null
severity: delays_award
authority:
  title: Ofqual, Level 3 VTQ results action plan, measures for 2023
  address: https://www.gov.uk/government/publications/vtq-results-action-plan-measures-for-2023/level-3-vtq-results-action-plan-measures-for-2023
  clause: organisations collect and keep up to date a senior designated contact of each centre, in and out of term
action: Ask the centre for its senior designated contact, and record an e-mail address or telephone number.
reasons:
  no_centres_delivered: No centres have been delivered, so that no contact can be looked up.
detail: >-
  The centre has urgent flags ({urgent_flags}), and neither an e-mail address nor a telephone number of a senior contact is
  held.
act_by: column
valid_from: null
valid_to: null
soft_limit: 0.1
hard_limit: 0.5
limits_reason: >-
  A judgement, not an official figure; more than every second centre points to a delivery of centres without its contacts.
evidence:
  centre: centres
values: flags, urgent_flags
*/
-- A name alone reaches nobody. A centre that is in no delivery of centres has no contact either.
WITH held AS (
    SELECT COUNT(*) AS centres
    FROM standardised.centres
)

SELECT
    flagged.centre_number,
    CAST(NULL AS VARCHAR) AS learner_id,
    CASE WHEN held.centres > 0 THEN 'raised' ELSE 'cannot_assess' END AS outcome,
    CASE WHEN held.centres > 0 THEN NULL ELSE 'no_centres_delivered' END AS reason,
    flagged.act_by,
    flagged.flags,
    flagged.urgent_flags,
    centre.delivery_id AS centre_delivery_id,
    centre.line AS centre_line
FROM reconciled.flagged_centres AS flagged
CROSS JOIN held
LEFT JOIN standardised.centres AS centre ON flagged.centre_number = centre.centre_number
WHERE
    flagged.urgent_flags > 0
    AND centre.senior_contact_email IS NULL
    AND centre.senior_contact_phone IS NULL
