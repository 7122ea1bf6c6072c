"""The page of the publication gate: it stands alone, says what happened, and runs nothing that was delivered."""

from dataclasses import replace
from datetime import date

import pytest

from assets.published.gate import Result, Status, Verdict
from assets.published.gate_page import gate_page
from schemas.promises import PROMISES
from tests.page_outline import Outline, colours_of, contrast

AS_OF = date(2026, 3, 2)
HOSTILE = "</td><script>alert(1)</script><img src=x onerror=alert(1)>&\"'"

KEPT = Result(
    promise="feed_volume",
    sentence=PROMISES["feed_volume"].sentence,
    subject="ucas_applicants",
    status="kept",
    severity="hold",
    observed=0.97,
    seen="970 rows in force, 1,000 before",
    expected="at least 50%, warning unless at least 80%",
    note="",
)
BROKEN = replace(
    KEPT, subject="ao_registrations", status="broken", observed=0.4, seen="400 rows in force, 1,000 before"
)


def page(*results: Result) -> str:
    return gate_page(Verdict(results), AS_OF)


@pytest.mark.parametrize(
    ("results", "headline"),
    [
        ((KEPT,), "Cleared for publication."),
        ((KEPT, replace(KEPT, subject="ucas_choices", status="warned")), "Cleared for publication, with warnings."),
        ((KEPT, BROKEN), "Held back."),
    ],
)
def test_the_page_says_in_its_title_and_its_first_lines_what_happened(
    results: tuple[Result, ...], headline: str
) -> None:
    shown = page(*results)
    assert f"<title>Publication gate, 2 March 2026: {headline}</title>" in shown
    assert f"<strong>{headline}</strong>" in shown


def test_a_broken_promise_is_shown_with_what_was_seen_what_was_allowed_and_what_it_means() -> None:
    attention = page(KEPT, BROKEN).partition("What needs attention")[2].partition("<h2>")[0]
    assert "ao_registrations" in attention
    assert "ucas_applicants" not in attention
    assert "40.0% (400 rows in force, 1,000 before)" in attention
    assert "at least 50%, warning unless at least 80%" in attention
    assert PROMISES["feed_volume"].why in attention


def test_nothing_needs_attention_where_everything_is_kept() -> None:
    assert "What needs attention" not in page(KEPT)


def test_a_promise_that_does_not_apply_is_shown_with_its_reason_and_no_number() -> None:
    reason = "there is no publication before this one"
    shown = Outline(
        page(replace(KEPT, status="not_applicable", observed=None, seen="970 rows", expected="", note=reason))
    )
    assert "Not applicable970 rows" + reason in shown.text


def test_every_promise_is_on_the_page_even_if_nothing_was_measured_for_it() -> None:
    shown = Outline(page(KEPT))
    for promise in PROMISES.values():
        assert promise.sentence in shown.text


@pytest.mark.parametrize("field", ["subject", "seen", "expected", "note"])
def test_hostile_text_is_shown_as_text(field: str) -> None:
    outline = Outline(page(replace(BROKEN, **{field: HOSTILE})))
    assert HOSTILE in outline.text
    assert not outline.all("script")
    assert not outline.all("img")


def test_the_page_runs_no_script_and_fetches_nothing() -> None:
    outline = Outline(page(KEPT, BROKEN))
    assert {"script", "img", "link", "iframe", "form", "a"}.isdisjoint(name for name, _ in outline.elements)
    policy = {"http-equiv": "Content-Security-Policy", "content": "default-src 'none'; style-src 'unsafe-inline'"}
    assert policy in outline.all("meta")
    assert not any(name.startswith("on") or name == "style" for _, found in outline.elements for name in found)
    assert "url(" not in page(KEPT)
    assert "://" not in page(KEPT)


def test_the_page_can_be_read_with_a_screen_reader_and_by_keyboard() -> None:
    outline = Outline(page(KEPT, BROKEN))
    assert outline.all("html") == [{"lang": "en-GB"}]
    assert len(outline.all("main")) == len(outline.all("h1")) == len(outline.all("title")) == 1
    assert all(heading.get("scope") in {"row", "col"} for heading in outline.all("th"))
    assert len(outline.all("caption")) == len(outline.all("table"))
    scrolling = [found for found in outline.all("div") if found.get("class") == "scroll"]
    assert all(found.get("tabindex") == "0" and found.get("aria-label") for found in scrolling)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_colour_of_text_has_a_contrast_of_at_least_four_and_a_half(scheme: int) -> None:
    colours = colours_of(page(KEPT), scheme)
    texts = {"text", "quiet", *Status.__args__}  # type: ignore[attr-defined]
    assert texts < set(colours)
    for name in texts:
        assert contrast(colours[name], colours["ground"]) >= 4.5, name


def test_the_same_verdict_gives_the_same_page() -> None:
    assert page(KEPT, BROKEN) == page(KEPT, BROKEN)
