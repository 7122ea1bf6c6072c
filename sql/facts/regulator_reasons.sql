/*
statement: Each circumstance of a late or missing result, with the regulator's reason code that it supports.
grain: circumstance
*/
-- Written by schemas.regulator_reasons, where each code has its source. Change it there.
SELECT
    reason.circumstance,
    reason.place,
    reason.reason_code,
    reason.expected,
    reason.why
FROM (
    VALUES
    (
        'centre_withdrew', 1, 'N2', FALSE,
        'The centre has withdrawn the learner.'
    ),
    (
        'centre_transferred', 2, CAST(NULL AS VARCHAR), FALSE,
        'The centre has transferred the learner; N2 speaks of withdrawal.'
    ),
    (
        'centre_deferred', 3, 'N1', FALSE,
        'The centre expects no result this summer, and evidence is incomplete.'
    ),
    (
        'centre_declined', 4, CAST(NULL AS VARCHAR), FALSE,
        'The centre expects no result this summer, and the data do not show incomplete evidence (N1).'
    ),
    (
        'malpractice', 5, 'L4', TRUE,
        'A block for malpractice stands, or stood on results day.'
    ),
    (
        'samples_outstanding', 6, 'L5', TRUE,
        'A block for outstanding samples stands, or stood on results day.'
    ),
    (
        'blocked_otherwise', 7, CAST(NULL AS VARCHAR), TRUE,
        'A block stands, or stood on results day; no code seen names its reason.'
    ),
    (
        'size_changed_late', 8, 'L3', TRUE,
        'The learner was moved to this size after the last deadline for entries.'
    ),
    (
        'registered_very_late', 9, 'L2', TRUE,
        'The learner was registered after the last deadline for entries.'
    ),
    (
        'claimed_late', 10, 'L1', TRUE,
        'The centre''s full claim was made on or after results day.'
    ),
    (
        'evidence_incomplete_unanswered', 11, 'N4', TRUE,
        'Units are missing, and the centre never said whether it expects a result.'
    ),
    (
        'evidence_incomplete', 12, CAST(NULL AS VARCHAR), TRUE,
        'Units are missing, and the data do not show that the centre deferred (N1) or did not answer (N4).'
    ),
    (
        'not_claimed', 13, 'N3', TRUE,
        'The award needs a claim, and the centre made none.'
    ),
    (
        'unit_result_owed', 14, 'L6', TRUE,
        'The results of the series are out, and the organisation owes the result of a unit.'
    ),
    (
        'unit_result_late', 15, 'L6', TRUE,
        'A unit''s result came after results day, and the award after it.'
    ),
    (
        'adaptation_not_allowed', 16, CAST(NULL AS VARCHAR), TRUE,
        'A result rests on an adaptation that the qualification does not allow; no code seen names that.'
    ),
    (
        'unexplained', 17, CAST(NULL AS VARCHAR), TRUE,
        'The data show no reason; no code is given.'
    )
) AS reason (circumstance, place, reason_code, expected, why)
