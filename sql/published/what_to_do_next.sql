-- What must be done within the next 30 days, soonest first?
SELECT
    flags.act_by,
    flags.owner,
    flags.flag_code,
    flags.centre_number,
    flags.qualification_number,
    flags.detail,
    flags.flag_id
FROM published.flags
CROSS JOIN published.runs
WHERE flags.act_by BETWEEN runs.as_of AND runs.as_of + INTERVAL 30 DAY AND NOT flags.waived
ORDER BY flags.act_by, flags.severity, flags.flag_id
