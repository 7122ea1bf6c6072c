"""A landing folder, a store and an in-memory warehouse for tests of the landed layer.

All values are invented: learner numbers fail their check digits so that they can be nobody's, names belong to no one.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from assets.landed.landing import land_feed
from assets.landed.limits import Limits
from schemas.feeds import FEEDS

AS_OF = date(2026, 8, 1)

#: One row of each feed that every check accepts.
ACCEPTABLE: dict[str, dict[str, str]] = {
    "ao_unit_results": {
        "awarding_organisation_rn": "RN0001",
        "registration_number": "REG1",
        "qualification_number": "60000004",
        "unit_number": "1",
        "series": "2026-06",
        "result_date": "2026-07-01",
        "grade": "P",
        "points": "6.5",
        "basis": "assessed",
    },
    "ao_registrations": {
        "awarding_organisation_rn": "RN0001",
        "registration_number": "REG1",
        "qualification_number": "60000004",
        "centre_number": "01234",
        "forename": "Invented",
        "surname": "Person",
        "date_of_birth": "2008-02-29",
        "sex": "F",
        "postcode": "ZZ1 1ZZ",
        "uln": "1000000001",
        "registration_date": "2024-09-15",
        "status": "active",
    },
    "centre_unit_entries": {
        "centre_number": "01234",
        "centre_learner_reference": "L1",
        "qualification_number": "60000004",
        "unit_number": "1",
        "series": "",
        "entry_status": "entered",
    },
    "centres": {"centre_number": "01234", "name": "Invented College"},
    "key_dates": {
        "awarding_organisation_rn": "RN0001",
        "qualification_number": "",
        "event": "results_to_centres",
        "series": "2026-06",
        "falls_on": "2026-08-13T00:01",
    },
    "ucas_applicants": {
        "personal_id": "0123456789",
        "forenames": "Invented",
        "surname": "Person",
        "date_of_birth": "2008-02-29",
    },
    "ucas_qualifications": {"personal_id": "0123456789", "declared_number": "1", "status": "pending"},
    "qualifications": {
        "qualification_number": "60000004",
        "title": "Invented Diploma",
        "awarding_organisation_rn": "RN0001",
        "level": "3",
        "guided_learning_hours": "360",
    },
}


def rows_of(feed: str, *changes: Mapping[str, str]) -> list[dict[str, str]]:
    """One acceptable row a change, with the change made."""
    return [ACCEPTABLE[feed] | dict(change) for change in changes]


def csv_of(rows: Iterable[Mapping[str, str]], ending: str = "\n") -> bytes:
    """Rows as CSV with the first row's columns as header."""
    rows = list(rows)
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator=ending)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


class LandedFolder:
    """What a test puts into the landing folder, and what landing makes of it."""

    def __init__(self, folder: Path, limits: Limits | None = None) -> None:
        self.landing, self.store, self.limits = folder / "landing", folder / "store", limits
        self.landing.mkdir(parents=True)
        self.con = duckdb.connect()

    def put(self, feed: str, content: bytes, name: str = "results 2026-07-15.csv") -> Path:
        """Writes a file into a feed's folder."""
        path = self.landing / feed / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        return path

    def land(self, feed: str, as_of: date = AS_OF) -> dict[str, int]:
        """Lands one feed."""
        return land_feed(self.con, FEEDS[feed], self.landing, self.store, as_of, limits=self.limits)

    def land_one(self, feed: str, content: bytes, name: str = "results 2026-07-15.csv") -> dict[str, Any]:
        """Puts one file, lands its feed, and returns the file's row of `landed.deliveries`."""
        self.put(feed, content, name)
        self.land(feed)
        (delivery,) = (row for row in self.deliveries() if row["file_name"] == f"{feed}/{name}")
        return delivery

    def deliveries(self) -> list[dict[str, Any]]:
        return self._rows("SELECT * FROM landed.deliveries ORDER BY file_name")

    def reasons(self) -> list[tuple[Any, ...]]:
        """Line, column, rule and class of value of everything in quarantine, in order."""
        return self.con.execute(
            "SELECT line, column_name, rule, value_class FROM landed.quarantine "
            "ORDER BY line NULLS FIRST, column_name NULLS FIRST, rule"
        ).fetchall()

    def valid(self, delivery: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Valid rows of an accepted delivery, in order of line."""
        return self._rows("SELECT * FROM read_parquet(?) ORDER BY line", f"{delivery['parsed_path']}/rows.parquet")

    def keys(self, delivery: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Keys of the quarantined rows of an accepted delivery, in order of line."""
        file = f"{delivery['parsed_path']}/quarantined_keys.parquet"
        return self._rows("SELECT * FROM read_parquet(?) ORDER BY line", file)

    def _rows(self, statement: str, *values: str) -> list[dict[str, Any]]:
        result = self.con.execute(statement, list(values))
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]
