"""The checkpoint reports: what they say of whom, on the page and in the workbook."""

from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from tests.report_publication import (
    CENTRE,
    POSITIONS,
    flag,
    known,
    page_of,
    publish,
    sections_of,
    sheet_of,
)
from tests.reports.conftest import Reconcile


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ("needs-action", ["Toact, Invented", "REF3", "Enter unit 3 by 2026-05-22", "22 May 2026", "RN0001"]),
        (
            "cannot-achieve",
            ["Outofreach, Invented", "60 GLH short of 360", "Invented Certificate (60000003), at best MERIT"],
        ),
        ("on-track", ["Ontrack, Invented", "Blocked, Invented", "Unconfirmed, Invented"]),
        ("achieved", ["Achieved, Invented"]),
        ("not-known", ["Unknown, Invented", "The rule of combination is not held."]),
        ("unconfirmed", ["Unconfirmed, Invented"]),
        ("blocked", ["Blocked, Invented", "A block is in force.", "RN0001"]),
        ("details-differ", ["Ontrack, Invented", "The date of birth differs."]),
        (
            "other-flags",
            ["Achieved, Invented (REF1)", "urgent", "Put claim_missing right.", "UCAS application 0000000042"],
        ),
        ("waived", ["Not now.", "waived until 1 June 2026"]),
        ("not-released", ["Waiting, Invented"]),
        ("calendar", ["1 November 2025", "past", "12 August 2026, 00:01", "RN0001, RN0002", "Results go to centres"]),
    ],
)
def test_each_list_of_the_page_says_of_whom_and_what(folder: Path, section: str, words: list[str]) -> None:
    shown = sections_of(page_of(folder))[section]
    assert [word for word in words if word not in shown] == []


def test_each_expected_learner_stands_in_exactly_one_of_the_lists(folder: Path) -> None:
    sections = sections_of(page_of(folder))
    lists = ("needs-action", "cannot-achieve", "on-track", "achieved", "not-known", "not-released")
    for row in POSITIONS:
        times = sum(f'<th scope="row">{row["surname"]}, ' in sections[name] for name in lists)
        assert times == row["expected"]


def test_the_workbook_has_a_sheet_a_list_with_headings_filter_and_print_titles(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / "centres" / f"checkpoint-{CENTRE}.xlsx")
    assert book.sheetnames[0] == "Summary" and book.sheetnames[-1] == "Declaration"
    assert len(book.sheetnames) == 15
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes is not None
        assert (sheet.auto_filter.ref or "").startswith("A1:")
        assert sheet.print_title_rows == "$1:$1"
    assert sheet_of(folder, "Needs action")[1][:5] == (
        "Toact, Invented",
        "REF3",
        "Invented Diploma (60000004)",
        "Enter unit 3 by 2026-05-22",
        datetime(2026, 5, 22),
    )


def test_where_the_catalogue_knows_completion_unconfirmed_its_flags_say_who_is_asked(
    reconcile: Reconcile, published: Path, tmp_path: Path
) -> None:
    catalogue = [known("completion_unconfirmed", "centre")]
    flags = [flag(2, "completion_unconfirmed", act_by=date(2026, 5, 22))]
    publish(published, POSITIONS, flags, catalogue=catalogue)
    assert reconcile("reports", "--centre", CENTRE) == 0
    shown = sections_of(page_of(tmp_path / "reports"))["unconfirmed"]
    assert "Ontrack" in shown and "22 May 2026" in shown and "Unconfirmed, Invented" not in shown


def test_an_organisation_sees_the_flags_that_it_owns_or_shares_and_whom_to_ask_but_no_name(folder: Path) -> None:
    page = page_of(folder, "organisations/flags-RN0001")
    for words in (
        "A block is in force.",
        "Nobody is registered.",
        "registration REG4",
        "exams@invented.example",
        "A. Nother",
    ):
        assert words in page
    assert "The date of birth differs." not in page and "No claim is made." not in page
    assert not any(str(row["surname"]) + ", " in page for row in POSITIONS)


def test_ucas_sees_the_flags_that_name_an_application(folder: Path) -> None:
    page = page_of(folder, "ucas/flags-ucas")
    assert "application 0000000042" in page and "A block is in force." not in page
