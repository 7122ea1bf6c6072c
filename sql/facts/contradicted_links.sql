/*
statement: >-
  Each live application linked to a registration of which the date of birth or the valid ULN is another, unless a person
  has decided that the two records are one person's.
grain: personal_id, awarding_organisation_rn, registration_number, qualification_number
*/
-- The third identifier that may contradict, the UCI, is not in UCAS's feeds. Only a decision on these very records
-- settles their contradiction; new data that contradicts a decision is reported in published.link_decisions.
SELECT
    pair.personal_id,
    pair.awarding_organisation_rn,
    pair.registration_number,
    pair.qualification_number,
    applicant.learner_id,
    applicant.record_id,
    registered.record_id AS other_record_id,
    CASE
        WHEN applied_as.date_of_birth <> registered_as.date_of_birth THEN 'dates of birth'
        ELSE 'ULNs'
    END AS differing,
    application.delivery_id AS application_delivery_id,
    application.line AS application_line,
    registration.delivery_id AS registration_delivery_id,
    registration.line AS registration_line
FROM reconciled.pairs_of_records AS pair
INNER JOIN linked.people AS applied_as
    ON pair.personal_id = applied_as.personal_id AND applied_as.feed = 'ucas_applicants'
INNER JOIN linked.people AS registered_as
    ON
        pair.awarding_organisation_rn = registered_as.awarding_organisation_rn
        AND pair.registration_number = registered_as.registration_number
        AND pair.qualification_number = registered_as.qualification_number
        AND registered_as.feed = 'ao_registrations'
INNER JOIN linked.person_links AS applicant
    ON pair.personal_id = applicant.personal_id AND applicant.feed = 'ucas_applicants'
INNER JOIN linked.person_links AS registered
    ON
        pair.awarding_organisation_rn = registered.awarding_organisation_rn
        AND pair.registration_number = registered.registration_number
        AND pair.qualification_number = registered.qualification_number
        AND registered.feed = 'ao_registrations'
INNER JOIN reconciled.live_applications AS application ON pair.personal_id = application.personal_id
INNER JOIN reconciled.linked_registrations AS registration
    ON
        pair.awarding_organisation_rn = registration.awarding_organisation_rn
        AND pair.registration_number = registration.registration_number
        AND pair.qualification_number = registration.qualification_number
LEFT JOIN linked.link_decisions AS decided
    ON
        LEAST(applicant.record_id, registered.record_id) = decided.first_record_id
        AND GREATEST(applicant.record_id, registered.record_id) = decided.second_record_id
        AND decided.decision = 'same'
WHERE
    pair.pair_id IS NULL
    AND decided.pair_id IS NULL
    AND (applied_as.date_of_birth <> registered_as.date_of_birth OR applied_as.uln_key <> registered_as.uln_key)
