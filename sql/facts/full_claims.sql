/*
statement: Each full claim that a centre has made, with the learner it was made for.
grain: centre_number, centre_learner_reference, qualification_number
*/
-- A claim counts whatever has become of the centre's row since; without a row at the centre its learner is not known.
SELECT
    claim.centre_number,
    claim.centre_learner_reference,
    claim.qualification_number,
    link.learner_id,
    claim.claimed_on,
    claim.claimed_grade,
    claim.delivery_id,
    claim.line
FROM standardised.centre_claims AS claim
LEFT JOIN linked.person_links AS link
    ON
        claim.centre_number = link.centre_number
        AND claim.centre_learner_reference = link.centre_learner_reference
        AND claim.qualification_number = link.qualification_number
        AND link.feed = 'centre_registrations'
WHERE claim.claim_type = 'full'
