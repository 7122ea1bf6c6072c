"""Reports are written where what they say has changed, and only there; what is gone is called stale."""

from datetime import date
from pathlib import Path

import pytest

from tests.report_publication import CALENDAR, CENTRE, FLAGS, OTHER, POSITIONS, page_of, position, publish, sections_of
from tests.reports.conftest import Reconcile


@pytest.fixture
def folder(reconcile: Reconcile, tmp_path: Path) -> Path:
    assert reconcile("reports") == 0
    return tmp_path / "reports"


def test_a_report_that_says_the_same_is_not_written_again_though_the_day_is_another(
    folder: Path, reconcile: Reconcile, published: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*.*") if path.suffix in (".html", ".xlsx")}
    marks = {path: path.stat().st_mtime_ns for path in before if path.parent != folder}
    publish(published, POSITIONS, FLAGS, CALENDAR, as_of=date(2026, 5, 15))
    capsys.readouterr()
    assert reconcile("reports") == 0
    assert "Reports as of 2026-05-15: 0 of 3 written, 3 unchanged." in capsys.readouterr().out
    assert {path: path.stat().st_mtime_ns for path in marks} == marks
    assert {path: path.read_bytes() for path in before} == before


def test_a_report_that_has_changed_or_is_gone_is_written_again_and_no_other(
    folder: Path, reconcile: Reconcile, published: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "ucas" / "flags-ucas.xlsx").unlink()
    publish(
        published, [{**POSITIONS[0], "status": "on_track"}, *POSITIONS[1:]], FLAGS, CALENDAR, as_of=date(2026, 5, 16)
    )
    capsys.readouterr()
    assert reconcile("reports") == 0
    assert "2 of 3 written, 1 unchanged" in capsys.readouterr().out
    assert "What was known on 16 May 2026" in page_of(folder)
    assert "What was known on 14 May 2026" in page_of(folder, "organisations/flags-RN0001")


def test_a_centre_that_is_gone_leaves_a_report_that_the_index_calls_stale(
    folder: Path, reconcile: Reconcile, published: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publish(published, [position(1, centre_number=OTHER, recorded_centre_number=OTHER)])
    capsys.readouterr()
    assert reconcile("reports") == 0
    assert "Stale: 1." in capsys.readouterr().out
    assert (folder / "centres" / f"checkpoint-{CENTRE}.html").exists()
    index = (folder / "index.html").read_text(encoding="utf-8")
    assert f"checkpoint-{CENTRE}.*" in sections_of(index)["stale"]
    assert f"centres/checkpoint-{OTHER}.html" in sections_of(index)["centres"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--centre", "55555"), "of centre [55555]"),
        (("--organisation", "RN9999"), "of awarding organisation [RN9999]"),
        (("--published", "HERE/none.duckdb"), "nothing is published at"),
        (("--output", "HERE"), "holds something else than reports"),
    ],
)
def test_what_cannot_be_written_is_said_in_one_line(
    reconcile: Reconcile, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], message: str
) -> None:
    assert reconcile("reports", *(word.replace("HERE", str(tmp_path)) for word in words)) == 1
    said = capsys.readouterr().err
    assert message in said and said.count("\n") == 1
