"""A declaration on its way: report, filled-in sheet, delivery in the landing folder, rows in force on the next night."""

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from assets.standardised.supersession import stand_rows
from pipelines.cli import main
from pipelines.declaration_sheet import ANSWER, ASKED, CHOICES, CORRECTIONS, REFERENCE, SHEET, SHOWN
from schemas.feeds import FEEDS
from tests.landed_folder import LandedFolder, csv_of
from tests.report_publication import CENTRE, ORGANISATION, OTHER, QUALIFICATION, position, publish

FEED = FEEDS["centre_registrations"]
RECORDED = {
    "sex": "F",
    "postcode": "ZZ1 1ZZ",
    "uln": "1000000001",
    "uci": None,
    "candidate_number": "0042",
    "pathway": "=1+1",
    "registration_date": date(2024, 9, 15),
}
POSITIONS = [
    position(1, expects_result_this_summer=None, intent="unconfirmed", **RECORDED),
    position(2, **RECORDED),
    position(
        3,
        held_by_centre=False,
        recorded_centre_number=None,
        centre_learner_reference=None,
        expects_result_this_summer=None,
    ),
    position(4, stands=False),
    position(5, expects_result_this_summer="N"),
]

Reconcile = Callable[..., int]
Asked = dict[str, dict[str, Any]]


@pytest.fixture
def reconcile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reconcile:
    monkeypatch.setenv("RECONCILE_DATA", str(tmp_path))
    monkeypatch.setenv("RECONCILE_PUBLISHED", str(publish(tmp_path / "reconciliation.duckdb", POSITIONS)))
    (tmp_path / "landing").mkdir()
    return lambda *words: main([str(word) for word in words])


@pytest.fixture
def workbook(reconcile: Reconcile, tmp_path: Path) -> Path:
    assert reconcile("reports", "--centre", CENTRE) == 0
    return tmp_path / "reports" / "centres" / f"checkpoint-{CENTRE}.xlsx"


def fill(path: Path, asked: Asked) -> Path:
    """Fill in cells by registration and heading as a spreadsheet program would, and save."""
    book = openpyxl.load_workbook(path)
    sheet = book[SHEET]
    places = {str(cell.value): cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        for heading, value in asked.get(str(sheet.cell(row, places["Registration number"]).value), {}).items():
            sheet.cell(row, places[heading]).value = value
    filled = path.with_name(f"filled {len(list(path.parent.iterdir()))}.xlsx")
    book.save(filled)
    return filled


def delivered(tmp_path: Path) -> dict[str, list[dict[str, str]]]:
    """Rows of each delivery by its file's name."""
    found = {}
    for path in sorted((tmp_path / "landing").rglob("*")):
        if path.is_file():
            with path.open(encoding="utf-8", newline="") as file:
                found[path.name] = list(csv.DictReader(file))
    return found


NAME = f"centre_registrations.2026-05-15.{CENTRE}-01.delta.csv"


def test_the_sheet_asks_of_each_standing_registration_and_offers_what_may_be_chosen(workbook: Path) -> None:
    sheet = openpyxl.load_workbook(workbook)[SHEET]
    headings, *rows = sheet.iter_rows(values_only=True)
    assert headings == (*(shown.heading for shown in SHOWN), *ASKED)
    found = [dict(zip(headings, row, strict=True)) for row in rows]
    assert [(row["Registration number"], row[ANSWER]) for row in found] == [
        ("REG1", None),
        ("REG2", "Y"),
        ("REG3", None),
        ("REG5", "N"),
    ]
    offered = {str(one.sqref).split(":")[0]: one.formula1 for one in sheet.data_validations.dataValidation}
    places = {heading: sheet.cell(2, place).coordinate for place, heading in enumerate(headings, 1)}
    assert offered[places[ANSWER]] == '"Y,N"'
    assert {offered[places[CORRECTIONS[name]]] for name in CHOICES} == {
        '"M,F,U"',
        '"Y,N"',
        '"active,withdrawn,transferred"',
    }
    asked = sheet.column_dimensions[places[ANSWER].rstrip("2")]
    assert (asked.number_format, asked.max - asked.min + 1) == ("@", len(ASKED)), (
        "what is typed there stays as it is typed"
    )


def test_what_is_filled_in_becomes_a_delta_delivery_of_whole_rows(
    workbook: Path, reconcile: Reconcile, tmp_path: Path
) -> None:
    asked: Asked = {
        "REG1": {
            ANSWER: "y",
            CORRECTIONS["date_of_birth"]: date(2008, 3, 2),
            CORRECTIONS["planned_completion"]: "2027-06",
        },
        "REG2": {CORRECTIONS["surname"]: "Newname ", CORRECTIONS["status"]: "withdrawn"},
        "REG3": {ANSWER: "Y", REFERENCE: "OWN3"},
    }
    assert reconcile("take-declaration", fill(workbook, asked), "--as-of", "2026-05-15") == 0
    found = delivered(tmp_path)
    assert list(found) == [NAME]
    rows = {row["centre_learner_reference"]: row for row in found[NAME]}
    assert set(rows) == {"REF1", "REF2", "OWN3"}
    on_record = {
        "centre_number": CENTRE,
        "qualification_number": QUALIFICATION,
        "awarding_organisation_rn": ORGANISATION,
        "forename": "Invented",
        "surname": "Person1",
        "sex": "F",
        "uln": "1000000001",
        "uci": "",
        "candidate_number": "0042",
        "pathway": "=1+1",
        "registration_date": "2024-09-15",
    }
    assert {name: rows["REF1"][name] for name in on_record} == on_record
    changed = ("expects_result_this_summer", "date_of_birth", "planned_completion", "status")
    assert [rows["REF1"][name] for name in changed] == ["Y", "2008-03-02", "2027-06", "active"]
    assert (rows["REF2"]["surname"], rows["REF2"]["status"]) == ("Newname", "withdrawn")
    assert (rows["OWN3"]["surname"], rows["OWN3"]["expects_result_this_summer"]) == ("Person3", "Y")


def test_the_delivery_is_read_like_any_other_and_its_rows_are_in_force(
    workbook: Path, reconcile: Reconcile, tmp_path: Path
) -> None:
    place = LandedFolder(tmp_path / "night")
    full = [
        {name: str(row.get(name) or "") for name in FEED.column_names} | {"centre_number": CENTRE, "status": "active"}
        for row in (POSITIONS[0], POSITIONS[1])
    ]
    place.put(FEED.name, csv_of(full), "registers 2026-05-01.csv")
    filled = fill(workbook, {"REG1": {ANSWER: "Y"}})
    words = ("take-declaration", filled, "--landing", place.landing)
    assert reconcile(*words, "--as-of", "2026-05-15") == 0
    assert (
        reconcile(
            "take-declaration",
            fill(workbook, {"REG1": {ANSWER: "N"}}),
            "--landing",
            place.landing,
            "--as-of",
            "2026-05-15",
        )
        == 0
    )
    assert reconcile(*words, "--as-of", "2026-05-16") == 0
    place.land(FEED.name)
    place.con.execute("CREATE SCHEMA standardised")
    stand_rows(place.con, FEED)
    assert [(row["status"], row["kind"], row["quarantined_rows"]) for row in place.deliveries()] == [
        ("accepted", "delta", 0),
        ("accepted", "delta", 0),
        ("accepted", "delta", 0),
        ("accepted", "full", 0),
    ]
    answers = place.con.execute(
        "SELECT centre_learner_reference, expects_result_this_summer, surname "
        "FROM standardised.centre_registrations ORDER BY 1"
    ).fetchall()
    assert answers == [("REF1", "Y", "Person1"), ("REF2", "Y", "Person2")]


def test_a_sheet_that_comes_back_as_it_was_delivers_nothing(
    workbook: Path, reconcile: Reconcile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert reconcile("take-declaration", workbook) == 0
    assert "nothing to deliver" in capsys.readouterr().out
    assert delivered(tmp_path) == {}


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (
            {"REG1": {ANSWER: "SECRET"}},
            "row 2: the column [Expects a result this summer (Y or N)] holds neither Y nor N",
        ),
        ({"REG1": {CORRECTIONS["uln"]: "SECRET"}}, "row 2: [uln] must be 10 digits."),
        ({"REG1": {CORRECTIONS["date_of_birth"]: "SECRET"}}, "row 2: [date_of_birth] must be a day that exists"),
        ({"REG1": {REFERENCE: "SECRET"}}, "row 2: you report this registration already"),
        ({"REG3": {ANSWER: "Y"}}, "row 4: you do not report this registration; write your reference"),
        (
            {"REG3": {ANSWER: "Y", REFERENCE: "REF2"}},
            "row 4: another registration has the same reference",
        ),
        ({"REG1": {"Centre": OTHER, ANSWER: "Y"}}, f"row 2: it is not of centre [{CENTRE}]"),
        ({"REG1": {"Registration number": "SECRET", ANSWER: "Y"}}, "row 2: no such registration of this centre"),
        ({"REG1": {"Registration number": "REG4", ANSWER: "Y"}}, "row 2: no such registration of this centre"),
        ({"REG1": {"Registration number": "REG2", ANSWER: "N"}}, "row 3: the registration stands in [2] rows"),
    ],
)
def test_a_row_that_cannot_be_taken_is_named_without_its_values_and_the_others_are_delivered(
    workbook: Path, reconcile: Reconcile, capsys: pytest.CaptureFixture[str], asked: Asked, reason: str
) -> None:
    filled = fill(workbook, {"REG5": {ANSWER: "Y"}, **asked})
    assert reconcile("take-declaration", filled, "--centre", CENTRE, "--as-of", "2026-05-15") == 1
    said = "".join(capsys.readouterr())
    assert f"refused: {reason}" in said and "SECRET" not in said
    place = workbook.parents[2]
    assert [row["centre_learner_reference"] for row in delivered(place)[NAME]] == ["REF5"]


def test_another_declaration_of_the_day_sorts_after_the_first_and_replaces_no_file(
    workbook: Path, reconcile: Reconcile, tmp_path: Path
) -> None:
    filled = fill(workbook, {"REG1": {ANSWER: "Y"}})
    for _ in range(2):
        assert reconcile("take-declaration", filled, "--as-of", "2026-05-15") == 0
    assert list(delivered(tmp_path)) == [NAME, NAME.replace("-01", "-02")]
    contents = {path.read_bytes() for path in (tmp_path / "landing" / FEED.name).iterdir()}
    assert len(contents) == 2, "the same bytes twice would be one delivery"


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda sheet: sheet.cell(1, 1, "Centre"), "holds the heading [Centre] [2] times"),
        (lambda sheet: sheet.delete_cols(len(SHOWN) + 1), f"holds the heading [{ANSWER}] [0] times"),
        (lambda sheet: sheet.delete_rows(2, 10), "names no registration"),
        (lambda sheet: setattr(sheet, "title", "Other"), f"has no sheet [{SHEET}]"),
        (lambda sheet: sheet.cell(2, 9, OTHER), "speaks of [2] centres"),
    ],
)
def test_a_sheet_that_is_not_the_one_that_was_written_is_refused_as_a_whole(
    workbook: Path,
    reconcile: Reconcile,
    capsys: pytest.CaptureFixture[str],
    damage: Callable[[Any], object],
    message: str,
) -> None:
    book = openpyxl.load_workbook(workbook)
    damage(book[SHEET])
    book.save(workbook)
    assert reconcile("take-declaration", workbook) == 1
    assert message in capsys.readouterr().err
    assert delivered(workbook.parents[2]) == {}
