"""The command `error-report` on the command line; what it does belongs in `error_report`."""

import argparse
from pathlib import Path
from typing import Any

from rich.console import Console

from pipelines.settings import Settings


def add_error_report_command(commands: Any) -> None:
    """Add the command.

    Args:
        commands: what `add_subparsers` returned.
    """
    report = commands.add_parser(
        "error-report",
        help="write the errors of a delivery for whoever sent it",
        description="Write every error of one delivery as CSV: line, whose it is, column, what was found, what should be.",
    )
    report.add_argument("delivery", metavar="DELIVERY_ID|FILE_NAME", help="from published.deliveries")
    report.add_argument("--output", metavar="FILE", type=Path, required=True, help="new .csv file; holds personal data")
    report.add_argument("--landing", metavar="DIR", type=Path, help="folder with one sub-folder a feed or source")
    report.add_argument("--published", metavar="FILE", type=Path, help="the file that analysts open")
    report.set_defaults(action=_error_report)


def _error_report(arguments: argparse.Namespace, settings: Settings, console: Console) -> None:
    from pipelines.error_report import Kept, write_error_report

    kept = Kept(store=settings.store, landing=arguments.landing or settings.landing, limits=settings.limits)
    published = arguments.published or settings.published
    write_error_report(published, kept, arguments.delivery, arguments.output, console)
