"""Pearson's bulk registration columns: what a centre's lines become, and names in Pearson's form."""

from datetime import date
from pathlib import Path
from typing import Any, Literal

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from assets.landed.limits import Limits
from assets.landed.reader import Delivered, Part
from assets.landed.readers.pearson_bulk_registrations import READER
from assets.landed.refusals import RefusedDelivery
from fixtures.formats_written.pearson_bulk_registrations import write
from pipelines.formats_page import EXAMPLES
from schemas.link_stages import FORENAME_WIDTHS, SURNAME_WIDTHS
from schemas.pearson_names import FIRST_NAMES, LAST_NAMES, pearson_name
from tests.readers.examples import FormatsFolder, feeds_of

NAME = READER.name
CENTRE = {"centre_number": "99001"}
PUT_ASIDE: dict[str, list[tuple[int, str | None, str]]] = {
    "business-diploma-with-dates-in-other-forms.csv": [
        (3, "date_of_birth", "date_form"),
        (4, "date_of_birth", "date_form"),
        (4, "planned_completion", "date_form"),
    ],
    "business-diploma-with-empty-cells.csv": [
        (3, "centre_learner_reference", "required"),
        (3, "date_of_birth", "required"),
        (3, "forename", "required"),
        (3, "surname", "required"),
    ],
    "business-diploma-with-a-comma-in-a-name.csv": [(3, None, "field_count")],
}
REFUSED = {
    "business-diploma-without-dates-of-birth.csv": ("missing_column", "[Date of birth]"),
    "programme-that-the-source-does-not-know.csv": ("qualification_not_named", "[0] of the parts"),
}


def landed(tmp_path: Path, kind: str, name: str) -> tuple[FormatsFolder, dict[str, Any]]:
    folder = FormatsFolder(tmp_path)
    folder.deliver(NAME, (EXAMPLES / NAME / kind / name).read_bytes(), name)
    (row,) = folder.land_all(feeds_of(NAME))
    return folder, row


def read(path: Path, kind: Literal["full", "delta"] = "delta", **options: Any) -> Part:
    given_options = READER.options.model_validate(CENTRE | options)
    (part,) = READER.read(
        Delivered(path=path, name=path.name, delivered_on=date(2025, 11, 1), kind=kind, limits=Limits()), given_options
    )
    return part


def test_every_malformed_example_has_its_expectation() -> None:
    assert {path.name for path in (EXAMPLES / NAME / "malformed").iterdir()} == set(REFUSED) | set(PUT_ASIDE)


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_be_used_as_a_whole_is_refused(tmp_path: Path, name: str) -> None:
    _, row = landed(tmp_path, "malformed", name)
    reason, named = REFUSED[name]
    assert (row["status"], row["reason"]) == ("refused", reason)
    assert named in row["message"]


@pytest.mark.parametrize("name", PUT_ASIDE)
def test_a_line_that_cannot_be_read_is_put_aside_with_all_its_errors(tmp_path: Path, name: str) -> None:
    folder, row = landed(tmp_path, "malformed", name)
    assert [reason[:3] for reason in folder.reasons()] == PUT_ASIDE[name]
    assert [one["line"] for one in folder.valid(row)] == [2]


def test_a_line_is_a_registration_that_the_centre_says_it_has_made(tmp_path: Path) -> None:
    folder, row = landed(tmp_path, "good", "business-diploma.2025-10-20.delta.csv")
    first, *_ = folder.valid(row)
    filled = {name: value for name, value in first.items() if value is not None}
    assert filled == {
        "centre_number": "99001",
        "centre_learner_reference": "99A0001",
        "qualification_number": "60000016",
        "awarding_organisation_rn": "RN5133",
        "forename": "ADA MARIA INVENTED",
        "surname": "EXAMPLE",
        "date_of_birth": date(2008, 1, 10),
        "sex": "F",
        "uln": first["uln"],
        "registration_date": date(2025, 10, 20),
        "planned_completion": "2026-07",
        "status": "active",
        "line": 2,
    }


def test_names_are_kept_as_they_stand_also_where_pearson_would_change_them(tmp_path: Path) -> None:
    folder, row = landed(tmp_path, "good", "business-diploma.2025-10-20.delta.csv")
    names = [(one["forename"], one["surname"]) for one in folder.valid(row)]
    assert names[2] == ("Zoë", "Łukasiewicz")
    assert (len(names[3][0]), len(names[3][1])) == (20, 30)


def test_learners_registered_for_units_alone_are_set_aside(tmp_path: Path) -> None:
    folder, row = landed(tmp_path, "good", "business-diploma-units.2025-11-20.delta.csv")
    assert [one["forename"] for one in folder.valid(row)] == ["MO"]
    assert (row["landed_rows"], row["set_aside_rows"]) == (1, 1)
    units = read(
        EXAMPLES / NAME / "good" / "business-diploma.2025-10-20.delta.csv",
        qualification_number="60000016",
        registration_type="Individual Units",
    )
    assert (units.records.height, units.set_aside) == (0, 4)


def test_a_registration_type_that_pearson_does_not_have_puts_its_line_aside(tmp_path: Path) -> None:
    path = tmp_path / "registrations.csv"
    header = "Centre reference,First names,Last names,Sex,Date of birth,Planned completion,Registration type\n"
    lines = [f"99A{place},ADA,EXAMPLE,F,10/01/2008,31/07/2026,{kind}\n" for place, kind in enumerate(("UNITS", ""))]
    path.write_text(header + "".join(lines), encoding="utf-8")
    part = read(path, qualification_number="60000016")
    assert part.refused.select("line", "rule").rows() == [(2, "unknown_registration_type")]
    assert (part.records.height, part.set_aside) == (2, 0)


def test_a_full_delivery_of_one_programme_is_refused_unless_the_source_says_that_it_is_complete() -> None:
    path = EXAMPLES / NAME / "good" / "business-diploma.2025-10-20.delta.csv"
    with pytest.raises(RefusedDelivery, match="all registrations of the centre"):
        read(path, kind="full", qualification_number="60000016")
    assert read(path, kind="full", qualification_number="60000016", complete=True).records.height == 4


def test_a_source_says_which_qualification_its_files_are_of_in_one_way() -> None:
    for options in ({}, {"qualification_number": "60000016", "qualification_numbers": {"diploma": "60000016"}}):
        with pytest.raises(ValidationError, match="qualification_number"):
            READER.options.model_validate(CENTRE | options)


def test_a_source_may_say_how_its_file_heads_a_column(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("Ref,First names,Last names,Sex,DOB,Planned completion\n99A1,ADA,EXAMPLE,F,10/01/2008,31/07/2026\n")
    part = read(path, qualification_number="60000016", headings={"Ref": "Centre reference"})
    assert part.records["centre_learner_reference"].to_list() == ["99A1"]
    with pytest.raises(ValidationError, match="none of Pearson's"):
        READER.options.model_validate(CENTRE | {"qualification_number": "60000016", "headings": {"Ref": "Reference"}})


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("O'Brien-Smith", "O'BRIEN-SMITH"),
        ("Zoë", "ZOE"),
        ("  Anna   Maria ", "ANNA MARIA"),
        ("J. (Jack) A/B: C", "J. (JACK) A/B: C"),
        ("D\u2019Arcy", "D'ARCY"),
        ("Example, 2nd", "EXAMPLE ND"),
        ("李", ""),
        ("Christopher Alexander", "CHRISTOPHER ALEXANDE"),
        ("Christopher Alexand Ray", "CHRISTOPHER ALEXAND"),
    ],
)
def test_pearson_keeps_few_characters_in_capitals_and_cuts_what_is_longer(name: str, kept: str) -> None:
    assert pearson_name(name, FIRST_NAMES) == kept


def test_names_cut_by_pearson_are_known_to_linking_as_cut() -> None:
    assert FIRST_NAMES in FORENAME_WIDTHS
    assert LAST_NAMES in SURNAME_WIDTHS


@given(name=st.text(max_size=60))
@settings(max_examples=50)
def test_a_name_in_pearsons_form_stays_as_it_is(name: str) -> None:
    once = pearson_name(name, LAST_NAMES)
    assert pearson_name(once, LAST_NAMES) == once
    assert len(once) <= LAST_NAMES


_WRITTEN = st.text(st.sampled_from("ABCXYZ'-.() "), min_size=1, max_size=20).map(
    lambda name: pearson_name(name, FIRST_NAMES)
)
_ROW = st.fixed_dictionaries(
    {
        "centre_learner_reference": st.from_regex("[A-Z0-9]{1,10}", fullmatch=True),
        "forename": _WRITTEN.filter(bool),
        "surname": _WRITTEN.filter(bool),
        "sex": st.sampled_from(["M", "F", None]),
        "date_of_birth": st.dates(date(1930, 1, 1), date(2015, 12, 31)).map(date.isoformat),
        "planned_completion": st.sampled_from(["2026-07", "2027-01", None]),
        "uln": st.sampled_from(["9900000107", "9999999999", None]),
    }
)


@given(rows=st.lists(_ROW, min_size=1, max_size=6))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_registrations_written_in_the_format_read_back_to_the_same_rows(
    tmp_path: Path, rows: list[dict[str, str | None]]
) -> None:
    table = pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String))
    path = tmp_path / "registrations.csv"
    path.write_bytes(write(table))
    part = read(path, qualification_number="60000016")
    assert part.refused.height == 0
    assert part.records.select(*table.columns).equals(table)
