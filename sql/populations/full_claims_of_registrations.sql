/*
statement: Each full claim of a centre for a learner who has a standing registration for that qualification.
grain: centre_number, centre_learner_reference, qualification_number
*/
-- A claim for which no open registration is held says nothing here. Should two organisations register the qualification,
-- the one that the qualification belongs to is meant, else the lower number.
WITH claimed AS (
    SELECT
        claim.centre_number,
        claim.centre_learner_reference,
        claim.qualification_number,
        claim.learner_id,
        claim.claimed_grade,
        registration.awarding_organisation_rn,
        registration.registration_number,
        claim.delivery_id,
        claim.line,
        ROW_NUMBER() OVER (
            PARTITION BY claim.centre_number, claim.centre_learner_reference, claim.qualification_number
            ORDER BY
                CASE
                    WHEN registration.awarding_organisation_rn = qualification.awarding_organisation_rn THEN 1 ELSE 2
                END,
                registration.awarding_organisation_rn
        ) AS place
    FROM reconciled.full_claims AS claim
    INNER JOIN reconciled.open_registrations AS registration
        ON
            claim.learner_id = registration.learner_id
            AND claim.qualification_number = registration.qualification_number
            AND registration.stands
    LEFT JOIN standardised.qualifications AS qualification
        ON claim.qualification_number = qualification.qualification_number
)

SELECT
    centre_number,
    centre_learner_reference,
    qualification_number,
    learner_id,
    claimed_grade,
    awarding_organisation_rn,
    registration_number,
    delivery_id,
    line
FROM claimed
WHERE place = 1
