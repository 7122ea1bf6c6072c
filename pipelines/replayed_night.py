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

from assets.description import without_metadata
from pipelines.definitions import LAYER_MODULES, defs
from pipelines.night import NightlyRun
from pipelines.redaction import keep_error_texts_apart
from pipelines.replay import NightFailed
from pipelines.settings import Settings, UserError

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
        self._steps = _steps()

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
        try:
            with _told_plainly():
                night.setup_for_execution(dg.build_init_resource_context())
                night.begin(run_id)
            with without_metadata():
                for name, step in self._steps:
                    with _failing_at(name):
                        _build(step, night)
            with _failing_at("publishing"), night.connect() as connection:
                return night.publish(connection, run_id)
        finally:
            night.teardown_after_execution(dg.build_init_resource_context())


Step = dg.AssetsDefinition | dg.AssetChecksDefinition


def _steps() -> list[tuple[str, Step]]:
    """The job's assets in an order in which each comes after those it reads, with the checks that block."""
    makers = {key: asset for module in LAYER_MODULES for asset in module.ASSETS for key in asset.keys}
    blocking: dict[dg.AssetKey, Step] = {
        spec.asset_key: check
        for module in LAYER_MODULES
        for check in module.CHECKS
        for spec in check.check_specs
        if spec.blocking
    }
    steps: dict[str, Step] = {}
    for key in defs.resolve_asset_graph().toposorted_asset_keys:
        if key in _LEFT_OUT:
            continue
        asset = makers[key]
        steps.setdefault("/".join(min(asset.keys).path), asset)
        if key in blocking:
            steps[f"the check of {'/'.join(key.path)}"] = blocking[key]
    return list(steps.items())


def _build(step: Step, night: ReplayedNight) -> None:
    """Run one step to its end.

    Raises:
        dagster.Failure: it is a check that did not pass.
    """
    # the function under the decorator: called through Dagster, each step would set the night up anew
    function = step.op.compute_fn.decorated_fn  # type: ignore[union-attr]
    made = function(night=night)
    results = list(made) if isinstance(made, Iterator) else [made]
    checks = [result for result in results if isinstance(result, dg.AssetCheckResult)]
    if isinstance(step, dg.AssetChecksDefinition) and not all(check.passed for check in checks):
        raise dg.Failure("the check that guards publication did not pass")


@contextmanager
def _told_plainly() -> Iterator[None]:
    """Tell what keeps every night from running as something that the person who calls can put right."""
    try:
        yield
    except dg.Failure as error:
        raise UserError(str(error.description)) from None


@contextmanager
def _failing_at(step: str) -> Iterator[None]:
    """Tell what may be shown of a failure; the text of any other error goes to the restricted log."""
    try:
        yield
    except (dg.Failure, UserError) as error:
        raise NightFailed(f"at {step}: {error.description if isinstance(error, dg.Failure) else error}") from None
    except Exception as error:
        keep_error_texts_apart().error("the replay failed at %s", step, exc_info=error)
        raise NightFailed(
            f"at {step}: unexpected [{type(error).__name__}]; its text is in log/errors.log of the data folder"
        ) from None
