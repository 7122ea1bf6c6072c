/*
statement: Each open registration, and whether it stands or gives way to another of the same learner.
grain: awarding_organisation_rn, registration_number, qualification_number
*/
SELECT
    registration.awarding_organisation_rn,
    registration.registration_number,
    registration.qualification_number,
    registration.learner_id,
    registration.centre_number,
    registration.current_centre_number,
    registration.registration_date,
    registration.planned_completion,
    surplus.standing_registration_number,
    surplus.standing_registration_number IS NULL AS stands,
    registration.delivery_id,
    registration.line,
    surplus.standing_delivery_id,
    surplus.standing_line
FROM reconciled.linked_registrations AS registration
LEFT JOIN reconciled.standing_registrations AS surplus
    ON
        registration.awarding_organisation_rn = surplus.awarding_organisation_rn
        AND registration.registration_number = surplus.registration_number
        AND registration.qualification_number = surplus.qualification_number
WHERE registration.is_open
