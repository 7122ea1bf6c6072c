"""Under which headings columns are found, and how codes are written out: what a draft of a mapping is proposed from.

The list is `schemas/code_lists/column_names.yaml`, read strictly. No delivery is read by it: what a source's own
headings mean is said by its mapping (`assets.landed.mapping`). Drafting is `pipelines.mapping_draft`'s business.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from schemas.fields import FIELDS
from schemas.strict_mapping import HeaderError, Keys
from schemas.strict_yaml import mapping_of

FILE = "column_names.yaml"


@dataclass(frozen=True, kw_only=True)
class ColumnNames:
    """The list.

    Attributes:
        headings: of each column the headings under which it is found, the column's own name first, bare.
        full_names: bare headings of a cell that holds surname and forename.
        values: of columns of codes, the code that a text usually means, by the text in small letters.
        empty: what stands where nothing is held.
        footers: how rows below the last record begin.
    """

    headings: Mapping[str, tuple[str, ...]]
    full_names: frozenset[str]
    values: Mapping[str, Mapping[str, str]]
    empty: tuple[str, ...]
    footers: tuple[str, ...]


def bare(heading: str) -> str:
    """A heading without what does not count when one is looked for: upper and lower case, spaces and signs."""
    return "".join(character for character in heading.casefold() if character.isalnum())


def column_names(text: str) -> ColumnNames:
    """The list from its file's text.

    Raises:
        ValueError: the text is no YAML, or a key is unknown, missing, misread or given twice.
    """
    try:
        keys = Keys(FILE, mapping_of(text))
    except ValueError as error:
        raise HeaderError(f"[{FILE}]: {error}") from error
    sources = _texts(keys, "sources")
    headings = {name: _headings(name, of_column, sources) for name, of_column in _inner(keys, "columns").items()}
    values = {name: _codes(name, codes) for name, codes in _inner(keys, "values").items()}
    names = ColumnNames(
        headings=headings,
        full_names=frozenset(bare(heading) for heading in _list(keys, "full_names")),
        values=values,
        empty=tuple(_list(keys, "empty")),
        footers=tuple(_list(keys, "footers")),
    )
    keys.finish()
    return names


def _inner(keys: Keys, key: str) -> dict[str, dict[object, object]]:
    found: dict[object, object] = keys.take(key, dict)
    for name, value in found.items():
        if name not in FIELDS or not isinstance(value, dict):
            raise keys.error(key, f"holds [{name}], which is no column with a mapping; correct it")
    return {str(name): value for name, value in found.items() if isinstance(value, dict)}


def _headings(name: str, of_column: Mapping[object, object], sources: Mapping[str, str]) -> tuple[str, ...]:
    keys = Keys(f"{FILE}, {name}", {"seen": {}, "plain": [], **of_column})
    seen = _texts(keys, "seen")
    if strange := sorted(set(seen.values()) - set(sources)):
        raise keys.error("seen", f"names [{', '.join(strange)}], which is none of the sources; add it there")
    found = (name, *seen, *_list(keys, "plain"))
    keys.finish()
    return tuple(dict.fromkeys(bare(heading) for heading in found))


def _codes(name: str, codes: Mapping[object, object]) -> dict[str, str]:
    return {text.lower(): code for text, code in _texts(Keys(FILE, {name: codes}), name).items()}


def _texts(keys: Keys, key: str) -> dict[str, str]:
    found: dict[object, object] = keys.take(key, dict)
    for name, value in found.items():
        if not isinstance(name, str) or not isinstance(value, str):
            raise keys.error(key, f"holds [{name}], which is no text for a text; put it in quotes")
    return {str(name): str(value) for name, value in found.items()}


def _list(keys: Keys, key: str) -> list[str]:
    found: list[object] = keys.take(key, list)
    if not all(isinstance(text, str) for text in found):
        raise keys.error(key, "holds what is no text; put it in quotes")
    return [str(text) for text in found]
