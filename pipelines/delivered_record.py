"""`reconcile delivered`: what stood in a delivery where a row was taken from, as it was delivered.

Every row carries its delivery and its line; the delivered file is kept whole in the store. What is printed is personal
data and goes to the terminal of whoever asks, and nowhere else.
"""

from dataclasses import dataclass
from pathlib import Path

import duckdb
from rich.console import Console

from assets.landed import readers
from pipelines.settings import UserError

#: A record over several lines is shown to this many.
_LINES = 20


@dataclass(frozen=True, kw_only=True)
class _Delivery:
    feed: str
    file_name: str
    format: str
    sha256: str


def show_delivered(publication: Path, store: Path, delivery_id: str, line: int, console: Console) -> None:
    """Print the delivered record that stands on a line of a delivery.

    Args:
        publication: the file that analysts open.
        store: folder of files taken in.
        delivery_id: from `published.deliveries`, or from any row.
        line: of that row.
        console: takes the record.

    Raises:
        UserError: there is no such delivery or line, or its file is no longer kept.
    """
    delivery = _delivery(publication, delivery_id)
    contents = _contents(store / "files", delivery)
    said = f"{delivery.feed}, {delivery.file_name}, line {line}"
    console.print(said, style="bold", markup=False, highlight=False, soft_wrap=True)
    for text in _record(contents, delivery, line):
        console.print(f"  {text}", markup=False, highlight=False, soft_wrap=True)


def _delivery(publication: Path, delivery_id: str) -> _Delivery:
    if not publication.exists():
        raise UserError(f"nothing is published at [{publication}]; run `reconcile run` first")
    with duckdb.connect(publication, read_only=True) as connection:
        found = connection.execute(
            "SELECT feed, file_name, format, sha256 FROM published.deliveries "
            "WHERE delivery_id = ? AND sha256 IS NOT NULL AND status <> 'repeated'",
            [delivery_id],
        ).fetchone()
    if found is None:
        raise UserError(f"no delivery [{delivery_id}] in this publication; find them in published.deliveries")
    feed, file_name, kind, sha256 = found
    return _Delivery(feed=feed or "no feed", file_name=file_name, format=kind or "", sha256=sha256)


def _contents(files: Path, delivery: _Delivery) -> Path:
    """The file as the reader had it: unpacked and in UTF-8 where that was needed."""
    kept = sorted(files.glob(f"{delivery.sha256}.*"))
    plain = [path for path in kept if path.suffix == ".plain"]
    delivered = [path for path in kept if path.suffix not in (".plain", ".json")]
    if not delivered:
        raise UserError(f"the file of [{delivery.file_name}] is no longer in the store; run `reconcile run` again")
    return (plain or delivered)[0]


def _record(contents: Path, delivery: _Delivery, line: int) -> list[str]:
    if delivery.format == "parquet":
        return _of_parquet(contents, line)
    if delivery.format in readers.names():
        reader = readers.reader(delivery.format)
        if reader.shown is not None:
            return reader.shown(contents, line) or [_absent(line)]
        if not reader.text:
            return [f"record {line} of a file that is not text; open it to look"]
    return _of_text(contents, line)


def _absent(line: int) -> str:
    return f"the file has no line {line}"


def _of_text(contents: Path, line: int) -> list[str]:
    """The line, and those that follow while a quote is open."""
    told: list[str] = []
    with contents.open(encoding="utf-8", errors="replace", newline="\n") as lines:
        for number, text in enumerate(lines, 1):
            if number >= line:
                told.append(text.rstrip("\r\n"))
                if "".join(told).count('"') % 2 == 0 or len(told) >= _LINES:
                    return told
    raise UserError(f"{_absent(line)}; take the line from a row of this delivery")


def _of_parquet(contents: Path, line: int) -> list[str]:
    import polars as pl

    rows = pl.scan_parquet(contents, glob=False).slice(line - 1, 1).collect()
    if rows.is_empty():
        raise UserError(f"{_absent(line)}; take the line from a row of this delivery")
    return [f"{name}: {'' if value is None else value}" for name, value in rows.row(0, named=True).items()]
