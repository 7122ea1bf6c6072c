"""`reconcile ucas-file`, what it is told: codes in lists, times, the publication; and what becomes of the file itself."""

from pathlib import Path

import duckdb
import pytest

from pipelines.cli import main
from tests.ucas_night import ORGANISATION, OTHER, QUALIFICATION, RELEASE, ULNS, learner, night

DAY = "2026-08-07"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RECONCILE_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def ask(
    output: Path, *more: str, kind: str = "results", organisation: str = ORGANISATION, at: str = f"{DAY}T06:00"
) -> int:
    codes = ["--organisation", organisation, "--sender", "30", "--receiver", "90", "--output", str(output)]
    month = [] if "--exam-month" in more else ["--exam-month", "2026-06"]
    return main(["ucas-file", "--type", kind, *codes, *month, "--as-of", at, *more])


def lines_of(output: Path, encoding: str = "utf-8") -> list[str]:
    return output.read_text(encoding=encoding).splitlines()


def test_the_file_says_for_which_day_and_month_it_is_and_ends_each_line_as_unix_does(
    data: Path, tmp_path: Path
) -> None:
    night(data, RELEASE, learner(0, "P"))
    assert ask(tmp_path / "out.txt", at="2026-08-07T09:30") == 0
    assert (tmp_path / "out.txt").read_bytes() == (
        b"H|30|90|R|06|2026|07082026|\n"
        b"S|30|90|99001|9900000012|Invented0:Pat|F|10022008|_|60000004|P||_|\n"
        b"T|30|90|3|062026|\n"
    )


def test_the_file_is_its_owner_s_alone(data: Path, tmp_path: Path) -> None:
    night(data, RELEASE, learner(0, "P"))
    ask(tmp_path / "out.txt")
    assert (tmp_path / "out.txt").stat().st_mode & 0o777 == 0o600


def test_another_file_is_never_written_over_and_nothing_is_noted_as_sent(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    night(data, RELEASE, learner(0, "P"))
    output = tmp_path / "out.txt"
    output.write_text("somebody's", encoding="utf-8")
    assert ask(output) == 1
    assert "exists; name another file" in capsys.readouterr().err
    assert output.read_text(encoding="utf-8") == "somebody's"
    assert ask(tmp_path / "other.txt") == 0
    assert (tmp_path / "other.txt").exists()


def test_subjects_of_one_candidate_stand_in_one_line(data: Path, tmp_path: Path) -> None:
    night(data, RELEASE, learner(0, "P"), learner(0, "M", qualification_number=OTHER))
    ask(tmp_path / "out.txt")
    assert lines_of(tmp_path / "out.txt")[1:] == [
        "S|30|90|99001|9900000012|Invented0:Pat|F|10022008|_|60000004|P||_|60000016|M||_|",
        "T|30|90|3|062026|",
    ]


def test_lists_give_the_codes_and_what_they_do_not_name_is_left_out_and_counted(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    codes, centres = tmp_path / "codes.csv", tmp_path / "centres.csv"
    codes.write_text(f"qualification_number,code\n{QUALIFICATION},DIP02\n", encoding="utf-8")
    centres.write_text("centre_number,code\n99001,C1\n", encoding="utf-8")
    night(
        data,
        RELEASE,
        learner(0, "P"),
        learner(1, "M", qualification_number=OTHER),
        learner(2, "D", centre_number="99002"),
    )
    assert ask(tmp_path / "out.txt", "--codes", str(codes), "--centres", str(centres)) == 0
    assert lines_of(tmp_path / "out.txt")[1].startswith("S|30|90|C1|9900000012|Invented0:Pat|F|10022008|_|DIP02|P|")
    printed = capsys.readouterr().out
    assert "1 that cannot stand in the file: the list of codes does not name the qualification" in printed
    assert "1 that cannot stand in the file: the list of centres does not name the centre" in printed
    assert len(lines_of(tmp_path / "out.txt")) == 3


@pytest.mark.parametrize("content", ["code\nA\n", "n,code\n60000004,\n", "n,code\n60000004,A\n60000004,B\n"])
def test_a_list_that_is_none_is_refused(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    codes = tmp_path / "codes.csv"
    codes.write_text(content, encoding="utf-8")
    night(data, RELEASE, learner(0, "P"))
    assert ask(tmp_path / "out.txt", "--codes", str(codes)) == 1
    assert "needs a header, two filled columns" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "centre", "candidate"),
    [
        ((), "99001", ULNS[0]),
        (("--centre", "OURS"), "OURS", ULNS[0]),
        (("--candidate-number", "registration_number"), "99001", "REG0"),
        (("--candidate-number", "personal_id"), "99001", "0000000000"),
    ],
)
def test_centre_and_candidate_number_are_what_was_agreed(
    data: Path, tmp_path: Path, more: tuple[str, ...], centre: str, candidate: str
) -> None:
    night(data, RELEASE, learner(0, "P"))
    ask(tmp_path / "out.txt", *more)
    assert lines_of(tmp_path / "out.txt")[1].split("|")[3:5] == [centre, candidate]


@pytest.mark.parametrize("uln", [None, "9999999999", "9900000013"])
def test_a_learner_number_that_is_nobody_s_or_mistyped_is_not_sent(data: Path, tmp_path: Path, uln: str | None) -> None:
    night(data, RELEASE, learner(0, "P", uln=uln), learner(1, "M"))
    ask(tmp_path / "out.txt")
    assert [line.split("|")[4] for line in lines_of(tmp_path / "out.txt")[1:-1]] == [ULNS[1]]


def test_a_name_that_the_encoding_does_not_have_is_left_out_and_counted(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    night(data, RELEASE, learner(0, "P", surname="Siân"), learner(1, "M", surname="Łukasik"))
    ask(tmp_path / "out.txt", "--encoding", "windows-1252")
    assert [line.split("|")[5] for line in lines_of(tmp_path / "out.txt", "cp1252")[1:-1]] == ["Siân:Pat"]
    assert "1 that cannot stand in the file: a name has letters that the encoding" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("more", "at", "words"),
    [
        ((), "2026-08-06", "lies before the publication, which is of [2026-08-07]"),
        ((), "2999-01-01", "lies ahead"),
        (("--cycle", "2025"), DAY, "is of cycle [2026], not [2025]"),
        (("--exam-month", "2027-06"), DAY, "is not in the publication's cycle [2026]"),
        (("--sender", "3|0"), DAY, "--sender is empty or holds a bar"),
    ],
)
def test_what_does_not_fit_the_publication_is_one_line_and_no_file(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], *, more: tuple[str, ...], at: str, words: str
) -> None:
    night(data, RELEASE, learner(0, "P"))
    assert ask(tmp_path / "out.txt", *more, at=at) == 1
    printed = capsys.readouterr().err
    assert words in printed
    assert printed.count("\n") == 1
    assert not (tmp_path / "out.txt").exists()


def test_a_run_that_was_held_back_is_not_sent_from(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    night(data, RELEASE, learner(0, "P"), publication_id="an earlier one")
    assert ask(tmp_path / "out.txt") == 1
    assert "held back or published elsewhere" in capsys.readouterr().err
    assert not (tmp_path / "out.txt").exists()


def test_an_organisation_without_registrations_is_named(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    night(data, RELEASE, learner(0, "P"))
    assert ask(tmp_path / "out.txt", organisation="RN0000") == 1
    assert "no registration of [RN0000] is held" in capsys.readouterr().err


def test_nothing_published_and_a_run_of_an_earlier_version_are_named(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(tmp_path / "out.txt") == 1
    assert "nothing is published" in capsys.readouterr().err
    night(data, RELEASE, learner(0, "P"))
    with duckdb.connect(data / "work" / "work.duckdb") as connection:
        connection.execute("DROP TABLE reconciled.issued_awards")
    assert ask(tmp_path / "out.txt") == 1
    assert "stopped or is of an earlier version" in capsys.readouterr().err


def test_amendments_are_never_everything(data: Path, tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        ask(tmp_path / "out.txt", "--full", kind="amendments")


def test_two_organisations_are_sent_apart(data: Path, tmp_path: Path) -> None:
    other = learner(1, "M")
    for row in other.values():
        if row["feed"] != "ucas_applicants":
            row["awarding_organisation_rn"] = "RN9902"
    night(data, RELEASE, learner(0, "P"), other)
    for organisation, uln in ((ORGANISATION, ULNS[0]), ("RN9902", ULNS[1])):
        output = tmp_path / f"{organisation}.txt"
        assert ask(output, organisation=organisation) == 0
        assert [line.split("|")[4] for line in lines_of(output)[1:-1]] == [uln]
