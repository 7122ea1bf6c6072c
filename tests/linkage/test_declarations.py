"""Which qualification a declaration means."""

from typing import Any

import pytest

from assets.linked.declarations import resolve_declarations
from tests.warehouse import warehouse

QUALIFICATIONS = (
    {
        "qualification_number": "60000001",
        "title": "Invented Diploma in Health & Care",
        "awarding_organisation_rn": "RN0001",
    },
    {"qualification_number": "60000002", "title": "Invented Diploma in Business", "awarding_organisation_rn": "RN0001"},
    {"qualification_number": "60000003", "title": "INVENTED DIPLOMA IN BUSINESS", "awarding_organisation_rn": "RN0002"},
    {"qualification_number": "60000004", "title": "Invented Award in Music", "awarding_organisation_rn": "RN0002"},
    {"qualification_number": "60000005", "title": "Invented award in music", "awarding_organisation_rn": "RN0002"},
)


def _resolved(**declared: Any) -> tuple[dict[str, Any], set[str]]:
    """What one declaration means, and its candidates."""
    qualifications = [
        {"level": "3", "suite": f"suite of {row['qualification_number']}", **row} for row in QUALIFICATIONS
    ]
    declaration = {"personal_id": "0000000001", "declared_number": 1, "status": "pending", **declared}
    connection = warehouse("2026-06-01", {"qualifications": qualifications, "ucas_qualifications": [declaration]})
    counts = resolve_declarations(connection)
    assert counts["declarations"] == 1
    found = connection.sql("SELECT * FROM linked.declared_qualifications").pl().to_dicts()
    candidates = connection.execute("SELECT qualification_number FROM linked.declaration_candidates").fetchall()
    assert counts[found[0]["resolution"]] == len(found) == 1
    return found[0], {number for (number,) in candidates}


def test_a_known_number_decides_whatever_the_title_says() -> None:
    found, _ = _resolved(qualification_number="60000002", title="Invented Diploma in Health & Care")
    assert (found["qualification_number"], found["resolution"]) == ("60000002", "number")
    assert found["number_and_title_disagree"]


def test_the_organisation_and_suite_are_those_of_the_qualification_meant() -> None:
    found, _ = _resolved(qualification_number="60000004", awarding_organisation_rn="RN0009")
    assert (found["awarding_organisation_rn"], found["suite"]) == ("RN0002", "suite of 60000004")


@pytest.mark.parametrize(
    "title",
    ["Invented Diploma in Health & Care", "invented diploma, in health and care", "INVENTED DIPLOMA IN HEALTH&CARE "],
)
def test_a_title_that_only_one_qualification_has_resolves_the_declaration(title: str) -> None:
    found, candidates = _resolved(title=title)
    assert (found["qualification_number"], found["resolution"]) == ("60000001", "title")
    assert not found["number_and_title_disagree"]
    assert not candidates


def test_an_unknown_number_leaves_the_title_to_decide() -> None:
    found, _ = _resolved(qualification_number="69999999", title="Invented Diploma in Health & Care")
    assert (found["qualification_number"], found["resolution"]) == ("60000001", "title")
    assert not found["number_and_title_disagree"]


def test_a_title_of_two_organisations_is_resolved_by_the_declared_one() -> None:
    found, _ = _resolved(title="Invented Diploma in Business", awarding_organisation_rn="RN0002")
    assert (found["qualification_number"], found["resolution"]) == ("60000003", "title")


def test_a_title_of_two_organisations_without_the_organisation_has_several_candidates() -> None:
    found, candidates = _resolved(title="Invented Diploma in Business")
    assert (found["qualification_number"], found["suite"], found["resolution"]) == (None, None, "several_candidates")
    assert candidates == {"60000002", "60000003"}


def test_candidates_are_those_of_the_declared_organisation() -> None:
    found, candidates = _resolved(title="Invented Award in Music", awarding_organisation_rn="RN0002")
    assert (found["resolution"], candidates) == ("several_candidates", {"60000004", "60000005"})
    assert found["awarding_organisation_rn"] == "RN0002"


@pytest.mark.parametrize(
    "declared",
    [
        {"title": "Invented Diploma in Gardening"},
        {"title": "Invented Diploma in Health & Care", "awarding_organisation_rn": "RN0002"},
        {"qualification_number": "69999999"},
        {"title": "-"},
        {},
    ],
)
def test_a_declaration_without_number_or_title_that_is_known_has_no_candidate(declared: dict[str, Any]) -> None:
    found, candidates = _resolved(**declared)
    assert (found["qualification_number"], found["resolution"], candidates) == (None, "no_candidate", set())
    assert found["awarding_organisation_rn"] == declared.get("awarding_organisation_rn")


@pytest.mark.parametrize("title", [None, "Invented Diploma in Business", "Invented Diploma in Gardening"])
def test_number_and_title_agree_unless_the_title_means_exactly_one_other_qualification(title: str | None) -> None:
    found, candidates = _resolved(qualification_number="60000002", title=title)
    assert (found["resolution"], found["number_and_title_disagree"], candidates) == ("number", False, set())
