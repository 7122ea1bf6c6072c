"""Taking a specification's values out of its YAML one by one, with the path of each and what it rests on.

A value is written plainly (the source that its group cites states it), or as a mapping: `{value: 3, source: other}`
where another source states it, `{value: 3, stated: false}` where none does. What is left over fails. Which keys there
are belongs in `schemas.specification_text`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar, overload

from schemas.specification import SpecificationError

Expected = TypeVar("Expected", str, int, bool, date)

_WORDS: dict[type, str] = {
    str: "text (put numbers in quotes)",
    int: "a whole number",
    bool: "true or false",
    date: "a date (yyyy-mm-dd, without quotes)",
    list: "a list",
    dict: "a mapping",
}


@dataclass
class Ground:
    """What the values read so far rest on: the sources they cite, and the paths of those that no source states."""

    cited: dict[str, str] = field(default_factory=dict)
    not_stated: list[str] = field(default_factory=list)


class Reader:
    """A mapping of the file, whose keys are taken out one by one.

    Args:
        file: name of the file, for messages.
        path: where the mapping stands in the file; empty at the top.
        values: the mapping.
        ground: shared by all readers of the file.
    """

    def __init__(self, file: str, path: str, values: object, ground: Ground) -> None:
        self._file = file
        self._path = path
        self._ground = ground
        if not isinstance(values, dict):
            raise SpecificationError(file, path, f"is [{values}], which is no mapping; write key: value")
        self._left = dict(values)

    def at(self, key: object) -> str:
        """The full path of a key."""
        return f"{self._path}.{key}" if self._path else str(key)

    def error(self, key: object, problem: str) -> SpecificationError:
        """The error to raise about a key of this mapping."""
        return SpecificationError(self._file, self.at(key), problem)

    def has(self, key: str) -> bool:
        return key in self._left

    @property
    def keys(self) -> list[object]:
        """The keys not yet taken, in the order of the file."""
        return list(self._left)

    @overload
    def take(self, key: object, kind: type[Expected]) -> Expected: ...

    @overload
    def take(self, key: object, kind: type[Expected], absent: Expected) -> Expected: ...

    def take(self, key: object, kind: type[Expected], absent: Expected | None = None) -> Expected:
        """A value of that kind; `absent` where the key is missing, if it may be."""
        if key not in self._left and absent is not None:
            return absent
        value = self._pop(key)
        if isinstance(value, dict):
            value = self._with_its_own_ground(key, value)
        return self._checked(key, value, kind)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, of which there is at least one."""
        values = self._pop(key)
        if not isinstance(values, list) or not values:
            raise self.error(key, f"is [{values}]; write a list with at least one entry")
        return tuple(self._checked(f"{key}[{place}]", value, str) for place, value in enumerate(values))

    def inner(self, key: object) -> "Reader":
        """A mapping within the mapping, resting on the same source."""
        return Reader(self._file, self.at(key), self._pop(key), self._ground)

    def group(self, key: str) -> "Reader":
        """A mapping that says what its values rest on: `source: name`, or `stated: false`; `note` may add words."""
        found = self.inner(key)
        found._note_ground(found._path)
        return found

    def each(self, key: str) -> Iterator["Reader"]:
        """The mappings of a list; one that says `stated: false` rests on no source."""
        values = self._pop(key)
        if not isinstance(values, list) or not values:
            raise self.error(key, f"is [{values}]; write a list with at least one entry")
        for place, value in enumerate(values):
            found = Reader(self._file, f"{self.at(key)}[{place}]", value, self._ground)
            if found.has("source") or found.has("stated"):
                found._note_ground(found._path)
            yield found

    def finish(self) -> None:
        """Fails if anything was not taken."""
        if self._left:
            left = ", ".join(str(key) for key in self._left)
            raise SpecificationError(
                self._file, ", ".join(self.at(key) for key in self._left), f"is no key that is known; drop [{left}]"
            )

    def _pop(self, key: object) -> object:
        if key not in self._left:
            raise self.error(key, "is missing; add it")
        return self._left.pop(key)

    def _checked(self, key: object, value: object, kind: type[Expected]) -> Expected:
        misread = isinstance(value, bool) is not (kind is bool) or isinstance(value, datetime)
        if misread or not isinstance(value, kind):
            raise self.error(key, f"is [{value}]; write {_WORDS[kind]}")
        if isinstance(value, str) and (not value.strip() or value != value.strip()):
            raise self.error(key, f"is [{value}]; write text without blanks around it")
        return value

    def _with_its_own_ground(self, key: object, values: dict[object, object]) -> object:
        own = Reader(self._file, self.at(key), values, self._ground)
        value = own._pop("value")
        own._note_ground(self.at(key))
        own.finish()
        return value

    def _note_ground(self, path: str) -> None:
        """Take `source`, or `stated: false`, and `note` out of this mapping."""
        if self.has("note"):
            self.take("note", str)
        if self.has("source") == self.has("stated"):
            raise self.error("source", "or stated: give one of them, source: <name> or stated: false")
        if self.has("source"):
            self._ground.cited.setdefault(self._checked("source", self._pop("source"), str), self.at("source"))
        elif self._checked("stated", self._pop("stated"), bool):
            raise self.error("stated", "is [true]; name the source that states it instead")
        else:
            self._ground.not_stated.append(path)
