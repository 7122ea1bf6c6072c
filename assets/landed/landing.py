"""A night's landing: every file of a feed taken in, parsed and judged, and the landed tables rewritten.

Which accepted rows are in force belongs in `assets.standardised`.
"""

import itertools
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

from duckdb import DuckDBPyConnection

from assets.landed.deliveries import FoundFile, discover_feed, discover_unclaimed
from assets.landed.delivery_tables import DeliveryRow, replace_feed, view_of_feed
from assets.landed.limits import Limits
from assets.landed.outcomes import COUNTED, FeedIntake, unread
from schemas.feeds import FEEDS, Feed

__all__ = ["land", "land_feed", "land_unclaimed", "view_of_feed"]

Progress = Callable[[str], None]


def _silent(message: str) -> None:
    """Reports progress to nobody."""


def land(
    con: DuckDBPyConnection,
    landing: Path,
    store: Path,
    as_of: date,
    *,
    limits: Limits | None = None,
    progress: Progress = _silent,
) -> list[dict[str, str | int]]:
    """Lands every feed, and notes what belongs to none.

    Returns:
        `land_feed`'s counts for each feed, with its name under `feed`.
    """
    counts: list[dict[str, str | int]] = []
    for feed in FEEDS.values():
        counts.append(
            {"feed": feed.name, **land_feed(con, feed, landing, store, as_of, limits=limits, progress=progress)}
        )
    land_unclaimed(con, landing, as_of)
    return counts


def land_feed(
    con: DuckDBPyConnection,
    feed: Feed,
    landing: Path,
    store: Path,
    as_of: date,
    *,
    limits: Limits | None = None,
    progress: Progress = _silent,
) -> dict[str, int]:
    """Takes in and parses a feed's deliveries, and replaces its rows in `landed.deliveries` and `landed.quarantine`.

    Args:
        con: the warehouse, not in a transaction.
        feed: the feed.
        landing: folder with one sub-folder a feed.
        store: folder for files taken in and their parsed rows.
        as_of: the run's day; deliveries dated later are not seen.
        limits: bounds on one delivery.
        progress: called with a line of text now and then; no delivered value is in it.

    Returns:
        Number of files by status, and the sums of the counts in `landed.deliveries`.

    Raises:
        FileNotFoundError: the landing folder does not exist.
        OSError: the store cannot be written.
    """
    found = sorted(discover_feed(landing, feed.name, as_of), key=_place)
    intake = FeedIntake(feed=feed, store=store.resolve(), limits=limits or Limits())
    rows: list[DeliveryRow] = []
    reasons: list[tuple[str, Path]] = []
    for number, file in enumerate(found, start=1):
        said = f"{feed.name}: file {number} of {len(found)}"
        progress(said)
        row, of_rows = intake.outcome(file, partial(_rows_read, progress, said))
        rows.append(row)
        reasons += [(row.delivery_id, of_rows)] if of_rows else []
    rows = _in_sequence(rows)
    replace_feed(con, feed.name, rows, reasons)
    return _counts(rows)


def land_unclaimed(con: DuckDBPyConnection, landing: Path, as_of: date) -> dict[str, int]:
    """Notes in `landed.deliveries` what lies in the landing folder and belongs to no feed; returns files by status."""
    rows = [unread(file) for file in discover_unclaimed(landing, as_of)]
    replace_feed(con, None, rows, [])
    return dict(Counter(row.status for row in rows))


def _rows_read(progress: Progress, said: str, rows: int) -> None:
    progress(f"{said}, {rows} rows")


def _place(file: FoundFile) -> tuple[date, str]:
    """Order in which one of several files of the same bytes is the delivery: by date, then by name."""
    return file.delivered_on or date.min, file.file_name


def _in_sequence(rows: Iterable[DeliveryRow]) -> list[DeliveryRow]:
    """The rows, the accepted ones numbered in the order in which they apply (feed contract, A delivery)."""
    ordered = sorted(rows, key=lambda row: (row.delivered_on or date.min, row.kind == "delta", row.file_name))
    places = itertools.count(1)
    return [replace(row, sequence=next(places)) if row.status == "accepted" else row for row in ordered]


def _counts(rows: Iterable[DeliveryRow]) -> dict[str, int]:
    """Files by status, every status named, and sums of the counts."""
    rows = list(rows)
    statuses = Counter(row.status for row in rows)
    sums = {name: sum(getattr(row, name) or 0 for row in rows) for name in COUNTED}
    return {status: statuses[status] for status in ("accepted", "refused", "repeated", "ignored")} | sums
