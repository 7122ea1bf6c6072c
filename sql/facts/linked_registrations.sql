/*
statement: Each registration with its learner and the number its centre has now.
grain: awarding_organisation_rn, registration_number, qualification_number
*/
SELECT
    registration.awarding_organisation_rn,
    registration.registration_number,
    registration.qualification_number,
    link.learner_id,
    registration.centre_number,
    COALESCE(successor.current_centre_number, registration.centre_number) AS current_centre_number,
    registration.registration_date,
    registration.planned_completion,
    registration.status,
    registration.status IN ('active', 'completed') AS is_open,
    registration.delivery_id,
    registration.line
FROM standardised.ao_registrations AS registration
LEFT JOIN linked.person_links AS link
    ON
        registration.awarding_organisation_rn = link.awarding_organisation_rn
        AND registration.registration_number = link.registration_number
        AND registration.qualification_number = link.qualification_number
        AND link.feed = 'ao_registrations'
LEFT JOIN linked.centre_successors AS successor ON registration.centre_number = successor.centre_number
