"""`make bench-readers`: a national cycle in each bulk format, beside DuckDB and Polars merely parsing the same bytes.

    python -m pipelines.bench_readers [READER …] [--share 1.0] [--folder data/bench/readers]

The files are made from each format's example: its records again and again, each with a learner's number of its own.
Measured are, each in a process of its own: the reader alone, its parts taken and dropped; the file landed whole (taken in,
read, checked, written down); and the yardsticks. What neither DuckDB nor Polars parses (XML, workbooks) is held against a
bare run of the parser that the reader uses. Single figures on a shared machine say little, ratios say more.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.table import Table

from pipelines.bench_reader_files import CASES, Case, made
from pipelines.own_process import in_a_process, peak_mb
from pipelines.settings import ROOT

_DAY = date(2026, 7, 15)


@dataclass(frozen=True, kw_only=True)
class _Asked:
    case: Case
    file: Path
    work: Path


def _reader(asked: _Asked) -> int:
    """The reader alone."""
    from assets.landed import readers
    from assets.landed.limits import Limits
    from assets.landed.reader import Delivered

    options = asked.case.source().options
    delivered = Delivered(path=asked.file, name=asked.file.name, delivered_on=_DAY, kind="delta", limits=Limits())
    return sum(part.records.height for part in readers.reader(asked.case.reader).read(delivered, options))


def _landed(asked: _Asked) -> int:
    """The file taken in, read, checked and written down, for all its feeds."""
    import shutil

    import duckdb

    from assets.landed.landing import land_feed
    from schemas.feeds import FEEDS

    shutil.rmtree(asked.work, ignore_errors=True)
    landing = asked.work / "landing"
    place = landing / asked.case.reader
    place.mkdir(parents=True)
    asked.case.put_source(landing / "sources")
    (place / asked.file.name).hardlink_to(asked.file)
    with duckdb.connect() as connection:
        feeds = asked.case.source().feeds
        counts = [land_feed(connection, FEEDS[feed], landing, asked.work / "store", date(2099, 1, 1)) for feed in feeds]
    shutil.rmtree(asked.work, ignore_errors=True)
    return sum(one["valid_rows"] for one in counts)


def _polars(asked: _Asked) -> int:
    import polars as pl

    if asked.file.suffix == ".parquet":
        return pl.read_parquet(asked.file).height
    frame = pl.read_csv(
        asked.file,
        has_header=False,
        skip_rows=asked.case.head,
        infer_schema=False,
        separator=asked.case.separator,
        truncate_ragged_lines=True,
    )
    return frame.height


def _duckdb(asked: _Asked) -> int:
    import duckdb

    with duckdb.connect() as connection:
        if asked.file.suffix == ".parquet":
            found = connection.read_parquet(str(asked.file))
        else:
            names = {f"column_{place}": "VARCHAR" for place in range(asked.case.width(asked.file))}
            found = connection.read_csv(
                str(asked.file),
                columns=names,
                header=False,
                delimiter=asked.case.separator,
                null_padding=True,
                auto_detect=False,
                quotechar='"',
            )
        found.create("parsed")
        return int(connection.execute("SELECT count(*) FROM parsed").fetchall()[0][0])


def _bare(asked: _Asked) -> int:
    """The parser that the reader uses, run over the file for nothing."""
    if asked.file.suffix == ".xml":
        from lxml import etree

        count = 0
        for _, element in etree.iterparse(str(asked.file), events=("end",), resolve_entities=False, no_network=True):
            count += 1
            element.clear()
        return count
    import fastexcel

    return int(fastexcel.read_excel(str(asked.file)).load_sheet(0, dtypes="string").height)


_MEASURED: dict[str, Callable[[_Asked], int]] = {
    "reader": _reader,
    "landed": _landed,
    "polars": _polars,
    "duckdb": _duckdb,
    "bare": _bare,
}


def _yardsticks(case: Case) -> tuple[str, ...]:
    return ("bare",) if case.ending in ("xml", "xlsx", "ods") else ("polars", "duckdb")


def _seconds(measured: dict[str, object]) -> float:
    return float(str(measured["seconds"]))


def _row(case: Case, folder: Path, share: float, console: Console) -> list[str]:
    """One format's figures."""
    file = made(case, folder, share, console)
    found = {}
    for kind in ("reader", "landed", *_yardsticks(case)):
        console.print(f"{case.reader}: {kind}", highlight=False)
        arguments = ["--measure", kind, "--folder", str(folder), "--file", str(file), case.reader]
        found[kind] = in_a_process("pipelines.bench_readers", arguments)
    fastest = min(_seconds(found[kind]) for kind in _yardsticks(case))
    rows, reader, landed = int(str(found["reader"]["rows"])), _seconds(found["reader"]), _seconds(found["landed"])
    parsed = ", ".join(f"{kind} {_seconds(found[kind]):.1f} s" for kind in _yardsticks(case))
    return [
        case.reader,
        f"{file.stat().st_size / 1e6:,.0f} MB",
        f"{rows:,}",
        f"{reader:.1f} s",
        f"{rows / reader:,.0f}",
        f"{landed:.1f} s",
        parsed,
        f"{reader / fastest:.1f}, {landed / fastest:.1f}",
        f"{float(str(found['landed']['peak_mb'])):,.0f} MB",
    ]


def main() -> None:
    """Measures, or takes one measurement when it is called for it."""
    parser = argparse.ArgumentParser(prog="python -m pipelines.bench_readers", description=__doc__.split("\n")[0])
    parser.add_argument("readers", metavar="READER", nargs="*", help="names of readers (default: all bulk formats)")
    parser.add_argument("--share", type=float, default=1.0, help="of the national number of records (default: 1.0)")
    parser.add_argument("--folder", type=Path, default=ROOT / "data" / "bench" / "readers")
    parser.add_argument("--measure", choices=_MEASURED, help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    cases = [case for case in CASES if not arguments.readers or case.reader in arguments.readers]
    if arguments.measure:
        asked = _Asked(case=cases[0], file=arguments.file, work=arguments.folder / "work")
        began = time.perf_counter()
        rows = _MEASURED[arguments.measure](asked)
        print(json.dumps({"seconds": time.perf_counter() - began, "rows": rows, "peak_mb": peak_mb()}))
        return
    arguments.folder.mkdir(parents=True, exist_ok=True)
    console = Console(file=sys.stderr)
    table = Table("reader", "file", "rows", "reader", "rows a second", "landed", "merely parsed", "ratios", "peak")
    for case in cases:
        table.add_row(*_row(case, arguments.folder, arguments.share, console))
    Console(width=160).print(table)


if __name__ == "__main__":
    main()
