"""Reading a specification's YAML strictly, as `schemas.yaml_shapes` describe it: what is not described fails.

A value is written plainly (it rests on what its surroundings cite), or as a mapping: `{value: 3, source: other}` where
another source states it, `{value: 3, stated: false}` where none does; `note` may add words. Which keys there are is in
`schemas.specification_language`, what they become in `schemas.specification_text`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from schemas.specification import SpecificationError
from schemas.strict_yaml import Located
from schemas.yaml_shapes import Each, Entries, Form, Keyed, Named, OneOf, Scalar, Shape

_WORDS: dict[type, str] = {
    str: "text (put numbers in quotes)",
    int: "a whole number, 0 or more",
    bool: "true or false",
    date: "a date (yyyy-mm-dd, without quotes)",
}
_GROUND = ("source", "stated", "note")


@dataclass
class Reader:
    """Reads one file.

    Attributes:
        file: its name, for messages.
        named: forms that stand within themselves.
        cited: the sources cited so far, with the path of the first citation.
        not_stated: the paths of values that no source states.
        lines: the line of each path read.
    """

    file: str
    named: Mapping[str, Form]
    cited: dict[str, str] = field(default_factory=dict)
    not_stated: list[str] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)

    def read(self, form: Form, at: Located, path: str) -> Any:
        """What stands there: scalars as they are, lists as tuples, mappings as dicts of the keys that were given."""
        self.lines[path] = at.line
        match form:
            case Named():
                return self.read(self.named[form.name], at, path)
            case OneOf():
                return self.read(self._fitting(form, at), at, path)
            case Scalar():
                return self._scalar(form, at, path)
            case Entries():
                return self._entries(form, at, path)
            case Shape():
                return self._shape(form, at, path)
            case Each() | Keyed():
                return self._table(form, at, path)

    def error(self, at: Located, path: str, problem: str) -> SpecificationError:
        """The error to raise about what stands there."""
        return SpecificationError(self.file, path, problem, at.line)

    def _fitting(self, form: OneOf, at: Located) -> Form:
        """The form of the kind that stands there: a mapping, unless it only gives a scalar its source."""
        plain = not isinstance(at.value, dict) or "value" in at.value
        for one in form.forms:
            if isinstance(one, Scalar) == plain:
                return one
        return form.forms[0]

    def _scalar(self, form: Scalar, at: Located, path: str) -> Any:
        if isinstance(at.value, dict):
            inner = dict(at.value)
            if "value" not in inner:
                raise self.error(
                    at, path, f"is a mapping; write {_WORDS[form.kind]}, or value: with source: or stated:"
                )
            value = inner.pop("value")
            self._ground(inner, at, path, must=True)
            self._finish(inner, path)
            return self._scalar(form, Located(value.value, value.line), path)
        value = at.value
        misread = isinstance(value, bool) is not (form.kind is bool) or isinstance(value, datetime)
        if misread or not isinstance(value, form.kind) or (isinstance(value, int) and value < 0):
            raise self.error(at, path, f"is [{value}]; write {_WORDS[form.kind]}")
        if isinstance(value, str):
            self._check_text(form, value, at, path)
        return value

    def _check_text(self, form: Scalar, value: str, at: Located, path: str) -> None:
        if not value.strip() or value != value.strip():
            raise self.error(at, path, f"is [{value}]; write text without blanks around it")
        if form.choices and value not in form.choices:
            raise self.error(at, path, f"is [{value}]; it must be one of {', '.join(form.choices)}")
        if form.pattern and not re.fullmatch(form.pattern, value):
            raise self.error(at, path, f"holds [{value}]; write {form.hint or form.pattern}")

    def _entries(self, form: Entries, at: Located, path: str) -> tuple[Any, ...]:
        if not isinstance(at.value, list) or not at.value:
            found = "a mapping" if isinstance(at.value, dict) else at.value
            raise self.error(at, path, f"is [{found}]; write a list with at least one entry")
        return tuple(self.read(form.of, one, f"{path}[{place}]") for place, one in enumerate(at.value))

    def _shape(self, form: Shape, at: Located, path: str) -> dict[str, Any]:
        left = self._mapping(at, path)
        if form.grounded != "no":
            self._ground(left, at, path, must=form.grounded == "must")
        found: dict[str, Any] = {}
        for key in form.keys:
            here = f"{path}.{key.name}" if path else key.name
            if key.name in left:
                found[key.name] = self.read(key.form, left.pop(key.name), here)
            elif key.required:
                raise self.error(at, here, "is missing; add it")
        self._finish(left, path)
        return found

    def _table(self, form: Each | Keyed, at: Located, path: str) -> dict[Any, Any]:
        entries = self._mapping(at, path)
        if not entries:
            raise self.error(at, path, "is empty; write at least one key: value")
        wanted = str if isinstance(form, Each) else int
        found = {}
        for key, one in entries.items():
            if not isinstance(key, wanted) or isinstance(key, bool):
                raise self.error(one, f"{path}.{key}", f"is no key; write {_WORDS[wanted]}")
            found[key] = self.read(form.of, one, f"{path}.{key}")
        return found

    def _mapping(self, at: Located, path: str) -> dict[Any, Located]:
        if not isinstance(at.value, dict):
            found = "a list" if isinstance(at.value, list) else at.value
            raise self.error(at, path, f"is [{found}], which is no mapping; write key: value")
        return dict(at.value)

    def _ground(self, left: dict[Any, Located], at: Located, path: str, *, must: bool) -> None:
        """Takes `source`, or `stated: false`, and `note` out of a mapping."""
        ground = {key: left.pop(key) for key in _GROUND if key in left}
        if "note" in ground:
            self._scalar(Scalar(kind=str), ground["note"], f"{path}.note")
        if ("source" in ground and "stated" in ground) or (must and not {"source", "stated"} & set(ground)):
            raise self.error(at, f"{path}.source", "or stated: give one of them, source: <name> or stated: false")
        if "source" in ground:
            name = self._scalar(Scalar(kind=str), ground["source"], f"{path}.source")
            self.lines[f"{path}.source"] = ground["source"].line
            self.cited.setdefault(name, f"{path}.source")
        elif "stated" in ground:
            if self._scalar(Scalar(kind=bool), ground["stated"], f"{path}.stated"):
                raise self.error(
                    ground["stated"], f"{path}.stated", "is [true]; name the source that states it instead"
                )
            self.not_stated.append(path)

    def _finish(self, left: dict[Any, Located], path: str) -> None:
        if left:
            paths = ", ".join(f"{path}.{key}" if path else str(key) for key in left)
            first = next(iter(left.values()))
            names = ", ".join(str(key) for key in left)
            raise self.error(first, paths, f"is no key that is known; drop [{names}]")
