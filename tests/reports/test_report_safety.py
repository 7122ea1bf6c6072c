"""What the reports must not do: tell a result, run a value, shut a reader out, or show anybody's name elsewhere."""

import itertools
import zipfile
from pathlib import Path

import openpyxl
import pytest

from tests.page_outline import Outline, colours_of, contrast
from tests.report_publication import (
    CENTRE,
    CONTACT,
    POSITIONS,
    flag,
    page_of,
    position,
    publish,
    sheet_of,
)
from tests.reports.conftest import Reconcile

HOSTILE = ("=HYPERLINK(0)", "+44 20", "-3", "@SUM(A1)", "\t=1", "\r=1", '"><script>alert(1)</script>', "\u202eabc")


def test_what_rests_on_a_result_before_its_release_is_said_nowhere(folder: Path) -> None:
    page = page_of(folder)
    assert "SECRET" not in page and "SECRET" not in page_of(folder, "ucas/flags-ucas")
    # UCAS has its results before the centres have theirs
    assert "At UCAS" not in page and "At UCAS" in page_of(folder, "ucas/flags-ucas")
    with zipfile.ZipFile(folder / "centres" / f"checkpoint-{CENTRE}.xlsx") as archive:
        assert not any(b"SECRET" in archive.read(name) for name in archive.namelist())


def test_hostile_values_are_shown_as_text_on_pages_and_in_workbooks(
    reconcile: Reconcile, published: Path, tmp_path: Path
) -> None:
    people = [position(number, surname=text) for number, text in enumerate(HOSTILE)]
    contact = {**CONTACT, "name": '=1+1"><script>', "senior_contact_name": "<b>@x"}
    publish(published, people, [flag(number) for number in range(len(HOSTILE))], contacts=[contact])
    assert reconcile("reports") == 0
    for page in (tmp_path / "reports").rglob("*.html"):
        outline = Outline(page.read_text(encoding="utf-8"))
        assert not outline.all("script") and not outline.all("b")
    assert "U+202E" in page_of(tmp_path / "reports")
    for path in (tmp_path / "reports").rglob("*.xlsx"):
        for sheet in openpyxl.load_workbook(path).worksheets:
            cells = [cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
            assert {cell.data_type for cell in cells} == {"s"}
            assert all(cell.quotePrefix for cell in cells if cell.value.startswith(("=", "+", "-", "@", "\t")))
    names = {row[0] for row in sheet_of(tmp_path / "reports", "Declaration")[1:]}
    assert {str(name).replace("_x000D_", "\r") for name in names} == set(HOSTILE)


def test_pages_can_be_read_aloud_and_by_keyboard(folder: Path) -> None:
    for path in folder.rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        outline = Outline(page)
        assert len(outline.all("main")) == len(outline.all("h1")) == len(outline.all("nav")) == 1
        levels = [int(name[1]) for name, _ in outline.elements if name in ("h1", "h2", "h3")]
        assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
        assert len(outline.all("table")) == len(outline.all("caption"))
        assert all(head.get("scope") in ("col", "row") for head in outline.all("th"))
        scrolled = [box for box in outline.all("div") if box.get("class") == "scroll"]
        assert all(box["tabindex"] == "0" and box["role"] == "region" and box["aria-label"] for box in scrolled)
        ids = [attributes["id"] for _, attributes in outline.elements if "id" in attributes]
        assert len(ids) == len(set(ids))
        inside = {str(link["href"])[1:] for link in outline.all("a") if str(link["href"]).startswith("#")}
        assert inside <= set(ids)
        assert not outline.all("script") and "style=" not in page.split("</style>")[1]
        for scheme in (0, 1):
            colours = colours_of(page, scheme)
            assert min(contrast(colours[name], colours["ground"]) for name in ("text", "quiet")) >= 4.5


def test_only_its_owner_may_read_what_is_written(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600)


def test_the_index_links_every_report_and_names_no_learner(folder: Path) -> None:
    index = (folder / "index.html").read_text(encoding="utf-8")
    links = {str(link["href"]) for link in Outline(index).all("a") if not str(link["href"]).startswith("#")}
    assert links == {
        str(path.relative_to(folder))
        for path in folder.rglob("*.*")
        if path.parent != folder and path.suffix != ".part"
    }
    assert "Invented College (01234)" in index
    assert not any(str(row["surname"]) in index + (folder / "manifest.json").read_text() for row in POSITIONS)


def test_nothing_personal_is_printed(reconcile: Reconcile, capsys: pytest.CaptureFixture[str]) -> None:
    assert reconcile("reports") == 0
    said = "".join(capsys.readouterr())
    assert not any(str(row[name]) in said for row in POSITIONS for name in ("surname", "centre_learner_reference"))
