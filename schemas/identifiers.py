"""Check digits of identifiers: each rule as data, and as a Polars expression over a whole column.

A failed check digit never fails a row. It is reported as a warning, and bars the value as a match key (feed contract,
Identifiers). The form of an identifier (length, characters) belongs in `schemas.fields`.
"""

from collections.abc import Callable, Sequence

import polars as pl

from schemas.fields import ULN_NOT_KNOWN

#: Unique learner number: the ten digits by these weights sum to 10 modulo 11 (HESA, field ULN; ESFA
#: DerivedData_01Rule).
ULN_FORM = "(?-u)^[1-9][0-9]{9}$"
ULN_WEIGHTS = (10, 9, 8, 7, 6, 5, 4, 3, 2, 1)
ULN_MODULUS, ULN_REMAINDER = 11, 10

#: Unique candidate identifier: twelve characters by these weights, modulo 17, point at the last letter (AQA, OCR,
#: Pearson and WJEC on the UCI). The sixth character, the board, may be a letter, valued A = 1, B = 2 and so on.
UCI_FORM = "(?-u)^[0-9]{5}[0-9A-Z][0-9]{6}[A-Z]$"
UCI_WEIGHTS = (16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5)
UCI_LETTERS = "ABCDEFGHKLMRTVWXY"

#: Qualification number: seven digits by these weights, modulo 11, 10 written X. Found by fitting the numbers of the
#: Department for Education's lists (8,184 of 8,220 fit); no official text states it.
QUALIFICATION_FORM = "(?-u)^[0-9]{7}[0-9X]$"
QUALIFICATION_WEIGHTS = (8, 7, 6, 5, 4, 3, 2)
#: The other 36 lie among 610/0006 to 610/0123, live T Levels among them, where the fourth to seventh digit and 2 sum to
#: it.
QUALIFICATION_BLOCK = (6100006, 6100123)
QUALIFICATION_BLOCK_WEIGHTS = (0, 0, 0, 1, 1, 1, 1)
QUALIFICATION_BLOCK_CONSTANT = 2
QUALIFICATION_MODULUS = 11


def _weighted_sum(number: pl.Expr, weights: Sequence[int]) -> pl.Expr:
    """The digits of a whole number, as many as there are weights, each by its weight."""
    places = len(weights)
    return pl.sum_horizontal(
        (number // 10 ** (places - 1 - place) % 10) * weight for place, weight in enumerate(weights) if weight
    )


def _where_formed(expression: pl.Expr, form: str, passes: pl.Expr) -> pl.Expr:
    """Null where empty, False where the text has not the form, else `passes`."""
    return pl.when(expression.str.contains(form)).then(passes).when(expression.is_not_null()).then(pl.lit(False))


def uln_check_passes(expression: pl.Expr) -> pl.Expr:
    """Whether a unique learner number passes its check digit.

    Args:
        expression: canonical text, ten digits where filled.

    Returns:
        Boolean; null where empty. `9999999999` (not known) does not pass: it is no number of anybody's.
    """
    number = expression.cast(pl.Int64, strict=False)
    return _where_formed(expression, ULN_FORM, _weighted_sum(number, ULN_WEIGHTS) % ULN_MODULUS == ULN_REMAINDER)


def uci_check_passes(expression: pl.Expr) -> pl.Expr:
    """Whether a unique candidate identifier passes its check letter.

    Args:
        expression: canonical text, thirteen characters in upper case where filled.

    Returns:
        Boolean; null where empty. Published implementations differ on how board letters from Q on are valued; here they
        go on counting, and boards known to use letters (A, B, C, E, G) are not affected.
    """
    board = expression.str.slice(5, 1)
    letters = {chr(code): code - 64 for code in range(ord("A"), ord("Z") + 1)}
    digits = {str(digit): digit for digit in range(10)}
    board_value = board.replace_strict(letters | digits, default=None, return_dtype=pl.Int64)
    before = expression.str.slice(0, 5).cast(pl.Int64, strict=False)
    after = expression.str.slice(6, 6).cast(pl.Int64, strict=False)
    total = (
        _weighted_sum(before, UCI_WEIGHTS[:5]) + board_value * UCI_WEIGHTS[5] + _weighted_sum(after, UCI_WEIGHTS[6:])
    )
    letter = (total % len(UCI_LETTERS)).replace_strict(
        dict(enumerate(UCI_LETTERS)), default=None, return_dtype=pl.String
    )
    return _where_formed(expression, UCI_FORM, letter == expression.str.slice(12, 1))


def qualification_number_check_passes(expression: pl.Expr) -> pl.Expr:
    """Whether a qualification number passes its check digit.

    Args:
        expression: canonical text, eight characters without slashes where filled.

    Returns:
        Boolean; null where empty.
    """
    number = expression.str.slice(0, 7).cast(pl.Int64, strict=False)
    last = expression.str.slice(7, 1)
    given = pl.when(last == "X").then(pl.lit(10, dtype=pl.Int64)).otherwise(last.cast(pl.Int64, strict=False))
    in_block = number.is_between(*QUALIFICATION_BLOCK)
    block_sum = _weighted_sum(number, QUALIFICATION_BLOCK_WEIGHTS) + QUALIFICATION_BLOCK_CONSTANT
    total = pl.when(in_block).then(block_sum).otherwise(_weighted_sum(number, QUALIFICATION_WEIGHTS))
    return _where_formed(expression, QUALIFICATION_FORM, total % QUALIFICATION_MODULUS == given)


_PASSES: dict[str, Callable[[pl.Expr], pl.Expr]] = {
    "uln": uln_check_passes,
    "uci": uci_check_passes,
    "qualification_number": qualification_number_check_passes,
}


def check_digit_warns(rule: str, expression: pl.Expr) -> pl.Expr:
    """Whether a value fails the check-digit rule a field names; False where empty and for an unknown learner number.

    Args:
        rule: `check_digit` of a field.
        expression: canonical text.
    """
    failed = ~_PASSES[rule](expression)
    if rule == "uln":
        failed &= expression != ULN_NOT_KNOWN
    return failed.fill_null(False)
