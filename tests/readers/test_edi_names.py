"""A file's name says what it is, and a name that was changed is refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.landed.readers._edi_names import MONTHS, NAMED, edi_name
from assets.landed.refusals import RefusedDelivery


def test_a_centre_s_file_names_type_centre_organisation_and_sequence() -> None:
    found = edi_name("E5101201.X01", "EA")
    assert (found.data_type, found.centre_number, found.series) == ("E", "51012", None)
    assert (found.organisation, found.sequence) == ("01", "01")


def test_a_broadcast_names_its_series_and_year() -> None:
    assert edi_name("O6G14_70.X01", "").series == "2014-06"
    assert edi_name("c6a14_01.x02", "C").series == "2014-06"
    assert edi_name("S9B05_13.X01", "").centre_number is None


@pytest.mark.parametrize(("character", "month"), [("1", "01"), ("9", "09"), ("A", "10"), ("B", "11"), ("C", "12")])
def test_months_are_1_to_9_then_a_b_and_c(character: str, month: str) -> None:
    assert MONTHS[character] == month
    assert edi_name(f"O{character}G25_70.X01", "").series == f"2025-{month}"


def test_case_does_not_matter_and_the_landing_folder_s_marks_may_stand_in_a_name() -> None:
    assert edi_name("e5101201.x01", "EA") == edi_name("E5101201.X01", "EA")
    assert edi_name("2026-03-01 E5101201.delta.X01", "EA") == edi_name("E5101201.X01", "EA")


@pytest.mark.parametrize("name", ["E5101201(1).X01", "E5101201 (2).X01", "E5101201.X01 (1)", "E5101201.X01(3)"])
def test_the_number_that_a_browser_adds_is_to_be_taken_off(name: str) -> None:
    assert NAMED.fullmatch(name.lower())
    with pytest.raises(RefusedDelivery, match="Take the number in brackets off the name") as refused:
        edi_name(name, "EA")
    assert refused.value.refusal.reason == "edi_name"


@pytest.mark.parametrize(
    "name", ["E510120.X01", "E5101201.Y01", "E5101201.X1", "E5101201.X01.txt", "E51O1201.X01", "OD114_70.X01"]
)
def test_a_name_of_another_form_is_refused(name: str) -> None:
    with pytest.raises(RefusedDelivery) as refused:
        edi_name(name, "")
    assert refused.value.refusal.reason == "edi_name"
    assert name not in str(refused.value)


def test_a_file_of_another_type_is_refused_where_the_type_is_known() -> None:
    with pytest.raises(RefusedDelivery, match=r"another letter than \[E, A\]") as refused:
        edi_name("F5101201.X01", "EA")
    assert refused.value.refusal.reason == "edi_data_type"
    assert edi_name("F5101201.X01", "").data_type == "F"


@given(name=st.text(max_size=20) | st.from_regex(NAMED, fullmatch=True))
@settings(max_examples=50, deadline=None)
def test_any_name_is_read_or_refused(name: str) -> None:
    try:
        assert edi_name(name, "").organisation
    except RefusedDelivery as refused:
        assert refused.refusal.reason == "edi_name"
