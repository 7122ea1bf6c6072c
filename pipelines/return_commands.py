"""The commands about returns on the command line: `corrections-list`, `late-results-return` and `returns`.

What they do belongs in `corrections_list`, `late_results_return` and `show_returns`, the register in `returns`; `ucas-file`
has a module of its own.
"""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from pipelines.settings import Settings
from pipelines.ucas_return_command import add_ucas_file_command

if TYPE_CHECKING:
    from pipelines.returns import Register


def add_return_commands(commands: Any) -> None:
    """Add the commands.

    Args:
        commands: what `add_subparsers` returned.
    """
    _add_corrections_list(commands)
    _add_late_results_return(commands)
    _add_returns(commands)
    add_ucas_file_command(commands)


@contextmanager
def open_register(settings: Settings) -> Iterator["Register"]:
    """The register of returns in the ledger that the settings name.

    Raises:
        UserError: the ledger cannot be opened, or the register's key cannot be read.
    """
    from pipelines.ledger import open_ledger
    from pipelines.return_files import secret_key
    from pipelines.returns import Register

    settings.data.mkdir(parents=True, exist_ok=True)
    with open_ledger(settings.ledger_url) as ledger:
        yield Register(ledger, secret_key(settings.data))


def _add_corrections_list(commands: Any) -> None:
    command = commands.add_parser(
        "corrections-list",
        help="write what each centre, awarding organisation and UCAS is asked to correct",
        description="Write lists of corrections from the last publication, as CSV and workbook. Name none for all. The "
        "first list of a recipient has everything, each later one only what is new, changed or withdrawn since.",
    )
    command.add_argument("--centre", metavar="N", nargs="+", default=[], help="centre numbers")
    command.add_argument("--organisation", metavar="RN", nargs="+", default=[], help="awarding organisations' numbers")
    command.add_argument("--ucas", action="store_true", help="the list of UCAS")
    command.add_argument("--full", action="store_true", help="everything again, in place of all that was sent before")
    command.add_argument("--output", metavar="DIR", type=Path, help="folder (default: returns in the data folder)")
    command.add_argument("--published", metavar="FILE", type=Path, help="the file that analysts open")
    command.set_defaults(action=_corrections_list)


def _add_late_results_return(commands: Any) -> None:
    command = commands.add_parser(
        "late-results-return",
        help="write the regulator's file of late and missing results",
        description="Write the known fields of Ofqual's VTQ Late results file from the publication in force. Each file is "
        "whole and stands in place of the one before; one that would say the same is not written again.",
    )
    command.add_argument(
        "--output", metavar="FILE", type=Path, required=True, help="new .csv file; holds personal data"
    )
    command.add_argument("--organisation", metavar="RN", help="recognition number of the one organisation to report")
    command.add_argument(
        "--preview", action="store_true", help="before results day: what will be late, as the data stand; no return"
    )
    command.add_argument("--again", action="store_true", help="write it though it says what the last one said")
    command.add_argument("--published", metavar="FILE", type=Path, help="the file that analysts open")
    command.set_defaults(action=_late_results_return)


def _add_returns(commands: Any) -> None:
    command = commands.add_parser(
        "returns",
        help="show which returns were made, or whether a file is one of them",
        description="List the returns that were made, the newest first: when, what, for whom, how many rows, and each "
        "file's name and the beginning of its SHA-256.",
    )
    asked = command.add_mutually_exclusive_group()
    asked.add_argument("--verify", metavar="FILE", type=Path, help="say which return a file is, if it is one")
    asked.add_argument("--flag", metavar="FLAG_ID", help="the rows of returns that rest on a flag")
    command.add_argument("--recipient", metavar="N", help="a centre's or an organisation's number, UCAS or Ofqual")
    command.add_argument("--all", action="store_true", help="all of them, not the last 50 alone")
    command.set_defaults(action=_returns)


def _corrections_list(arguments: argparse.Namespace, settings: Settings, console: Console) -> None:
    from pipelines.corrections_list import Wanted, write_corrections_lists

    wanted = Wanted(
        centres=arguments.centre, organisations=arguments.organisation, ucas=arguments.ucas, full=arguments.full
    )
    with open_register(settings) as register:
        write_corrections_lists(
            arguments.published or settings.published,
            register,
            (arguments.output or settings.data / "returns").absolute(),
            wanted,
            made_at=datetime.now(UTC),
            console=console,
        )


def _late_results_return(arguments: argparse.Namespace, settings: Settings, console: Console) -> None:
    from pipelines.late_results_return import preview_late_results, write_late_results_return

    publication, organisation = arguments.published or settings.published, arguments.organisation
    if arguments.preview:
        preview_late_results(publication, arguments.output, organisation=organisation, console=console)
        return
    with open_register(settings) as register:
        write_late_results_return(
            publication,
            arguments.output,
            register,
            organisation=organisation,
            again=arguments.again,
            made_at=datetime.now(UTC),
            console=console,
        )


def _returns(arguments: argparse.Namespace, settings: Settings, console: Console) -> None:
    from pipelines.show_returns import rows_of_flag, show_returns, verify_file

    with open_register(settings) as register:
        if arguments.verify:
            verify_file(register, arguments.verify, console)
        elif arguments.flag:
            rows_of_flag(register, arguments.flag.strip(), console)
        else:
            show_returns(register, arguments.recipient, None if arguments.all else 50, console)
