"""`reconcile check-specification`: whether a specification file holds, before any learner is judged by it.

What a file must prove is in `schemas.specification_proof` and `assets.reconciled.achievability.proof`.
"""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from assets.reconciled.achievability.held import load_specification
from pipelines.settings import UserError
from schemas.specification import MEASURE_WORDS, Specification, SpecificationError


def check_specifications(files: Sequence[Path], console: Console) -> None:
    """Print for each file that it is sound and what it holds, or what is wrong and where.

    Raises:
        UserError: at least one file is refused, or cannot be read.
    """
    refused = 0
    for file in files:
        try:
            found = load_specification(file)
        except SpecificationError as error:
            refused += 1
            _line(console, f"refused: {error}")
        except OSError as error:
            raise UserError(f"[{file}] cannot be read ({error.strerror}); name a specification file") from None
        else:
            _line(console, f"sound: {_summary(found)}")
    if refused:
        raise UserError(
            f"[{refused}] of [{len(files)}] specifications are refused; the messages above say where and why"
        )


def _line(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def _summary(found: Specification) -> str:
    ways = f", {len(found.pathways)} pathways" if found.pathways else ""
    gates = f", {len(found.gates)} gates" if found.gates else ""
    until = f" to {found.registered_to}" if found.registered_to else ""
    words = (
        f"{found.file}: {found.title}, {found.size} {MEASURE_WORDS[found.measure]}, {len(found.units)} units{ways}{gates}, "
        f"grades {' '.join(found.grading.grades)}, registrations from {found.registered_from}{until}"
    )
    if found.worked_example:
        words += f". A worked example: no source states {len(found.not_stated)} of its values"
    return words
