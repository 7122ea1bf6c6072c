"""The sample cycle delivered entirely in formats of its senders' own publishes what its canonical twin publishes."""

import json
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from fixtures.real_formats import deliveries, write_twins
from fixtures.real_senders import senders_and_files
from schemas.feeds import FEEDS
from tests.integration.nights import SAMPLE, TABLES, Place

#: What tells of files and not of what they hold: another file is another delivery.
_OF_FILES = {"deliveries", "quarantine", "row_ledger", "runs"}


def _night(folder: Path, landing: Path) -> Place:
    here = Place(folder, landing)
    result = here.run()
    assert result.returncode == 0, result.stderr
    return here


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> tuple[Place, Place]:
    folder = tmp_path_factory.mktemp("twins")
    write_twins(*senders_and_files(deliveries(SAMPLE / "landing")), folder)
    return tuple(_night(folder / f"night of {kind}", folder / kind) for kind in ("real", "canonical"))


def _rows(place: Place, table: str) -> Counter[str]:
    """Rows of a published table; of where a value came from only the feed."""
    with duckdb.connect(place.published, read_only=True) as connection:
        found = connection.execute(f"SELECT * FROM published.{table}")
        names = [column[0] for column in found.description]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    for row in rows:
        if row.get("sources"):
            row["sources"] = [
                {name: one[name] for name in ("alias", "feed") if name in one} for one in json.loads(row["sources"])
            ]
    return Counter(repr(row) for row in rows)


def test_no_delivery_of_the_real_formats_is_canonical_refused_or_loses_a_row(twins: tuple[Place, Place]) -> None:
    real, _ = twins
    with duckdb.connect(real.published, read_only=True) as connection:
        found = connection.execute(
            "SELECT format, status, reason, quarantined_rows FROM published.deliveries"
        ).fetchall()
    assert {status for _, status, _, _ in found} == {"accepted"}
    assert sum(quarantined for *_, quarantined in found) == 0
    assert {kind for kind, *_ in found}.isdisjoint({"csv", "parquet"})


def test_every_feed_is_delivered_in_a_real_format_and_each_organisation_has_its_own(twins: tuple[Place, Place]) -> None:
    real, _ = twins
    with duckdb.connect(real.published, read_only=True) as connection:
        found = connection.execute("SELECT DISTINCT feed, format, file_name FROM published.deliveries").fetchall()
    assert {feed for feed, _, _ in found} == set(FEEDS)
    of_results = {name.split("-")[0]: kind for feed, kind, name in found if feed == "ao_unit_results"}
    assert len(set(of_results.values())) == len(of_results) > 1
    assert len({kind for _, kind, _ in found}) >= 7


@pytest.mark.parametrize("table", [table for table in TABLES if table not in _OF_FILES])
def test_a_published_table_is_the_same_whatever_the_formats(twins: tuple[Place, Place], table: str) -> None:
    real, canonical = (_rows(place, table) for place in twins)
    assert real == canonical
    if table == "flags":
        assert real.total() > 100
