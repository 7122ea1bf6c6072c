"""One delivery's bytes made into valid rows, quarantined keys and reasons, each on disk, every line accounted for.

The outcome depends on nothing but the bytes, the feed's contract and this code, so it is kept under their hashes and
used again. Which deliveries there are, and what the warehouse says of them, belongs in `landing`.
"""

import hashlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from assets.landed.header import Header, read_csv_header
from assets.landed.intake import TakenIn
from assets.landed.judging import SUMMARY, Judging, Parsed, parsed_before
from assets.landed.limits import Limits
from assets.landed.parquet_reading import parquet_batches, read_parquet_header
from assets.landed.reading import Batch, csv_batches
from assets.landed.refusals import RefusedDelivery
from assets.landed.whole_files import filled_whole
from schemas.feeds import Feed

#: Raised whenever this layer judges the same rows differently, so that earlier outcomes are not used again.
CODE_VERSION = 2


def contract_hash(feed: Feed) -> str:
    """What the outcome depends on besides the delivery: the feed's contract and the version of this code."""
    return hashlib.sha256(f"{CODE_VERSION} {feed!r}".encode()).hexdigest()[:16]


def outcome_folder(store: Path, feed: Feed, delivery_id: str) -> Path:
    """Where the outcome of a delivery lies once it is judged."""
    return store / "parsed" / feed.name / contract_hash(feed) / delivery_id


def parse(
    taken: TakenIn, feed: Feed, store: Path, limits: Limits, progress: Callable[[int], None] = lambda rows: None
) -> Parsed:
    """Parses and checks a delivery, unless that has been done for the same bytes and contract.

    Args:
        taken: a delivery that was taken in and not refused.
        feed: its feed.
        store: folder for what is taken in; the outcome goes to `<store>/parsed/<feed>/<contract>/<delivery_id>/`.
        limits: bounds on the delivery.
        progress: called with the number of rows read so far.

    Raises:
        RefusedDelivery: the delivery cannot be used as a whole, for a cause that is found before its rows are.
    """
    if taken.readable is None:
        raise ValueError(f"delivery [{taken.delivery_id}] was refused and cannot be parsed")
    folder = outcome_folder(store, feed, taken.delivery_id)
    if not (folder / SUMMARY).exists():
        header, landed, batches = _opened(taken, taken.readable, feed, limits)
        if landed == 0:
            raise RefusedDelivery("header_only", "The file holds a header and no row.")
        # a folder is complete or it is not there; one without its summary was tampered with
        shutil.rmtree(folder, ignore_errors=True)
        with filled_whole(folder) as partial:
            judging = Judging(feed=feed, folder=partial, progress=progress)
            with judging.writer:
                for batch in batches:
                    judging.add(batch)
            judging.finish(landed, extra_columns=header.extra)
    return parsed_before(folder)


def _opened(taken: TakenIn, readable: Path, feed: Feed, limits: Limits) -> tuple[Header, int, Iterator[Batch]]:
    """The header, the number of records counted without the parser, and the records."""
    if taken.found.container == "parquet":
        header, rows = read_parquet_header(readable, feed, limits)
        return header, rows, parquet_batches(readable, header)
    header, line, begin = read_csv_header(readable, feed, limits)
    return header, taken.landed_rows, csv_batches(readable, header, line, begin)
