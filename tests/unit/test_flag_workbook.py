"""The flags as a workbook: written safely, filled in with a spreadsheet program, and read back row by row."""

import zipfile
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipelines.cli import main
from pipelines.flag_decisions import flag_decisions_in_force
from pipelines.flag_workbook import ASSIGNED_TO, DECISION, EXPIRES, FLAG, FLAGS, LAST_DECISION, REASON
from pipelines.ledger import open_ledger
from pipelines.settings import today
from schemas.flag_life import FlagDecision
from tests.flag_publication import flag, publish_flags, raised

FORMULAS = [
    "=1+1",
    "+44 20",
    "-3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "=HYPERLINK(0)",
    "{=1+1}",
    "https://example.org",
]
LATER = today() + timedelta(days=30)

RAISED = [
    raised(1, detail=FORMULAS[0], centre_number="90002"),
    raised(2, urgency="urgent", act_by=date(2026, 5, 20)),
    raised(3, flag_code="award_overdue", owner="awarding_organisation"),
    raised(4, awarding_organisation_rn=None),
    raised(5),
]

Reconcile = Callable[..., int]


@pytest.fixture
def reconcile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reconcile:
    monkeypatch.setenv("RECONCILE_DATA", str(tmp_path))
    monkeypatch.delenv("RECONCILE_LEDGER_URL", raising=False)
    published = publish_flags(tmp_path / "reconciliation.duckdb", RAISED, resolved={flag(8): date(2026, 5, 2)})
    monkeypatch.setenv("RECONCILE_PUBLISHED", str(published))
    return lambda *words: main([str(word) for word in words])


@pytest.fixture
def written(reconcile: Reconcile, tmp_path: Path) -> Path:
    path = tmp_path / "flags.xlsx"
    assert reconcile("decide", "--queue", path) == 0
    return path


def sheet_of(path: Path) -> list[dict[str, Any]]:
    rows = list(openpyxl.load_workbook(path)[FLAGS].iter_rows(values_only=True))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def fill(path: Path, answers: Mapping[str, Mapping[str, Any]], append: tuple[Mapping[str, Any], ...] = ()) -> None:
    """Fill in columns of flags as a spreadsheet program would, add rows, and save."""
    book = openpyxl.load_workbook(path)
    sheet = book[FLAGS]
    headings = [cell.value for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        for heading, value in answers.get(row[0].value, {}).items():
            row[headings.index(heading)].value = value
    for extra in append:
        sheet.append([extra.get(heading) for heading in headings])
    book.save(path)


def kept(tmp_path: Path) -> dict[str, FlagDecision]:
    with open_ledger(f"sqlite:///{tmp_path}/ledger.sqlite") as opened:
        return {row.flag_id: row for row in flag_decisions_in_force(opened, today())}


def test_the_queue_is_its_owner_s_alone_urgent_first_and_never_written_over(
    written: Path, reconcile: Reconcile
) -> None:
    assert written.stat().st_mode & 0o777 == 0o600
    before = written.read_bytes()
    assert reconcile("decide", "--queue", written) == 1
    assert written.read_bytes() == before
    rows = sheet_of(written)
    assert rows[0][FLAG] == flag(2)
    assert rows[0]["Act by"] == datetime(2026, 5, 20)
    assert {row["What to do"] for row in rows if row["Code"] == "claim_missing"} == {"Make the claim."}
    assert {row[LAST_DECISION] for row in rows} == {"0"}
    (offered,) = openpyxl.load_workbook(written)[FLAGS].data_validations.dataValidation
    assert (str(offered.sqref), offered.formula1) == ("B2:B6", '"acknowledged,waived,assigned,withdrawn"')


@pytest.mark.parametrize(
    ("words", "flags"),
    [
        (["--owner", "awarding_organisation"], {3}),
        (["--centre", "90002"], {1}),
        (["--organisation", "RN9901"], {1, 2, 3, 5}),
        (["--code", "claim_missing"], {1, 2, 4, 5}),
        (["--code", "claim_missing", "award_overdue", "--centre", "90001"], {2, 3, 4, 5}),
    ],
)
def test_the_queue_is_narrowed_to_what_is_asked(
    reconcile: Reconcile, tmp_path: Path, words: list[str], flags: set[int]
) -> None:
    assert reconcile("decide", "--queue", tmp_path / "some.xlsx", *words) == 0
    assert {row[FLAG] for row in sheet_of(tmp_path / "some.xlsx")} == {flag(number) for number in flags}


def test_a_queue_of_nothing_is_not_written(
    reconcile: Reconcile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert reconcile("decide", "--queue", tmp_path / "none.xlsx", "--centre", "99999") == 1
    assert "no flag of that kind is raised" in capsys.readouterr().err
    assert not (tmp_path / "none.xlsx").exists()


def test_no_published_value_becomes_a_formula_or_a_link(reconcile: Reconcile, tmp_path: Path) -> None:
    rows = [raised(number, detail=text) for number, text in enumerate(FORMULAS)]
    published = publish_flags(tmp_path / "hostile.duckdb", rows)
    assert reconcile("decide", "--queue", tmp_path / "h.xlsx", "--published", published) == 0
    sheet = openpyxl.load_workbook(tmp_path / "h.xlsx")[FLAGS]
    place = [cell.value for cell in sheet[1]].index("What is wrong")
    cells = [row[place] for row in sheet.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.value.replace("_x000D_", "\r") for cell in cells} == {*FORMULAS}
    quoted = {cell.value.replace("_x000D_", "\r") for cell in cells if cell.quotePrefix}
    assert quoted == {text for text in FORMULAS if text[0] in "=+-@\t\r\n"}
    with zipfile.ZipFile(tmp_path / "h.xlsx") as archive:
        sheets = [name for name in archive.namelist() if "worksheets/sheet" in name]
        assert not any(b"<f>" in archive.read(name) or b"hyperlink" in archive.read(name) for name in sheets)


def test_a_filled_workbook_is_read_back_whatever_the_spreadsheet_did_to_it(
    written: Path, reconcile: Reconcile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = {
        flag(1): {DECISION: " Waived ", REASON: "agreed\n", EXPIRES: LATER},
        flag(2): {DECISION: "ASSIGNED", ASSIGNED_TO: "=C. Third", EXPIRES: f"{LATER:%d/%m/%Y}"},
        flag(3): {DECISION: "acknowledged"},
    }
    fill(written, answers)
    assert reconcile("decide", "--workbook", written, "--by", "A. Nother") == 1
    fill(written, {flag(2): {ASSIGNED_TO: "C. Third"}})
    capsys.readouterr()
    reconcile("decide", "--workbook", written, "--by", "A. Nother")
    said = capsys.readouterr().out
    assert "Without a decision: 2." in said
    found = kept(tmp_path)
    assert {name: (row.decision, row.reason, row.assigned_to, row.expires_on) for name, row in found.items()} == {
        flag(1): ("waived", "agreed", "", LATER),
        flag(2): ("assigned", "", "C. Third", LATER),
        flag(3): ("acknowledged", "", "", None),
    }
    capsys.readouterr()
    assert reconcile("decide", "--workbook", written, "--by", "A. Nother") == 0
    assert "Recorded as decided by [A. Nother]: 0" in (printed := capsys.readouterr().out)
    assert "In force already: 3." in printed
    assert reconcile("decide", "--queue", tmp_path / "again.xlsx") == 0
    again = {row[FLAG]: row for row in sheet_of(tmp_path / "again.xlsx")}
    assert again[flag(1)]["Decided so far"] == f"waived by A. Nother on {today()}, until {LATER}"
    fill(tmp_path / "again.xlsx", {flag(1): {DECISION: "withdrawn"}})
    assert reconcile("decide", "--workbook", tmp_path / "again.xlsx", "--by", "B. Other") == 0
    assert set(kept(tmp_path)) == {flag(2), flag(3)}


def test_rows_are_refused_one_by_one_and_the_others_recorded(
    written: Path, reconcile: Reconcile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reconcile("decide", flag(5), "acknowledged", "--by", "B. Other")
    strange = (
        {FLAG: flag(8), DECISION: "acknowledged", LAST_DECISION: "0"},
        {FLAG: flag(9), DECISION: "acknowledged", LAST_DECISION: "0"},
        {FLAG: "Surname", DECISION: "acknowledged", LAST_DECISION: "0"},
        {FLAG: flag(3), DECISION: "Surname", LAST_DECISION: "0"},
        {FLAG: flag(4), DECISION: "assigned", ASSIGNED_TO: "D. Fourth", LAST_DECISION: "0"},
        {FLAG: flag(3), DECISION: "waived", EXPIRES: LATER, LAST_DECISION: "0"},
        {FLAG: flag(3), DECISION: "waived", REASON: "agreed", LAST_DECISION: "0"},
        {FLAG: flag(3), DECISION: "waived", REASON: "agreed", EXPIRES: "Surname", LAST_DECISION: "0"},
        {FLAG: flag(3), DECISION: "waived", REASON: "agreed", EXPIRES: "2020-01-01", LAST_DECISION: "0"},
        {FLAG: flag(3), DECISION: "acknowledged", ASSIGNED_TO: "D. Fourth", LAST_DECISION: "0"},
        {FLAG: flag(3), DECISION: "assigned", LAST_DECISION: "0"},
        {FLAG: flag(3), DECISION: "acknowledged"},
        {FLAG: flag(3), DECISION: "withdrawn", LAST_DECISION: "0"},
        {FLAG: flag(1), REASON: "no decision chosen", LAST_DECISION: "0"},
    )
    fill(
        written,
        {
            flag(5): {DECISION: "waived", REASON: "agreed", EXPIRES: LATER},
            flag(4): {DECISION: "acknowledged"},
            flag(2): {DECISION: "acknowledged"},
        },
        strange,
    )
    capsys.readouterr()
    assert reconcile("decide", "--workbook", written, "--by", "A. Nother") == 1
    said, failed = capsys.readouterr()
    refused = [line for line in said.splitlines() if line.startswith("refused: ")]
    row = {one[FLAG]: place for place, one in reversed(list(enumerate(sheet_of(written), 2)))}
    lists = "acknowledged, waived, assigned, withdrawn"
    for line, words in zip(
        refused,
        [
            f"row {row[flag(4)]}, flag [{flag(4)}]: rows {row[flag(4)]}, 11 decide it differently",
            f"row {row[flag(5)]}, flag [{flag(5)}]: meanwhile it was decided [acknowledged] by [B. Other] on [{today()}]",
            f"row 7, flag [{flag(8)}]: the flag is no longer raised: it was resolved on [2026-05-02]; there is nothing",
            f"row 8, flag [{flag(9)}]: the flag is in no night of this cycle",
            f"row 9: the column {FLAG} holds no flag's id",
            f"row 10, flag [{flag(3)}]: the column {DECISION} holds none of {lists}",
            f"row 11, flag [{flag(4)}]: rows {row[flag(4)]}, 11 decide it differently",
            f"row 12, flag [{flag(3)}]: the column {REASON} is empty",
            f"row 13, flag [{flag(3)}]: the column {EXPIRES} is empty",
            f"row 14, flag [{flag(3)}]: the column {EXPIRES} holds no day",
            f"row 15, flag [{flag(3)}]: flag [{flag(3)}]: it would expire on [2020-01-01]",
            f"row 16, flag [{flag(3)}]: the column {ASSIGNED_TO} holds something",
            f"row 17, flag [{flag(3)}]: the column {ASSIGNED_TO} is empty",
            f"row 18, flag [{flag(3)}]: the column {LAST_DECISION} holds no number",
            f"row 19, flag [{flag(3)}]: no decision about flag [{flag(3)}] is in force; there is nothing to withdraw",
            f"row 20, flag [{flag(1)}]: the column {DECISION} holds none of {lists}",
        ],
        strict=True,
    ):
        assert line.startswith(f"refused: {words}")
    assert "Surname" not in said + failed
    assert "[16] rows of the workbook were refused, as said above, and the other [1] recorded" in failed
    assert {name: one.decided_by for name, one in kept(tmp_path).items()} == {flag(5): "B. Other", flag(2): "A. Nother"}


def test_a_workbook_without_a_column_is_refused_in_one_line(
    written: Path, reconcile: Reconcile, capsys: pytest.CaptureFixture[str]
) -> None:
    book = openpyxl.load_workbook(written)
    book[FLAGS].delete_cols(7)
    book.save(written)
    assert reconcile("decide", "--workbook", written, "--by", "A. Nother") == 1
    printed = capsys.readouterr().err
    assert f"holds the heading [{LAST_DECISION}] [0] times" in printed
    assert printed.count("\n") == 1
