/*
statement: Each active row of a centre beside the standing registration that the organisation holds for it.
grain: centre_number, centre_learner_reference, qualification_number
*/
-- Both sides hold the registration: same learner, qualification and organisation, and the same centre after mergers
-- (flag contract, point 5). At most one registration stands for a learner, qualification and organisation, so a row
-- of a centre meets one at most.
SELECT
    reported.centre_number,
    reported.centre_learner_reference,
    reported.qualification_number,
    reported.expects_result_this_summer,
    registration.awarding_organisation_rn,
    registration.registration_number,
    registration.learner_id
FROM reconciled.active_centre_rows AS reported
INNER JOIN reconciled.open_registrations AS registration
    ON
        reported.learner_id = registration.learner_id
        AND reported.qualification_number = registration.qualification_number
        AND reported.awarding_organisation_rn = registration.awarding_organisation_rn
        AND reported.current_centre_number = registration.current_centre_number
WHERE registration.stands
