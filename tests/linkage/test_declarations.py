"""A declaration means its number where that is known, else the one qualification that its title resolves to."""

from typing import Any

import pytest

from assets.linked.declarations import resolve_declarations
from tests.warehouse import warehouse

QUALIFICATIONS = [
    {"qualification_number": "60000011", "title": "Certificate in Kites & Sails", "awarding_organisation_rn": "RN9901"},
    {"qualification_number": "60000012", "title": "Diploma in Kites", "awarding_organisation_rn": "RN9901", "suite": "k"},
    {"qualification_number": "60000013", "title": "Diploma in Kites", "awarding_organisation_rn": "RN9902"},
]


def _meaning(**declared: Any) -> tuple[Any, ...]:
    row = {"personal_id": "0000000001", "declared_number": 1, "status": "pending", **declared}
    connection = warehouse(
        "2026-05-15",
        {"qualifications": [{"level": "3", **each} for each in QUALIFICATIONS], "ucas_qualifications": [row]},
    )
    resolve_declarations(connection)
    ((*meaning,),) = connection.execute(
        "SELECT qualification_number, resolution, awarding_organisation_rn, number_and_title_disagree "
        "FROM linked.declared_qualifications"
    ).fetchall()
    return tuple(meaning)


def test_a_known_number_decides_whatever_the_title_says() -> None:
    meaning = _meaning(qualification_number="60000012", title="Something else", awarding_organisation_rn="RN9902")
    assert meaning == ("60000012", "number", "RN9901", False)


def test_a_known_number_and_a_title_of_another_qualification_disagree() -> None:
    meaning = _meaning(qualification_number="60000012", title="certificate in kites and sails")
    assert meaning == ("60000012", "number", "RN9901", True)


def test_an_unknown_number_leaves_the_title_to_say() -> None:
    meaning = _meaning(qualification_number="60099999", title="Certificate in Kites & Sails")
    assert meaning == ("60000011", "title", "RN9901", False)


@pytest.mark.parametrize(
    "title", ["CERTIFICATE IN KITES AND SAILS", "Certificate  in Kites &Sails", "Certificate in Kites & Sails.\t"]
)
def test_a_title_is_compared_without_case_spaces_and_punctuation(title: str) -> None:
    assert _meaning(title=title)[:2] == ("60000011", "title")


def test_a_title_that_two_organisations_share_is_not_guessed() -> None:
    assert _meaning(title="Diploma in Kites") == (None, "several_candidates", None, False)


def test_the_declared_organisation_tells_two_of_one_title_apart() -> None:
    meaning = _meaning(title="Diploma in Kites", awarding_organisation_rn="RN9902")
    assert meaning == ("60000013", "title", "RN9902", False)


@pytest.mark.parametrize("title", [None, "", "Diploma in Kit"])
def test_what_no_title_matches_stays_unresolved_with_the_organisation_declared(title: str | None) -> None:
    meaning = _meaning(title=title, awarding_organisation_rn="RN9902")
    assert meaning == (None, "no_candidate", "RN9902", False)


def test_every_candidate_of_a_declaration_is_kept() -> None:
    row = {"personal_id": "0000000001", "declared_number": 1, "status": "pending", "title": "Diploma in Kites"}
    connection = warehouse(
        "2026-05-15",
        {"qualifications": [{"level": "3", **each} for each in QUALIFICATIONS], "ucas_qualifications": [row]},
    )
    resolve_declarations(connection)
    candidates = connection.execute("SELECT qualification_number FROM linked.declaration_candidates").fetchall()
    assert sorted(candidates) == [("60000012",), ("60000013",)]
