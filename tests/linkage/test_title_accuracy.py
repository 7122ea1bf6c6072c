"""Titles mangled by rule are resolved as well as they were: floors of accuracy on a public list and an invented one."""

from pathlib import Path

import pytest

from pipelines.bench_titles import TitleFigures, measure_titles, read_register
from tests.linkage.test_titles import REGISTER

PUBLIC = Path(__file__).resolve().parents[3] / "shared" / "data" / "ofqual" / "approved_qualifications_2025-02-18.csv"

#: One title in so many of the public list is mangled, all are candidates.
EVERY = 20

#: Floors of the share that is resolved rightly, with the organisation declared; by rule, and for all others of a kind.
FLOORS = {
    "says all": 0.94,
    "number in brackets": 1.0,
    "number alone, lower-case x": 1.0,
    "number as a spreadsheet leaves it": 1.0,
    "no organisation": 0.94,
    "as applicants do": 0.94,
}
#: Ceilings of the share that is resolved wrongly. Where a title says all that it said, none may be.
CEILINGS = {"says all": 0.0, "leaves out": 0.01, "says wrong": 0.01}

_NAMES = {"RN5133": "Pearson Education Ltd", "RN5193": "OCR", "RN5217": "City and Guilds of London Institute"}


@pytest.fixture(scope="module", params=["invented", "public"])
def figures(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[TitleFigures]:
    if request.param == "public":
        if not PUBLIC.exists():
            pytest.skip("the public list of qualifications is not here")
        return measure_titles(PUBLIC, EVERY)
    register = tmp_path_factory.mktemp("register") / "register.csv"
    rows = [
        f'"{title}",{_NAMES[organisation]},{number},{"Entry Level" if level == "E" else f"Level {level}"}'
        for number, (organisation, level, title) in REGISTER.items()
    ]
    header = "QualificationName,AwardingOrganisation,QualificationNumber,Level"
    register.write_text("\n".join((header, *rows)), encoding="utf-8")
    return measure_titles(register)


def test_a_title_is_resolved_wrongly_never_or_hardly_ever(figures: list[TitleFigures]) -> None:
    assert all(found.wrong <= CEILINGS[found.kind] * found.titles for found in figures), figures


def test_a_title_that_says_enough_is_resolved(figures: list[TitleFigures]) -> None:
    for found in figures:
        floor = FLOORS.get(found.rule, FLOORS.get(found.kind, 0.0))
        assert not found.with_organisation or found.recall >= floor, found


def test_a_misspelt_title_resolves_to_nothing_and_the_right_one_is_suggested(figures: list[TitleFigures]) -> None:
    for found in figures:
        if found.rule in ("a letter missing", "a letter twice", "two letters exchanged"):
            assert found.wrong == found.own_title_of_another == 0
            assert found.suggested >= 0.9 * found.titles


def test_a_register_without_a_column_is_refused(tmp_path: Path) -> None:
    (tmp_path / "register.csv").write_text("QualificationName,Level\nKites,Level 3\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"lacks the columns \[AwardingOrganisation, QualificationNumber\]"):
        read_register(tmp_path / "register.csv")
