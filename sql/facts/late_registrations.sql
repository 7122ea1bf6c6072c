/*
statement: >-
  Each registration expected in the cycle whose result is not issued, or was issued after results day, with that day.
grain: awarding_organisation_rn, registration_number, qualification_number
*/
-- Results day is that for candidates; a result issued on it is in time. is_due says whether it has come: then all of them
-- are late, before it only those about which something is known.
SELECT
    registration.awarding_organisation_rn,
    registration.registration_number,
    registration.qualification_number,
    registration.learner_id,
    registration.centre_number,
    registration.current_centre_number,
    registration.planned_completion,
    CAST(due.falls_on AS DATE) AS due_on,
    COALESCE(CAST(due.falls_on AS DATE) <= run_context.as_of, FALSE) AS is_due,
    COALESCE(award.result_status = 'issued', FALSE) AS is_issued,
    CASE WHEN award.result_status = 'issued' THEN award.issued_on END AS issued_on
FROM reconciled.expected_registrations AS registration
CROSS JOIN landed.run_context
LEFT JOIN reconciled.completion_dates AS due
    ON
        registration.awarding_organisation_rn = due.awarding_organisation_rn
        AND registration.qualification_number = due.qualification_number
        AND registration.planned_completion IS NOT DISTINCT FROM due.planned_completion
        AND due.event = 'results_to_candidates'
LEFT JOIN standardised.ao_awards AS award
    ON
        registration.awarding_organisation_rn = award.awarding_organisation_rn
        AND registration.registration_number = award.registration_number
        AND registration.qualification_number = award.qualification_number
WHERE
    COALESCE(award.result_status, 'none') <> 'issued'
    OR award.issued_on > CAST(due.falls_on AS DATE)
