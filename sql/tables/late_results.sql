/*
statement: >-
  Each registration expected in the cycle whose result is not issued by results day, or will not be as the data stand, or
  was issued late, with the regulator's reason code where the data support one.
grain: awarding_organisation_rn, registration_number, qualification_number
*/
-- Of several circumstances the first in the order of schemas.regulator_reasons counts. The identifiers are the organisation's
-- own, as it makes the return; where it holds no ULN or UCI, the centre's stands in.
WITH explained AS (
    SELECT
        shown.awarding_organisation_rn,
        shown.registration_number,
        shown.qualification_number,
        MIN(reason.place) AS place
    FROM reconciled.late_circumstances AS shown
    INNER JOIN reconciled.regulator_reasons AS reason ON shown.circumstance = reason.circumstance
    GROUP BY shown.awarding_organisation_rn, shown.registration_number, shown.qualification_number
),

unexplained AS (
    SELECT place
    FROM reconciled.regulator_reasons
    WHERE circumstance = 'unexplained'
)

SELECT
    late.awarding_organisation_rn,
    late.registration_number,
    late.qualification_number,
    late.centre_number,
    late.learner_id,
    late.due_on,
    CASE
        WHEN late.is_issued THEN 'issued_late'
        WHEN late.is_due THEN 'not_issued'
        ELSE 'forecast'
    END AS standing,
    reason.expected AND NOT late.is_issued AS withheld,
    late.issued_on,
    reason.circumstance,
    reason.reason_code,
    reason.why,
    COALESCE(registered.uln, recorded.uln) AS uln,
    COALESCE(registered.uci, recorded.uci) AS uci,
    registered.forename,
    registered.surname,
    registered.date_of_birth
FROM reconciled.late_registrations AS late
CROSS JOIN unexplained
INNER JOIN standardised.ao_registrations AS registered
    ON
        late.awarding_organisation_rn = registered.awarding_organisation_rn
        AND late.registration_number = registered.registration_number
        AND late.qualification_number = registered.qualification_number
LEFT JOIN reconciled.records_of_open_registrations AS recorded
    ON
        late.awarding_organisation_rn = recorded.awarding_organisation_rn
        AND late.registration_number = recorded.registration_number
        AND late.qualification_number = recorded.qualification_number
LEFT JOIN explained
    ON
        late.awarding_organisation_rn = explained.awarding_organisation_rn
        AND late.registration_number = explained.registration_number
        AND late.qualification_number = explained.qualification_number
INNER JOIN reconciled.regulator_reasons AS reason ON COALESCE(explained.place, unexplained.place) = reason.place
WHERE late.is_due OR late.is_issued OR explained.place IS NOT NULL
