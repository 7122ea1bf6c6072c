"""Titles of qualifications written as applicants, centres and spreadsheets write them: each way is one rule, by name.

A rule takes a qualification's title and number and gives the mangled title, or None where it changes nothing. Which of
them must still be resolved is measured in `pipelines.bench_titles`.
"""

import re
from collections.abc import Callable

from assets.linked.title_reading import plain_words
from assets.linked.titles import title_reader

Rule = Callable[[str, str], str | None]

_SPACES = re.compile(r"\s+")
_BEGINS_SUBJECT = re.compile(r"^(.*?)\s(?:in|for)\s(.*)$", re.IGNORECASE)
_LEVEL = re.compile(r"\blevel ([1-8])\b(?!\s*/)", re.IGNORECASE)
_SHORT = {
    "Extended": "Ext", "Diploma": "Dip", "Certificate": "Cert", "Subsidiary": "Sub", "National": "Nat",
    "Qualification": "Qual", "Mathematics": "Maths", "Management": "Mgmt",
}  # fmt: skip
_SHORTENED_ALONE = ("Diploma", "Certificate", "Qualification", "Mathematics", "Management")


def _replaced(pattern: str, by: str) -> Rule:
    return lambda title, _: re.sub(pattern, by, title, flags=re.IGNORECASE)


def _shortened(title: str, _: str) -> str:
    """Sizes and common words abbreviated: National and Extended where a size follows, as people do."""
    words = title.split()
    size_follows = {place for place, word in enumerate(words[1:]) if word in ("Diploma", "Certificate", "Extended")}
    return " ".join(
        _SHORT[word] if word in _SHORTENED_ALONE or (word in _SHORT and place in size_follows) else word
        for place, word in enumerate(words)
    )


def _without_organisation(title: str, _: str) -> str | None:
    """The organisation's name at the beginning dropped; its brand stays."""
    words = title.split()
    names = title_reader().lists.organisations
    for size in range(min(6, len(words) - 1), 0, -1):
        if tuple(word for text in words[:size] for word in plain_words(text)) in names:
            return " ".join(words[size:])
    return None


def _organisation_last(title: str, number: str) -> str | None:
    """The organisation's name behind the rest, in brackets."""
    rest = _without_organisation(title, number)
    return rest and f"{rest} ({_SPACES.sub(' ', title).strip().removesuffix(rest).strip()})"


def _subject_first(title: str, _: str) -> str | None:
    found = _BEGINS_SUBJECT.match(_SPACES.sub(" ", title).strip())
    return found and f"{found[2]} - {found[1]}"


def _as_applicants_do(title: str, number: str) -> str | None:
    """`BTEC L3 Ext Dip Business`: all of it together, and no joining word before the subject."""
    rest = _without_organisation(title, number)
    return rest and re.sub(r"\s(in|for)\s", " ", _LEVEL.sub(r"L\1", _shortened(rest, number)), count=1, flags=re.I)


def _slashed(number: str) -> str:
    return f"{number[:3]}/{number[3:7]}/{number[7:]}"


def _cut(width: int) -> Rule:
    def cut(title: str, _: str) -> str | None:
        text = _SPACES.sub(" ", title).strip()
        return text[:width].strip() if len(text) > width else None

    return cut


def _slip(change: Callable[[str], str]) -> Rule:
    """A slip in the last of the title's longest words."""

    def slipped(title: str, _: str) -> str | None:
        word = max(reversed(re.findall("[A-Za-z]+", title)), key=len, default="")
        return change(word).join(title.rsplit(word, 1)) if len(word) > 4 else None

    return slipped


def _without_subject_word(title: str, _: str) -> str | None:
    """The last word of a subject of several dropped."""
    found = _BEGINS_SUBJECT.match(_SPACES.sub(" ", title).strip())
    return (found and " " in found[2] and title.strip().rsplit(" ", 1)[0]) or None


#: The title says all that it said.
SAFE: dict[str, Rule] = {
    "as it is": lambda title, _: title,
    "upper case": lambda title, _: title.upper(),
    "lower case": lambda title, _: title.lower(),
    "double spaces": _replaced(" ", "  "),
    "no punctuation": _replaced(r"[^\w\s&]", " "),
    "& for and": _replaced(r"\sand\s", " & "),
    "and for &": _replaced(r"\s?&\s?", " and "),
    "level as L3": lambda title, _: _LEVEL.sub(r"L\1", title),
    "level as Lvl 3": lambda title, _: _LEVEL.sub(r"Lvl \1", title),
    "sizes shortened": _shortened,
    "(RQF) dropped": _replaced(r"\(RQF\)", ""),
    "(RQF) added": lambda title, _: None if "RQF" in title else f"{title} (RQF)",
    "no joining words": _replaced(r"\s(?:in|for|of|the|and)(?=\s)", ""),
    "subject first": _subject_first,
    "organisation last": _organisation_last,
    "number in brackets": lambda title, number: f"{title} ({_slashed(number)})",
    "number alone, lower-case x": lambda _, number: _slashed(number).lower(),
    "number as a spreadsheet leaves it": lambda _, number: (
        f"{number[0]}.{number[1:]}E+07" if number.isdigit() else None
    ),
}
#: Something is left out: the title may have no longer one meaning, and is then to stay unresolved.
LEFT_OUT: dict[str, Rule] = {
    "no organisation": _without_organisation,
    "as applicants do": _as_applicants_do,
    "no brand": lambda title, _: re.sub(r"\b(BTEC|National|Technical|NVQ|First|Tech|Vocational)\s", "", title, count=1),
    "cut at 36": _cut(36),
    "cut at 40": _cut(40),
    "cut at 50": _cut(50),
    "cut at 45, no known width": _cut(45),
    "no level": _replaced(r"\b(?:level ?[1-8](?:/(?:level )?[1-8])?|entry level|entry [1-3])\s", ""),
    "no size": _replaced(r"\b(?:extended |foundation |subsidiary |introductory )?(?:award|certificate|diploma)\s", ""),
    "one subject word less": _without_subject_word,
}
#: Something is wrong: the title is never to be resolved to another qualification.
WRONG: dict[str, Rule] = {
    "a letter missing": _slip(lambda word: word[:2] + word[3:]),
    "a letter twice": _slip(lambda word: word[:3] + word[2:]),
    "two letters exchanged": _slip(lambda word: word[:2] + word[3] + word[2] + word[4:]),
    "another size": _replaced(r"\b(?<!extended )diploma\b", "Extended Diploma"),
    "another level": lambda title, _: _LEVEL.sub(lambda found: f"Level {int(found[1]) % 6 + 1}", title),
}
