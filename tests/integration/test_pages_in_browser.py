"""A night's pages as a browser shows them: nothing is refused or run, links lead somewhere, filters filter, all can read.

Skipped where no Chromium is installed (Debian: apt-get install chromium).
"""

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from fixtures.centres import HOSTILE_NAMES
from fixtures.people import HOSTILE_FORENAME, HOSTILE_SURNAME
from pipelines.reports import Wanted, write_reports
from tests.browser import Browser, chromium, program
from tests.integration.conftest import Night

pytestmark = pytest.mark.skipif(program() is None, reason="no Chromium is installed (Debian: apt-get install chromium)")

#: Pages beside the publication; and of the reports, of which the centre's is one whose name is hostile.
BESIDE = ("overview.html", "promises.html", "link_review.html")
REPORTS = (
    "reports/index.html",
    "reports/centre",
    "reports/organisations/flags-RN5133.html",
    "reports/ucas/flags-ucas.html",
)
PAGES = (*BESIDE, *REPORTS)
#: What a link may lead to that is not a file: a letter, a call, a public page.
_ELSEWHERE = ("mailto:", "tel:", "https://")

#: What the keyboard should reach, by place in the page: of a group of radio buttons, the one that is chosen.
_FOCUSABLE = """
[...document.querySelectorAll('a[href], summary, input, [tabindex="0"]')]
  .filter(one => one.checkVisibility() && (one.type !== 'radio' || one.checked))
  .map(one => [...document.querySelectorAll('*')].indexOf(one))
"""
_FOCUSED = """
(() => {
  const one = document.activeElement, box = one.getBoundingClientRect(), style = getComputedStyle(one);
  return [[...document.querySelectorAll('*')].indexOf(one), box.width > 0 && box.height > 0 && box.left < innerWidth,
    style.outlineStyle !== 'none'];
})()
"""
#: The text with the lowest contrast to what lies behind it, against what WCAG 2.2 AA asks: 4.5, or 3 where it is large.
_LOWEST_CONTRAST = """
(() => {
  const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => [r, g, b].map(c => c / 255)
    .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, place) => sum + c * [0.2126, 0.7152, 0.0722][place], 0);
  const behind = one => {
    for (let at = one; at; at = at.parentElement) {
      const found = numbers(getComputedStyle(at).backgroundColor);
      if (found.length < 4 || found[3] > 0) return found;
    }
    return [255, 255, 255];
  };
  const lines = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let lowest = ['', 99], seen = 0;
  while (lines.nextNode()) {
    const one = lines.currentNode.parentElement;
    if (!lines.currentNode.data.trim() || !one.checkVisibility() || one.closest('title, desc')) continue;
    seen += 1;
    const style = getComputedStyle(one), drawn = one instanceof SVGElement;
    const [first, second] = [numbers(drawn ? style.fill : style.color), behind(one)].map(luminance);
    const size = parseFloat(style.fontSize), large = size >= 24 || size >= 18.66 && Number(style.fontWeight) >= 700;
    const contrast = (Math.max(first, second) + .05) / (Math.min(first, second) + .05) * (large ? 1.5 : 1);
    if (contrast < lowest[1]) lowest = [lines.currentNode.data.trim().slice(0, 20), contrast];
  }
  return [...lowest, seen];
})()
"""
_OPEN_ALL_FOLDS = "document.querySelectorAll('details').forEach(fold => { fold.open = true; })"
#: What can be seen of the table of flags: code and numbers of each row.
_FLAG_ROWS = """
[...document.querySelectorAll('#codes tbody tr')].filter(row => row.checkVisibility())
  .map(row => [row.cells[0].innerText, ...[1, 2].map(place => Number(row.cells[place].innerText.replace(',', '')))])
"""
TAB, RIGHT = ("Tab", 9), ("ArrowRight", 39)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("browser")) as opened:
        yield opened


@pytest.fixture(scope="module")
def folder(night: Night) -> Path:
    return night.place.published.parent / "current"


@pytest.fixture(scope="module")
def reports(night: Night, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("reports")
    write_reports(night.place.published, made, Wanted(), Console(quiet=True))
    return made


@pytest.fixture
def page(request: pytest.FixtureRequest, night: Night, folder: Path) -> Path:
    """The page of which a test is given the name."""
    name = str(request.param)
    if name not in REPORTS:
        return folder / name
    made: Path = request.getfixturevalue("reports")
    if name != "reports/centre":
        return made / name.removeprefix("reports/")
    with duckdb.connect(night.place.published, read_only=True) as connection:
        ((number,),) = connection.execute(
            "SELECT centre_number FROM published.centre_summary WHERE centre_name LIKE ?", [f"{HOSTILE_NAMES[1]}%"]
        ).fetchall()
    return made / "centres" / f"checkpoint-{number}.html"


@pytest.mark.parametrize("page", PAGES, indirect=True)
def test_a_page_loads_without_complaint_and_asks_for_nothing(browser: Browser, page: Path) -> None:
    browser.open(page)
    browser.value(_OPEN_ALL_FOLDS)
    assert browser.value("document.images.length + document.scripts.length + document.styleSheets.length") == 1
    assert browser.complaints() == []


@pytest.mark.parametrize("page", PAGES, indirect=True)
def test_every_link_leads_to_a_page_or_place_that_exists(browser: Browser, page: Path) -> None:
    browser.open(page)
    links = browser.value("[...document.querySelectorAll('a')].map(one => one.getAttribute('href'))")
    places = set(browser.value("[...document.querySelectorAll('[id]')].map(one => one.id)"))
    lost = [
        link
        for link in links
        if not link.startswith(_ELSEWHERE)
        and not (link[1:] in places if link.startswith("#") else (page.parent / link.partition("#")[0]).is_file())
    ]
    assert lost == []


@pytest.mark.parametrize("page", PAGES, indirect=True)
def test_a_page_is_no_wider_than_a_small_telephone(browser: Browser, page: Path) -> None:
    browser.open(page, width=360)
    browser.value(_OPEN_ALL_FOLDS)
    assert browser.value("[document.documentElement.scrollWidth, innerWidth]") == [360, 360]


@pytest.mark.parametrize("page", BESIDE, indirect=True)
def test_a_page_is_no_wider_than_paper(browser: Browser, page: Path) -> None:
    browser.open(page, width=718, media="print")  # A4 less the browser's margins, at 96 dots an inch
    browser.value(_OPEN_ALL_FOLDS)
    assert browser.value("document.documentElement.scrollWidth") == 718


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page", PAGES, indirect=True)
def test_every_text_stands_out_from_what_lies_behind_it(browser: Browser, page: Path, scheme: str) -> None:
    browser.open(page, scheme=scheme)
    browser.value(_OPEN_ALL_FOLDS)
    text, contrast, seen = browser.value(_LOWEST_CONTRAST)
    assert seen > 20
    assert contrast >= 4.5, text


def test_the_two_colour_schemes_are_different(browser: Browser, folder: Path) -> None:
    grounds = []
    for scheme in ("light", "dark"):
        browser.open(folder / "overview.html", scheme=scheme)
        grounds.append(browser.value("getComputedStyle(document.body).backgroundColor"))
    assert grounds[0] == "rgb(255, 255, 255)" != grounds[1]


@pytest.mark.parametrize("page", PAGES, indirect=True)
def test_the_keyboard_reaches_everything_in_the_order_of_the_page_and_shows_where_it_is(
    browser: Browser, page: Path
) -> None:
    browser.open(page)
    expected = browser.value(_FOCUSABLE)
    reached = []
    for _ in expected:
        browser.press(*TAB)
        place, is_seen, is_marked = browser.value(_FOCUSED)
        assert is_seen and is_marked, place
        reached.append(place)
    assert expected and reached == expected


def _chosen(owner: str | None, organisation: str | None) -> str:
    return " AND ".join(
        [
            f"owner = '{owner}'" if owner else "TRUE",
            f"awarding_organisation_rn = '{organisation}'" if organisation else "TRUE",
        ]
    )


def _expected_rows(night: Night, condition: str) -> dict[str, list[int]]:
    with duckdb.connect(night.place.published, read_only=True) as connection:
        rows = connection.execute(
            "SELECT flag_code, count(*), count(*) FILTER (WHERE urgency = 'urgent') FROM published.flags "
            f"WHERE {condition} GROUP BY flag_code"
        ).fetchall()
    expected = {code: [raised, urgent] for code, raised, urgent in rows}
    return expected | {"Together": [sum(one[place] for one in expected.values()) for place in (0, 1)]}


@pytest.mark.parametrize("organisation", [None, "RN5133", "RN5193"])
@pytest.mark.parametrize("owner", [None, "centre", "awarding_organisation"])
def test_the_overview_shows_the_flags_of_the_owner_and_organisation_that_are_chosen(
    browser: Browser, folder: Path, night: Night, owner: str | None, organisation: str | None
) -> None:
    browser.open(folder / "overview.html")
    for name, chosen in (("Owner", owner), ("Awarding organisation", organisation)):
        words = (chosen or "all").replace("_", " ").capitalize() if chosen is None or "RN" not in chosen else chosen
        browser.value(
            f"[...document.querySelectorAll('fieldset')].find(one => one.firstChild.innerText === '{name}')"
            f".querySelectorAll('label').forEach(one => {{ if (one.innerText.trim() === '{words}') one.click(); }})"
        )
    shown = {code: numbers for code, *numbers in browser.value(_FLAG_ROWS)}
    assert {code: numbers for code, numbers in shown.items() if any(numbers) or code == "Together"} == _expected_rows(
        night, _chosen(owner, organisation)
    )
    seen = "one => one.checkVisibility()"
    assert browser.value(f"[...document.querySelectorAll('#burn-down > [data-owner-only]')].filter({seen}).length") <= 1
    assert browser.complaints() == []


def test_a_choice_is_made_by_keyboard_and_can_be_heard(browser: Browser, folder: Path, night: Night) -> None:
    browser.open(folder / "overview.html")
    browser.value("document.querySelector('#owner-all').focus()")
    browser.press(*RIGHT)
    chosen = browser.value("document.activeElement.labels[0].innerText.trim()")
    owner = chosen.lower().replace(" ", "_")
    assert {code: numbers for code, *numbers in browser.value(_FLAG_ROWS)}["Together"] == _expected_rows(
        night, _chosen(owner, None)
    )["Together"]
    nodes = browser.ask("Accessibility.getFullAXTree")["nodes"]
    named = {(node["role"]["value"], node["name"]["value"]) for node in nodes if node.get("name", {}).get("value")}
    assert {("radio", chosen), ("group", "Owner"), ("group", "Awarding organisation")} <= named
    assert any(role == "image" for role, _ in named)


def test_a_flag_s_code_leads_to_its_meaning_and_opens_it(browser: Browser, folder: Path) -> None:
    browser.open(folder / "overview.html")
    browser.value("document.querySelector('#codes tbody a').focus()")
    code = browser.value("document.activeElement.innerText")
    browser.press("Enter", 13)
    found = browser.value(
        "[location.hash, document.querySelector(':target').checkVisibility(), document.querySelector(':target').innerText]"
    )
    assert found[:2] == [f"#flag-{code}", True]
    assert "Must hold:" in found[2]


def test_hostile_names_of_centres_and_learners_are_shown_as_they_were_delivered(browser: Browser, folder: Path) -> None:
    browser.open(folder / "overview.html")
    browser.value(_OPEN_ALL_FOLDS)
    shown = browser.value("document.querySelector('#centres').innerText")
    for name in HOSTILE_NAMES.values():
        assert re.sub(r"\s+", " ", name).strip() in re.sub(r"\s+", " ", shown)
    assert browser.value("document.title").startswith("The night of")
    browser.open(folder / "link_review.html")
    shown = browser.value("document.body.innerText")
    assert HOSTILE_FORENAME in shown and HOSTILE_SURNAME in shown
    assert browser.complaints() == []
