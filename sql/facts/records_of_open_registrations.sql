/*
statement: Each open registration with the learner's details as the centre reports them, else as the organisation does.
grain: awarding_organisation_rn, registration_number, qualification_number
*/
-- Where a centre reports the learner under several references, the lowest is shown. The other details of a record are all
-- of one side: mixing them would hide what differs.
WITH reported AS (
    SELECT
        awarding_organisation_rn,
        registration_number,
        qualification_number,
        centre_number,
        centre_learner_reference,
        ROW_NUMBER() OVER (
            PARTITION BY awarding_organisation_rn, registration_number, qualification_number
            ORDER BY centre_number, centre_learner_reference
        ) AS preference
    FROM reconciled.registrations_held_by_both
)

SELECT
    registration.awarding_organisation_rn,
    registration.registration_number,
    registration.qualification_number,
    reported.centre_number IS NOT NULL AS held_by_centre,
    reported.centre_number AS recorded_centre_number,
    reported.centre_learner_reference,
    COALESCE(own.forename, registered.forename) AS forename,
    COALESCE(own.surname, registered.surname) AS surname,
    COALESCE(own.date_of_birth, registered.date_of_birth) AS date_of_birth,
    CASE WHEN reported.centre_number IS NULL THEN registered.sex ELSE own.sex END AS sex,
    CASE WHEN reported.centre_number IS NULL THEN registered.postcode ELSE own.postcode END AS postcode,
    CASE WHEN reported.centre_number IS NULL THEN registered.uln ELSE own.uln END AS uln,
    CASE WHEN reported.centre_number IS NULL THEN registered.uci ELSE own.uci END AS uci,
    own.candidate_number,
    CASE WHEN reported.centre_number IS NULL THEN registered.pathway ELSE own.pathway END AS pathway,
    CASE WHEN reported.centre_number IS NULL THEN registered.registration_date ELSE own.registration_date END
        AS registration_date,
    CASE WHEN reported.centre_number IS NULL THEN registered.planned_completion ELSE own.planned_completion END
        AS planned_completion,
    own.progression_to_he,
    own.personal_id,
    own.expects_result_this_summer
FROM reconciled.open_registrations AS registration
INNER JOIN standardised.ao_registrations AS registered
    ON
        registration.awarding_organisation_rn = registered.awarding_organisation_rn
        AND registration.registration_number = registered.registration_number
        AND registration.qualification_number = registered.qualification_number
LEFT JOIN reported
    ON
        registration.awarding_organisation_rn = reported.awarding_organisation_rn
        AND registration.registration_number = reported.registration_number
        AND registration.qualification_number = reported.qualification_number
        AND reported.preference = 1
LEFT JOIN standardised.centre_registrations AS own
    ON
        reported.centre_number = own.centre_number
        AND reported.centre_learner_reference = own.centre_learner_reference
        AND reported.qualification_number = own.qualification_number
