/*
statement: >-
  Each late or missing result of a registration made after the last entry deadline, whose learner was registered for another
  size of the suite before.
grain: awarding_organisation_rn, registration_number, qualification_number
*/
SELECT DISTINCT
    known.awarding_organisation_rn,
    known.registration_number,
    known.qualification_number
FROM reconciled.late_evidence AS known
INNER JOIN reconciled.linked_registrations AS earlier
    ON
        known.learner_id = earlier.learner_id
        AND known.awarding_organisation_rn = earlier.awarding_organisation_rn
INNER JOIN standardised.qualifications AS size
    ON earlier.qualification_number = size.qualification_number AND known.suite = size.suite
WHERE
    known.is_very_late
    AND earlier.qualification_number <> known.qualification_number
    AND earlier.registration_date < known.registration_date
