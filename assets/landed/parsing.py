"""One delivery's bytes made into valid rows, quarantined keys and reasons, each on disk, every line accounted for.

The outcome depends on nothing but the bytes, the feed's contract and this code, so it is kept under their hashes and
used again. Which deliveries there are, and what the warehouse says of them, belongs in `landing`.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from assets.landed.duplicates import KeyHashes, duplicate_outcomes
from assets.landed.header import Header, read_csv_header
from assets.landed.intake import TakenIn
from assets.landed.limits import Limits
from assets.landed.outcome_files import OutcomeFiles
from assets.landed.parquet_reading import parquet_batches, read_parquet_header
from assets.landed.reading import Batch, csv_batches
from assets.landed.refusals import Refusal, RefusedDelivery
from assets.landed.row_writer import RowWriter
from assets.landed.validating import judge
from assets.landed.whole_files import filled_whole
from schemas.feeds import Feed

#: Raised whenever this layer judges the same rows differently, so that earlier outcomes are not used again.
CODE_VERSION = 1

ROWS, KEYS, REASONS, SUMMARY = "rows.parquet", "quarantined_keys.parquet", "quarantine.parquet", "summary.json"


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """What became of a delivery's rows.

    Attributes:
        folder: where `rows.parquet`, `quarantined_keys.parquet` and `quarantine.parquet` lie.
        landed_rows: records in the delivery; the sum of the next three.
        valid_rows: rows that passed every check, each key once.
        duplicate_rows: rows that repeat an earlier line of the delivery.
        quarantined_rows: rows put aside.
        sentinel_values: values that meant 'not held'.
        check_digit_warnings: values of rows that passed, with a failed check digit.
        extra_columns: columns that the contract does not have, in the file's order.
        refusal: `no_acceptable_row`, if no row passed.
    """

    folder: Path
    landed_rows: int
    valid_rows: int
    duplicate_rows: int
    quarantined_rows: int
    sentinel_values: int
    check_digit_warnings: int
    extra_columns: tuple[str, ...]
    refusal: Refusal | None


def contract_hash(feed: Feed) -> str:
    """What the outcome depends on besides the bytes: the feed's contract and the version of this code."""
    return hashlib.sha256(f"{CODE_VERSION} {feed!r}".encode()).hexdigest()[:16]


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
    folder = store / "parsed" / feed.name / contract_hash(feed) / taken.delivery_id
    if not (folder / SUMMARY).exists():
        header, landed, batches = _opened(taken, taken.readable, feed, limits)
        if landed == 0:
            raise RefusedDelivery("header_only", "The file holds a header and no row.")
        # a folder is complete or it is not there; one without its summary was tampered with
        shutil.rmtree(folder, ignore_errors=True)
        with filled_whole(folder) as partial:
            work = _Work(feed=feed, folder=partial)
            work.run(batches, progress)
            summary = work.finish(landed, header)
            (partial / SUMMARY).write_text(json.dumps(summary, sort_keys=True, indent=1), encoding="utf-8")
    noted = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
    refusal = None
    if noted["valid_rows"] == 0:
        refusal = Refusal.because("no_acceptable_row", f"None of the [{noted['landed_rows']}] rows passed the checks.")
    return Parsed(folder=folder, refusal=refusal, **noted | {"extra_columns": tuple(noted["extra_columns"])})


def _opened(taken: TakenIn, readable: Path, feed: Feed, limits: Limits) -> tuple[Header, int, Iterator[Batch]]:
    """The header, the number of records counted without the parser, and the records."""
    if taken.found.container == "parquet":
        header, rows = read_parquet_header(readable, feed, limits)
        return header, rows, parquet_batches(readable, header)
    header, line, begin = read_csv_header(readable, feed, limits)
    return header, taken.landed_rows, csv_batches(readable, header, line, begin)


@dataclass(kw_only=True)
class _Work:
    """A delivery on its way through the checks: counts, and the files that fill up."""

    feed: Feed
    folder: Path
    records: int = 0
    irregular: int = 0
    valid: int = 0
    sentinels: int = 0
    warnings: int = 0
    hashes: KeyHashes = field(init=False)
    files: OutcomeFiles = field(init=False)

    def __post_init__(self) -> None:
        self.hashes = KeyHashes(self.feed)
        self.files = OutcomeFiles(self.feed, self.folder)

    def run(self, batches: Iterator[Batch], progress: Callable[[int], None]) -> None:
        with RowWriter(self.folder / ROWS, self.files.rows_schema) as writer:
            for batch in batches:
                judged = judge(batch.records, self.feed)
                writer.add(judged.valid)
                self.hashes.add(judged.valid)
                self.hashes.add(judged.keys.filter("key_readable"))
                self.files.add(judged.reasons, judged.keys)
                self.files.add_irregular(batch.irregular)
                self.records += batch.records.height
                self.irregular += batch.irregular.height
                self.valid += judged.valid.height
                self.sentinels += judged.sentinel_values
                self.warnings += judged.check_digit_warnings
                progress(self.records + self.irregular)

    def finish(self, landed: int, header: Header) -> dict[str, int | tuple[str, ...]]:
        """Takes duplicates out, writes what was gathered, and accounts for every line.

        Raises:
            RefusedDelivery: `lines_unaccounted`.
        """
        if self.records + self.irregular != landed:
            raise RefusedDelivery(
                "lines_unaccounted",
                f"Of [{landed}] lines the parser made [{self.records}] records and put [{self.irregular}] aside.",
            )
        rows = self.folder / ROWS
        outcomes = duplicate_outcomes(self.files.scan(rows), self.files.keys(), self.feed, self.hashes)
        if outcomes.height:
            self.files.take_out(rows, outcomes)
        self.files.write(self.folder / KEYS, self.folder / REASONS)
        duplicates = outcomes.filter(pl.col("outcome") == "duplicate").height
        valid = self.valid - outcomes.height
        return {
            "landed_rows": landed,
            "valid_rows": valid,
            "duplicate_rows": duplicates,
            "quarantined_rows": landed - valid - duplicates,
            "sentinel_values": self.sentinels,
            "check_digit_warnings": self.warnings,
            "extra_columns": header.extra,
        }
