"""The publication gate's verdict as one static page that people can read.

Everything shown is escaped. What is judged, and how, belongs in `assets.published.gate`; what all pages have in common in
`assets.published.static_page`; where the page is written, in `pipelines`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from html import escape
from types import MappingProxyType

from assets.published.gate import Result, Status, Verdict
from assets.published.static_page import Colours, document, table
from schemas.promises import PROMISES

#: Status to the word that is shown, in the order in which a reader should meet them.
_WORDS: Mapping[Status, str] = MappingProxyType(
    {"broken": "Broken", "warned": "Warning", "kept": "Kept", "not_applicable": "Not applicable"}
)

_COLOURS: Colours = {
    "broken": ("#b3261e", "#ff9a90"),
    "warned": ("#7a4d00", "#f2b84b"),
    "kept": ("#1a6b34", "#7fd696"),
    "not_applicable": ("#57606a", "#a3adb8"),
}

_STYLE = """
.verdict { border-left: .4rem solid; padding: .25rem 1rem; margin: 1.25rem 0; font-size: 1.15rem; }
.broken { color: var(--broken); } .warned { color: var(--warned); } .kept { color: var(--kept); }
.not_applicable { color: var(--not_applicable); } .status { font-weight: 600; white-space: nowrap; }
"""


def gate_page(verdict: Verdict, as_of: date) -> str:
    """The verdict as a complete HTML document.

    Args:
        verdict: of the publication gate.
        as_of: the run's day.

    Returns:
        HTML 5 that stands alone. It shows counts and the names of promises, feeds, tables and flag codes.
    """
    title = f"Publication gate, {as_of.day} {as_of:%B %Y}"
    headline, colour = _headline(verdict)
    main = f"""<h1>{escape(title)}</h1>
<p class="quiet">What tonight's set as a whole must keep before analysts see it, and what was seen.</p>
<p class="verdict {colour}"><strong>{escape(headline)}</strong> {escape(_consequence(verdict))}</p>
{_attention(verdict)}
<h2>What is promised</h2>
{_promises(verdict)}
<h2>Everything that was measured</h2>
{_everything(verdict)}"""
    return document(f"{title}: {headline}", main, colours=_COLOURS, style=_STYLE)


def _headline(verdict: Verdict) -> tuple[str, Status]:
    if not verdict.publish:
        return "Held back.", "broken"
    warned = any(result.status == "warned" for result in verdict.results)
    return ("Cleared for publication, with warnings.", "warned") if warned else ("Cleared for publication.", "kept")


def _consequence(verdict: Verdict) -> str:
    counted = Counter(result.status for result in verdict.results)
    if not verdict.publish:
        return "Analysts keep the publication before this one until the cause is put right and the run repeated."
    if counted["warned"]:
        return "Nothing is held back; somebody should look at the lines below."
    return f"All {counted['kept']} measures lie within their bounds."


def _attention(verdict: Verdict) -> str:
    """The broken and warned lines by themselves; nothing where there are none."""
    lines = [result for status in ("broken", "warned") for result in verdict.results if result.status == status]
    if not lines:
        return ""
    reasons = "".join(
        f"<p><strong>{escape(PROMISES[name].sentence)}</strong> {escape(PROMISES[name].why)}</p>"
        for name in dict.fromkeys(result.promise for result in lines)
    )
    return f"<h2>What needs attention</h2>\n{_results_table(lines, 'Promises that are not kept')}\n{reasons}"


def _promises(verdict: Verdict) -> str:
    """One line a promise: how many of its subjects stand where."""
    counted = Counter((result.promise, result.status) for result in verdict.results)
    rows = []
    for name, promise in PROMISES.items():
        outcome = ", ".join(_status(status, counted[name, status]) for status in _WORDS if counted[name, status])
        rows.append(f'<tr><th scope="row">{escape(promise.sentence)}</th><td>{outcome}</td></tr>')
    return table("Number of feeds, tables or flag codes by outcome", ("Promise", "Outcome"), "".join(rows))


def _everything(verdict: Verdict) -> str:
    """All lines, a closed fold a promise."""
    folds = []
    for name, promise in PROMISES.items():
        lines = [result for result in verdict.results if result.promise == name]
        folds.append(
            f"<details><summary>{escape(promise.sentence)} ({len(lines)})</summary>"
            f'<p class="quiet">{escape(promise.why)}</p>{_results_table(lines, promise.sentence)}</details>'
        )
    return "\n".join(folds)


def _results_table(lines: Iterable[Result], caption: str) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(line.subject)}</th><td>{_status(line.status)}</td><td>{escape(_seen(line))}</td>'
        f"<td>{escape('; '.join(part for part in (line.expected, line.note) if part))}</td></tr>"
        for line in lines
    )
    return table(caption, ("Subject", "Outcome", "Seen", "Allowed"), rows)


def _status(status: Status, number: int | None = None) -> str:
    """The status in words, so that nothing depends on seeing its colour."""
    words = _WORDS[status] if number is None else f"{number} {_WORDS[status].lower()}"
    return f'<span class="status {status}">{escape(words)}</span>'


def _seen(result: Result) -> str:
    """The measured share with the counts behind it; counts alone where rows are measured."""
    if result.observed is None or PROMISES[result.promise].unit == "rows":
        return result.seen
    return f"{result.observed:.1%} ({result.seen})"
