"""The JSON Schema of specification files, so that editors complete keys and mark mistakes, and the page that lists keys.

Drawn from `schemas.specification_language`, like the strict reader; the file `schemas/specification.schema.json` is
written by `reconcile docs`, and a test holds it current. The reader decides: a schema cannot tell whether a source that
is cited is described.
"""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from schemas.specification_language import NAMED, SPECIFICATION
from schemas.yaml_shapes import Each, Entries, Form, Keyed, Named, OneOf, Scalar, Shape

_GROUND: dict[str, Any] = {
    "source": {"type": "string", "description": "The source, described under sources, that states the values here."},
    "stated": {"const": False, "description": "No source states the values here."},
    "note": {"type": "string", "description": "Words for readers."},
}
_TYPES: dict[type, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer", "minimum": 0},
    bool: {"type": "boolean"},
    date: {"type": "string", "format": "date"},
}


def json_schema() -> str:
    """The schema's text."""
    found = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Specification",
        **_schema(SPECIFICATION),
        "$defs": {name: _schema(form) for name, form in NAMED.items()},
    }
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


def _schema(form: Form) -> dict[str, Any]:  # noqa: PLR0911
    match form:
        case Named():
            return {"$ref": f"#/$defs/{form.name}"}
        case Scalar():
            return _scalar(form)
        case Entries():
            return {"type": "array", "minItems": 1, "items": _schema(form.of)}
        case OneOf():
            return {"anyOf": [_schema(one) for one in form.forms]}
        case Each():
            return {
                "type": "object",
                "minProperties": 1,
                "description": form.meaning,
                "additionalProperties": _schema(form.of),
            }
        case Keyed():
            return {
                "type": "object",
                "minProperties": 1,
                "description": form.meaning,
                "patternProperties": {"^[0-9]+$": _schema(form.of)},
                "additionalProperties": False,
            }
        case Shape():
            return _shape(form)


def _scalar(form: Scalar) -> dict[str, Any]:
    plain = dict(_TYPES[form.kind])
    if form.choices:
        plain["enum"] = list(form.choices)
    if form.pattern:
        plain["pattern"] = f"^({form.pattern})$"
    grounded = {
        "type": "object",
        "properties": {"value": plain, **_GROUND},
        "required": ["value"],
        "oneOf": [{"required": ["source"]}, {"required": ["stated"]}],
        "additionalProperties": False,
    }
    return {"anyOf": [plain, grounded]}


def _shape(form: Shape) -> dict[str, Any]:
    properties = {key.name: {"description": key.meaning, **_schema(key.form)} for key in form.keys}
    found: dict[str, Any] = {
        "type": "object",
        "description": form.meaning,
        "properties": properties | (_GROUND if form.grounded != "no" else {}),
        "required": [key.name for key in form.keys if key.required],
        "additionalProperties": False,
    }
    if form.grounded == "must":
        found["oneOf"] = [{"required": ["source"]}, {"required": ["stated"]}]
    return found


def keys_page() -> str:
    """The page `docs/specification-keys.md`: every key of a specification file, in words."""
    lines = [
        "# Keys of a specification file",
        "",
        "Generated from `schemas/specification_language.py` by `make docs`; change it there. What the keys are for, with",
        "examples, is in [specification-language.md](specification-language.md). A key in **bold** must be given.",
        "",
        "| key | form | meaning |",
        "|---|---|---|",
        *_keys(SPECIFICATION, ""),
        "",
        "`group` stands for a group as described under `combination.groups[]`; `look_up` for a table by the next grade.",
    ]
    return "\n".join(lines) + "\n"


def _keys(form: Form, path: str) -> Iterator[str]:
    """The rows of a form's keys, and of the keys within it."""
    match form:
        case Shape():
            for key in form.keys:
                here = f"{path}.{key.name}" if path else key.name
                name = f"**`{here}`**" if key.required else f"`{here}`"
                yield f"| {name} | {_in_words(key.form)} | {key.meaning} |"
                yield from _keys(key.form, here)
        case Entries():
            inner = NAMED[form.of.name] if isinstance(form.of, Named) and path == "combination.groups" else form.of
            yield from _keys(inner, f"{path}[]")
        case OneOf():
            for one in form.forms:
                if not isinstance(one, Named):
                    yield from _keys(one, path)
        case Each() | Keyed():
            yield from _keys(form.of, f"{path}.<{form.key if isinstance(form, Each) else 'size'}>")


def _in_words(form: Form) -> str:
    words: dict[type, str] = {str: "text", int: "whole number", bool: "true or false", date: "date"}
    match form:
        case Scalar():
            return ", ".join(f"`{choice}`" for choice in form.choices) or words[form.kind]
        case Entries():
            return f"list of {_in_words(form.of)}"
        case OneOf():
            return " or ".join(_in_words(one) for one in form.forms)
        case Named():
            return f"`{form.name}`"
        case Each() | Keyed():
            return f"mapping: {form.key if isinstance(form, Each) else 'size'} to {_in_words(form.of)}"
        case Shape():
            return "mapping"
