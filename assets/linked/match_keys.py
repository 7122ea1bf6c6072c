"""Identifiers as match keys, as DuckDB expressions: the value if it can tell people apart, else NULL.

The value itself stays in the standardised row whatever becomes of the key. The rules of the check digits are data of
`schemas.identifiers`; here they are put into SQL, because the linked layer checks some millions a night where they lie.
"""

from collections.abc import Sequence

from schemas.fields import ULN_NOT_KNOWN
from schemas.identifiers import UCI_LETTERS, UCI_WEIGHTS, ULN_MODULUS, ULN_REMAINDER, ULN_WEIGHTS

_ULN_FORM = "^[1-9][0-9]{9}$"
_UCI_FORM = "^[0-9]{5}[0-9A-Z][0-9]{6}[A-Z]$"

#: Where the UCI has a letter or a digit, counted from 1; what comes before and after it is digits.
_BOARD = 6


def _weighted_digits(number: str, weights: Sequence[int]) -> str:
    """The sum of a number's digits by their weights, the first weight being that of the first digit.

    A digit is its place's quotient less ten times the next one's; gathered by quotient, one division a digit is enough.
    """
    from_last = tuple(reversed(weights))
    terms = zip(from_last, (0, *from_last), strict=False)
    return " + ".join(
        f"({number} // {10**place}) * {weight - 10 * lower}" for place, (weight, lower) in enumerate(terms)
    )


def uln_number(column: str) -> str:
    """The ULN as a number (BIGINT), for `uln_key`."""
    return f"TRY_CAST({column} AS BIGINT)"


def uln_key(column: str, number: str) -> str:
    """The ULN, NULL if it means "not known" or fails its check digit.

    Args:
        column: the ULN.
        number: a column that holds its `uln_number`.
    """
    form = f"regexp_matches({column}, '{_ULN_FORM}') AND {column} <> '{ULN_NOT_KNOWN}'"
    check = f"({_weighted_digits(number, ULN_WEIGHTS)}) % {ULN_MODULUS} = {ULN_REMAINDER}"
    return f"CASE WHEN {form} AND {check} THEN {column} END"


def uci_number(column: str) -> str:
    """The eleven digits of the UCI, those before and after its board, as a number (BIGINT), for `uci_key`."""
    return f"TRY_CAST(substr({column}, 1, {_BOARD - 1}) || substr({column}, {_BOARD + 1}, 6) AS BIGINT)"


def uci_key(column: str, number: str) -> str:
    """The UCI, NULL if it fails its check letter.

    Args:
        column: the UCI.
        number: a column that holds its `uci_number`.
    """
    weights = (*UCI_WEIGHTS[: _BOARD - 1], *UCI_WEIGHTS[_BOARD:])
    board = f"ascii(substr({column}, {_BOARD}, 1))"
    board_value = f"({board} - CASE WHEN {board} < ascii('A') THEN ascii('0') ELSE ascii('A') - 1 END)"
    total = f"{_weighted_digits(number, weights)} + {board_value} * {UCI_WEIGHTS[_BOARD - 1]}"
    letter = f"substr('{UCI_LETTERS}', CAST(({total}) % {len(UCI_LETTERS)} AS BIGINT) + 1, 1)"
    return f"CASE WHEN regexp_matches({column}, '{_UCI_FORM}') AND right({column}, 1) = {letter} THEN {column} END"
