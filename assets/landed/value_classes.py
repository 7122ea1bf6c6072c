"""What kind of value failed a check, told without telling the value: a closed list of classes.

The classes name what goes wrong in practice (spreadsheets writing numbers and dates their own way), so that an exams
officer can find the cause without seeing the data.
"""

import polars as pl

#: Class by form, first match wins. `(?-u)`: digits are 0 to 9.
_FORMS = {
    "number in scientific notation": r"(?-u)^[+-]?[0-9]+([.,][0-9]+)?[eE][+-]?[0-9]+$",
    "date with time": r"(?-u)^[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}[T ][0-9]{1,2}:[0-9]{2}",
    "date as dd/mm/yyyy": r"(?-u)^[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}$",
    "date as dd/mm/yy": r"(?-u)^[0-9]{1,2}/[0-9]{1,2}/[0-9]{2}$",
    "date as dd-mm-yyyy": r"(?-u)^[0-9]{1,2}[-.][0-9]{1,2}[-.][0-9]{4}$",
    "date with the month's name": r"(?-u)^[0-9]{1,2}[- ][A-Za-z]{3,9}[- ][0-9]{2,4}$",
    "date as yyyy-mm-dd": r"(?-u)^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    "month as yyyy-mm": r"(?-u)^[0-9]{4}-[0-9]{2}$",
    "number with a decimal point": r"(?-u)^[+-]?[0-9]+\.[0-9]+$",
    "negative number": r"(?-u)^-[0-9]+$",
}
_CHARACTERS = {
    "digits": r"(?-u)^[0-9]+$",
    "letters": r"(?-u)^[A-Za-z]+$",
    "letters and digits": r"(?-u)^[0-9A-Za-z]+$",
}
_LONGEST_TOLD = 99

EMPTY, SENTINEL = "empty", "sentinel"


def value_class(delivered: pl.Expr, sentinel: pl.Expr) -> pl.Expr:
    """The class of a value: `empty`, `sentinel`, a form such as `date as dd/mm/yyyy`, or characters and their number.

    Args:
        delivered: text as delivered.
        sentinel: whether the value means 'not held'.

    Returns:
        String, such as `digits, 4` or `text, 12`; never part of the value. Lengths above 99 are told as `over 99`.
    """
    text = delivered.str.strip_chars().fill_null("")
    length = text.str.len_chars()
    told = pl.when(length > _LONGEST_TOLD).then(pl.lit(f"over {_LONGEST_TOLD}")).otherwise(length.cast(pl.String))
    told_class = pl.when(text == "").then(pl.lit(EMPTY)).when(sentinel).then(pl.lit(SENTINEL))
    for name, form in _FORMS.items():
        told_class = told_class.when(text.str.contains(form)).then(pl.lit(name))
    for name, form in _CHARACTERS.items():
        told_class = told_class.when(text.str.contains(form)).then(pl.format(f"{name}, {{}}", told))
    return told_class.otherwise(pl.format("text, {}", told))
