"""Which centre a centre number stands for today, after mergers and renumbering.

Records keep the number they were delivered with; whoever compares centres reads the current one from here.
"""

import duckdb

_FOLLOW = """
CREATE OR REPLACE TABLE linked.centre_successors AS
WITH RECURSIVE chain AS (
    SELECT
        centre_number,
        centre_number AS reached,
        replaced_by_centre_number AS onward,
        [centre_number] AS passed,
        false AS circular
    FROM standardised.centres
    UNION ALL
    SELECT
        chain.centre_number,
        chain.onward AS reached,
        centre.replaced_by_centre_number AS onward,
        list_append(chain.passed, chain.onward) AS passed,
        list_contains(chain.passed, chain.onward) AS circular
    FROM chain
    LEFT JOIN standardised.centres AS centre ON chain.onward = centre.centre_number
    WHERE chain.onward IS NOT NULL AND NOT chain.circular
)
SELECT
    centre_number,
    CASE WHEN bool_or(circular) THEN centre_number ELSE arg_max(reached, len(passed)) END AS current_centre_number
FROM chain
GROUP BY centre_number
ORDER BY centre_number
"""

_COUNTS = """
SELECT count(*), count(*) FILTER (centre_number <> current_centre_number) FROM linked.centre_successors
"""


def resolve_centres(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Creates `linked.centre_successors` (centre_number, current_centre_number) from `standardised.centres`.

    One row for each centre. A chain of `replaced_by_centre_number` is followed to its end, which need not itself be a
    row of `centres`; a number whose chain ends in a circle stands for itself (feed contract, centres).

    Returns:
        counts `centres` and `replaced_centres`.
    """
    connection.execute(_FOLLOW)
    ((centres, replaced),) = connection.execute(_COUNTS).fetchall()
    return {"centres": centres, "replaced_centres": replaced}
