"""The commands `draft-mapping` and `check-source` on the command line; what they do belongs in modules of their own."""

import argparse
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console

from pipelines.settings import Settings, today


def add_source_commands(commands: Any, day: Callable[[str], str]) -> None:
    """Add both commands.

    Args:
        commands: what `add_subparsers` returned.
        day: reads a date from an argument.
    """
    draft = commands.add_parser(
        "draft-mapping",
        help="propose a source file for a CSV or a workbook of any layout",
        description="Propose a source file from a sample: its encoding, delimiter, headings, dates and codes, as far as "
        "they are certain. The rest is left to fill in. Of the sample's values only codes are written, no person's.",
    )
    draft.add_argument(
        "sample", metavar="FILE", type=Path, help="the sample: .csv, .tsv, .txt, also packed; .xlsx, .ods"
    )
    draft.add_argument(
        "--feed", metavar="F", required=True, help="the feed that its rows are for, as in centre_registrations"
    )
    draft.add_argument("--sheet", metavar="S", help="of a workbook the sheet (default: the only visible one)")
    draft.add_argument("--output", metavar="YAML", type=Path, help="new file to write (default: print it)")
    draft.set_defaults(action=_draft_mapping)

    check = commands.add_parser(
        "check-source",
        help="prove a source file, and say what would become of a sample",
        description="Prove a source file of any format. Against a sample: say for each feed how many rows would be "
        "accepted, and which rules the others break, by column. Exit status 1 if the source cannot be used or no row would "
        "be accepted.",
    )
    check.add_argument("source", metavar="FILE", type=Path, help="the source file, <name>.yaml")
    check.add_argument(
        "--against", metavar="SAMPLE", type=Path, help="a file as the source delivers it; it is not kept"
    )
    check.add_argument("--as-of", metavar="DATE", type=day, help="the day on which it would be landed (default: today)")
    check.set_defaults(action=_check_source)


def _draft_mapping(arguments: argparse.Namespace, settings: Settings, console: Console) -> None:
    from pipelines.mapping_draft import draft_mapping

    draft_mapping(arguments.sample, arguments.feed, arguments.sheet, arguments.output, console)


def _check_source(arguments: argparse.Namespace, settings: Settings, console: Console) -> None:
    from pipelines.source_check import check_source

    as_of = date.fromisoformat(arguments.as_of) if arguments.as_of else today()
    check_source(arguments.source, arguments.against, as_of, settings, console)
