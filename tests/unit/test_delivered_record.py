"""What was delivered can be looked at again from any row: by its delivery and line."""

import io
from pathlib import Path

import polars as pl
import pytest
from rich.console import Console

from pipelines.delivered_record import show_delivered
from pipelines.settings import UserError
from tests.landed_folder import LandedFolder, csv_of, rows_of


def _published(folder: LandedFolder, path: Path) -> Path:
    """A publication that holds the table of deliveries alone."""
    publication = path / "reconciliation.duckdb"
    folder.con.execute(f"ATTACH '{publication}' AS out")
    folder.con.execute("CREATE SCHEMA out.published")
    folder.con.execute("CREATE TABLE out.published.deliveries AS FROM landed.deliveries")
    folder.con.execute("DETACH out")
    return publication


def _shown(folder: LandedFolder, publication: Path, delivery_id: str, line: int) -> str:
    said = io.StringIO()
    show_delivered(publication, folder.store, delivery_id, line, Console(file=said, width=200))
    return said.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> LandedFolder:
    return LandedFolder(tmp_path / "night")


def test_a_line_is_shown_as_it_was_delivered(folder: LandedFolder, tmp_path: Path) -> None:
    names = ({"name": "First"}, {"centre_number": "01235", "name": "  second ,x "})
    delivery = folder.land_one("centres", csv_of(rows_of("centres", *names)))
    shown = _shown(folder, _published(folder, tmp_path), delivery["delivery_id"], 3)
    assert "centres/results 2026-07-15.csv, line 3" in shown
    assert '01235,"  second ,x "' in shown
    assert "First" not in shown


def test_utf16_is_shown_as_text(folder: LandedFolder, tmp_path: Path) -> None:
    content = csv_of(rows_of("centres", {"name": "Coleg Gŵyr"})).decode().encode("utf-16")
    delivery = folder.land_one("centres", content)
    assert "Coleg Gŵyr" in _shown(folder, _published(folder, tmp_path), delivery["delivery_id"], 2)


def test_a_row_of_parquet_is_shown_with_its_columns(folder: LandedFolder, tmp_path: Path) -> None:
    table = io.BytesIO()
    pl.DataFrame(rows_of("centres", {}, {"centre_number": "01235"})).write_parquet(table)
    delivery = folder.land_one("centres", table.getvalue(), "centres 2026-07-15.parquet")
    assert "centre_number: 01235" in _shown(folder, _published(folder, tmp_path), delivery["delivery_id"], 2)


def test_a_line_that_the_file_does_not_have_and_a_delivery_that_is_none_are_said_to_be_so(
    folder: LandedFolder, tmp_path: Path
) -> None:
    delivery = folder.land_one("centres", csv_of(rows_of("centres", {})))
    publication = _published(folder, tmp_path)
    with pytest.raises(UserError, match=r"the file has no line 9"):
        _shown(folder, publication, delivery["delivery_id"], 9)
    with pytest.raises(UserError, match=r"no delivery \[none\]"):
        _shown(folder, publication, "none", 1)


def test_a_file_that_the_store_no_longer_keeps_is_said_to_be_gone(folder: LandedFolder, tmp_path: Path) -> None:
    delivery = folder.land_one("centres", csv_of(rows_of("centres", {})))
    for file in (folder.store / "files").iterdir():
        file.unlink()
    with pytest.raises(UserError, match="no longer in the store"):
        _shown(folder, _published(folder, tmp_path), delivery["delivery_id"], 2)
