"""What a title may mean besides what it says: other titles that are likely, for a person to look at.

The lists of likely meanings are in `schemas/code_lists/title_suggestions.yaml`; what a title says for certain is
`assets.linked.title_reading`. Nothing here ever resolves a declaration.
"""

from collections.abc import Iterable, Iterator
from itertools import islice, product

from assets.linked.title_reading import numbers_in, plain_words
from schemas.title_words import Phrase, TitleWords

#: Shorter words differ by one letter from too many others.
_SHORTEST = 4
#: So many titles at most are looked at where several words may be misspelt.
_MOST = 8


class LikelyTitles:
    """Titles that others are likely to stand for.

    Args:
        lists: what words may mean.
        known: the words of the register's titles; a word that is none of them, nor of the lists, may be misspelt.
    """

    def __init__(self, lists: TitleWords, known: Iterable[str]) -> None:
        self._meanings = lists.suggestions
        listed = (*lists.spellings, *lists.levels, *lists.sizes, *lists.organisations)
        self._known = frozenset(known).union(*listed)
        self._by_shortened: dict[str, list[str]] = {}
        for word in sorted(self._known):
            if len(word) >= _SHORTEST:
                for short in _shortened(word):
                    self._by_shortened.setdefault(short, []).append(word)

    def of(self, title: str) -> Iterator[tuple[str, str]]:
        """Titles that a title may stand for, each with why, in words."""
        words = plain_words(numbers_in(title)[0])
        for phrase, meanings in self._meanings.items():
            for other in _replaced(words, phrase, meanings):
                yield " ".join(other), f"{' '.join(phrase)} may be another name for it"
        choices = [self._meant_by_slip(word) or (word,) for word in words]
        others = (other for other in product(*choices) if other != words)
        for other in islice(others, _MOST):
            yield " ".join(other), "a word may be misspelt"

    def _meant_by_slip(self, word: str) -> tuple[str, ...]:
        """Known words that are a slip of the pen away: a letter too many, too few or wrong, or two exchanged."""
        if word in self._known or len(word) < _SHORTEST or not word.isalpha():
            return ()
        return tuple(sorted({known for short in _shortened(word) for known in self._by_shortened.get(short, ())}))


def _shortened(word: str) -> set[str]:
    """The word, and the word without one of its letters: words that share one of these are a slip or two apart."""
    return {word} | {word[:place] + word[place + 1 :] for place in range(len(word))}


def _replaced(words: Phrase, phrase: Phrase, meanings: Iterable[Phrase]) -> Iterator[Phrase]:
    """The words with a phrase in them replaced by each of its meanings; nothing where the phrase is not in them."""
    size = len(phrase)
    for place in range(len(words) - size + 1):
        if words[place : place + size] == phrase:
            yield from ((*words[:place], *meant, *words[place + size :]) for meant in meanings)
