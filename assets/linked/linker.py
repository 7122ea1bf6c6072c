"""What a way of linking people has to offer, so that several can stand behind one another.

A linker proposes pairs of records, stage by stage, and settles for all of a stage's pairs at once which of them stand;
`assets.linked.clusters` keeps which records are one person.
"""

from collections.abc import Sequence
from typing import Protocol

import duckdb

from assets.linked.knots import Edges
from schemas.link_stages import LinkStage

#: A linker fills this temporary table for one stage: pairs of records of different clusters, each once. `agreed` is
#: `assets.linked.evidence.AGREED`, `match_weight` is empty where nothing was weighed.
PROPOSED_PAIRS_DDL = (
    "CREATE OR REPLACE TEMP TABLE link_proposed "
    "(a INTEGER, b INTEGER, score DOUBLE, agreed INTEGER, match_weight DOUBLE)"
)


class Linker(Protocol):
    """Proposes pairs of records that may be one person."""

    @property
    def stages(self) -> Sequence[LinkStage]:
        """The linker's stages, strongest first."""
        ...

    def propose(self, connection: duckdb.DuckDBPyConnection, stage: LinkStage) -> None:
        """Creates and fills `link_proposed` with the pairs of one stage.

        Reads `link_record` and `link_row` (`assets.linked.people`); `link_record.cluster` says what stronger stages have
        made of the records. Must not depend on the order of rows.

        Args:
            connection: the warehouse, with the temporary tables of linking.
            stage: one of `stages`; those before it have been resolved.
        """
        ...

    def settle(self, connection: duckdb.DuckDBPyConnection, stage: LinkStage, edges: Edges) -> Edges:
        """Of the pairs of clusters that a stage proposed, those that stand; must not depend on their order.

        Args:
            connection: the warehouse, with the temporary tables of linking.
            stage: one of `stages`, whose pairs have been proposed.
            edges: pairs of clusters, each once, the lower first.
        """
        ...
