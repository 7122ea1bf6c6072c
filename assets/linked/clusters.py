"""Which records are one person: clusters that grow stage by stage by the pairs that stand.

Which of a stage's proposed pairs stand is settled by the linker that proposed them (`assets.linked.knots`,
`assets.linked.matching.resolution`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import numpy as np

from assets.linked.evidence import Ids, own_strength, strength
from assets.linked.knots import Edges, components, read_numbers, write_numbers
from assets.linked.linker import Linker
from schemas.link_stages import LinkStage


@dataclass(frozen=True)
class StageOutcome:
    """What became of a stage's pairs of people: how many it proposed, and how many were accepted."""

    proposed: int
    accepted: int


_PROPOSED = "SELECT a, b, CAST(round(score * 1000000) AS BIGINT), agreed, match_weight FROM link_proposed"


def _codes(edges: Edges) -> Ids:
    """Pairs of clusters as one number each."""
    return np.minimum(*edges) << 32 | np.maximum(*edges)


class Clusters:
    """The clusters of records so far, and the strongest accepted pair of each record.

    Works on `link_record` of the connection, and keeps its `cluster` up to date.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        ((highest,),) = connection.execute("SELECT coalesce(max(record), 0) FROM link_record").fetchall()
        self._cluster: Ids = np.arange(highest + 1, dtype=np.int64)
        self._strength: Ids = np.zeros(highest + 1, dtype=np.int64)
        self._weight = np.full(highest + 1, np.nan)

    def resolve(self, linker: Linker, stage: LinkStage, place: int) -> StageOutcome:
        """Accepts of `link_proposed` what can be accepted.

        Args:
            linker: it proposed the pairs, and settles which of them stand.
            stage: the stage that proposed the pairs.
            place: its place among all stages, counted from 0.
        """
        *numbers, weights = self._connection.sql(_PROPOSED).to_arrow_table().columns
        a, b, millionths, agreed = (column.to_numpy().astype(np.int64) for column in numbers)
        codes = _codes((self._cluster[a], self._cluster[b]))
        proposed = np.unique(codes)
        accepted = proposed
        if len(proposed):
            accepted = _codes(linker.settle(self._connection, stage, (proposed >> 32, proposed & 0xFFFFFFFF)))
            self._join(accepted)
        kept = np.isin(codes, accepted)
        pair_strength = strength(stage, place, millionths[kept], agreed[kept])
        for side in (a, b):
            np.maximum.at(self._strength, side[kept], pair_strength)
            if weights.null_count < len(weights):
                np.fmax.at(self._weight, side[kept], weights.to_numpy()[kept])
        return StageOutcome(proposed=len(proposed), accepted=len(accepted))

    def _join(self, codes: Ids) -> None:
        """Makes one cluster of the clusters of each pair."""
        if not len(codes):
            return
        nodes, knots = components((codes >> 32, codes & 0xFFFFFFFF))
        moved = nodes != knots
        write_numbers(self._connection, "link_knot", {"cluster": nodes[moved], "knot": knots[moved]})
        self._connection.execute(
            "UPDATE link_record SET cluster = link_knot.knot FROM link_knot WHERE link_record.cluster = link_knot.cluster"
        )
        target = np.arange(len(self._cluster), dtype=np.int64)
        target[nodes] = knots
        self._cluster = target[self._cluster]

    def write_outcome(self, stages: Sequence[LinkStage]) -> None:
        """Fills `link_outcome` (person_row, cluster, strength, match_weight).

        The strength is 0 where a row is linked to nothing; the weight is that of its heaviest accepted pair, if any.
        """
        rows, records = read_numbers(self._connection, "SELECT person_row, record FROM link_row")
        rows_of = np.bincount(records, minlength=len(self._strength))
        (alone,) = np.nonzero((rows_of > 1) & (self._strength == 0))
        strongest = self._strength.copy()
        strongest[alone] = own_strength(self._connection, stages, alone)
        columns = {"person_row": rows, "cluster": self._cluster[records], "strength": strongest[records]}
        write_numbers(self._connection, "link_outcome", columns | {"match_weight": self._weight[records]})


def run_linkers(connection: duckdb.DuckDBPyConnection, linkers: Sequence[Linker]) -> dict[str, StageOutcome]:
    """Lets linkers propose stage by stage, and creates `link_outcome` (see `Clusters.write_outcome`).

    Args:
        connection: with `link_record`, `link_row`, `link_apart` and `link_decided`.
        linkers: in the order in which they propose; the pairs of an earlier one are stronger.

    Returns:
        what became of each stage's pairs, by its name.
    """
    clusters = Clusters(connection)
    stages = [(linker, stage) for linker in linkers for stage in linker.stages]
    outcomes = {}
    for place, (linker, stage) in enumerate(stages):
        linker.propose(connection, stage)
        outcomes[stage.name] = clusters.resolve(linker, stage, place)
    clusters.write_outcome([stage for _, stage in stages])
    return outcomes
