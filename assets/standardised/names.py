"""Names, postcodes and titles in the one form in which they are compared, as DuckDB expressions over a column.

Standardised name (flag contract, point 3): case, accents, punctuation, spaces and titles dropped; first forename. What
counts as the same name beyond that (nicknames, cut names) is `assets.linked.comparisons`. Identifiers are elsewhere.

A name is standardised in three steps, each a column of its own so that none is worked out twice: `plain_name`,
`without_title`, and a key of that. Every function takes a column or other text expression and gives an expression of type
VARCHAR; a key is NULL where nothing is left to compare.
"""

#: Letters that Unicode does not decompose into a base letter and an accent, so that dropping accents leaves them.
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "\u0131": "i", "ŧ": "t"})
_LETTER_PAIRS = {"ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"}

_TITLES = "mr|mrs|miss|ms|mx|dr|prof|professor|rev|reverend|sir|dame|master"

_UK_POSTCODE = r"^[A-Z]{1,2}[0-9][0-9A-Z]?[0-9][A-Z]{2}$"


def plain_name(text: str) -> str:
    """Lower case without accents, separated by plain spaces; letters without a decomposition as their plain letters.

    Most names are plain already; only the rest is worth the long way.
    """
    long = f"lower({text})"
    for letter, pair in _LETTER_PAIRS.items():
        long = f"replace({long}, '{letter}', '{pair}')"
    strange = "".join(chr(code) for code in _LETTERS)
    ordinary = "".join(str(letter) for letter in _LETTERS.values())
    long = rf"regexp_replace(strip_accents(translate({long}, '{strange}', '{ordinary}')), '\p{{Z}}', ' ', 'g')"
    return f"replace(CASE WHEN strlen({text}) = length({text}) THEN lower({text}) ELSE {long} END, chr(9), ' ')"


def _letters(plain: str) -> str:
    """Upper case, letters of any script only."""
    return rf"nullif(upper(regexp_replace({plain}, '[^\p{{L}}]', '', 'g')), '')"


def without_title(plain: str) -> str:
    """The text from its first letter, without leading titles; nothing but a title is kept, for it may be the name."""
    start = rf"^[^\p{{L}}]*(?:(?:{_TITLES})(?:\.[^\p{{L}}]*|[^\p{{L}}]* ))*(\p{{L}})"
    doubtful = rf"regexp_matches({plain}, '^(?:[^\p{{L}}]|(?:{_TITLES})[^\p{{L}}])')"
    return rf"CASE WHEN {doubtful} THEN regexp_replace({plain}, '{start}', '\1') ELSE {plain} END"


def surname_key(text: str) -> str:
    """The surname as it is compared, of a name `without_title`: `de la cruz-nunez` gives `DELACRUZNUNEZ`."""
    return _letters(text)


def forename_key(text: str) -> str:
    """The first of the forenames as it is compared, of a name `without_title`: `zoe-anne marie` gives `ZOEANNE`."""
    return _letters(f"split_part({text}, ' ', 1)")


def other_forenames_key(text: str) -> str:
    """The forenames after the first, run together, of a name `without_title`: `zoe anne marie` gives `ANNEMARIE`."""
    return _letters(f"CASE WHEN contains({text}, ' ') THEN substr({text}, position(' ' IN {text})) END")


def postcode_key(column: str) -> str:
    """A United Kingdom postcode without spaces; anything that has not the form of one is no key."""
    compact = f"replace(upper({column}), ' ', '')"
    return f"CASE WHEN regexp_matches({compact}, '{_UK_POSTCODE}') THEN {compact} END"


def title_key(column: str) -> str:
    """A qualification's title as it is compared: case, accents, spaces and punctuation dropped, `&` read as `and`."""
    spelt = f"replace({plain_name(column)}, '&', ' and ')"
    return rf"nullif(regexp_replace({spelt}, '[^\p{{L}}\p{{N}}]', '', 'g'), '')"
