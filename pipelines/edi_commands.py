"""The command `edi-codes` on the command line; what it does belongs in `edi_codes`."""

import argparse
from pathlib import Path
from typing import Any

from rich.console import Console

from pipelines.settings import Settings


def add_edi_commands(commands: Any) -> None:
    """Add the command.

    Args:
        commands: what `add_subparsers` returned.
    """
    codes = commands.add_parser(
        "edi-codes",
        help="make the list of codes that sources of EDI entries and results name",
        description="Write which qualification and unit each option and component code of basedata stands for. What "
        "basedata does not tell is left empty, to be filled in.",
    )
    codes.add_argument("files", metavar="FILE", type=Path, nargs="+", help="options, components and links of basedata")
    codes.add_argument("--output", metavar="FILE", type=Path, required=True, help="new .csv file")
    codes.add_argument(
        "--earlier", metavar="FILE", type=Path, help="earlier list, whose filled cells and codes are kept"
    )
    codes.add_argument(
        "--layout", metavar="FILE", type=Path, nargs="+", default=[], help="layouts instead of the shipped ones"
    )
    codes.add_argument(
        "--encoding",
        choices=("utf-8", "windows-1252"),
        default="utf-8",
        help="encoding of the basedata (default: %(default)s)",
    )
    codes.set_defaults(action=_edi_codes)


def _edi_codes(arguments: argparse.Namespace, settings: Settings, console: Console) -> None:
    from pipelines.edi_codes import write_codes

    write_codes(
        arguments.files,
        arguments.output,
        earlier=arguments.earlier,
        layouts=arguments.layout,
        encoding=arguments.encoding,
        limits=settings.limits,
        console=console,
    )
