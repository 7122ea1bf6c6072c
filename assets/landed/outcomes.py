"""What becomes of one file of a feed: taken in, parsed, and told as a row of `landed.deliveries`.

Whatever goes wrong with a file ends here as a reason in its own row, so that one bad delivery never affects another.
"""

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from assets.landed.deliveries import FoundFile
from assets.landed.delivery_tables import DeliveryRow
from assets.landed.intake import delivery_id, identity, take_in
from assets.landed.judging import REASONS, Parsed
from assets.landed.limits import Limits
from assets.landed.parsing import parse
from assets.landed.refusals import Refusal, RefusedDelivery
from assets.landed.source_parsing import parse_source_file
from assets.landed.whole_files import is_store_fault
from schemas.feeds import Feed

_LOG = logging.getLogger(__name__)

#: Counts of rows and values, in `Parsed` and in `landed.deliveries` alike.
COUNTED = (
    "landed_rows",
    "valid_rows",
    "duplicate_rows",
    "quarantined_rows",
    "sentinel_values",
    "check_digit_warnings",
    "set_aside_rows",
    "repaired_values",
)


@dataclass(kw_only=True)
class FeedIntake:
    """A feed's files on their way in, one after the other in the order in which the first of equal bytes counts.

    Attributes:
        feed: the feed.
        store: folder for files taken in and their parsed rows.
        limits: bounds on one delivery.
        first_of: file name by what made the files seen so far the deliveries they are.
    """

    feed: Feed
    store: Path
    limits: Limits
    first_of: dict[str, str] = field(default_factory=dict)

    def outcome(self, file: FoundFile, progress: Callable[[int], None]) -> tuple[DeliveryRow, Path | None]:
        """What became of a file, and where the reasons of its rows lie.

        Args:
            file: a file of the feed.
            progress: called with the number of rows read so far.

        Raises:
            OSError: the store cannot be written (`StoreFault`), or its disk is full.
        """
        row = unread(file)
        if file.status != "found":
            return row, None
        try:
            taken = take_in(file, self.store, self.limits)
            row = replace(row, delivery_id=taken.delivery_id, sha256=taken.sha256)
            if taken.sha256 is not None:
                first = self.first_of.setdefault(identity(file, taken.sha256), file.file_name)
                if first != file.file_name:
                    message = f"The same bytes were delivered as [{first}]."
                    return replace(row, status="repeated", reason="same_bytes", message=message), None
            row = replace(row, landed_rows=taken.landed_rows)
            if taken.refusal is not None:
                return _refused(row, taken.refusal), None
            read = parse if file.source is None else parse_source_file
            parsed = read(taken, self.feed, self.store, self.limits, progress)
        except RefusedDelivery as refused:
            return _refused(row, refused.refusal), None
        except Exception as error:
            if is_store_fault(error) or isinstance(error, MemoryError):
                raise
            return _refused(row, _unexpected(row, error)), None
        return _parsed(row, parsed), parsed.folder / REASONS


def unread(file: FoundFile) -> DeliveryRow:
    """The row of a file whose bytes have not been looked at."""
    row = DeliveryRow(
        delivery_id=delivery_id(file.feed, file.file_name),
        feed=file.feed,
        file_name=file.file_name,
        format=file.source.reader.name if file.source else file.container and file.container.split(".")[0],
        kind=file.kind,
        delivered_on=file.delivered_on,
        sha256=None,
        bytes=file.bytes,
        status=file.status,
    )
    if file.refusal is None:
        return row
    if file.status == "refused":
        return _refused(row, file.refusal)
    return replace(row, reason=file.refusal.reason, message=file.refusal.message)


def _unexpected(row: DeliveryRow, error: Exception) -> Refusal:
    """A refusal for what nobody foresaw. An exception's own words may quote the file: only class and place are told."""
    places = [place for place in traceback.extract_tb(error.__traceback__) if "landed" in place.filename]
    where = f"{Path(places[-1].filename).name}:{places[-1].lineno}" if places else "outside"
    _LOG.error("delivery [%s]: [%s] raised at [%s]", row.delivery_id, type(error).__name__, where)
    return Refusal.because("unreadable", f"The file could not be read ({type(error).__name__}).")


def _refused(row: DeliveryRow, refusal: Refusal) -> DeliveryRow:
    """The row refused as a whole: all its landed rows, as far as known, are quarantined."""
    known = row.landed_rows or 0
    counts: dict[str, Any] = dict.fromkeys(COUNTED, 0) | {"landed_rows": known, "quarantined_rows": known}
    return replace(row, status="refused", reason=refusal.reason, message=refusal.message, **counts)


def _parsed(row: DeliveryRow, parsed: Parsed) -> DeliveryRow:
    counts = {name: getattr(parsed, name) for name in COUNTED}
    row = replace(row, **counts, extra_columns=",".join(parsed.extra_columns))
    if parsed.refusal is not None and parsed.refusal.reason == "no_row_for_feed":
        uncounted: dict[str, Any] = dict.fromkeys(COUNTED) | {"set_aside_rows": parsed.set_aside_rows}
        return replace(row, status="ignored", reason=parsed.refusal.reason, message=parsed.refusal.message, **uncounted)
    if parsed.refusal is not None:
        return replace(row, status="refused", reason=parsed.refusal.reason, message=parsed.refusal.message)
    return replace(row, status="accepted", parsed_path=str(parsed.folder))
