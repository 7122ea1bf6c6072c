"""Names that would run if they were not escaped: they stand as text in the workbooks and pages that are handed out."""

from pathlib import Path

import duckdb
import openpyxl
import pytest
from rich.console import Console

from fixtures.centres import HOSTILE_NAMES
from pipelines.reports import Wanted, write_reports
from tests.integration.conftest import Night
from tests.page_outline import Outline


@pytest.fixture(scope="module")
def hostile_centres(night: Night) -> dict[str, str]:
    """Numbers of the centres that bear hostile names, with the names."""
    with duckdb.connect(night.place.published, read_only=True) as connection:
        named = dict(connection.execute("SELECT centre_number, centre_name FROM published.centre_summary").fetchall())
    return {number: name for number, name in named.items() if name and name.startswith(tuple(HOSTILE_NAMES.values()))}


@pytest.fixture(scope="module")
def reports(night: Night, hostile_centres: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reports")
    write_reports(night.place.published, folder, Wanted(centres=tuple(hostile_centres)), Console(quiet=True))
    return folder


def test_every_hostile_name_reaches_the_publication(hostile_centres: dict[str, str]) -> None:
    assert len(hostile_centres) == len(HOSTILE_NAMES)


def test_a_workbook_holds_a_hostile_name_as_text_and_not_as_a_formula(
    reports: Path, hostile_centres: dict[str, str]
) -> None:
    for number, name in hostile_centres.items():
        book = openpyxl.load_workbook(reports / "centres" / f"checkpoint-{number}.xlsx")
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert any(name in str(cell.value) for cell in cells)
        assert [cell.coordinate for cell in cells if cell.data_type == "f" and "HYPERLINK" in str(cell.value)] == []
        assert [cell.coordinate for cell in cells if cell.hyperlink and "hostile" in str(cell.hyperlink.target)] == []


def test_a_page_holds_a_hostile_name_as_text(reports: Path, night: Night, hostile_centres: dict[str, str]) -> None:
    overview = Outline((night.place.published.parent / "current" / "overview.html").read_text(encoding="utf-8"))
    for number, name in hostile_centres.items():
        report = Outline((reports / "centres" / f"checkpoint-{number}.html").read_text(encoding="utf-8"))
        for page in (overview, report):
            assert name in page.text
            assert not page.all("script") and not page.all("img")
