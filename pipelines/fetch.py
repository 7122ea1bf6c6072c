"""Fetching deliveries: every source that says where they are is asked, and one that fails stops no other.

How a database is asked belongs in `fetch_database`, how a folder elsewhere in `fetch_remote`.
"""

import logging
import traceback
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

from assets.landed.sources import BrokenSource, Source, sources
from pipelines.fetch_placing import Fetched, only_fetch
from pipelines.fetch_settings import DatabaseTold, FetchError, fetch_told
from pipelines.settings import Settings, UserError

Progress = Callable[[str, str], None]


def _silent(source: str, message: str) -> None:
    """Reports progress to nobody."""


def fetched_sources(landing: Path) -> list[str]:
    """Names of the sources that say where their deliveries are fetched from."""
    return [source.name for source in sources(landing) if isinstance(source, Source) and source.fetch is not None]


def fetch_deliveries(
    settings: Settings,
    landing: Path,
    as_of: date,
    *,
    names: Sequence[str] = (),
    dry: bool = False,
    progress: Progress = _silent,
) -> Iterator[Fetched]:
    """Fetches the deliveries of sources, one after the other.

    Args:
        settings: bounds on one delivery, and where the lock lies that keeps two from fetching at once.
        landing: the landing folder.
        as_of: the run's day.
        names: sources to ask; none: all that say where their deliveries are.
        dry: say what would be fetched, and write nothing.
        progress: called with a source's name and what has been done, in counts.

    Yields:
        What became of each source, as soon as it is known.

    Raises:
        UserError: a source that is named is not there or says nothing about fetching, or another process is fetching.
    """
    wanted = _wanted(landing, names)
    with only_fetch(settings):
        for source in wanted:
            yield _fetched(source, settings, landing, as_of, dry=dry, progress=progress)


def _wanted(landing: Path, names: Sequence[str]) -> list[Source | BrokenSource]:
    known = {source.name: source for source in sources(landing)}
    if not names:
        # a broken source may be one that is to be fetched: it is told of, not passed over
        return [source for source in known.values() if isinstance(source, BrokenSource) or source.fetch is not None]
    for name in names:
        if name not in known:
            raise UserError(f"there is no source [{name}]; its file would be sources/{name}.yaml in the landing folder")
        source = known[name]
        if isinstance(source, Source) and source.fetch is None:
            raise UserError(f"the source [{name}] does not say where its deliveries are; add [fetch] to its file")
    return [known[name] for name in dict.fromkeys(names)]


def _fetched(
    source: Source | BrokenSource, settings: Settings, landing: Path, as_of: date, *, dry: bool, progress: Progress
) -> Fetched:
    """One source; whatever goes wrong with it ends here."""
    if isinstance(source, BrokenSource):
        return Fetched(source=source.name, failures=(f"{source.problem}; correct the source file",))

    def say(message: str) -> None:
        progress(source.name, message)

    try:
        told = fetch_told(source)
        if isinstance(told, DatabaseTold):
            from pipelines.fetch_database import fetch_database

            return fetch_database(source, told, landing, as_of, limits=settings.limits, progress=say, dry=dry)
        from pipelines.fetch_remote import fetch_remote

        return fetch_remote(source, told, landing, limits=settings.limits, progress=say, dry=dry)
    except FetchError as error:
        return Fetched(source=source.name, failures=(str(error),))
    except Exception as error:
        _log(source.name, error)
        return Fetched(
            source=source.name,
            failures=(
                f"stopped by an unexpected [{type(error).__name__}]; log/errors.log of the data folder says where",
            ),
        )


def _log(name: str, error: Exception) -> None:
    """Notes where an error arose, without its text: that may hold the address that was asked, with its password."""
    from pipelines.redaction import keep_error_texts_apart

    places = "".join(traceback.format_tb(error.__traceback__))
    logging.raiseExceptions = False
    keep_error_texts_apart().error("fetching [%s] stopped: %s\n%s", name, type(error).__name__, places)
