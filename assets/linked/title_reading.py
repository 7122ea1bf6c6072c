"""A qualification's title read into what it says: level, size, organisation, the other words, and a number written in it.

Pure functions of one title. The lists of words are `schemas.title_words`; finding the qualification is
`assets.linked.title_candidates`.
"""

import html
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from schemas.title_words import Phrase, TitleWords

Meaning = TypeVar("Meaning")

_APOSTROPHES_AND_SOFT_SIGNS = re.compile("['\u2018\u2019\u02bc`\u00ad\u200b\u200c\u200d\ufeff]")
_WORD = re.compile(r"[^\W_]+")
#: `level3`, `L3`: the level and its number written in one.
_RUN_TOGETHER = re.compile(r"\b(level|lvl|lv|l|entry)([1-8])(?![0-9])")
#: Spelling out makes new short forms (`ext dip`, `ext diploma`, `extended diploma`); this many rounds spell out all.
_ROUNDS = 3

#: A qualification number as people write it (601/7159/5, 601 7159 5, 6017159x), or as a spreadsheet leaves it: with a
#: decimal part of zeros, with separators of thousands, or in scientific notation with all eight digits. Of fewer digits some
#: were rounded away. No qualification number can be taken for a date, and none begins with a zero that could be lost.
_NUMBER_FORMS = (
    r"(?P<plain>[1-9][0-9]{2}\s?[/\\. -]?\s?[0-9]{4}\s?[/\\. -]?\s?[0-9X])(?:\.0+)?",
    r"(?P<thousands>[1-9][0-9],[0-9]{3},[0-9]{3})(?:\.0+)?",
    r"(?P<scientific>[1-9]\.[0-9]{7})E\+?0?7",
)
_NUMBER = re.compile(
    rf"(?<![0-9A-Z/.,])[(\[]?\s?(?:QN|QAN|NO|NUMBER)?[.:#\s]*(?:{'|'.join(_NUMBER_FORMS)})(?![0-9A-Z/])\s?[)\]]?",
    re.IGNORECASE,
)
_SEVEN_DIGITS = re.compile(r"(?:[0-9][^0-9A-Za-z]{0,3}){7}")


def numbers_in(title: str) -> tuple[str, tuple[str, ...]]:
    """The title without the qualification numbers in it, and these, 8 characters each, in order and each once."""
    if not _SEVEN_DIGITS.search(title):
        return title, ()
    found = []
    for match in _NUMBER.finditer(title):
        written = next(form for form in match.groupdict().values() if form)
        found.append(re.sub(r"[^0-9X]", "", written.upper()))
    return _NUMBER.sub(" ", title), tuple(dict.fromkeys(found))


def plain_words(title: str) -> Phrase:
    """The words of a title in lower case, without accents and punctuation; `&` is read as `and`."""
    text = html.unescape(title) if "&" in title else title
    if not text.isascii():
        text = unicodedata.normalize("NFKD", _APOSTROPHES_AND_SOFT_SIGNS.sub("", text))
        text = "".join(sign for sign in text if not unicodedata.combining(sign))
    text = text.lower().replace("'", "").replace("&", " and ")
    return tuple(_WORD.findall(_RUN_TOGETHER.sub(r"\1 \2", text)))


class Phrases(Generic[Meaning]):
    """Phrases with their meanings, found in a row of words: at each place the longest one."""

    def __init__(self, meanings: Mapping[Phrase, Meaning]) -> None:
        self._by_first: dict[str, list[tuple[int, Phrase, Meaning]]] = {}
        for phrase in sorted(meanings, key=len, reverse=True):
            self._by_first.setdefault(phrase[0], []).append((len(phrase), phrase, meanings[phrase]))

    def may_be_in(self, words: Phrase) -> bool:
        """Whether any of the words begins a phrase: most titles have none, and need not be looked at further."""
        return not self._by_first.keys().isdisjoint(words)

    def parted(self, words: Phrase) -> Iterator[tuple[Phrase, Meaning | None]]:
        """The words in order, a phrase at a time with its meaning, or one word with None."""
        place = 0
        while place < len(words):
            for size, phrase, meaning in self._by_first.get(words[place], ()):
                if size == 1 or words[place : place + size] == phrase:
                    yield phrase, meaning
                    place += size
                    break
            else:
                yield words[place : place + 1], None
                place += 1


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a title says.

    Attributes:
        whole: all its words spelt out and run together: two titles of one `whole` are one title.
        plain: all its words as they are, parted by blanks: what is left of a title that was cut begins its `plain`.
        levels: codes of the register; beside an entry level's step (`E1`) stands `E`.
        sizes: names of sizes.
        organisations: recognition numbers, each of which every organisation named may have; None: none is named.
        words: the other words in order, joining words left out.
        subject: those of `words` that are no names of brands standing before the subject.
        ends_open: whether the last word only joins: something is missing after it.
        numbers: qualification numbers written in it.
    """

    whole: str
    plain: str
    levels: tuple[str, ...]
    sizes: tuple[str, ...]
    organisations: tuple[str, ...] | None
    words: Phrase
    subject: Phrase
    ends_open: bool
    numbers: tuple[str, ...]


class TitleReader:
    """Reads titles.

    Args:
        lists: what words mean.
    """

    def __init__(self, lists: TitleWords) -> None:
        self.lists = lists
        self._spellings = Phrases(lists.spellings)
        self._implied_levels = Phrases(lists.implied_levels)
        self._brands_of = Phrases(lists.brands_of)
        self._parts = Phrases(
            {(word,): ("joining", word) for word in lists.joining | lists.framework}
            | {phrase: ("level", level) for phrase, level in lists.levels.items()}
            | {phrase: ("size", " ".join(phrase)) for phrase in lists.sizes}
            | dict.fromkeys(lists.organisations, ("organisation", ""))
        )

    def read(self, title: str) -> Reading:
        """What a title says; a title without a letter or digit says nothing."""
        text, numbers = numbers_in(title)
        plain = plain_words(text)
        spelt = self._spelt_out(plain)
        levels, sizes = set(self._implied(spelt, self._implied_levels)), set()
        named = [frozenset({number}) for number in self._implied(spelt, self._brands_of)]
        words, before_subject, ends_open = [], True, False
        for phrase, meaning in self._parts.parted(spelt):
            kind, value = meaning or ("word", phrase[0])
            if kind == "level":
                levels |= {value, value[0]} if value.startswith("E") else {value}
            elif kind == "size":
                sizes.add(value)
            elif kind == "organisation":
                named.append(self.lists.organisations[phrase])
            elif kind == "word":
                words.append((value, before_subject and value in self.lists.brands))
            elif value in self.lists.begins_subject:
                before_subject = False
            ends_open = kind == "joining" and value not in self.lists.framework
        return Reading(
            whole="".join(spelt),
            plain=" ".join(plain),
            levels=tuple(sorted(levels)),
            sizes=tuple(sorted(sizes)),
            organisations=tuple(sorted(frozenset.intersection(*named))) if named else None,
            words=tuple(word for word, _ in words),
            subject=tuple(word for word, is_brand in words if before_subject or not is_brand),
            ends_open=ends_open,
            numbers=numbers,
        )

    def _spelt_out(self, words: Phrase) -> Phrase:
        """The words with every certain short form spelt out."""
        for _ in range(_ROUNDS):
            if not self._spellings.may_be_in(words):
                break
            parted = self._spellings.parted(words)
            words = tuple(word for phrase, meant in parted for word in (meant or phrase))
        return words

    def _implied(self, words: Phrase, phrases: Phrases[str]) -> Iterator[str]:
        """What names in the title imply; their words are words of the title all the same."""
        if phrases.may_be_in(words):
            yield from (meaning for _, meaning in phrases.parted(words) if meaning)
