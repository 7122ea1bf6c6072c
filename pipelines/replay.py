"""`reconcile replay`: the nightly job for each day of a period, each with what would have been known on that day.

A replayed night builds the same tables from the same assets as the nightly job, in one process and without Dagster's
book-keeping, which costs a small night more than its work. It is not asked whether the set is believable: a replay
shows what the deliveries said, and a night held back would leave a hole. No page is made, and neither a run nor a delivery
is noted in the operations ledger, which is only asked for people's decisions.

Everything it writes lies in `replay` of the data folder (working file, parsed rows, publication): the nightly job can
run meanwhile, and what it published is not touched.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Protocol

import duckdb
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from pipelines.settings import Settings, UserError


@dataclass(frozen=True, kw_only=True)
class Period:
    """The days to run: the first, then every so many days, and the last."""

    first: date
    last: date
    every: int = 1

    @property
    def days(self) -> list[date]:
        apart = range(0, (self.last - self.first).days, self.every)
        return [*(self.first + timedelta(days=days) for days in apart), self.last]


def replay(
    settings: Settings,
    period: Period,
    *,
    landing: Path,
    published: Path | None,
    resume: bool,
    console: Console,
) -> None:
    """Run each day; a day that fails is named, and the next one goes on from the last that was published.

    The first day begins with no earlier publication, so that a replay gives the same whatever an earlier one left there;
    with `resume` it goes on from what is published there instead.

    Args:
        settings: of the nightly job; decisions are read from its ledger.
        period: the days.
        landing: folder with one sub-folder a feed.
        published: the file to publish; None: in the replay's folder.
        resume: go on after the day that is published there.
        console: to print on.

    Raises:
        UserError: it would publish in the nightly publication's place, there is nothing to resume, or a day failed.
    """
    own = replace(settings, data=settings.data / "replay", keep=1)
    published = published or own.data / "published" / settings.published.name
    if published.parent.resolve() == settings.published.parent.resolve():
        raise UserError(f"[{published}] lies where the nightly publication does; publish the replay elsewhere")
    days = period.days
    if resume:
        days = [day for day in days if day > _published_day(published)]
    own.data.mkdir(parents=True, exist_ok=True)
    if not days:
        raise UserError(f"every day up to [{period.last}] is published there already; there is nothing to resume")
    # Dagster takes seconds to import; a mistyped period is answered before that.
    from pipelines.replayed_night import ReplayedNights

    nights = ReplayedNights(own, settings.ledger_url, landing, published)
    failed = _run_days(nights.run, days, anew=not resume, console=console)
    _say(console, f"DuckDB   {published}")
    _say(console, f"duckdb.connect('{published}', read_only=True).sql('FROM published.burn_down')")
    if failed:
        raise UserError(f"[{len(failed)}] of [{len(days)}] days failed, as said above; the others were published")


class NightFailed(Exception):
    """One night of a replay failed; the next one can still run. The message may be shown."""


class RunsNight(Protocol):
    """Runs one night and returns the file that it published."""

    def __call__(self, day: date, *, anew: bool) -> Path: ...


def _run_days(run: RunsNight, days: Sequence[date], *, anew: bool, console: Console) -> list[date]:
    """Run the days in order and say of each what it found; returns those that failed."""
    failed: list[date] = []
    columns = (TextColumn("{task.description:<20}"), BarColumn(bar_width=30), MofNCompleteColumn())
    shown = Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=console, transient=True)
    with shown as progress:
        task = progress.add_task("replay", total=len(days))
        for day in days:
            progress.update(task, description=str(day))
            began = time.perf_counter()
            try:
                path = run(day, anew=anew)
            except NightFailed as error:
                failed.append(day)
                _say(console, f"{day}  failed: {error}")
            else:
                anew = False
                _say(console, f"{day}  {_found(path)}  {time.perf_counter() - began:.1f} s")
            progress.advance(task)
    return failed


def _found(path: Path) -> str:
    """What a published day found, in counts."""
    with duckdb.connect(path, read_only=True) as connection:
        rows = connection.execute(
            """
            SELECT sum("open"), sum("new"), sum(reopened), sum(resolved), sum(waived)
            FROM published.burn_down
            WHERE as_of = (SELECT as_of FROM published.runs)
            """
        ).fetchall()
    names = ("open", "new", "reopened", "resolved", "waived")
    return ", ".join(f"{count or 0:,} {name}" for name, count in zip(names, rows[0], strict=True))


def _published_day(published: Path) -> date:
    """The day of what a killed replay published last.

    Raises:
        UserError: there is nothing.
    """
    if not published.exists():
        raise UserError(f"nothing is published at [{published}]; leave out --resume")
    with duckdb.connect(published, read_only=True) as connection:
        ((day,),) = connection.execute("SELECT as_of FROM published.runs").fetchall()
    return day  # type: ignore[no-any-return]


def _say(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)
