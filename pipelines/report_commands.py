"""The commands `reports` and `take-declaration` on the command line; what they do belongs in modules of those names."""

import argparse
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console

from pipelines.settings import Settings, today


def add_report_commands(commands: Any, day: Callable[[str], str]) -> None:
    """Add both commands.

    Args:
        commands: what `add_subparsers` returned.
        day: reads a date from an argument.
    """
    reports = commands.add_parser(
        "reports",
        help="write a report for each centre, awarding organisation and UCAS",
        description="Write checkpoint reports from the last publication, as pages and workbooks. Name none for all. A "
        "report that says what it said before is not written again.",
    )
    reports.add_argument("--centre", metavar="N", nargs="+", default=[], help="centre numbers")
    reports.add_argument("--organisation", metavar="RN", nargs="+", default=[], help="awarding organisations' numbers")
    reports.add_argument("--ucas", action="store_true", help="the report of UCAS")
    reports.add_argument("--output", metavar="DIR", type=Path, help="folder (default: reports in the data folder)")
    reports.add_argument("--published", metavar="FILE", type=Path, help="the file that analysts open")
    reports.set_defaults(action=_reports)

    take = commands.add_parser(
        "take-declaration",
        help="read back the sheet Declaration that a centre has filled in",
        description="Check a filled-in workbook row by row, and put what it changes into the landing folder as a delivery.",
    )
    take.add_argument("workbook", metavar="FILE", type=Path, help="the workbook that came back")
    take.add_argument("--centre", metavar="N", help="the centre that sent it; rows of another one are refused")
    take.add_argument("--as-of", metavar="DATE", type=day, help="the delivery's day (default: today)")
    take.add_argument("--landing", metavar="DIR", type=Path, help="folder with one sub-folder a feed")
    take.add_argument("--published", metavar="FILE", type=Path, help="the file that analysts open")
    take.set_defaults(action=_take_declaration)


def _reports(arguments: argparse.Namespace, settings: Settings, console: Console) -> None:
    from pipelines.reports import Wanted, write_reports

    wanted = Wanted(centres=tuple(arguments.centre), organisations=tuple(arguments.organisation), ucas=arguments.ucas)
    folder = arguments.output or settings.data / "reports"
    write_reports(arguments.published or settings.published, folder, wanted, console)


def _take_declaration(arguments: argparse.Namespace, settings: Settings, console: Console) -> None:
    from pipelines.take_declaration import take_declaration

    take_declaration(
        arguments.workbook,
        arguments.published or settings.published,
        arguments.landing or settings.landing,
        centre=arguments.centre,
        day=date.fromisoformat(arguments.as_of) if arguments.as_of else today(),
        console=console,
    )
