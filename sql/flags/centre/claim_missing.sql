/*
statement: Where the award requires a claim and the units already secure it, the centre has made a full claim.
population: expected_awards_by_claim
subject: awarding_organisation_rn, registration_number, qualification_number
owner: centre
shared_with: null
severity: blocks_award
authority:
  title: AQA, Delivery of results for vocational and technical qualifications
  address: https://www-forms.aqa.org.uk/news/delivery-of-results-for-vocational-and-technical-qualifications
  clause: certification warning reports list learners with enough units but no award entered
action: >-
  Make the full claim for the award by the claim deadline, or tell the awarding organisation that the learner does not
  claim this summer.
reasons:
  no_claims_delivered: No claims have been delivered by any centre, so nothing can be compared.
  achievability_not_known: It could not be worked out whether the units secure the award.
detail: >-
  The learner's units already secure {title} ({qualification_number}), whose award needs a claim, but no full claim
  has been made for it.
act_by:
  event: claim_deadline
valid_from: null
valid_to: null
soft_limit: 0.3
hard_limit: 0.9
limits_reason: >-
  A judgement, not an official figure; before the deadline many claims are still to come, so only nearly all of them
  missing points to a missing delivery of claims.
evidence:
  registration: ao_registrations
values: achievability_status, award_status
*/
-- An award that is already issued needs no claim any more, whatever the centre's own record says.
WITH delivered AS (
    SELECT COUNT(*) AS claims_deliveries
    FROM landed.deliveries
    WHERE feed = 'centre_claims' AND status = 'accepted'
),

held AS (
    SELECT COUNT(*) AS claims
    FROM standardised.centre_claims
)

SELECT
    registration.centre_number,
    registration.awarding_organisation_rn,
    registration.registration_number,
    registration.qualification_number,
    registration.learner_id,
    CASE
        WHEN possible.status = 'achieved' AND held.claims + delivered.claims_deliveries > 0 THEN 'raised'
        ELSE 'cannot_assess'
    END AS outcome,
    CASE
        WHEN possible.status IS NULL OR possible.status = 'cannot_assess' THEN 'achievability_not_known'
        WHEN held.claims + delivered.claims_deliveries = 0 THEN 'no_claims_delivered'
    END AS reason,
    qualification.title,
    possible.status AS achievability_status,
    award.result_status AS award_status,
    registration.delivery_id AS registration_delivery_id,
    registration.line AS registration_line
FROM reconciled.expected_awards_by_claim AS registration
CROSS JOIN held
CROSS JOIN delivered
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
LEFT JOIN reconciled.full_claims AS claimed
    ON
        registration.learner_id = claimed.learner_id
        AND registration.qualification_number = claimed.qualification_number
LEFT JOIN standardised.qualifications AS qualification
    ON registration.qualification_number = qualification.qualification_number
WHERE
    claimed.learner_id IS NULL
    AND COALESCE(award.result_status, 'none') <> 'issued'
    AND COALESCE(possible.status, 'cannot_assess') IN ('achieved', 'cannot_assess')
