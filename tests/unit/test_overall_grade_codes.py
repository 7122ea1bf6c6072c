"""A code of two characters means what the qualification's scale and the channel make of it."""

import pytest

from schemas.overall_grade_codes import overall_grade

OLD = ("PPP", "MPP", "MMP", "MMM", "DMM", "DDM", "DDD")
NEW = (*OLD, "D*DD", "D*D*D", "D*D*D*")


@pytest.mark.parametrize(
    ("code", "channel", "grades", "grade"),
    [
        ("D1", "edi", OLD, "DDD"),
        ("D1", "edi", NEW, "D*D*D*"),
        ("D1", "edifact", NEW, "DDD"),
        ("D6", "edi", NEW, "DMM"),
        ("D6", "edifact", NEW, "D*D*D*"),
        ("D6", "edi", OLD, None),
        ("M1", "edi", NEW, "MMM"),
        ("P1", "edi", OLD, "PPP"),
        ("*D", "ilr", ("P", "M", "D", "D*"), "D*"),
        ("D1", "ucas", NEW, None),
        ("DDM", "ucas", NEW, "DDM"),
        ("D1", "edi", ("P", "M", "D"), None),
        ("D", "edi", ("P", "M", "D"), "D"),
    ],
)
def test_a_code_is_decoded_by_channel_and_scale(code: str, channel: str, grades: tuple[str, ...], grade: str) -> None:
    assert overall_grade(code, channel=channel, grades=grades) == grade


def test_a_grade_keeps_the_spelling_of_the_specification() -> None:
    assert overall_grade("PASS", channel="ucas", grades=("Pass", "Merit")) == "Pass"
