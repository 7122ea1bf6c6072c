-- What is each party asked to put right, and how much of it is urgent? Waived flags ask for nothing.
SELECT
    owner,
    flag_code,
    severity,
    count(*) AS flags,
    count(*) FILTER (WHERE urgency = 'urgent') AS urgent
FROM published.flags
WHERE NOT waived
GROUP BY owner, flag_code, severity
ORDER BY owner ASC, flags DESC, flag_code ASC
