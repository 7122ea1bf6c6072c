"""The page of pairs to decide: both records, the evidence, how to decide; anybody can read it, and it runs nothing."""

import json
from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from assets.published.link_review_page import SHOWN, render
from schemas.link_review import LINK_REVIEW, REVIEW_REASONS
from tests.page_outline import Outline, colours_of, contrast

EVIDENCE = (
    ("starting_point", "two records picked at random", -20.1),
    ("forename", "one forename is the other misspelt", 6.1),
    ("surname", "the same surname", 12.4),
    ("postcode", "postcodes of different districts", -1.9),
    ("date_of_birth", "the same date of birth", 10.4),
)
FIRST = {
    "first_feed": "ucas_applicants",
    "first_personal_id": "9900000017",
    "first_forenames": "Katherine",
    "first_surname": "Wrenthorpe-Oyelaran",
    "first_date_of_birth": date(2008, 3, 4),
    "first_postcode": "ZZ9 1AB",
}
SECOND = {
    "second_feed": "ao_registrations",
    "second_awarding_organisation_rn": "RN9901",
    "second_registration_number": "99AB4471",
    "second_forenames": "Catherine",
    "second_surname": "WRENTHORPE OYELARAN",
    "second_date_of_birth": date(2008, 3, 4),
    "second_uln": "9900000012",
}
HOSTILE = "</td><script>alert(1)</script>=1+1\"'\u202eevil\u200b"
RIGHT_TO_LEFT = "\u202e"


def pair(number: int = 0, **changed: Any) -> dict[str, Any]:
    told = {
        "pair_id": f"P{number:015x}",
        "reason": "weak_evidence",
        "match_weight": 6.9,
        "match_probability": 0.9917,
        "evidence": json.dumps(
            [{"comparison": name, "says": says, "match_weight": weight} for name, says, weight in EVIDENCE]
        ),
        "explanation": "The same surname; different postcodes.",
    }
    return dict.fromkeys(LINK_REVIEW.column_names) | told | FIRST | SECOND | changed


def page(*rows: dict[str, Any]) -> str:
    return render(rows, as_of=date(2026, 3, 2), accept_weight=12.0, review_weight=1.0, model_version="2026-a")


def test_both_records_stand_side_by_side_with_their_differences_in_words() -> None:
    text = Outline(page(pair())).text
    assert "Pair 1: application 9900000017 and registration 99AB4471 with RN9901" in text
    for shown in (
        "Forenames differsKatherineCatherine",
        "Surname written differentlyWrenthorpe-OyelaranWRENTHORPE OYELARAN",
        "Date of birth the same4 March 20084 March 2008",
        "Postcode given by oneZZ9 1ABnot given",
        "ULN given by onenot given9900000012",
        "Given by neither: Previous surname, Sex, UCI, Centre, Qualification.",
    ):
        assert shown in text


def test_what_differs_within_two_like_values_is_marked() -> None:
    shown = page(pair(second_date_of_birth=date(2008, 4, 3)))
    assert "<mark>K</mark>atherine" in shown and "<mark>C</mark>atherine" in shown
    assert "<mark>4 March</mark> 2008" in shown and "<mark>3 April</mark> 2008" in shown


def test_the_evidence_stands_in_words_and_in_a_picture_that_says_the_same() -> None:
    outline = Outline(page(pair()))
    (picture,) = outline.all("svg")
    assert picture["role"] == "img"
    for name, says, weight in EVIDENCE:
        number = f"{weight:+.1f}".replace("-", "\N{MINUS SIGN}")
        assert f"{says}{number}" in outline.text
        assert outline.text.count(number) >= 3, name  # words, picture, description of the picture
    assert "together +6.9. Pairs are accepted from +12.0 and shown to a person from +1.0." in outline.text
    assert [bar["class"] for bar in outline.all("rect")] == ["start", "for", "for", "against", "for", "sum"]


@pytest.mark.parametrize("reason", REVIEW_REASONS)
def test_the_page_says_why_a_person_is_asked_and_how_to_decide(reason: str) -> None:
    text = Outline(page(pair(7, reason=reason))).text
    assert text.count(REVIEW_REASONS[reason]) == 2
    for decision in ("same", "different"):
        assert f"reconcile decide-link P000000000000007 {decision} --by " in text


def test_the_strongest_pair_comes_first_in_whatever_order_they_are_given() -> None:
    weak, strong = pair(1, match_weight=2.0), pair(2, match_weight=9.0)
    assert [found["id"] for found in Outline(page(weak, strong)).all("article")] == [strong["pair_id"], weak["pair_id"]]
    assert page(weak, strong) == page(strong, weak)


def test_a_long_queue_shows_its_strongest_pairs_and_says_where_the_others_are() -> None:
    outline = Outline(page(*(pair(number, match_weight=float(number)) for number in range(SHOWN + 3))))
    assert len(outline.all("article")) == SHOWN
    assert outline.all("article")[0]["id"] == f"P{SHOWN + 2:015x}"
    assert f"This page shows the {SHOWN} strongest of {SHOWN + 3} pairs. The other 3 are in" in outline.text


def test_an_empty_queue_says_so() -> None:
    outline = Outline(page())
    assert "No pair waits for a decision." in outline.text
    assert not outline.all("article") and not outline.all("svg")


@pytest.mark.parametrize(
    "column", ["first_surname", "first_personal_id", "second_registration_number", "second_postcode"]
)
def test_a_hostile_value_is_shown_as_text_with_its_hidden_characters_written_out(column: str) -> None:
    shown = page(pair(**{column: HOSTILE}))
    outline = Outline(shown)
    assert HOSTILE.replace(RIGHT_TO_LEFT, "U+202E").replace("\u200b", "U+200B") in outline.text
    assert not outline.all("script")
    assert RIGHT_TO_LEFT not in shown and "\u200b" not in shown


def test_the_page_runs_no_script_and_fetches_nothing() -> None:
    outline = Outline(page(pair()))
    assert {"script", "img", "link", "iframe", "form", "image", "use"}.isdisjoint(name for name, _ in outline.elements)
    policy = {"http-equiv": "Content-Security-Policy", "content": "default-src 'none'; style-src 'unsafe-inline'"}
    assert policy in outline.all("meta")
    assert not any(name.startswith("on") or name == "style" for _, found in outline.elements for name in found)
    assert "url(" not in page(pair()) and "://" not in page(pair())


def test_the_page_can_be_read_with_a_screen_reader_and_by_keyboard() -> None:
    outline = Outline(page(pair(1), pair(2)))
    ids = [found["id"] for _, found in outline.elements if "id" in found]
    assert len(ids) == len(set(ids))
    named = [str(found["aria-labelledby"]).split() for _, found in outline.elements if "aria-labelledby" in found]
    assert {name for names in named for name in names} <= set(ids)
    assert {str(link["href"]).removeprefix("#") for link in outline.all("a")} <= set(ids)
    assert all(heading.get("scope") in {"row", "col"} for heading in outline.all("th"))
    assert len(outline.all("caption")) == len(outline.all("table"))
    levels = [int(name[1]) for name, _ in outline.elements if name in ("h1", "h2", "h3")]
    assert levels[0] == 1 and all(after - before <= 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_text_and_picture_stand_out_from_what_lies_behind_them(scheme: int) -> None:
    colours = colours_of(page(pair()), scheme)
    for name in ("text", "quiet", "against"):
        assert min(contrast(colours[name], colours[ground]) for ground in ("ground", "card")) >= 4.5, name
    assert contrast(colours["text"], colours["mark"]) >= 4.5
    for name in ("for", "against", "threshold"):
        assert contrast(colours[name], colours["ground"]) >= 3, name
