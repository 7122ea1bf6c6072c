"""A2C results: outcomes become unit results and awards as the source's catalogue says, and no others."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from assets.landed.limits import Limits
from assets.landed.reader import Delivered, Part
from assets.landed.readers import _xml_reading, a2c_results
from assets.landed.readers.a2c_results import READER
from assets.landed.refusals import RefusedDelivery
from fixtures.formats_written.a2c_results import GRADE, STATUSES, write
from tests.landed_folder import LandedFolder

EXAMPLES = Path(__file__).resolve().parents[2] / "fixtures" / "formats" / "a2c_results"
AS_OF = date(2026, 10, 1)
AUGUST, SEPTEMBER = sorted((EXAMPLES / "good").iterdir())

#: Files that are refused as a whole: the reason, and what the message must say.
REFUSED = {
    "document-type": ("unsafe_xml", "DOCTYPE"),
    "cut-short": ("damaged_xml", "cut short"),
    "another-root": ("other_document", "[A2CMessage]"),
    "another-namespace": ("other_document", "[namespace]"),
    "transaction-of-a-product-catalogue": ("other_transaction", "[ProcessRequestProductCatalogue]"),
    "transaction-that-is-not-known": ("other_transaction", "another one"),
    "no-transaction": ("other_transaction", "before the name of the transaction"),
    "outcome-with-two-values": ("damaged_xml", "[QE_Outcome_Value] stands twice"),
    "reference-without-its-type": ("damaged_xml", "without its [Party_RR_Reference_Type]"),
    "no-outcomes": ("header_only", "no row"),
}
#: Files of which an outcome is put aside: its number, and column, rule and class of value of every reason.
PUT_ASIDE: dict[str, list[tuple[int, str, str, str]]] = {
    "element-not-in-the-catalogue": [(1, "AO_Qualification_Element_Id", "element_unknown", "text, 6")],
    "value-type-not-in-the-source": [(1, "QE_Outcome_Value_Type", "outcome_value_type_unknown", "text, 12")],
    "status-not-in-the-source": [(1, "QE_Outcome_Status_Type", "outcome_status_unknown", "letters, 11")],
    "two-grades-for-one-unit-and-day": [(1, "QE_Outcome_Value", "several_outcomes", "text")],
    "mark-without-a-grade": [(1, "grade", "required", "empty")],
    "learner-without-a-reference": [(1, "registration_number", "learner_reference_missing", "empty")],
    "learner-with-two-references": [(1, "registration_number", "learner_reference_missing", "empty")],
    "organisation-not-in-the-source": [(1, "awarding_organisation_rn", "pattern", "digits, 2")],
    "dates-in-another-form": [(1, "result_date", "date", "date as dd/mm/yyyy")],
}


def options(**changes: Any) -> Any:
    told = yaml.safe_load((EXAMPLES / "source.yaml").read_text(encoding="utf-8"))["options"]
    return READER.options.model_validate(told | changes, context={"folder": EXAMPLES})


def parts(path: Path, *, kind: Any = "delta", **changes: Any) -> list[Part]:
    delivered = Delivered(path=path, name=path.name, delivered_on=AS_OF, kind=kind, limits=Limits())
    return list(READER.read(delivered, options(**changes)))


def rows(path: Path, feed: str, **changes: Any) -> list[dict[str, Any]]:
    found = [part.records for part in parts(path, **changes) if part.feed == feed]
    return pl.concat(found).to_dicts() if found else []


def landed(tmp_path: Path, *files: Path, feed: str = "ao_unit_results", kind: str = "delta") -> LandedFolder:
    """A landing folder with the examples' source and some files, landed for a feed."""
    folder = LandedFolder(tmp_path / "folder")
    (folder.landing / "sources").mkdir()
    shutil.copy(EXAMPLES / "a2c-elements.csv", folder.landing / "sources")
    source = yaml.safe_load((EXAMPLES / "source.yaml").read_text(encoding="utf-8")) | {"kind": kind}
    (folder.landing / "sources" / "results.yaml").write_text(yaml.safe_dump(source), encoding="utf-8")
    (folder.landing / "results").mkdir()
    for file in files:
        name = file.name if file.name.startswith("2026-") else f"2026-08-12 {file.name}"
        shutil.copy(file, folder.landing / "results" / name)
    folder.land(feed, AS_OF)
    return folder


def test_grade_and_mark_of_a_unit_are_one_result(tmp_path: Path) -> None:
    folder = landed(tmp_path, AUGUST)
    (delivery,) = folder.deliveries()
    # set aside: a unit's result withheld, a mark of a whole qualification, and a forecast
    counts = ("status", "landed_rows", "valid_rows", "set_aside_rows")
    assert tuple(delivery[name] for name in counts) == ("accepted", 4, 4, 3)
    named = ("registration_number", "unit_number", "grade", "points", "line")
    assert [tuple(row[name] for name in named) for row in folder.valid(delivery)] == [
        ("AB100001", "1", "D", 82.0, 1),
        ("AB100001", "2", "M", 64.5, 3),
        ("AB100002", "1", "P", 41.0, 6),
        ("AB100003", "1", "M", None, 10),
    ]
    first = folder.valid(delivery)[0]
    assert (first["awarding_organisation_rn"], first["qualification_number"]) == ("RN0077", "60000004")
    assert (first["series"], str(first["result_date"])) == ("2026-06", "2026-08-12")


def test_an_outcome_of_a_type_that_nobody_named_is_put_aside_and_case_does_not_matter(tmp_path: Path) -> None:
    refused = pl.concat([part.refused for part in parts(AUGUST, other_outcomes=[])])
    assert "outcome_type_unknown" in refused["rule"].to_list()
    shouted = tmp_path / AUGUST.name
    shouted.write_text(AUGUST.read_text(encoding="utf-8").replace(">Result<", ">RESULT<"), encoding="utf-8")
    assert rows(shouted, "ao_unit_results") == rows(AUGUST, "ao_unit_results")


def test_outcomes_of_whole_qualifications_are_awards(tmp_path: Path) -> None:
    folder = landed(tmp_path, AUGUST, feed="ao_awards")
    (delivery,) = folder.deliveries()
    named = ("registration_number", "qualification_number", "result_status", "grade", "issued_on")
    assert [tuple(row[name] for name in named) for row in folder.valid(delivery)] == [
        ("AB100001", "60000004", "issued", "DM", date(2026, 8, 12)),
        ("AB100002", "60000004", "pending", "Q", None),
        ("AB100003", "60000016", "issued", "P", date(2026, 8, 12)),
    ]


def test_prefixes_order_of_blocks_and_unknown_elements_do_not_matter(tmp_path: Path) -> None:
    folder = landed(tmp_path, SEPTEMBER)
    (delivery,) = folder.deliveries()
    (row,) = folder.valid(delivery)
    assert (row["registration_number"], row["grade"], row["points"]) == ("AB100001", "D", 71.0)
    (part, _) = parts(SEPTEMBER)
    assert part.extra_columns == ("Outcome_Remark", "PartyAddress_DS")


def test_references_that_come_after_more_outcomes_than_are_held_refuse_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(a2c_results, "_BATCH", 1)
    assert [len(rows(AUGUST, "ao_unit_results")), len(rows(AUGUST, "ao_awards"))] == [4, 3]
    with pytest.raises(RefusedDelivery) as refused:
        parts(SEPTEMBER)
    assert refused.value.refusal.reason == "references_after_outcomes"


def test_the_registration_number_is_the_reference_that_the_source_takes() -> None:
    found = rows(AUGUST, "ao_awards", registration_number="uci")
    assert [row["registration_number"] for row in found] == ["990010240001T", "990010240002A", "990010240003F"]


def test_a_series_that_the_catalogue_does_not_have_comes_from_where_the_source_says() -> None:
    catalogue = {"DIP/01": {"qualification_number": "60000004", "unit_number": "1"}}

    def series(path: Path, **changes: Any) -> set[str | None]:
        return {row["series"] for row in rows(path, "ao_unit_results", elements=catalogue, **changes)}

    assert series(AUGUST) == {None}
    assert series(AUGUST, series="element_start") == {"2026-05"}
    assert series(AUGUST, series="outcome_date") == {"2026-08"}


def test_a_full_delivery_is_refused_unless_the_source_says_that_files_are_complete(tmp_path: Path) -> None:
    (delivery,) = landed(tmp_path, AUGUST, kind="full").deliveries()
    assert (delivery["status"], delivery["reason"]) == ("refused", "not_a_delta")
    assert len(parts(AUGUST, kind="full", complete=True)) == 2


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_file_that_is_no_whole_message_of_results_is_refused(tmp_path: Path, name: str) -> None:
    reason, said = REFUSED[name]
    (delivery,) = landed(tmp_path, EXAMPLES / "malformed" / f"{name}.xml").deliveries()
    assert (delivery["status"], delivery["reason"]) == ("refused", reason)
    assert said in delivery["message"]
    assert not any(text in delivery["message"] for text in ("Ashdown", "AB100001", "990010240001T"))


@pytest.mark.parametrize("name", sorted(PUT_ASIDE))
def test_an_outcome_that_cannot_be_used_is_put_aside_alone(tmp_path: Path, name: str) -> None:
    folder = landed(tmp_path, EXAMPLES / "malformed" / f"{name}.xml")
    (delivery,) = folder.deliveries()
    assert (delivery["status"], delivery["landed_rows"], delivery["valid_rows"]) == ("accepted", 2, 1)
    assert folder.reasons() == PUT_ASIDE[name]


def test_every_malformed_example_is_tested() -> None:
    assert {*REFUSED, *PUT_ASIDE} == {path.stem for path in (EXAMPLES / "malformed").iterdir()}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"elements": {}}, "product catalogue"),
        ({"elements": {"DIP": {"unit_number": ""}}}, "qualification_number"),
        ({"outcome_values": {"Grade": "letter"}}, "grade, points, set_aside"),
        ({"statuses": {"Withheld": "later"}}, "issued, pending"),
    ],
)
def test_what_a_source_must_say_is_checked_before_any_file_is_read(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        options(**changes)


_UNITS = {("60000004", "1", "2026-06"): "DIP/01", ("60000004", "2", "2026-06"): "DIP/02"}
_DAYS = st.dates(date(2025, 1, 1), date(2026, 12, 31)).map(str)
_REGISTRATIONS = st.text("ABC0123456789&<", min_size=1, max_size=8)
_RESULTS = st.fixed_dictionaries(
    {
        "result_date": _DAYS,
        "grade": st.sampled_from(["D*", "M", "<P>"]),
        "points": st.sampled_from(["82", "64.5", None]),
    }
)
_AWARDS = st.fixed_dictionaries(
    {
        "result_status": st.sampled_from(sorted(STATUSES)),
        "grade": st.sampled_from(["DM", "Q"]),
        "issued_on": _DAYS,
    }
)


@given(
    results=st.dictionaries(st.tuples(_REGISTRATIONS, st.sampled_from(sorted(_UNITS))), _RESULTS, max_size=8),
    awards=st.dictionaries(_REGISTRATIONS, _AWARDS, max_size=4),
    chunk=st.integers(1, 4000),
    batch=st.integers(1, 50),
)
@settings(max_examples=40, deadline=None)
def test_results_written_as_a_message_are_read_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, results: Any, awards: Any, chunk: int, batch: int
) -> None:
    key = {"awarding_organisation_rn": "RN0077", "qualification_number": "60000004"}
    units = [
        key | {"registration_number": number, "unit_number": unit, "series": series, **result}
        for (number, (_, unit, series)), result in results.items()
    ]
    whole = [key | {"registration_number": number, **award} for number, award in awards.items()]
    path = tmp_path_factory.mktemp("written") / "a2c.xml"
    elements = {**_UNITS, ("60000004", "", ""): "DIP"}
    path.write_bytes(write(pl.DataFrame(units, infer_schema_length=None), pl.DataFrame(whole), elements=elements))
    told = {"statuses": {word: state for state, word in STATUSES.items()}, "outcome_values": {GRADE: "grade"}}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_xml_reading, "_CHUNK", chunk)
        patch.setattr(a2c_results, "_BATCH", batch)
        found, awarded = rows(path, "ao_unit_results", **told), rows(path, "ao_awards", **told)
    order = list(dict.fromkeys(row["registration_number"] for row in (*units, *whole)))
    units.sort(key=lambda row: order.index(row["registration_number"]))
    whole.sort(key=lambda row: order.index(row["registration_number"]))
    assert [{name: value for name, value in row.items() if name != "line"} for row in found] == [
        {name: row[name] for name in found[0] if name != "line"} for row in units
    ]
    issued = [row | {"issued_on": row["issued_on"] if row["result_status"] == "issued" else None} for row in whole]
    assert [{name: value for name, value in row.items() if name != "line"} for row in awarded] == [
        {name: row[name] for name in awarded[0] if name != "line"} for row in issued
    ]
