"""What a person must decide: pairs of people who may be one, as the model weighs them, and were not linked.

Each two people are represented by the pair of their records that weighs most. Pairs that no weight could link (twins) and
pairs about which a person has decided are left out.
"""

import duckdb

from assets.linked.matching.guards import twins
from assets.linked.matching.model import MatchModel
from assets.linked.matching.resolution import MARGIN

#: As many pairs of one person as somebody can look at.
MOST = 5

# Why the pair waits: it weighs enough, but so does another, or something contradicts it; or it does not weigh enough.
_TO_REVIEW = """
CREATE OR REPLACE TEMP TABLE link_to_review AS
WITH apart AS (
    SELECT
        weighed.*,
        least(x.cluster, y.cluster) AS one,
        greatest(x.cluster, y.cluster) AS other
    FROM link_weighed AS weighed
    INNER JOIN link_record AS x ON weighed.a = x.record
    INNER JOIN link_record AS y ON weighed.b = y.record
    WHERE x.cluster <> y.cluster AND NOT {twins} AND NOT (x.feed = y.feed AND x.one_row_each)
),
decided AS (
    SELECT DISTINCT least(x.cluster, y.cluster) AS one, greatest(x.cluster, y.cluster) AS other
    FROM link_apart
    INNER JOIN link_record AS x ON link_apart.a = x.record
    INNER JOIN link_record AS y ON link_apart.b = y.record
),
strongest AS (
    SELECT apart.*, least(first.name, second.name) AS name_a, greatest(first.name, second.name) AS name_b
    FROM apart
    ANTI JOIN decided ON apart.one = decided.one AND apart.other = decided.other
    INNER JOIN link_name AS first ON apart.a = first.record
    INNER JOIN link_name AS second ON apart.b = second.record
    QUALIFY row_number() OVER (
        PARTITION BY apart.one, apart.other
        ORDER BY apart.match_weight DESC, name_a, name_b
    ) = 1
),
-- A value that many share brings many together; the few strongest of each are enough to see that.
few AS (
    SELECT * FROM strongest
    QUALIFY
        row_number() OVER (PARTITION BY one ORDER BY match_weight DESC, name_a, name_b) <= {most}
        AND row_number() OVER (PARTITION BY other ORDER BY match_weight DESC, name_a, name_b) <= {most}
),
side AS (
    SELECT one AS cluster, match_weight FROM few
    UNION ALL
    SELECT other AS cluster, match_weight FROM few
),
rivalry AS (
    SELECT cluster, max(match_weight) - {margin} AS near
    FROM side
    GROUP BY cluster
),
rivals AS (
    SELECT side.cluster, rivalry.near, count(*) FILTER (side.match_weight > rivalry.near) AS candidates
    FROM side
    INNER JOIN rivalry ON side.cluster = rivalry.cluster
    GROUP BY side.cluster, rivalry.near
)
SELECT
    few.* EXCLUDE (one, other, name_a, name_b),
    CASE
        WHEN few.match_weight > x.near AND x.candidates > 1 OR few.match_weight > y.near AND y.candidates > 1
            THEN 'several_candidates'
        WHEN few.match_weight >= {accept} THEN 'contradiction'
        ELSE 'weak_evidence'
    END AS reason
FROM few
INNER JOIN rivals AS x ON few.one = x.cluster
INNER JOIN rivals AS y ON few.other = y.cluster
"""


def find_reviewable(connection: duckdb.DuckDBPyConnection, model: MatchModel) -> None:
    """Creates the temporary table `link_to_review`: the columns of `link_weighed`, and reason.

    Args:
        connection: with `link_weighed`, `link_apart`, `link_record` whose clusters are settled, and `link_name` (record,
            name), by which equally heavy pairs are ordered whatever the order of rows.
        model: the one that weighed them.
    """
    connection.execute(_TO_REVIEW.format(twins=twins(model), margin=MARGIN, most=MOST, accept=model.accept_weight))
