"""Real public lists by a mapping: DfE's approved qualifications, a download of the register, T Level uploads."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.settings import ROOT
from tests.readers.examples import FormatsFolder

DATA = ROOT.parent / "shared" / "data"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the folder ../shared/data with public files is not there")

LEVELS = {"Entry Level": "E", "Level 1/2": "1/2", **{f"Level {level}": str(level) for level in range(1, 9)}}


def landed(folder: FormatsFolder, file: str, feed: str, columns: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What becomes of a real file by a mapping."""
    options = {"feeds": {feed: {"columns": columns}}, **more}
    folder.put("sources", yaml.safe_dump({"reader": "delimited", "options": options}).encode(), "real.yaml")
    folder.put("real", (DATA / file).read_bytes(), "real 2026-05-01.csv")
    (row,) = folder.land_all([feed])
    return row


def test_all_approved_qualifications_are_read_those_with_line_breaks_included(tmp_path: Path) -> None:
    folder = FormatsFolder(tmp_path)
    columns = {
        "qualification_number": "qualificationnumber",
        "title": "QualificationName",
        "awarding_organisation_rn": {"constant": "RN9901"},
        "level": {"from": "Level", "values": LEVELS},
    }
    row = landed(folder, "ofqual/approved_qualifications_2025-02-18.csv", "qualifications", columns)
    # 8,092 rows (SOURCES.md beside the file)
    assert (row["status"], row["landed_rows"], row["valid_rows"]) == ("accepted", 8092, 8092)
    assert "Age1416_FundingAvailable" in row["extra_columns"]


def test_a_download_of_the_register_has_its_months_first_and_london_s_days(tmp_path: Path) -> None:
    folder = FormatsFolder(tmp_path)
    columns = {
        "qualification_number": "Qualification Number",
        "title": "Qualification Title",
        "awarding_organisation_rn": {"constant": "RN9901"},
        "level": {"from": "Qualification Level", "values": LEVELS},
        **{
            name: {"from": name.replace("_", " "), "dates": "m/d/yyyy h:mm:ss AM +00:00"}
            for name in ("operational_start_date", "operational_end_date", "certification_end_date")
        },
    }
    row = landed(folder, "ofqual/register_download_sample.csv", "qualifications", columns)
    assert row["status"] == "accepted" and row["valid_rows"] + row["quarantined_rows"] == 10
    # four of its ten rows lack a field
    assert {rule for _, _, rule, _ in folder.reasons()} == {"field_count"} and row["quarantined_rows"] == 4
    assert all(valid["operational_start_date"] is not None for valid in folder.valid(row))


def test_t_level_uploads_are_lists_like_others(tmp_path: Path) -> None:
    columns = {
        "awarding_organisation_rn": {"constant": "RN9901"},
        "registration_number": "ULN",
        "qualification_number": "Core code",
        "centre_number": {"constant": "99101"},
        "forename": "First name",
        "surname": "Last name",
        "date_of_birth": {"from": "Date of birth", "dates": "ddmmyyyy"},
        "uln": "ULN",
        "registration_date": {"constant": "2021-09-01"},
        "status": {"constant": "active"},
    }
    folder = FormatsFolder(tmp_path)
    row = landed(folder, "tlevels/RegistrationsValidData.csv", "ao_registrations", columns)
    assert row["status"] == "accepted" and row["landed_rows"] == 29
