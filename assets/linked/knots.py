"""Which of a stage's pairs of clusters can stand, where a stage makes no choice between its pairs.

A stage's pairs tie clusters into knots. A knot that can be one person is accepted as a whole. Of any other, a cluster
with several candidates who are different people loses all its pairs of the stage (no guess between them), and whatever
still cannot be one person stays apart. So the outcome does not depend on the order of rows. What cannot be one person
stands in `assets.linked.guards`; how pairs are chosen by their weight in `assets.linked.matching.resolution`.
"""

from collections.abc import Mapping

import duckdb
import numpy as np
import pyarrow as pa
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from assets.linked.evidence import Ids
from assets.linked.guards import find_conflicts, find_doubtful_knots
from schemas.link_stages import LinkStage

Edges = tuple[Ids, Ids]


def components(edges: Edges) -> tuple[Ids, Ids]:
    """Connected components of a graph given by its edges, of which there is at least one.

    Returns:
        the nodes, ascending, and for each the lowest node of its component.
    """
    present = np.zeros(max(int(edges[0].max()), int(edges[1].max())) + 1, dtype=bool)
    present[edges[0]] = present[edges[1]] = True
    nodes = np.flatnonzero(present)
    position = np.cumsum(present) - 1
    ends = position[edges[0]], position[edges[1]]
    graph = coo_matrix((np.ones(len(edges[0]), dtype=np.int8), ends), shape=(len(nodes), len(nodes)))
    count, labels = connected_components(graph, directed=False)
    lowest = np.full(count, np.iinfo(np.int64).max)
    np.minimum.at(lowest, labels, nodes)
    return nodes.astype(np.int64), lowest[labels]


def write_numbers(connection: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, Ids]) -> None:
    """Creates a temporary table of whole numbers."""
    connection.register("link_incoming", pa.table(dict(columns)))
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * FROM link_incoming")
    connection.unregister("link_incoming")


def read_numbers(connection: duckdb.DuckDBPyConnection, query: str) -> list[Ids]:
    """The columns of a query that gives whole numbers."""
    return [column.to_numpy().astype(np.int64) for column in connection.sql(query).to_arrow_table().columns]


def read_edges(connection: duckdb.DuckDBPyConnection, query: str) -> Edges:
    """The pairs of clusters that a query gives."""
    left, right = read_numbers(connection, query)
    return left, right


# Pairs of clusters that cannot be one person, and all pairs of a cluster whose candidates are different people.
_WITHOUT_AMBIGUOUS = """
WITH neighbour AS (
    SELECT a AS one, b AS other FROM link_edge
    UNION ALL
    SELECT b AS one, a AS other FROM link_edge
),
torn AS (
    SELECT DISTINCT x.one AS cluster
    FROM link_conflict
    INNER JOIN neighbour AS x ON link_conflict.a = x.other
    INNER JOIN neighbour AS y ON link_conflict.b = y.other AND x.one = y.one
)
SELECT a, b
FROM link_edge
ANTI JOIN link_conflict USING (a, b)
WHERE a NOT IN (SELECT cluster FROM torn) AND b NOT IN (SELECT cluster FROM torn)
"""

# What still holds a conflict somewhere along a chain stays apart as a whole.
_WITHOUT_TORN_KNOTS = """
WITH barred AS (
    SELECT knot FROM link_doubtful WHERE crowded OR contradicted
    UNION
    SELECT x.knot
    FROM link_conflict
    INNER JOIN link_knot AS x ON link_conflict.a = x.cluster
    INNER JOIN link_knot AS y ON link_conflict.b = y.cluster AND x.knot = y.knot
)
SELECT link_edge.a, link_edge.b
FROM link_edge
INNER JOIN link_knot ON link_edge.a = link_knot.cluster
ANTI JOIN barred ON link_knot.knot = barred.knot
"""


def _untie(connection: duckdb.DuckDBPyConnection, stage: LinkStage, edges: Edges) -> Edges:
    """Of the edges of doubtful knots, those that can be accepted."""
    write_numbers(connection, "link_edge", {"a": edges[0], "b": edges[1]})
    find_conflicts(connection, stage)
    edges = read_edges(connection, _WITHOUT_AMBIGUOUS)
    if not len(edges[0]):
        return edges
    nodes, knots = components(edges)
    write_numbers(connection, "link_edge", {"a": edges[0], "b": edges[1]})
    write_numbers(connection, "link_knot", {"cluster": nodes, "knot": knots})
    find_doubtful_knots(connection, stage)
    return read_edges(connection, _WITHOUT_TORN_KNOTS)


def all_or_none(connection: duckdb.DuckDBPyConnection, stage: LinkStage, edges: Edges) -> Edges:
    """Of the pairs of clusters that a stage proposed, those that can stand.

    Args:
        connection: with `link_record`.
        stage: the stage.
        edges: pairs of clusters, each once, the lower first.
    """
    left, right = edges
    nodes, knots = components(edges)
    write_numbers(connection, "link_knot", {"cluster": nodes, "knot": knots})
    find_doubtful_knots(connection, stage)
    (doubtful,) = read_numbers(connection, "SELECT knot FROM link_doubtful")
    if not len(doubtful):
        return edges
    doubted = np.isin(knots[np.searchsorted(nodes, left)], doubtful)
    untied = _untie(connection, stage, (left[doubted], right[doubted]))
    return np.concatenate([left[~doubted], untied[0]]), np.concatenate([right[~doubted], untied[1]])
