"""The regulator's file of late results: the known fields in their order, -2 for what is not held, and when it is refused."""

import csv
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.cli import main
from pipelines.late_results_return import return_line
from schemas.published import PUBLISHED
from schemas.regulator_late_results import LATE_RESULTS, RETURN_FIELDS

#: The order of the published file format of 14 November 2023, as far as it was seen.
FIELDS = [
    "ReportingDate",
    "AcademicYear",
    "AwardingOrganisation",
    "QualificationNumber",
    "UniqueLearnerNumber",
    "UniqueCandidateIdentifier",
    "CandidateIdentifierOther",
    "FirstName",
    "MiddleNames",
    "Surname",
    "DOB",
]
ROW: dict[str, Any] = {
    "awarding_organisation_rn": "RN5133",
    "registration_number": "P2200001",
    "qualification_number": "6017159X",
    "due_on": date(2022, 8, 18),
    "standing": "not_issued",
    "reason_code": "N3",
    "uln": "9900000019",
    "uci": "990010200001A",
    "forename": "Ada",
    "surname": "Invented",
    "date_of_birth": date(2004, 1, 31),
}


@pytest.fixture(autouse=True)
def register(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The ledger with the register lies in a data folder of the test's own."""
    monkeypatch.setenv("RECONCILE_DATA", str(tmp_path / "data"))
    return tmp_path / "data" / "ledger.sqlite"


def published(folder: Path, *changes: dict[str, Any], as_of: str = "2022-08-24") -> Path:
    """A publication that holds ROW once for each of the changes to it, the first with a flag; in place of an earlier one."""
    file = folder / "reconciliation.duckdb"
    file.unlink(missing_ok=True)
    with duckdb.connect(file) as connection:
        connection.execute("CREATE SCHEMA published")
        connection.execute(
            f"CREATE TABLE published.runs AS SELECT 'p1' AS publication_id, DATE '{as_of}' AS as_of, 2022 AS cycle"
        )
        connection.execute(f"CREATE TABLE published.flags ({PUBLISHED['flags'].column_ddl})")
        connection.execute(
            "INSERT INTO published.flags (flag_id, awarding_organisation_rn, registration_number, qualification_number) "
            "VALUES ('f1', 'RN5133', 'P2200000', '6017159X')"
        )
        connection.execute(f"CREATE TABLE published.late_results ({LATE_RESULTS.column_ddl})")
        for place, change in enumerate(changes):
            row = ROW | {"registration_number": f"P220000{place}"} | change
            marks = ", ".join("?" * len(row))
            connection.execute(
                f"INSERT INTO published.late_results ({', '.join(row)}) VALUES ({marks})", list(row.values())
            )
    return file


def asked(file: Path, output: Path, *more: str) -> int:
    return main(["late-results-return", "--published", str(file), "--output", str(output), *more])


def written(output: Path) -> list[dict[str, str]]:
    with output.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_fields_stand_in_the_published_order() -> None:
    assert [field.name for field in RETURN_FIELDS] == FIELDS


def test_a_record_is_written_in_the_published_forms() -> None:
    assert list(return_line(ROW, date(2022, 8, 24), 2022).values()) == [
        "2022-08-24",
        "2021-2022",
        "RN5133",
        "601/7159/X",
        "9900000019",
        "990010200001A",
        "P2200001",
        "Ada",
        "-2",
        "Invented",
        "2004-01-31",
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"uln": None}, {"UniqueLearnerNumber": "-2"}),
        ({"uln": "9999999999"}, {"UniqueLearnerNumber": "-2"}),
        ({"uci": None}, {"UniqueCandidateIdentifier": "-2"}),
        ({"uln": None, "uci": None}, {"CandidateIdentifierOther": "P2200001"}),
        ({"registration_number": "P" * 21}, {"CandidateIdentifierOther": "-2"}),
        ({"forename": "Ada Augusta  Byron"}, {"FirstName": "Ada", "MiddleNames": "Augusta  Byron"}),
    ],
)
def test_what_is_not_held_is_minus_two_and_one_identifier_always_stands(
    change: dict[str, Any], expected: dict[str, str]
) -> None:
    line = return_line(ROW | change, date(2022, 8, 24), 2022)
    assert {name: line[name] for name in expected} == expected


def test_the_file_is_its_owner_s_alone_and_holds_one_organisation_if_asked(tmp_path: Path) -> None:
    file = published(tmp_path, {}, {"awarding_organisation_rn": "RN5193", "standing": "issued_late"})
    output = tmp_path / "return.csv"
    assert asked(file, output, "--organisation", "RN5193") == 0
    assert output.stat().st_mode & 0o777 == 0o600
    assert [row["AwardingOrganisation"] for row in written(output)] == ["RN5193"]


def test_the_message_counts_codes_says_what_is_left_out_and_shows_nobody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = published(tmp_path, {}, {"reason_code": None})
    assert asked(file, tmp_path / "return.csv") == 0
    printed = capsys.readouterr().out
    for words in (
        "2 late or missing results",
        "N3: 1",
        "no code: 1",
        "fields after the eleventh",
        "recognition number",
    ):
        assert words in printed
    assert "Invented" not in printed


def test_before_results_day_it_is_refused_unless_a_preview_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = published(tmp_path, {"standing": "forecast"}, as_of="2022-06-01")
    output = tmp_path / "return.csv"
    assert asked(file, output) == 1
    assert "results day comes on [2022-08-18]" in capsys.readouterr().err
    assert not output.exists()
    assert asked(file, output, "--preview") == 0
    assert "Do not send it" in capsys.readouterr().out
    assert len(written(output)) == 1


def test_results_whose_day_has_not_come_are_left_out_of_a_return(tmp_path: Path) -> None:
    file = published(tmp_path, {}, {"standing": "forecast", "due_on": date(2022, 8, 25)})
    output = tmp_path / "return.csv"
    assert asked(file, output) == 0
    assert len(written(output)) == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ((), "no result is late as of [2022-08-24]"),
        (({"registration_number": "P" * 21, "uln": None, "uci": None},), "1 values of [CandidateIdentifierOther]"),
    ],
)
def test_nothing_to_report_and_what_does_not_fit_are_one_line_and_no_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], changes: tuple[dict[str, Any], ...], words: str
) -> None:
    output = tmp_path / "return.csv"
    assert asked(published(tmp_path, *changes), output) == 1
    printed = capsys.readouterr().err
    assert words in printed
    assert printed.count("\n") == 1
    assert not output.exists()


def test_another_file_is_never_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "return.csv"
    output.write_text("somebody's", encoding="utf-8")
    assert asked(published(tmp_path, {}), output) == 1
    assert "exists; name another file" in capsys.readouterr().err
    assert output.read_text(encoding="utf-8") == "somebody's"


def test_a_publication_of_an_earlier_version_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "old.duckdb"
    with duckdb.connect(file) as connection:
        connection.execute("CREATE SCHEMA published")
    assert asked(file, tmp_path / "return.csv") == 1
    assert "of an earlier version" in capsys.readouterr().err


def test_a_return_is_recorded_and_its_rows_are_traced_to_the_flags_that_name_the_registration(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "return.csv"
    assert asked(published(tmp_path, {}, {}), output) == 0
    assert main(["returns", "--verify", str(output)]) == 0
    assert main(["returns", "--flag", "f1"]) == 0
    said = capsys.readouterr().out
    assert "late_results for Ofqual, 2 rows, whole, as of 2022-08-24, publication p1" in said
    assert "row 1, new" in said
    output.write_text("changed", encoding="utf-8")
    assert main(["returns", "--verify", str(output)]) == 1
    assert "is no return that was recorded here" in capsys.readouterr().err


def test_a_second_return_of_which_nothing_but_the_day_has_changed_is_not_written_unless_asked_for_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asked(published(tmp_path, {}, {}), tmp_path / "first.csv") == 0
    later = published(tmp_path, {}, {}, as_of="2022-08-25")
    assert asked(later, tmp_path / "second.csv") == 0
    assert "nothing has changed since the file of 2022-08-24" in capsys.readouterr().out
    assert not (tmp_path / "second.csv").exists()
    assert asked(later, tmp_path / "again.csv", "--again") == 0
    assert [row["ReportingDate"] for row in written(tmp_path / "again.csv")] == ["2022-08-25"] * 2


def test_each_return_is_whole_and_says_what_is_different_from_the_one_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asked(published(tmp_path, {}, {}, {}), tmp_path / "first.csv") == 0
    changed = published(tmp_path, {}, {"surname": "Otherwise"}, {"registration_number": "P2200009"})
    assert asked(changed, tmp_path / "second.csv") == 0
    assert len(written(tmp_path / "second.csv")) == 3
    assert "1 new, 1 changed, 1 no longer in it" in capsys.readouterr().out


def test_the_files_of_one_organisation_and_of_all_are_told_apart(tmp_path: Path) -> None:
    file = published(tmp_path, {})
    assert asked(file, tmp_path / "all.csv") == 0
    assert asked(file, tmp_path / "one.csv", "--organisation", "RN5133") == 0
    assert len(written(tmp_path / "one.csv")) == 1


def test_a_preview_is_no_return(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = published(tmp_path, {"standing": "forecast"}, as_of="2022-06-01")
    assert asked(file, tmp_path / "preview.csv", "--preview") == 0
    capsys.readouterr()
    assert main(["returns"]) == 0
    assert capsys.readouterr().out == "no return was made\n"


def test_the_ledger_holds_nothing_of_a_learner(tmp_path: Path, register: Path) -> None:
    assert asked(published(tmp_path, {}), tmp_path / "return.csv") == 0
    held = b"".join(path.read_bytes() for path in register.parent.glob("ledger.sqlite*"))
    values = [ROW[name] for name in ("uln", "uci", "surname", "registration_number")]
    assert not any(value.encode() in held for value in (*values, str(tmp_path)))
