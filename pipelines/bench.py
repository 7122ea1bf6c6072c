"""`make bench`: the whole job at three sizes, beside DuckDB merely loading the same raw files in the same session.

    python -m pipelines.bench [--learners 9000 90000 900000] [--seed 2026] [--folder data/bench]

Each size is generated once and kept. Each measurement is a process of its own, so that peak memory is its own: first
DuckDB loads every file of the landing folder as text into a new database file, then the job runs from nothing (no parsed
file is reused), then again on the same deliveries, as the next night's unchanged files are met. What is printed are wall
seconds, peak memory and ratios to the load; single figures on a shared machine say little, ratios say more.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

from pipelines.settings import ROOT, read_settings
from schemas.layers import LAYERS

SIZES = (9_000, 90_000, 900_000)


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _load(landing: Path, work: Path) -> dict[str, object]:
    """What it takes DuckDB to load every delivered file as text: the yardstick."""
    database = work / "load.duckdb"
    database.unlink(missing_ok=True)
    began = time.perf_counter()
    rows = 0
    with duckdb.connect(database) as connection:
        for number, path in enumerate(sorted(landing.glob("*/*"))):
            if path.suffix == ".parquet":
                source = connection.read_parquet(str(path))
            else:
                source = connection.read_csv(str(path), all_varchar=True, header=True)
            source.create(f"file_{number}")
            rows += int(connection.execute(f"SELECT count(*) FROM file_{number}").fetchall()[0][0])
    return {"seconds": time.perf_counter() - began, "peak_mb": _peak_mb(), "rows": rows}


def _job(landing: Path, work: Path, as_of: str) -> dict[str, object]:
    """The nightly job, whole, in this process."""
    from pipelines.progress import LayerTimes
    from pipelines.run import run_nightly

    began = time.perf_counter()
    published = work / "published" / "reconciliation.duckdb"
    run_nightly(read_settings(), landing=str(landing), as_of=as_of, cycle=0, published=str(published))
    return {"seconds": time.perf_counter() - began, "peak_mb": _peak_mb(), "layers": LayerTimes.seconds}


def _measured(kind: str, landing: Path, work: Path, as_of: str) -> dict[str, object]:
    """One measurement in a process of its own."""
    command = [sys.executable, "-m", "pipelines.bench", "--measure", kind, "--folder", str(work)]
    environment = {**os.environ, "RECONCILE_DATA": str(work / "data")}
    result = subprocess.run(
        [*command, "--landing", str(landing), "--as-of", as_of],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if result.returncode:
        raise SystemExit(f"the measurement [{kind}] failed; its message stands above")
    measured: dict[str, object] = json.loads(result.stdout.splitlines()[-1])
    return measured


def generated_cycle(learners: int, seed: int, folder: Path, console: Console) -> tuple[Path, str]:
    """The landing folder and day of a generated cycle, made if it is not there yet."""
    from fixtures.generate import generate

    output = folder / f"cycle-{learners}-{seed}"
    note = output / "complete.json"
    if not note.exists():
        shutil.rmtree(output, ignore_errors=True)
        console.print(f"generating a cycle of {learners:,} learners")
        made = generate(learners, seed, output)
        note.write_text(json.dumps({"as_of": str(made.as_of)}), encoding="utf-8")
    return output / "landing", str(json.loads(note.read_text(encoding="utf-8"))["as_of"])


def _seconds(measured: dict[str, object], layer: str | None = None) -> float:
    if layer is None:
        return float(str(measured["seconds"]))
    layers = measured["layers"]
    assert isinstance(layers, dict)
    return float(layers[layer])


def bench(sizes: list[int], seed: int, folder: Path, console: Console) -> None:
    """Measure each size and print one table."""
    table = Table(title="Whole job, wall seconds (times the load)", title_justify="left")
    for column in ("learners", "rows", "load", "job", *LAYERS, "peak MB", "again", "again peak MB"):
        table.add_column(column, justify="right")
    for learners in sizes:
        landing, as_of = generated_cycle(learners, seed, folder, console)
        work = folder / f"work-{learners}"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        load = _measured("load", landing, work, as_of)
        first = _measured("job", landing, work, as_of)
        again = _measured("job", landing, work, as_of)
        base = _seconds(load)

        def ratio(seconds: float, base: float = base) -> str:
            return f"{seconds:.1f} ({seconds / base:.1f})"

        table.add_row(
            f"{learners:,}",
            f"{load['rows']:,}",
            f"{base:.1f}",
            ratio(_seconds(first)),
            *(ratio(_seconds(first, layer)) for layer in LAYERS),
            f"{first['peak_mb']:,.0f}",
            ratio(_seconds(again)),
            f"{again['peak_mb']:,.0f}",
        )
        shutil.rmtree(work, ignore_errors=True)
    console.print(table)


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description="Time the whole job at several sizes.")
    parser.add_argument("--learners", type=int, nargs="+", default=list(SIZES), help="sizes (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--folder", type=Path, default=ROOT / "data" / "bench", help="where cycles are kept")
    parser.add_argument("--measure", choices=("load", "job"), help=argparse.SUPPRESS)
    parser.add_argument("--landing", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--as-of", default="", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure == "load":
        print(json.dumps(_load(arguments.landing, arguments.folder)))
    elif arguments.measure == "job":
        print(json.dumps(_job(arguments.landing, arguments.folder, arguments.as_of)))
    else:
        bench(arguments.learners, arguments.seed, arguments.folder, Console(width=180))


if __name__ == "__main__":
    main()
