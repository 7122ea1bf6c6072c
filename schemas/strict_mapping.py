"""Reading a mapping strictly: every key is taken by name, and what is left over fails.

Headers of SQL files are read this way. What a key means belongs with the thing it describes (`schemas.flag_header`),
how the YAML is read in `schemas.strict_yaml`.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import TypeVar

Expected = TypeVar("Expected")

_NAME = re.compile(r"[a-z][a-z0-9_]*")


class HeaderError(ValueError):
    """A header does not say what it must. The message names the header and the key."""


class Keys:
    """A mapping whose keys are taken out one by one.

    Args:
        name: what the header belongs to, for messages.
        values: the mapping; it is not changed.
    """

    def __init__(self, name: str, values: Mapping[object, object]) -> None:
        self.name = name
        self._left = dict(values)

    def error(self, key: str, problem: str) -> HeaderError:
        """The error to raise about a key; `problem` says what is wrong and what to do."""
        return HeaderError(f"header of [{self.name}]: [{key}] {problem}")

    def take(self, key: str, kind: type[Expected]) -> Expected:
        """The value of a key that must be there, of that kind, and not blank."""
        if key not in self._left:
            raise HeaderError(f"header of [{self.name}] lacks the key [{key}]; add it")
        value = self._left.pop(key)
        misread = isinstance(value, bool) or (kind is date and isinstance(value, datetime))
        if misread or not isinstance(value, kind):
            raise self.error(key, f"holds [{value}], which is no {kind.__name__}; correct it")
        if isinstance(value, str) and not value.strip():
            raise self.error(key, "is blank; fill it in")
        return value

    def take_or_none(self, key: str, kind: type[Expected]) -> Expected | None:
        """The value of a key that must be there and may be null."""
        if key in self._left and self._left[key] is None:
            del self._left[key]
            return None
        return self.take(key, kind)

    def inner(self, key: str) -> "Keys":
        """A mapping within the mapping, to be read in the same way."""
        values: dict[object, object] = self.take(key, dict)
        return Keys(f"{self.name}, {key}", values)

    def names(self, key: str) -> tuple[str, ...]:
        """A comma-separated list of names of columns, each once."""
        found = tuple(word.strip() for word in self.take(key, str).split(","))
        for word in found:
            if not _NAME.fullmatch(word):
                raise self.error(key, f"holds [{word}], which is no name; names are lower case, parted by commas")
            if found.count(word) > 1:
                raise self.error(key, f"holds [{word}] twice; drop one")
        return found

    def one_of(self, key: str, allowed: tuple[str, ...]) -> str:
        """A word of a closed list."""
        value = self.take(key, str)
        if value not in allowed:
            raise self.error(key, f"is [{value}]; it must be one of {', '.join(allowed)}")
        return value

    def named_words(self, key: str) -> dict[str, str]:
        """A mapping of names to words; `{}` where there are none."""
        found: dict[object, object] = self.take(key, dict)
        for name, words in found.items():
            if not isinstance(name, str) or not _NAME.fullmatch(name) or not isinstance(words, str) or not words:
                raise self.error(key, f"holds [{name}], which is no name with words; write name: words")
        return {str(name): str(words) for name, words in found.items()}

    def share(self, key: str) -> float:
        """A share between 0.0 and 1.0."""
        value = self.take(key, float)
        if not 0 <= value <= 1:
            raise self.error(key, f"is [{value}]; a share lies between 0.0 and 1.0")
        return value

    def finish(self) -> None:
        """Fails if anything was not taken."""
        if self._left:
            left = ", ".join(sorted(str(key) for key in self._left))
            raise HeaderError(f"header of [{self.name}] has unknown keys [{left}]; remove or correct them")
