/*
statement: >-
  For each registration that a centre reports as active, the organisation holds an open registration of the learner
  there.
population: active_centre_rows
subject: centre_number, centre_learner_reference, qualification_number
owner: centre
shared_with: null
severity: blocks_award
authority:
  title: Ofqual, Delivery of VTQ results for 2024 and beyond
  address: https://www.gov.uk/government/publications/delivery-of-vtq-results-for-2024-and-beyond/delivery-of-vtq-results-for-2024-and-beyond
  clause: the term-time checkpoint before the main exam season
action: Register the learner with the awarding organisation, or correct your own record if the learner has left.
reasons:
  organisation_sends_no_registrations: The awarding organisation has sent no registrations, so nothing can be compared.
detail: >-
  The centre reports an active registration for {title} ({qualification_number}), but {awarding_organisation_rn} holds
  no open registration of this learner for it at centre {current_centre_number}.
act_by:
  event: registration_deadline
valid_from: null
valid_to: null
soft_limit: 0.05
hard_limit: 0.25
limits_reason: >-
  A judgement, not an official figure; more than one row in four points to a missing delivery from the organisation or
  to centres that cannot be matched.
evidence:
  reported: centre_registrations
values: qualification_number, current_centre_number
*/
-- Any open registration at the centre settles it, also one that does not stand. Numbers are compared after mergers.
SELECT
    reported.centre_number,
    reported.centre_learner_reference,
    reported.awarding_organisation_rn,
    reported.qualification_number,
    reported.learner_id,
    CASE WHEN sender.awarding_organisation_rn IS NULL THEN 'cannot_assess' ELSE 'raised' END AS outcome,
    CASE WHEN sender.awarding_organisation_rn IS NULL THEN 'organisation_sends_no_registrations' END AS reason,
    qualification.title,
    reported.current_centre_number,
    reported.delivery_id AS reported_delivery_id,
    reported.line AS reported_line
FROM reconciled.active_centre_rows AS reported
LEFT JOIN reconciled.open_registrations AS open_there
    ON
        reported.learner_id = open_there.learner_id
        AND reported.qualification_number = open_there.qualification_number
        AND reported.current_centre_number = open_there.current_centre_number
LEFT JOIN reconciled.sending_organisations AS sender
    ON reported.awarding_organisation_rn = sender.awarding_organisation_rn
LEFT JOIN standardised.qualifications AS qualification
    ON reported.qualification_number = qualification.qualification_number
WHERE open_there.learner_id IS NULL
