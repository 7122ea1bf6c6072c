"""`reconcile ucas-file`: who is in the file, when a grade may be in it, and what is sent the second time."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.cli import main
from tests.ucas_night import ORGANISATION, OTHER, QUALIFICATION, RELEASE, ULNS, Rows, learner, night

DAY = "2026-08-07"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RECONCILE_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


class Files:
    """Files asked for one after the other."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.made = folder, 0

    def ask(self, kind: str, *more: str, at: str | None = f"{DAY}T06:00", status: int = 0) -> list[list[str]]:
        """The file's candidates' lines in fields; empty where no file is written."""
        self.made += 1
        output = self.folder / f"{self.made}.txt"
        codes = ("--organisation", ORGANISATION, "--sender", "30", "--receiver", "90", "--exam-month", "2026-06")
        when = ("--as-of", at) if at else ()
        assert main(["ucas-file", "--type", kind, *codes, "--output", str(output), *when, *more]) == status
        if not output.exists():
            return []
        header, *lines, trailer = output.read_text(encoding="utf-8").splitlines()
        assert header.split("|")[3] == {"entries": "E", "results": "R", "amendments": "A"}[kind]
        assert trailer == f"T|30|90|{len(lines) + 2}|062026|"
        return [line.split("|") for line in lines]


@pytest.fixture
def files(tmp_path: Path, data: Path) -> Files:
    return Files(tmp_path)


def told(lines: list[list[str]]) -> dict[str, tuple[str, str]]:
    """Grade and previous grade of the one subject of each candidate."""
    return {line[4]: (line[10], line[11]) for line in lines}


def test_entries_are_the_expected_learners_who_applied_with_blank_grades(data: Path, files: Files) -> None:
    night(
        data, RELEASE, learner(0), learner(1, "M"), learner(2, planned_completion="2027-06"), learner(3, applied=False)
    )
    assert told(files.ask("entries")) == {ULNS[0]: ("", ""), ULNS[1]: ("", "")}


def test_nobody_is_sent_whose_registration_and_application_are_not_accepted_as_one_person_s(
    data: Path, files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    apart = learner(0, "P", learner="somebody else of the same name, birth and number")
    gone = learner(1, "P")
    gone["application 1"]["withdrawn_on"] = "2026-03-01"
    night(data, RELEASE, apart, gone)
    for kind in ("entries", "results"):
        assert files.ask(kind) == []
    assert "2 of learners without an accepted link to a live application" in capsys.readouterr().out


def test_results_are_issued_grades_and_no_others(data: Path, files: Files) -> None:
    night(
        data,
        RELEASE,
        learner(0, "D*D*"),
        learner(1, award_status="pending"),
        learner(2, award_status="none"),
        learner(3, "Q"),
        learner(4, "N"),
        learner(5, "P", status="withdrawn"),
    )
    assert told(files.ask("results")) == {ULNS[0]: ("D*D*", ""), ULNS[4]: ("N", "")}


@pytest.mark.parametrize(
    ("at", "sent"), [(None, False), (f"{DAY}", False), (f"{DAY}T05:59", False), (f"{DAY}T06:00", True)]
)
def test_no_result_is_sent_before_results_go_to_ucas(
    data: Path, files: Files, capsys: pytest.CaptureFixture[str], at: str | None, sent: bool
) -> None:
    night(data, RELEASE, learner(0, "P"))
    assert bool(files.ask("results", at=at)) == sent
    assert ("1 waiting until results go to UCAS, the next [2026-08-07 06:00]" in capsys.readouterr().out) != sent


def test_the_most_specific_date_decides_when_a_result_may_go(data: Path, files: Files) -> None:
    own: Rows = {
        "of the organisation": {
            **RELEASE["release"],
            "awarding_organisation_rn": ORGANISATION,
            "falls_on": "2026-08-01",
        },
        "of the qualification": {
            **RELEASE["release"],
            "awarding_organisation_rn": ORGANISATION,
            "qualification_number": QUALIFICATION,
            "falls_on": "2026-08-11",
        },
    }
    night(data, RELEASE, own, learner(0, "P"), learner(1, "M", qualification_number=OTHER))
    assert list(told(files.ask("results", at=DAY))) == [ULNS[1]]


def test_without_a_date_no_result_is_sent(data: Path, files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    night(data, learner(0, "P"))
    assert files.ask("results") == []
    assert "1 without a day in the key dates on which results go to UCAS" in capsys.readouterr().out


def test_results_of_an_earlier_cycle_are_not_sent(data: Path, files: Files) -> None:
    old = learner(0, "P", planned_completion="2025-06")
    earlier: Rows = {"earlier": {**RELEASE["release"], "series": "2025-06", "falls_on": "2025-08-08"}}
    night(data, RELEASE, earlier, old)
    assert files.ask("results") == []


def test_the_same_again_is_said_to_be_nothing_and_no_file_is_written(
    data: Path, files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    night(data, RELEASE, learner(0, "P"), learner(1))
    for kind in ("entries", "results"):
        assert files.ask(kind)
        assert files.ask(kind) == []
        assert "nothing to send" in capsys.readouterr().out


def test_a_second_call_sends_only_what_is_new(data: Path, files: Files) -> None:
    night(data, RELEASE, learner(0, "P"), learner(1))
    files.ask("entries")
    files.ask("results")
    night(data, RELEASE, learner(0, "P"), learner(1, "M"), learner(2, "D"))
    assert list(told(files.ask("entries"))) == [ULNS[2]]
    assert list(told(files.ask("results"))) == [ULNS[1], ULNS[2]]


def test_an_entry_does_not_follow_a_result_which_it_would_blank(data: Path, files: Files) -> None:
    night(data, RELEASE, learner(0, "P"), learner(1))
    files.ask("results")
    assert list(told(files.ask("entries"))) == [ULNS[1]]


def changed(**award: Any) -> Rows:
    rows = learner(0, "M")
    rows[f"award 0 {QUALIFICATION}"] |= award
    return rows


@pytest.mark.parametrize(
    ("award", "expected"),
    [
        ({"grade": "M", "previous_grade": "P"}, ("M", "P")),
        ({"result_status": "pending", "grade": None, "previous_grade": "P"}, ("Q", "P")),
        ({"result_status": "none", "grade": None, "previous_grade": "P"}, ("", "P")),
    ],
)
def test_amendments_are_results_made_or_changed_since_each_with_what_ucas_was_sent(
    data: Path, files: Files, award: dict[str, Any], expected: tuple[str, str]
) -> None:
    night(data, RELEASE, learner(0, "P"), learner(1, "D"), learner(2))
    files.ask("results")
    night(data, RELEASE, changed(**award), learner(1, "D"), learner(2, "D*"))
    assert told(files.ask("amendments")) == {ULNS[0]: expected, ULNS[2]: ("D*", "")}
    assert files.ask("amendments") == []


def test_the_grade_before_is_the_one_that_ucas_was_sent_last_not_the_one_before_it(data: Path, files: Files) -> None:
    grades = ("P", "M", "D")
    for place, grade in enumerate(grades):
        earlier = {"previous_grade": grades[place - 1]} if place else {}
        old: Rows = {
            f"earlier {one}": {
                "feed": "earlier_award_grades",
                "awarding_organisation_rn": ORGANISATION,
                "registration_number": "REG0",
                "qualification_number": QUALIFICATION,
                "grade": one,
            }
            for one in grades[:place]
        }
        night(data, RELEASE, changed(grade=grade, **earlier), old)
        sent = files.ask("results" if place == 0 else "amendments")
        assert told(sent) == {ULNS[0]: (grade, grades[place - 1] if place else "")}


def test_a_results_file_leaves_changed_results_to_amendments(
    data: Path, files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    night(data, RELEASE, learner(0, "P"))
    files.ask("results")
    night(data, RELEASE, changed(previous_grade="P"))
    assert files.ask("results") == []
    assert "1 changed since UCAS was sent them; send amendments" in capsys.readouterr().out


def test_amendments_need_results_before_them(data: Path, files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    night(data, RELEASE, learner(0, "P"))
    assert files.ask("amendments", status=1) == []
    assert "no results of this organisation were sent yet" in capsys.readouterr().err


def test_what_was_sent_of_somebody_who_no_longer_has_an_application_is_told_and_not_sent(
    data: Path, files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    night(data, RELEASE, learner(0, "P"))
    files.ask("results")
    night(data, RELEASE, learner(0, "M", learner="somebody else, as is now known"))
    assert files.ask("amendments") == []
    assert "1 sent earlier, of learners who no longer have a live application" in capsys.readouterr().out


def test_all_is_sent_again_in_full_and_counts_from_then_on(data: Path, files: Files) -> None:
    night(data, RELEASE, learner(0, "P"), learner(1, "M"))
    files.ask("results")
    assert len(files.ask("results", "--full")) == 2
    assert files.ask("results") == []


def test_where_the_register_s_key_is_lost_only_a_full_file_is_made(
    data: Path, files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    night(data, RELEASE, learner(0, "P"))
    files.ask("results")
    (data / "returns.key").unlink()
    assert files.ask("results", status=1) == []
    assert "--type results --full" in capsys.readouterr().err
    assert len(files.ask("results", "--full")) == 1


def test_the_register_knows_each_row_its_flags_and_nobody(data: Path, files: Files) -> None:
    night(data, RELEASE, learner(0, "D*D*D"), learner(1, "MMP"), flags={"FLAG7": "REG1"})
    files.ask("results")
    with sqlite3.connect(data / "ledger.sqlite") as ledger:
        everything = "\n".join(ledger.iterdump())
        rows = ledger.execute("SELECT row_number, change FROM return_rows ORDER BY row_number").fetchall()
        assert ledger.execute("SELECT row_number, flag_id FROM return_flags").fetchall() == [(2, "FLAG7")]
    assert rows == [(1, "new"), (2, "new")]
    for known in (*ULNS, "REG0", "REG1", "Invented", "D*D*D", "MMP", "000000000"):
        assert f"'{known}" not in everything


def test_nothing_about_anybody_is_printed(data: Path, files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    night(data, RELEASE, learner(0, "D*D*D"), learner(1, "MMP", surname="Bar|Person"))
    files.ask("results")
    printed = capsys.readouterr().out
    assert "1 that cannot stand in the file: a field holds" in printed
    for known in (*ULNS, "REG0", "Invented", "Person", "D*D*D", "MMP"):
        assert known not in printed


def test_the_moment_is_the_present_on_the_publication_s_own_day(data: Path, files: Files) -> None:
    today = datetime.now(UTC).date()
    night(data, RELEASE, learner(0, "P"), as_of=today.isoformat())
    assert len(files.ask("results", at=None)) == (today.isoformat() >= DAY)
