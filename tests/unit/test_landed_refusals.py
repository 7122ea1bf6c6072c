"""The closed list of reasons: each is given somewhere, each has its advice, none is made up on the spot."""

import re
from pathlib import Path

import pytest

from assets.landed import refusals
from assets.landed.refusals import IGNORED, REFUSED, Refusal, RefusedDelivery

SOURCES = {path: path.read_text(encoding="utf-8") for path in Path(refusals.__file__).parent.glob("*.py")}


def test_the_reasons_given_in_the_code_are_those_of_the_lists() -> None:
    given = set(REFUSED) | set(IGNORED)
    assert not set(REFUSED) & set(IGNORED)
    sources = "".join(text for path, text in SOURCES.items() if path.name != "refusals.py")
    named = set(re.findall(r'(?:RefusedDelivery|because)\(\s*"(\w+)"', sources))
    # a reason of one format's own brings its advice with it
    advised = set(re.findall(r'RefusedDelivery\(\s*"(\w+)",[^\n]*advice=', sources))
    assert named - advised <= given
    # once in its list, and at least once where it is given
    everywhere = "".join(SOURCES.values())
    assert {reason for reason in given if everywhere.count(f'"{reason}"') < 2} == set()


@pytest.mark.parametrize("reason", [*REFUSED, *IGNORED])
def test_each_reason_says_what_to_do(reason: str) -> None:
    message = Refusal.because(reason, "Something was found.").message
    assert message.startswith("Something was found. ") and message.endswith(".") and len(message) > 40


def test_a_reason_that_is_not_listed_cannot_be_given() -> None:
    with pytest.raises(KeyError):
        RefusedDelivery("made_up", "Something was found.")
