-- Which centres have most to do, and by when?
SELECT
    centre_number,
    centre_name,
    urgent,
    blocks_award,
    delays_award,
    earliest_act_by
FROM published.centre_summary
WHERE urgent > 0
ORDER BY urgent DESC, blocks_award DESC, centre_number ASC
LIMIT 20
