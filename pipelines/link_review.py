"""`reconcile link-review`: how many pairs of records wait for a person's judgement, and where they are to be seen.

Nothing personal is printed: the pairs' values stand on the queue's page and in its workbook. What is decided is taken
down by `pipelines.decide_link`.
"""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from pipelines.ledger_database import Ledger
from pipelines.link_decisions import link_decisions_in_force
from pipelines.link_queue import open_queue
from pipelines.link_workbook import MOST_PAIRS, write_link_workbook
from pipelines.settings import ROOT
from schemas.link_review import REVIEW_REASONS

PAGE = "link_review.html"


def show_queue(publication: Path, ledger: Ledger, workbook: Path | None, console: Console) -> None:
    """Print what waits, by reason, and where it is laid out; write the workbook of it if one is named.

    Pairs that have been decided since the publication are left out of both.

    Raises:
        UserError: nothing is published, or the workbook cannot be written.
    """
    decided = {decision.pair_id for decision in link_decisions_in_force(ledger)}
    with open_queue(publication) as queue:
        reasons, as_of = queue.reasons(), queue.as_of()
        rows = queue.rows() if workbook else []
    waiting = {pair: reason for pair, reason in reasons.items() if pair not in decided}
    _show_reasons(waiting.values(), console)
    if since := len(reasons) - len(waiting):
        _say(console, f"Decided since, counting from the next run on: {since:,}")
    _say(console, f"As of {as_of}. Pair by pair, with the evidence: {_page(publication)}")
    if workbook is None:
        _say(console, "Decide one:  reconcile decide-link PAIR_ID same|different --by WHO --reason WHY")
        _say(console, "Decide many: reconcile link-review --workbook FILE.xlsx")
        return
    strongest = [row for row in rows if row["pair_id"] in waiting][:MOST_PAIRS]
    write_link_workbook(workbook, strongest, as_of)
    which = "All" if len(strongest) == len(waiting) else f"The strongest {len(strongest):,} of"
    _say(console, f"{which} {len(waiting):,} pairs, with personal data, are in {workbook}")
    _say(console, f"When it is filled in: reconcile decide-link --workbook {workbook} --by WHO")


def _show_reasons(reasons: Iterable[str], console: Console) -> None:
    counts = Counter(reasons)
    table = Table(title="Pairs to decide", title_justify="left", box=SIMPLE_HEAD)
    table.add_column("reason", no_wrap=True)
    table.add_column("pairs", justify="right")
    table.add_column("meaning")
    for reason, meaning in REVIEW_REASONS.items():
        table.add_row(reason, f"{counts[reason]:,}", meaning)
    table.add_section()
    table.add_row("all", f"{counts.total():,}", "", style="bold")
    console.print(table)


def _page(publication: Path) -> Path:
    """The queue's page beside the publication, by the link that every run points at the newest."""
    current = publication.parent / "current"
    page = (current if current.is_dir() else publication.parent) / PAGE
    return page.relative_to(ROOT) if page.is_relative_to(ROOT) else page


def _say(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)
