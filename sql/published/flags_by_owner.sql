-- What is each party asked to put right, and how much of it is urgent?
SELECT
    owner,
    flag_code,
    severity,
    count(*) AS flags,
    count(*) FILTER (WHERE urgency = 'urgent') AS urgent
FROM published.flags
GROUP BY owner, flag_code, severity
ORDER BY owner ASC, flags DESC, flag_code ASC
