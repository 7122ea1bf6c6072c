"""Training the match model without labels: how often records of one person agree, and records of two by chance.

Chance agreement is counted on pairs of different people as the deterministic stages know them; agreement within a person
by expectation maximisation over pairs that share a strong block. It is never done in a nightly run.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import duckdb
import polars as pl

from assets.linked.clusters import run_linkers
from assets.linked.decided import without_decisions
from assets.linked.deterministic import DeterministicLinker
from assets.linked.frames import workplace, write_people
from assets.linked.matching.model import MatchModel
from assets.linked.matching.scoring import splink_linker, write_frequencies, write_scored
from assets.linked.matching.settings import untrained_settings
from schemas.match_comparisons import BLOCKING_RULES, COMPARED, BlockingRule, MatchComparison

#: Blocks over which expectation maximisation looks, each leaving other comparisons free.
_EM_BLOCKS: tuple[tuple[str, ...], ...] = (
    ("uln_key",),
    ("date_of_birth", "postcode_std"),
    ("forename_std", "surname_std", "current_centre_number"),
    ("date_of_birth", "surname_std"),
    ("forename_std", "surname_std"),
)
#: Pairs on which chance agreement is counted.
PAIRS_BY_CHANCE = 3_000_000
_PAIRS_IN_BLOCKS = 1_000_000
#: A further column is a block to look over if it makes at most so many pairs for each record.
_PAIRS_EACH = 10

#: What was never seen in training is not impossible.
_SELDOM_SAME_PERSON = 0.0001
_SELDOM_BY_CHANCE = 0.000001
_SELDOM_SAME_IDENTIFIER = 0.0000001

#: How likely two records picked at random are one person's: one applicant among the country's registrations.
NATIONAL_ODDS = 0.000001

#: Names of a smaller share of people, or of fewer, are not listed in the model: they are rare, or slips of the pen.
SMALLEST_SHARE, FEWEST_BEARERS = 0.0001, 5

#: A pair is accepted at odds of a thousand to one, and looked at by a person from about three to one.
ACCEPT_WEIGHT, REVIEW_WEIGHT = 10.0, 1.5


class TrainingError(ValueError):
    """The records do not suffice to train on."""


def count_frequencies(connection: duckdb.DuckDBPyConnection, columns: Sequence[str]) -> dict[str, dict[str, float]]:
    """The share of people by value, for each column; a value of few people is left out."""
    found = {}
    for column in columns:
        rows = connection.execute(f"""
        WITH held AS (SELECT DISTINCT cluster, {column} AS value FROM link_record WHERE {column} IS NOT NULL)
        SELECT value, count(*) / (SELECT count(*) FROM held) AS frequency
        FROM held GROUP BY value HAVING count(*) >= {FEWEST_BEARERS} AND frequency >= {SMALLEST_SHARE} ORDER BY value
        """).fetchall()
        found[column] = {value: round(frequency, 9) for value, frequency in rows}
    return found


def _usable(connection: duckdb.DuckDBPyConnection, blocks: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The blocks in which at least a tenth of the records stand, and any two of them together."""
    kept = []
    for block in blocks:
        held = " AND ".join(f"{column} IS NOT NULL" for column in block)
        ((share, shared),) = connection.execute(
            f"SELECT avg(({held})::INT), count(*) FILTER ({held}) - count(DISTINCT ({', '.join(block)})) FILTER ({held}) "
            "FROM link_scored"
        ).fetchall()
        if share is not None and share >= 0.1 and shared:
            kept.append(block)
    return kept


def _tells_apart(connection: duckdb.DuckDBPyConnection, column: str) -> bool:
    """Whether records that agree on a column alone are few: of a large block nearly all pairs are strangers'."""
    rows = connection.execute(
        f"SELECT coalesce(sum(many * (many - 1) / 2) <= {_PAIRS_EACH} * sum(many), false) FROM "
        f"(SELECT count(*) AS many FROM link_record WHERE {column} IS NOT NULL GROUP BY {column})"
    ).fetchall()
    return bool(rows[0][0])


def train_settings(
    connection: duckdb.DuckDBPyConnection,
    comparisons: Sequence[MatchComparison],
    frequencies: Mapping[str, Mapping[str, float]],
    *,
    probability: float,
    seed: int,
    pairs_by_chance: int = PAIRS_BY_CHANCE,
    further_blocks: Sequence[tuple[str, ...]] = (),
) -> dict[str, Any]:
    """Splink's settings with trained probabilities.

    Args:
        connection: with `link_record`, whose clusters are those of the deterministic stages.
        comparisons: what is compared.
        frequencies: of names, by column.
        probability: that two records picked at random are one person; it is set, not trained, so that thresholds mean the
            same whatever the size of the data trained on.
        seed: of the sampling.
        pairs_by_chance: pairs on which chance agreement is counted.
        further_blocks: blocks to look over besides the usual ones.

    Raises:
        TrainingError: a comparison was never seen to agree or to differ.
    """
    from splink import block_on

    write_frequencies(connection, frequencies)
    further = [
        name for compared in comparisons for name in compared.needs if any(":" in level for level, _ in compared.levels)
    ]
    one_each = "SELECT arg_min(record, hash(record)) FROM link_record GROUP BY cluster"
    write_scored(connection, list(frequencies), further, one_each)
    with splink_linker(connection, untrained_settings(comparisons, probability)) as (_, apart):
        apart.training.estimate_u_using_random_sampling(max_pairs=pairs_by_chance, seed=seed, min_count_per_level=None)
        by_chance = apart.misc.save_model_to_json()
    write_scored(connection, list(frequencies), further, "SELECT record FROM link_record")
    with splink_linker(connection, by_chance) as (_, linker):
        for block in _usable(connection, (*_EM_BLOCKS, *further_blocks)):
            try:
                linker.training.estimate_parameters_using_expectation_maximisation(
                    block_on(*block), max_pairs=_PAIRS_IN_BLOCKS, record_sample_proportion=1.0
                )
            except ValueError:
                # Splink gives up where a probability vanishes.
                raise TrainingError(
                    f"too few pairs of records agree on [{', '.join(block)}] to learn from; give more records"
                ) from None
        trained = linker.misc.save_model_to_json()
    return _completed(trained, {compared.name for compared in comparisons if compared.identifier})


def _completed(settings: dict[str, Any], identifiers: Collection[str]) -> dict[str, Any]:
    """The trained settings with a small probability for what was never seen.

    Raises:
        TrainingError: nothing was learned of a comparison.
    """
    for compared in settings["comparisons"]:
        levels = [level for level in compared["comparison_levels"] if not level.get("is_null_level")]
        if not any("m_probability" in level for level in levels):
            raise TrainingError(
                f"nothing could be learned of [{compared['output_column_name']}]: no block of records with it and without "
                "other agreement; give more records, or leave it out"
            )
        seldom = _SELDOM_SAME_IDENTIFIER if compared["output_column_name"] in identifiers else _SELDOM_BY_CHANCE
        for level in levels:
            level["m_probability"] = _steady(max(level.get("m_probability", 0.0), _SELDOM_SAME_PERSON))
            level["u_probability"] = _steady(max(level.get("u_probability", 0.0), seldom))
    # Splink makes one up each time.
    settings.pop("linker_uid", None)
    return settings


def _steady(probability: float) -> float:
    """Without the last digits, which depend on the order in which threads add up."""
    return float(f"{probability:.9g}")


def comparable(
    connection: duckdb.DuckDBPyConnection, comparisons: Sequence[MatchComparison]
) -> tuple[MatchComparison, ...]:
    """The comparisons for which at least a hundredth of the records have what they need."""
    kept = []
    for compared in comparisons:
        held = " AND ".join(f"{column} IS NOT NULL" for column in compared.needs)
        ((share,),) = connection.execute(f"SELECT avg(({held})::INT) FROM link_record").fetchall()
        if share is not None and share >= 0.01:
            kept.append(compared)
    return tuple(kept)


def train_model(
    frames: Mapping[str, pl.DataFrame],
    *,
    version: str,
    seed: int,
    one_row_each: Collection[str] = (),
    further: Sequence[MatchComparison] = (),
    told_apart_by: Sequence[str] = (),
    odds: float = NATIONAL_ODDS,
    pairs_by_chance: int = PAIRS_BY_CHANCE,
    card: Mapping[str, Any] | None = None,
) -> MatchModel:
    """Trains a model on frames like those of `assets.linked.frames.link_frames`, without labels.

    Args:
        frames: source to frame.
        version: the model's name.
        seed: of the sampling.
        one_row_each: sources in which one person has at most one row.
        further: comparisons of text columns beyond the canonical ones.
        told_apart_by: names of comparisons whose agreement tells even twins apart, or of a text comparison's level that is
            enough for it (`slip:` and the column).
        odds: how likely two records picked at random are one person's.
        pairs_by_chance: pairs on which chance agreement is counted; long texts take long to compare.
        card: what else is to be said of it.

    Raises:
        TrainingError: the records do not suffice.
    """
    columns = tuple(compared.name for compared in further)
    with workplace() as connection:
        write_people(connection, frames, one_row_each, columns)
        without_decisions(connection)
        run_linkers(connection, (DeterministicLinker(),))
        comparisons = comparable(connection, (*COMPARED, *further))
        frequent = [compared.frequency_of for compared in comparisons if compared.frequency_of]
        frequencies = count_frequencies(connection, frequent)
        telling = [column for column in columns if _tells_apart(connection, column)]
        settings = train_settings(
            connection,
            comparisons,
            frequencies,
            probability=odds,
            seed=seed,
            pairs_by_chance=pairs_by_chance,
            further_blocks=[(column,) for column in telling],
        )
    return MatchModel(
        version=version,
        accept_weight=ACCEPT_WEIGHT,
        review_weight=REVIEW_WEIGHT,
        further=columns,
        identifiers=tuple(told_apart_by),
        blocking=(*BLOCKING_RULES, *(BlockingRule(name=column, keys=(column,)) for column in telling)),
        frequencies=frequencies,
        card=card or {},
        settings=settings,
    )
