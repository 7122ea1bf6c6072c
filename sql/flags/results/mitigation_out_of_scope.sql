/*
statement: A calculated or adapted result stands only where the qualification's mitigation allows it, within its dates.
population: mitigated_results
subject: awarding_organisation_rn, registration_number, qualification_number, unit_number, series
owner: awarding_organisation
shared_with: null
severity: data_quality
authority:
  title: Gateway Qualifications, the extraordinary regulatory framework begins on 22 May 2020
  address: https://www.gatewayqualifications.org.uk/news/ofqual-confirms-extraordinary-regulatory-framework-begins-on-22nd-may-2020/
  clause: which results are calculated, adapted or delayed goes by qualification; flag contract, point 13
action: Check which arrangement the result was made under, and correct its basis or the qualification's mitigation.
reasons:
  qualification_not_known: The qualification is not in the reference feed, so that its mitigation is not known.
detail: >-
  The result for unit {unit_number} of {title} ({qualification_number}, series {series}) is {basis}, which {finding}.
act_by:
  event: review_deadline
valid_from: null
valid_to: null
soft_limit: 0.05
hard_limit: 0.5
limits_reason: >-
  A judgement, not an official figure; more than every second such result points to a mitigation that is missing from the
  reference feed.
evidence:
  result: ao_unit_results
  qualification: qualifications
values: unit_number, series, basis, mitigation, result_date, mitigation_from, mitigation_to
*/
-- calculate allows calculated results, adapt both, delay and none neither; a date that is not given bounds nothing.
WITH judged AS (
    SELECT
        result.awarding_organisation_rn,
        result.registration_number,
        result.qualification_number,
        result.unit_number,
        result.series,
        result.centre_number,
        result.learner_id,
        result.basis,
        result.result_date,
        result.delivery_id,
        result.line,
        qualification.title,
        qualification.mitigation,
        qualification.mitigation_from,
        qualification.mitigation_to,
        qualification.delivery_id AS qualification_delivery_id,
        qualification.line AS qualification_line,
        CASE
            WHEN qualification.qualification_number IS NULL THEN 'is not known to be allowed'
            WHEN
                COALESCE(qualification.mitigation, 'none') <> 'adapt'
                AND NOT (COALESCE(qualification.mitigation, 'none') = 'calculate' AND result.basis = 'calculated')
                THEN 'the qualification does not allow'
            WHEN
                result.result_date < qualification.mitigation_from
                OR result.result_date > qualification.mitigation_to
                THEN 'the qualification allows at other dates only'
        END AS finding
    FROM reconciled.mitigated_results AS result
    LEFT JOIN standardised.qualifications AS qualification
        ON result.qualification_number = qualification.qualification_number
)

SELECT
    centre_number,
    awarding_organisation_rn,
    registration_number,
    qualification_number,
    unit_number,
    series,
    learner_id,
    CASE WHEN title IS NULL THEN 'cannot_assess' ELSE 'raised' END AS outcome,
    CASE WHEN title IS NULL THEN 'qualification_not_known' END AS reason,
    title,
    basis,
    finding,
    mitigation,
    result_date,
    mitigation_from,
    mitigation_to,
    delivery_id AS result_delivery_id,
    line AS result_line,
    qualification_delivery_id,
    qualification_line
FROM judged
WHERE finding IS NOT NULL
