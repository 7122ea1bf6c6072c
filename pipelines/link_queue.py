"""The queue of links that people have to judge, as the publication in force holds it.

What is decided about its pairs is `pipelines.link_decisions`; which pairs come into it, `assets.linked`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from assets.named_rows import named_rows
from pipelines.settings import UserError


class LinkQueue:
    """The queue, read from an open publication."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def as_of(self) -> date:
        """The day for which it was published."""
        ((day,),) = self._connection.execute("SELECT as_of FROM published.runs").fetchall()
        return day  # type: ignore[no-any-return]

    def reasons(self) -> dict[str, str]:
        """For each pair's id the reason why it is asked, the strongest evidence first."""
        return dict(self._connection.execute(f"SELECT pair_id, reason FROM {_STRONGEST_FIRST}").fetchall())

    def pairs(self) -> dict[str, tuple[str, str]]:
        """For each pair's id the ids of its two records."""
        rows = self._connection.execute("SELECT pair_id, first_record_id, second_record_id FROM published.link_review")
        return {pair: (first, second) for pair, first, second in rows.fetchall()}

    def rows(self) -> list[dict[str, Any]]:
        """All that is published of each pair, the strongest evidence first. Personal values."""
        return named_rows(self._connection.execute(f"SELECT * FROM {_STRONGEST_FIRST}"))

    def unknown(self, records: tuple[str, str]) -> list[str]:
        """Those of two records' ids that no record of this publication has."""
        found = self._connection.execute(
            "SELECT record_id FROM published.person_links WHERE record_id IN (?, ?)", list(records)
        ).fetchall()
        return [record for record in records if (record,) not in found]


_STRONGEST_FIRST = "published.link_review ORDER BY match_weight DESC NULLS LAST, pair_id"


@contextmanager
def open_queue(publication: Path) -> Iterator[LinkQueue]:
    """The queue of a publication.

    Raises:
        UserError: nothing is published, or by a version that had no queue.
    """
    if not publication.exists():
        raise UserError(f"nothing is published at [{publication}]; run `reconcile run` first")
    with duckdb.connect(publication, read_only=True) as connection:
        held = connection.execute(
            "SELECT 1 FROM duckdb_tables() WHERE schema_name = 'published' AND table_name = 'link_review'"
        ).fetchall()
        if not held:
            raise UserError(f"the publication [{publication}] has no queue of links yet; run `reconcile run` first")
        yield LinkQueue(connection)
