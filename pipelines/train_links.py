"""The command `reconcile train-links`: trains a match model, measures it, and writes it with its card.

It trains on an invented cycle or on an organisation's own feeds as the last night left them; never within a night. What
it writes is used only where somebody says so (`RECONCILE_LINK_MODEL`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import log2
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from rich.console import Console
from rich.table import Table

from assets.linked.frames import CANONICAL
from assets.linked.matching.model import MatchModel, read_model, write_model
from assets.linked.matching.training import TrainingError, train_model
from pipelines.link_adapter import ONE_ROW_EACH, PERSON_FEEDS, with_current_centres
from pipelines.link_figures import Figures
from pipelines.link_noise import measure_noise
from pipelines.model_card import model_card
from pipelines.settings import Settings, UserError
from pipelines.warehouse import read_warehouse

#: Learners of the invented cycle on which a model is measured; its seed is the one before that of the training.
MEASURED_ON = 20_000


@dataclass(frozen=True)
class Source:
    """What a model is trained on: words for its card, and the frames by feed."""

    words: str
    frames: Mapping[str, pl.DataFrame]


def invented_source(learners: int, seed: int) -> Source:
    """A noisy cycle of invented learners."""
    from fixtures.noise import noisy_cycle

    words = f"an invented cycle of {learners:,} learners, seed {seed}"
    return Source(words, with_current_centres(noisy_cycle(learners, seed).frames))


def own_source(settings: Settings) -> Source:
    """The three feeds that name people, as the last night standardised them.

    Raises:
        UserError: no night has left them, or one is at work.
    """
    with read_warehouse(settings) as connection:
        try:
            ((as_of,),) = connection.execute("SELECT as_of FROM landed.run_context").fetchall()
            frames = {feed: connection.sql(_own_feed(connection, feed)).pl() for feed in PERSON_FEEDS}
        except duckdb.CatalogException:
            raise UserError(
                "the last night did not come as far as linking; run `reconcile run` to its end, then train"
            ) from None
    return Source(f"the organisation's own feeds, as of {as_of}", frames)


def _own_feed(connection: duckdb.DuckDBPyConnection, feed: str) -> str:
    """SELECT of the columns that linking knows, with the centre number that stands today."""
    held = [column for (column, *_) in connection.execute(f"DESCRIBE standardised.{feed}").fetchall()]
    wanted = [column for column in held if column in (*CANONICAL, "forenames") and column != "centre_number"]
    return f"""
    SELECT
        {", ".join("feed." + column for column in wanted)},
        coalesce(successor.current_centre_number, feed.centre_number) AS centre_number
    FROM standardised.{feed} AS feed
    LEFT JOIN linked.centre_successors AS successor ON feed.centre_number = successor.centre_number
    """


def train_links(
    source: Source, *, version: str, seed: int, output: Path, console: Console, measured_on: int = MEASURED_ON
) -> MatchModel:
    """Trains, measures and writes a model; its card is written beside it, with the ending `.md`.

    Args:
        source: what it is trained on.
        version: the model's name.
        seed: of the sampling.
        output: the model's file.
        console: for progress and the table of weights.
        measured_on: learners of the invented cycle on which it is measured.

    Raises:
        UserError: there is such a file already, or the records do not suffice.
    """
    card = output.with_suffix(".md")
    if there := [path for path in (output, card) if path.exists()]:
        raise UserError(f"[{there[0]}] exists, and a model is never changed; give another --version or --output")
    console.print(f"Training [{version}] on {source.words}", markup=False)
    try:
        trained = train_model(source.frames, version=version, seed=seed, one_row_each=ONE_ROW_EACH)
    except TrainingError as error:
        raise UserError(f"no model could be trained: {error}") from None
    console.print(_weights(trained))
    measured = f"an invented cycle of {measured_on:,} learners, seed {seed - 1}"
    console.print(f"Measuring it on {measured}")
    tables = measure_noise(measured_on, seed - 1, trained)
    said: dict[str, Any] = {
        "data": source.words,
        "rows": {feed: len(rows) for feed, rows in source.frames.items()},
        "seed": seed,
        "measured": {"data": measured, "tables": {title: _rounded(table) for title, table in tables.items()}},
    }
    model = replace(trained, card=said)
    output.parent.mkdir(parents=True, exist_ok=True)
    write_model(model, output)
    card.write_text(model_card(read_model(output)), encoding="utf-8")
    for title, figures in said["measured"]["tables"]["pairs"].items():
        console.print(f"  {title}: precision {figures['precision']:.5f}, recall {figures['recall']:.5f}")
    console.print(f"The model is in {output}, its card in {card}", soft_wrap=True)
    console.print(f"  RECONCILE_LINK_MODEL={output} reconcile run", soft_wrap=True)
    return model


def _rounded(table: Figures) -> Figures:
    return {row: {column: round(figure, 5) for column, figure in figures.items()} for row, figures in table.items()}


def _weights(model: MatchModel) -> Table:
    table = Table(title=f"Match weights of {model.version} (log2 of odds; starting at {model.starting_weight:.1f})")
    for heading in ("comparison", "says", "of one person", "by chance", "weight"):
        table.add_column(heading, justify="left" if heading in ("comparison", "says") else "right")
    for comparison in model.settings["comparisons"]:
        for level in comparison["comparison_levels"]:
            if not level.get("is_null_level"):
                same, chance = level["m_probability"], level["u_probability"]
                words = (comparison["output_column_name"], level["label_for_charts"])
                table.add_row(*words, f"{same:.5f}", f"{chance:.7f}", f"{log2(same / chance):+.1f}")
    return table
