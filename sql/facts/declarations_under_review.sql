/*
statement: >-
  Each pending declaration for which a registration of another learner, under review beside the applicant, may be the
  missing one.
grain: personal_id, declared_number
*/
-- With that organisation, for that qualification or another of its suite, at any centre and of any status (flag contract,
-- point 2). It may be any registration of the other learner, not only the record by which the pair was found.
WITH beside AS (
    SELECT
        learner_id,
        other_learner_id
    FROM reconciled.pairs_under_review
    UNION ALL
    SELECT
        other_learner_id AS learner_id,
        learner_id AS other_learner_id
    FROM reconciled.pairs_under_review
)

SELECT DISTINCT
    declaration.personal_id,
    declaration.declared_number
FROM reconciled.resolved_declarations AS declaration
INNER JOIN beside ON declaration.learner_id = beside.learner_id
INNER JOIN reconciled.linked_registrations AS registration
    ON
        beside.other_learner_id = registration.learner_id
        AND declaration.awarding_organisation_rn = registration.awarding_organisation_rn
LEFT JOIN standardised.qualifications AS qualification
    ON registration.qualification_number = qualification.qualification_number
WHERE
    declaration.qualification_number = registration.qualification_number
    OR declaration.suite = qualification.suite
