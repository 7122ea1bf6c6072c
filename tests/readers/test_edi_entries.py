"""Entries become registrations and unit entries; what cannot be told is put aside, what contradicts itself refused."""

from pathlib import Path

import polars as pl
import pytest

from assets.landed.refusals import RefusedDelivery
from fixtures.formats_written._edi import Frame
from fixtures.formats_written.edi_entries import write
from pipelines.formats_page import EXAMPLES
from tests.readers.edi_reading import good, parts, rules
from tests.readers.examples import FormatsFolder

_UNITS, _REGISTRATIONS = "centre_unit_entries", "centre_registrations"
_E, _A = "E9900177.X01", "A9900177.X02"


def _read(name: str = _E, content: bytes | None = None, **options: object) -> tuple[pl.DataFrame, pl.DataFrame]:
    found = parts("edi_entries", name, good("edi_entries", name) if content is None else content, **options)
    return found[_UNITS].records, found[_REGISTRATIONS].records


def test_a_certification_entry_is_a_registration() -> None:
    _, registrations = _read()
    assert registrations.filter(pl.col("line") == 3).drop("row").to_dicts() == [
        {
            "line": 3,
            "centre_number": "99001",
            "centre_learner_reference": "0001",
            "qualification_number": "60000016",
            "awarding_organisation_rn": "RN0077",
            "forename": "AMARA JUNE",
            "surname": "OKONKWO-REED",
            "date_of_birth": "2008-03-09",
            "sex": "F",
            "uln": "9900000012",
            "uci": "990010260001V",
            "candidate_number": "0001",
            "planned_completion": "2026-06",
            "status": "active",
        }
    ]


def test_a_unit_entry_is_an_entry_of_the_unit_in_the_series_of_the_header() -> None:
    units, _ = _read()
    assert units.filter(pl.col("line") == 4).drop("row").to_dicts() == [
        {
            "line": 4,
            "centre_number": "99001",
            "centre_learner_reference": "0002",
            "qualification_number": "60000016",
            "unit_number": "1",
            "series": "2026-06",
            "entry_status": "entered",
        }
    ]


def test_options_beyond_twelve_stand_on_a_further_record_of_the_candidate() -> None:
    units, registrations = _read()
    of_fifth = units.filter(pl.col("centre_learner_reference") == "0005")
    assert of_fifth["unit_number"].to_list() == [str(number) for number in range(1, 13)]
    assert of_fifth["line"].unique().to_list() == [7, 8]
    assert registrations.filter(pl.col("centre_learner_reference") == "0005").height == 1


def test_rows_are_numbered_through_the_file() -> None:
    for records in _read():
        assert records["row"].to_list() == list(range(1, records.height + 1))


def test_the_centre_s_own_reference_may_be_looked_up() -> None:
    found = parts(
        "edi_entries",
        _E,
        good("edi_entries", _E),
        learner_reference="uci",
        learner_references={"990010260001V": "L-77"},
    )
    known = found[_REGISTRATIONS].records.filter(pl.col("centre_learner_reference").is_not_null())
    assert known.select("line", "centre_learner_reference").rows() == [(3, "L-77")]
    told = {(line, column, rule) for line, column, rule in rules(found[_REGISTRATIONS])}
    assert (4, "centre_learner_reference", "learner_reference_unknown") in told
    assert 3 not in {line for line, _, _ in told}


def test_an_amendment_tells_all_options_that_the_candidate_is_left_with() -> None:
    units, registrations = _read(_A)
    assert units["unit_number"].to_list() == ["1", "2"]
    assert registrations["candidate_number"].to_list() == ["0002", "0006"]


def test_a_full_delivery_is_refused_unless_the_source_says_that_it_is_complete_and_amendments_never_are() -> None:
    for name, complete in ((_E, False), (_A, False), (_A, True)):
        with pytest.raises(RefusedDelivery, match="kind: delta") as refused:
            parts("edi_entries", name, good("edi_entries", name), kind="full", complete=complete)
        assert refused.value.refusal.reason == "not_a_delta"
    assert parts("edi_entries", _E, good("edi_entries", _E), kind="full", complete=True)


#: What each malformed example must lead to: reason of the file's refusal, or line, column and rule of what is quarantined.
_MALFORMED: dict[str, object] = {
    "E9900177.X11": "edi_count",
    "E9900177.X12": "edi_structure",
    "E9900177.X13": "edi_name",
    "E9900177.X14": [(5, "centre_number", "other_centre")],
    "E9900177.X15": "edi_version",
    "E9900177.X16": [(4, "surname", "name_form")],
    "E9900177.X17": [(3, "qualification_number", "code_unknown")],
    "A9900177.X18": [(4, None, "no_options")],
    "F9900177.X19": "edi_data_type",
    "E9900177.X20": [],
    "E9900177.X21": "edi_series",
    "E9900177(1).X22": "edi_name",
    "E9900177.X23": "edi_name",
    "E9900177.X24": [(4, None, "record_type")],
    "E9900177.X25": [(4, None, "record_length")],
    "E9900177.X26": "edi_structure",
    "E9900178.X27": "edi_organisation",
    "E9900177.X28": [(4, "qualification_number", "code_is_component")],
}


@pytest.mark.parametrize("path", sorted((EXAMPLES / "edi_entries" / "malformed").iterdir()), ids=lambda path: path.name)
def test_a_malformed_file_is_refused_or_its_records_put_aside_with_the_rule(path: Path) -> None:
    expected = _MALFORMED[path.name]
    if isinstance(expected, str):
        with pytest.raises(RefusedDelivery) as refused:
            parts("edi_entries", path.name, path.read_bytes())
        assert refused.value.refusal.reason == expected
    else:
        found = parts("edi_entries", path.name, path.read_bytes())
        assert sorted({told for part in found.values() for told in rules(part)}, key=str) == expected


def test_a_date_that_is_none_is_quarantined_by_the_contract(tmp_path: Path) -> None:
    folder = FormatsFolder(tmp_path)
    name = "E9900177.X20"
    folder.deliver("edi_entries", (EXAMPLES / "edi_entries" / "malformed" / name).read_bytes(), name)
    folder.land_all([_REGISTRATIONS])
    assert folder.reasons() == [(4, "date_of_birth", "date", "digits, 6")]


def test_a_date_of_zeros_is_not_known_and_withdrawals_are_told_only_where_the_layout_has_a_field_for_them() -> None:
    content = good("edi_entries", _E).replace(b"F090308", b"F000000", 1)
    units, registrations = _read(content=content)
    assert registrations.filter(pl.col("line") == 3)["date_of_birth"].to_list() == [None]
    assert set(units["entry_status"]) == {"entered"}
    assert set(registrations["status"]) == {"active"}


def test_what_is_written_from_canonical_rows_is_read_back() -> None:
    people = [
        ("0007", "Ayotunde", "Oyelaran", "2008-01-31", "F", "9900000136", "990010260007L"),
        ("0008", "Zoë", "Llewellyn-Fox", "2007-09-01", "U", None, "990010260008W"),
    ]
    registrations = pl.DataFrame(
        [
            {
                "centre_number": "99001",
                "centre_learner_reference": number,
                "qualification_number": qualification,
                "awarding_organisation_rn": "RN0077",
                "forename": forename,
                "surname": surname,
                "date_of_birth": born,
                "sex": sex,
                "uln": uln,
                "uci": uci,
                "candidate_number": number,
                "planned_completion": "2026-06",
                "status": "active",
            }
            for (number, forename, surname, born, sex, uln, uci), qualification in zip(
                people, ("60000016", "60000028"), strict=True
            )
        ]
    )
    entries = pl.DataFrame(
        [
            {
                "centre_number": "99001",
                "centre_learner_reference": "0007",
                "qualification_number": "60000016",
                "unit_number": str(unit),
                "series": "2026-06",
                "entry_status": "entered",
            }
            for unit in range(1, 13)
        ]
    )
    codes = {("60000016", ""): "VT100", ("60000028", ""): "VT200"} | {
        ("60000016", str(unit)): f"VT1{unit:02}" for unit in range(1, 13)
    }
    frame = Frame(data_type="E", organisation="77", series="2026-06", centre_number="99001")
    units, registered = _read(frame.name, write(registrations, entries, codes, frame))
    key = ["centre_learner_reference", "qualification_number"]
    assert registered.select(registrations.columns).sort(key).to_dicts() == registrations.sort(key).to_dicts()
    assert units.select(entries.columns).to_dicts() == entries.to_dicts()
