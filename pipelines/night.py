"""One run as its assets see it: the warehouse it alone may write, its folders, its day, and where it publishes.

The fields are what a person may set in the Dagster launchpad or on the command line; everything else comes from
`pipelines.settings`.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
from pydantic import PrivateAttr

from assets.landed.limits import Limits
from assets.landed.whole_files import sweep_unfinished
from assets.linked.matching.model import MatchModel, read_model, shipped_model
from assets.named_rows import named_rows
from pipelines import ledger
from pipelines.flag_decisions import flag_decisions_in_force
from pipelines.link_decisions import link_decisions_in_force
from pipelines.publication import Publication
from pipelines.settings import Settings, UserError, read_settings, today
from pipelines.version import software_version
from pipelines.warehouse import empty_layers, only_run, open_warehouse
from schemas.flag_life import FlagDecision
from schemas.layers import RUN_CONTEXT_DDL, cycle_of
from schemas.link_decisions import LinkDecision


@contextmanager
def told_plainly() -> Iterator[None]:
    """Tell Dagster what the person who runs the job can put right; its other errors are told by an identifier alone."""
    try:
        yield
    except UserError as error:
        raise dg.Failure(str(error), allow_retries=False) from None


class NightlyRun(dg.ConfigurableResource[Any]):
    """What a run reads and where it publishes.

    Attributes:
        landing_folder: folder with one sub-folder a feed; empty: `RECONCILE_LANDING`, else `data/landing`.
        as_of: the run's day, `yyyy-mm-dd`; empty: `RECONCILE_AS_OF`, else today in London.
        cycle: the cycle's year; empty: the year of `as_of` up to 31 October, the next year after.
        published: the file that analysts open; empty: `RECONCILE_PUBLISHED`, else `data/published/reconciliation.duckdb`.
    """

    landing_folder: str = ""
    as_of: str = ""
    cycle: int = 0
    published: str = ""

    _held: ExitStack = PrivateAttr(default_factory=ExitStack)
    _pages: dict[str, str] = PrivateAttr(default_factory=dict)
    _connection: duckdb.DuckDBPyConnection | None = PrivateAttr(default=None)
    _link_decisions: tuple[LinkDecision, ...] | None = PrivateAttr(default=None)

    def setup_for_execution(self, context: dg.InitResourceContext) -> None:
        """Take the lock that lets one run at a time write."""
        with told_plainly():
            self._held.enter_context(only_run(self.settings))

    def teardown_after_execution(self, context: dg.InitResourceContext) -> None:
        """Close the warehouse and give the lock back."""
        self._held.close()
        self._connection = None
        self._link_decisions = None

    @property
    def settings(self) -> Settings:
        return read_settings()

    @property
    def decisions_url(self) -> str:
        """The ledger that holds people's decisions."""
        return self.settings.ledger_url

    @property
    def landing(self) -> Path:
        return Path(self.landing_folder) if self.landing_folder else self.settings.landing

    @property
    def store(self) -> Path:
        return self.settings.store

    @property
    def limits(self) -> Limits:
        return self.settings.limits

    @property
    def version(self) -> str:
        return software_version()

    @property
    def publication(self) -> Publication:
        link = Path(self.published) if self.published else self.settings.published
        return Publication(link, self.settings.keep)

    @contextmanager
    def connect(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The warehouse; one connection serves the whole run, as a second one would be refused.

        Raises:
            dagster.Failure: the person who runs it can put the cause right.
        """
        try:
            with told_plainly():
                if self._connection is None:
                    self._connection = self._held.enter_context(open_warehouse(self.settings))
                yield self._connection
        except duckdb.OutOfMemoryException:
            raise dg.Failure(
                f"DuckDB needs more than [{self.settings.memory_limit}] of memory or the disk for spilled data is full; "
                "raise RECONCILE_MEMORY or free space"
            ) from None

    def begin(self, run_id: str) -> tuple[date, int]:
        """Settle the run's day and cycle, note the run in the ledger and in `landed.run_context`.

        Raises:
            dagster.Failure: the landing folder is missing, or nothing could be published at the end.
        """
        wanted = self.as_of or self.settings.as_of
        try:
            day = date.fromisoformat(wanted) if wanted else today()
        except ValueError:
            raise dg.Failure(f"as_of is [{wanted}]; give a date as yyyy-mm-dd", allow_retries=False) from None
        cycle = self.cycle or cycle_of(day)
        if not self.landing.is_dir():
            raise dg.Failure(f"the landing folder [{self.landing}] does not exist", allow_retries=False)
        with told_plainly():
            self.publication.check_place()
        sweep_unfinished(self.store)
        with self.connect() as connection:
            empty_layers(connection)
            connection.execute(RUN_CONTEXT_DDL)
            connection.execute("INSERT INTO landed.run_context VALUES (?, ?)", [day, cycle])
        self._note_begun(run_id, day, cycle)
        return day, cycle

    def _note_begun(self, run_id: str, day: date, cycle: int) -> None:
        with told_plainly(), ledger.open_ledger(self.settings.ledger_url) as operations:
            ledger.start_run(
                operations,
                run_id=run_id,
                started_at=datetime.now(UTC),
                as_of=day,
                cycle=cycle,
                landing=str(self.landing),
                version=self.version,
            )

    @contextmanager
    def previous(self, connection: duckdb.DuckDBPyConnection) -> Iterator[str | None]:
        """The last good publication, attached read-only as `previous` while the block lasts."""
        file = self.publication.last_good()
        if file is None:
            yield None
            return
        quoted = str(file).replace("'", "''")
        connection.execute(f"ATTACH '{quoted}' AS previous (READ_ONLY)")
        try:
            yield "previous.published"
        finally:
            connection.execute("DETACH previous")

    def bounds(self) -> dict[str, float]:
        """Bounds of promises that the settings change."""
        return self.settings.bounds

    def link_decisions(self) -> Sequence[LinkDecision]:
        """People's decisions about links that are in force; read once, so that one made meanwhile waits for the next run.

        Raises:
            dagster.Failure: the ledger cannot be read.
        """
        if self._link_decisions is None:
            with told_plainly(), ledger.open_ledger(self.decisions_url) as operations:
                self._link_decisions = tuple(link_decisions_in_force(operations))
        return self._link_decisions

    def flag_decisions(self, on: date) -> Sequence[FlagDecision]:
        """People's decisions about flags that were in force at the end of a day; one asset reads them, once a run.

        Raises:
            dagster.Failure: the ledger cannot be read.
        """
        with told_plainly(), ledger.open_ledger(self.decisions_url) as operations:
            return flag_decisions_in_force(operations, on)

    def link_model(self) -> MatchModel:
        """The match model that the settings name, else the shipped one.

        Raises:
            dagster.Failure: the file is no model.
        """
        if self.settings.link_model is None:
            return shipped_model()
        try:
            return read_model(self.settings.link_model)
        except ValueError as error:
            raise dg.Failure(f"RECONCILE_LINK_MODEL: {error}", allow_retries=False) from None

    def keep_page(self, name: str, text: str, *, personal: bool = False) -> Path | None:
        """Keep a page: in the log folder at once, and beside the publication if this run makes one.

        A page that names people stands beside the publication alone, where only those may read who may read that.
        """
        self._pages[name] = text
        if personal:
            return None
        path = self.settings.logs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def publish(self, connection: duckdb.DuckDBPyConnection, run_id: str) -> Path:
        """Publish, note it in the ledger, and list what is kept in `published.publications` (version, current)."""
        ((as_of,),) = connection.execute("SELECT as_of FROM landed.run_context").fetchall()
        path = self.publication.publish(connection, f"{as_of}-{run_id[:8]}", self._pages)
        self._note_published(connection, run_id, path)
        connection.execute("CREATE OR REPLACE TABLE published.publications (version VARCHAR, is_current BOOLEAN)")
        connection.executemany("INSERT INTO published.publications VALUES (?, ?)", self.publication.kept())
        return path

    def _note_published(self, connection: duckdb.DuckDBPyConnection, run_id: str, path: Path) -> None:
        with told_plainly(), ledger.open_ledger(self.settings.ledger_url) as operations:
            ledger.record_deliveries(operations, run_id=run_id, deliveries=_deliveries(connection))
            ledger.finish_run(
                operations, run_id=run_id, finished_at=datetime.now(UTC), status="published", publication=str(path)
            )


def _deliveries(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """The night's deliveries with their place in the row ledger, for the operations ledger."""
    result = connection.execute(
        """
        SELECT delivery_id, feed, file_name, sha256, kind, delivered_on, status,
            landed, accepted, superseded, duplicate, quarantined
        FROM published.deliveries
        LEFT JOIN published.row_ledger USING (feed, delivery_id)
        WHERE status IN ('accepted', 'refused') AND delivery_id IS NOT NULL
        ORDER BY feed, delivered_on, file_name
        """
    )
    return named_rows(result)
