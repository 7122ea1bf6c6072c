"""The parts of a night's overview that speak of flags and follow the reader's choice of owner and organisation.

Each part holds what is shown for every choice that can be made; `assets.published.choices` hides the rest. The other parts
belong in `assets.published.overview_page`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from html import escape

from assets.published.charts import Night, bar, burn_down, day_in_words
from assets.published.choices import ALL, Choice
from assets.published.overview_figures import Figures, Row
from assets.published.static_page import number_cells, table
from schemas.flag_header import OWNERS, SEVERITIES

#: As many organisations can be chosen one by one; the table of organisations names all.
CHOSEN_ONE_BY_ONE = 12
#: As many nights stand in the table beside the burn-down; the others are a fold below.
NIGHTS_SHOWN = 14

NO_HISTORY = "<p>No history of flags is kept yet: this is the first night.</p>"


def choices_of(figures: Figures) -> tuple[Choice, Choice]:
    """What a reader may choose: an owner, and one of the organisations with most flags."""
    by_organisation: Counter[str] = Counter()
    for row in figures.flags:
        if row["organisation"]:
            by_organisation[row["organisation"]] += row["flags"]
    most = sorted(sorted(by_organisation), key=lambda name: -by_organisation[name])[:CHOSEN_ONE_BY_ONE]
    listed = sorted(most)
    owners = Choice(name="owner", legend="Owner", options=OWNERS, words=[words(owner) for owner in OWNERS])
    return owners, Choice(name="organisation", legend="Awarding organisation", options=listed, words=listed)


def words(code: str) -> str:
    """A code of a closed list as words."""
    return code.replace("_", " ").capitalize()


def code_link(code: str) -> str:
    """A flag code that leads to what it means, and may break after each of its words."""
    return f'<a href="#flag-{escape(code)}"><code>{escape(code).replace("_", "_<wbr>")}</code></a>'


def flags_by_code(figures: Figures, choices: tuple[Choice, Choice]) -> str:
    """A row a code, most serious first, with the sum for what is chosen."""
    raised, urgent = _counted(figures.flags), _counted(row for row in figures.flags if row["urgency"] == "urgent")
    codes = sorted(figures.codes, key=lambda row: (SEVERITIES.index(row["severity"]), -row["raised"], row["flag_code"]))
    largest = max((row["raised"] for row in codes), default=0)
    owners, organisations = choices
    body = []
    for organisation in (ALL, *organisations.options):
        only = organisations.shown_only_with(organisation)
        for row in codes:
            code, total = row["flag_code"], raised[row["flag_code"], organisation]
            if total:
                soon = urgent[code, organisation]
                body.append(
                    f'<tr {owners.shown_with(row["owner"])} {only}><th scope="row">{code_link(code)}</th>'
                    f"{number_cells((total, soon))}<td>{bar(soon, total, largest)}</td>"
                    f"<td>{escape(words(row['severity']))}</td><td>{escape(words(row['owner']))}</td></tr>"
                )
    for owner, organisation in _combinations(choices):
        total, soon = (
            sum(counts[row["flag_code"], organisation] for row in codes if owner in (ALL, row["owner"]))
            for counts in (raised, urgent)
        )
        body.append(
            f"<tr {owners.shown_only_with(owner)} {organisations.shown_only_with(organisation)}>"
            f'<th scope="row">Together</th>{number_cells((total, soon))}<td></td><td></td><td></td></tr>'
        )
    columns = ("Flag", "Raised", "Urgent", "Urgent ones first", "Severity", "Owner")
    shown = table("Flags raised tonight, by code, as chosen", columns, "".join(body), numbers=("Raised", "Urgent"))
    nobody = ", ".join(code_link(row["flag_code"]) for row in codes if not row["raised"])
    return shown + (f'<p class="quiet">Raised for nobody: {nobody}.</p>' if nobody else "")


def burn_downs(figures: Figures, choices: tuple[Choice, Choice]) -> str:
    """What stood open night by night until results day, as a picture and in numbers."""
    if not figures.nights:
        return NO_HISTORY
    owners, organisations = choices
    parts = []
    for place, (owner, organisation) in enumerate(_combinations(choices)):
        nights = _nights(figures.nights, owner, organisation)
        whose = [words(owner)] if owner != ALL else []
        title = ", ".join(("Open flags, night by night", *whose, *([organisation] if organisation != ALL else [])))
        shown = (
            burn_down(f"burn-down-{place}", title, nights, figures.results_day) + _nights_table(title, nights)
            if nights
            else "<p>No such flag has been open on any night.</p>"
        )
        parts.append(
            f"<div {owners.shown_only_with(owner)} {organisations.shown_only_with(organisation)}>{shown}</div>"
        )
    return (
        '<p class="quiet">The unbroken line is what stands open, the broken line what of it is urgent; the dotted line is '
        f"an even pace to nothing by results day. What is waived is not counted as open.</p>{''.join(parts)}"
    )


def changes_since(figures: Figures, choices: tuple[Choice, Choice]) -> str:
    """What is new, resolved and reopened against the night before, by code."""
    if figures.compared_with is None:
        return NO_HISTORY
    owners, organisations = choices
    kinds = ("new", "resolved", "reopened")
    counted = {kind: _counted(figures.changes, kind) for kind in kinds}
    owner_of = {row["flag_code"]: row["owner"] for row in figures.changes}
    body = []
    for organisation in (ALL, *organisations.options):
        for code in sorted(owner_of):
            numbers = [counted[kind][code, organisation] for kind in kinds]
            if any(numbers):
                body.append(
                    f"<tr {owners.shown_with(owner_of[code])} {organisations.shown_only_with(organisation)}>"
                    f'<th scope="row">{code_link(code)}</th>{number_cells(numbers)}</tr>'
                )
    for owner, organisation in _combinations(choices):
        codes = [code for code, whose in owner_of.items() if owner in (ALL, whose)]
        totals = [sum(counted[kind][code, organisation] for code in codes) for kind in kinds]
        body.append(
            f"<tr {owners.shown_only_with(owner)} {organisations.shown_only_with(organisation)}>"
            f'<th scope="row">Together</th>{number_cells(totals)}</tr>'
        )
    columns = tuple(map(words, kinds))
    caption = f"Changes since the night of {day_in_words(figures.compared_with)}, by code, as chosen"
    return table(caption, ("Flag", *columns), "".join(body), numbers=columns)


def _counted(rows: Iterable[Row], column: str = "flags") -> Counter[tuple[str, str]]:
    """Counts by code and organisation, and by code and all."""
    counted: Counter[tuple[str, str]] = Counter()
    for row in rows:
        counted[row["flag_code"], ALL] += row[column]
        if row["organisation"]:
            counted[row["flag_code"], row["organisation"]] += row[column]
    return counted


def _combinations(choices: tuple[Choice, Choice]) -> Iterator[tuple[str, str]]:
    owners, organisations = choices
    for owner in (ALL, *owners.options):
        for organisation in (ALL, *organisations.options):
            yield owner, organisation


def _nights(rows: Sequence[Row], owner: str, organisation: str) -> list[Night]:
    """The nights in order, with nought where nothing chosen was raised; no nights where nothing ever was."""
    stood: Mapping[date, list[int]] = {row["as_of"]: [0, 0, 0] for row in sorted(rows, key=lambda row: row["as_of"])}
    for row in rows:
        if owner in (ALL, row["owner"]) and organisation in (ALL, row["organisation"]):
            for place, column in enumerate(("open", "urgent", "waived")):
                stood[row["as_of"]][place] += row[column]
    nights = [Night(day=day, open=open_, urgent=soon, waived=waived) for day, (open_, soon, waived) in stood.items()]
    return nights if any(night.open or night.waived for night in nights) else []


def _nights_table(title: str, nights: Sequence[Night]) -> str:
    columns = ("Open", "Urgent", "Waived")
    rows = [
        f'<tr><th scope="row">{day_in_words(night.day)}</th>{number_cells((night.open, night.urgent, night.waived))}</tr>'
        for night in reversed(nights)
    ]
    shown = table(title, ("Night", *columns), "".join(rows[:NIGHTS_SHOWN]), numbers=columns)
    if earlier := rows[NIGHTS_SHOWN:]:
        held = table(f"{title}: earlier nights", ("Night", *columns), "".join(earlier), numbers=columns)
        shown += f"<details><summary>Earlier nights ({len(earlier):,})</summary>{held}</details>"
    return f"<details><summary>The same in numbers</summary>{shown}</details>"
