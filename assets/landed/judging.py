"""A delivery on its way through the checks, whatever its format: rows judged, told apart, counted and written down.

Where the rows come from is `parsing`'s business for the canonical layout and `source_parsing`'s for all others.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import polars as pl

from assets.landed.duplicates import KeyHashes, duplicate_outcomes
from assets.landed.outcome_files import OutcomeFiles
from assets.landed.reading import Batch
from assets.landed.refusals import Refusal, RefusedDelivery
from assets.landed.row_writer import RowWriter
from assets.landed.validating import Judged, judge
from schemas.feeds import Feed

ROWS, KEYS, REASONS, SUMMARY = "rows.parquet", "quarantined_keys.parquet", "quarantine.parquet", "summary.json"


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """What became of a delivery's rows.

    Attributes:
        folder: where `rows.parquet`, `quarantined_keys.parquet` and `quarantine.parquet` lie.
        landed_rows: records in the delivery; the sum of the next three.
        valid_rows: rows that passed every check, each key once.
        duplicate_rows: rows that repeat an earlier one of the delivery.
        quarantined_rows: rows put aside.
        sentinel_values: values that meant 'not held'.
        check_digit_warnings: values of rows that passed, with a failed check digit.
        set_aside_rows: records that belong to no feed, by the rules of the delivery's format.
        repaired_values: values repaired where the repair is certain.
        extra_columns: columns that the contract does not have, in the file's order.
        refusal: `no_acceptable_row`, if no row passed; `no_row_for_feed`, if there was none.
    """

    folder: Path
    landed_rows: int
    valid_rows: int
    duplicate_rows: int
    quarantined_rows: int
    sentinel_values: int
    check_digit_warnings: int
    set_aside_rows: int
    repaired_values: int
    extra_columns: tuple[str, ...]
    refusal: Refusal | None


def parsed_before(folder: Path) -> Parsed:
    """What was noted down of a delivery that has been judged."""
    noted = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
    refusal = None
    if noted["landed_rows"] == 0:
        refusal = Refusal.because("no_row_for_feed", "The file holds no row of this feed.")
    elif noted["valid_rows"] == 0:
        refusal = Refusal.because("no_acceptable_row", f"None of the [{noted['landed_rows']}] rows passed the checks.")
    return Parsed(folder=folder, refusal=refusal, **noted | {"extra_columns": tuple(noted["extra_columns"])})


@dataclass(kw_only=True)
class Judging:
    """A delivery's rows of one feed: counts, and the files that fill up. Used as a context, `finish` after its end.

    Attributes:
        feed: the feed.
        folder: where the files go.
        progress: called with the number of rows judged so far.
        rows_a_line: whether one line can make several rows, which then carry `row`.
    """

    feed: Feed
    folder: Path
    progress: Callable[[int], None] = lambda rows: None
    rows_a_line: bool = False
    judged_rows: int = 0
    valid: int = 0
    sentinels: int = 0
    warnings: int = 0
    hashes: KeyHashes = field(init=False)
    files: OutcomeFiles = field(init=False)
    writer: RowWriter = field(init=False)

    def __post_init__(self) -> None:
        self.hashes = KeyHashes(self.feed)
        self.files = OutcomeFiles(self.feed, self.folder, rows_a_line=self.rows_a_line)
        self.writer = RowWriter(self.folder / ROWS, self.files.rows_schema)

    def add(self, batch: Batch) -> None:
        """Judges records of the canonical layout."""
        self._keep(judge(batch.records, self.feed))
        self.files.add_irregular(batch.irregular)
        self._count(batch.records.height + batch.irregular.height)

    def add_refused(self, records: pl.DataFrame, refused: pl.DataFrame) -> None:
        """Judges records of another format, some of them with reasons of that format (`reader.REFUSED_ROWS`)."""
        number = "row" if self.rows_a_line else "line"
        told = set(refused[number].drop_nulls())
        judged = judge(records, self.feed)
        at_fault = pl.col(number).is_in(told)
        also = judged.valid.filter(at_fault).select(*self.feed.key, "line", *(["row"] if self.rows_a_line else []))
        # of one value the format's own reason says more than the contract's
        reasons = judged.reasons.join(refused, on=["line", "column_name"], how="anti")
        self._keep(replace(judged, reasons=reasons), at_fault if told else None)
        self.files.add(pl.DataFrame(), also.with_columns(key_readable=pl.lit(True)))
        self.hashes.add(also)
        without_record = refused if self.rows_a_line else refused.join(records, on="line", how="anti")
        lines = without_record.filter(pl.col("row").is_null())["line"].unique().sort()
        self.files.add(pl.DataFrame(), self.files.unreadable_keys(lines))
        self.files.add_told(refused)
        self._count(records.height + len(lines))

    def _keep(self, judged: Judged, at_fault: pl.Expr | None = None) -> None:
        valid = judged.valid if at_fault is None else judged.valid.filter(~at_fault)
        self.writer.add(valid)
        self.hashes.add(valid)
        self.hashes.add(judged.keys.filter("key_readable"))
        self.files.add(judged.reasons, judged.keys)
        self.valid += valid.height
        self.sentinels += judged.sentinel_values
        self.warnings += judged.check_digit_warnings

    def _count(self, rows: int) -> None:
        self.judged_rows += rows
        self.progress(self.judged_rows)

    def finish(self, landed: int, **noted: Any) -> None:
        """Takes duplicates out, writes what was gathered, and accounts for every row.

        Args:
            landed: rows in the delivery, counted otherwise than by judging them.
            noted: `extra_columns`, `set_aside_rows`, `repaired_values`, where there are any.

        Raises:
            RefusedDelivery: `lines_unaccounted`.
        """
        if self.judged_rows != landed:
            raise RefusedDelivery("lines_unaccounted", f"Of [{landed}] lines [{self.judged_rows}] were made out.")
        rows = self.folder / ROWS
        outcomes = duplicate_outcomes(self.files.scan(rows), self.files.keys(), self.feed, self.hashes)
        if outcomes.height:
            self.files.take_out(rows, outcomes)
        self.files.write(self.folder / KEYS, self.folder / REASONS)
        duplicates = outcomes.filter(pl.col("outcome") == "duplicate").height
        valid = self.valid - outcomes.height
        summary = {
            "landed_rows": landed,
            "valid_rows": valid,
            "duplicate_rows": duplicates,
            "quarantined_rows": landed - valid - duplicates,
            "sentinel_values": self.sentinels,
            "check_digit_warnings": self.warnings,
            "set_aside_rows": 0,
            "repaired_values": 0,
            "extra_columns": (),
        } | noted
        (self.folder / SUMMARY).write_text(json.dumps(summary, sort_keys=True, indent=1), encoding="utf-8")
