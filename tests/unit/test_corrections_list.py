"""Corrections lists: whose flags they hold, what they say of either side, and that a second one gives only what changed."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipelines.cli import main
from tests.correction_publication import (
    details_differ,
    lists,
    month_differs,
    publish_corrections,
    resolved,
    resting_on,
    rows_in,
    rows_in_workbook,
)
from tests.report_publication import CENTRE, CONTACT, ORGANISATION, flag, position

DAY_AFTER = date(2026, 5, 15)
PEOPLE = [position(number) for number in range(6)]
OLD = "05678"

Made = Callable[..., list[list[dict[str, str]]]]


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RECONCILE_DATA", str(tmp_path))
    monkeypatch.setenv("RECONCILE_PUBLISHED", str(tmp_path / "reconciliation.duckdb"))
    return tmp_path / "reconciliation.duckdb"


@pytest.fixture
def made(published: Path, tmp_path: Path) -> Made:
    """Publishes flags, calls the command, and gives the rows of each list that a recipient has had so far."""

    def call(flags: list[dict[str, Any]], *words: str, to: str = CENTRE, **more: Any) -> list[list[dict[str, str]]]:
        publish_corrections(published, more.pop("people", PEOPLE), flags, **more)
        assert main(["corrections-list", *words]) == 0
        return [rows_in(path) for path in lists(tmp_path / "returns", to)]

    return call


def changes_of(rows: list[dict[str, str]]) -> list[tuple[str, str]]:
    return [(row["Flag"], row["Change"]) for row in rows]


def test_the_first_list_has_everything_and_the_next_only_what_is_new_changed_or_withdrawn(made: Made) -> None:
    one, two, three = details_differ(1), details_differ(2), details_differ(3)
    (first,) = made([one, two])
    assert changes_of(first) == [(one["flag_id"], "new"), (two["flag_id"], "new")]
    changed = details_differ(1, "surname, ULN")
    *_, second = made([changed, three], gone=[resolved(two)], as_of=DAY_AFTER)
    assert changes_of(second) == [
        (one["flag_id"], "changed"),
        (three["flag_id"], "new"),
        (two["flag_id"], "withdrawn"),
    ]
    assert second[2]["Why"] == "It is no longer found: there is nothing left to put right."
    assert second[2]["Your reference"] == "REF2"
    assert len(made([changed, three], gone=[resolved(two)])) == 2


def test_where_nothing_has_changed_no_file_is_written_and_that_is_said(
    made: Made, capsys: pytest.CaptureFixture[str]
) -> None:
    made([details_differ(1)])
    capsys.readouterr()
    # that a flag has become urgent with the days is no news
    assert len(made([details_differ(1, urgency="urgent")], "--centre", CENTRE, as_of=DAY_AFTER)) == 1
    said = capsys.readouterr().out
    assert f"centre {CENTRE}: nothing that has not been told, and no file is written" in said


def test_a_flag_that_is_raised_again_is_new_again(made: Made) -> None:
    made([details_differ(1)])
    made([], gone=[resolved(details_differ(1))])
    third = made([details_differ(1)])[-1]
    assert changes_of(third) == [(details_differ(1)["flag_id"], "new")]


def test_what_was_waived_or_has_gone_to_another_is_withdrawn_with_the_reason(made: Made) -> None:
    made([details_differ(1), details_differ(2)])
    waived = details_differ(1, waived=True, decision="waived")
    *_, second = made([waived, details_differ(2, owner="awarding_organisation")])
    assert [(row["Change"], row["Why"]) for row in second] == [
        ("withdrawn", "Somebody decided that nothing has to be done about it for now."),
        ("withdrawn", "It is no longer yours to put right."),
    ]
    assert {row["What to do"] for row in second} == {"Nothing."}


def test_a_flag_of_an_earlier_cycle_is_withdrawn_by_its_number_alone(made: Made) -> None:
    made([details_differ(1)])
    *_, second = made([])
    assert changes_of(second) == [(details_differ(1)["flag_id"], "withdrawn")]
    assert second[0]["Your reference"] == ""


def test_full_gives_everything_again_and_marks_what_is_unchanged(made: Made) -> None:
    made([details_differ(1), details_differ(2)])
    *_, second = made([details_differ(1), details_differ(3)], "--full", gone=[resolved(details_differ(2))])
    assert [row["Change"] for row in second] == ["unchanged", "new", "withdrawn"]
    assert len(made([details_differ(1), details_differ(3)])) == 2


def test_each_list_holds_the_flags_that_its_recipient_owns(made: Made, tmp_path: Path) -> None:
    (of_centre,) = made([details_differ(1), month_differs(2)])
    (of_organisation,), (of_ucas,) = (
        [rows_in(path) for path in lists(tmp_path / "returns", to)] for to in (ORGANISATION, "UCAS")
    )
    assert [row["Code"] for row in of_centre] == ["personal_details_differ"]
    assert [row["Code"] for row in of_organisation] == ["award_month_differs"]
    assert [row["Code"] for row in of_ucas] == ["award_month_differs"]


def test_each_side_reads_its_own_reference_and_what_either_holds(made: Made, tmp_path: Path) -> None:
    made([month_differs(2)])
    (of_organisation,), (of_ucas,) = (rows_in(lists(tmp_path / "returns", to)[0]) for to in (ORGANISATION, "UCAS"))
    mine, theirs = "registration (planned completion: 2026-06)", "declared qualification (award month: 2026-01)"
    assert (of_organisation["Your reference"], of_organisation["Reference of others"]) == (
        "REG2",
        "application 0000000042",
    )
    assert (of_organisation["You hold"], of_organisation["Others hold"]) == (mine, f"UCAS: {theirs}")
    assert of_organisation["What to correct"] == "registration: planned completion"
    assert (of_ucas["Your reference"], of_ucas["Reference of others"]) == (
        "0000000042",
        f"registration {ORGANISATION} REG2",
    )
    assert (of_ucas["You hold"], of_ucas["Others hold"]) == (theirs, f"{ORGANISATION}: {mine}")
    assert of_ucas["Who sees to it"] == f"{ORGANISATION}, with the centre"
    assert {of_organisation["Learner"], of_ucas["Learner"]} == {""}


def test_a_centre_reads_its_own_personal_details_and_nobody_those_of_the_other_side(made: Made) -> None:
    ((row,),) = made([details_differ(1, "date of birth, surname")])
    assert row["What to correct"] == "registration: date of birth, surname"
    assert row["You hold"] == "registration (date of birth: 2008-02-03, surname: Person1)"
    assert row["Others hold"].count("not shown; ask whose record it is") == 2
    assert row["Learner"] == ""


def test_a_learner_is_named_only_to_a_centre_that_has_no_reference_of_its_own(made: Made) -> None:
    unknown = flag(1, "ao_registration_unknown", **resting_on("ao_registrations"))
    people = [position(1, held_by_centre=False, centre_learner_reference=None, surname="Unheard")]
    ((row,),) = made([unknown], people=people)
    assert (row["Your reference"], row["Learner"]) == ("", "Unheard, Invented")
    assert (row["You hold"], row["Others hold"]) == ("", f"{ORGANISATION}: registration")


def test_a_grade_that_is_not_out_is_said_to_be_withheld(made: Made, tmp_path: Path) -> None:
    rests = resting_on("ao_awards", issued_grade=None, computed_grade=None)
    made([flag(1, "award_grade_differs", owner="awarding_organisation", **rests)])
    (row,) = rows_in(lists(tmp_path / "returns", ORGANISATION)[0])
    assert row["You hold"] == "award (grade: not shown before its release)"


def test_a_flag_that_would_tell_a_result_before_its_release_is_neither_listed_nor_withdrawn(
    made: Made, tmp_path: Path
) -> None:
    waiting = [position(1, rests_on_unreleased_results=True)]
    claim = flag(1, **resting_on("ao_registrations"))
    assert made([claim], people=waiting) == []
    (first,) = made([claim])
    assert changes_of(first) == [(claim["flag_id"], "new")]
    # neither that it is raised nor that it is gone is told while the result waits
    assert len(made([claim], people=waiting)) == 1
    assert len(made([], people=waiting, gone=[resolved(claim)])) == 1
    *_, second = made([], gone=[resolved(claim)])
    assert changes_of(second) == [(claim["flag_id"], "withdrawn")]


def test_a_flag_that_waits_is_not_withdrawn_though_it_names_no_registration(made: Made) -> None:
    claim = flag(1, registration_number=None, **resting_on("ao_registrations"))
    made([claim])
    assert len(made([claim], people=[position(1, rests_on_unreleased_results=True)])) == 1


def test_ucas_is_told_nothing_of_an_offer_while_a_result_of_the_learner_waits(made: Made) -> None:
    rests = resting_on("ucas_choices", condition_grade="DDM")
    offer = flag(1, "offer_out_of_reach", owner="awarding_organisation", personal_id="0000000041", **rests)
    waiting = [position(1, rests_on_unreleased_results=True)]
    assert made([offer], people=waiting, to="UCAS") == []
    assert made([offer], people=waiting, to=ORGANISATION) != []
    (first,) = made([offer], to="UCAS")
    assert [row["Code"] for row in first] == ["offer_out_of_reach"]


def test_the_flags_of_a_merged_centre_stand_in_the_list_of_the_centre_that_it_is_now(made: Made) -> None:
    old = CONTACT | {"centre_number": OLD, "name": "Former College"}
    ((row,),) = made([details_differ(1, centre_number=OLD)], contacts=[CONTACT, old])
    assert row["Centre"] == OLD


def test_the_workbook_says_what_the_csv_says_and_keeps_leading_zeros(made: Made, tmp_path: Path) -> None:
    made([details_differ(1), month_differs(2)])
    for to in (CENTRE, ORGANISATION, "UCAS"):
        (path,) = lists(tmp_path / "returns", to)
        rows = [
            {
                name: "" if value is None else str(value.date() if hasattr(value, "date") else value)
                for name, value in row.items()
            }
            for row in rows_in_workbook(path)
        ]
        assert rows == rows_in(path)
        assert Counter(row["Centre"] for row in rows) == {CENTRE: 1}
    assert path.read_bytes().startswith(b"\xef\xbb\xbfChange,Urgent,By,")
    assert path.read_bytes().count(b"\r\n") == 2
