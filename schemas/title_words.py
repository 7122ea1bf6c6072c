"""What the words of a qualification's title mean: spellings, levels, sizes, organisations, brands, and mere suggestions.

The lists are YAML files in `schemas/code_lists/`, read strictly, each group with the reason why it is safe. What is safe
(`TitleWords.spellings` and the parts) is kept apart from what is only likely (`TitleWords.suggestions`). How a title is
read with them belongs in `assets.linked.titles`; opening the files does too.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from schemas.strict_mapping import HeaderError, Keys
from schemas.strict_yaml import mapping_of

#: The files, each read by the function of its name.
SPELLINGS, PARTS = "title_spellings.yaml", "title_parts.yaml"
ORGANISATIONS, SUGGESTIONS = "title_organisations.yaml", "title_suggestions.yaml"
FILES = (SPELLINGS, PARTS, ORGANISATIONS, SUGGESTIONS)

#: Some words, as `assets.linked.titles` parts a title into them.
Phrase = tuple[str, ...]

_PHRASE = re.compile(r"[a-z0-9]+( [a-z0-9]+)*")
_ORGANISATION = re.compile(r"RN[0-9]{4}")


@dataclass(frozen=True, kw_only=True)
class TitleWords:
    """The lists.

    Attributes:
        spellings: a way of writing, and what it stands for with certainty.
        levels: words that give the level, as the register codes it (`E`, `1`, `1/2`, `2` and so on), or an entry level's
            step (`E1`, `E2`, `E3`).
        implied_levels: names that are given at one level only.
        sizes: names of sizes.
        organisations: words that name an organisation, and the recognition numbers that they may mean.
        brands_of: brands, and the recognition number of the one organisation that each belongs to.
        joining: words that say nothing of their own.
        framework: names of the framework of all qualifications, which say nothing of one.
        begins_subject: joining words after which the register's own titles give the subject.
        brands: words that a title may leave out where they stand before the subject.
        cut_at: widths in characters at which titles are cut on their way.
        suggestions: words and what they may mean; these never resolve a title.
    """

    spellings: Mapping[Phrase, Phrase]
    levels: Mapping[Phrase, str]
    implied_levels: Mapping[Phrase, str]
    sizes: frozenset[Phrase]
    organisations: Mapping[Phrase, frozenset[str]]
    brands_of: Mapping[Phrase, str]
    joining: frozenset[str]
    framework: frozenset[str]
    begins_subject: frozenset[str]
    brands: frozenset[str]
    cut_at: tuple[int, ...]
    suggestions: Mapping[Phrase, tuple[Phrase, ...]]


def title_words(texts: Mapping[str, str]) -> TitleWords:
    """The lists from the texts of their files.

    Args:
        texts: YAML by file name, one for each of `FILES`.

    Raises:
        ValueError: a file is no YAML, or a key or phrase in it is unknown, missing, misread or given twice; the message
            names the file and the key.
    """
    parts = _keys(PARTS, texts)
    organisations = _keys(ORGANISATIONS, texts)
    words = TitleWords(
        spellings=_spellings(_keys(SPELLINGS, texts)),
        levels=_coded(parts.inner("levels")),
        implied_levels=_coded(parts.inner("implied_levels")),
        sizes=frozenset(_phrases(parts.inner("sizes"))),
        brands_of=_brands_of(organisations),
        organisations=_organisations(organisations),
        joining=_single_words(parts.inner("joining")),
        framework=_single_words(parts.inner("framework")),
        begins_subject=_single_words(parts.inner("begins_subject")),
        brands=_single_words(parts.inner("brands")),
        cut_at=_widths(parts.inner("cut_at")),
        suggestions=_suggestions(_keys(SUGGESTIONS, texts)),
    )
    parts.finish()
    return words


def _keys(file: str, texts: Mapping[str, str]) -> Keys:
    try:
        return Keys(file, mapping_of(texts[file]))
    except ValueError as error:
        raise HeaderError(f"[{file}]: {error}") from error


def _phrase(keys: Keys, key: str, text: object) -> Phrase:
    """Words in lower case, as titles are parted: YAML reads `on` and `no` as something else, which fails here."""
    if not isinstance(text, str) or not _PHRASE.fullmatch(text):
        raise keys.error(key, f"holds [{text}]; write words in lower case without signs, and on and no in quotes")
    return tuple(text.split())


def _groups(keys: Keys, key: str) -> list[tuple[Phrase, Phrase]]:
    """What is written and what it means, of every group; each group says why."""
    pairs = []
    groups: list[object] = keys.take(key, list)
    for number, group in enumerate(groups, start=1):
        if not isinstance(group, dict):
            raise keys.error(key, f"has a group [{number}] that is no mapping; write why and written")
        inner = Keys(f"{keys.name}, group {number}", group)
        inner.take("why", str)
        written: dict[object, object] = inner.take("written", dict)
        pairs += [(_phrase(inner, "written", one), _phrase(inner, "written", other)) for one, other in written.items()]
        inner.finish()
    keys.finish()
    return pairs


def _spellings(keys: Keys) -> dict[Phrase, Phrase]:
    found: dict[Phrase, Phrase] = {}
    for written, meant in _groups(keys, "spellings"):
        if written in found or written == meant:
            raise keys.error("spellings", f"gives [{' '.join(written)}] twice or as itself; drop one")
        found[written] = meant
    return found


def _suggestions(keys: Keys) -> dict[Phrase, tuple[Phrase, ...]]:
    """A phrase may suggest several others, each in a group of its own."""
    found: dict[Phrase, tuple[Phrase, ...]] = {}
    for written, meant in _groups(keys, "suggestions"):
        found[written] = (*found.get(written, ()), meant)
    return found


def _coded(keys: Keys) -> dict[Phrase, str]:
    keys.take("why", str)
    written: dict[object, object] = keys.take("written", dict)
    keys.finish()
    if wrong := [code for code in written.values() if not isinstance(code, str)]:
        raise keys.error("written", f"holds the level [{wrong[0]}], which is no text; put it in quotes")
    return {_phrase(keys, "written", words): str(code) for words, code in written.items()}


def _phrases(keys: Keys) -> list[Phrase]:
    keys.take("why", str)
    written: list[object] = keys.take("written", list)
    keys.finish()
    return [_phrase(keys, "written", words) for words in written]


def _single_words(keys: Keys) -> frozenset[str]:
    phrases = _phrases(keys)
    if several := [phrase for phrase in phrases if len(phrase) > 1]:
        raise keys.error("written", f"holds [{' '.join(several[0])}], which is several words; write one")
    return frozenset(word for (word,) in phrases)


def _widths(keys: Keys) -> tuple[int, ...]:
    keys.take("why", str)
    written: list[object] = keys.take("written", list)
    keys.finish()
    if wrong := [width for width in written if not isinstance(width, int) or width < 1]:
        raise keys.error("written", f"holds [{wrong[0]}], which is no width in characters")
    return tuple(width for width in written if isinstance(width, int))


def _brands_of(keys: Keys) -> dict[Phrase, str]:
    listed: dict[object, object] = keys.take("brands", dict)
    if wrong := [number for number in listed.values() if not _is_organisation(number)]:
        raise keys.error("brands", f"holds [{wrong[0]}], which is no recognition number")
    return {_phrase(keys, "brands", brand): str(number) for brand, number in listed.items()}


def _is_organisation(number: object) -> bool:
    return isinstance(number, str) and _ORGANISATION.fullmatch(number) is not None


def _organisations(keys: Keys) -> dict[Phrase, frozenset[str]]:
    keys.take("why", str)
    listed: dict[object, object] = keys.take("organisations", dict)
    keys.finish()
    found: dict[Phrase, frozenset[str]] = {}
    for number, names in listed.items():
        if not _is_organisation(number) or not isinstance(names, list):
            raise keys.error("organisations", f"holds [{number}], which is no recognition number with a list of names")
        for name in names:
            phrase = _phrase(keys, "organisations", name)
            found[phrase] = found.get(phrase, frozenset()) | {str(number)}
    return found
