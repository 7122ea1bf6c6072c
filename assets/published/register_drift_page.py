"""What has changed between two snapshots of a list of qualifications, as one static page.

Titles and names are those of a public list; they are escaped all the same, and characters that cannot be seen are written
out. What has changed is `assets.published.register_drift`'s business; where the page goes, `pipelines`'.
"""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

import polars as pl

from assets.landed.register_snapshots import Snapshot
from assets.published.records_side_by_side import seen
from assets.published.register_drift import FIELDS, ORGANISATIONS, TOLD, Drift, words_of
from assets.published.static_page import document, number_cells, table

#: As many qualifications stand in one table of the page; all of them are in the CSV file.
SHOWN = 500

_STYLE = """
.unseen { border: 1px dashed; font-size: .75rem; padding: 0 .2rem; }
th code { font-weight: 400; white-space: nowrap; }
.was { color: var(--quiet); display: block; }
"""

Row = Mapping[str, Any]


def drift_page(found: Drift, earlier: Snapshot, later: Snapshot, *, published: bool) -> str:
    """A complete HTML 5 document.

    Args:
        found: what has changed.
        earlier, later: the two snapshots, for their names and counts.
        published: whether there is a publication whose registrations were counted.
    """
    title = f"Changes in the {later.list_title}"
    verdict = "Nothing has changed." if found.is_empty else ""
    sections = [_ours(found), _organisations(found), *(_told(found, told) for told in TOLD if told != "unchanged")]
    main = f"""<h1>{escape(title)}</h1>
<p>From {_file(earlier)} to {_file(later)}.</p>
{_left_out(earlier, later)}
{f"<p><strong>{verdict}</strong></p>" if verdict else ""}
{_counts(found)}
<p class="quiet">Ours: {_whose(published)}.</p>
{_not_compared(found)}
{"".join(sections)}"""
    return document(title, main, colours={}, style=_STYLE)


def _file(snapshot: Snapshot) -> str:
    return f"<bdi>{seen(snapshot.name)}</bdi> ({snapshot.rows.height:,} qualifications)"


def _left_out(earlier: Snapshot, later: Snapshot) -> str:
    said = []
    for word, name in (("could not be read", "left_out"), ("were not asked for", "set_aside")):
        counts = [getattr(snapshot, name) for snapshot in (earlier, later)]
        if any(counts):
            said.append(f"{counts[0]:,} rows of the earlier file and {counts[1]:,} of the later one {word}.")
    return f'<p class="quiet">{" ".join(said)}</p>' if said else ""


def _not_compared(found: Drift) -> str:
    missing = [words for name, words in FIELDS.items() if name not in found.compared]
    return f'<p class="quiet">Not compared, since not both files have it: {", ".join(missing)}.</p>' if missing else ""


def _whose(published: bool) -> str:
    registered = "with open registrations in the last publication, or " if published else ""
    also = "" if published else "; nothing is published yet"
    return f"qualifications {registered}with a shipped specification{also}"


def _counts(found: Drift) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(TOLD[told])}</th>{number_cells((number, ours))}</tr>'
        for told, number, ours in found.counts()
    )
    columns = ("Qualifications", "All", "Ours")
    return table("Each qualification of either file, told in one way", columns, rows, numbers=("All", "Ours"))


def _ours(found: Drift) -> str:
    rows = found.ours
    heading = '<section id="ours"><h2>What concerns us</h2>'
    if rows.is_empty():
        return f"{heading}<p>None of our qualifications has changed.</p></section>"
    ours = _table(f"Ours that have changed: {rows.height:,}", rows.head(SHOWN).to_dicts(), _our_cells)
    return f"{heading}{ours}{_more(rows)}</section>"


def _organisations(found: Drift) -> str:
    if found.organisations.is_empty():
        return ""
    rows = "".join(
        f'<tr><th scope="row">{_party(row, "earlier")}</th><td>{_party(row, "later")}</td>'
        f"<td>{escape(ORGANISATIONS[row['told']])}</td>"
        f"{number_cells((row['qualifications'], row['also_changed'], row['ours']))}</tr>"
        for row in found.organisations.iter_rows(named=True)
    )
    numbers = ("Qualifications", "Also changed", "Ours")
    columns = ("Before", "Now", "What happened", *numbers)
    return f"""<section id="organisations"><h2>Organisations</h2>
<p class="quiet">Their qualifications are told below only where something else has changed too.</p>
{table("Organisations that are renamed, renumbered, or succeeded by another", columns, rows, numbers=numbers)}</section>"""


def _told(found: Drift, told: str) -> str:
    rows = found.qualifications.filter(pl.col("told") == told)
    if rows.is_empty() or told == "organisation":
        return ""
    shown = _table(f"{TOLD[told]}: {rows.height:,}", rows.head(SHOWN).to_dicts(), _cells)
    return (
        f'<section id="{told}"><h2>{escape(TOLD[told])}</h2><details><summary>{rows.height:,} qualifications</summary>'
        f"{shown}{_more(rows)}</details></section>"
    )


def _more(rows: pl.DataFrame) -> str:
    """Where the rows are that the page does not show."""
    more = rows.height - SHOWN
    return (
        f'<p class="quiet">{more:,} more are in the CSV file (<code>--output FILE.csv</code>).</p>' if more > 0 else ""
    )


def _table(caption: str, rows: Sequence[Row], cells: Callable[[Row], str]) -> str:
    columns = ["Number", "Title", "Organisation", "What changed"]
    if cells is _our_cells:
        columns.append("Here")
    return table(caption, columns, "".join(f"<tr>{cells(row)}</tr>" for row in rows))


def _our_cells(row: Row) -> str:
    here = []
    if row["registrations"] is not None:
        here.append(f"{row['registrations']:,} open registrations")
    if row["specifications"] is not None:
        here.append(seen(row["specifications"]))
    return f"{_cells(row)}<td>{'; '.join(here)}</td>"


def _cells(row: Row) -> str:
    return (
        f'<th scope="row"><code>{escape(row["qualification_number"])}</code></th><td>{_title(row)}</td>'
        f"<td>{_organisation(row)}</td><td>{seen(words_of(row))}</td>"
    )


def _title(row: Row) -> str:
    later, earlier = row["title_later"] or row["title_earlier"] or "", row["title_earlier"]
    was = f'<span class="was">was <bdi>{seen(earlier)}</bdi></span>' if earlier and earlier != later else ""
    return f"<bdi>{seen(later)}</bdi>{was}"


def _organisation(row: Row) -> str:
    if row["told"] in ("added", "removed"):
        return _party(row, "later" if row["told"] == "added" else "earlier")
    was = f'<span class="was">was {_party(row, "earlier")}</span>' if row["told"] == "replaced" else ""
    return f"{_party(row, 'later')}{was}"


def _party(row: Row, side: str) -> str:
    number, name = row[f"awarding_organisation_rn_{side}"], row[f"organisation_name_{side}"]
    return " ".join(([f"<bdi>{seen(name)}</bdi>"] if name else []) + ([seen(number)] if number else [])) or "not named"
