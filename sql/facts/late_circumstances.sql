/*
statement: Each circumstance that the data show about a result that is late, missing, or going to be.
grain: awarding_organisation_rn, registration_number, qualification_number, circumstance
*/
-- What the circumstances mean, and which counts where several hold, is schemas.regulator_reasons. A block counts that stands
-- on the run's day, or stood on results day.
SELECT
    known.awarding_organisation_rn,
    known.registration_number,
    known.qualification_number,
    CASE WHEN known.withdrawn = 1 THEN 'centre_withdrew' ELSE 'centre_transferred' END AS circumstance
FROM reconciled.late_evidence AS known
WHERE known.withdrawn IS NOT NULL AND NOT known.is_issued
UNION ALL
SELECT
    known.awarding_organisation_rn,
    known.registration_number,
    known.qualification_number,
    CASE
        WHEN COALESCE(known.achievability_status, 'cannot_assess') IN ('achieved', 'cannot_assess')
            THEN 'centre_declined'
        ELSE 'centre_deferred'
    END AS circumstance
FROM reconciled.late_evidence AS known
WHERE known.answer = 'N' AND NOT known.is_issued
UNION ALL
SELECT
    known.awarding_organisation_rn,
    known.registration_number,
    known.qualification_number,
    CASE WHEN other_size.registration_number IS NULL THEN 'registered_very_late' ELSE 'size_changed_late' END
        AS circumstance
FROM reconciled.late_evidence AS known
LEFT JOIN reconciled.late_size_changes AS other_size
    ON
        known.awarding_organisation_rn = other_size.awarding_organisation_rn
        AND known.registration_number = other_size.registration_number
        AND known.qualification_number = other_size.qualification_number
WHERE known.is_very_late AND known.is_due
UNION ALL
SELECT
    known.awarding_organisation_rn,
    known.registration_number,
    known.qualification_number,
    'claimed_late' AS circumstance
FROM reconciled.late_evidence AS known
WHERE known.award_requires_claim = 'Y' AND known.claimed_on >= known.due_on
UNION ALL
SELECT
    known.awarding_organisation_rn,
    known.registration_number,
    known.qualification_number,
    CASE
        WHEN known.held_by_both AND known.answer IS NULL THEN 'evidence_incomplete_unanswered'
        ELSE 'evidence_incomplete'
    END AS circumstance
FROM reconciled.late_evidence AS known
WHERE known.achievability_status IN ('unachievable', 'action_needed') AND NOT known.is_issued
UNION ALL
SELECT
    known.awarding_organisation_rn,
    known.registration_number,
    known.qualification_number,
    'not_claimed' AS circumstance
FROM reconciled.late_evidence AS known
WHERE
    known.award_requires_claim = 'Y'
    AND known.claimed_on IS NULL
    AND NOT known.is_issued
    AND (known.is_due OR known.achievability_status = 'achieved')
UNION ALL
SELECT DISTINCT
    awarding_organisation_rn,
    registration_number,
    qualification_number,
    'unit_result_owed' AS circumstance
FROM reconciled.unit_result_overdue
WHERE outcome = 'raised'
UNION ALL
SELECT DISTINCT
    known.awarding_organisation_rn,
    known.registration_number,
    known.qualification_number,
    'unit_result_late' AS circumstance
FROM reconciled.late_evidence AS known
INNER JOIN standardised.ao_unit_results AS result
    ON
        known.awarding_organisation_rn = result.awarding_organisation_rn
        AND known.registration_number = result.registration_number
        AND known.qualification_number = result.qualification_number
WHERE known.is_issued AND result.result_date > known.due_on
UNION ALL
SELECT DISTINCT
    awarding_organisation_rn,
    registration_number,
    qualification_number,
    'adaptation_not_allowed' AS circumstance
FROM reconciled.mitigation_out_of_scope
WHERE outcome = 'raised'
UNION ALL
SELECT DISTINCT
    known.awarding_organisation_rn,
    known.registration_number,
    known.qualification_number,
    CASE block.reason
        WHEN 'malpractice' THEN 'malpractice'
        WHEN 'samples_outstanding' THEN 'samples_outstanding'
        ELSE 'blocked_otherwise'
    END AS circumstance
FROM reconciled.late_evidence AS known
INNER JOIN reconciled.blocks_of_late_results AS block
    ON
        known.awarding_organisation_rn = block.awarding_organisation_rn
        AND known.registration_number = block.registration_number
        AND known.qualification_number = block.qualification_number
