/*
statement: Two records of different parties are known to be one person's, or known not to be.
population: pairs_of_records
subject: >-
  personal_id, centre_number, centre_learner_reference, awarding_organisation_rn, registration_number,
  qualification_number
owner: awarding_organisation
shared_with: centre
severity: delays_award
authority:
  title: UCAS, Processing results from awarding bodies
  address: https://www.ucas.com/providers/services/news/processing-results-awarding-bodies
  clause: a result reaches the applicant to whom it is matched; flag contract, points 2 and 10
action: >-
  Ask the centre whether the two records are one person's, have the wrong value corrected, and enter the decision with
  reconcile decide-link.
reasons:
  weak_evidence: The evidence that the two records are one person's lies between the review and the accept threshold.
  contradiction: The two records agree in much, but in the date of birth, the ULN or the UCI they contradict each other.
  several_candidates: One of the two records fits several people about equally well.
detail: >-
  Whether {one_record} and {other_record} are one person's needs a decision: {doubt}
act_by: column
valid_from: null
valid_to: null
soft_limit: 0.05
hard_limit: 0.2
limits_reason: >-
  A judgement, not an official figure; more than one pair in five under doubt points to a feed that lost a column by which
  people are told apart.
evidence:
  application: ucas_applicants
  centre_row: centre_registrations
  registration: ao_registrations
values: pair_id, match_weight, asked_organisation_rn, record_id, other_record_id, other_learner_id
*/
-- One flag a pair of learners under review, about their strongest pair of records. Which of those raise none, a pair
-- within one feed among them, stands in reconciled.pairs_under_review. Besides, each application whose accepted link to a
-- registration rests on a contradiction (flag contract, point 2).
SELECT
    pair.personal_id,
    pair.centre_number,
    pair.centre_learner_reference,
    pair.awarding_organisation_rn,
    pair.registration_number,
    pair.qualification_number,
    COALESCE(doubtful.learner_id, contradicted.learner_id) AS learner_id,
    'raised' AS outcome,
    COALESCE(weighed.reason, 'contradiction') AS reason,
    COALESCE(
        'application ' || pair.personal_id,
        'the row of learner ' || pair.centre_learner_reference || ' at centre ' || pair.centre_number
    ) AS one_record,
    COALESCE(
        'registration ' || pair.registration_number || ' for ' || pair.qualification_number || ' at '
        || pair.awarding_organisation_rn,
        'the row of learner ' || pair.centre_learner_reference || ' for ' || pair.qualification_number || ' at centre '
        || pair.centre_number
    ) AS other_record,
    CASE
        WHEN contradicted.personal_id IS NOT NULL
            THEN 'they are linked, but their ' || contradicted.differing || ' differ.'
        WHEN weighed.reason = 'contradiction'
            THEN 'much agrees, but something contradicts it. ' || weighed.explanation
        WHEN weighed.reason = 'several_candidates'
            THEN 'others fit about as well. ' || weighed.explanation
        ELSE 'the evidence does not settle it. ' || weighed.explanation
    END AS doubt,
    pair.pair_id,
    weighed.match_weight,
    COALESCE(doubtful.asked_organisation_rn, pair.awarding_organisation_rn) AS asked_organisation_rn,
    COALESCE(doubtful.record_id, contradicted.record_id) AS record_id,
    COALESCE(doubtful.other_record_id, contradicted.other_record_id) AS other_record_id,
    doubtful.other_learner_id,
    CAST(last_day.falls_on AS DATE) AS act_by,
    COALESCE(doubtful.application_delivery_id, contradicted.application_delivery_id) AS application_delivery_id,
    COALESCE(doubtful.application_line, contradicted.application_line) AS application_line,
    doubtful.centre_row_delivery_id,
    doubtful.centre_row_line,
    COALESCE(doubtful.registration_delivery_id, contradicted.registration_delivery_id) AS registration_delivery_id,
    COALESCE(doubtful.registration_line, contradicted.registration_line) AS registration_line
FROM reconciled.pairs_of_records AS pair
LEFT JOIN reconciled.pairs_under_review AS doubtful ON pair.pair_id = doubtful.pair_id
LEFT JOIN linked.link_review AS weighed ON pair.pair_id = weighed.pair_id
LEFT JOIN reconciled.contradicted_links AS contradicted
    ON
        pair.personal_id = contradicted.personal_id
        AND pair.awarding_organisation_rn = contradicted.awarding_organisation_rn
        AND pair.registration_number = contradicted.registration_number
        AND pair.qualification_number = contradicted.qualification_number
        AND pair.pair_id IS NULL
LEFT JOIN reconciled.cycle_dates AS last_day
    ON
        COALESCE(doubtful.asked_organisation_rn, pair.awarding_organisation_rn) = last_day.awarding_organisation_rn
        AND pair.qualification_number = last_day.qualification_number
        AND last_day.event = 'results_to_ucas'
WHERE pair.pair_id IS NOT NULL OR contradicted.personal_id IS NOT NULL
