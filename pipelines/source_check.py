"""`reconcile check-source`: whether a source file holds, and what would become of a sample that it reads.

The sample is read by the same code that lands deliveries, in a folder of its own that is removed afterwards. Nothing
that is printed holds a delivered value.
"""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import yaml
from rich.console import Console

from assets.landed.deliveries import FoundFile, discover_feed, discover_unclaimed
from assets.landed.delivery_tables import DeliveryRow
from assets.landed.judging import ROWS
from assets.landed.mapping.options import Mapping as TableMapping
from assets.landed.outcomes import FeedIntake
from assets.landed.sources import FOLDER, Source, SourceError, read_source
from pipelines.settings import Settings, UserError
from schemas.feeds import FEEDS, Feed


@dataclass(frozen=True, kw_only=True)
class _Outcome:
    """What became of the sample in a feed. `reasons`: where the reasons of its rows lie."""

    row: DeliveryRow
    reasons: Path | None


def check_source(file: Path, sample: Path | None, as_of: date, settings: Settings, console: Console) -> None:
    """Prints what the source file says, and what would become of the sample.

    Args:
        file: the source file.
        sample: a file as the source delivers it, or None.
        as_of: the day on which it would be landed.
        settings: limits, and the data folder, in which the sample is read.
        console: where it is printed.

    Raises:
        UserError: the source file or the sample cannot be used, or no row of it would be accepted.
    """
    try:
        source = read_source(file)
    except SourceError as error:
        raise UserError(str(error)) from None
    told = f"source [{source.name}] is sound: {source.reader.title}, for {', '.join(source.feeds)}"
    _print(console, [told, *(_mapped(source) if sample is None else ())])
    if source.fetch is not None:
        from pipelines.fetch_settings import fetch_told

        fetch_told(source)
    if sample is None:
        return
    if not sample.is_file():
        raise UserError(f"[{sample}] is no file; name a file as the source delivers it")
    settings.data.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.data, prefix="check-") as place:
        landing, store = Path(place) / "landing", Path(place) / "store"
        for path in (file, *_named(file)):
            _copy(path, landing / FOLDER / path.name)
        _copy(sample, landing / source.name / sample.name)
        outcomes = {
            feed: _outcome(found, FeedIntake(feed=FEEDS[feed], store=store, limits=settings.limits))
            for feed in source.feeds
            for found in discover_feed(landing, feed, as_of)
        }
        if not outcomes:
            raise _no_delivery(landing, sample, as_of)
        _print(console, [line for feed, outcome in outcomes.items() for line in _told(FEEDS[feed], outcome)])
    if not any(outcome.row.status == "accepted" for outcome in outcomes.values()):
        raise UserError("no row of the sample would be accepted; the lines above say why")


def _outcome(found: FoundFile, intake: FeedIntake) -> _Outcome:
    row, reasons = intake.outcome(found, lambda rows: None)
    return _Outcome(row=row, reasons=reasons)


def _no_delivery(landing: Path, sample: Path, as_of: date) -> UserError:
    """Why the sample is no delivery that a run of the day would see."""
    beside = [found.refusal for found in discover_unclaimed(landing, date.max) if found.path.name == sample.name]
    if beside and beside[0] is not None:
        return UserError(f"[{sample}] would be no delivery: {beside[0].message}")
    return UserError(f"[{sample}] is dated later than {as_of}; name the day with --as-of")


def _print(console: Console, lines: list[str]) -> None:
    for line in lines:
        console.print(line, markup=False, highlight=False, soft_wrap=True)


def _mapped(source: Source) -> Iterator[str]:
    """Of a mapping what each feed's columns are taken from, and which are not."""
    if not isinstance(source.options, TableMapping):
        return
    for name, rule in source.options.feeds.items():
        yield f"{name}:"
        for column, one in rule.columns.items():
            yield f"  {column}: " + (
                " or ".join(one.headings) if one.constant is None else f"constant [{one.constant}]"
            )
        if left := [column for column in FEEDS[name].column_names if column not in rule.columns]:
            yield f"  not mapped: {', '.join(left)}"


def _copy(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copyfile(path, target)
    except OSError as error:
        raise UserError(f"[{path}] cannot be read ({error.strerror}); name another file") from None


def _named(file: Path) -> list[Path]:
    """The lists beside the source file that it names."""

    def texts(value: Any) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, Mapping):
            for one in value.values():
                yield from texts(one)
        elif isinstance(value, list):
            for one in value:
                yield from texts(one)

    names = {text for text in texts(yaml.safe_load(file.read_text(encoding="utf-8-sig"))) if Path(text).name == text}
    return [file.parent / name for name in sorted(names) if (file.parent / name).is_file() and name != file.name]


def _told(feed: Feed, outcome: _Outcome) -> Iterator[str]:
    """What became of the sample in a feed, in counts, rules and names of columns."""
    row = outcome.row
    yield f"{feed.name}: {row.status}, dated {row.delivered_on}, {row.kind}"
    if row.message:
        yield f"  {row.message}"
    if row.landed_rows:
        yield (
            f"  of {row.landed_rows:,} rows {row.valid_rows:,} accepted, {row.duplicate_rows:,} duplicates, "
            f"{row.quarantined_rows:,} quarantined"
        )
    counts = {
        "set aside": row.set_aside_rows,
        "values repaired": row.repaired_values,
        "values that mean not held": row.sentinel_values,
        "check digits that fail": row.check_digit_warnings,
    }
    if some := [f"{what}: {count:,}" for what, count in counts.items() if count]:
        yield f"  {'; '.join(some)}"
    if outcome.reasons is not None:
        yield from _reasons(outcome.reasons)
        yield from _unfilled(feed, outcome.reasons.parent / ROWS)
    if row.extra_columns:
        yield f"  columns that nothing is taken from: {', '.join(row.extra_columns.split(','))}"


def _reasons(path: Path) -> Iterator[str]:
    """How many rows break which rule, and what kinds of values they hold."""
    kinds = pl.col("value_class").drop_nulls().value_counts(sort=True).struct.field("value_class").head(3)
    by_rule = (
        pl.read_parquet(path)
        .group_by("column_name", "rule", "message")
        .agg(rows=pl.col("line").n_unique(), kinds=kinds)
        .sort("rows", "column_name", "rule", descending=[True, False, False])
    )
    for one in by_rule.rows(named=True):
        held = f" ({'; '.join(one['kinds'])})" if one["kinds"] else ""
        yield f"  {one['rows']:,} quarantined, {one['rule']}: {one['message']}{held}"


def _unfilled(feed: Feed, path: Path) -> Iterator[str]:
    """Columns in which no accepted row holds anything."""
    filled = pl.scan_parquet(path, glob=False).select(pl.col(*feed.column_names).count()).collect()
    rows = pl.scan_parquet(path, glob=False).select(pl.len()).collect().item()
    empty = [name for name in feed.column_names if rows and filled[name].item() == 0]
    if empty:
        yield f"  empty in every accepted row: {', '.join(empty)}"
