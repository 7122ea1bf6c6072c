"""A night of a replay: the assets of the nightly job built one after the other, without Dagster's instance and events.

Which days are replayed, and what is said of them, belongs in `pipelines.replay`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from uuid import uuid4

import dagster as dg
import duckdb
from pydantic import PrivateAttr

from pipelines.night import NightlyRun
from pipelines.replay import NightFailed
from pipelines.settings import Settings
from pipelines.steps import StepFailed, failing_at, held, night_steps, run_steps, told_plainly

#: A night is begun and published here, without a note in the ledger; whether it may be published is not asked.
_LEFT_OUT = frozenset(
    {
        dg.AssetKey(["landed", "run_context"]),
        dg.AssetKey(["published", "promises"]),
        dg.AssetKey(["published", "publications"]),
    }
)


class ReplayedNight(NightlyRun):
    """What a replayed night reads and where it publishes; otherwise as the nightly job's."""

    _own: Settings = PrivateAttr()
    _decisions: str = PrivateAttr()
    _anew: bool = PrivateAttr()

    def of_replay(self, own: Settings, decisions_url: str, *, anew: bool) -> "ReplayedNight":
        """Itself, with the replay's settings, the ledger of decisions, and whether no earlier publication counts."""
        self._own, self._decisions, self._anew = own, decisions_url, anew
        return self

    @property
    def settings(self) -> Settings:
        return self._own

    @property
    def decisions_url(self) -> str:
        return self._decisions

    @contextmanager
    def previous(self, connection: duckdb.DuckDBPyConnection) -> Iterator[str | None]:
        """What the replay published before; none on a day that begins anew."""
        if self._anew:
            yield None
            return
        with super().previous(connection) as found:
            yield found

    def keep_page(self, name: str, text: str, *, personal: bool = False) -> Path | None:
        """No page is kept."""
        return None

    def _note_begun(self, run_id: str, day: date, cycle: int) -> None:
        """No run is noted."""

    def _note_published(self, connection: duckdb.DuckDBPyConnection, run_id: str, path: Path) -> None:
        """No run is noted."""


class ReplayedNights:
    """Runs nights, each in the same process.

    Args:
        own: settings of the replay.
        decisions_url: the ledger that holds people's decisions.
        landing: folder with one sub-folder a feed.
        published: the file to publish.
    """

    def __init__(self, own: Settings, decisions_url: str, landing: Path, published: Path) -> None:
        self._own, self._decisions_url = own, decisions_url
        self._landing, self._published = landing, published
        self._steps = night_steps(_LEFT_OUT)

    def run(self, day: date, *, anew: bool) -> Path:
        """One night; returns the file that it published.

        Args:
            day: the night's day.
            anew: whether what is published there before counts as nothing.

        Raises:
            NightFailed: it failed; the message is the failed step and the reason that may be shown.
            UserError: no night can run, for instance because another replay is at work.
        """
        night = ReplayedNight(landing_folder=str(self._landing), as_of=day.isoformat(), published=str(self._published))
        night.of_replay(self._own, self._decisions_url, anew=anew)
        # a version of its own each time: what is published is never written over
        run_id = uuid4().hex
        with held(night):
            with told_plainly():
                night.begin(run_id)
            try:
                run_steps(night, run_id, self._steps)
                with failing_at("publishing"), night.connect() as connection:
                    return night.publish(connection, run_id)
            except StepFailed as failed:
                raise NightFailed(str(failed)) from None
