-- Which deliveries had rows put aside, by which rule, and where in the file?
SELECT
    deliveries.feed,
    deliveries.file_name,
    quarantine.rule,
    quarantine.column_name,
    quarantine.value_class,
    count(*) AS reasons,
    min(quarantine.line) AS first_line
FROM published.quarantine
INNER JOIN published.deliveries
    ON quarantine.delivery_id = deliveries.delivery_id AND deliveries.status <> 'repeated'
GROUP BY ALL
ORDER BY
    reasons DESC,
    deliveries.feed ASC,
    deliveries.file_name ASC,
    quarantine.rule ASC,
    quarantine.column_name ASC
