"""The index of the reports: every centre, organisation and UCAS with counts and links, and the reports that are stale."""

from collections.abc import Iterable
from html import escape
from typing import Any

from assets.published.static_page import document, table
from pipelines.report_files import KINDS, Manifest, Written

_STYLE = """
a { color: inherit; } th[scope=row] { font-weight: 400; } td { white-space: nowrap; } ul { padding-left: 1.25rem; }
.aloud, caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); padding: 0; }
@media print { nav { display: none; } }
"""

_CENTRES = {
    "open_registrations": "Open registrations",
    "expected": "Expected",
    "needs_action": "Needs action",
    "cannot_achieve": "Cannot achieve",
    "urgent": "Urgent flags",
}
_OWNERS = {"flags": "Flags", "urgent": "Urgent", "centres": "Centres"}


def index_page(manifest: Manifest) -> str:
    """The page `index.html`.

    Args:
        manifest: every report that lies beside it.
    """
    of_kind = {
        kind: [(key, one) for (of, key), one in sorted(manifest.items()) if of == kind and not one.stale]
        for kind in KINDS
    }
    owners = [*_rows("organisations", of_kind["organisations"], _OWNERS), *_rows("ucas", of_kind["ucas"], _OWNERS)]
    centres = list(_rows("centres", of_kind["centres"], _CENTRES))
    stale = [(kind, key, one) for (kind, key), one in sorted(manifest.items()) if one.stale]
    main = f"""<header><h1>Checkpoint reports</h1>
<p>For each centre a page to read and print, and a workbook with the sheet to send back. A report keeps the day on which it
last changed.</p><p>The reports name learners: keep them where only those may read who may read the publication.</p></header>
<nav aria-label="On this page"><ul><li><a href="#owners">Awarding organisations and UCAS</a>: {len(owners):,}</li>
<li><a href="#centres">Centres</a>: {len(centres):,}</li>
<li><a href="#stale">Stale reports</a>: {len(stale):,}</li></ul></nav>
{_section("owners", "Awarding organisations and UCAS", _OWNERS, owners, "No report of an organisation has been written.")}
{_section("centres", "Centres", _CENTRES, centres, "No report of a centre has been written.")}
{_stale(stale)}"""
    return document("Checkpoint reports", main, colours={}, style=_STYLE)


def _rows(kind: str, reports: Iterable[tuple[str, Written]], figures: dict[str, str]) -> Iterable[str]:
    for key, one in reports:
        link = f"{kind}/{KINDS[kind]}-{key}"
        name = str(one.figures.get("name") or key)
        shown = escape(f"{name} ({key})" if kind == "centres" else name)
        counts = "".join(f'<td class="number">{_number(one.figures.get(figure))}</td>' for figure in figures)
        yield (
            f'<tr><th scope="row"><a href="{escape(link)}.html">{shown}</a></th>{counts}'
            f"<td>{escape(str(one.figures.get('act_by') or ''))}</td><td>{escape(one.as_of)}</td>"
            f'<td><a href="{escape(link)}.xlsx">Workbook<span class="aloud"> of {shown}</span></a></td></tr>'
        )


def _number(value: Any) -> str:
    return f"{value:,}" if isinstance(value, int) else ""


def _section(name: str, heading: str, figures: dict[str, str], rows: list[str], none: str) -> str:
    columns = ("Report", *figures.values(), "Earliest act by", "Last changed", "Workbook")
    listed = (
        table(f"{heading} ({len(rows):,})", columns, "".join(rows), numbers=set(figures.values()))
        if rows
        else f"<p>{escape(none)}</p>"
    )
    return f'<section aria-labelledby="{name}"><h2 id="{name}">{escape(heading)}</h2>{listed}</section>'


def _stale(reports: list[tuple[str, str, Written]]) -> str:
    lines = "".join(
        f"<li>{escape(str(one.figures.get('name') or key))} ({escape(key)}), last written {escape(one.as_of)}: "
        f"<code>{escape(f'{kind}/{KINDS[kind]}-{key}.*')}</code></li>"
        for kind, key, one in reports
    )
    body = (
        f"<p>The publication has nothing on these any more. Delete them when nobody needs them.</p><ul>{lines}</ul>"
        if lines
        else "<p>No report is stale.</p>"
    )
    return f'<section aria-labelledby="stale"><h2 id="stale">Stale reports</h2>{body}</section>'
