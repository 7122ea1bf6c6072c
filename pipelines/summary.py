"""What a person reads at the end of a run: flags by code, rows in and out, and where the results lie."""

from pathlib import Path

import duckdb
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from pipelines.settings import ROOT


def show_summary(publication: Path, console: Console) -> None:
    """Print the summary of the publication that a link names. It holds counts, never a delivered value."""
    with duckdb.connect(publication, read_only=True) as connection:
        _show_rows(connection, console)
        _show_deliveries(connection, console)
        _show_flags(connection, console)
        _show_places(connection, publication, console)


def _show_rows(connection: duckdb.DuckDBPyConnection, console: Console) -> None:
    table = Table(title="Rows by feed", title_justify="left", box=SIMPLE_HEAD)
    table.add_column("feed", no_wrap=True)
    columns = ("landed", "accepted", "superseded", "duplicate", "quarantined")
    for column in columns:
        table.add_column(column, justify="right")
    sums = ", ".join(f"sum({column})::BIGINT" for column in columns)
    rows = connection.execute(f"SELECT feed, {sums} FROM published.row_ledger GROUP BY feed ORDER BY feed").fetchall()
    for feed, *counts in rows:
        table.add_row(feed, *(f"{count:,}" for count in counts))
    table.add_section()
    table.add_row(
        "all", *(f"{sum(row[index] for row in rows):,}" for index in range(1, len(columns) + 1)), style="bold"
    )
    console.print(table)


def _show_deliveries(connection: duckdb.DuckDBPyConnection, console: Console) -> None:
    for feed, name, message in connection.execute(
        "SELECT feed, file_name, message FROM published.deliveries WHERE status = 'refused' ORDER BY feed, file_name"
    ).fetchall():
        console.print(f"refused: {feed} [{name}]: {message}", style="yellow", markup=False)


def _show_flags(connection: duckdb.DuckDBPyConnection, console: Console) -> None:
    table = Table(title="Flags by code", title_justify="left", box=SIMPLE_HEAD)
    for column in ("flag", "owner", "severity"):
        table.add_column(column, no_wrap=True)
    for column in ("raised", "urgent", "waived", "cannot assess", "of"):
        table.add_column(column, justify="right")
    rows = connection.execute(
        """
        SELECT catalogue.flag_code, catalogue.owner, catalogue.severity, catalogue.raised,
            coalesce(counted.urgent, 0), coalesce(counted.waived, 0), catalogue.cannot_assess, catalogue.population_count
        FROM published.flag_catalogue AS catalogue
        LEFT JOIN (
            SELECT flag_code, count(*) FILTER (WHERE urgency = 'urgent' AND NOT waived) AS urgent,
                count(*) FILTER (WHERE waived) AS waived
            FROM published.flags
            GROUP BY flag_code
        ) AS counted USING (flag_code)
        ORDER BY list_position(['blocks_award', 'affects_place', 'delays_award', 'data_quality'], catalogue.severity),
            catalogue.flag_code
        """
    ).fetchall()
    for code, owner, severity, *counts in rows:
        table.add_row(code, owner, severity, *(f"{count:,}" for count in counts))
    table.add_section()
    table.add_row("all", "", "", *(f"{sum(row[column] for row in rows):,}" for column in (3, 4, 5)), style="bold")
    console.print(table)
    ((new, reopened, resolved),) = connection.execute(
        """
        SELECT coalesce(sum("new"), 0)::BIGINT, coalesce(sum(reopened), 0)::BIGINT, coalesce(sum(resolved), 0)::BIGINT
        FROM published.burn_down
        WHERE as_of = (SELECT as_of FROM published.runs)
        """
    ).fetchall()
    console.print(f"Of these new: {new:,}, reopened: {reopened:,}; resolved since the run's day before: {resolved:,}.")


def _show_places(connection: duckdb.DuckDBPyConnection, publication: Path, console: Console) -> None:
    ((as_of, cycle, learners),) = connection.execute("SELECT as_of, cycle, learners FROM published.runs").fetchall()
    shown = publication.relative_to(ROOT) if publication.is_relative_to(ROOT) else publication
    parquet = shown.parent / "parquet"
    console.print(f"As of {as_of}, cycle {cycle}, {learners:,} learners.", markup=False)
    console.print(f"  DuckDB   {shown}", markup=False, soft_wrap=True)
    console.print(f"  Parquet  {parquet}/", markup=False, soft_wrap=True)
    console.print(f"  Overview {shown.parent / 'current' / 'overview.html'}", markup=False, soft_wrap=True)
    console.print(f"  Promises {shown.parent / 'current' / 'promises.html'}", markup=False, soft_wrap=True)
    console.print("Look at them: reconcile explain FLAG_ID, make ui, or in Python", markup=False)
    console.print(
        f"  duckdb.connect('{shown}', read_only=True).sql('FROM published.flags')", markup=False, soft_wrap=True
    )
