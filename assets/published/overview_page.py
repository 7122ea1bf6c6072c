"""The night's overview as one static page: what was published, what is flagged, what changed, and how fresh the feeds are.

It counts and names nobody; names of centres are escaped like all else. It stands beside the publication that it describes.
What is counted belongs in `assets.published.overview_figures`, the parts that follow the reader's choice in
`assets.published.overview_flags`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from types import MappingProxyType

import duckdb

from assets.published import charts
from assets.published.charts import day_in_words, stacked
from assets.published.choices import choices_form, choices_style
from assets.published.overview_feeds import feeds_part, put_aside_part
from assets.published.overview_figures import Figures, Row, figures_of
from assets.published.overview_flags import burn_downs, changes_since, choices_of, flags_by_code, words
from assets.published.static_page import document, number_cells, table
from schemas.flag_header import OWNERS, SEVERITIES, URGENCIES

#: Pages that stand beside this one, with what they are.
BESIDE: Mapping[str, str] = MappingProxyType(
    {"promises.html": "What the publication was held to", "link_review.html": "Pairs of records to decide"}
)

#: As many centres stand in sight; all of them are a fold below.
CENTRES_SHOWN = 10

#: In the order of the shades in which they are drawn.
_STATUSES = ("achieved", "on_track", "action_needed", "unachievable", "cannot_assess")

_STYLE = """
a { color: inherit; } nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; padding: 0; margin: .5rem 0;
  list-style: none; }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(10.5rem, 45%), 1fr)); gap: .75rem;
  margin: 1.25rem 0; }
.facts div { border: 1px solid var(--line); border-radius: .4rem; padding: .5rem .75rem; }
.facts dt { color: var(--quiet); font-size: .875rem; } .facts dd { margin: 0; font-size: 1.4rem; font-weight: 600;
  font-variant-numeric: tabular-nums; }
th code { font-weight: 400; }
.meaning { border-left: .25rem solid var(--line); padding-left: 1rem; margin: 0 0 .75rem; overflow-wrap: anywhere; }
.meaning:target { border-color: var(--text); }
.key { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; padding: 0; margin: .5rem 0; list-style: none; }
.key svg { width: .9rem; height: .9rem; vertical-align: -.1rem; margin-right: .35rem; }
@media print { nav { display: none; } .facts div { break-inside: avoid; } table { font-size: .8rem; }
  td, th { padding-right: .4rem; } td { overflow-wrap: anywhere; } .bar, .stacked { width: 6rem; min-width: 0; } }
"""


def overview_page(connection: duckdb.DuckDBPyConnection) -> str:
    """The page `overview.html` of the night whose published tables the connection holds."""
    return render(figures_of(connection))


def render(figures: Figures, beside: Mapping[str, str] = BESIDE) -> str:
    """The overview as a complete HTML document.

    Args:
        figures: of the night.
        beside: pages to lead to: plain text by the address from this page.
    """
    day = day_in_words(figures.run["as_of"])
    choices = choices_of(figures)
    parts = {
        "codes": ("Flags by code", flags_by_code(figures, choices)),
        "burn-down": ("Burn-down to results day", burn_downs(figures, choices)),
        "changes": ("What changed since the night before", changes_since(figures, choices)),
        "severities": ("Severity, urgency, owner, organisation", _severities(figures) + _organisations(figures)),
        "centres": ("Centres", _centres(figures)),
        "achievability": ("What can still be achieved", _achievability(figures)),
        "feeds": ("Feeds", feeds_part(figures)),
        "put-aside": ("Rows put aside", put_aside_part(figures)),
        "meanings": ("What the flags mean", _meanings(figures)),
    }
    sections = {
        name: f'<section id="{name}"><h2>{title}</h2>\n{body}</section>' for name, (title, body) in parts.items()
    }
    following = "\n".join(sections.pop(name) for name in ("codes", "burn-down", "changes"))
    links = "".join(f'<li><a href="#{name}">{title}</a></li>' for name, (title, _) in parts.items())
    pages = "".join(f'<li><a href="{escape(page)}">{escape(what)}</a></li>' for page, what in beside.items())
    main = f"""<h1>The night of {day}</h1>
<p class="quiet">Cycle {figures.run["cycle"]}, software {escape(figures.run["software_version"])}, publication
<code>{escape(figures.run["publication_id"])}</code>. This page counts; it names no learner.</p>
{_facts(figures)}
<nav aria-label="Other pages of the night"><ul>{pages}</ul></nav>
<nav aria-label="On this page"><ul>{links}</ul></nav>
<p>Choose whose flags the next three parts show:</p>
{choices_form(choices, "Whose flags are shown")}
{following}
{"".join(sections.values())}"""
    style = charts.STYLE + choices_style(choices) + _STYLE
    return document(f"The night of {day}", main, colours=charts.COLOURS, style=style)


def _facts(figures: Figures) -> str:
    run = figures.run
    urgent = sum(row["flags"] for row in figures.flags if row["urgency"] == "urgent")
    facts = {
        "Flags raised": f"{run['flags']:,}",
        "Urgent": f"{urgent:,}",
        "Learners": f"{run['learners']:,}",
        "Open registrations": f"{run['open_registrations']:,}",
        "Deliveries accepted": f"{run['deliveries']:,}",
        "Rows delivered": f"{run['landed_rows']:,}",
        "Rows put aside": f"{run['quarantined_rows']:,}",
        "Publication gate": _gate(figures.promises),
        "Results day": _results(figures),
    }
    listed = "".join(f"<div><dt>{what}</dt><dd>{shown}</dd></div>" for what, shown in facts.items())
    return f'<dl class="facts">{listed}</dl>'


def _gate(promises: Mapping[str, int]) -> str:
    if not promises:
        return "not judged"
    if promises.get("broken"):
        return "held back"
    warned = promises.get("warned", 0)
    return f"cleared, {warned} to look at" if warned else "cleared"


def _results(figures: Figures) -> str:
    if figures.results_day is None:
        return "not known"
    days = (figures.results_day - figures.run["as_of"]).days
    return f"in {days:,} days" if days > 1 else "tomorrow" if days == 1 else "today" if days == 0 else "has passed"


def _severities(figures: Figures) -> str:
    counted: Counter[tuple[str, str]] = Counter()
    for row in figures.flags:
        for kind in (row["urgency"], row["owner"]):
            counted[row["severity"], kind] += row["flags"]
    kinds = (*URGENCIES, *OWNERS)
    rows = "".join(
        f'<tr><th scope="row">{escape(words(severity))}</th>{number_cells(counted[severity, kind] for kind in kinds)}'
        f"{number_cells([sum(counted[severity, kind] for kind in URGENCIES)])}</tr>"
        for severity in SEVERITIES
    )
    sums = [sum(counted[severity, kind] for severity in SEVERITIES) for kind in kinds]
    rows += f'<tr><th scope="row">Together</th>{number_cells([*sums, sum(sums[: len(URGENCIES)])])}</tr>'
    columns = (*map(words, kinds), "All")
    return table("Flags by severity, urgency and owner", ("Severity", *columns), rows, numbers=columns)


def _organisations(figures: Figures) -> str:
    counted: Counter[tuple[str, str]] = Counter()
    for row in figures.flags:
        for kind in (row["urgency"], row["owner"], "all"):
            counted[row["organisation"] or "", kind] += row["flags"]
    names = sorted({name for name, _ in counted}, key=lambda name: (-counted[name, "all"], name))
    kinds = (*OWNERS, "urgent", "all")
    rows = "".join(
        f'<tr><th scope="row">{escape(name) or "none named"}</th>{number_cells(counted[name, kind] for kind in kinds)}</tr>'
        for name in names
    )
    columns = tuple(map(words, kinds))
    return table("Flags by awarding organisation", ("Organisation", *columns), rows, numbers=columns)


def _centres(figures: Figures) -> str:
    """The centres with most to do, and all of them."""
    ordered = sorted(figures.centres, key=lambda row: (-row["urgent"], -_all_flags(row), row["centre_number"]))
    flagged = sum(1 for row in ordered if _all_flags(row))
    first = [row for row in ordered if _all_flags(row)][:CENTRES_SHOWN]
    shown = _centres_table("The centres with most urgent flags", first)
    everything = _centres_table("All centres", figures.centres)
    return (
        f"<p>{flagged:,} of {len(ordered):,} centres have flags. A flag that concerns no one centre is not counted here.</p>"
        f"{shown}<details><summary>All centres ({len(ordered):,})</summary>{everything}</details>"
    )


def _centres_table(caption: str, centres: Sequence[Row]) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(row["centre_number"])}</th><td>{escape(row["centre_name"] or "")}</td>'
        f"{number_cells((row['urgent'], *(row[severity] for severity in SEVERITIES), _all_flags(row)))}"
        f"{number_cells([row['expected_this_cycle']])}</tr>"
        for row in centres
    )
    columns = ("Urgent", *map(words, SEVERITIES), "All flags", "Awards expected")
    return table(caption, ("Centre", "Name", *columns), rows, numbers=columns)


def _all_flags(row: Row) -> int:
    return sum(int(row[severity]) for severity in SEVERITIES)


def _achievability(figures: Figures) -> str:
    """Open registrations by status, for all organisations together and for each."""
    counted: Counter[tuple[str, str]] = Counter()
    for row in figures.positions:
        for name in ("", row["organisation"] or "none named"):
            counted[name, row["status"]] += row["registrations"]
    names = sorted({name for name, _ in counted}, key=lambda name: (-sum(counted[name, s] for s in _STATUSES), name))
    rows = []
    for place, name in enumerate(names):
        numbers = [counted[name, status] for status in _STATUSES]
        title = f"Open registrations by status: {name or 'all organisations'}"
        drawn = stacked(f"status-{place}", title, list(zip(map(words, _STATUSES), numbers, strict=True)))
        label = escape(name) or "All"
        rows.append(f'<tr><th scope="row">{label}</th><td>{drawn}</td>{number_cells([*numbers, sum(numbers)])}</tr>')
    key = "".join(
        f'<li><svg class="shade{place}" aria-hidden="true" focusable="false"><rect width="100%" height="100%"/></svg>'
        f"{escape(words(status))}</li>"
        for place, status in enumerate(_STATUSES)
    )
    columns = (*map(words, _STATUSES), "All")
    caption = "Open registrations by awarding organisation and by what the learner can still achieve"
    return f'<ul class="key">{key}</ul>' + table(
        caption, ("Organisation", "Shares", *columns), "".join(rows), numbers=columns
    )


def _meanings(figures: Figures) -> str:
    """A fold a code. Whoever follows a link into a closed fold finds it opened by the browser."""
    folds = []
    for row in figures.codes:
        code = escape(row["flag_code"])
        folds.append(
            f'<details><summary><code>{code.replace("_", "_<wbr>")}</code></summary><div class="meaning" id="flag-{code}">'
            f"<p><strong>Must hold:</strong> {escape(row['statement'])}</p>"
            f"<p><strong>What to do:</strong> {escape(row['action'])}</p>"
            f'<p class="quiet">Owner: {escape(words(row["owner"]).lower())}. Severity: '
            f"{escape(words(row['severity']).lower())}. Raised for {row['raised']:,} of {row['population_count']:,} judged; "
            f"{row['cannot_assess']:,} could not be judged. Authority: {escape(row['authority'])}.</p></div></details>"
        )
    return "\n".join(folds)
