"""A file for UCAS from the sample cycle's night: what stands in it is what the feeds and links of that night say."""

import shutil
from pathlib import Path

import duckdb
import pytest

from pipelines.cli import main
from tests.integration.conftest import Night

ORGANISATION = "RN5133"


@pytest.fixture
def data(night: Night, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of its own that holds what the night left."""
    folder = tmp_path / "data"
    shutil.copytree(night.place.folder / "data" / "work", folder / "work")
    monkeypatch.setenv("RECONCILE_DATA", str(folder))
    monkeypatch.setenv("RECONCILE_PUBLISHED", str(night.place.published))
    return folder


def sent(kind: str, output: Path) -> set[tuple[str, str, str]]:
    """Candidate number, subject code and grade of each subject in the file."""
    codes = ["--sender", "30", "--receiver", "90", "--exam-month", "2026-06", "--output", str(output)]
    numbered = ["--candidate-number", "registration_number"]
    assert main(["ucas-file", "--type", kind, "--organisation", ORGANISATION, *codes, *numbered]) == 0
    found = set()
    for line in output.read_text(encoding="utf-8").splitlines()[1:-1]:
        fields = line.split("|")
        found |= {(fields[4], fields[place], fields[place + 1]) for place in range(9, len(fields) - 1, 4)}
    return found


def test_results_are_the_released_awards_of_linked_applicants_and_nobody_else(data: Path, tmp_path: Path) -> None:
    with duckdb.connect(data / "work" / "work.duckdb", read_only=True) as connection:
        expected = connection.execute(
            """
            SELECT DISTINCT award.registration_number, award.qualification_number, award.grade
            FROM standardised.ao_awards AS award
            JOIN standardised.ao_registrations AS registered
                USING (awarding_organisation_rn, registration_number, qualification_number)
            JOIN linked.person_links AS mine
                ON mine.feed = 'ao_registrations' AND mine.registration_number = award.registration_number
                AND mine.qualification_number = award.qualification_number
            JOIN linked.person_links AS theirs ON theirs.feed = 'ucas_applicants' AND theirs.learner_id = mine.learner_id
            JOIN standardised.ucas_applicants AS applicant ON applicant.personal_id = theirs.personal_id
            WHERE award.awarding_organisation_rn = ? AND award.result_status = 'issued'
                AND applicant.withdrawn_on IS NULL
                -- of the sample's releases to UCAS only that of January's series lies before the night
                AND registered.planned_completion = '2026-01'
                AND registered.status IN ('active', 'completed')
            """,
            [ORGANISATION],
        ).fetchall()
    assert expected
    assert sent("results", tmp_path / "results.txt") == set(expected)


def test_entries_are_no_grades_and_a_second_call_has_nothing_to_add(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entries = sent("entries", tmp_path / "entries.txt")
    assert entries
    assert {grade for _, _, grade in entries} == {""}
    capsys.readouterr()
    codes = ["--organisation", ORGANISATION, "--sender", "30", "--receiver", "90", "--exam-month", "2026-06"]
    again = ["--output", str(tmp_path / "again.txt"), "--candidate-number", "registration_number"]
    assert main(["ucas-file", "--type", "entries", *codes, *again]) == 0
    assert "nothing to send" in capsys.readouterr().out
    assert not (tmp_path / "again.txt").exists()
