"""The command `ucas-file` on the command line; what it does belongs in `pipelines.ucas_return`."""

import argparse
import csv
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from pipelines.settings import Settings, UserError

_ENCODINGS = ("utf-8", "ascii", "windows-1252")


def add_ucas_file_command(commands: Any) -> None:
    """Add the command.

    Args:
        commands: what `add_subparsers` returned.
    """
    ucas = commands.add_parser(
        "ucas-file",
        help="write an awarding organisation's file for UCAS",
        description="Write entries, results or amendments of one awarding organisation for UCAS, from the last run, and "
        "record what was sent. Only learners with an accepted link to an application; no grade before results go to UCAS; "
        "only what UCAS does not have.",
    )
    ucas.add_argument("--type", dest="kind", choices=("entries", "results", "amendments"), required=True)
    ucas.add_argument("--organisation", metavar="RN", required=True, help="recognition number of the sender")
    ucas.add_argument("--sender", metavar="CODE", required=True, help="its code at UCAS")
    ucas.add_argument("--receiver", metavar="CODE", required=True, help="UCAS's own code")
    ucas.add_argument("--exam-month", metavar="YYYY-MM", type=_month, required=True, help="month that the file is of")
    ucas.add_argument("--output", metavar="FILE", type=Path, required=True, help="new .txt file; holds personal data")
    ucas.add_argument(
        "--as-of",
        metavar="TIME",
        type=_moment,
        help="UK time for which it is made, yyyy-mm-ddThh:mm, or yyyy-mm-dd for the beginning of a day (default: now, if "
        "the publication is today's; else the beginning of its day)",
    )
    ucas.add_argument("--cycle", metavar="YEAR", type=int, help="the cycle that the publication must be of")
    ucas.add_argument(
        "--candidate-number",
        choices=("uln", "registration_number", "personal_id"),
        default="uln",
        help="what stands as the candidate number (default: %(default)s, as for T Levels)",
    )
    ucas.add_argument(
        "--codes",
        metavar="FILE",
        type=Path,
        help="CSV list: qualification number, subject code (default: the qualification number itself)",
    )
    centre = ucas.add_mutually_exclusive_group()
    centre.add_argument(
        "--centres",
        metavar="FILE",
        type=Path,
        help="CSV list: National Centre Number, what stands for it (default: the number itself)",
    )
    centre.add_argument("--centre", metavar="CODE", help="what stands for every centre")
    ucas.add_argument("--encoding", choices=_ENCODINGS, default="utf-8", help="of the file (default: %(default)s)")
    ucas.add_argument("--full", action="store_true", help="all again, in place of what was sent before")
    ucas.add_argument("--published", metavar="FILE", type=Path, help="the file that analysts open")
    ucas.set_defaults(action=_ucas_file, misunderstood=ucas.error)


def _moment(text: str) -> datetime:
    form = "%Y-%m-%dT%H:%M" if "T" in text else "%Y-%m-%d"
    try:
        return datetime.strptime(text, form)
    except ValueError:
        raise argparse.ArgumentTypeError(f"[{text}] is no time; give yyyy-mm-dd or yyyy-mm-ddThh:mm") from None


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise argparse.ArgumentTypeError(f"[{text}] is no month; give yyyy-mm") from None


def _list(path: Path | None) -> dict[str, str] | None:
    """A list of two columns under a header."""
    if path is None:
        return None
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [row for row in csv.reader(file, strict=True) if row]
    except (OSError, csv.Error, UnicodeDecodeError) as error:
        raise UserError(f"[{path}] cannot be read ({type(error).__name__}); give a UTF-8 CSV file") from None
    listed = {row[0].strip(): row[1].strip() for row in rows[1:] if len(row) == 2 and all(cell.strip() for cell in row)}
    if len(listed) != len(rows) - 1:
        raise UserError(f"[{path}] needs a header, two filled columns in each line, and each number once")
    return listed


def _ucas_file(arguments: argparse.Namespace, settings: Settings, console: Console) -> None:
    if arguments.full and arguments.kind == "amendments":
        arguments.misunderstood("amendments are never everything; give --type results --full")
    from pipelines.return_commands import open_register
    from pipelines.ucas_return import UcasFile, write_ucas_file

    asked = UcasFile(
        kind=arguments.kind,
        organisation=arguments.organisation,
        sender=arguments.sender,
        receiver=arguments.receiver,
        exam_month=arguments.exam_month,
        as_of=arguments.as_of,
        cycle=arguments.cycle,
        candidate_number=arguments.candidate_number,
        subject_codes=_list(arguments.codes),
        centre_codes=_list(arguments.centres),
        centre=arguments.centre,
        encoding=arguments.encoding,
        whole=arguments.full,
    )
    published = arguments.published or settings.published
    with open_register(settings) as register:
        write_ucas_file(settings, published, arguments.output, asked, register, now=datetime.now(UTC), console=console)
