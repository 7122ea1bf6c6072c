"""The specifications that are held: reading their files, and keeping a refused one from stopping a run.

What a file may say belongs in `schemas.specification_text`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from assets.reconciled.achievability.proof import prove_by_solving
from schemas.specification import Specification, SpecificationError
from schemas.specification_text import parse_specification
from schemas.strict_yaml import mapping_of

_NUMBER = re.compile(r"\d{7}[\dX]")


@dataclass(frozen=True, kw_only=True)
class RefusedSpecification:
    """A file that could not be used.

    Attributes:
        file: its name.
        message: why, and what to do.
        qualification_numbers: those it names, as far as it could be read: their registrations cannot be assessed.
        registered_from, registered_to: its registration dates, as far as they could be read.
    """

    file: str
    message: str
    qualification_numbers: tuple[str, ...]
    registered_from: date | None
    registered_to: date | None


@dataclass(frozen=True, kw_only=True)
class HeldSpecifications:
    """The specifications of a folder, in the order of their file names, and the refused files."""

    specifications: tuple[Specification, ...]
    refused: tuple[RefusedSpecification, ...]


def load_specification(path: Traversable) -> Specification:
    """The specification of one file, proved.

    Args:
        path: a file named `<specification>.<version>.yaml`; any `pathlib.Path` will do.

    Raises:
        SpecificationError: the file is refused; the message names the file, the line, the key and what to do.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise SpecificationError(path.name, "", "is no UTF-8 text; save it as UTF-8") from error
    return _proved(path.name, text)


@lru_cache(maxsize=256)
def _proved(file: str, text: str) -> Specification:
    found = parse_specification(file, text)
    for one in found.by_cohort():
        prove_by_solving(one)
    return found


def load_specifications(folder: Traversable | None = None) -> HeldSpecifications:
    """Every specification of a folder, by default the shipped ones; a refused file is set aside, never raised.

    A file whose look-up has several cohorts gives one specification each.
    """
    place = folder if folder is not None else files("schemas") / "specifications"
    found: list[Specification] = []
    refused: list[RefusedSpecification] = []
    for path in sorted(place.iterdir(), key=lambda entry: entry.name):
        if path.name.endswith(".yaml"):
            try:
                found.extend(load_specification(path).by_cohort())
            except SpecificationError as error:
                refused.append(_refused(path, error))
    return HeldSpecifications(specifications=tuple(found), refused=tuple(refused))


def _refused(path: Traversable, error: SpecificationError) -> RefusedSpecification:
    """What can still be read of a refused file: which registrations it would have decided."""
    try:
        values = mapping_of(path.read_bytes().decode("utf-8", errors="replace"))
    except ValueError:
        values = {}
    registered = values.get("registered")
    dates = registered if isinstance(registered, dict) else {}
    return RefusedSpecification(
        file=path.name,
        message=str(error),
        qualification_numbers=_numbers(values.get("qualification")),
        registered_from=_date(dates.get("from")),
        registered_to=_date(dates.get("to")),
    )


def _numbers(qualification: object) -> tuple[str, ...]:
    named = qualification.get("qualification_numbers") if isinstance(qualification, dict) else None
    entries: Iterable[object] = named if isinstance(named, list) else ()
    return tuple(entry for entry in entries if isinstance(entry, str) and _NUMBER.fullmatch(entry))


def _date(value: object) -> date | None:
    plain = value.get("value") if isinstance(value, dict) else value
    return plain if isinstance(plain, date) else None
