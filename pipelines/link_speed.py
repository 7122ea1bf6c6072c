"""Section `speed` of `make bench-links`: a national night's records, linked by us and merely scored by Splink.

The frames are made once and kept as Parquet. Each measurement is a process of its own, so that peak memory is its own;
what is timed begins with the frames in memory. Splink's part is its `predict` alone, blocking and scoring, on records
that are standardised already, with the shipped model's settings and blocking rules: what it takes before anything is
decided.
"""

import argparse
import copy
import json
import logging
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import duckdb
import polars as pl

from assets.linked.frames import write_people
from assets.linked.matching.model import shipped_model
from assets.linked.matching.scoring import quietly, write_frequencies, write_scored
from pipelines.link_adapter import PERSON_FEEDS, linked_rows
from pipelines.link_figures import Figures
from pipelines.own_process import in_a_process, peak_mb

#: Learners for 0.7 million applicants, and 0.9 million rows of each register.
NATIONAL = 870_000

_FEEDS = (*PERSON_FEEDS, "centres")
_NOTE = "complete.json"


def _make(folder: Path, learners: int, seed: int) -> float:
    """Writes the frames; returns the seconds that it took."""
    from fixtures.noise import noisy_cycle

    began = time.perf_counter()
    folder.mkdir(parents=True, exist_ok=True)
    for feed, rows in noisy_cycle(learners, seed).frames.items():
        rows.write_parquet(folder / f"{feed}.parquet")
    return time.perf_counter() - began


def _predict(frames: Mapping[str, pl.DataFrame]) -> float:
    """Seconds of a bare Splink predict."""
    from splink import DuckDBAPI, Linker, block_on

    quietly()
    model = shipped_model()
    people = {feed: frames[feed] for feed in PERSON_FEEDS}
    with duckdb.connect() as connection:
        write_people(connection, people, (), model.further)
        write_frequencies(connection, model.frequencies)
        write_scored(connection, list(model.frequencies), model.further, "SELECT record FROM link_record")
        settings = copy.deepcopy(dict(model.settings))
        # Splink takes one value of a column for a record: the surname without the previous one.
        keys = [["surname_std" if key == "any_surname" else key for key in rule.keys] for rule in model.blocking]
        settings["blocking_rules_to_generate_predictions"] = [block_on(*each) for each in keys]
        api = DuckDBAPI(connection=connection)
        records = api.register("link_scored", dataset_display_name="records")
        linker = Linker(records, settings, log_level=logging.ERROR, validate_settings=False)
        began = time.perf_counter()
        linker.inference.predict(threshold_match_weight=model.review_weight, warning_mode="never")
        return time.perf_counter() - began


def _link(frames: Mapping[str, pl.DataFrame]) -> float:
    """Seconds of the whole linking."""
    began = time.perf_counter()
    linked_rows(frames)
    return time.perf_counter() - began


_MEASURED: dict[str, Callable[[Mapping[str, pl.DataFrame]], float]] = {
    "bare Splink predict": _predict,
    "who is who": _link,
}


def measure_speed(learners: int, seed: int, folder: Path) -> dict[str, Figures]:
    """The figures of table `time`: seconds, peak MB, and times the seconds of the bare predict.

    Args:
        learners: of the cycle to link, `NATIONAL` for a real night's size.
        seed: of the cycle.
        folder: where the frames are kept.
    """
    frames = folder / f"noisy-{learners}-{seed}"
    if not (frames / _NOTE).exists():
        made = in_a_process(__name__, ["make", str(frames), "--learners", str(learners), "--seed", str(seed)])
        (frames / _NOTE).write_text(json.dumps(made), encoding="utf-8")
    found: Figures = {}
    for name in _MEASURED:
        measured = in_a_process(__name__, [name, str(frames)])
        found[name] = {column: float(str(measured[column])) for column in ("seconds", "peak MB")}
    bare = found["bare Splink predict"]["seconds"]
    return {"time": {name: {**figures, "times predict": figures["seconds"] / bare} for name, figures in found.items()}}


def main() -> None:
    """One measurement, for a process of its own."""
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=("make", *_MEASURED))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--learners", type=int, default=NATIONAL)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    if given.what == "make":
        seconds = _make(given.folder, given.learners, given.seed)
    else:
        frames = {feed: pl.read_parquet(given.folder / f"{feed}.parquet") for feed in _FEEDS}
        seconds = _MEASURED[given.what](frames)
    print(json.dumps({"seconds": seconds, "peak MB": peak_mb()}))


if __name__ == "__main__":
    main()
