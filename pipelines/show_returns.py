"""`reconcile returns`: which returns were made, whether a file is one of them, and which rows rest on a flag.

Only what the register holds is printed, and that is nothing personal: kinds, numbers of recipients, times, counts, digests.
"""

import hashlib
from pathlib import Path

from rich.console import Console

from pipelines.returns import Register, Return
from pipelines.settings import LONDON, UserError

#: So many digits of a file's SHA-256 are shown in a list.
_DIGITS = 12


def show_returns(register: Register, recipient: str | None, most: int | None, console: Console) -> None:
    """List returns, the newest first.

    Args:
        register: the register.
        recipient: whose, if one is named.
        most: so many of them; None: all.
        console: takes the list.
    """
    found = register.returns(recipient=recipient, most=most)
    if not found:
        _say(console, f"no return was made{f' for [{recipient}]' if recipient else ''}")
    for made in found:
        _say(console, _line(made))
        for name, sha256 in made.files.items():
            _say(console, f"      {sha256[:_DIGITS]}  {name}")


def verify_file(register: Register, path: Path, console: Console) -> None:
    """Say which return a file is.

    Raises:
        UserError: it cannot be read, or is none that was recorded.
    """
    try:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UserError(f"[{path}] cannot be read ({error.strerror}); name another file") from None
    found = register.of_file(sha256)
    if not found:
        raise UserError(
            f"[{path}] is no return that was recorded here: it was changed since, made elsewhere, or left by a command that "
            "was stopped before the end; do not send it, make it again"
        )
    for name, made in found:
        _say(console, f"{name} is a file of this return, byte for byte:")
        _say(console, _line(made))
        _say(console, f"      {sha256}")


def rows_of_flag(register: Register, flag_id: str, console: Console) -> None:
    """List the rows of returns that rest on a flag, the oldest first."""
    found = register.of_flag(flag_id)
    if not found:
        _say(console, f"no row of a return rests on flag [{flag_id}]")
    for made, number, change in found:
        _say(console, f"{_line(made)}: row {number:,}, {change}")


def _line(made: Return) -> str:
    asked, rests_on = made.asked, made.rests_on
    in_name = f" in the name of {asked.sender}" if asked.sender else ""
    when = f"{made.made_at.astimezone(LONDON):%Y-%m-%d %H:%M}"
    rows = f"{made.row_count:,} rows{', whole' if made.whole else ''}"
    return (
        f"{made.return_id:>5}  {when}  {asked.kind} for {asked.recipient}{in_name}, {rows}, as of {rests_on.as_of}, "
        f"publication {rests_on.publication_id[:_DIGITS]}"
    )


def _say(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)
