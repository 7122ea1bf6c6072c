/*
statement: All the units that a learner has secured may count together.
population: open_registrations
subject: awarding_organisation_rn, registration_number, qualification_number
owner: centre
shared_with: awarding_organisation
severity: delays_award
authority:
  title: Pearson, BTEC, Checking claims for eligibility
  address: https://support.pearson.com/uk/articles/en_US/Knowledge/BTEC-Checking-Claims-For-Eligibility
  clause: specifications have forbidden or barred combinations, which the rule shown to centres leaves out
action: Enter the learner for a unit that may count with the others, unless the award is secured without one.
reasons:
  achievability_not_known: It could not be worked out what the learner can still achieve.
detail: >-
  Of {title} ({qualification_number}) the learner has secured {units} that may not all count together;
  {counted_units} of them count.
act_by:
  event: claim_deadline
valid_from: null
valid_to: null
soft_limit: 0.02
hard_limit: 0.2
limits_reason: >-
  A judgement, not an official figure; more than one registration in five points to a barred set that is entered wrongly
  in a specification.
evidence:
  registration: ao_registrations
values: barred_units, counted_units, achievability_status
*/
-- Which units are secured is not said while a result rests unreleased with the organisation: it would tell that one is.
WITH barred AS (
    SELECT
        unit.awarding_organisation_rn,
        unit.registration_number,
        unit.qualification_number,
        COUNT(*) AS barred_units,
        COUNT(CASE WHEN unit.counted THEN 1 END) AS counted_units,
        STRING_AGG(unit.unit_number, ', ' ORDER BY unit.unit_number) AS named
    FROM reconciled.barred_secured_units AS unit
    GROUP BY unit.awarding_organisation_rn, unit.registration_number, unit.qualification_number
)

SELECT
    registration.centre_number,
    registration.awarding_organisation_rn,
    registration.registration_number,
    registration.qualification_number,
    registration.learner_id,
    CASE WHEN barred.barred_units IS NULL THEN 'cannot_assess' ELSE 'raised' END AS outcome,
    CASE WHEN barred.barred_units IS NULL THEN 'achievability_not_known' END AS reason,
    qualification.title,
    CASE
        WHEN unreleased.registration_number IS NULL THEN CONCAT('units (', barred.named, ')')
        ELSE 'units (named once all results are released)'
    END AS units,
    barred.barred_units,
    barred.counted_units,
    possible.status AS achievability_status,
    registration.delivery_id AS registration_delivery_id,
    registration.line AS registration_line
FROM reconciled.open_registrations AS registration
LEFT JOIN reconciled.achievability AS possible
    ON
        registration.awarding_organisation_rn = possible.awarding_organisation_rn
        AND registration.registration_number = possible.registration_number
        AND registration.qualification_number = possible.qualification_number
LEFT JOIN barred
    ON
        registration.awarding_organisation_rn = barred.awarding_organisation_rn
        AND registration.registration_number = barred.registration_number
        AND registration.qualification_number = barred.qualification_number
LEFT JOIN reconciled.registrations_with_unreleased_results AS unreleased
    ON
        registration.awarding_organisation_rn = unreleased.awarding_organisation_rn
        AND registration.registration_number = unreleased.registration_number
        AND registration.qualification_number = unreleased.qualification_number
LEFT JOIN standardised.qualifications AS qualification
    ON registration.qualification_number = qualification.qualification_number
WHERE
    registration.stands
    AND (barred.barred_units IS NOT NULL OR COALESCE(possible.status, 'cannot_assess') = 'cannot_assess')
