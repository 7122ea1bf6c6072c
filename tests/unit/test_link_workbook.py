"""The queue as a workbook: written safely, filled in with a spreadsheet program, and read back row by row."""

import io
import struct
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from pipelines.cli import main
from pipelines.ledger import open_ledger
from pipelines.link_decisions import link_decisions_in_force
from pipelines.link_workbook import DECISION, OF_EACH_RECORD, PAIR, PAIRS, REASON
from schemas.link_decisions import LinkDecision
from schemas.link_review import DELIVERED
from tests.link_publication import pair, publish, queued

FORMULAS = ["=1+1", "+44 20", "-3", "@SUM(A1)", "\t=1", "\r=1", "=HYPERLINK(0)", "{=1+1}", "https://example.org"]

#: Pairs by strength of evidence, the strongest first.
QUEUE = [
    queued(5, 6, match_weight=9.0, reason="contradiction", second_date_of_birth=date(2008, 3, 2)),
    queued(1, 2, match_weight=7.0, first_surname=FORMULAS[0], second_surname=FORMULAS[1]),
    queued(2, 3, match_weight=5.0, first_date_of_birth=date(1899, 1, 1), reason="several_candidates"),
    queued(1, 3, match_weight=None, match_probability=None),
]

Reconcile = Callable[..., int]


@pytest.fixture
def reconcile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reconcile:
    monkeypatch.setenv("RECONCILE_DATA", str(tmp_path))
    monkeypatch.delenv("RECONCILE_LEDGER_URL", raising=False)
    monkeypatch.setenv("RECONCILE_PUBLISHED", str(publish(tmp_path / "reconciliation.duckdb", QUEUE)))
    return lambda *words: main([str(word) for word in words])


@pytest.fixture
def written(reconcile: Reconcile, tmp_path: Path) -> Path:
    path = tmp_path / "queue.xlsx"
    assert reconcile("link-review", "--workbook", path) == 0
    return path


def fill(path: Path, answers: dict[str, tuple[str | None, str | None]], **more: Any) -> None:
    """Fill in the decision and the reason of pairs as a spreadsheet program would, and save."""
    book = openpyxl.load_workbook(path)
    sheet = book[PAIRS]
    for row in sheet.iter_rows(min_row=2):
        if row[0].value in answers:
            row[1].value, row[2].value = answers[row[0].value]
    for row in more.get("append", ()):
        sheet.append(row)
    book.save(path)


def kept(tmp_path: Path) -> list[LinkDecision]:
    with open_ledger(f"sqlite:///{tmp_path}/ledger.sqlite") as opened:
        return link_decisions_in_force(opened)


def test_the_summary_counts_by_reason_says_where_the_page_is_and_names_nobody(
    reconcile: Reconcile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reconcile("decide-link", pair(1, 3), "different", "--by", "A. Nother", "--reason", "two files")
    capsys.readouterr()
    assert reconcile("link-review") == 0
    said = " ".join(capsys.readouterr().out.split())
    for words in ("weak_evidence 1", "contradiction 1", "several_candidates 1", "all 3", "from the next run on: 1"):
        assert words in said
    assert f"As of 2026-05-14. Pair by pair, with the evidence: {tmp_path / 'link_review.html'}" in said
    assert "Example" not in said


def test_a_publication_without_a_queue_is_said_plainly(
    reconcile: Reconcile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert reconcile("link-review", "--published", tmp_path / "none.duckdb") == 1
    assert "nothing is published at" in capsys.readouterr().err


def test_the_workbook_is_its_owner_s_alone_and_is_never_written_over(written: Path, reconcile: Reconcile) -> None:
    assert written.stat().st_mode & 0o777 == 0o600
    before = written.read_bytes()
    assert reconcile("link-review", "--workbook", written) == 1
    assert written.read_bytes() == before


def test_the_workbook_says_what_to_do_and_offers_the_two_decisions_strongest_first(written: Path) -> None:
    book = openpyxl.load_workbook(written)
    steps, sheet = book.worksheets
    assert any("choose same or different" in str(cell.value) for cell in steps["A"])
    headings = [cell.value for cell in sheet[1]]
    assert headings[:3] == [PAIR, DECISION, REASON]
    assert {name for _, name, _ in OF_EACH_RECORD} == {*DELIVERED, "feed"}
    assert [cell.value for cell in sheet["A"][1:]] == [row["pair_id"] for row in QUEUE]
    assert (sheet.freeze_panes, sheet.auto_filter.ref[:3]) == ("D2", "A1:")
    (offered,) = sheet.data_validations.dataValidation
    assert (str(offered.sqref), offered.formula1) == ("B2:B5", '"same,different"')
    born = headings.index("First: date of birth")
    assert sheet.cell(2, born + 1).value == datetime(2008, 2, 3)
    assert sheet.cell(2, born + 1).fill.fgColor.rgb == sheet.cell(2, born + 2).fill.fgColor.rgb == "FFFFE4B5"
    assert sheet.cell(4, born + 1).value == "1899-01-01"


def test_no_delivered_value_becomes_a_formula_or_a_link(reconcile: Reconcile, tmp_path: Path) -> None:
    rows = [queued(number, 100 + number, first_surname=text) for number, text in enumerate(FORMULAS)]
    published = publish(tmp_path / "hostile.duckdb", rows)
    assert reconcile("link-review", "--workbook", tmp_path / "h.xlsx", "--published", published) == 0
    sheet = openpyxl.load_workbook(tmp_path / "h.xlsx")[PAIRS]
    place = [cell.value for cell in sheet[1]].index("First: surname")
    cells = [row[place] for row in sheet.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.value.replace("_x000D_", "\r") for cell in cells} == {*FORMULAS}
    with zipfile.ZipFile(tmp_path / "h.xlsx") as archive:
        sheets = [name for name in archive.namelist() if "worksheets/sheet" in name]
        assert not any(b"<f>" in archive.read(name) or b"hyperlink" in archive.read(name) for name in sheets)


def test_a_filled_workbook_is_read_back_whatever_the_spreadsheet_did_to_the_words(
    written: Path, reconcile: Reconcile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(written, {pair(1, 2): (" Same ", " seen the file\n"), pair(5, 6): ("DIFFERENT", "two birth certificates")})
    assert reconcile("decide-link", "--workbook", written, "--by", "A. Nother") == 0
    said = capsys.readouterr().out
    assert "Recorded as decided by [A. Nother]: 2" in said
    assert "In force already: 0. Refused: 0. Without a decision: 2." in said
    assert [(row.pair_id, row.decision, row.reason) for row in kept(tmp_path)] == [
        (pair(1, 2), "same", "seen the file"),
        (pair(5, 6), "different", "two birth certificates"),
    ]
    assert reconcile("decide-link", "--workbook", written, "--by", "A. Nother") == 0
    assert "In force already: 2." in capsys.readouterr().out
    assert reconcile("link-review", "--workbook", tmp_path / "rest.xlsx") == 0
    rest = openpyxl.load_workbook(tmp_path / "rest.xlsx")[PAIRS]
    assert [cell.value for cell in rest["A"][1:]] == [pair(2, 3), pair(1, 3)]


def test_rows_are_refused_one_by_one_and_the_others_recorded(
    written: Path, reconcile: Reconcile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reconcile("decide-link", pair(5, 6), "same", "--by", "B. Other", "--reason", "seen the file")
    strange = [
        [pair(8, 9), "same", "seen"],
        ["Surname", "same", "seen"],
        [pair(1, 3), "Surname", "seen"],
        [pair(2, 3), "different", "two files"],
        [None, "same", "seen"],
    ]
    answers = {pair(5, 6): ("different", "two files"), pair(2, 3): ("same", "seen"), pair(1, 2): ("same", "seen")}
    fill(written, {**answers, pair(1, 3): ("same", None)}, append=strange)
    capsys.readouterr()
    assert reconcile("decide-link", "--workbook", written, "--by", "A. Nother") == 1
    said, failed = capsys.readouterr()
    refused = [line for line in said.splitlines() if line.startswith("refused: ")]
    for line, words in zip(
        refused,
        [
            f"row 2, pair [{pair(5, 6)}]: it was decided [same] by [B. Other] on",
            f"row 4, pair [{pair(2, 3)}]: rows 4, 9 decide it differently",
            f"row 5, pair [{pair(1, 3)}]: the column {REASON} is empty",
            f"row 6, pair [{pair(8, 9)}]: it is not in the queue",
            f"row 7: the column {PAIR} holds no pair's id",
            f"row 8, pair [{pair(1, 3)}]: the column {DECISION} holds neither same nor different",
            f"row 9, pair [{pair(2, 3)}]: rows 4, 9 decide it differently",
            f"row 10: the column {PAIR} holds no pair's id",
        ],
        strict=True,
    ):
        assert line.startswith(f"refused: {words}")
    assert "Surname" not in said + failed
    assert "[8] rows of the workbook were refused, as said above, and the other [1] recorded" in failed
    assert {row.pair_id for row in kept(tmp_path)} == {pair(5, 6), pair(1, 2)}


def test_answers_of_one_workbook_that_contradict_each_other_by_a_chain_are_refused(
    written: Path, reconcile: Reconcile, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(written, {pair(1, 2): ("same", "a"), pair(2, 3): ("same", "b"), pair(1, 3): ("different", "c")})
    assert reconcile("decide-link", "--workbook", written, "--by", "A. Nother") == 1
    said = capsys.readouterr().out
    assert f"refused: row 5, pair [{pair(1, 3)}]" in said
    assert f"[{pair(1, 2)}], [{pair(2, 3)}] are decided [same]" in said
    assert "Recorded as decided by [A. Nother]: 2" in said


def _small(rows: list[list[Any]], sheet: str = PAIRS) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        made = book.add_worksheet(sheet)
        for line, row in enumerate(rows):
            made.write_row(line, 0, row)
    return content.getvalue()


def _bomb() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(60_000_000))
    return content.getvalue()


def _lying_bomb() -> bytes:
    """The same, but saying that it unpacks to a thousand bytes."""
    honest = _bomb()
    return honest.replace(struct.pack("<I", 60_000_000), struct.pack("<I", 1000))


def _no_markup() -> bytes:
    """A workbook whose sheet is no XML."""
    content = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_small([[PAIR]]))) as archive, zipfile.ZipFile(content, "w") as copy:
        for name in archive.namelist():
            copy.writestr(name, b"<worksheet><sheetData><row" if "sheet1" in name else archive.read(name))
    return content.getvalue()


def _far_apart() -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet(PAIRS)
        sheet.write_string(0, 0, PAIR)
        sheet.write_string(1_048_575, 16_383, "far")
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"Pair,Decision\n", "is no .xlsx file, or is damaged or locked by a password"),
        (_small([[PAIR, DECISION, REASON]])[:-40], "is no .xlsx file"),
        (_bomb(), "would unpack to [60000000] bytes"),
        (_lying_bomb(), "is no .xlsx file, or is damaged"),
        (_no_markup(), "cannot be read: it is damaged"),
        (_far_apart(), "its cells lie too far apart"),
        (_small([[PAIR, DECISION, REASON]], sheet="Other"), f"has no sheet [{PAIRS}]"),
        (_small([]), f"holds the heading [{PAIR}] [0] times"),
        (_small([[PAIR, DECISION, DECISION, REASON]]), f"holds the heading [{DECISION}] [2] times"),
        (_small([[PAIR, DECISION]]), f"holds the heading [{REASON}] [0] times"),
    ],
    ids=[
        "csv",
        "cut short",
        "bomb",
        "lying bomb",
        "no markup",
        "far apart",
        "other sheet",
        "empty",
        "twice",
        "no reason",
    ],
)
def test_a_file_that_is_no_queue_or_is_made_to_fill_the_memory_is_refused_in_one_line(
    reconcile: Reconcile, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, said: str
) -> None:
    path = tmp_path / "sent.xlsx"
    path.write_bytes(content)
    assert reconcile("decide-link", "--workbook", path, "--by", "A. Nother") == 1
    printed = capsys.readouterr().err
    assert said in printed
    assert printed.count("\n") == 1


def test_a_workbook_that_is_not_there_or_too_large_is_refused(
    reconcile: Reconcile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert reconcile("decide-link", "--workbook", tmp_path / "none.xlsx", "--by", "A. Nother") == 1
    assert "cannot be opened (No such file or directory)" in capsys.readouterr().err
    with (tmp_path / "large.xlsx").open("wb") as file:
        file.truncate(30_000_000)
    assert reconcile("decide-link", "--workbook", tmp_path / "large.xlsx", "--by", "A. Nother") == 1
    assert "is larger than [20000000] bytes" in capsys.readouterr().err
