"""Individualised Learner Records: learning aims become registrations and unit entries, and nothing that they do not say."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from pydantic import ValidationError

from assets.landed.limits import Limits
from assets.landed.reader import Delivered, Part
from assets.landed.readers import _xml_reading, ilr
from assets.landed.readers.ilr import READER
from fixtures.formats_written.ilr import COMPLETION_STATUSES, write
from schemas.grade_codes import codes_between
from tests.landed_folder import LandedFolder

EXAMPLES = Path(__file__).resolve().parents[2] / "fixtures" / "formats" / "ilr"
PUBLIC = Path(__file__).resolve().parents[3] / "shared" / "data" / "ilr"
AS_OF = date(2026, 6, 1)
OF_2526 = EXAMPLES / "good" / "ILR-99999999-2526-20260501-090000-01.xml"
OF_1819 = EXAMPLES / "good" / "ILR-99999999-1819-20181005-090000-01.xml"
OF_2021 = EXAMPLES / "good" / "ILR-99999998-2021-20201002-090000-01.xml"

#: Files that are refused as a whole: the reason, and what the message must say.
REFUSED = {
    "document-type": ("unsafe_xml", "DOCTYPE"),
    "cut-short": ("damaged_xml", "cut short"),
    "something-after-the-root": ("damaged_xml", "something follows the root element"),
    "bytes-of-another-encoding": ("damaged_xml", "not of the encoding"),
    "encoding-that-is-not-known": ("unknown_encoding", "none of"),
    "entity-that-is-not-declared": ("damaged_xml", "in line [27]: an entity"),
    "two-references-in-one-aim": ("damaged_xml", "[LearnAimRef] stands twice"),
    "elements-within-a-name": ("damaged_xml", "[FamilyName] holds other elements"),
    "another-root": ("other_document", "[Message] in a namespace"),
    "no-namespace": ("other_document", "[ESFA/ILR/yyyy-yy]"),
    "namespace-of-an-earlier-year": ("other_document", "2017-18 or later"),
    "years-that-do-not-follow-each-other": ("other_document", "[ESFA/ILR/yyyy-yy]"),
    "year-and-namespace-disagree": ("other_document", "[Year]"),
    "learner-before-the-provider": ("other_document", "before the [LearningProvider]"),
    "two-providers": ("other_document", "more than one [LearningProvider]"),
    "provider-not-in-the-source": ("unknown_provider", "UKPRN"),
    "no-learner": ("header_only", "no row"),
}
#: Files of which a learning aim is put aside: its number, and column, rule and class of value of every reason.
PUT_ASIDE: dict[str, list[tuple[int | None, str | None, str, str]]] = {
    "aim-without-its-reference": [(1, "LearnAimRef", "learning_aim_missing", "empty")],
    "qualification-of-no-listed-organisation": [
        (1, "awarding_organisation_rn", "awarding_organisation_unknown", "empty")
    ],
    "learner-without-date-of-birth-and-reference": [
        (1, "centre_learner_reference", "required", "empty"),
        (1, "date_of_birth", "required", "empty"),
    ],
    "dates-in-another-form": [
        (1, "date_of_birth", "date", "date as dd/mm/yyyy"),
        (1, "planned_completion", "month", "date as dd/mm/yyyy"),
        (1, "registration_date", "date", "date as dd/mm/yyyy"),
    ],
    "completion-status-not-in-the-source": [(1, "status", "codes", "digits, 1")],
    "one-qualification-twice-from-one-day": [
        (1, None, "conflicting_duplicate", "rows of one key, 2"),
        (2, None, "conflicting_duplicate", "rows of one key, 2"),
    ],
}


SOURCE = yaml.safe_load((EXAMPLES / "source.yaml").read_text(encoding="utf-8"))


def options(**changes: Any) -> Any:
    return READER.options.model_validate(SOURCE["options"] | changes, context={"folder": EXAMPLES})


def parts(path: Path, **changes: Any) -> list[Part]:
    delivered = Delivered(path=path, name=path.name, delivered_on=AS_OF, limits=Limits())
    return list(READER.read(delivered, options(**changes)))


def rows(path: Path, feed: str = "centre_registrations", **changes: Any) -> list[dict[str, Any]]:
    return pl.concat([part.records for part in parts(path, **changes) if part.feed == feed]).to_dicts()


_CARRIED = set(parts(OF_2526)[0].records.columns) - {"line"}


def landed(tmp_path: Path, *files: Path, feed: str = "centre_registrations", **changes: Any) -> LandedFolder:
    """A landing folder with the examples' source, some options changed, and some files, landed for a feed."""
    folder = LandedFolder(tmp_path / "folder")
    (folder.landing / "sources").mkdir()
    shutil.copy(EXAMPLES / "ilr-qualifications.csv", folder.landing / "sources")
    source = SOURCE | {"options": SOURCE["options"] | changes}
    (folder.landing / "sources" / "college.yaml").write_text(yaml.safe_dump(source), encoding="utf-8")
    (folder.landing / "college").mkdir()
    for file in files:
        name = file.name if file.name.startswith("ILR-") else f"2026-05-01 {file.name}"
        shutil.copy(file, folder.landing / "college" / name)
    folder.land(feed, AS_OF)
    return folder


def test_each_aim_that_is_a_qualification_is_a_registration(tmp_path: Path) -> None:
    folder = landed(tmp_path, OF_2526, awarding_organisations={"file": "ilr-qualifications.csv"}, only_listed=True)
    (delivery,) = folder.deliveries()
    # set aside: a class code, a programme aim, a qualification of nobody listed, and the aim before the break; two are units
    counts = ("status", "landed_rows", "valid_rows", "quarantined_rows", "set_aside_rows", "check_digit_warnings")
    assert tuple(delivery[name] for name in counts) == ("accepted", 8, 8, 0, 4, 0)
    found = folder.valid(delivery)
    assert [(row["centre_learner_reference"], row["qualification_number"], row["status"]) for row in found] == [
        ("L0001", "60000004", "active"),
        ("L0002", "60000004", "active"),
        ("L0003", "60000004", "withdrawn"),
        ("L0004", "60000016", "active"),
        ("L0005", "60000016", "active"),
        ("L0006", "60000004", "withdrawn"),
        ("L0006", "6000003X", "active"),
        ("L0007", "6000003X", "active"),
    ]
    assert {name: str(value) for name, value in found[0].items() if name in _CARRIED} == {
        "centre_number": "99001",
        "centre_learner_reference": "L0001",
        "qualification_number": "60000004",
        "awarding_organisation_rn": "RN0077",
        "forename": "Aoife",
        "surname": "Ashdown",
        "date_of_birth": "2008-02-29",
        "sex": "F",
        "postcode": "ZZ1 1ZZ",
        "uln": "9900000071",
        "registration_date": "2024-09-04",
        "planned_completion": "2026-06",
        "personal_id": "0123456789",
        "status": "active",
    }


def test_the_learner_number_that_stands_for_none_makes_no_duplicates(tmp_path: Path) -> None:
    folder = landed(tmp_path, OF_2526, only_listed=True)
    (delivery,) = folder.deliveries()
    unknown = [row["centre_learner_reference"] for row in folder.valid(delivery) if row["uln"] == "9999999999"]
    assert (unknown, delivery["duplicate_rows"]) == (["L0002", "L0003", "L0004"], 0)


def test_text_is_read_whatever_way_xml_writes_it() -> None:
    row = rows(OF_2526, only_listed=True)[1]
    assert (row["forename"], row["surname"]) == ("Siân", "O'Brien & Sons")


def test_aims_that_are_units_become_unit_entries_and_grades_stay_as_delivered(tmp_path: Path) -> None:
    folder = landed(tmp_path, OF_2526, feed="centre_unit_entries")
    (delivery,) = folder.deliveries()
    named = ("centre_learner_reference", "qualification_number", "unit_number", "entry_status", "centre_grade", "line")
    assert [(*(row[name] for name in named), str(row["graded_on"])) for row in folder.valid(delivery)] == [
        ("L0001", "60000004", "1", "entered", "*D", 2, "2025-06-20"),
        ("L0001", "60000004", "2", "entered", None, 3, "None"),
    ]
    assert codes_between("centre", "awarding_organisation")["*D"] == "D*"


def test_units_that_the_source_does_not_list_are_set_aside() -> None:
    without = parts(OF_2526, units={}, unit_entry_statuses={}, only_listed=True)
    assert {part.feed for part in without} == {"centre_registrations"}
    assert sum(part.set_aside for part in without) == 6


def test_a_restart_stands_in_place_of_the_aim_before_it() -> None:
    def of_l0005(**changes: Any) -> list[tuple[int, str]]:
        found = rows(OF_2526, **changes)
        return [(row["line"], row["registration_date"]) for row in found if row["centre_learner_reference"] == "L0005"]

    assert of_l0005() == [(10, "2024-09-04")]
    assert of_l0005(registration_date="original_start") == [(10, "2023-09-06")]
    assert of_l0005(repeated_aims="all") == [(9, "2023-09-06"), (10, "2024-09-04")]


def test_years_differ_by_namespace_and_prefixes_do_not_matter() -> None:
    assert [(row["centre_learner_reference"], row["line"]) for row in rows(OF_1819)] == [("L0101", 1), ("L0102", 3)]
    assert [(row["centre_number"], row["status"]) for row in rows(OF_2021)] == [
        ("99002", "active"),
        ("99002", "active"),
    ]


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_file_that_is_no_whole_record_is_refused(tmp_path: Path, name: str) -> None:
    reason, said = REFUSED[name]
    (delivery,) = landed(tmp_path, EXAMPLES / "malformed" / f"{name}.xml").deliveries()
    assert (delivery["status"], delivery["reason"]) == ("refused", reason)
    assert said in delivery["message"]
    assert not any(text in delivery["message"] for text in ("Ashdown", "Aoife", "99999997", "9900000071"))


@pytest.mark.parametrize("name", sorted(PUT_ASIDE))
def test_a_learning_aim_that_cannot_be_used_is_put_aside_alone(tmp_path: Path, name: str) -> None:
    folder = landed(tmp_path, EXAMPLES / "malformed" / f"{name}.xml", only_listed=False)
    (delivery,) = folder.deliveries()
    assert (delivery["status"], delivery["valid_rows"]) == ("accepted", 1)
    assert folder.reasons() == PUT_ASIDE[name]


def test_a_unit_of_an_unknown_status_is_put_aside(tmp_path: Path) -> None:
    file = EXAMPLES / "malformed" / "unit-with-a-status-not-in-the-source.xml"
    folder = landed(tmp_path, file, feed="centre_unit_entries")
    assert folder.reasons()[1:] == [(1, "entry_status", "codes", "digits, 1")]


def test_every_malformed_example_is_tested() -> None:
    named = {*REFUSED, *PUT_ASIDE, "unit-with-a-status-not-in-the-source"}
    assert named == {path.stem for path in (EXAMPLES / "malformed").iterdir()}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"completion_statuses": {"1": "continuing"}}, "active, withdrawn, transferred"),
        ({"unit_entry_statuses": {}}, "unit_entry_statuses"),
        ({"units": {"T9990001": {"unit_number": "1"}}}, "qualification_number"),
        ({"awarding_organisations": {"60000004": "RN0077", "600/0000/4": "RN0077"}}, "twice"),
    ],
)
def test_what_a_source_must_say_is_checked_before_any_file_is_read(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        options(**changes)


def test_what_completion_statuses_stand_for_has_no_default() -> None:
    assert READER.options.model_fields["completion_statuses"].is_required()


_DAYS = st.dates(date(1990, 1, 1), date(2030, 12, 31)).map(str)
_LETTERS = st.characters(categories=("L", "Pd"), include_characters=" '&<>\"]")
_NAMES = st.text(_LETTERS, max_size=12).map(str.strip).filter(bool)
_PEOPLE = st.fixed_dictionaries(
    {
        "forename": _NAMES,
        "surname": _NAMES,
        "date_of_birth": _DAYS,
        "sex": st.sampled_from(["F", "M", None]),
        "postcode": st.sampled_from(["ZZ1 1ZZ", "ZZ99 9ZZ"]),
        "uln": st.sampled_from(["9900000071", "9999999999"]),
        "personal_id": st.sampled_from(["0123456789", None]),
    }
)
_AIMS = st.fixed_dictionaries(
    {
        "registration_date": _DAYS,
        "planned_completion": st.sampled_from(["2026-06", "2027-01", None]),
        "status": st.sampled_from(["active", "withdrawn", "transferred"]),
    }
)
_ORGANISATIONS = {"60000004": "RN0077", "60000016": "RN0077", "6000003X": "RN0078"}
_LEARNERS = st.lists(st.tuples(_PEOPLE, st.dictionaries(st.sampled_from(sorted(_ORGANISATIONS)), _AIMS)), max_size=6)


@given(learners=_LEARNERS, chunk=st.integers(1, 4000), batch=st.integers(1, 4))
@settings(max_examples=40, deadline=None)
def test_learners_written_as_a_record_are_read_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, learners: list[Any], chunk: int, batch: int
) -> None:
    expected = [
        {"centre_number": "99001", "centre_learner_reference": f"L{number}", "qualification_number": qualification}
        | {"awarding_organisation_rn": _ORGANISATIONS[qualification], **person, **aim}
        for number, (person, aims) in enumerate(learners)
        for qualification, aim in aims.items()
    ]
    path = tmp_path_factory.mktemp("written") / "ilr.xml"
    path.write_bytes(write(pl.DataFrame(expected, infer_schema_length=None)))
    statuses = {code: state for state, code in COMPLETION_STATUSES.items() if state != "entered"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_xml_reading, "_CHUNK", chunk)
        patch.setattr(ilr, "_BATCH", batch)
        found = rows(path, completion_statuses=statuses)
    assert [row.pop("line") for row in found] == list(range(1, len(expected) + 1))
    assert found == [{name: row[name] for name in found[0]} for row in expected]


@pytest.mark.skipif(not PUBLIC.is_dir(), reason="the public sample record is not at hand")
def test_the_official_sample_is_read() -> None:
    (sample,) = PUBLIC.glob("*.xml")
    found = parts(sample, awarding_organisations={"50022246": "RN0077", "60105069": "RN0078"}, only_listed=True)
    # of 41 aims the core aim of two learners and the only one of another
    assert found[0].records.select("centre_learner_reference", "line", "qualification_number").rows() == [
        ("16Learner", 1, "50022246"),
        ("18Learner", 4, "50022246"),
        ("AdultLearner", 11, "60105069"),
    ]
    assert sum(part.set_aside for part in found) == 38


@pytest.mark.skipif(not PUBLIC.is_dir(), reason="the public schema is not at hand")
def test_the_example_and_what_the_tests_write_are_valid_by_the_schema_of_their_year() -> None:
    schema = etree.XMLSchema(etree.parse(next(PUBLIC.glob("*.xsd"))))
    schema.assertValid(etree.parse(OF_1819))
    schema.assertValid(etree.ElementTree(etree.fromstring(write(pl.DataFrame(rows(OF_1819)), year="2018-19"))))
