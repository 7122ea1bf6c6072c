"""The parts of a night's overview that speak of deliveries: how fresh each feed is, and what was put aside.

The whole page belongs in `assets.published.overview_page`.
"""

from html import escape

from assets.published.charts import day_in_words
from assets.published.overview_figures import Figures
from assets.published.static_page import number_cells, table


def feeds_part(figures: Figures) -> str:
    """A row a feed of the contract: its latest delivery, how long ago that was, and its rows."""
    rows = []
    for row in figures.feeds:
        latest, age = row["delivered_on"], "never delivered"
        if latest is not None:
            days = (figures.run["as_of"] - latest).days
            age = "today" if days == 0 else f"{days:,} day{'' if days == 1 else 's'} ago"
        refused = f"{row['refused']:,} refused since" if row["refused"] else ""
        rows.append(
            f'<tr><th scope="row">{escape(row["feed"]).replace("_", "_<wbr>")}</th>'
            f"<td>{day_in_words(latest) if latest else ''}</td><td>{age}</td><td>{refused}</td>"
            f"{number_cells((row['deliveries'], row['rows'], row['put_aside']))}</tr>"
        )
    columns = ("Deliveries", "Rows in force", "Put aside")
    heads = ("Feed", "Latest delivery", "Age", "Refused", *columns)
    return table("How fresh each feed is", heads, "".join(rows), numbers=columns)


def put_aside_part(figures: Figures) -> str:
    """A row a feed and rule: how many rows, and how many whole deliveries, were put aside."""
    if not figures.put_aside:
        return "<p>Every delivered row was let in.</p>"
    rows = "".join(
        f'<tr><th scope="row">{escape(row["feed"]).replace("_", "_<wbr>")}</th>'
        f"<td><code>{escape(row['rule'] or '')}</code></td>{number_cells((row['rows'], row['deliveries']))}</tr>"
        for row in figures.put_aside
    )
    columns = ("Rows", "Whole deliveries")
    return table(
        "What was put aside, by feed and the rule that was broken", ("Feed", "Rule", *columns), rows, numbers=columns
    )
