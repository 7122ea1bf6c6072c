"""A report as one static page: no script, readable aloud, by keyboard, on a telephone and on paper.

What it says belongs in `report_centre` and `report_owner`. Values are escaped, and characters that cannot be seen are
written out.
"""

from collections.abc import Iterable
from datetime import date
from html import escape

from assets.published.records_side_by_side import seen
from assets.published.static_page import document, table
from pipelines.report_content import Cell, Report, Section, day_words

_STYLE = """
body { max-width: 82rem; }
a { color: inherit; } ul { padding-left: 1.25rem; }
td, th[scope=row] { overflow-wrap: break-word; min-width: 5rem; } td.long { min-width: 12rem; }
td.day { white-space: nowrap; } th[scope=row] { font-weight: 400; min-width: 9rem; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.urgent { font-weight: 600; } .past td, .past th { color: var(--quiet); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: 1rem 0; }
dt { color: var(--quiet); } dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 40rem) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .5rem; } }
.unseen { border: 1px dashed; font-size: .75rem; padding: 0 .2rem; }
.count { font-variant-numeric: tabular-nums; }
@media print { nav { display: none; } h2 { break-after: avoid; } table { font-size: .8rem; } }
@page { size: A4 landscape; margin: 1.5cm; }
"""

#: Texts longer than this get a column that is not squeezed.
_LONG = 40


def report_page(report: Report, as_of: date) -> str:
    """The page of a report.

    Args:
        report: what it says.
        as_of: the day of the publication that it was written from.
    """
    words = "".join(f"<p>{_text(paragraph)}</p>" for paragraph in report.words)
    main = f"""<header><h1>{_text(report.title)}</h1>
<p><strong>What was known on {day_words(as_of)}.</strong> It is written anew on the day after something in it has
changed.</p>
{words}{_contacts(report)}</header>
<nav aria-labelledby="lists"><h2 id="lists">Lists</h2><ul>{_links(report.sections)}</ul></nav>
{"".join(_section(section) for section in report.sections)}"""
    return document(report.title, main, colours={}, style=_STYLE)


def _contacts(report: Report) -> str:
    lines = "".join(f"<dt>{escape(label)}</dt><dd>{_text(value)}</dd>" for label, value in report.contacts)
    return f"<dl>{lines}</dl>" if lines else ""


def anchor(section: Section) -> str:
    """The section's id on the page."""
    return section.name.lower().replace(" ", "-")


def _links(sections: Iterable[Section]) -> str:
    return "".join(
        f'<li><a href="#{anchor(section)}">{escape(section.heading)}</a>: '
        f'<span class="count">{section.count:,}</span></li>'
        for section in sections
    )


def _section(section: Section) -> str:
    name = anchor(section)
    if not section.rows:
        body = f"<p>{escape(section.none)}</p>"
    else:
        shown = section.rows[: section.page_rows]
        left = (
            f"<p><strong>The first {len(shown):,} of {len(section.rows):,}; the workbook has them all.</strong></p>"
            if len(shown) < len(section.rows)
            else ""
        )
        headings = [column.heading for column in section.columns]
        numbers = {heading for heading, cell in zip(headings, shown[0], strict=True) if isinstance(cell, int)}
        rows = "".join(map(_row, shown))
        listed = table(f"{section.heading} ({section.count:,})", headings, rows, numbers=numbers)
        body = f"<p>{escape(section.words)}</p>{left}{listed}"
    return f'<section aria-labelledby="{name}"><h2 id="{name}">{escape(section.heading)}</h2>{body}</section>'


def _row(cells: tuple[Cell, ...]) -> str:
    first, *others = cells
    past = ' class="past"' if len(cells) > 1 and cells[1] == "past" else ""
    return f'<tr{past}><th scope="row">{_value(first)}</th>{"".join(map(_cell, others))}</tr>'


def _cell(cell: Cell) -> str:
    if isinstance(cell, int):
        return f'<td class="number">{cell:,}</td>'
    kind = ' class="day"' if isinstance(cell, date) else ""
    if isinstance(cell, str):
        kind = ' class="long"' if len(cell) > _LONG else ' class="urgent"' if cell == "urgent" else ""
    return f"<td{kind}>{_value(cell)}</td>"


def _value(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, date):
        return day_words(cell)
    return _text(cell) if isinstance(cell, str) else f"{cell:,}"


def _text(text: str) -> str:
    """As HTML; of what can be seen at a glance nothing has to be written out."""
    return escape(text) if text.isprintable() else seen(text)
