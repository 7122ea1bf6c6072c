"""Lists of any layout typed by hand with what goes wrong in practice, and the rows that they must become.

Nothing here comes from the examples. People, numbers and headings are invented; learner numbers begin with 99.
"""

import io
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest

from assets.landed.sources import SourceError, read_source
from tests.readers.by_hand import outcome

_SOURCE = """\
options:
  feeds:
    centre_registrations:
      columns:
        centre_number: {from: NCN, spreadsheet: true}
        centre_learner_reference: Student ref
        qualification_number: QN
        awarding_organisation_rn: {constant: RN0099}
        surname: Legal surname
        forename: Legal forename
        date_of_birth: {from: DOB, dates: dd/mm/yyyy}
        uln: ULN
        candidate_number: {from: Exam no, spreadsheet: true}
        personal_id: {from: UCAS Personal ID, spreadsheet: true}
        planned_completion: {from: End date, months: dd/mm/yyyy}
        status: {from: Status, values: {On programme: active, Left: withdrawn}, unknown: refuse}
"""
_HEADINGS = ["NCN", "Student ref", "QN", "Legal surname", "Legal forename", "DOB", "ULN", "Exam no"]
_HEADINGS += ["UCAS Personal ID", "End date", "Status"]
#: What every good row below becomes, but for what it says itself.
_SAME = {
    "centre_number": "00123",
    "qualification_number": "9900001X",
    "awarding_organisation_rn": "RN0099",
    "forename": "Siân",
    "date_of_birth": "2008-06-05",
    "uln": "9900000012",
    "candidate_number": "0042",
    "personal_id": "0012345678",
    "planned_completion": "2026-07",
    "status": "active",
}


def _row(reference: str, surname: str, **changes: Any) -> list[Any]:
    """A row as it is typed: the qualification number with slashes and a small x."""
    typed: dict[str, Any] = dict.fromkeys(_HEADINGS, "") | {
        "NCN": "00123",
        "Student ref": reference,
        "QN": "990/0001/x",
        "Legal surname": surname,
        "Legal forename": "Siân",
        "DOB": "05/06/2008",
        "ULN": "9900000012",
        "Exam no": "0042",
        "UCAS Personal ID": "001-234-5678",
        "End date": "31/07/2026",
        "Status": "On programme",
    }
    return list((typed | {name.replace("_", " "): value for name, value in changes.items()}).values())


def _text(*rows: list[Any], delimiter: str = ",") -> str:
    return "".join(delimiter.join(map(str, row)) + "\r\n" for row in (_HEADINGS, *rows))


@pytest.mark.parametrize(
    ("encoding", "said", "surname"),
    [
        ("cp1252", "encoding: windows-1252\n", "D\u2019Arfôn"),
        ("utf-16", "", "Ŵyn-Ŷork"),
        ("utf-16-le", "encoding: utf-16-le\n", "Ŵyn"),
        ("utf-8-sig", "", "Ŵyn"),
    ],
)
def test_welsh_names_arrive_as_they_were_typed_in_every_encoding(
    tmp_path: Path, encoding: str, said: str, surname: str
) -> None:
    content = _text(_row("A1", surname), _row("A2", surname, Status="Paused")).encode(encoding)
    got = outcome(
        tmp_path, "centre_registrations", f"reader: delimited\n{said}{_SOURCE}", "list 2026-05-01.csv", content
    )
    assert got.rows == [_SAME | {"centre_learner_reference": "A1", "surname": surname, "line": 2}]
    assert got.aside == [(3, "status", "not_in_list")]


def test_another_encoding_than_the_source_says_is_refused_or_told_and_never_guessed(tmp_path: Path) -> None:
    content = _text(_row("A1", "Siôn")).encode("cp1252")
    got = outcome(tmp_path, "centre_registrations", "reader: delimited\n" + _SOURCE, "list 2026-05-01.csv", content)
    assert (got.delivery["status"], got.delivery["reason"]) == ("refused", "not_utf8")


def test_one_zero_lost_to_a_spreadsheet_is_put_back_and_what_is_not_certain_is_put_aside(tmp_path: Path) -> None:
    lost = {"NCN": "1234", "Exam_no": "423", "UCAS_Personal_ID": "123456789"}
    content = _text(
        _row("A1", "One", **lost),
        _row("A2", "Two", **lost | {"UCAS_Personal_ID": "12345678"}),
        _row("1.23E+09", "Three", **lost),
        _row("A4", "Four", **lost | {"QN": "9900001"}),
        _row("A5", "Five", **lost | {"DOB": "06/25/2008"}),
        _row("A6", "Six", **lost | {"DOB": "2008-06-05"}),
        _row("A7", "Seven", **lost | {"ULN": "9999999999"}),
    )
    got = outcome(tmp_path, "centre_registrations", "reader: delimited\n" + _SOURCE, "list 2026-05-01.csv", content)
    same = _SAME | {"centre_number": "01234", "candidate_number": "0423", "personal_id": "0123456789"}
    assert got.rows == [
        same | {"centre_learner_reference": "A1", "surname": "One", "line": 2},
        same | {"centre_learner_reference": "A7", "surname": "Seven", "uln": "9999999999", "line": 8},
    ]
    assert got.aside == [
        (3, "personal_id", "pattern"),
        (4, "centre_learner_reference", "scientific_notation"),
        (5, "qualification_number", "pattern"),
        (6, "date_of_birth", "date"),
        (7, "date_of_birth", "date_format"),
    ]


def test_no_zero_is_put_back_where_another_value_of_the_column_kept_its_own(tmp_path: Path) -> None:
    content = _text(_row("A1", "One"), _row("A2", "Two", NCN="1234"), _row("A3", "Three", Exam_no="42"))
    got = outcome(tmp_path, "centre_registrations", "reader: delimited\n" + _SOURCE, "list 2026-05-01.csv", content)
    assert [row["line"] for row in got.rows] == [2]
    assert got.aside == [(3, "centre_number", "pattern"), (4, "candidate_number", "pattern")]


def test_days_and_months_are_never_told_apart_by_trying_both(tmp_path: Path) -> None:
    month_first = _SOURCE.replace("DOB, dates: dd/mm/yyyy", "DOB, dates: mm/dd/yyyy")
    content = _text(_row("A1", "One"), _row("A2", "Two", DOB="25/06/2008"))
    got = outcome(tmp_path, "centre_registrations", "reader: delimited\n" + month_first, "list 2026-05-01.csv", content)
    assert [(row["line"], row["date_of_birth"]) for row in got.rows] == [(2, "2008-05-06")]
    assert got.aside == [(3, "date_of_birth", "date")]
    (tmp_path / "both.yaml").write_text(
        "reader: delimited\n" + _SOURCE.replace("DOB, dates: dd/mm/yyyy", "DOB, dates: [dd/mm/yyyy, mm/dd/yyyy]")
    )
    with pytest.raises(SourceError, match="read one text as two dates"):
        read_source(tmp_path / "both.yaml")


def _workbook(*rows: list[Any]) -> bytes:
    book = openpyxl.Workbook()
    for row in (_HEADINGS, *rows):
        book.active.append(row)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def test_cells_of_a_workbook_that_are_numbers_and_days_are_read_as_what_they_were(tmp_path: Path) -> None:
    cells = {"NCN": 1234, "Exam_no": 423, "UCAS_Personal_ID": 123456789, "ULN": 9900000012, "DOB": datetime(2008, 6, 5)}
    content = _workbook(
        _row("A1", "Ŵyn", **cells | {"QN": 99000028, "End_date": "31/07/2026"}),
        _row("A2", "Two", **cells | {"Exam_no": 42}),
        _row(datetime(2026, 3, 1), "Three", **cells),
    )
    source = "reader: workbook\n" + _SOURCE
    got = outcome(tmp_path, "centre_registrations", source, "list 2026-05-01.xlsx", content)
    same = {"centre_number": "01234", "candidate_number": "0423", "personal_id": "0123456789"}
    own = {"centre_learner_reference": "A1", "surname": "Ŵyn", "qualification_number": "99000028", "line": 2}
    assert got.rows == [_SAME | same | own]
    assert got.aside == [(3, "candidate_number", "pattern"), (4, "centre_learner_reference", "day_for_a_code")]


def test_days_of_a_workbook_beside_days_left_as_text_may_have_been_interchanged(tmp_path: Path) -> None:
    content = _workbook(
        _row("A1", "One", DOB=datetime(2008, 6, 5)),
        _row("A2", "Two", DOB="25/06/2008"),
        _row("A3", "Three", DOB=datetime(2008, 6, 25)),
    )
    got = outcome(tmp_path, "centre_registrations", "reader: workbook\n" + _SOURCE, "list 2026-05-01.xlsx", content)
    assert [row["line"] for row in got.rows] == [3, 4]
    assert got.aside == [(2, "date_of_birth", "dates_two_ways")]


def test_rows_of_a_database_are_read_by_the_text_of_their_values(tmp_path: Path) -> None:
    source = (
        "reader: database_table\noptions:\n  feeds:\n    ucas_choices:\n      columns:\n        personal_id: pid\n"
        "        choice_number: number\n        decision: {from: decision, values: {Conditional: C, Reject: R}}\n"
        "        reply: reply\n"
    )
    table = pl.DataFrame(
        {
            "PID": ["0012345678", "001-234-5679", "12345678"],
            "Number": [1, 2, 3],
            "Decision": ["Conditional", None, "Reject"],
            "Reply": ["F", "", "D"],
            "Updated": [date(2026, 5, 1)] * 3,
        }
    )
    kept = io.BytesIO()
    table.write_parquet(kept)
    got = outcome(tmp_path, "ucas_choices", source, "choices 2026-05-01.parquet", kept.getvalue())
    assert got.rows == [
        {"personal_id": "0012345678", "choice_number": 1, "decision": "C", "reply": "F", "line": 1},
        {"personal_id": "0012345679", "choice_number": 2, "line": 2},
    ]
    assert got.aside == [(3, "personal_id", "pattern")]
