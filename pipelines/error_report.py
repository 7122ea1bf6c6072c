"""`reconcile error-report`: the errors of one delivery, in words, for whoever sent it.

The quarantine holds no values, so that it says which line, but not whose. Whose it is stands in the file as it was kept in
the store, and is read from there once more; where that cannot be done, from the keys that the delivery's parsing noted down.
The report holds personal data: it is written for its owner alone and never over another file.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from rich.console import Console

from assets.landed.header import read_csv_header
from assets.landed.judging import KEYS
from assets.landed.limits import Limits
from assets.landed.parquet_reading import parquet_batches, read_parquet_header
from assets.landed.parsing import outcome_folder
from assets.landed.reader import Delivered
from assets.landed.reading import csv_batches
from assets.landed.refusals import RefusedDelivery
from assets.landed.sources import FOLDER, Source, SourceError, read_source
from assets.named_rows import named_rows
from pipelines.csv_cells import csv_cell
from pipelines.return_files import new_file
from pipelines.settings import UserError
from schemas.feeds import FEEDS
from schemas.fields import ULN_NOT_KNOWN

HEADINGS = ("Line", "Identifier", "Column", "Found", "Error")

#: Columns that say whose a row is, the first that a row has; where none is there, the whole key does.
_WHOSE = ("uln", "registration_number", "personal_id", "centre_learner_reference")
_ARCHIVES = (".gz", ".zip")


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Where a delivery lies: its store, the landing folder whose sources say how it is read, and bounds on it."""

    store: Path
    landing: Path
    limits: Limits


def write_error_report(publication: Path, kept: Kept, asked: str, output: Path, console: Console) -> None:
    """Write the file and print how much is in it.

    Args:
        publication: the file that analysts open.
        kept: where the delivery's bytes are.
        asked: the delivery's id, or the name of its file with or without its folder.
        output: a file that does not exist yet.
        console: takes the counts.

    Raises:
        UserError: nothing is published, there is no such delivery or no error in it, or the file cannot be written.
    """
    deliveries, errors = _read(publication, asked)
    name = deliveries[0]["file_name"]
    if not errors.height:
        raise UserError(f"no row of [{name}] was put aside; no file is written")
    lines = errors["line"].drop_nulls().unique()
    identified, unread = _identified(deliveries, kept, lines)
    told = errors.join(identified, on="line", how="left").sort("line", "column_name", "message", nulls_last=False)
    new_file(output, _csv(told))
    of_lines = f" on {len(lines):,} line(s)" if len(lines) else ""
    _say(console, f"{told.height:,} error(s){of_lines} of [{name}], with identifiers of people, are in {output}")
    if unread:
        _say(console, f"  Some lines are without an identifier: {unread}.")


def _say(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def _read(publication: Path, asked: str) -> tuple[list[dict[str, Any]], pl.DataFrame]:
    """The deliveries that one file is (one for each feed), and all errors in it: `line`, `column_name`, `value_class`,
    `message`, each once."""
    if not publication.exists():
        raise UserError(f"nothing is published at [{publication}]; run `reconcile run` first")
    with duckdb.connect(publication, read_only=True) as connection:
        found = named_rows(
            connection.execute(
                "SELECT delivery_id, feed, file_name, format, status, sha256, delivered_on, message "
                "FROM published.deliveries WHERE status <> 'ignored' "
                "AND (delivery_id = $asked OR file_name = $asked OR ends_with(file_name, '/' || $asked)) "
                "ORDER BY file_name, feed",
                {"asked": asked},
            )
        )
        deliveries = _one_file(found, asked)
        errors = connection.execute(
            "SELECT DISTINCT line, column_name, value_class, message FROM published.quarantine "
            "WHERE list_contains($ids, delivery_id)",
            {"ids": [row["delivery_id"] for row in deliveries]},
        ).pl()
    return deliveries, errors


def _one_file(found: list[dict[str, Any]], asked: str) -> list[dict[str, Any]]:
    first = [row for row in found if row["status"] != "repeated"]
    if found and not first:
        raise UserError(f"[{asked}] was not read: {found[0]['message']}")
    if not first:
        raise UserError(f"no delivery has the id or the file name [{asked}]; find both in published.deliveries")
    if len({row["file_name"] for row in first}) > 1:
        raise UserError(f"several files have the name [{asked}]; give the folder too, or the delivery's id")
    return first


def _identified(deliveries: list[dict[str, Any]], kept: Kept, lines: pl.Series) -> tuple[pl.DataFrame, str]:
    """Whose the lines are (`line`, `identifier`, each line once), and why some are not known; empty if there is no cause."""
    found, causes = [pl.DataFrame(schema={"line": pl.Int64, "identifier": pl.String})], []
    for delivery in deliveries if len(lines) else []:
        try:
            records: Iterable[pl.DataFrame] = [*_records(delivery, kept, lines)]
        except (RefusedDelivery, SourceError, OSError) as error:
            causes.append(_cause(error))
            records = _noted_keys(delivery, kept)
        found += [_whose(frame, delivery["feed"]) for frame in records]
    both = pl.concat(found).filter(pl.col("identifier").is_not_null() & pl.col("line").is_in(lines.implode()))
    return both.unique("line", keep="first", maintain_order=True), "; ".join(dict.fromkeys(causes))


def _cause(error: Exception) -> str:
    if isinstance(error, SourceError):
        return f"{error}"
    if isinstance(error, RefusedDelivery):
        return error.refusal.message.rstrip(".")
    return "the file or its source is no longer where it was"


def _records(delivery: dict[str, Any], kept: Kept, lines: pl.Series) -> Iterator[pl.DataFrame]:
    """Records of the kept file that stand on the lines, as text."""
    folder, _, name = delivery["file_name"].partition("/")
    if folder in FEEDS:
        yield from (records.filter(pl.col("line").is_in(lines.implode())) for records in _canonical(delivery, kept))
        return
    source = read_source(kept.landing / FOLDER / f"{folder}.yaml")
    bare = next((name[: -len(ending)] for ending in _ARCHIVES if name.lower().endswith(ending)), name)
    delivered = Delivered(
        path=_bytes_of(delivery, kept, source),
        name=bare,
        delivered_on=delivery["delivered_on"],
        limits=kept.limits,
    )
    for part in source.reader.read(delivered, source.options):
        if part.feed == delivery["feed"]:
            yield part.records.filter(pl.col("line").is_in(lines.implode()))


def _canonical(delivery: dict[str, Any], kept: Kept) -> Iterator[pl.DataFrame]:
    path, feed = _bytes_of(delivery, kept, None), FEEDS[delivery["feed"]]
    if delivery["format"] == "parquet":
        header, _ = read_parquet_header(path, feed, kept.limits)
        yield from (batch.records for batch in parquet_batches(path, header))
        return
    header, line, begin = read_csv_header(path, feed, kept.limits)
    yield from (batch.records for batch in csv_batches(path, header, line, begin))


def _bytes_of(delivery: dict[str, Any], kept: Kept, source: Source | None) -> Path:
    """The kept file: as plain text where intake made such of it.

    Raises:
        FileNotFoundError: it is not there.
    """
    made = "plain" if source is None or source.encoding == "utf-8" else f"{source.encoding}.plain"
    copies = sorted((kept.store / "files").glob(f"{delivery['sha256']}.*"))
    whole = [path for path in copies if delivery["file_name"].lower().endswith(path.name[len(delivery["sha256"]) :])]
    if not whole:
        raise FileNotFoundError(delivery["sha256"])
    plain = whole[0].with_name(f"{whole[0].name}.{made}")
    return plain if plain.exists() else whole[0]


def _noted_keys(delivery: dict[str, Any], kept: Kept) -> Iterator[pl.DataFrame]:
    """Keys of the delivery's quarantined rows, where this version of the software has parsed it."""
    file = outcome_folder(kept.store, FEEDS[delivery["feed"]], delivery["delivery_id"]) / KEYS
    if file.exists():
        yield pl.read_parquet(file, glob=False).filter("key_readable")


def _whose(records: pl.DataFrame, feed: str) -> pl.DataFrame:
    """`line` and `identifier`; null where the row does not say whose it is."""
    told = [pl.col(name).cast(pl.String).str.strip_chars() for name in _WHOSE if name in records.columns]
    known: list[pl.Expr] = [pl.when((name != "") & (name != ULN_NOT_KNOWN)).then(name) for name in told]
    key = [pl.col(name).cast(pl.String) for name in FEEDS[feed].key if name in records.columns]
    if not known and key:
        known = [pl.concat_str(key, separator=", ", ignore_nulls=True)]
    identifier = pl.coalesce(known) if known else pl.lit(None, dtype=pl.String)
    return records.select("line", identifier=identifier)


def _csv(errors: pl.DataFrame) -> bytes:
    """The report: UTF-8 with a byte order mark, commas, CRLF, a row of headings."""
    content = io.StringIO(newline="")
    writer = csv.writer(content, lineterminator="\r\n")
    writer.writerow(HEADINGS)
    rows = errors.select("line", "identifier", "column_name", "value_class", "message").iter_rows()
    writer.writerows([csv_cell(cell) for cell in row] for row in rows)
    return content.getvalue().encode("utf-8-sig")
