"""Which records are one person: proposed pairs are accepted stage by stage, with the same guards at every stage.

At each stage the proposed pairs tie clusters of earlier stages into knots. A knot that can be one person is accepted as
a whole. Of any other, a cluster with several candidates who are different people loses all its pairs of the stage (no
guess between them), and whatever still cannot be one person stays apart. No choice is made between pairs of one stage,
so that the outcome does not depend on the order of rows. What cannot be one person stands in `assets.linked.guards`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from assets.linked.evidence import Ids, own_strength, strength
from assets.linked.guards import find_conflicts, find_doubtful_knots
from schemas.link_stages import LinkStage

Edges = tuple[Ids, Ids]


@dataclass(frozen=True)
class StageOutcome:
    """What became of a stage's pairs of people: how many it proposed, and how many were accepted."""

    proposed: int
    accepted: int


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


def _write(connection: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, Ids]) -> None:
    connection.register("link_incoming", pa.table(dict(columns)))
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * FROM link_incoming")
    connection.unregister("link_incoming")


def _read(connection: duckdb.DuckDBPyConnection, query: str) -> list[Ids]:
    """The columns of a query that gives whole numbers."""
    return [column.to_numpy().astype(np.int64) for column in connection.sql(query).to_arrow_table().columns]


def _edges(connection: duckdb.DuckDBPyConnection, query: str) -> Edges:
    left, right = _read(connection, query)
    return left, right


_PROPOSED = "SELECT a, b, CAST(round(score * 1000000) AS BIGINT), agreed FROM link_proposed"

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
    _write(connection, "link_edge", {"a": edges[0], "b": edges[1]})
    find_conflicts(connection, stage)
    edges = _edges(connection, _WITHOUT_AMBIGUOUS)
    if not len(edges[0]):
        return edges
    nodes, knots = components(edges)
    _write(connection, "link_edge", {"a": edges[0], "b": edges[1]})
    _write(connection, "link_knot", {"cluster": nodes, "knot": knots})
    find_doubtful_knots(connection, stage)
    return _edges(connection, _WITHOUT_TORN_KNOTS)


class Clusters:
    """The clusters of records so far, and the strongest accepted pair of each record.

    Works on `link_record` of the connection, and keeps its `cluster` up to date.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        ((highest,),) = connection.execute("SELECT coalesce(max(record), 0) FROM link_record").fetchall()
        self._cluster: Ids = np.arange(highest + 1, dtype=np.int64)
        self._strength: Ids = np.zeros(highest + 1, dtype=np.int64)

    def resolve(self, stage: LinkStage, place: int) -> StageOutcome:
        """Accepts of `link_proposed` what can be accepted.

        Args:
            stage: the stage that proposed the pairs.
            place: its place among all stages, counted from 0.
        """
        a, b, millionths, agreed = _read(self._connection, _PROPOSED)
        ends = self._cluster[a], self._cluster[b]
        codes = np.minimum(*ends) << 32 | np.maximum(*ends)
        ordered = np.sort(codes)
        proposed = ordered[np.diff(ordered, prepend=-1) != 0]
        accepted = self._accept(stage, proposed) if len(proposed) else proposed
        kept = np.isin(codes, accepted) if len(accepted) < len(proposed) else np.ones(len(codes), dtype=bool)
        pair_strength = strength(stage, place, millionths[kept], agreed[kept])
        for side in (a, b):
            np.maximum.at(self._strength, side[kept], pair_strength)
        return StageOutcome(proposed=len(proposed), accepted=len(accepted))

    def _accept(self, stage: LinkStage, codes: Ids) -> Ids:
        """Joins the clusters of the edges that can be accepted, and gives those edges."""
        left, right = codes >> 32, codes & 0xFFFFFFFF
        nodes, knots = components((left, right))
        _write(self._connection, "link_knot", {"cluster": nodes, "knot": knots})
        find_doubtful_knots(self._connection, stage)
        (doubtful,) = _read(self._connection, "SELECT knot FROM link_doubtful")
        if len(doubtful):
            doubted = np.isin(knots[np.searchsorted(nodes, left)], doubtful)
            untied = _untie(self._connection, stage, (left[doubted], right[doubted]))
            left, right = np.concatenate([left[~doubted], untied[0]]), np.concatenate([right[~doubted], untied[1]])
            if not len(left):
                return left
            nodes, knots = components((left, right))
        moved = nodes != knots
        _write(self._connection, "link_knot", {"cluster": nodes[moved], "knot": knots[moved]})
        self._connection.execute(
            "UPDATE link_record SET cluster = link_knot.knot FROM link_knot WHERE link_record.cluster = link_knot.cluster"
        )
        target = np.arange(len(self._cluster), dtype=np.int64)
        target[nodes] = knots
        self._cluster = target[self._cluster]
        return left << 32 | right

    def write_outcome(self, stages: Sequence[LinkStage]) -> None:
        """Fills `link_outcome` (person_row, cluster, strength): the strength is 0 where a row is linked to nothing."""
        rows, records = _read(self._connection, "SELECT person_row, record FROM link_row")
        rows_of = np.bincount(records, minlength=len(self._strength))
        (alone,) = np.nonzero((rows_of > 1) & (self._strength == 0))
        strongest = self._strength.copy()
        strongest[alone] = own_strength(self._connection, stages, alone)
        columns = {"person_row": rows, "cluster": self._cluster[records], "strength": strongest[records]}
        _write(self._connection, "link_outcome", columns)
