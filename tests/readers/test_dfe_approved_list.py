"""DfE's list of approved qualifications: titles, organisations by name and levels, and none of its funding dates."""

import shutil
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
from assets.landed.readers._register_organisations import numbers_by_name
from assets.landed.readers.dfe_approved_list import READER
from fixtures.formats_written.dfe_approved_list import NOT_CARRIED, write
from tests.landed_folder import LandedFolder

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "fixtures" / "formats" / "dfe_approved_list"
PUBLIC = ROOT.parent / "shared" / "data" / "ofqual"

REFUSED = {
    "no-awarding-organisation": ("missing_column", "[AwardingOrganisation]"),
    "a-download-of-the-register-instead": ("missing_column", "no list of approved qualifications"),
    "header-alone": ("header_only", "no row"),
}
PUT_ASIDE: dict[str, list[tuple[int, str | None, str]]] = {
    "a-field-missing": [(3, None, "field_count")],
    "a-quote-that-is-never-closed": [(2, None, "unclosed_quote")],
    "organisations-unknown-and-ambiguous": [
        (3, "awarding_organisation_rn", "organisation_unknown"),
        (5, "awarding_organisation_rn", "required"),
    ],
}

#: Names in the Department's list of 18 February 2025 that Ofqual's list of organisations does not know, or knows for two,
#: with numbers as a user would look them up: of those renamed since, and invented ones for the others.
OWN_NAMES = {
    "VTCT Skills": "RN5198",
    "SFJ Awards": "RN5351",
    "British Ballet Organization": "RN5115",
    "Chartered Institute of Export & International Trade": "RN5274",
    "RLSS UK Qualifications": "RN5278",
    "Skills and Education Group Access": "RN9907",
    "Cambridge Access Validating Agency": "RN9908",
    "Safety Training Awards": "RN9909",
}


def landed(tmp_path: Path, file: Path, **options: Any) -> LandedFolder:
    folder = LandedFolder(tmp_path / "folder")
    sources = folder.landing / "sources"
    sources.mkdir()
    shutil.copy(EXAMPLES / "register-organisations.csv", sources)
    source = yaml.safe_load((EXAMPLES / "source.yaml").read_text(encoding="utf-8"))
    source["options"] |= options
    (sources / "approved.yaml").write_text(yaml.safe_dump(source), encoding="utf-8")
    (folder.landing / "approved").mkdir()
    shutil.copy(file, folder.landing / "approved" / f"2026-05-01 {file.name}")
    folder.land("qualifications")
    return folder


def delivery_of(folder: LandedFolder) -> dict[str, Any]:
    (delivery,) = folder.deliveries()
    return delivery


def rows_of(folder: LandedFolder) -> dict[str, dict[str, Any]]:
    delivery = delivery_of(folder)
    assert delivery["status"] == "accepted", delivery["message"]
    return {row["qualification_number"]: row for row in folder.valid(delivery)}


def good() -> Path:
    (file,) = (EXAMPLES / "good").iterdir()
    return file


def test_the_list_becomes_qualifications_with_white_space_folded_and_organisations_looked_up(tmp_path: Path) -> None:
    rows = rows_of(landed(tmp_path, good()))
    assert {
        number: (row["title"], row["awarding_organisation_rn"], row["level"], row["line"])
        for number, row in rows.items()
    } == {
        "99000015": ("Invented Awards Level 3 National Certificate in Invention", "RN9901", "3", 2),
        "99000027": ("Invented Awards Level 3 National Extended Certificate in Invention", "RN9901", "3", 3),
        "99000039": ("Invented Awards Level 1/Level 2 First Award in Invention", "RN9901", "1/2", 4),
        "99000040": ("Example Institute Entry Level Award in Examples, for Everybody (Entry 3)", "RN9902", "E", 5),
        # the record before it stands on three lines
        "9900009X": ('Example Institute Level 6 Diploma in "Examples"', "RN9902", "6", 8),
        "99000118": ("Old Guild Level 3 Certificate in Guild Work", "RN9903", "3", 9),
        "9900012X": ("Twin Awards Level 2 Award in Twins", "RN9906", "2", 10),
    }


def test_no_date_of_an_approval_for_funding_becomes_a_date_of_the_qualification(tmp_path: Path) -> None:
    for row in rows_of(landed(tmp_path, good())).values():
        assert all(row[name] is None for name in NOT_CARRIED)


def test_a_name_that_two_organisations_bear_is_decided_by_the_user_alone(tmp_path: Path) -> None:
    folder = landed(tmp_path, good(), organisation_names={})
    assert [reason[:3] for reason in folder.reasons()] == [(10, "awarding_organisation_rn", "organisation_ambiguous")]
    assert len(rows_of(folder)) == 6


def test_a_list_of_two_columns_and_a_mapping_written_out_say_the_same(tmp_path: Path) -> None:
    names = {"Invented Awards Ltd": "RN9901", "Example Institute": "RN9902", "Nobody": "RN9999"}
    written = landed(tmp_path / "a", good(), organisations=names, organisation_names={})
    assert len(rows_of(written)) == 3
    (tmp_path / "b").mkdir()
    folder = LandedFolder(tmp_path / "b" / "folder")
    lines = ["name,number", *(f"{name},{number}" for name, number in names.items())]
    folder.put("sources", "\n".join(lines).encode(), "two.csv")
    folder.put("sources", b"reader: dfe_approved_list\noptions: {organisations: {file: two.csv}}\n", "approved.yaml")
    folder.put("approved", good().read_bytes(), "2026-05-01.csv")
    folder.land("qualifications")
    assert rows_of(folder) == rows_of(written)


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_file_that_is_not_the_list_is_refused_and_told_why(tmp_path: Path, name: str) -> None:
    reason, words = REFUSED[name]
    delivery = delivery_of(landed(tmp_path, EXAMPLES / "malformed" / f"{name}.csv"))
    assert (delivery["status"], delivery["reason"]) == ("refused", reason)
    assert words in delivery["message"]


@pytest.mark.parametrize("name", sorted(PUT_ASIDE))
def test_a_broken_row_is_put_aside_with_its_reasons_and_the_others_stay(tmp_path: Path, name: str) -> None:
    folder = landed(tmp_path, EXAMPLES / "malformed" / f"{name}.csv")
    assert [reason[:3] for reason in folder.reasons()] == PUT_ASIDE[name]
    delivery = delivery_of(folder)
    assert delivery["valid_rows"] == delivery["landed_rows"] - len(PUT_ASIDE[name]) > 0


def test_every_malformed_example_is_judged() -> None:
    assert {path.stem for path in (EXAMPLES / "malformed").iterdir()} == {*REFUSED, *PUT_ASIDE}


def organisation(name: str, legal: str, acronym: str, status: str) -> dict[str, str]:
    return {"Name": name, "Legal Name": legal, "Acronym": acronym, "Ofqual Status": status}


def test_names_are_decided_by_recognition_and_never_guessed() -> None:
    listed = {
        "RN9901": organisation("Guild", "Guild Ltd", "G", "Recognised"),
        "RN9902": organisation("Guild", "Old Guild Ltd", "OG", "Surrendered"),
        "RN9903": organisation("Former", "Former", "F", "Withdrawn"),
        "RN9904": organisation("One", "Twin", "T", "Recognised"),
        "RN9905": organisation("Twin", "Other", "T", "Recognised"),
        "RN9906": organisation("Past", "Past", "", "Surrendered"),
        "RN9907": organisation("Past", "Past", "", "Withdrawn"),
    }
    found = dict(numbers_by_name(listed, {"past": "RN9906"}).iter_rows())
    assert found["guild"] == "RN9901"  # one recognised bearer and one that is not any more
    assert found["og"] == "RN9902" and found["former"] == "RN9903"  # nobody recognised bears it
    assert found["twin"] is None and found["t"] is None  # two recognised ones
    assert found["past"] == "RN9906"  # the user has said so
    assert "" not in found


_WORDS = st.text("abcé &", min_size=1, max_size=12).filter(str.strip)


@given(
    titles=st.lists(_WORDS, min_size=1, max_size=6),
    names=st.tuples(_WORDS, _WORDS).filter(lambda two: two[0].split() != two[1].split()),
)
@settings(max_examples=20, deadline=None)
def test_what_is_written_as_a_list_is_read_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, titles: list[str], names: tuple[str, str]
) -> None:
    organisations = dict(zip(("RN9901", "RN9902"), names, strict=True))
    rows = pl.DataFrame(
        [(f"990{place:04}0", title, list(organisations)[place % 2], "1/2") for place, title in enumerate(titles)],
        schema=["qualification_number", "title", "awarding_organisation_rn", "level"],
        orient="row",
    )
    path = tmp_path_factory.mktemp("written") / "list.csv"
    path.write_bytes(write(rows, organisations).removeprefix(b"\xef\xbb\xbf"))
    options = READER.options.model_validate({"organisations": {name: rn for rn, name in organisations.items()}})
    delivered = Delivered(path=path, name=path.name, delivered_on=date(2026, 5, 1), limits=Limits())
    (part,) = READER.read(delivered, options)
    folded = rows.with_columns(pl.Series("title", [" ".join(title.split()) for title in titles]))
    assert part.records.drop("line").rows() == folded.rows()


@pytest.mark.skipif(not PUBLIC.is_dir(), reason="the public list is not on this machine")
@pytest.mark.parametrize(
    ("own", "accepted", "unknown", "ambiguous"), [({}, 7646, 440, 6), (OWN_NAMES, 8092, 0, 0)], ids=["listed", "told"]
)
def test_every_row_of_the_real_list_is_accepted_or_put_aside_for_its_organisation(
    tmp_path: Path, own: dict[str, str], accepted: int, unknown: int, ambiguous: int
) -> None:
    folder = LandedFolder(tmp_path)
    folder.put("sources", (PUBLIC / "awarding_organisations.csv").read_bytes(), "real.csv")
    source = {
        "reader": "dfe_approved_list",
        "options": {"organisations": {"file": "real.csv"}, "organisation_names": own},
    }
    folder.put("sources", yaml.safe_dump(source).encode(), "approved.yaml")
    folder.put("approved", (PUBLIC / "approved_qualifications_2025-02-18.csv").read_bytes(), "2025-02-18.csv")
    folder.land("qualifications")
    delivery = delivery_of(folder)
    assert (delivery["landed_rows"], delivery["valid_rows"], delivery["duplicate_rows"]) == (8092, accepted, 0)
    assert (delivery["extra_columns"], delivery["check_digit_warnings"]) == ("", 0)
    rules = [rule for _, _, rule, _ in folder.reasons()]
    assert rules.count("organisation_unknown") == unknown
    assert rules.count("organisation_ambiguous") == ambiguous
    assert len(rules) == unknown + ambiguous == delivery["quarantined_rows"]
    levels = [row["level"] for row in folder.valid(delivery)]
    if own:
        assert levels.count("3") == 2075  # as counted in the list itself
