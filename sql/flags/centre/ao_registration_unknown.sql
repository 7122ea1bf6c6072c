/*
statement: >-
  For each standing registration that an organisation holds at a centre, the centre reports an active one of the
  learner.
population: open_registrations
subject: awarding_organisation_rn, registration_number, qualification_number
owner: centre
shared_with: null
severity: delays_award
authority:
  title: Ofqual, Delivery of VTQ results for 2024 and beyond
  address: https://www.gov.uk/government/publications/delivery-of-vtq-results-for-2024-and-beyond/delivery-of-vtq-results-for-2024-and-beyond
  clause: the term-time checkpoint before the main exam season; flag contract, points 4, 5 and 10
action: >-
  Withdraw the registration with the awarding organisation if the learner has left, or add the learner to your own
  record.
reasons:
  centre_sends_no_registrations: The centre has sent no registrations, so nothing can be compared.
detail: >-
  {awarding_organisation_rn} holds an open registration for {title} ({qualification_number}) at centre
  {current_centre_number}, but the centre reports no active registration of this learner for it.
act_by:
  event: claim_deadline
valid_from: null
valid_to: null
soft_limit: 0.05
hard_limit: 0.25
limits_reason: >-
  A judgement, not an official figure; more than one registration in four points to a centre's delivery that is not
  complete.
evidence:
  registration: ao_registrations
values: qualification_number, current_centre_number
*/
-- A registration that gives way to another raises duplicate_registration alone. Whether a centre delivers
-- registrations is judged after mergers, and by any row of its deliveries in force.
WITH delivering AS (
    SELECT DISTINCT COALESCE(successor.current_centre_number, reported.centre_number) AS current_centre_number
    FROM standardised.centre_registrations AS reported
    LEFT JOIN linked.centre_successors AS successor ON reported.centre_number = successor.centre_number
)

SELECT
    registration.centre_number,
    registration.awarding_organisation_rn,
    registration.registration_number,
    registration.qualification_number,
    registration.learner_id,
    CASE WHEN delivering.current_centre_number IS NULL THEN 'cannot_assess' ELSE 'raised' END AS outcome,
    CASE WHEN delivering.current_centre_number IS NULL THEN 'centre_sends_no_registrations' END AS reason,
    qualification.title,
    registration.current_centre_number,
    registration.delivery_id AS registration_delivery_id,
    registration.line AS registration_line
FROM reconciled.open_registrations AS registration
LEFT JOIN reconciled.active_centre_rows AS active_there
    ON
        registration.learner_id = active_there.learner_id
        AND registration.qualification_number = active_there.qualification_number
        AND registration.current_centre_number = active_there.current_centre_number
LEFT JOIN delivering ON registration.current_centre_number = delivering.current_centre_number
LEFT JOIN standardised.qualifications AS qualification
    ON registration.qualification_number = qualification.qualification_number
WHERE registration.stands AND active_there.learner_id IS NULL
