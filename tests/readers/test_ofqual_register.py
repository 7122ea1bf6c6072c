"""Ofqual's register: its download becomes qualifications, by name of column, with days, levels and organisations as said."""

import shutil
import string
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.landed.limits import Limits
from assets.landed.reader import Delivered
from assets.landed.readers.ofqual_register import READER
from assets.landed.sources import SourceError, read_source
from fixtures.formats_written.ofqual_register import NOT_CARRIED, write
from schemas.feeds import FEEDS
from tests.landed_folder import LandedFolder

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "fixtures" / "formats" / "ofqual_register"
PUBLIC = ROOT.parent / "shared" / "data" / "ofqual"

#: Files that are refused as a whole: the reason, and what the message must name.
REFUSED = {
    "no-certification-end-date": ("missing_column", "[Certification End Date]"),
    "no-organisation": ("missing_column", "[Owner Organisation Recognition Number or Owner Organisation Name]"),
    "two-columns-of-one-name": ("duplicate_column", "[Qualification Title]"),
    "parted-by-semicolons": ("wrong_delimiter", "a semicolon"),
    "header-alone": ("header_only", "no row"),
    "days-before-months": ("day_first_dates", "Line [3]"),
}
#: Files of which rows are put aside: line, column and rule of each reason.
PUT_ASIDE: dict[str, list[tuple[int, str | None, str]]] = {
    "dates-that-cannot-be-read": [
        (3, "operational_end_date", "date"),
        (4, "certification_end_date", "date"),
        (5, "operational_start_date", "date"),
    ],
    "levels-and-hours-of-another-form": [
        (3, "level", "codes"),
        (4, "level", "required"),
        (5, "guided_learning_hours", "integer"),
    ],
    "fields-missing-and-too-many": [(3, None, "field_count"), (4, None, "field_count")],
    "a-field-missing-before-offered-in": [(5, None, "field_count")],
    "a-quote-that-is-never-closed": [(3, None, "unclosed_quote")],
    "numbers-that-are-none": [(3, "qualification_number", "pattern"), (4, "qualification_number", "required")],
    "organisations-unknown-and-ambiguous": [
        (3, "awarding_organisation_rn", "organisation_unknown"),
        (4, "awarding_organisation_rn", "organisation_ambiguous"),
    ],
}


def landed(tmp_path: Path, file: Path, **options: Any) -> LandedFolder:
    """A landing folder with the examples' source, some options changed, and a file, landed."""
    folder = LandedFolder(tmp_path / "folder")
    sources = folder.landing / "sources"
    sources.mkdir()
    for beside in EXAMPLES.glob("*.csv"):
        shutil.copy(beside, sources)
    source = yaml.safe_load((EXAMPLES / "source.yaml").read_text(encoding="utf-8"))
    source["options"] |= options
    (sources / "register.yaml").write_text(yaml.safe_dump(source), encoding="utf-8")
    (folder.landing / "register").mkdir()
    shutil.copy(file, folder.landing / "register" / f"2026-05-01 {file.name}")
    folder.land("qualifications")
    return folder


def delivery_of(folder: LandedFolder) -> dict[str, Any]:
    (delivery,) = folder.deliveries()
    return delivery


def rows_of(folder: LandedFolder) -> dict[str, dict[str, Any]]:
    delivery = delivery_of(folder)
    assert delivery["status"] == "accepted", delivery["message"]
    return {row["qualification_number"]: row for row in folder.valid(delivery)}


def good(name: str) -> Path:
    (file,) = (EXAMPLES / "good").glob(f"{name}*")
    return file


def test_a_download_becomes_qualifications_with_levels_hours_and_days(tmp_path: Path) -> None:
    rows = rows_of(landed(tmp_path, good("register")))
    assert len(rows) == 6
    assert rows["99000027"] | {"line": 3} == {
        "qualification_number": "99000027",
        "title": "Invented Awards Level 3 National Extended Certificate in Invention",
        "awarding_organisation_rn": "RN9901",
        "level": "3",
        "guided_learning_hours": 360,
        "suite": "invented-national",
        "operational_start_date": date(2016, 9, 1),
        "operational_end_date": date(2027, 8, 31),
        "certification_end_date": date(2030, 8, 31),
        "award_requires_claim": "Y",
        "mitigation": None,
        "mitigation_from": None,
        "mitigation_to": None,
        "line": 3,
    }
    assert {number: row["level"] for number, row in rows.items()} == {
        "99000015": "3",
        "99000027": "3",
        "99000039": "1/2",
        "99000040": "E",
        "99000052": "2",
        "9900009X": "6",
    }


def test_columns_are_found_by_name_whether_there_are_recognition_numbers_or_not(tmp_path: Path) -> None:
    rows = rows_of(landed(tmp_path, good("compare")))
    assert {number: row["awarding_organisation_rn"] for number, row in rows.items()} == {
        "99000015": "RN9901",
        "99000106": "RN9901",  # by its legal name, in other letters and with more spaces
        "99000118": "RN9903",  # recognised; another of that name has surrendered
        "99000052": "RN9902",
    }


def test_a_record_that_lacks_a_field_further_right_is_filled_up_and_counted(tmp_path: Path) -> None:
    delivery = delivery_of(landed(tmp_path, good("compare")))
    assert (delivery["valid_rows"], delivery["quarantined_rows"], delivery["repaired_values"]) == (4, 0, 1)


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_file_that_is_no_download_of_the_register_is_refused_and_told_why(tmp_path: Path, name: str) -> None:
    reason, words = REFUSED[name]
    delivery = delivery_of(landed(tmp_path, EXAMPLES / "malformed" / f"{name}.csv"))
    assert (delivery["status"], delivery["reason"]) == ("refused", reason)
    assert words in delivery["message"]


@pytest.mark.parametrize("name", sorted(PUT_ASIDE))
def test_a_broken_row_is_put_aside_with_its_reasons_and_its_neighbours_stay(tmp_path: Path, name: str) -> None:
    folder = landed(tmp_path, EXAMPLES / "malformed" / f"{name}.csv")
    assert [reason[:3] for reason in folder.reasons()] == PUT_ASIDE[name]
    assert "99000015" in rows_of(folder)


def test_every_malformed_example_is_judged() -> None:
    assert {path.stem for path in (EXAMPLES / "malformed").iterdir()} == {*REFUSED, *PUT_ASIDE}


def test_only_what_is_asked_for_is_taken_and_the_rest_is_counted(tmp_path: Path) -> None:
    level_3 = landed(tmp_path / "levels", good("register"), only={"levels": ["3"]})
    assert set(rows_of(level_3)) == {"99000015", "99000027"}
    assert delivery_of(level_3)["set_aside_rows"] == 4
    of_one = {"organisations": ["Example  institute"], "types": ["National Vocational qualification"]}
    assert set(rows_of(landed(tmp_path / "both", good("register"), only=of_one))) == {"99000052"}
    by_number = landed(tmp_path / "number", good("register"), only={"organisations": ["RN9902"]})
    assert set(rows_of(by_number)) == {"99000040", "99000052", "9900009X"}


def test_a_row_whose_level_or_organisation_is_not_known_is_never_set_aside_for_it(tmp_path: Path) -> None:
    file = EXAMPLES / "malformed" / "levels-and-hours-of-another-form.csv"
    assert [reason[:3] for reason in landed(tmp_path / "a", file, only={"levels": ["3"]}).reasons()] == [
        (3, "level", "codes"),
        (4, "level", "required"),
    ]
    file = EXAMPLES / "malformed" / "organisations-unknown-and-ambiguous.csv"
    found = landed(tmp_path / "b", file, only={"organisations": ["RN9901"]})
    assert {line for line, *_ in found.reasons()} == {3, 4}


def test_a_source_that_takes_nothing_of_a_file_has_it_refused(tmp_path: Path) -> None:
    delivery = delivery_of(landed(tmp_path, good("register"), only={"levels": ["8"]}))
    assert (delivery["status"], delivery["reason"]) == ("refused", "all_set_aside")


def test_names_alone_are_of_no_use_where_the_source_does_not_say_whose_they_are(tmp_path: Path) -> None:
    delivery = delivery_of(landed(tmp_path, good("compare"), organisations={}, organisation_names={}))
    assert (delivery["status"], delivery["reason"]) == ("refused", "organisations_unknown")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("organisations: {Awards: RN1}", "[options.organisations]: each name needs a recognition number"),
        ("organisations: {file: none.csv}", "[options.organisations]: the file [none.csv] is not there"),
        ("only: {levels: [Level 3]}", "[options.only.levels]: [1] of them are no levels"),
        ("only: {level: ['3']}", "[options.only.level]: Extra inputs"),
        ("supplement: {99000015: {suite: a}}", "[options.supplement"),
        ("supplement: {'990/0001/5': {suite: a}}", "eight characters, without slashes"),
        ("supplement: {'99000015': {title: a}}", "and nothing else"),
        ("dates: us", "[options.dates]"),
    ],
)
def test_a_source_that_cannot_be_used_says_which_option_and_why(tmp_path: Path, options: str, words: str) -> None:
    path = tmp_path / "register.yaml"
    path.write_text(f"reader: ofqual_register\noptions:\n  {options}\n", encoding="utf-8")
    with pytest.raises(SourceError) as raised:
        read_source(path)
    assert words in str(raised.value)


_DAYS = st.dates(date(1990, 1, 1), date(2050, 12, 31)).map(date.isoformat)
_ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "qualification_number": st.integers(9_900_000, 9_909_999).map(lambda number: f"{number:07}0"),
            "title": st.text(string.printable + "é\u00a0“", min_size=1, max_size=30).filter(str.strip),
            "awarding_organisation_rn": st.sampled_from(["RN9901", "RN9902"]),
            "level": st.sampled_from(FEEDS["qualifications"].columns[3].field.codes),
            "guided_learning_hours": st.none() | st.integers(0, 5000).map(str),
            "operational_start_date": st.none() | _DAYS,
            "operational_end_date": st.none() | _DAYS,
            "certification_end_date": st.none() | _DAYS,
        }
    ),
    min_size=1,
    max_size=5,
)


@given(rows=_ROWS)
@settings(max_examples=25, deadline=None)
def test_what_is_written_as_a_register_is_read_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, Any]]
) -> None:
    path = tmp_path_factory.mktemp("written") / "register.csv"
    frame = pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String))
    path.write_bytes(write(frame))
    delivered = Delivered(path=path, name=path.name, delivered_on=date(2026, 5, 1), limits=Limits())
    (part,) = READER.read(delivered, READER.options())
    expected = [
        row | {"title": " ".join(row["title"].split()), "qualification_number": row["qualification_number"]}
        for row in rows
    ]
    number = pl.col("qualification_number").str.replace_all("/", "")
    assert part.records.with_columns(number).select(*rows[0]).to_dicts() == expected
    assert not set(NOT_CARRIED) & set(part.records.columns)


@pytest.mark.skipif(not PUBLIC.is_dir(), reason="the public register download is not on this machine")
def test_every_row_of_a_real_download_is_accepted(tmp_path: Path) -> None:
    folder = LandedFolder(tmp_path / "folder")
    folder.put("sources", (PUBLIC / "awarding_organisations.csv").read_bytes(), "real.csv")
    folder.put("sources", b"reader: ofqual_register\noptions: {organisations: {file: real.csv}}\n", "register.yaml")
    folder.put("register", (PUBLIC / "register_download_sample.csv").read_bytes(), "2024-06-01.csv")
    folder.land("qualifications")
    delivery = delivery_of(folder)
    assert (delivery["landed_rows"], delivery["valid_rows"], delivery["repaired_values"]) == (10, 10, 4)
    assert (delivery["check_digit_warnings"], delivery["extra_columns"]) == (0, "")
    rows = rows_of(folder)
    assert {row["awarding_organisation_rn"] for row in rows.values()} == {"RN5133"}
    assert rows["60169187"]["operational_end_date"] == date(2023, 3, 31)
    assert rows["50040595"]["guided_learning_hours"] is None
