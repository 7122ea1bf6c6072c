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
    """What one declaration means, and its candidates; suggestions are left out."""
    found, listed = _meant(QUALIFICATIONS, **declared)
    return found, {number for number, suggested, _ in listed if not suggested}


def _suggested(**declared: Any) -> dict[str, str]:
    """What is suggested for one declaration, with why."""
    return {number: why for number, suggested, why in _meant(QUALIFICATIONS, **declared)[1] if suggested}


def _meant(held: tuple[dict[str, Any], ...], **declared: Any) -> tuple[dict[str, Any], list[tuple[str, bool, str]]]:
    """What one declaration means among these qualifications, and everything that is listed for it."""
    qualifications = [{"level": "3", "suite": f"suite of {row['qualification_number']}", **row} for row in held]
    declaration = {"personal_id": "0000000001", "declared_number": 1, "status": "pending", **declared}
    connection = warehouse("2026-06-01", {"qualifications": qualifications, "ucas_qualifications": [declaration]})
    counts = resolve_declarations(connection)
    assert counts["declarations"] == 1
    found = connection.sql("SELECT * FROM linked.declared_qualifications").pl().to_dicts()
    listed = connection.execute("SELECT qualification_number, suggested, why FROM linked.declaration_candidates")
    assert counts[found[0]["resolution"]] == len(found) == 1
    return found[0], listed.fetchall()


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


def test_what_a_title_means_is_listed_beside_the_number_that_it_disagrees_with() -> None:
    found, candidates = _resolved(qualification_number="60000002", title="Invented Diploma in Health & Care")
    assert (found["qualification_number"], candidates) == ("60000002", {"60000001"})


def test_a_title_without_a_size_names_no_qualification_that_a_number_could_disagree_with() -> None:
    found, _ = _resolved(qualification_number="60000002", title="Invented Health and Care")
    assert (found["resolution"], found["number_and_title_disagree"]) == ("number", False)


def test_a_title_of_another_organisation_than_the_declared_one_is_suggested_and_does_not_resolve() -> None:
    title = "Invented Diploma in Health & Care"
    assert _suggested(title=title, awarding_organisation_rn="RN0002") == {
        "60000001": "declared for another organisation"
    }


@pytest.mark.parametrize(
    ("title", "why"),
    [
        ("Invented Diplomma in Health and Care", "a word may be misspelt"),
        ("Invented Diploma in Haelth and Care", "a word may be misspelt"),
        ("Invented Health and Care", "no size given"),
        ("Invented Diploma in Health and Care Work", "the words differ"),
        ("Invented Diploma in Health and", "the title may be cut short"),
    ],
)
def test_a_likely_title_is_suggested_with_why_and_never_resolves(title: str, why: str) -> None:
    found, candidates = _resolved(title=title)
    assert (found["qualification_number"], found["resolution"], candidates) == (None, "no_candidate", set())
    assert _suggested(title=title) == {"60000001": why}


def test_an_undeclared_organisation_is_that_of_all_candidates() -> None:
    assert _resolved(title="Invented Award in Music")[0]["awarding_organisation_rn"] == "RN0002"
    assert _resolved(title="Invented Diploma in Business")[0]["awarding_organisation_rn"] is None


def test_an_undeclared_organisation_is_the_one_that_the_title_names() -> None:
    assert _resolved(title="BTEC Diploma in Gardening")[0]["awarding_organisation_rn"] == "RN5133"


SUCCESSION = (
    {
        "qualification_number": "50000001",
        "title": "Invented Diploma in Kites",
        "awarding_organisation_rn": "RN0001",
        "certification_end_date": "2025-08-31",
    },
    {
        "qualification_number": "60000001",
        "title": "Invented Diploma in Kites",
        "awarding_organisation_rn": "RN0001",
        "operational_start_date": "2024-09-01",
    },
)


@pytest.mark.parametrize(
    ("month", "resolution", "number"),
    [
        ("2026-06", "title", "60000001"),
        ("2025-09", "title", "60000001"),
        ("2025-08", "several_candidates", None),
        ("2024-09", "several_candidates", None),
        ("2024-08", "title", "50000001"),
        (None, "several_candidates", None),
    ],
)
def test_the_award_month_tells_a_qualification_from_its_successor_only_where_one_is_impossible(
    month: str | None, resolution: str, number: str | None
) -> None:
    found, _ = _meant(SUCCESSION, title="Invented Diploma in Kites", award_month=month)
    assert (found["resolution"], found["qualification_number"]) == (resolution, number)


def test_a_month_in_which_no_candidate_can_be_awarded_rules_none_out() -> None:
    found, _ = _meant(SUCCESSION[:1], title="Invented Diploma in Kites", award_month="2026-06")
    assert (found["resolution"], found["qualification_number"]) == ("title", "50000001")
