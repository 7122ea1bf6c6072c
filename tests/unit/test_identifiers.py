"""Check digits against the worked examples of their authorities and against what they are meant to catch."""

from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.identifiers import (
    check_digit_warns,
    qualification_number_check_passes,
    uci_check_passes,
    uln_check_passes,
)

Rule = Callable[[pl.Expr], pl.Expr]


def verdicts(rule: Rule, values: list[str | None]) -> list[bool | None]:
    return (
        pl.DataFrame({"value": values}, schema={"value": pl.String}).select(rule(pl.col("value"))).to_series().to_list()
    )


@pytest.mark.parametrize(
    ("rule", "value", "passes"),
    [
        # HESA's worked example of the ULN rule: weighted sum 296, remainder 10
        (uln_check_passes, "9276308686", True),
        (uln_check_passes, "9276308687", False),
        (uln_check_passes, "9999999999", False),
        (uln_check_passes, "0276308686", False),
        (uln_check_passes, "927630868", False),
        (uln_check_passes, None, None),
        # WJEC's example, and one whose remainder is 3
        (uci_check_passes, "681990012058G", True),
        (uci_check_passes, "689990980001D", True),
        # AQA's printed placeholder does not verify
        (uci_check_passes, "999990140001X", False),
        (uci_check_passes, "681990012058", False),
        (uci_check_passes, None, None),
        (qualification_number_check_passes, "50015229", True),
        (qualification_number_check_passes, "6012653X", True),
        (qualification_number_check_passes, "60126531", False),
        # T Levels in the block with a rule of its own
        (qualification_number_check_passes, "61000079", True),
        (qualification_number_check_passes, "6100008X", True),
        (qualification_number_check_passes, "61001115", True),
        (qualification_number_check_passes, "61001114", False),
        (qualification_number_check_passes, "500/1522/9", False),
        (qualification_number_check_passes, None, None),
    ],
)
def test_a_check_digit_is_judged_as_its_authority_does(rule: Rule, value: str | None, passes: bool | None) -> None:
    assert verdicts(rule, [value]) == [passes]


def test_a_board_letter_in_a_unique_candidate_identifier_counts_from_one() -> None:
    # 68199 by 16 to 12 is 455, B = 2 by 11 is 22, 012058 by 10 to 5 is 95; 572 modulo 17 is 11, the letter R
    assert verdicts(uci_check_passes, ["68199B012058R", "68199B012058G"]) == [True, False]


@given(st.integers(min_value=10**8, max_value=10**9 - 1), st.integers(0, 9), st.integers(1, 9))
def test_changing_one_digit_of_a_learner_number_is_always_noticed(first_nine: int, place: int, change: int) -> None:
    total = sum(int(digit) * weight for digit, weight in zip(str(first_nine), range(10, 1, -1), strict=True))
    if total % 11 == 0:
        return  # never issued
    number = f"{first_nine}{10 - total % 11}"
    wrong = number[:place] + str((int(number[place]) + change) % 10) + number[place + 1 :]
    assert verdicts(uln_check_passes, [number, wrong]) == [True, False]


def test_an_unknown_learner_number_and_an_empty_one_raise_no_warning() -> None:
    numbers = pl.DataFrame({"uln": ["9999999999", None, "9276308687", "9276308686"]})
    assert numbers.select(check_digit_warns("uln", pl.col("uln"))).to_series().to_list() == [False, False, True, False]
