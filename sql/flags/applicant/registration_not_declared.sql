/*
statement: >-
  A learner's live application declares each qualification whose result is expected in the cycle, or another size of
  it.
population: applications_of_expected_registrations
subject: personal_id, awarding_organisation_rn, registration_number, qualification_number
owner: awarding_organisation
shared_with: centre
severity: delays_award
authority:
  title: UCAS, Processing results from awarding bodies
  address: https://www.ucas.com/providers/services/news/processing-results-awarding-bodies
  clause: results are matched to qualifications on the application
action: Tell the centre that the application lacks the qualification, so that the applicant can add it.
reasons: {}
detail: >-
  The learner is registered for {title} ({qualification_number}) with a result expected this cycle
  ({expected_because}), but the application declares neither it nor another size of it.
act_by:
  event: results_to_ucas
valid_from: null
valid_to: null
soft_limit: 0.1
hard_limit: 0.5
limits_reason: >-
  A judgement, not an official figure; learners may leave out what they do not need, so only more than one pair in two
  points to a missing delivery of declarations.
evidence:
  registration: ao_registrations
  application: ucas_applicants
values: qualification_number, expected_because
*/
-- A declaration with several candidates counts as declaring each of them (flag contract, point 1).
SELECT
    pair.personal_id,
    pair.centre_number,
    pair.awarding_organisation_rn,
    pair.registration_number,
    pair.qualification_number,
    pair.learner_id,
    'raised' AS outcome,
    CAST(NULL AS VARCHAR) AS reason,
    qualification.title,
    pair.expected_because,
    pair.registration_delivery_id,
    pair.registration_line,
    pair.application_delivery_id,
    pair.application_line
FROM reconciled.applications_of_expected_registrations AS pair
LEFT JOIN standardised.qualifications AS qualification
    ON pair.qualification_number = qualification.qualification_number
LEFT JOIN reconciled.declared_by_live_applications AS declared
    ON
        pair.personal_id = declared.personal_id
        AND pair.qualification_number = declared.qualification_number
LEFT JOIN reconciled.declared_by_live_applications AS declared_suite
    ON
        pair.personal_id = declared_suite.personal_id
        AND qualification.suite = declared_suite.suite
WHERE declared.personal_id IS NULL AND declared_suite.personal_id IS NULL
