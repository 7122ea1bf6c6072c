"""One file of a source made into rows of its feeds: read once by the source's reader, judged as every other delivery is.

The first of its feeds that asks has the whole file read; the outcome of every feed is kept under hashes of the file, the
source and the contract, and is there for the others. What a format means is its reader's business.
"""

import shutil
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import polars as pl

from assets.landed.intake import TakenIn, delivery_id, identity
from assets.landed.judging import SUMMARY, Judging, Parsed, parsed_before
from assets.landed.limits import Limits
from assets.landed.parsing import outcome_folder
from assets.landed.reader import NONE_REFUSED, Delivered, Part
from assets.landed.refusals import RefusedDelivery, beyond
from assets.landed.sources import Source
from assets.landed.whole_files import filled_whole
from schemas.feeds import FEEDS, Feed

_ARCHIVES = (".gz", ".zip")


def parse_source_file(
    taken: TakenIn, feed: Feed, store: Path, limits: Limits, progress: Callable[[int], None] = lambda rows: None
) -> Parsed:
    """Reads and checks a source's file, unless that has been done for the same bytes, source and contract.

    Args:
        taken: a delivery of a source that was taken in and not refused.
        feed: the feed whose rows are asked for.
        store: folder for what is taken in.
        limits: bounds on the delivery.
        progress: called with the number of rows read so far.

    Returns:
        What became of the rows of that feed.

    Raises:
        RefusedDelivery: the delivery cannot be used as a whole.
    """
    source = taken.found.source
    if source is None or taken.readable is None:
        raise ValueError(f"delivery [{taken.delivery_id}] has no source, or was refused, and cannot be parsed")
    folder = _folder(taken, feed, store)
    if not (folder / SUMMARY).exists():
        with ExitStack() as stack:
            judged = {}
            for name in source.feeds:
                place = _folder(taken, FEEDS[name], store)
                # a folder is complete or it is not there; one without its summary was tampered with
                if not (place / SUMMARY).exists():
                    shutil.rmtree(place, ignore_errors=True)
                judged[name] = Judging(
                    feed=FEEDS[name],
                    folder=stack.enter_context(filled_whole(place)),
                    rows_a_line=source.reader.rows_a_line,
                )
            _Reading(judged, limits, progress).run(taken, source)
    return parsed_before(folder)


def _folder(taken: TakenIn, feed: Feed, store: Path) -> Path:
    """The outcome's place: the file is another delivery for each feed."""
    return outcome_folder(store, feed, delivery_id(feed.name, identity(taken.found, taken.sha256)))


class _Reading:
    """A source's file on its way through its reader and the checks."""

    def __init__(self, judged: dict[str, Judging], limits: Limits, progress: Callable[[int], None]) -> None:
        self._judged, self._limits, self._progress = judged, limits, progress
        self._lines = self._rows = self._set_aside = self._repaired = 0
        self._extra: dict[str, None] = {}
        self._landed = dict.fromkeys(judged, 0)

    def run(self, taken: TakenIn, source: Source) -> None:
        """Reads the file to its end, and accounts for every line and row."""
        assert taken.readable is not None
        name = taken.found.path.name
        bare = next((name[: -len(ending)] for ending in _ARCHIVES if name.lower().endswith(ending)), name)
        delivered_on = taken.found.delivered_on
        assert delivered_on is not None
        delivered = Delivered(
            path=taken.readable, name=bare, delivered_on=delivered_on, kind=taken.found.kind, limits=self._limits
        )
        with ExitStack() as writers:
            for judging in self._judged.values():
                writers.enter_context(judging.writer)
            for part in source.reader.read(delivered, source.options):
                self._take(part)
        if source.reader.text and self._lines != taken.lines:
            raise RefusedDelivery(
                "lines_unaccounted", f"Of [{taken.lines}] lines the reader accounted for [{self._lines}]."
            )
        if not any(self._landed.values()) and not self._set_aside:
            raise RefusedDelivery("header_only", "The file holds no row of any feed.")
        for feed, judging in self._judged.items():
            judging.finish(
                self._landed[feed],
                extra_columns=tuple(self._extra),
                set_aside_rows=self._set_aside,
                repaired_values=self._repaired,
            )

    def _take(self, part: Part) -> None:
        self._lines += part.lines
        self._set_aside += part.set_aside
        self._repaired += part.repaired
        self._extra |= dict.fromkeys(part.extra_columns)
        landed = part.records.height + self._without_record(part)
        self._landed[part.feed] += landed
        self._rows += landed + part.set_aside
        if self._rows > self._limits.rows:
            raise beyond(self._limits, "rows")
        self._judged[part.feed].add_refused(part.records, part.refused)
        self._progress(self._rows)

    def _without_record(self, part: Part) -> int:
        """How many lines were refused and made no record."""
        if part.refused is NONE_REFUSED:
            return 0
        lines = part.refused.filter(pl.col("row").is_null())["line"]
        if "row" not in part.records.columns:
            lines = lines.filter(~lines.is_in(part.records["line"].implode()))
        return lines.n_unique()
