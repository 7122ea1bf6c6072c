"""What a person reads in the terminal of the changes between two snapshots of a list of qualifications.

Titles and names are shown as text: nothing in them is markup, and nothing in them can move the cursor.
"""

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from assets.landed.register_snapshots import Snapshot
from assets.published.register_drift import FIELDS, ORGANISATIONS, TOLD, Drift, words_of

#: As many lines of a table stand in a terminal; all of them are in the files.
_SHOWN = 25


def show_drift(found: Drift, earlier: Snapshot, later: Snapshot, *, published: bool, console: Console) -> None:
    """Print counts, the organisations, and those of our own qualifications that have changed.

    Args:
        found: what has changed.
        earlier, later: the two snapshots.
        published: whether there is a publication whose registrations were counted.
        console: takes the tables.
    """

    def say(text: str) -> None:
        console.print(Text(_visible(text)), soft_wrap=True)

    say(f"{later.list_title}: {earlier.name} ({earlier.rows.height:,}) to {later.name} ({later.rows.height:,})")
    for snapshot in (earlier, later):
        if snapshot.left_out or snapshot.set_aside:
            say(
                f"  {snapshot.name}: {snapshot.left_out:,} rows could not be read, {snapshot.set_aside:,} not asked for"
            )
    if missing := [words for name, words in FIELDS.items() if name not in found.compared]:
        say(f"  not in both files, so not compared: {', '.join(missing)}")
    if not published:
        say("  nothing is published yet: only qualifications of the shipped specifications count as ours")
    table = _table("Qualifications", ["told", "#all", "#ours"])
    for told, number, ours in found.counts():
        table.add_row(TOLD[told], f"{number:,}", f"{ours:,}")
    console.print(table)
    _tell_organisations(found, console)
    _tell_ours(found, console)


def _tell_organisations(found: Drift, console: Console) -> None:
    if found.organisations.is_empty():
        return
    table = _table("Organisations", ["before", "now", "what happened", "#qualifications", "#ours"])
    for row in found.organisations.head(_SHOWN).iter_rows(named=True):
        parties = [
            " ".join(row[f"{name}_{side}"] or "" for name in ("organisation_name", "awarding_organisation_rn"))
            for side in ("earlier", "later")
        ]
        cells = [Text(_visible(party.strip())) for party in parties]
        table.add_row(*cells, ORGANISATIONS[row["told"]], f"{row['qualifications']:,}", f"{row['ours']:,}")
    console.print(table)
    _tell_more(found.organisations.height, "organisations", console)


def _tell_ours(found: Drift, console: Console) -> None:
    if found.ours.is_empty():
        return
    table = _table("Ours that have changed", ["number", "title", "what changed", "#registrations"])
    for row in found.ours.head(_SHOWN).iter_rows(named=True):
        title = row["title_later"] or row["title_earlier"] or ""
        was = f" (was: {row['title_earlier']})" if row["title_earlier"] and row["title_earlier"] != title else ""
        cells = [Text(_visible(text)) for text in (row["qualification_number"], title + was, words_of(row))]
        table.add_row(*cells, "" if row["registrations"] is None else f"{row['registrations']:,}")
    console.print(table)
    _tell_more(found.ours.height, "qualifications", console)


def _table(title: str, columns: Sequence[str]) -> Table:
    """A table; columns whose name begins with # hold numbers."""
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD)
    for column in columns:
        table.add_column(column.removeprefix("#"), justify="right" if column.startswith("#") else "left")
    return table


def _visible(text: str) -> str:
    """The text with every character written out that would leave no trace, or do something to a terminal."""
    return "".join(letter if letter.isprintable() else f"U+{ord(letter):04X}" for letter in text)


def _tell_more(number: int, what: str, console: Console) -> None:
    if number > _SHOWN:
        console.print(f"  and {number - _SHOWN:,} more {what}: write them with --output FILE.csv", highlight=False)
