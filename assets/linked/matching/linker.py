"""The linker that weighs evidence: proposes the pairs that the model finds heavy enough, with what each weighs.

It comes after the deterministic stages. Which of its pairs stand is settled by `assets.linked.matching.resolution`.
"""

from collections.abc import Sequence

import duckdb

from assets.linked.evidence import agreed_in
from assets.linked.knots import Edges
from assets.linked.linker import PROPOSED_PAIRS_DDL
from assets.linked.matching.blocking import RuleCount, find_pairs
from assets.linked.matching.guards import doubtful, twins
from assets.linked.matching.model import MatchModel
from assets.linked.matching.resolution import settle
from assets.linked.matching.scoring import score
from schemas.link_stages import LinkStage

WEIGHED = LinkStage(
    name="match_weight",
    statement="Evidence that together weighs enough by the match model, where none of it is decisive alone.",
    score=0.8,
    blocks=(),
    alternatives=(),
    contradictions="weigh",
)


class MatchLinker:
    """Proposes pairs by their weight."""

    def __init__(self, model: MatchModel) -> None:
        self.model = model
        #: What each blocking rule found, once pairs have been proposed.
        self.found: Sequence[RuleCount] = ()

    @property
    def has_weighed(self) -> bool:
        """Whether there was any pair to weigh; without one there is no `link_weighed`."""
        return any(rule.pairs for rule in self.found)

    @property
    def stages(self) -> Sequence[LinkStage]:
        return (WEIGHED,)

    def propose(self, connection: duckdb.DuckDBPyConnection, stage: LinkStage) -> None:
        """Creates `link_weighed` (`assets.linked.matching.scoring`) of all pairs that a person may have to look at, and
        `link_proposed` of those that are heavy enough; see `assets.linked.linker.Linker`."""
        self.found = find_pairs(connection, self.model.blocking)
        connection.execute(PROPOSED_PAIRS_DDL)
        if not self.has_weighed:
            return
        score(connection, self.model, "link_pair", "link_weighed", at_least=self.model.review_weight)
        barred = f"{twins(self.model)} OR {doubtful(self.model)}"
        agreed = agreed_in("x", "y")
        connection.execute(
            f"""
            INSERT INTO link_proposed
            SELECT x.record, y.record, ?, {agreed}, weighed.match_weight
            FROM link_weighed AS weighed
            INNER JOIN link_record AS x ON weighed.a = x.record
            INNER JOIN link_record AS y ON weighed.b = y.record
            WHERE weighed.match_weight >= ? AND NOT ({barred})
            """,
            [stage.score, self.model.accept_weight],
        )

    def settle(self, connection: duckdb.DuckDBPyConnection, stage: LinkStage, edges: Edges) -> Edges:
        """The heaviest reading of all pairs at once; see `assets.linked.matching.resolution`."""
        return settle(connection, self.model, edges)
