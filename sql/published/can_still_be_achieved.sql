-- By qualification: who has achieved, is on track, needs action, or can no longer achieve?
SELECT
    qualification_number,
    count(*) AS registrations,
    count(*) FILTER (WHERE status = 'achieved') AS achieved,
    count(*) FILTER (WHERE status = 'on_track') AS on_track,
    count(*) FILTER (WHERE status = 'action_needed') AS action_needed,
    count(*) FILTER (WHERE status = 'unachievable') AS unachievable,
    count(*) FILTER (WHERE status = 'cannot_assess') AS cannot_assess
FROM published.achievability
GROUP BY qualification_number
ORDER BY registrations DESC, qualification_number ASC
