"""A grade of two characters is decoded by qualification and channel; what cannot be decoded or identified is put aside."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.landed.readers import reader
from assets.landed.readers._edi_scales import shipped_scale
from assets.landed.refusals import RefusedDelivery
from assets.landed.sources import read_source
from fixtures.formats_written._edi import Frame, edi_file
from fixtures.formats_written.edi_results import coded, write
from pipelines.formats_page import EXAMPLES
from schemas.edi_layout import layout_of
from tests.readers.edi_reading import good, parts, rules

_GOOD = "R9900177.X01"
_FRAME = Frame(data_type="R", organisation="77", series="2026-06", centre_number="99001")
_LAYOUT = layout_of((EXAMPLES / "edi_results" / "invented-results.yml").read_text(encoding="utf-8"))

#: Pearson, viewing overall results for BTEC triple grades.
_WITH_STAR = ["PPP", "MPP", "MMP", "MMM", "DMM", "DDM", "DDD", "D*DD", "D*D*D", "D*D*D*"]
_WITHOUT_STAR = _WITH_STAR[:7]


def _awards(**options: object) -> dict[int, dict[str, str | None]]:
    """Awards of the good example by line."""
    records = parts("edi_results", _GOOD, good("edi_results", _GOOD), **options)["ao_awards"].records
    return {row.pop("line"): row for row in records.drop("row").to_dicts()}


def _one(
    code: str, grade: str | None, **options: object
) -> tuple[dict[str, str | None], list[tuple[int, str | None, str]]]:
    """The award that a file with one record makes, and the rules that it breaks."""
    content = edi_file(_LAYOUT, _FRAME, [{"registration_number": "REG1", "option_code": code, "grade": grade}])
    part = parts("edi_results", _FRAME.name, content, **options)["ao_awards"]
    return part.records.row(0, named=True), rules(part)


def test_one_code_means_one_grade_of_one_qualification_and_another_of_another() -> None:
    awards = _awards()
    assert awards[2] == {
        "awarding_organisation_rn": "RN0077",
        "registration_number": "REG0001",
        "qualification_number": "60000016",
        "result_status": "issued",
        "grade": "D*D*D*",
        "previous_grade": None,
        "issued_on": "2026-08-13",
    }
    assert (awards[4]["qualification_number"], awards[4]["grade"]) == ("60000028", "DDD")


@pytest.mark.parametrize(
    ("channel", "scale", "grades"),
    [
        (
            "edi",
            _WITH_STAR,
            {"D1": "D*D*D*", "D2": "D*D*D", "D3": "D*DD", "D4": "DDD", "D5": "DDM", "D6": "DMM", "M1": "MMM"},
        ),
        (
            "edi",
            _WITHOUT_STAR,
            {"D1": "DDD", "D2": "DDM", "D3": "DMM", "M1": "MMM", "M2": "MMP", "M3": "MPP", "P1": "PPP"},
        ),
        ("edifact", _WITH_STAR, {"D6": "D*D*D*", "D7": "D*D*D", "D8": "D*DD", "D1": "DDD", "D2": "DDM", "D3": "DMM"}),
    ],
)
def test_every_code_of_the_published_table_is_decoded(channel: str, scale: list[str], grades: dict[str, str]) -> None:
    for code, grade in grades.items():
        award, broken = _one("VT100", code, channel=channel, scales={"60000016": scale})
        assert (award["grade"], award["result_status"], broken) == (grade, "issued", []), code


def test_a_code_that_the_scale_does_not_know_is_put_aside_and_never_guessed() -> None:
    award, broken = _one("VT200", "D6")
    assert award["grade"] is None
    assert broken == [(2, "grade", "grade_code")]


def test_a_qualification_without_a_scale_has_no_grade() -> None:
    assert _one("VT400", "P")[1] == [(2, "grade", "no_grade_scale")]


def test_a_grade_beside_the_scales_comes_for_every_qualification() -> None:
    assert _one("VT300", "U") == ({**_one("VT300", "P")[0], "grade": "U"}, [])
    assert _one("VT300", "U", beside_scales=[])[1] == [(2, "grade", "grade_code")]


@pytest.mark.parametrize(("code", "status"), [("Q", "pending"), ("X", "none"), ("#", "partial")])
def test_an_indicator_in_the_grade_s_place_is_the_award_s_state(code: str, status: str) -> None:
    award, broken = _one("VT100", code)
    assert (award["result_status"], award["grade"], award["issued_on"], broken) == (status, None, None, [])


def test_what_a_blank_means_is_not_guessed() -> None:
    assert _one("VT100", None)[1] == [(2, "grade", "no_grade")]
    award, broken = _one("VT100", None, indicators={"": "none"})
    assert (award["result_status"], broken) == ("none", [])


def test_a_candidate_without_a_registration_number_is_looked_up_by_identifier_or_candidate_number() -> None:
    awards = _awards()
    assert awards[5]["registration_number"] == "REG0004"
    assert awards[6]["registration_number"] == "REG0005"
    part = parts("edi_results", _GOOD, good("edi_results", _GOOD), registrations={})["ao_awards"]
    assert rules(part) == [
        (5, "registration_number", "registration_unknown"),
        (6, "registration_number", "registration_unknown"),
    ]


def test_a_unit_result_belongs_to_no_feed() -> None:
    part = parts("edi_results", _GOOD, good("edi_results", _GOOD))["ao_awards"]
    assert 8 not in part.records["line"].to_list()
    assert part.set_aside == 1


def test_scales_come_from_the_shipped_specifications_and_are_part_of_the_source() -> None:
    assert shipped_scale("60171601") == tuple(_WITH_STAR)
    assert shipped_scale("99999999") is None
    told = {
        "layout": _LAYOUT.model_dump(by_alias=True),
        "awarding_organisations": {"77": "RN0077"},
        "codes": {"77/NBXD": {"entry": "certification", "qualification_number": "601/7160/1", "unit_number": ""}},
    }
    options = reader("edi_results").options.model_validate(told)
    assert options.model_dump()["scales"] == {"60171601": _WITH_STAR}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"layout": "entries-14"}, "the layout is of \\[entries\\]"),
        ({"layout": "results-14"}, "no layout of this name is shipped"),
        ({"layout": {"file": "results.yaml"}}, "ending in .yml"),
        (
            {"codes": {"VT100": {"entry": "unit", "qualification_number": "", "unit_number": ""}}},
            "<organisation>/<code>",
        ),
        (
            {"codes": {"77/VT100": {"entry": "exam", "qualification_number": "", "unit_number": ""}}},
            "another \\[entry\\]",
        ),
        ({"codes": {"77/VT100": {"entry": "unit"}}}, "the columns are code, entry"),
        ({"indicators": {"Q": "waiting"}}, "\\[indicators\\]"),
        ({"awarding_organisations": {}}, "identifier of two characters"),
        ({"data_type": "results"}, "\\[data_type\\]"),
        ({"issued_on": {"June": "2026-08-13"}}, "\\[issued_on\\]"),
        ({"scales": {"60000016": []}}, "a scale has no grade"),
    ],
)
def test_a_source_that_cannot_be_used_says_why(changed: dict[str, object], words: str) -> None:
    told = {"layout": _LAYOUT, "awarding_organisations": {"77": "RN0077"}, "codes": {}}
    with pytest.raises(ValueError, match=words):
        reader("edi_results").options.model_validate(told | changed)


#: What each malformed example must lead to: reason of the file's refusal, or line, column and rule of what is quarantined.
_MALFORMED: dict[str, object] = {
    "R9900177.X11": "edi_count",
    "R9900177.X12": "edi_structure",
    "R9900177.X13": "edi_name",
    "R9900177.X14": [(4, "qualification_number", "code_unknown")],
    "R9900177.X15": [(4, "grade", "grade_code")],
    "R9900177.X16": [(4, "grade", "no_grade")],
    "R9900177.X17": [(4, "registration_number", "registration_unknown")],
    "R9900177.X18": [(3, None, "record_length")],
    "R9900177.X19": "edi_count",
    "R9900177 (2).X20": "edi_name",
    "R9900177.X21": "edi_series",
    "R9900177.X22": [(4, "grade", "no_grade_scale")],
    "S9900177.X23": "edi_data_type",
    "R9900177.X24": [(4, "qualification_number", "code_incomplete")],
}


@pytest.mark.parametrize("path", sorted((EXAMPLES / "edi_results" / "malformed").iterdir()), ids=lambda path: path.name)
def test_a_malformed_file_is_refused_or_its_records_put_aside_with_the_rule(path: Path) -> None:
    expected = _MALFORMED[path.name]
    if isinstance(expected, str):
        with pytest.raises(RefusedDelivery) as refused:
            parts("edi_results", path.name, path.read_bytes())
        assert refused.value.refusal.reason == expected
    else:
        assert rules(parts("edi_results", path.name, path.read_bytes())["ao_awards"]) == expected


@given(grades=st.lists(st.sampled_from([*_WITH_STAR, None]), min_size=1, max_size=8))
@settings(max_examples=20, deadline=None)
def test_every_grade_that_is_written_is_read_back(grades: list[str | None]) -> None:
    rows = pl.DataFrame(
        {
            "registration_number": [f"REG{number}" for number in range(len(grades))],
            "qualification_number": ["60000016"] * len(grades),
            "result_status": ["issued" if grade else "pending" for grade in grades],
            "grade": pl.Series(grades, dtype=pl.String),
        }
    )
    scales = {"60000016": _WITH_STAR}
    content = write(rows, _LAYOUT, _FRAME, codes={"60000016": "VT100"}, scales=scales, identities={})
    part = parts("edi_results", _FRAME.name, content, scales=scales)["ao_awards"]
    assert part.refused.height == 0
    assert part.records.select(rows.columns).to_dicts() == rows.to_dicts()


def test_a_grade_without_a_code_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="has no code of two characters"):
        coded("D*D", "edi", ["PP", "MP", "MM", "DM", "DD", "D*D", "D*D*"])


def test_the_example_source_is_read_with_its_layout_beside_it() -> None:
    source = read_source(EXAMPLES / "edi_results" / "source.yaml")
    assert source.kind == "delta"
    assert source.options.model_dump()["layout"]["length"] == 96
