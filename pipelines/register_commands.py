"""The command `register-drift` on the command line; what it does belongs in the module of that name."""

import argparse
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console

from pipelines.settings import Settings, today


def add_register_commands(commands: Any, day: Callable[[str], str]) -> None:
    """Add the command.

    Args:
        commands: what `add_subparsers` returned.
        day: reads a date from an argument.
    """
    drift = commands.add_parser(
        "register-drift",
        help="show what has changed in the register of qualifications",
        usage="reconcile register-drift EARLIER LATER [--source FILE.yaml] [--output FILE]\n"
        "       reconcile register-drift --source NAME [--output FILE]",
        description="Compare two downloads of Ofqual's register, or two of DfE's list of approved qualifications: what is "
        "added, gone, renamed, dated or sized otherwise, and which organisations are renamed or succeeded by others.",
    )
    drift.add_argument("files", metavar="FILE", type=Path, nargs="*", help="the earlier and the later file")
    drift.add_argument(
        "--source",
        metavar="NAME",
        default="",
        help="a source of the landing folder (its two latest deliveries are compared, if no files are named), or the path "
        "of a source file; its options count",
    )
    drift.add_argument(
        "--output",
        metavar="FILE",
        type=Path,
        action="append",
        default=[],
        help="new .html or .csv file; may be repeated",
    )
    drift.add_argument("--as-of", metavar="DATE", type=day, help="deliveries dated later are not seen (default: today)")
    drift.add_argument("--landing", metavar="DIR", type=Path, help="folder with one sub-folder a feed")
    drift.add_argument("--published", metavar="FILE", type=Path, help="the file that analysts open")
    drift.set_defaults(action=_register_drift, misunderstood=drift.error)


def _register_drift(arguments: argparse.Namespace, settings: Settings, console: Console) -> None:
    if len(arguments.files) not in (0, 2) or not (arguments.files or arguments.source):
        arguments.misunderstood("name the earlier and the later file, or a source with --source")
    from pipelines.register_drift import Asked, register_drift

    asked = Asked(
        files=arguments.files,
        source=arguments.source,
        landing=arguments.landing or settings.landing,
        as_of=date.fromisoformat(arguments.as_of) if arguments.as_of else today(),
        published=arguments.published or settings.published,
        published_given=arguments.published is not None,
        outputs=arguments.output,
        limits=settings.limits,
    )
    register_drift(asked, console)
