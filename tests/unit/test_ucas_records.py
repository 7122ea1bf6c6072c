"""The text of a file for UCAS: its records, what would break them, and that it is read back as it was written."""

import string
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.landed.limits import Limits
from assets.landed.reader import Delivered
from assets.landed.readers._ucas_records import subject_rows
from assets.landed.readers.ucas_file import READER
from assets.published.ucas_records import ROW_COLUMNS, file_text, in_order, unusable_because
from schemas.grade_codes import CHANNELS
from tests.landed_folder import LandedFolder

HEADER = {
    "sending_organisation": "30",
    "receiving_organisation": "90",
    "file_type": "R",
    "exam_month": "06",
    "exam_year": "2026",
    "created_on": "07082026",
}
ROW: dict[str, Any] = {
    "centre_number": "99001",
    "candidate_number": "9900000012",
    "surname": "O'Brien-Hale",
    "forename": "Siân Mary",
    "sex": "F",
    "date_of_birth": date(2008, 2, 29),
    "subject_code": "60000004",
    "grade": "D*D*",
    "previous_grade": "",
}


def rows(*changes: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame([ROW | change for change in changes], schema=ROW_COLUMNS)


def test_the_records_stand_as_in_the_service_s_own_files() -> None:
    second = {"subject_code": "60000016", "grade": "M", "previous_grade": "P"}
    other = {"candidate_number": "9900000020", "surname": "Invented", "sex": None}
    assert file_text(in_order(rows({}, other, second)), HEADER).split("\n") == [
        "H|30|90|R|06|2026|07082026|",
        "S|30|90|99001|9900000012|O'Brien-Hale:Siân Mary|F|29022008|_|60000004|D*D*||_|60000016|M|P|_|",
        "S|30|90|99001|9900000020|Invented:Siân Mary||29022008|_|60000004|D*D*||_|",
        "T|30|90|4|062026|",
        "",
    ]


def test_a_sex_for_which_the_file_has_no_code_is_blank() -> None:
    assert "Siân Mary||29022008" in file_text(rows({"sex": "U"}), HEADER)


def test_the_channel_has_no_codes_of_its_own_so_a_grade_is_written_as_it_is_and_a_near_pass_is_n() -> None:
    (ucas,) = (channel for channel in CHANNELS if channel.name == "ucas")
    assert (ucas.codes, ucas.carries_near_pass) == ((), True)
    assert "|60000004|N||_|" in file_text(rows({"grade": "N"}), HEADER)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({}, None),
        ({"surname": "A|B"}, "breaks_the_record"),
        ({"forename": "A:B"}, "breaks_the_record"),
        ({"surname": "A\nB"}, "breaks_the_record"),
        ({"surname": "A\u2028B"}, "breaks_the_record"),
        ({"candidate_number": "_"}, "breaks_the_record"),
        ({"grade": "P|Q"}, "breaks_the_record"),
        ({"centre_number": None}, "no_centre_number"),
        ({"candidate_number": None}, "no_candidate_number"),
        ({"subject_code": None}, "no_subject_code"),
        ({"surname": "Łukasik"}, "not_in_encoding"),
    ],
)
def test_a_row_that_would_break_the_file_is_named_by_its_reason(change: dict[str, Any], why: str | None) -> None:
    assert unusable_because(rows(change), "windows-1252").to_list() == [why]


def test_of_a_subject_twice_neither_is_sent_and_one_that_cannot_stand_anyway_does_not_keep_back_the_other() -> None:
    twice = rows({}, {"grade": "M"}, {"candidate_number": "9900000020"})
    assert unusable_because(twice, "utf-8").to_list() == ["subject_twice", "subject_twice", None]
    assert unusable_because(rows({}, {"surname": "A|B"}), "utf-8").to_list() == [None, "breaks_the_record"]


_LETTERS = string.ascii_letters + "áàâäãåæçéèêëíìîïñóòôöõøúùûüýÿŁłŚśŽžĐđŌō" + "'-. "
_NAMES = st.text(_LETTERS, min_size=1, max_size=20).map(str.strip).filter(bool)
_DIGITS = st.text(string.digits, min_size=10, max_size=10)
_GRADES = st.sampled_from(["", "P", "M", "D", "D*", "DDM", "D*D*D*", "N", "U", "Q", "X", "#"])
_ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "centre_number": st.sampled_from(["99001", "99002"]),
            "candidate_number": _DIGITS,
            "surname": _NAMES,
            "forename": _NAMES,
            "sex": st.sampled_from(["M", "F", ""]),
            "date_of_birth": st.dates(date(1950, 1, 1), date(2012, 12, 31)),
            "subject_code": st.sampled_from(["60000004", "60000016", "TLEVEL"]),
            "grade": _GRADES,
            "previous_grade": _GRADES,
        }
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda row: (row["candidate_number"], row["subject_code"]),
)


@given(_ROWS)
@settings(max_examples=50, deadline=None)
def test_what_is_written_is_read_back_equal(given_rows: list[dict[str, Any]]) -> None:
    written = in_order(pl.DataFrame(given_rows, schema=ROW_COLUMNS))
    assert unusable_because(written, "utf-8").null_count() == written.height
    lines = file_text(written, HEADER).removesuffix("\n").split("\n")
    between = pl.DataFrame({"line": range(2, len(lines)), "text": lines[1:-1]})
    read, reasons = subject_rows(between, HEADER, 1)
    assert reasons.is_empty()
    name = pl.col("candidate_name").str.split_exact(":", 1)
    back = read.with_columns(
        name.struct.field("field_0").alias("surname"),
        name.struct.field("field_1").alias("forename"),
        pl.col("date_of_birth").str.to_date("%d%m%Y"),
    )
    assert back.select(*ROW_COLUMNS).equals(written)
    assert read["row"].to_list() == list(range(1, written.height + 1))


@given(_ROWS)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_reader_takes_a_written_file_as_it_is(tmp_path: Path, given_rows: list[dict[str, Any]]) -> None:
    written = in_order(pl.DataFrame(given_rows, schema=ROW_COLUMNS))
    file = tmp_path / "written.txt"
    file.write_text(file_text(written, HEADER), encoding="utf-8")
    options = READER.options.model_validate(
        {"awarding_organisations": {"30": "RN0030"}, "candidate_number_is": "personal_id"}
    )
    on = date(2026, 8, 7)
    delivered = Delivered(path=file, name=file.name, delivered_on=on, kind="delta", limits=Limits())
    (part,) = READER.read(delivered, options)
    assert part.refused.is_empty()
    told = written.select("candidate_number", "subject_code", pl.col("grade").replace("", None))
    assert part.records.select("personal_id", "qualification_number", "grade").rows() == told.rows()


def test_a_written_file_lands_with_every_row_accepted(tmp_path: Path) -> None:
    folder = LandedFolder(tmp_path / "folder")
    options = "options: {awarding_organisations: {'30': RN0030}, candidate_number_is: personal_id}"
    source = f"reader: ucas_file\nkind: delta\n{options}\n"
    (folder.landing / "sources").mkdir()
    (folder.landing / "sources" / "sent.yaml").write_text(source, encoding="utf-8")
    written = rows({}, {"subject_code": "60000016", "previous_grade": "P"}, {"candidate_number": "9900000020"})
    folder.put("sent", file_text(in_order(written), HEADER).encode(), "sent 2026-07-15.txt")
    folder.land("ucas_results")
    (delivery,) = folder.deliveries()
    assert (delivery["status"], delivery["valid_rows"], delivery["quarantined_rows"]) == ("accepted", 3, 0)
