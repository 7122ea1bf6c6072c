"""The command `fetch` on the command line, and what `run --fetch` does first; what they do belongs in `pipelines.fetch`."""

import argparse
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from pipelines.settings import Settings, UserError, today

if TYPE_CHECKING:
    from pipelines.fetch_placing import Fetched


def add_fetch_commands(commands: Any, day: Callable[[str], str]) -> None:
    """Add the command.

    Args:
        commands: what `add_subparsers` returned.
        day: reads a date from an argument.
    """
    fetch = commands.add_parser(
        "fetch",
        help="fetch deliveries from databases, SFTP and object storage",
        description="Fetch what is new from the sources that say where their deliveries are, into the landing folder. "
        "Exit status 1 if one failed; the others are fetched all the same.",
    )
    fetch.add_argument(
        "sources", metavar="SOURCE", nargs="*", help="sources to fetch (default: all that say from where)"
    )
    fetch.add_argument("--as-of", metavar="DATE", type=day, help="the run's day, yyyy-mm-dd (default: today)")
    fetch.add_argument("--landing", metavar="DIR", type=Path, help="folder with one sub-folder a feed and a source")
    fetch.add_argument("--dry-run", action="store_true", help="say what would be fetched, and write nothing")
    fetch.set_defaults(action=_fetch)


def _fetch(arguments: argparse.Namespace, settings: Settings, console: Console) -> None:
    landing = arguments.landing.absolute() if arguments.landing else settings.landing
    if not landing.is_dir():
        raise UserError(f"the landing folder [{landing}] does not exist; name one with --landing")
    failed = fetch_and_tell(settings, landing, arguments.as_of, console, names=arguments.sources, dry=arguments.dry_run)
    if failed:
        raise UserError(
            f"[{failed}] sources could not be fetched as a whole, as said above; the last deliveries stay in force"
        )


def fetch_and_tell(
    settings: Settings,
    landing: Path,
    as_of: str | None,
    console: Console,
    *,
    names: Sequence[str] = (),
    dry: bool = False,
) -> int:
    """Fetch for a day (None: the settings', else today), print a line for each source, and return how many failed."""
    from pipelines.fetch import fetch_deliveries

    wanted = as_of or settings.as_of
    day = date.fromisoformat(wanted) if wanted else today()
    failed, asked = 0, 0
    errors = Console(stderr=True)
    with errors.status("fetching") as status:

        def show(source: str, message: str) -> None:
            status.update(f"fetching {source}: {message}")

        for found in fetch_deliveries(settings, landing, day, names=names, dry=dry, progress=show):
            asked += 1
            failed += bool(found.failures)
            for line in said(found, dry=dry):
                console.print(line, markup=False, highlight=False, soft_wrap=True)
    if not asked:
        console.print("No source says where its deliveries are fetched from.", markup=False)
    return failed


def said(found: "Fetched", *, dry: bool) -> list[str]:
    """A line for a source, then one for each thing that failed or that the team should know."""
    did = "would fetch" if dry else "fetched"
    parts = []
    if found.rows is not None and not found.failures:
        more = "at least " if dry else ""
        parts.append(f"{more}{found.rows:,} row{'s' * (found.rows != 1)}")
    if found.files:
        size = "" if dry and found.rows is not None else f", {found.bytes:,} bytes"
        parts.append(f"{did} {len(found.files):,} file{'s' * (len(found.files) != 1)}{size}")
    if found.unchanged:
        parts.append(f"{found.unchanged:,} unchanged")
    if found.waiting:
        parts.append(f"{found.waiting:,} may still be growing")
    if found.failures:
        parts.append("failed")
    lines = [f"{found.source}: {', '.join(parts) or 'nothing there'}"]
    lines += [f"  note: {note}" for note in found.notes]
    return lines + [f"  failed: {failure}" for failure in found.failures]
