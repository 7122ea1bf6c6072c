/*
statement: >-
  For each declaration whose qualification is known, how many registrations of the learner stand in each relation to
  it.
grain: personal_id, declared_number
*/
-- Only linked registrations are counted: those of the applicant's own learner. A relation for which the declaration
-- gives no ground (no suite, no centre) counts nothing.
WITH relation AS (
    SELECT
        declaration.personal_id,
        declaration.declared_number,
        registration.is_open,
        registration.awarding_organisation_rn = declaration.awarding_organisation_rn AS same_organisation,
        registration.qualification_number = declaration.qualification_number AS same_qualification,
        qualification.suite = declaration.suite AS same_suite,
        registration.current_centre_number = declaration.current_centre_number AS same_centre
    FROM reconciled.resolved_declarations AS declaration
    LEFT JOIN reconciled.linked_registrations AS registration ON declaration.learner_id = registration.learner_id
    LEFT JOIN standardised.qualifications AS qualification
        ON registration.qualification_number = qualification.qualification_number
)

SELECT
    personal_id,
    declared_number,
    SUM(CASE WHEN same_organisation THEN 1 ELSE 0 END) AS with_organisation,
    SUM(CASE WHEN same_organisation AND (same_qualification OR same_suite) THEN 1 ELSE 0 END)
        AS with_organisation_in_suite,
    SUM(CASE WHEN same_qualification THEN 1 ELSE 0 END) AS for_qualification,
    SUM(CASE WHEN is_open AND same_qualification THEN 1 ELSE 0 END) AS open_for_qualification,
    SUM(CASE WHEN is_open AND same_qualification AND same_centre THEN 1 ELSE 0 END) AS open_at_declared_centre,
    SUM(CASE WHEN is_open AND same_suite AND NOT same_qualification THEN 1 ELSE 0 END) AS open_for_other_size
FROM relation
GROUP BY personal_id, declared_number
