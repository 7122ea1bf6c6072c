"""The specifications that are held: reading their files, and keeping a refused one from stopping a run.

What a file may say belongs in `schemas.specification_text`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable

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
        SpecificationError: the file is refused; the message names the file, the key, the value and what to do.
    """
    return parse_specification(path.name, path.read_text(encoding="utf-8"))


def load_specifications(folder: Traversable | None = None) -> HeldSpecifications:
    """Every specification of a folder, by default the shipped ones; a refused file is set aside, never raised."""
    place = folder if folder is not None else files("schemas") / "specifications"
    found: list[Specification] = []
    refused: list[RefusedSpecification] = []
    for path in sorted(place.iterdir(), key=lambda entry: entry.name):
        if path.name.endswith(".yaml"):
            try:
                found.append(load_specification(path))
            except (SpecificationError, UnicodeDecodeError) as error:
                refused.append(_refused(path, error))
    return HeldSpecifications(specifications=tuple(found), refused=tuple(refused))


def set_aside(specification: Specification, error: SpecificationError) -> RefusedSpecification:
    """A specification that reads well and that an engine refuses."""
    return RefusedSpecification(
        file=specification.file,
        message=str(error),
        qualification_numbers=specification.qualification_numbers,
        registered_from=specification.registered_from,
        registered_to=specification.registered_to,
    )


def _refused(path: Traversable, error: SpecificationError | UnicodeDecodeError) -> RefusedSpecification:
    """What can still be read of a refused file: which registrations it would have decided."""
    unreadable = isinstance(error, UnicodeDecodeError)
    message = f"specification [{path.name}]: it is no UTF-8 text; save it as UTF-8" if unreadable else str(error)
    try:
        values = mapping_of(path.read_bytes().decode("utf-8", errors="replace"))
    except ValueError:
        values = {}
    registered = values.get("registered")
    dates = registered if isinstance(registered, dict) else {}
    return RefusedSpecification(
        file=path.name,
        message=message,
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
