/*
statement: Each active registration that a centre reports, with its learner and the number the centre has now.
grain: centre_number, centre_learner_reference, qualification_number
*/
-- The awarding organisation is the qualification's where the qualification is known, else the one that the centre
-- names. A withdrawn or transferred row counts as not held (flag contract, point 10).
SELECT
    reported.centre_number,
    reported.centre_learner_reference,
    reported.qualification_number,
    link.learner_id,
    COALESCE(successor.current_centre_number, reported.centre_number) AS current_centre_number,
    COALESCE(qualification.awarding_organisation_rn, reported.awarding_organisation_rn) AS awarding_organisation_rn,
    reported.expects_result_this_summer,
    reported.delivery_id,
    reported.line
FROM standardised.centre_registrations AS reported
LEFT JOIN linked.person_links AS link
    ON
        reported.centre_number = link.centre_number
        AND reported.centre_learner_reference = link.centre_learner_reference
        AND reported.qualification_number = link.qualification_number
        AND link.feed = 'centre_registrations'
LEFT JOIN linked.centre_successors AS successor ON reported.centre_number = successor.centre_number
LEFT JOIN standardised.qualifications AS qualification
    ON reported.qualification_number = qualification.qualification_number
WHERE reported.status = 'active'
