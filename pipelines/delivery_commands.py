"""The command `delivered` on the command line; what it does belongs in `delivered_record`."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console

from pipelines.settings import Settings


def add_delivery_commands(commands: Any, *, positive: Callable[[str], int]) -> None:
    """Add the command.

    Args:
        commands: what `add_subparsers` returned.
        positive: reads a whole number of at least 1 from an argument.
    """
    delivered = commands.add_parser(
        "delivered",
        help="show what stood in a delivery where a row was taken from",
        description="Show the delivered record that a row was made of, as it was delivered. It is personal data.",
    )
    delivered.add_argument("delivery", metavar="DELIVERY_ID", help="from published.deliveries, or from any row")
    delivered.add_argument("line", metavar="LINE", type=positive, help="of that row")
    delivered.add_argument("--published", metavar="FILE", type=Path, help="the file that analysts open")
    delivered.set_defaults(action=_delivered)


def _delivered(arguments: argparse.Namespace, settings: Settings, console: Console) -> None:
    from pipelines.delivered_record import show_delivered

    publication = arguments.published or settings.published
    show_delivered(publication, settings.store, arguments.delivery, arguments.line, console)
