"""Delivered text brought to the form in which it is checked, compared and kept, and codes for 'not held' found in it.

How a column is normalised is declared in `schemas.fields`. Names, grades and the like are standardised further in
`assets.standardised`; here only what the feed contract says of every delivery.
"""

import polars as pl

from schemas.fields import SENTINELS, Field

#: What a qualification number and a UCAS Personal ID may be written with (feed contract, Identifiers).
_DROPPED = {"compact": "/", "digits": "-"}


def canonical(field: Field, delivered: pl.Expr) -> pl.Expr:
    """Canonical text of a column; null where empty or a sentinel.

    Args:
        field: the column's meaning.
        delivered: text as delivered.
    """
    text = _trimmed(field, delivered)
    text = pl.when((text != "") & ~text.is_in(SENTINELS)).then(text)
    dropped = _DROPPED.get(field.normalise)
    if dropped is None:
        return text
    bare = text.str.replace_all(dropped, "", literal=True)
    return pl.when(bare != "").then(bare)


def is_sentinel(field: Field, delivered: pl.Expr) -> pl.Expr:
    """Whether a value means 'not held' whatever the column; False where empty.

    Looked at before hyphens are dropped: `-2` is a sentinel in a column of digits too.
    """
    return _trimmed(field, delivered).is_in(SENTINELS).fill_null(False)


def _trimmed(field: Field, delivered: pl.Expr) -> pl.Expr:
    text = delivered.str.strip_chars()
    return text.str.to_uppercase() if field.normalise in ("upper", "compact") else text
