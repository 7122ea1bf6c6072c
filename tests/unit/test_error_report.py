"""The errors of a delivery for whoever sent it: all of them, in words, with whose they are, nothing taken for a formula."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.cli import main
from pipelines.csv_cells import csv_cell
from pipelines.formats_page import EXAMPLES
from tests.landed_folder import csv_of, rows_of
from tests.readers.examples import FormatsFolder

Report = Callable[..., list[dict[str, str]]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FormatsFolder:
    """A landing folder whose store is the one that the command reads."""
    monkeypatch.setenv("RECONCILE_DATA", str(tmp_path / "data"))
    made = FormatsFolder(tmp_path / "data")
    return made


@pytest.fixture
def report(folder: FormatsFolder, tmp_path: Path) -> Report:
    """Publishes what was landed, asks for the report of a delivery, and reads it."""

    def written(asked: str, *, output: str = "errors.csv") -> list[dict[str, str]]:
        assert ask(folder, tmp_path, asked, output) == 0
        with (tmp_path / output).open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    return written


def ask(folder: FormatsFolder, tmp_path: Path, asked: str, output: str = "errors.csv") -> int:
    published = tmp_path / "reconciliation.duckdb"
    published.unlink(missing_ok=True)
    folder.con.execute(f"ATTACH '{published}' AS analysts")
    folder.con.execute("CREATE SCHEMA analysts.published")
    for table in ("deliveries", "quarantine"):
        folder.con.execute(f"CREATE TABLE analysts.published.{table} AS FROM landed.{table}")
    folder.con.execute("DETACH analysts")
    return main(["error-report", asked, "--published", str(published), "--output", str(tmp_path / output)])


def deliver(folder: FormatsFolder, reader: str, name: str) -> dict[str, Any]:
    """Lands a malformed example; returns its delivery."""
    folder.deliver(reader, (EXAMPLES / reader / "malformed" / name).read_bytes(), name)
    (row,) = (row for row in folder.land_all() if row["file_name"] == f"{reader}/{name}")
    return row


def test_every_error_of_a_line_is_told_with_the_learners_number(folder: FormatsFolder, report: Report) -> None:
    deliver(folder, "tlevel_registrations", "one-line-wrong-in-everything.csv")
    rows = report("one-line-wrong-in-everything.csv")
    assert {(row["Line"], row["Identifier"]) for row in rows} == {("3", "99000001")}
    assert len(rows) == 9
    told = {row["Column"]: (row["Found"], row["Error"]) for row in rows}
    assert told["date_of_birth"] == ("digits, 8", "[Date of birth] must be a day that exists, written ddmmyyyy.")
    assert told["registration_number"] == ("digits, 8", "[ULN] must be 10 digits.")


def test_a_line_whose_key_cannot_be_read_still_says_whose_it_is(folder: FormatsFolder, report: Report) -> None:
    deliver(folder, "tlevel_assessment_entries", "series-in-another-form.csv")
    uln = (EXAMPLES / "tlevel_registrations/good/registrations.2025-11-01.csv").read_text().split("\n")[2][:10]
    assert {row["Identifier"] for row in report("series-in-another-form.csv")} == {uln}


def test_a_delivery_is_named_by_its_id_its_file_or_the_files_path(folder: FormatsFolder, report: Report) -> None:
    row = deliver(folder, "tlevel_registrations", "learner-on-two-lines.csv")
    names = (row["delivery_id"], "learner-on-two-lines.csv", row["file_name"])
    told = [report(name, output=f"{place}.csv") for place, name in enumerate(names)]
    assert told[0] == told[1] == told[2]
    assert [one["Line"] for one in told[0]] == ["2", "4"]


def test_the_canonical_layout_is_reported_too_and_an_unknown_uln_is_no_identifier(
    folder: FormatsFolder, report: Report
) -> None:
    unknown = {"registration_number": "REG2", "sex": "X", "uln": "9999999999"}
    changes = [{}, unknown, {"registration_number": "REG3", "sex": "X", "uln": "1000000009"}]
    folder.put("ao_registrations", csv_of(rows_of("ao_registrations", *changes)), "ao 2026-07-15.csv")
    folder.land_all(["ao_registrations"])
    assert [(row["Line"], row["Identifier"], row["Column"]) for row in report("ao 2026-07-15.csv")] == [
        ("3", "REG2", "sex"),
        ("4", "1000000009", "sex"),
    ]


def test_where_the_kept_file_is_gone_the_keys_that_were_noted_down_say_whose_a_line_is(
    folder: FormatsFolder, report: Report, capsys: pytest.CaptureFixture[str]
) -> None:
    changes = [{}, {"registration_number": "REG2", "sex": "X"}, {"registration_number": "", "sex": "X"}]
    folder.put("ao_registrations", csv_of(rows_of("ao_registrations", *changes)), "ao 2026-07-15.csv")
    folder.land_all(["ao_registrations"])
    for file in (folder.store / "files").iterdir():
        file.unlink()
    rows = report("ao 2026-07-15.csv")
    assert [(row["Line"], row["Identifier"]) for row in rows] == [("3", "REG2"), ("4", ""), ("4", "")]
    assert "without an identifier" in capsys.readouterr().out


def test_a_file_refused_as_a_whole_has_its_one_reason(folder: FormatsFolder, report: Report) -> None:
    deliver(folder, "tlevel_registrations", "no-column-ukprn.csv")
    (row,) = report("no-column-ukprn.csv")
    assert (row["Line"], row["Identifier"]) == ("", "")
    assert "[UKPRN]" in row["Error"]


def test_an_identifier_that_a_spreadsheet_takes_for_a_formula_is_written_as_text(
    folder: FormatsFolder, report: Report
) -> None:
    change = {"registration_number": '=HYPERLINK("a")', "sex": "X", "uln": ""}
    folder.put("ao_registrations", csv_of(rows_of("ao_registrations", {}, change)), "ao 2026-07-15.csv")
    folder.land_all(["ao_registrations"])
    assert [row["Identifier"] for row in report("ao 2026-07-15.csv")] == ['\'=HYPERLINK("a")']


@pytest.mark.parametrize(
    ("value", "cell"), [("=1", "'=1"), (" +1", "' +1"), ("-2", "'-2"), ("\uff1d1", "'\uff1d1"), (None, ""), (3, "3")]
)
def test_a_cell_is_never_the_beginning_of_a_formula(value: str | int | None, cell: str) -> None:
    assert csv_cell(value) == cell


def test_the_report_is_for_its_owner_alone_and_never_over_another_file(
    folder: FormatsFolder, report: Report, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deliver(folder, "tlevel_registrations", "learner-on-two-lines.csv")
    report("learner-on-two-lines.csv")
    assert (tmp_path / "errors.csv").stat().st_mode & 0o777 == 0o600
    (tmp_path / "taken.csv").write_text("mine")
    assert ask(folder, tmp_path, "learner-on-two-lines.csv", "taken.csv") == 1
    assert (tmp_path / "taken.csv").read_text() == "mine"
    assert "name another file" in capsys.readouterr().err


def test_what_cannot_be_reported_is_said(
    folder: FormatsFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder.put("ao_registrations", csv_of(rows_of("ao_registrations", {})), "good 2026-07-15.csv")
    folder.put("ao_registrations", csv_of(rows_of("ao_registrations", {})), "same 2026-07-16.csv")
    for feed in ("ao_unit_results", "centre_unit_entries"):
        folder.put(feed, csv_of(rows_of(feed, {})), "twin 2026-07-15.csv")
    folder.land_all(["ao_registrations", "ao_unit_results", "centre_unit_entries"])
    for asked, said in {
        "nothing.csv": "no delivery has",
        "good 2026-07-15.csv": "no row of",
        "same 2026-07-16.csv": "was not read",
        "twin 2026-07-15.csv": "several files",
    }.items():
        assert ask(folder, tmp_path, asked) == 1
        assert said in capsys.readouterr().err
    assert not (tmp_path / "errors.csv").exists()
    assert main(["error-report", "x", "--published", str(tmp_path / "none"), "--output", str(tmp_path / "e.csv")]) == 1
