"""A publication with nothing but a queue of links, made of a few invented people."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from schemas.link_decisions import pair_id
from schemas.link_review import LINK_REVIEW
from schemas.published import PUBLISHED

AS_OF = date(2026, 5, 14)


def record(number: int) -> str:
    """An invented record's id; a higher number is a higher id."""
    return f"R{number:015x}"


def pair(first: int, second: int) -> str:
    """The id of two such records' pair."""
    return pair_id(record(first), record(second))


def queued(first: int, second: int, **changes: Any) -> dict[str, Any]:
    """A row of `published.link_review`: weak evidence about two invented records, the lower number first."""
    row: dict[str, Any] = dict.fromkeys(LINK_REVIEW.column_names)
    row |= {"pair_id": pair(first, second), "reason": "weak_evidence", "match_weight": 3.5, "match_probability": 0.92}
    row |= {"evidence": "[]", "explanation": "The surnames are the same; the postcodes differ."}
    for side, number, feed in (("first", first, "ucas_applicants"), ("second", second, "ao_registrations")):
        row |= {f"{side}_record_id": record(number), f"{side}_feed": feed, f"{side}_learner_id": f"L{number:015x}"}
        row |= {
            f"{side}_surname": "Example",
            f"{side}_forenames": "Invented",
            f"{side}_date_of_birth": date(2008, 2, 3),
        }
    return row | changes


def publish(path: Path, queue: Sequence[Mapping[str, Any]]) -> Path:
    """Write a publication of these pairs; their records are all that is in `published.person_links`."""
    with duckdb.connect(path) as connection:
        connection.execute("CREATE SCHEMA published")
        for name in ("link_review", "person_links", "runs"):
            connection.execute(f"CREATE TABLE published.{name} ({PUBLISHED[name].column_ddl})")
        connection.execute("INSERT INTO published.runs (as_of) VALUES (?)", [AS_OF])
        for row in queue:
            names = ", ".join(f'"{name}"' for name in row)
            marks = ", ".join("?" for _ in row)
            connection.execute(f"INSERT INTO published.link_review ({names}) VALUES ({marks})", list(row.values()))
        for side in ("first", "second"):
            connection.execute(
                f"INSERT INTO published.person_links (record_id) SELECT DISTINCT {side}_record_id FROM published.link_review"
            )
    return path
