"""The overview of a night: it counts what was published, names nobody, runs nothing, and can be read by anybody."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from assets.published.overview_figures import Figures
from assets.published.overview_flags import CHOSEN_ONE_BY_ONE
from assets.published.overview_page import render
from tests.page_outline import Outline, colours_of, contrast

HOSTILE = "</td><script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
RESULTS_DAY = date(2026, 8, 13)
NOTHING = dict.fromkeys(("blocks_award", "affects_place", "delays_award", "data_quality"), 0)


def code(name: str, owner: str, severity: str, raised: int) -> Mapping[str, Any]:
    return {
        "flag_code": name,
        "owner": owner,
        "severity": severity,
        "statement": f"What {name} states.",
        "action": f"What {name} asks.",
        "authority": "An authority",
        "raised": raised,
        "cannot_assess": 1,
        "population_count": 100,
    }


def flags(name: str, owner: str, severity: str, *counted: Any) -> Mapping[str, Any]:
    organisation, urgency, number = counted
    return {
        "flag_code": name,
        "owner": owner,
        "severity": severity,
        "organisation": organisation,
        "urgency": urgency,
        "flags": number,
    }


def centre(number: int, **counts: int) -> Mapping[str, Any]:
    return {
        "centre_number": f"{number:05}",
        "centre_name": f"Centre {number} (invented)",
        "expected_this_cycle": 20,
        "urgent": 0,
        **NOTHING,
        **counts,
    }


def night(day: date, owner: str, organisation: str | None, open_: int, urgent: int = 0) -> Mapping[str, Any]:
    return {
        "as_of": day,
        "owner": owner,
        "organisation": organisation,
        "open": open_,
        "urgent": urgent,
        "waived": 0,
    }


FIGURES = Figures(
    run={
        "publication_id": "0123456789abcdef",
        "as_of": date(2026, 5, 15),
        "cycle": 2026,
        "software_version": "1.2.3",
        "deliveries": 19,
        "landed_rows": 9617,
        "quarantined_rows": 77,
        "learners": 306,
        "open_registrations": 283,
        "flags": 1021,
    },
    results_day=RESULTS_DAY,
    codes=[
        code("award_month_differs", "awarding_organisation", "data_quality", 4),
        code("claim_missing", "centre", "blocks_award", 1017),
        code("ao_registration_unknown", "centre", "delays_award", 0),
    ],
    flags=[
        flags("award_month_differs", "awarding_organisation", "data_quality", "RN5133", "routine", 3),
        flags("award_month_differs", "awarding_organisation", "data_quality", None, "routine", 1),
        flags("claim_missing", "centre", "blocks_award", "RN5133", "urgent", 1000),
        flags("claim_missing", "centre", "blocks_award", "RN5193", "routine", 17),
    ],
    nights=[],
    changes=[],
    compared_with=None,
    centres=[centre(1, urgent=2, blocks_award=5), centre(2, urgent=3, delays_award=3), centre(3)],
    positions=[
        {"organisation": "RN5133", "status": "achieved", "registrations": 84},
        {"organisation": "RN5133", "status": "unachievable", "registrations": 16},
        {"organisation": "RN5193", "status": "on_track", "registrations": 9},
    ],
    feeds=[
        {
            "feed": "ao_awards",
            "delivered_on": date(2026, 5, 11),
            "deliveries": 2,
            "rows": 71,
            "put_aside": 71,
            "refused": 1,
        },
        {"feed": "centres", "delivered_on": None, "deliveries": 0, "rows": 0, "put_aside": 0, "refused": 0},
    ],
    put_aside=[{"feed": "ao_awards", "rule": "missing_column", "rows": 0, "deliveries": 1}],
    promises={"kept": 60, "warned": 2},
)
BEFORE = date(2026, 5, 14)
WITH_HISTORY = replace(
    FIGURES,
    nights=[
        night(BEFORE, "centre", "RN5133", 900, 700),
        night(BEFORE, "awarding_organisation", None, 5),
        night(FIGURES.run["as_of"], "centre", "RN5133", 1000, 800),
        night(FIGURES.run["as_of"], "awarding_organisation", None, 4),
    ],
    changes=[
        {
            "flag_code": "claim_missing",
            "owner": "centre",
            "organisation": "RN5133",
            "new": 120,
            "resolved": 30,
            "reopened": 10,
        },
        {
            "flag_code": "award_month_differs",
            "owner": "awarding_organisation",
            "organisation": None,
            "new": 0,
            "resolved": 1,
            "reopened": 0,
        },
    ],
    compared_with=BEFORE,
)


def text_of(figures: Figures) -> str:
    return Outline(render(figures)).text


def test_what_was_published_stands_first() -> None:
    text = text_of(FIGURES)
    assert "The night of 15 May 2026" in text
    for shown in (
        "Flags raised1,021",
        "Urgent1,000",
        "Learners306",
        "Open registrations283",
        "Rows delivered9,617",
        "Rows put aside77",
        "Publication gatecleared, 2 to look at",
        "Results dayin 90 days",
    ):
        assert shown in text


def test_flags_are_counted_by_code_the_most_serious_first() -> None:
    text = text_of(FIGURES)
    places = [
        text.index(shown)
        for shown in (
            "claim_missing1,0171,000Blocks awardCentre",
            "award_month_differs40Data qualityAwarding organisation",
            "Together1,0211,000",
            "Raised for nobody: ao_registration_unknown.",
        )
    ]
    assert places == sorted(places)


def test_there_is_a_sum_for_every_choice_of_owner_and_organisation() -> None:
    page = render(FIGURES)
    for chosen, summed in {
        ("all", "all"): (1021, 1000),
        ("0", "all"): (4, 0),
        ("1", "all"): (1017, 1000),
        ("all", "0"): (1003, 1000),
        ("1", "1"): (17, 0),
        ("0", "1"): (0, 0),
    }.items():
        row = (
            f'<tr data-owner-only="{chosen[0]}" data-organisation-only="{chosen[1]}"><th scope="row">Together</th>'
            f'<td class="number">{summed[0]:,}</td><td class="number">{summed[1]:,}</td>'
        )
        assert row in page, chosen


def test_only_the_organisations_with_most_flags_are_choices_and_the_table_has_all() -> None:
    many = [
        flags("claim_missing", "centre", "blocks_award", f"RN{place}", "urgent", place) for place in range(5101, 5120)
    ]
    outline = Outline(render(replace(FIGURES, flags=many)))
    buttons = [one for one in outline.all("input") if one["name"] == "organisation"]
    assert len(buttons) == 1 + CHOSEN_ONE_BY_ONE
    assert all(outline.text.count(f"RN{place}") for place in range(5101, 5120))


def test_flags_are_counted_by_severity_urgency_owner_and_organisation() -> None:
    text = text_of(FIGURES)
    for shown in (
        "Blocks award1,0001701,0171,017",
        "Data quality04404",
        "Together1,0002141,0171,021",
        "RN513331,0001,0001,003",
        "RN5193017017",
        "none named1001",
    ):
        assert shown in text


def test_the_burn_down_says_in_words_and_numbers_what_it_draws() -> None:
    outline = Outline(render(WITH_HISTORY))
    assert "On 15 May 2026 1,004 flags stand open, 800 of them urgent; on 14 May 2026 there were 905, 700 urgent. " in (
        outline.text
    )
    assert "Results day is 13 August 2026." in outline.text
    assert "15 May 20261,0048000" in outline.text and "14 May 20269057000" in outline.text


def test_the_first_night_has_no_history_and_says_so() -> None:
    text = text_of(FIGURES)
    assert text.count("No history of flags is kept yet: this is the first night.") == 2


def test_changes_since_the_night_before_are_counted_by_code() -> None:
    text = text_of(WITH_HISTORY)
    assert "Changes since the night of 14 May 2026, by code, as chosen" in text
    for shown in ("claim_missing1203010", "award_month_differs010", "Together1203110"):
        assert shown in text


@pytest.mark.parametrize(
    ("days", "words"),
    [(90, "in 90 days"), (1, "tomorrow"), (0, "today"), (-1, "has passed")],
)
def test_results_day_is_told_from_the_run_s_day(days: int, words: str) -> None:
    figures = replace(FIGURES, results_day=FIGURES.run["as_of"] + timedelta(days=days))
    assert f"Results day{words}" in text_of(figures)


def test_without_a_key_date_the_results_day_is_not_known_and_the_burn_down_ends_tonight() -> None:
    outline = Outline(render(replace(WITH_HISTORY, results_day=None)))
    assert "Results daynot known" in outline.text
    assert not [line for line in outline.all("line") if line.get("class") == "results"]


def test_the_centre_with_most_urgent_flags_comes_first_and_one_without_flags_stands_only_among_all() -> None:
    text = text_of(FIGURES)
    assert "2 of 3 centres have flags." in text
    assert text.index("00002Centre 2 (invented)300303") < text.index("00001Centre 1 (invented)250005")
    assert text.count("00003Centre 3 (invented)") == 1


def test_what_can_be_achieved_is_counted_by_organisation_and_drawn_with_the_same_numbers() -> None:
    text = text_of(FIGURES)
    assert "RN5133Open registrations by status: RN5133Achieved 84, On track 0, Action needed 0, Unachievable 16" in text
    for shown in ("together 109.8490160109", "together 100.8400160100", "together 9.090009"):
        assert shown in text


def test_each_feed_says_how_old_its_latest_delivery_is_and_what_was_refused_since() -> None:
    text = text_of(FIGURES)
    assert "ao_awards11 May 20264 days ago1 refused since27171" in text
    assert "centresnever delivered000" in text
    assert "ao_awardsmissing_column01" in text


def test_each_code_leads_to_what_it_states_and_asks() -> None:
    outline = Outline(render(FIGURES))
    for row in FIGURES.codes:
        assert {"href": f"#flag-{row['flag_code']}"} in outline.all("a")
        assert f"Must hold: {row['statement']}What to do: {row['action']}" in outline.text


def test_hostile_values_are_shown_as_text() -> None:
    hostile = replace(
        WITH_HISTORY,
        centres=[{**centre(1, urgent=1, blocks_award=1), "centre_name": HOSTILE, "centre_number": HOSTILE}],
        flags=[flags("claim_missing", "centre", "blocks_award", HOSTILE, "urgent", 1)],
        positions=[{"organisation": HOSTILE, "status": "achieved", "registrations": 1}],
        put_aside=[{"feed": "ao_awards", "rule": HOSTILE, "rows": 1, "deliveries": 0}],
    )
    outline = Outline(render(hostile))
    assert outline.text.count(HOSTILE) >= 8
    assert not outline.all("script") and not outline.all("img")


@pytest.mark.parametrize("figures", [FIGURES, WITH_HISTORY], ids=["first night", "later night"])
def test_the_page_runs_no_script_and_fetches_nothing(figures: Figures) -> None:
    page = render(figures)
    outline = Outline(page)
    assert {"script", "img", "link", "iframe", "form", "image", "use"}.isdisjoint(name for name, _ in outline.elements)
    policy = {"http-equiv": "Content-Security-Policy", "content": "default-src 'none'; style-src 'unsafe-inline'"}
    assert policy in outline.all("meta")
    assert not any(name.startswith("on") or name == "style" for _, found in outline.elements for name in found)
    assert "url(" not in page and "://" not in page


@pytest.mark.parametrize("figures", [FIGURES, WITH_HISTORY], ids=["first night", "later night"])
def test_the_page_can_be_read_with_a_screen_reader_and_by_keyboard(figures: Figures) -> None:
    outline = Outline(render(figures))
    ids = [str(found["id"]) for _, found in outline.elements if "id" in found]
    assert len(ids) == len(set(ids))
    named = [str(found["aria-labelledby"]).split() for _, found in outline.elements if "aria-labelledby" in found]
    assert {name for names in named for name in names} <= set(ids)
    anchors = {str(link["href"]) for link in outline.all("a")}
    assert {anchor.removeprefix("#") for anchor in anchors if anchor.startswith("#")} <= set(ids)
    assert all(picture.get("role") == "img" or picture.get("aria-hidden") for picture in _pictures(outline))
    assert all(heading.get("scope") in {"row", "col"} for heading in outline.all("th"))
    assert len(outline.all("caption")) == len(outline.all("table"))
    assert len(outline.all("legend")) == len(outline.all("fieldset")) == 2
    assert len(outline.all("label")) == len(outline.all("input"))


def _pictures(outline: Outline) -> list[dict[str, str | None]]:
    """The outermost ones: lines of the burn-down have pictures of their own within it."""
    return [picture for picture in outline.all("svg") if "viewBox" not in picture and "viewbox" not in picture]


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_text_and_pictures_stand_out_from_the_ground(scheme: int) -> None:
    colours = colours_of(render(FIGURES), scheme)
    for name in ("text", "quiet"):
        assert contrast(colours[name], colours["ground"]) >= 4.5, name
    for place in range(5):
        assert contrast(colours[f"shade{place}"], colours["ground"]) >= 3, place


def test_the_same_figures_give_the_same_page() -> None:
    assert render(WITH_HISTORY) == render(WITH_HISTORY)
