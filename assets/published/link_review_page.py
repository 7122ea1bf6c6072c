"""The review queue as one static page: pair by pair the two records, the evidence, and how to decide.

The page names people, so it lies where only those may read who decide. Values are shown as they were delivered, escaped,
and characters that cannot be seen are written out. What is in the queue belongs in `assets.linked`; how a pair is decided,
in `pipelines`.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from typing import Any

import duckdb

from assets.linked.matching.model import MatchModel
from assets.named_rows import named_rows
from assets.published.match_waterfall import STYLE as PICTURE_STYLE
from assets.published.match_waterfall import Evidence, compared, signed, waterfall
from assets.published.records_side_by_side import STYLE as RECORDS_STYLE
from assets.published.records_side_by_side import records_table, seen, title_of
from assets.published.static_page import Colours, document, table
from schemas.link_review import REVIEW_REASONS

Row = Mapping[str, Any]

#: As many pairs as a page that is read from top to bottom can hold.
SHOWN = 200

_COLOURS: Colours = {
    "for": ("#0b6bcb", "#6cb6ff"),
    "against": ("#b3261e", "#ff9a90"),
    "threshold": ("#6f42c1", "#c8a6ff"),
    "mark": ("#fff1b8", "#5a4300"),
    "card": ("#f6f8fa", "#1c2126"),
}

_STYLE = """
h3 { font-size: 1rem; margin: 1.5rem 0 .25rem; }
ul { padding-left: 1.25rem; } a { color: inherit; }
.pair { border-top: .25rem solid var(--text); margin-top: 3rem; }
.pair h2 { margin-top: 1rem; }
.why { border-left: .4rem solid var(--threshold); padding: .25rem 1rem; margin: 1rem 0; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--card); border: 1px solid var(--line);
  padding: .5rem .75rem; margin: .25rem 0 1rem; font: .9rem/1.5 ui-monospace, monospace; }
.pair h2 { overflow-wrap: anywhere; } .pair td, .pair th { padding-top: .3rem; padding-bottom: .3rem; }
.weight { text-align: right; white-space: nowrap; padding-right: 0; }
@media (min-width: 60rem) { .beside { display: grid; grid-template-columns: 1fr 1fr; gap: 0 3rem; } }
@media print { .pair { break-before: page; margin-top: 0; } }
"""

_HOW_TO_READ = """<h2>How to read it</h2>
<p>A match weight says how the evidence shifts the odds that two records are one person's: each +1 doubles them, each
\N{MINUS SIGN}1 halves them. Two records picked at random start far below nought. Agreement on a rare name counts for more
than on a common one. From {accept} on, a pair is accepted without asking; from {review} on, you are asked. What a weight
cannot know is what you can look up: ask the centre.</p>
<p>A wrong <em>same</em> tells a university about the wrong person; a wrong <em>different</em> leaves a result undelivered.
If you cannot tell, decide nothing: the pair stays here.</p>"""


def render(rows: Sequence[Row], *, as_of: date, accept_weight: float, review_weight: float, model_version: str) -> str:
    """The page `link_review.html`.

    Args:
        rows: the whole queue, with the columns of `schemas.link_review.LINK_REVIEW`, in any order; the page shows the
            `SHOWN` strongest.
        as_of: the run's day.
        accept_weight: match weight (base-2 logarithm of odds) from which a pair is accepted.
        review_weight: match weight from which a pair is shown to a person.
        model_version: of the model that weighed the pairs.
    """
    ordered = sorted(rows, key=lambda row: (-row["match_weight"], row["pair_id"]))
    shown = ordered[:SHOWN]
    day = f"{as_of.day} {as_of:%B %Y}"
    how_to_read = _HOW_TO_READ.format(accept=signed(accept_weight), review=signed(review_weight))
    pairs = "\n".join(_pair(number, row, accept_weight, review_weight) for number, row in enumerate(shown, start=1))
    main = f"""<h1>Who is who: pairs to decide, {day}</h1>
<p>Each pair is two records that may be one person's. The strongest evidence comes first.</p>
<p class="quiet">Model {escape(model_version)}. This page names people: keep it where only those may read who decide.</p>
{_overview(ordered, shown)}
{how_to_read if shown else ""}
{pairs}"""
    return document(f"Pairs to decide, {day}", main, colours=_COLOURS, style=_STYLE + RECORDS_STYLE + PICTURE_STYLE)


def review_page(connection: duckdb.DuckDBPyConnection, model: MatchModel) -> str:
    """The page of `published.link_review` for the run's day, with the thresholds of the model that weighed the pairs."""
    rows = named_rows(connection.execute("SELECT * FROM published.link_review"))
    ((as_of,),) = connection.execute("SELECT as_of FROM landed.run_context").fetchall()
    return render(
        rows,
        as_of=as_of,
        accept_weight=model.accept_weight,
        review_weight=model.review_weight,
        model_version=model.version,
    )


def _overview(ordered: Sequence[Row], shown: Sequence[Row]) -> str:
    """How many pairs wait and why, and a way to each of those on the page."""
    if not ordered:
        return "<p><strong>No pair waits for a decision.</strong></p>"
    counted = Counter(row["reason"] for row in ordered)
    reasons = "".join(
        f'<tr><th scope="row">{escape(_words(reason))}</th><td>{escape(REVIEW_REASONS[reason])}</td>'
        f"<td>{counted[reason]:,}</td></tr>"
        for reason in REVIEW_REASONS
        if counted[reason]
    )
    links = "".join(
        f'<li><a href="#{escape(row["pair_id"])}">Pair {number}</a>: {signed(row["match_weight"])}, '
        f"{escape(_words(row['reason']).lower())}</li>"
        for number, row in enumerate(shown, start=1)
    )
    more = (
        f"<p><strong>This page shows the {len(shown):,} strongest of {len(ordered):,} pairs.</strong> The other "
        f"{len(ordered) - len(shown):,} are in the table <code>published.link_review</code> and in the workbook of "
        "<code>reconcile link-review --workbook FILE.xlsx</code>.</p>"
        if len(ordered) > len(shown)
        else ""
    )
    return (
        f"{table('Pairs that wait for a decision', ('Why', 'What that means', 'Pairs'), reasons)}{more}"
        f"<details><summary>Go to a pair on this page ({len(shown):,})</summary><ul>{links}</ul></details>"
    )


def _pair(number: int, row: Row, accept_weight: float, review_weight: float) -> str:
    pair_id = escape(row["pair_id"])
    evidence = [Evidence(**part) for part in json.loads(row["evidence"])]
    picture = waterfall(pair_id, evidence, accept_weight=accept_weight, review_weight=review_weight)
    first, second = (f"<bdi>{seen(title_of(row, side))}</bdi>" for side in ("first", "second"))
    return f"""<article class="pair" id="{pair_id}" aria-labelledby="{pair_id}-heading">
<h2 id="{pair_id}-heading">Pair {number}: {first} and {second}</h2>
<p class="quiet"><code>{pair_id}</code>, match weight {signed(row["match_weight"])}, probability
{_probability(row["match_probability"])}</p>
<p class="why"><strong>{escape(_words(row["reason"]))}.</strong> {escape(REVIEW_REASONS[row["reason"]])}
{escape(row["explanation"])}</p>
<h3>The two records</h3>
{records_table(row)}
<div class="beside">
<div><h3>The evidence in words</h3>{_evidence_table(evidence, row["match_weight"])}</div>
<div><h3>The evidence as a picture</h3>{picture}
<p class="quiet">Filled bars speak for one person, hollow bars against.</p></div>
</div>
<h3>Decide</h3>
{_commands(row["pair_id"])}
</article>"""


def _evidence_table(evidence: Sequence[Evidence], total: float) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(compared(part.comparison))}</th><td>{escape(part.says)}</td>'
        f'<td class="weight">{signed(part.match_weight)}</td></tr>'
        for part in evidence
    )
    rows += f'<tr><th scope="row">Together</th><td></td><td class="weight"><strong>{signed(total)}</strong></td></tr>'
    heads = '<th scope="col">Compared</th><th scope="col">Says</th><th scope="col" class="weight">Weight</th>'
    return (
        '<table><caption class="aloud">What was compared</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _commands(pair_id: str) -> str:
    command = 'reconcile decide-link {} {} --by "YOUR NAME" --reason "WHAT YOU LOOKED UP AND WHAT IT SHOWED"'
    return "".join(
        f"<p>{escape(words)}:</p><pre><code>{escape(command.format(pair_id, decision))}</code></pre>"
        for words, decision in (
            ("If the two records are one person's", "same"),
            ("If they are two people's", "different"),
        )
    )


def _words(code: str) -> str:
    return code.replace("_", " ").capitalize()


def _probability(share: float) -> str:
    if share >= 0.9995:
        return "more than 99.9%"
    return "less than 0.1%" if share < 0.0005 else f"{share:.1%}"
