"""Workbooks by a mapping: sheets, headings, dates and numbers of the spreadsheet's own, and files made to do harm."""

import io
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from xlsxwriter.worksheet import Worksheet

from assets.landed.limits import Limits
from assets.landed.reader import Delivered, Part
from assets.landed.readers.workbook import READER, WorkbookOptions
from assets.landed.refusals import RefusedDelivery
from pipelines.formats_page import EXAMPLES
from tests.readers.examples import FormatsFolder

MALFORMED = EXAMPLES / "workbook" / "malformed"
COLUMNS = {"centre_number": "Centre", "name": "Name", "urn": "URN"}
HEADINGS = ["Centre", "Name", "URN"]

#: Of each malformed example the reason for which it is refused, or the line, column and rule of each row put aside.
EXPECTED: dict[str, str | list[tuple[int, str, str]]] = {
    "a-claim-of-another-kind": [],
    "a-date-written-month-first": [(4, "date_of_birth", "date")],
    "a-heading-over-two-columns": "missing_column",
    "a-qualification-number-that-lost-its-x": [(4, "qualification_number", "pattern")],
    "a-reference-in-scientific-notation": [(4, "centre_learner_reference", "scientific_notation")],
    "a-reference-that-became-a-day": [(4, "centre_learner_reference", "day_for_a_code")],
    "a-zero-lost-in-a-cell-of-text": [(4, "personal_id", "pattern")],
    "an-error-of-a-formula": [(4, "date_of_birth", "error_cell")],
    "cells-far-apart": "damaged_workbook",
    "cut-short": "damaged_workbook",
    "dates-that-were-read-month-first": [
        (5, "date_of_birth", "dates_two_ways"),
        (7, "date_of_birth", "dates_two_ways"),
    ],
    "headings-alone": "header_only",
    "made-to-fill-the-memory": "suspicious_ratio",
    "no-sheet-of-learners": "no_such_sheet",
    "of-the-old-kind-or-locked-by-a-password": "damaged_workbook",
    "text-named-as-a-workbook": "damaged_workbook",
    "two-zeros-lost": [(4, "personal_id", "pattern")],
}


def test_every_malformed_example_is_expected_to_be_something() -> None:
    assert sorted(EXPECTED) == sorted(path.stem for path in MALFORMED.iterdir())


@pytest.mark.parametrize("name", EXPECTED)
def test_a_malformed_workbook_is_refused_or_its_rows_are_put_aside(name: str, tmp_path: Path) -> None:
    folder, expected = FormatsFolder(tmp_path), EXPECTED[name]
    folder.deliver("workbook", (MALFORMED / f"{name}.xlsx").read_bytes(), f"{name}.xlsx")
    (row,) = folder.land_all(["centre_registrations"])
    if isinstance(expected, str):
        assert (row["status"], row["reason"]) == ("refused", expected)
    else:
        assert row["status"] == "accepted" and row["valid_rows"] == 6 - len(expected)
        assert [(line, column, rule) for line, column, rule, _ in folder.reasons()] == expected


def test_the_same_learners_come_out_of_xlsx_and_ods(tmp_path: Path) -> None:
    folder = FormatsFolder(tmp_path)
    for path in (EXAMPLES / "workbook" / "good").iterdir():
        folder.deliver("workbook", path.read_bytes(), path.name)
    deliveries = folder.land_all(["centre_registrations", "centre_claims"])
    ods, xlsx = (
        [dict(row, line=0) for row in folder.valid(delivery)]
        for delivery in sorted(deliveries, key=lambda row: row["file_name"])
        if delivery["feed"] == "centre_registrations"
    )
    assert ods == xlsx and len(xlsx) == 6
    assert xlsx[0]["date_of_birth"] == date(2008, 2, 29) and xlsx[0]["planned_completion"] == "2026-06"
    assert (xlsx[0]["personal_id"], xlsx[1]["personal_id"]) == ("0990000001", "0990000002")
    assert [row["line"] for row in folder.valid(deliveries[0])] == [4, 5, 6, 8, 9, 10]
    assert {row["valid_rows"] for row in deliveries if row["feed"] == "centre_claims"} == {2}


def workbook(*fill: Callable[[xlsxwriter.Workbook, Worksheet], None]) -> bytes:
    """A workbook of one sheet `List`, and whatever is done to it."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet("List")
        for one in fill:
            one(book, sheet)
    return content.getvalue()


def rows(*cells: list[Any], first: int = 0) -> Callable[[xlsxwriter.Workbook, Worksheet], None]:
    def fill(book: xlsxwriter.Workbook, sheet: Worksheet) -> None:
        for place, row in enumerate(cells):
            sheet.write_row(first + place, 0, row)

    return fill


def parts(path: Path, content: bytes, limits: Limits | None = None, **more: Any) -> list[Part]:
    path.write_bytes(content)
    stated = WorkbookOptions.model_validate({"feeds": {"centres": {"columns": COLUMNS}}, **more})
    return list(
        READER.read(
            Delivered(path=path, name="x.xlsx", delivered_on=date(2026, 7, 15), limits=limits or Limits()), stated
        )
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "x.xlsx"


def test_numbers_are_text_without_a_decimal_point_where_they_are_whole(file: Path) -> None:
    (found,) = parts(file, workbook(rows(HEADINGS, [99101, "A", 12.5], ["01234", True, 1e15], [99103.0, "C", -1])))
    assert found.records.drop("line").rows() == [
        ("99101", "A", "12.5"),
        ("01234", "true", "1000000000000000"),
        ("99103", "C", "-1"),
    ]


def test_rows_are_numbered_as_the_spreadsheet_numbers_them_and_empty_ones_set_aside(file: Path) -> None:
    content = workbook(rows(HEADINGS, ["99101", "A"], [], ["99102", "B"], ["", " "], ["Total", 2], first=2))
    (found,) = parts(file, content, footer="Total")
    assert found.records["line"].to_list() == [4, 6] and found.set_aside == 1 and found.lines == 0


def test_a_title_over_merged_cells_stands_above_the_headings(file: Path) -> None:
    def titled(book: xlsxwriter.Workbook, sheet: Worksheet) -> None:
        sheet.merge_range(0, 0, 0, 2, "Centres, to be read by people")

    content = workbook(titled, rows(HEADINGS, ["99101", "A"], first=2))
    assert parts(file, content, header_row=3)[0].records.height == 1
    with pytest.raises(RefusedDelivery, match=r"none of the headings given for \[centre_number, name\]") as refused:
        parts(file, content)
    assert "people" not in str(refused.value)


def test_a_hidden_or_empty_sheet_is_read_only_if_it_is_named(file: Path) -> None:
    def more(book: xlsxwriter.Workbook, sheet: Worksheet) -> None:
        book.add_worksheet("Sheet2")
        hidden = book.add_worksheet("Old")
        hidden.hide()
        for place, row in enumerate((HEADINGS, ["99109", "Hidden"])):
            hidden.write_row(place, 0, row)

    content = workbook(rows(HEADINGS, ["99101", "A"]), more)
    assert parts(file, content)[0].records["name"].to_list() == ["A"]
    assert parts(file, content, sheet=[" OLD ", "Older"])[0].records["name"].to_list() == ["Hidden"]
    with pytest.raises(RefusedDelivery, match=r"no sheet \[Older\] or \[Oldest\]"):
        parts(file, content, sheet=["Older", "Oldest"])
    with pytest.raises(RefusedDelivery) as refused:
        parts(file, content, sheet="Sheet2")
    assert refused.value.refusal.reason == "empty_file"


def test_of_two_sheets_that_hold_something_none_is_guessed(file: Path) -> None:
    def second(book: xlsxwriter.Workbook, sheet: Worksheet) -> None:
        book.add_worksheet("Second").write_string(0, 0, "x")

    with pytest.raises(RefusedDelivery, match=r"Name the sheet with \[sheet\]"):
        parts(file, workbook(rows(HEADINGS, ["99101", "A"]), second))


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (Limits(columns=2), r"limit \[columns\] of \[2\]"),
        (Limits(rows=2), r"limit \[rows\] of \[2\]"),
        (Limits(delivered_bytes=500), r"the limit \[delivered_bytes\]"),
        (Limits(expanded_bytes=500), r"the limit \[expanded_bytes\] is \[500\]"),
    ],
)
def test_a_workbook_beyond_a_limit_is_refused_and_the_limit_named(file: Path, limits: Limits, said: str) -> None:
    with pytest.raises(RefusedDelivery, match=said):
        parts(file, workbook(rows(HEADINGS, ["99101", "A"], ["99102", "B"])), limits)


def test_a_date_of_the_spreadsheet_is_a_day_and_with_a_time_a_moment(file: Path) -> None:
    def fill(book: xlsxwriter.Workbook, sheet: Worksheet) -> None:
        shown = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        sheet.write_row(0, 0, ["Event", "RN", "QN", "Series", "On"])
        for row, moment in enumerate((datetime(2026, 8, 13), datetime(2026, 8, 13, 0, 1)), 1):
            sheet.write_row(row, 0, ["results_to_centres", "RN9901", "", "2026-06"])
            sheet.write_datetime(row, 4, moment, shown)

    columns = {"event": "Event", "awarding_organisation_rn": "RN", "qualification_number": "QN", "series": "Series"}
    found = parts(file, workbook(fill), feeds={"key_dates": {"columns": columns | {"falls_on": "On"}}})
    assert found[0].records["falls_on"].to_list() == ["2026-08-13", "2026-08-13T00:01"]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cells=st.lists(
        st.tuples(
            st.one_of(st.integers(0, 10**14), st.text(st.sampled_from("ab é0\n<&"), max_size=6), st.booleans()),
            st.text(st.sampled_from("ab 'é1,\n"), max_size=6),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_any_cells_read_back_as_text(file: Path, cells: list[tuple[Any, str]]) -> None:
    def fill(book: xlsxwriter.Workbook, sheet: Worksheet) -> None:
        sheet.write_row(0, 0, HEADINGS)
        for row, (value, text) in enumerate(cells, 1):
            (sheet.write_string if isinstance(value, str) else sheet.write)(row, 1, value)
            sheet.write_string(row, 2, text)
            sheet.write_string(row, 0, f"{99000 + row}")

    (found,) = parts(file, workbook(fill))
    expected = [
        (str(value).lower() if isinstance(value, bool) else str(value), text, f"{99000 + row}", row + 1)
        for row, (value, text) in enumerate(cells, 1)
    ]
    read = found.records.select("name", "urn", "centre_number", "line").rows()
    assert [(name or "", urn or "", centre, line) for name, urn, centre, line in read] == expected
