"""The linker that `make bench-links` measures: a cycle's frames in, links and review by position out."""

from collections.abc import Mapping

import duckdb
import polars as pl

from assets.linked.centres import resolve_centres
from assets.linked.frames import link_frames
from assets.linked.matching.model import MatchModel

PERSON_FEEDS = ("ao_registrations", "centre_registrations", "ucas_applicants")
ONE_ROW_EACH = ("ucas_applicants",)


def linked_rows(
    frames: Mapping[str, pl.DataFrame], model: MatchModel | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Links (feed, row, person) and review (first_feed, first_row, second_feed, second_row) of a cycle's frames.

    Args:
        frames: the three feeds that name people and `centres`, in the columns of their contracts.
        model: the shipped one by default.
    """
    found = link_frames(with_current_centres(frames), model=model, one_row_each=ONE_ROW_EACH)
    links = found.links.select(pl.col("source").alias("feed"), "row", "person")
    sides = ("first_source", "first_row", "second_source", "second_row")
    review = found.review.select(pl.col(name).alias(name.replace("source", "feed")) for name in sides)
    return links, review


def with_current_centres(frames: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The feeds that name people, each centre under the number that stands for it today; frames know no centres."""
    current = _current_centres(frames["centres"])
    return {feed: frames[feed].with_columns(pl.col("centre_number").replace(current)) for feed in PERSON_FEEDS}


def _current_centres(centres: pl.DataFrame) -> dict[str, str]:
    """Centre numbers that were replaced, each with the one that stands for it today."""
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA standardised; CREATE SCHEMA linked")
        connection.register("held", centres.to_arrow())
        connection.execute("CREATE TABLE standardised.centres AS SELECT * FROM held")
        resolve_centres(connection)
        return dict(connection.execute("SELECT * FROM linked.centre_successors").fetchall())
