"""Which of the weighed pairs stand: for all people at once the reading that weighs most, and none where two weigh alike.

Pairs tie clusters into knots. Within a knot every two clusters are weighed against each other, also those that no rule
brought together, so that a chain of good pairs does not join two people whom the evidence keeps apart. A knot in which
nothing speaks against anything stands as a whole. Of any other the heaviest partition is sought, exactly, as an integer
programme; what is in it and not in every partition that weighs nearly as much is left to a person. So nothing depends on
the order of rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import duckdb
import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, milp

from assets.linked.evidence import Ids
from assets.linked.guards import CONTRADICTED_KNOTS
from assets.linked.knots import Edges, components, read_numbers, write_numbers
from assets.linked.matching.guards import (
    certain_twins,
    doubtful_together,
    known_by_another,
    of_one_forename,
    of_two_forenames,
    twins,
)
from assets.linked.matching.model import MatchModel
from assets.linked.matching.scoring import score

#: A reading that weighs less than another by at least this is ruled out: about a hundred to one.
MARGIN = 7.0
#: More clusters than this in one knot are no person but a shared value; all of them wait for a person's eye.
#: The search for their heaviest partition takes seconds for twice as many, and hours for three times as many.
CROWDED = 12
#: No single pair speaks louder than this.
_LOUDEST = 40.0

_CLOSURE = """
CREATE OR REPLACE TEMP TABLE link_closure AS
WITH member AS (
    SELECT link_knot.knot, link_record.record, link_record.cluster
    FROM link_knot
    INNER JOIN link_record ON link_knot.cluster = link_record.cluster
    WHERE link_knot.knot IN (SELECT knot FROM link_knot GROUP BY knot HAVING count(*) <= {crowded})
)
SELECT least(a.record, b.record) AS a, greatest(a.record, b.record) AS b, 0 AS rule
FROM member AS a
INNER JOIN member AS b ON a.knot = b.knot AND a.cluster < b.cluster
"""

# Two dates of birth and two ULNs are two people; one feed of applications has each person once; and two references of one
# feed are one person only if they themselves weigh enough, not by way of others. No slip of the pen is made in two feeds.
_WEIGHED = """
WITH pair AS (
    SELECT
        least(x.cluster, y.cluster) AS a,
        greatest(x.cluster, y.cluster) AS b,
        weighed.match_weight,
        {twins} AS twins,
        {certain_twins} AS certain_twins,
        {known} AS known_by_another,
        {one_forename} AS of_one_forename,
        {two_forenames} AS of_two_forenames,
        {doubtful}
        OR (
            x.feed = y.feed
            AND (x.one_row_each OR coalesce(x.reference_hash <> y.reference_hash, false) AND match_weight < {accept})
        )
        OR EXISTS (
            SELECT 1 FROM link_apart
            WHERE link_apart.a = least(x.record, y.record) AND link_apart.b = greatest(x.record, y.record)
        ) AS barred
    FROM link_closure_weighed AS weighed
    INNER JOIN link_record AS x ON weighed.a = x.record
    INNER JOIN link_record AS y ON weighed.b = y.record
),
said AS (
    SELECT
        cluster,
        min(date_of_birth) AS first_birth, max(date_of_birth) AS last_birth,
        min(uln_key) AS lowest_uln, max(uln_key) AS highest_uln,
        count(DISTINCT feed) > 1 AS corroborated
    FROM link_record
    WHERE cluster IN (SELECT cluster FROM link_knot)
    GROUP BY cluster
)
SELECT
    link_knot.knot,
    CAST(pair.a AS BIGINT) AS a,
    CAST(pair.b AS BIGINT) AS b,
    max(pair.match_weight) AS weight,
    bool_or(pair.barred) OR (bool_or(pair.certain_twins) AND NOT bool_or(pair.known_by_another))
    OR (bool_or(pair.twins) AND NOT bool_or(pair.of_one_forename))
    OR (any_value(one.corroborated AND other.corroborated) AND bool_and(pair.of_two_forenames)) OR coalesce(
        any_value(
            least(one.first_birth, other.first_birth) <> greatest(one.last_birth, other.last_birth)
            AND least(one.lowest_uln, other.lowest_uln) <> greatest(one.highest_uln, other.highest_uln)
        ), false
    ) AS barred
FROM pair
INNER JOIN link_knot ON pair.a = link_knot.cluster
INNER JOIN said AS one ON pair.a = one.cluster
INNER JOIN said AS other ON pair.b = other.cluster
GROUP BY link_knot.knot, pair.a, pair.b
ORDER BY link_knot.knot, pair.a, pair.b
"""


@dataclass(frozen=True)
class Knot:
    """Clusters that pairs tie together: each two of them, what the two weigh, whether they can be one, and whether the
    pair was proposed."""

    left: Ids
    right: Ids
    weight: npt.NDArray[np.float64]
    barred: npt.NDArray[np.bool_]
    proposed: npt.NDArray[np.bool_]

    @property
    def is_plain(self) -> bool:
        """Whether nothing in it speaks against anything."""
        return not self.barred.any() and bool((self.weight >= 0).all())


def _partition(knot: Knot, taken: npt.NDArray[np.bool_] | None) -> tuple[float, npt.NDArray[np.bool_]]:
    """The heaviest partition: what it weighs, and which pairs are within a part.

    Args:
        knot: every two of its clusters have a pair.
        taken: pairs of which the partition must leave at least one out.
    """
    nodes, ends = np.unique(np.concatenate([knot.left, knot.right]), return_inverse=True)
    pairs = len(knot.left)
    place = {frozenset((int(ends[i]), int(ends[pairs + i]))): i for i in range(pairs)}
    rows, columns, signs = [], [], []
    count = 0
    for three in combinations(range(len(nodes)), 3):
        sides = [place[frozenset(side)] for side in combinations(three, 2)]
        for apart in range(3):
            for side in range(3):
                rows.append(count)
                columns.append(sides[side])
                signs.append(-1 if side == apart else 1)
            count += 1
    constraints = []
    if count:
        matrix = np.zeros((count, pairs))
        matrix[rows, columns] = signs
        constraints.append(LinearConstraint(matrix, ub=1))
    if taken is not None:
        constraints.append(LinearConstraint(taken.astype(float)[None, :], ub=taken.sum() - 1))
    weight = np.clip(knot.weight, -_LOUDEST, _LOUDEST)
    found = milp(
        -weight,
        integrality=np.ones(pairs),
        bounds=Bounds(0, (~knot.barred).astype(float)),
        constraints=constraints,
        options={"mip_rel_gap": 0.0},
    )
    if found.x is None:
        return -np.inf, np.zeros(pairs, dtype=bool)
    together = np.round(found.x).astype(bool)
    return float(weight[together].sum()), together


def heaviest(knot: Knot) -> npt.NDArray[np.bool_]:
    """Which proposed pairs of a knot stand: those of the heaviest partition that no near rival leaves out."""
    best, together = _partition(knot, None)
    certain = together & knot.proposed
    while certain.any():
        rival, other = _partition(knot, certain)
        if best - rival >= MARGIN:
            break
        certain &= other
    return certain


def _weigh_closure(connection: duckdb.DuckDBPyConnection, model: MatchModel) -> None:
    """Creates `link_closure_weighed`: what is known of the pairs of `link_closure` already, and the rest weighed now."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE link_rest AS SELECT * FROM link_closure ANTI JOIN link_weighed USING (a, b)"
    )
    ((rest,),) = connection.execute("SELECT count(*) FROM link_rest").fetchall()
    if rest:
        score(connection, model, "link_rest", "link_closure_weighed")
    else:
        connection.execute("CREATE OR REPLACE TEMP TABLE link_closure_weighed AS FROM link_weighed LIMIT 0")
    connection.execute(
        "INSERT INTO link_closure_weighed BY NAME "
        "SELECT link_weighed.* FROM link_weighed SEMI JOIN link_closure USING (a, b)"
    )


def _knots(connection: duckdb.DuckDBPyConnection, model: MatchModel, edges: Edges) -> Iterator[Knot]:
    """The knots that pairs of clusters tie, crowded ones left out."""
    nodes, names = components(edges)
    write_numbers(connection, "link_knot", {"cluster": nodes, "knot": names})
    connection.execute(_CLOSURE.format(crowded=CROWDED))
    _weigh_closure(connection, model)
    weighed = _WEIGHED.format(
        twins=twins(model),
        certain_twins=certain_twins(model),
        known=known_by_another(model),
        one_forename=of_one_forename(model),
        two_forenames=of_two_forenames(model),
        doubtful=doubtful_together(model),
        accept=model.accept_weight,
    )
    knot, left, right, weight, barred = (
        column.to_numpy(zero_copy_only=False) for column in connection.sql(weighed).to_arrow_table().itercolumns()
    )
    proposed = np.isin(left << 32 | right, edges[0] << 32 | edges[1])
    starts, ends = np.flatnonzero(np.diff(knot, prepend=-1)), np.flatnonzero(np.diff(knot, append=-1)) + 1
    for start, end in zip(starts, ends, strict=True):
        here = slice(start, end)
        yield Knot(left[here], right[here], weight[here], barred[here], proposed[here])


def settle(connection: duckdb.DuckDBPyConnection, model: MatchModel, edges: Edges) -> Edges:
    """Of pairs of clusters that weigh enough, those that stand.

    Args:
        connection: with `link_record` and `link_apart` (a, b: records that a person has said are two people's).
        model: the weights.
        edges: pairs of clusters, each once, the lower first.
    """
    left: list[Ids] = []
    right: list[Ids] = []
    for knot in _knots(connection, model, edges):
        stands = knot.proposed if knot.is_plain else heaviest(knot)
        left.append(knot.left[stands])
        right.append(knot.right[stands])
    nothing = np.array([], dtype=np.int64)
    return _without_contradiction(connection, (np.concatenate([nothing, *left]), np.concatenate([nothing, *right])))


def _without_contradiction(connection: duckdb.DuckDBPyConnection, edges: Edges) -> Edges:
    """Without the parts that hold two dates of birth and two ULNs, which no two of their clusters need hold alone."""
    left, right = edges
    if not len(left):
        return edges
    nodes, parts = components(edges)
    write_numbers(connection, "link_knot", {"cluster": nodes, "knot": parts})
    (torn,) = read_numbers(connection, CONTRADICTED_KNOTS)
    whole = ~np.isin(parts[np.searchsorted(nodes, left)], torn)
    return left[whole], right[whole]
