"""`make bench-achievability`: how fast the achievability engine is, beside CP-SAT and beside merely loading unit results.

    python -m pipelines.bench_achievability [--learners 9000] [--registrations 1000000] [--alone 200000] [--sample 200]
                                            [--rows 1000000] [--seed 2026] [--folder data/bench]

What is measured, each in a process of its own:

* the registrations of a generated cycle, repeated until they are a million: its situations are no more than the cycle's,
  as the generator makes them, and each is worked out once and joined back, as in the night;
* the worst case, every learner in a situation of their own, under two invented specifications of 1080 GLH with 20
  optional units: those of the shipped Extended Diploma, all alike, and optional units of two sizes with a barred pair;
* CP-SAT for a sample of the same situations (`tests.achievability.time_cp_sat`, which needs a checkout and OR-Tools);
* DuckDB loading so many unit results from CSV, scaled to the rows of a million registrations.

The cycle and its warehouse are made once and kept. Single figures on a shared machine say little, ratios say more.
"""

import argparse
import csv
import importlib.util
import json
import pickle
import shutil
import time
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from assets.reconciled.achievability.engine import Assessments, assess, rules_of
from assets.reconciled.achievability.grades import best_grades
from assets.reconciled.achievability.judged import STATUSES
from assets.reconciled.achievability.scopes import scopes
from assets.reconciled.achievability.situation_units import situation_units
from assets.reconciled.achievability.situations import NO_PATHWAY, Situations
from pipelines.bench import generated_cycle
from pipelines.bench_situations import WORST, Asked, learners_apart, registrations_of
from pipelines.own_process import in_a_process, peak_mb
from pipelines.settings import ROOT
from schemas.specification import Specification

_MODULE = "pipelines.bench_achievability"
_WAREHOUSE = "work.duckdb"
_RESULTS = "ao_unit_results"


def _measured(asked: list[Asked], sample: int, seed: int, keep: Path) -> dict[str, object]:
    """What the engine takes for these registrations; some of their situations are kept, for CP-SAT."""
    before, began = peak_mb(), time.perf_counter()
    found = [assess(one.specification, one.situations) for one in asked]
    for own in found:
        _joined_back(own)
    answered = time.perf_counter() - began
    for one, own in zip(asked, found, strict=True):
        situation_units(one.specification, own)
    seconds, peak = time.perf_counter() - began, peak_mb()
    status = np.concatenate([own.status for own in found])
    _keep(asked, found, sample, seed, keep)
    began = time.process_time()
    for one, own in zip(asked, found, strict=True):
        _graded(one.specification, own.situations)
    graded = time.process_time() - began
    for one, own in zip(asked, found, strict=True):
        assess(one.specification, own.situations)
    return {
        "registrations": sum(len(own.place) for own in found),
        "situations": len(status),
        "seconds": answered,
        "with units": seconds,
        "before MB": before,
        "peak MB": peak,
        "statuses": dict(zip(STATUSES, np.bincount(status, minlength=len(STATUSES)).tolist(), strict=True)),
        "grades": graded,
        "answers": time.process_time() - began - graded,
    }


def _graded(specification: Specification, situations: Situations) -> None:
    """The three grades of distinct situations, and nothing else."""
    for number, rule in enumerate(rules_of(specification)):
        own = scopes(rule, situations.of(np.flatnonzero(np.isin(situations.pathway, (number, NO_PATHWAY)))))
        for held in (own.secured, own.on_track, own.best):
            best_grades(rule, held)


def _joined_back(found: Assessments) -> pl.DataFrame:
    """The answers by registration."""
    answers = pl.DataFrame(
        {
            "status": found.status,
            "secured": found.secured,
            "on_track": found.on_track,
            "best": found.best,
            "words": pl.Series(found.words, dtype=pl.String),
        }
    )
    return answers[found.place]


def _keep(asked: list[Asked], found: list[Assessments], sample: int, seed: int, keep: Path) -> None:
    """Write so many of the distinct situations, with the engine's grades."""
    counts = [len(own.status) for own in found]
    places = np.random.default_rng(seed).permutation(sum(counts))[:sample]
    first, kept = 0, list[tuple[Specification, Situations, NDArray[np.int64]]]()
    for one, own, count in zip(asked, found, counts, strict=True):
        rows = np.sort(places[(places >= first) & (places < first + count)]) - first
        grades = np.stack([own.secured, own.on_track, own.best], axis=1)
        kept.append((one.specification, own.situations.of(rows), grades[rows]))
        first += count
    keep.write_bytes(pickle.dumps(kept))


def _loaded(landing: Path, rows: int, work: Path) -> dict[str, object]:
    """Seconds in which DuckDB loads so many unit results as text; the cycle's own, repeated."""
    with max((landing / _RESULTS).glob("*.csv"), key=lambda path: path.stat().st_size).open(
        encoding="utf-8", newline=""
    ) as source:
        header, *lines = list(csv.reader(source))
    path, database = work / f"{_RESULTS}.csv", work / "load.duckdb"
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(header)
        for start in range(0, rows, len(lines)):
            writer.writerows(lines[: rows - start])
    database.unlink(missing_ok=True)
    began = time.perf_counter()
    with duckdb.connect(database) as connection:
        connection.read_csv(str(path), all_varchar=True, header=True).create("loaded")
    seconds = time.perf_counter() - began
    path.unlink()
    database.unlink()
    return {"seconds": seconds, "rows": rows, "peak MB": peak_mb()}


def _warehouse(landing: Path, as_of: str, folder: Path, console: Console) -> Path:
    """The warehouse that the nightly job leaves, made if it is not there yet."""
    kept = folder / f"{landing.parent.name}-{_WAREHOUSE}"
    if not kept.exists():
        console.print("running the nightly job on the cycle")
        work = folder / "achievability"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        arguments = ["--measure", "job", "--folder", str(work), "--landing", str(landing), "--as-of", as_of]
        in_a_process("pipelines.bench", arguments, {"RECONCILE_DATA": str(work / "data")})
        shutil.move(work / "data" / "work" / _WAREHOUSE, kept)
        shutil.rmtree(work)
    return kept


def bench(given: argparse.Namespace, console: Console) -> None:
    """Measure all of it and print the tables."""
    if not (ROOT / "tests" / "achievability").exists() or importlib.util.find_spec("ortools") is None:
        raise SystemExit("this bench needs a checkout with its tests, and OR-Tools: pip install ortools==9.14.6206")
    landing, as_of = generated_cycle(given.learners, given.seed, given.folder, console)
    warehouse = _warehouse(landing, as_of, given.folder, console)
    work = given.folder / "achievability"
    work.mkdir(parents=True, exist_ok=True)
    options = ["--warehouse", str(warehouse), "--landing", str(landing), "--folder", str(work)]
    for name in ("registrations", "alone", "sample", "rows", "seed"):
        options += [f"--{name}", str(getattr(given, name))]
    found = {what: in_a_process(_MODULE, [*options, "--measure", what]) for what in ("a million", *WORST)}
    solved = {
        what: in_a_process("tests.achievability.time_cp_sat", [str(work / f"{what}.pickle")], {"PYTHONPATH": str(ROOT)})
        for what in found
    }
    load = in_a_process(_MODULE, [*options, "--measure", "load"])
    shutil.rmtree(work)
    _print_engine(found, console)
    _print_ratios(found, solved, console)
    _print_load(found["a million"], load, landing, given, console)


def _number(measured: dict[str, object], name: str) -> float:
    return float(str(measured[name]))


def _print_engine(found: dict[str, dict[str, object]], console: Console) -> None:
    table = Table(
        title="The engine, and with each unit's part in the answer (the specifications of `alone` are invented)",
        title_justify="left",
    )
    for column in ("", "registrations", "situations", "seconds", "with units", "situations/s"):
        table.add_column(column, justify="left" if not column else "right")
    for column in ("MB before", "peak MB", *STATUSES):
        table.add_column(column, justify="right")
    for what, own in found.items():
        statuses = own["statuses"]
        assert isinstance(statuses, dict)
        table.add_row(
            what,
            f"{own['registrations']:,}",
            f"{own['situations']:,}",
            f"{_number(own, 'seconds'):.2f}",
            f"{_number(own, 'with units'):.2f}",
            f"{_number(own, 'situations') / _number(own, 'seconds'):,.0f}",
            f"{_number(own, 'before MB'):,.0f}",
            f"{_number(own, 'peak MB'):,.0f}",
            *(f"{statuses[status]:,}" for status in STATUSES),
        )
    console.print(table)


def _print_ratios(found: dict[str, dict[str, object]], solved: dict[str, dict[str, object]], console: Console) -> None:
    """Per distinct situation, seconds of the processor: they hang less on what else the machine does."""
    title = "CP-SAT, one worker, on a sample of the same situations: processor microseconds each (times the engine)"
    table = Table(title=title, title_justify="left")
    for column in ("", "sample", "other grades", "engine: grades", "CP-SAT: solving", "building and solving"):
        table.add_column(column, justify="left" if not column else "right")
    for column in ("engine: with actions, clashes", "CP-SAT: building and solving"):
        table.add_column(column, justify="right")
    for what, own in found.items():
        other = solved[what]
        grades, answers = (_number(own, name) / _number(own, "situations") for name in ("grades", "answers"))
        solving = _number(other, "solving") / _number(other, "situations")
        both = solving + _number(other, "building") / _number(other, "situations")
        whole = both + _number(other, "explaining") / _number(other, "situations")

        def times(seconds: float, engine: float) -> str:
            return f"{seconds * 1e6:,.0f} ({seconds / engine:,.0f})"

        table.add_row(
            what,
            f"{other['situations']:,}",
            str(other["unlike"]),
            f"{grades * 1e6:,.1f}",
            times(solving, grades),
            times(both, grades),
            f"{answers * 1e6:,.1f}",
            times(whole, answers),
        )
    console.print(table)


def _print_load(
    own: dict[str, object], load: dict[str, object], landing: Path, given: argparse.Namespace, console: Console
) -> None:
    with duckdb.connect() as connection:
        pattern = str(landing / _RESULTS / "*.csv")
        rows = int(connection.read_csv(pattern, all_varchar=True, header=True).aggregate("count(*)").fetchall()[0][0])
    national = rows / given.learners * given.registrations
    seconds = _number(load, "seconds") * national / _number(load, "rows")
    table = Table(title="DuckDB loading the unit results from CSV as text", title_justify="left")
    for column in (
        "rows measured",
        "seconds",
        "rows of so many registrations",
        "seconds, scaled",
        "engine",
        "times load",
    ):
        table.add_column(column, justify="right")
    engine = _number(own, "seconds")
    table.add_row(
        f"{load['rows']:,}",
        f"{_number(load, 'seconds'):.2f}",
        f"{national:,.0f}",
        f"{seconds:.2f}",
        f"{engine:.2f}",
        f"{engine / seconds:.2f}",
    )
    console.print(table)


def main() -> None:
    """Entry point."""
    parser = argparse.ArgumentParser(description="Time the achievability engine.")
    parser.add_argument("--learners", type=int, default=9_000, help="of the generated cycle (default: %(default)s)")
    parser.add_argument("--registrations", type=int, default=1_000_000, help="repeated to (default: %(default)s)")
    parser.add_argument("--alone", type=int, default=200_000, help="learners of the worst case (default: %(default)s)")
    parser.add_argument("--sample", type=int, default=200, help="situations for CP-SAT (default: %(default)s)")
    parser.add_argument("--rows", type=int, default=1_000_000, help="unit results to load (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--folder", type=Path, default=ROOT / "data" / "bench", help="where cycles are kept")
    parser.add_argument("--measure", choices=("a million", *WORST, "load"), help=argparse.SUPPRESS)
    parser.add_argument("--landing", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--warehouse", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    what = given.measure
    if what is None:
        bench(given, Console(width=180))
    elif what == "load":
        print(json.dumps(_loaded(given.landing, given.rows, given.folder)))
    else:
        if what in WORST:
            specification = WORST[what]()
            learners = learners_apart(specification, given.alone, given.seed)
            asked = [Asked(specification=specification, situations=learners)]
        else:
            asked = registrations_of(given.warehouse, given.registrations, given.seed)
        print(json.dumps(_measured(asked, given.sample, given.seed, given.folder / f"{what}.pickle")))


if __name__ == "__main__":
    main()
