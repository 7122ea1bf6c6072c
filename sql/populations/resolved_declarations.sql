/*
statement: Each pending declaration whose qualification is known, by its number or as the only candidate of its title.
grain: personal_id, declared_number
*/
-- A declaration that cannot be resolved raises no applicant flag but its own (flag contract, point 1).
SELECT
    declaration.personal_id,
    declaration.declared_number,
    declaration.learner_id,
    declaration.awarding_organisation_rn,
    declaration.qualification_number,
    qualification.suite,
    COALESCE(qualification.title, declaration.title) AS title,
    declaration.centre_number,
    declaration.current_centre_number,
    declaration.asked_centre_number,
    declaration.delivery_id,
    declaration.line
FROM reconciled.pending_declarations AS declaration
LEFT JOIN standardised.qualifications AS qualification
    ON declaration.qualification_number = qualification.qualification_number
WHERE declaration.qualification_number IS NOT NULL
