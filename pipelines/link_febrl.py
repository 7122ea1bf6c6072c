"""Section `febrl` of `make bench-links`: the four FEBRL files, invented people of an Australian kind with damaged copies.

They hold an address and a social security number beside names and birth, and no centre, ULN or UCI. A model is trained on
each file itself, without its labels; these only measure. Three ways stand side by side: as on a night; by the weights
alone, without the guards for households and schools, of which the files know none; and plain Splink as its manual
shows it for these files. The files are no part of this project; they come with several linkage packages.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb
import polars as pl

from assets.linked.frames import link_frames
from assets.linked.matching.scoring import quietly
from assets.linked.matching.training import train_model
from pipelines.link_figures import Figures, NotMeasured
from pipelines.link_measures import Pairs, pairwise
from schemas.match_comparisons import text_comparison

#: Files by the number of the set; the fourth links two files, each without duplicates of its own.
SETS: dict[int, tuple[str, ...]] = {
    1: ("dataset1.csv",),
    2: ("dataset2.csv",),
    3: ("dataset3.csv",),
    4: ("dataset4a.csv", "dataset4b.csv"),
}

_CANONICAL = {"given_name": "forename", "postcode": "area_code"}
_TEXT = ("street_number", "address_1", "address_2", "suburb", "area_code", "state")
_NUMBER = "soc_sec_id"
_SEED = 1

#: Sets and pairs for chance agreement, in full and on which a test holds the floors.
FULL, SMALLER = (tuple(SETS), 200_000), ((1,), 20_000)


def read_febrl(folder: Path, number: int) -> dict[str, pl.DataFrame]:
    """The frames of a set by file: the canonical columns that it has, further text columns, and learner (whose it is).

    Raises:
        NotMeasured: the files are not there.
    """
    frames = {}
    for name in SETS[number]:
        if not (folder / name).exists():
            raise NotMeasured(f"[{name}] is not in the folder [{folder}]; name another with --febrl")
        rows = pl.read_csv(folder / name, infer_schema=False)
        rows = rows.rename(lambda column: column.strip()).with_columns(pl.all().str.strip_chars().replace("", None))
        frames[name] = rows.rename(_CANONICAL).with_columns(
            pl.col("date_of_birth").str.to_date("%Y%m%d", strict=False),
            pl.col("date_of_birth").alias("born"),
            pl.col("rec_id").str.extract(r"^rec-(\d+)-").cast(pl.UInt32).alias("learner"),
        )
    return frames


def _truth(frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    row = pl.int_range(pl.len(), dtype=pl.UInt32).alias("row")
    return pl.concat(rows.select(pl.lit(name).alias("feed"), row, "learner") for name, rows in frames.items())


def _ours(frames: Mapping[str, pl.DataFrame], pairs_by_chance: int) -> dict[str, Pairs]:
    one_row_each = list(frames) if len(frames) > 1 else []
    model = train_model(
        frames,
        version="febrl",
        seed=_SEED,
        one_row_each=one_row_each,
        further=[*(text_comparison(column) for column in _TEXT), text_comparison(_NUMBER, identifier=True)],
        # A number with a slip of the pen is still no twin's.
        told_apart_by=[f"slip:{_NUMBER}"],
        odds=1 / sum(len(rows) for rows in frames.values()),
        pairs_by_chance=pairs_by_chance,
    )
    found = {}
    for name, guarded in (("as on a night", True), ("by weights alone", False)):
        links = link_frames(frames, model=replace(model, guarded=guarded), one_row_each=one_row_each).links
        found[name] = pairwise(links.rename({"source": "feed"}), _truth(frames))
    return found


def _plain_splink(frames: Mapping[str, pl.DataFrame]) -> Pairs:
    """The settings of Splink's manual for these files, with nothing tuned; clusters at its usual 0.95."""
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    quietly()
    blocks = (
        block_on("forename", "surname"),
        block_on("born"),
        block_on("soc_sec_id"),
        block_on("state", "address_1"),
        block_on("street_number", "address_1"),
        block_on("area_code"),
    )
    settings = SettingsCreator(
        link_type="link_only" if len(frames) > 1 else "dedupe_only",
        unique_id_column_name="rec_id",
        blocking_rules_to_generate_predictions=list(blocks),
        comparisons=[
            cl.NameComparison("forename"),
            cl.NameComparison("surname"),
            cl.DateOfBirthComparison("born", input_is_string=True, datetime_format="%Y%m%d"),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            cl.DamerauLevenshteinAtThresholds("area_code", [1, 2]),
        ],
    )
    with duckdb.connect() as connection:
        api = DuckDBAPI(connection=connection)
        held = []
        for place, rows in enumerate(frames.values()):
            connection.register(f"file_{place}", rows.drop("date_of_birth", "learner").to_arrow())
            held.append(api.register(f"file_{place}", dataset_display_name=f"file_{place}"))
        linker = Linker(held, settings, log_level=logging.ERROR)
        linker.training.estimate_probability_two_random_records_match(
            [block_on("soc_sec_id"), block_on("forename", "surname", "born")], recall=0.9
        )
        linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=_SEED)
        for block in (block_on("born"), block_on("area_code")):
            linker.training.estimate_parameters_using_expectation_maximisation(block, record_sample_proportion=1.0)
        pairs = linker.inference.predict(threshold_match_probability=0.01, warning_mode="never")
        people = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, 0.95)
        clusters = connection.sql(f"SELECT rec_id, cluster_id FROM {people.physical_name}").pl()
    numbered = clusters.with_columns(pl.col("cluster_id").rank("dense").cast(pl.Int64).alias("person"))
    row = pl.int_range(pl.len(), dtype=pl.UInt32).alias("row")
    ids = pl.concat(rows.select(pl.lit(name).alias("feed"), row, "rec_id") for name, rows in frames.items())
    return pairwise(ids.join(numbered, on="rec_id").select("feed", "row", "person"), _truth(frames))


def measure_febrl(
    folder: Path, numbers: Sequence[int], pairs_by_chance: int, *, beside: bool = True
) -> dict[str, Figures]:
    """The figures of table `pairs`: precision, recall and F1 by set and way.

    Args:
        folder: with the files.
        numbers: of the sets.
        pairs_by_chance: pairs on which a model learns how records agree by chance.
        beside: whether plain Splink is measured too.

    Raises:
        NotMeasured: the files are not there.
    """
    sets = {number: read_febrl(folder, number) for number in numbers}
    table: Figures = {}
    for number, frames in sets.items():
        found = _ours(frames, pairs_by_chance)
        if beside:
            found["plain Splink"] = _plain_splink(frames)
        for way, pairs in found.items():
            table[f"FEBRL {number}, {way}"] = {
                "precision": pairs.precision,
                "recall": pairs.recall,
                "F1": pairs.f1,
                "true pairs": pairs.true,
                "false pairs": pairs.linked - pairs.found,
            }
    return {"pairs": table}
