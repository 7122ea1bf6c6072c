/*
statement: Each active row of a centre beside the organisation's registration, with what differs between the two persons.
grain: centre_number, centre_learner_reference, qualification_number
*/
-- Compared only where both sides hold the registration. Numbers that are not known or fail their check digit differ from
-- nothing. First forenames are the same if they are recorded short forms of one name, and a name cut at a feed's width is
-- the name that it begins (flag contract, point 3); what differs is named, and its values stay in their feeds.
WITH alike AS (
    SELECT DISTINCT
        one.forename_std,
        other.forename_std AS other_forename_std
    FROM linked.forename_forms AS one
    INNER JOIN linked.forename_forms AS other ON one.formal_name = other.formal_name
    WHERE one.sure AND other.sure
),

beside AS (
    SELECT
        held.centre_number,
        held.centre_learner_reference,
        held.qualification_number,
        held.awarding_organisation_rn,
        held.registration_number,
        held.learner_id,
        reported.date_of_birth <> registered.date_of_birth AS birth_differs,
        reported.uln_key <> registered.uln_key AS uln_differs,
        reported.uci_key <> registered.uci_key AS uci_differs,
        reported.forename_std <> registered.forename_std
        AND alike.forename_std IS NULL
        AND NOT (
            reported_forename.length IS NOT NULL
            AND reported.other_forenames_std IS NULL
            AND SUBSTR(registered.forename_std, 1, LENGTH(reported.forename_std)) = reported.forename_std
        )
        AND NOT (
            registered_forename.length IS NOT NULL
            AND registered.other_forenames_std IS NULL
            AND SUBSTR(reported.forename_std, 1, LENGTH(registered.forename_std)) = registered.forename_std
        ) AS forename_differs,
        reported.surname_std <> registered.surname_std
        AND NOT (
            reported_surname.length IS NOT NULL
            AND SUBSTR(registered.surname_std, 1, LENGTH(reported.surname_std)) = reported.surname_std
        )
        AND NOT (
            registered_surname.length IS NOT NULL
            AND SUBSTR(reported.surname_std, 1, LENGTH(registered.surname_std)) = registered.surname_std
        ) AS surname_differs
    FROM reconciled.registrations_held_by_both AS held
    INNER JOIN linked.people AS reported
        ON
            held.centre_number = reported.centre_number
            AND held.centre_learner_reference = reported.centre_learner_reference
            AND held.qualification_number = reported.qualification_number
            AND reported.feed = 'centre_registrations'
    INNER JOIN linked.people AS registered
        ON
            held.awarding_organisation_rn = registered.awarding_organisation_rn
            AND held.registration_number = registered.registration_number
            AND held.qualification_number = registered.qualification_number
            AND registered.feed = 'ao_registrations'
    LEFT JOIN alike
        ON reported.forename_std = alike.forename_std AND registered.forename_std = alike.other_forename_std
    LEFT JOIN reconciled.lengths_of_cut_names AS reported_forename
        ON reported.forenames_length = reported_forename.length AND reported_forename.part = 'forename'
    LEFT JOIN reconciled.lengths_of_cut_names AS registered_forename
        ON registered.forenames_length = registered_forename.length AND registered_forename.part = 'forename'
    LEFT JOIN reconciled.lengths_of_cut_names AS reported_surname
        ON reported.surname_length = reported_surname.length AND reported_surname.part = 'surname'
    LEFT JOIN reconciled.lengths_of_cut_names AS registered_surname
        ON registered.surname_length = registered_surname.length AND registered_surname.part = 'surname'
)

SELECT
    centre_number,
    centre_learner_reference,
    qualification_number,
    awarding_organisation_rn,
    registration_number,
    learner_id,
    NULLIF(
        CONCAT_WS(
            ', ',
            CASE WHEN birth_differs THEN 'date of birth' END,
            CASE WHEN uln_differs THEN 'ULN' END,
            CASE WHEN uci_differs THEN 'UCI' END,
            CASE WHEN forename_differs THEN 'forename' END,
            CASE WHEN surname_differs THEN 'surname' END
        ), ''
    ) AS differing
FROM beside
