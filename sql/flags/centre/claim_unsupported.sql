/*
statement: The units that a learner has secured satisfy the rule of a qualification claimed in full, at the grade claimed.
population: full_claims_of_registrations
subject: centre_number, centre_learner_reference, qualification_number
owner: centre
shared_with: null
severity: blocks_award
authority:
  title: Pearson, Certification, BTEC and NVQ claims
  address: https://support.pearson.com/uk/articles/en_US/Knowledge/Certification-BTEC-NVQ-Claims
  clause: an ineligible claim comes back to the centre as a query
action: Enter or correct the unit grades that are missing or wrong, or take the claim back and claim what is secured.
reasons:
  achievability_not_known: It could not be worked out what the units secure.
detail: >-
  The centre has claimed {title} ({qualification_number}) in full on {claimed_on}, but {problem}.
act_by:
  event: claim_deadline
valid_from: null
valid_to: null
soft_limit: 0.05
hard_limit: 0.3
limits_reason: >-
  A judgement, not an official figure; more than three claims in ten point to a specification that is entered wrongly or to
  a missing delivery of unit results.
evidence:
  claim: centre_claims
  registration: ao_registrations
values: achievability_status, secured_grade, claimed_grade
*/
-- A claim without a grade is judged by the rule alone. Nothing is said of a grade while a result is not released.
SELECT
    claim.centre_number,
    claim.centre_learner_reference,
    claim.awarding_organisation_rn,
    claim.registration_number,
    claim.qualification_number,
    claim.learner_id,
    CASE
        WHEN COALESCE(possible.status, 'cannot_assess') = 'cannot_assess' THEN 'cannot_assess' ELSE 'raised'
    END AS outcome,
    CASE
        WHEN COALESCE(possible.status, 'cannot_assess') = 'cannot_assess' THEN 'achievability_not_known'
    END AS reason,
    qualification.title,
    full_claim.claimed_on,
    CASE
        WHEN unreleased.registration_number IS NOT NULL THEN 'the reason rests on results that are not released yet'
        WHEN possible.status = 'achieved' THEN 'the grade claimed is not the one that the secured units give'
        ELSE 'the secured units do not satisfy its rule of combination'
    END AS problem,
    CASE WHEN unreleased.registration_number IS NULL THEN possible.status END AS achievability_status,
    CASE WHEN unreleased.registration_number IS NULL THEN possible.secured_grade END AS secured_grade,
    CASE WHEN unreleased.registration_number IS NULL THEN claim.claimed_grade END AS claimed_grade,
    claim.delivery_id AS claim_delivery_id,
    claim.line AS claim_line,
    registration.delivery_id AS registration_delivery_id,
    registration.line AS registration_line
FROM reconciled.full_claims_of_registrations AS claim
INNER JOIN reconciled.full_claims AS full_claim
    ON
        claim.centre_number = full_claim.centre_number
        AND claim.centre_learner_reference = full_claim.centre_learner_reference
        AND claim.qualification_number = full_claim.qualification_number
INNER JOIN reconciled.open_registrations AS registration
    ON
        claim.awarding_organisation_rn = registration.awarding_organisation_rn
        AND claim.registration_number = registration.registration_number
        AND claim.qualification_number = registration.qualification_number
LEFT JOIN reconciled.achievability AS possible
    ON
        claim.awarding_organisation_rn = possible.awarding_organisation_rn
        AND claim.registration_number = possible.registration_number
        AND claim.qualification_number = possible.qualification_number
LEFT JOIN reconciled.registrations_with_unreleased_results AS unreleased
    ON
        claim.awarding_organisation_rn = unreleased.awarding_organisation_rn
        AND claim.registration_number = unreleased.registration_number
        AND claim.qualification_number = unreleased.qualification_number
LEFT JOIN reconciled.grade_codes AS decoded
    ON
        claim.claimed_grade = decoded.code
        AND decoded.channel = 'centre'
        AND decoded.compared_with = 'awarding_organisation'
LEFT JOIN standardised.qualifications AS qualification
    ON claim.qualification_number = qualification.qualification_number
WHERE
    COALESCE(possible.status, 'cannot_assess') <> 'achieved'
    OR COALESCE(decoded.grade, claim.claimed_grade) <> UPPER(possible.secured_grade)
