"""A layout says where everything stands, or is refused; what is written by a layout is read back by it."""

from typing import Any

import polars as pl
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.landed.readers._edi_details import details
from assets.landed.readers._edi_names import edi_name
from assets.landed.readers._edi_records import records_of
from fixtures.formats_written._edi import Frame, edi_file
from pipelines.settings import ROOT
from schemas.edi_layout import Layout, LayoutError, checked_layout, layout_of, shipped_layout, shipped_layouts
from schemas.edi_meanings import MEANINGS, UCI_POSITIONS, meanings
from tests.readers.edi_strategies import layouts, written_details

_SOME = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
_FRAME = Frame(data_type="R", organisation="77", series="2026-06", centre_number="99001")

#: A small layout of results that holds together.
_SMALL: dict[str, Any] = {
    "kind": "results",
    "source": "a test",
    "length": 20,
    "marker": {"from": 1, "to": 2},
    "file_header": {"marker": "R1", "gaps": [{"from": 3, "to": 20, "what": "blank"}]},
    "detail": {
        "marker": "R5",
        "fields": {
            "registration_number": {"from": 3, "to": 10},
            "option_code": {"from": 11, "to": 16},
            "grade": {"from": 17, "to": 18},
        },
        "gaps": [{"from": 19, "to": 20, "what": "blank"}],
    },
    "file_trailer": {
        "marker": "R9",
        "fields": {"record_count": {"from": 3, "to": 8, "counts": "details"}},
        "gaps": [{"from": 9, "to": 20, "what": "blank"}],
    },
}


def _changed(**changes: Any) -> dict[str, Any]:
    """The small layout with values put in by path, as `detail__fields__grade`; None takes one out."""
    told: dict[str, Any] = yaml.safe_load(yaml.safe_dump(_SMALL))
    for path, value in changes.items():
        *way, last = path.split("__")
        place = told
        for step in way:
            place = place[step]
        if value is None:
            place.pop(last, None)
        else:
            place[last] = value
    return told


def test_the_small_layout_holds_together() -> None:
    assert checked_layout(_SMALL).detail.fields["grade"].width == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"detail__fields__grade": {"from": 16, "to": 17}}, r"\[detail\]: position \[16\] belongs to two"),
        (
            {"detail__gaps": []},
            r"\[detail\]: position \[19\] is named by no field; name what is not read under \[gaps\]",
        ),
        (
            {"detail__fields__mark": {"from": 19, "to": 20}},
            r"\[detail.fields.mark\]: is no meaning that can stand there",
        ),
        ({"detail__fields__candidate_number": {"from": 19, "to": 22}}, r"ends beyond the length of \[20\]"),
        ({"detail__fields__grade": None}, r"\[detail\]: lacks \[grade\]"),
        ({"detail__fields__registration_number": None}, r"lacks \[registration_number or uci or candidate_number\]"),
        ({"detail__fields__grade": {"from": 18, "to": 17}}, r"ends before it begins"),
        ({"detail__fields__grade": {"from": 17, "to": 18, "date": "ddmmyy"}}, r"is no date; drop \[date\]"),
        ({"detail__fields__issued_on": {"from": 19, "to": 20}}, r"say with \[date\] how it is written"),
        (
            {"detail__fields__sex": {"from": 19, "to": 20}},
            r"\[detail.fields.sex\]: takes \[2\] positions, and it must be \[1\]",
        ),
        ({"detail__marker": "R1"}, r"two records have the same one"),
        ({"detail__marker": "R"}, r"a record's marker has another length"),
        ({"detail__marker": None}, r"\[marker\]: a record has none"),
        ({"marker": None}, r"\[marker\]: is not given"),
        ({"others": ["R9"]}, r"two records have the same one"),
        ({"file_header": None}, r"\[file_trailer\]: there is no \[file_header\]"),
        ({"file_trailer__fields__record_count": {"from": 3, "to": 8}}, r"say with \[counts\] what is counted"),
        ({"detail__fields__record_count": {"from": 19, "to": 20}}, r"is no meaning that can stand there"),
        ({"versions": ["14"]}, r"\[versions\]: goes with the field \[version\]"),
        ({"uci_elsewhere": True}, r"\[uci_elsewhere\]: is of entries"),
        ({"kind": "marks"}, r"\[kind\]"),
        ({"positions": 3}, r"\[positions\]: Extra inputs are not permitted"),
        ({"source": ""}, r"\[source\]"),
        ({"length": 6_000}, r"\[length\]"),
        ({"length": "20"}, r"\[length\]"),
        ({"file_header__repeated": {"from": 3, "to": 4, "times": 1, "fields": {}}}, r"only a detail can hold a group"),
    ],
)
def test_a_layout_that_does_not_hold_together_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(LayoutError, match=words):
        checked_layout(_changed(**changes))


def _entries(**changes: Any) -> dict[str, Any]:
    text = (ROOT / "schemas" / "edi_layouts" / "entries-14.yaml").read_text(encoding="utf-8")
    told: dict[str, Any] = yaml.safe_load(text)
    return told | changes


def test_entries_have_the_unique_candidate_identifier_at_60_to_72_or_say_that_they_have_it_elsewhere() -> None:
    told = _entries()
    told["detail"]["gaps"].append({"from": 60, "to": 72, "what": "identifier"})
    del told["detail"]["fields"]["uci"]
    with pytest.raises(LayoutError, match=r"\[60\] to \[72\] \(AQA\).*uci_elsewhere: true"):
        checked_layout(told)
    assert "uci" not in checked_layout(told | {"uci_elsewhere": True}).detail.fields
    with pytest.raises(LayoutError, match=r"\[uci_elsewhere\]"):
        checked_layout(_entries(uci_elsewhere=True))


def test_years_of_two_digits_need_a_first_year() -> None:
    with pytest.raises(LayoutError, match="two_digit_years_from"):
        checked_layout(_entries(two_digit_years_from=None))


def test_groups_of_unequal_width_are_refused() -> None:
    told = _entries()
    told["detail"]["repeated"]["times"] = 11
    with pytest.raises(LayoutError, match=r"\[84\] positions do not hold \[11\] groups of one width"):
        checked_layout(told)


@pytest.mark.parametrize("name", shipped_layouts())
def test_a_shipped_layout_says_what_it_rests_on(name: str) -> None:
    layout = shipped_layout(name)
    assert layout.source.startswith("Secondary: ")
    assert layout.file_trailer is not None and layout.file_trailer.fields["record_count"].counts == "records"


def test_the_shipped_entries_have_the_identifier_where_the_primary_source_has_it() -> None:
    place = shipped_layout("entries-14").detail.fields["uci"]
    assert (place.first, place.last) == UCI_POSITIONS == (60, 72)


def test_the_example_layout_of_results_says_in_the_file_itself_that_it_is_invented() -> None:
    text = (ROOT / "fixtures" / "formats" / "edi_results" / "invented-results.yml").read_text(encoding="utf-8")
    assert text.startswith("# AN INVENTED LAYOUT")
    assert layout_of(text).source.startswith("invented")


def test_no_layout_of_results_is_shipped_since_none_is_public() -> None:
    assert {shipped_layout(name).kind for name in shipped_layouts()}.isdisjoint({"results"})


def test_the_page_of_layouts_names_every_meaning_and_every_shipped_layout() -> None:
    page = (ROOT / "docs" / "formats" / "edi-layouts.md").read_text(encoding="utf-8")
    for name in (*MEANINGS, *shipped_layouts()):
        assert f"`{name}`" in page, name


@given(data=st.data(), layout=layouts())
@_SOME
def test_what_is_written_by_any_layout_is_read_back(data: st.DataObject, layout: Layout) -> None:
    written = data.draw(written_details(layout))
    ending = data.draw(st.sampled_from(["\n", "\r\n"]))
    content = edi_file(layout, _FRAME, written, ending)
    blocks = data.draw(st.sampled_from([[content], content.splitlines(keepends=True)]))
    records = records_of(blocks, layout, edi_name(_FRAME.name, ""))
    found, bare = zip(*(details(some, layout) for some in records), strict=True)
    rows = pl.concat(found)
    expected = [
        {name: value for name, value in (detail | one).items() if name != "repeated"}
        for detail in written
        for one in detail.get("repeated", [{}])
    ]
    named = [name for name in meanings("results", "detail") if name in expected[0]] if expected else []
    assert rows.select(named).to_dicts() == [{name: row[name] for name in named} for row in expected]
    assert pl.concat(bare).height == sum(detail.get("repeated") == [] for detail in written)
    assert not rows["too_long"].any()


_YAML = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from([*_SMALL, "fields", "gaps", "from", "to", "repeated", "times", "grade"]), inner
        )
    ),
    max_leaves=20,
)


@given(told=_YAML)
@_SOME
def test_any_yaml_is_a_layout_or_refused_as_one(told: Any) -> None:
    _refused_or_read(yaml.safe_dump(told))


@given(
    text=st.text(max_size=60) | st.sampled_from(["? [a]\n: b", "[" * 3_000, "a: !!int x", "&a [*a]", "a: 2001-99-99"])
)
@_SOME
def test_any_text_is_a_layout_or_refused_as_one(text: str) -> None:
    _refused_or_read(text)


@given(data=st.data())
@_SOME
def test_a_layout_with_any_value_exchanged_is_a_layout_or_refused_as_one(data: st.DataObject) -> None:
    told = _changed()
    place: Any = told
    while isinstance(place, dict) and place:
        key = data.draw(st.sampled_from(sorted(place)))
        if not isinstance(place[key], dict) or data.draw(st.booleans()):
            place[key] = data.draw(_YAML)
            break
        place = place[key]
    _refused_or_read(yaml.safe_dump(told))


def _refused_or_read(text: str) -> None:
    try:
        assert isinstance(layout_of(text), Layout)
    except LayoutError as refused:
        assert str(refused)
