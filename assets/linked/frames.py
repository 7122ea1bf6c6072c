"""Linking people in any Polars frames, outside the warehouse: the same stages, model and guards as in a nightly run.

A frame is a source; its columns are the canonical ones, of which any may be missing, and those that the model compares
beyond them. What the outcome means for a learner is `assets.linked.links`.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb
import polars as pl

from assets.linked.clusters import run_linkers
from assets.linked.decided import without_decisions
from assets.linked.deterministic import DeterministicLinker
from assets.linked.evidence import PLACE, places_of
from assets.linked.matching.linker import WEIGHED, MatchLinker
from assets.linked.matching.model import MatchModel, shipped_model
from assets.linked.matching.review import find_reviewable
from assets.linked.people import build_forename_forms, build_records, people_of

#: Canonical columns of a frame; the key columns among them are text, date_of_birth is a date.
CANONICAL = (
    "forename",
    "surname",
    "previous_surname",
    "date_of_birth",
    "sex",
    "postcode",
    "uln",
    "uci",
    "personal_id",
    "centre_number",
    "centre_learner_reference",
    "awarding_organisation_rn",
    "registration_number",
    "qualification_number",
)


@dataclass(frozen=True)
class LinkedFrames:
    """Who is who.

    Attributes:
        links: one row for each row of each frame: source, row (its place in the frame, from 0), person (a number), stage
            (that of the strongest pair; `unlinked` where the row is alone), match_weight (where that stage weighs).
        review: pairs that a person must decide: first_source, first_row, second_source, second_row, reason, match_weight.
    """

    links: pl.DataFrame
    review: pl.DataFrame


def _column(frame: pl.DataFrame, name: str) -> pl.Expr:
    """A canonical column of a frame; the UCAS feed calls the forenames so."""
    kind = pl.Date if name == "date_of_birth" else pl.String
    held = "forenames" if name == "forename" and "forenames" in frame.columns else name
    given = pl.col(held) if held in frame.columns else pl.repeat(None, frame.height)
    return given.cast(kind).alias(name)


def write_people(
    connection: duckdb.DuckDBPyConnection,
    frames: Mapping[str, pl.DataFrame],
    one_row_each: Collection[str],
    further: Sequence[str],
) -> None:
    """Creates what linking works on (`link_person`, `link_row`, `link_record`) from frames.

    Raises:
        ValueError: a frame lacks a column that the model compares, or there is no frame.
    """
    if not frames:
        raise ValueError("there is nothing to link; give at least one frame")
    if unknown := set(one_row_each) - set(frames):
        raise ValueError(f"one_row_each names [{', '.join(sorted(unknown))}], which is no frame")
    connection.execute("CREATE SCHEMA IF NOT EXISTS linked")
    build_forename_forms(connection)
    parts = [
        frame.select(*(_column(frame, name) for name in (*CANONICAL, *further))).with_columns(
            pl.lit(source).alias("feed"), pl.int_range(pl.len(), dtype=pl.UInt32).alias("row")
        )
        for source, frame in frames.items()
    ]
    connection.register("link_incoming", pl.concat(parts).with_row_index("person_row").to_arrow())
    connection.execute("CREATE OR REPLACE TEMP TABLE link_delivered AS SELECT * FROM link_incoming")
    connection.unregister("link_incoming")
    single = pl.DataFrame({"feed": sorted(one_row_each)}, schema={"feed": pl.String})
    connection.register("link_incoming", single.to_arrow())
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE link_known AS SELECT DISTINCT personal_id FROM link_delivered "
        "WHERE feed IN (FROM link_incoming) OR NOT EXISTS (FROM link_incoming)"
    )
    connection.unregister("link_incoming")
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE link_successor (centre_number VARCHAR, current_centre_number VARCHAR)"
    )
    held = f"""
    SELECT person_row, feed, personal_id,
        CASE WHEN centre_learner_reference IS NOT NULL THEN centre_number END AS centre_number, centre_learner_reference,
        CASE WHEN registration_number IS NOT NULL THEN awarding_organisation_rn END AS awarding_organisation_rn,
        registration_number, qualification_number,
        surname, previous_surname, forename AS forenames, date_of_birth, sex, uln, uci, postcode,
        personal_id AS held_personal_id, centre_number AS held_centre_number{"".join(", " + name for name in further)}
    FROM link_delivered
    """
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE link_person AS {people_of(held, 'link_known', 'link_successor', further)}"
    )
    build_records(connection, one_row_each, further)


@contextmanager
def workplace() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database of its own, gone when the block ends."""
    with duckdb.connect() as connection:
        connection.execute("SET threads = 2; SET preserve_insertion_order = false")
        yield connection


def link_frames(
    frames: Mapping[str, pl.DataFrame], *, model: MatchModel | None = None, one_row_each: Collection[str] = ()
) -> LinkedFrames:
    """Links the rows of frames into people.

    Args:
        frames: source to frame, with any of the columns of `CANONICAL` and all of the model's further ones.
        model: the weights; the shipped model by default.
        one_row_each: sources in which one person has at most one row (an application).

    Raises:
        ValueError: there is no frame, or `one_row_each` names none.
    """
    model = model or shipped_model()
    with workplace() as connection:
        write_people(connection, frames, one_row_each, model.further)
        without_decisions(connection)
        matching = MatchLinker(model)
        linkers = (DeterministicLinker(), matching)
        run_linkers(connection, linkers)
        connection.execute("CREATE OR REPLACE TEMP TABLE link_name AS SELECT record, record AS name FROM link_record")
        if matching.has_weighed:
            find_reviewable(connection, model)
        else:
            connection.execute(_NOTHING_TO_REVIEW)
        stages = [stage.name for linker in linkers for stage in linker.stages]
        return LinkedFrames(links=connection.sql(_links(stages)).pl(), review=connection.sql(_REVIEW).pl())


def _links(stages: Sequence[str]) -> str:
    places = ", ".join(f"({place}, '{name}')" for place, name in places_of(stages))
    return f"""
    SELECT link_delivered.feed AS source, link_delivered.row, CAST(link_outcome.cluster AS BIGINT) AS person,
        place.stage, CASE WHEN place.stage = '{WEIGHED.name}' THEN link_outcome.match_weight END AS match_weight
    FROM link_delivered
    INNER JOIN link_outcome ON link_delivered.person_row = link_outcome.person_row
    INNER JOIN (VALUES {places}) AS place (place, stage) ON {PLACE} = place.place
    ORDER BY source, link_delivered.row
    """


_NOTHING_TO_REVIEW = (
    "CREATE OR REPLACE TEMP TABLE link_to_review (a INTEGER, b INTEGER, reason VARCHAR, match_weight DOUBLE)"
)
_REVIEW = """
SELECT first.feed AS first_source, first.row AS first_row, second.feed AS second_source, second.row AS second_row,
    link_to_review.reason, link_to_review.match_weight
FROM link_to_review
INNER JOIN link_delivered AS first ON link_to_review.a = first.person_row
INNER JOIN link_delivered AS second ON link_to_review.b = second.person_row
ORDER BY link_to_review.match_weight DESC, first_source, first_row, second_source, second_row
"""
