"""What a YAML file may hold, described as data: scalars, lists, mappings, and alternatives of these.

A description is read strictly by `schemas.specification_reader` and drawn as a JSON Schema by
`schemas.specification_schema`. What a certain file may hold belongs with that file
(`schemas.specification_language`).
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias


@dataclass(frozen=True, kw_only=True)
class Scalar:
    """One value. `choices`: the closed list it comes from; `pattern`: what the whole text matches, `hint` in words."""

    kind: type
    meaning: str = ""
    choices: tuple[str, ...] = ()
    pattern: str | None = None
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class Entries:
    """A list with at least one entry."""

    of: "Form"


@dataclass(frozen=True, kw_only=True)
class Each:
    """A mapping from texts of the file's own (grades, sources) to one form each."""

    key: str
    of: "Form"
    meaning: str


@dataclass(frozen=True, kw_only=True)
class Keyed:
    """A mapping from whole numbers to one form each."""

    of: "Form"
    meaning: str


@dataclass(frozen=True, kw_only=True)
class OneOf:
    """A scalar or a mapping, told apart by what stands there."""

    forms: tuple["Form", ...]


@dataclass(frozen=True, kw_only=True)
class Named:
    """A form that is described elsewhere under this name, as it stands within itself."""

    name: str


@dataclass(frozen=True, kw_only=True)
class Key:
    """A key of a mapping."""

    name: str
    form: "Form"
    meaning: str
    required: bool


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A mapping with known keys.

    Attributes:
        meaning: what it is.
        keys: its keys.
        grounded: whether it says what its values rest on (`source: name` or `stated: false`, and a `note`): it must,
            it may (else they rest on what its surroundings say), or it does not.
    """

    meaning: str
    keys: tuple[Key, ...]
    grounded: Literal["must", "may", "no"] = "no"


Form: TypeAlias = Scalar | Entries | Each | Keyed | OneOf | Named | Shape


def text(meaning: str = "", *, choices: tuple[str, ...] = (), pattern: str | None = None, hint: str = "") -> Scalar:
    """A text."""
    return Scalar(kind=str, meaning=meaning, choices=choices, pattern=pattern, hint=hint)


def whole() -> Scalar:
    """A whole number, 0 or more."""
    return Scalar(kind=int)


def truth() -> Scalar:
    """true or false."""
    return Scalar(kind=bool)


def day() -> Scalar:
    """A date."""
    return Scalar(kind=date)
