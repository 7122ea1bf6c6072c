"""Names of awarding organisations turned into recognition numbers, for lists that carry names alone.

A source says which organisation bears which name: a mapping written out, a file of two columns, or Ofqual's own list of
organisations. A name that two organisations bear is told as such and never decided here.
"""

import re
from typing import Annotated, Any

import polars as pl
from pydantic import BeforeValidator, TypeAdapter, ValidationError, ValidationInfo

from assets.landed.readers._register_values import name_key
from assets.landed.sources import Lookup, LookupTable, problems

#: Columns of Ofqual's list of organisations after its first, the recognition number. Only the name must be there.
_NAMES = ("Name", "Legal Name", "Acronym")
_STATUS, _RECOGNISED = "Ofqual Status", "recognised"
_NUMBER = re.compile(r"RN[0-9]{4}")


def _numbered(value: dict[str, str]) -> dict[str, str]:
    numbers = {name: number.strip().upper() for name, number in value.items()}
    if not all(_NUMBER.fullmatch(number) for number in numbers.values()):
        raise ValueError("each name needs a recognition number, RN and four digits")
    return numbers


def _organisations(value: Any, info: ValidationInfo) -> dict[str, dict[str, str]]:
    """By recognition number: names and status, as Ofqual's list has them. What is written out or has two columns is
    brought to that form."""
    if not isinstance(value, dict):
        raise ValueError("write names with their recognition numbers, or file: and the name of a list")
    try:
        if set(value) != {"file"}:
            return _by_number(TypeAdapter(dict[str, str]).validate_python(value, strict=True))
        table = TypeAdapter(LookupTable).validate_python(value, context=info.context)
    except ValidationError as error:
        raise ValueError(problems(error).removeprefix("[]: ")) from None
    if all(len(columns) == 1 for columns in table.values()):
        return _by_number({name: number for name, columns in table.items() for number in columns.values()})
    # a few withdrawn ones have numbers of another form; rows of theirs are the feed contract's to put aside
    if not any(_NUMBER.fullmatch(number) for number in table):
        raise ValueError("the first column of a list of organisations is the recognition number, RN and four digits")
    if not all("Name" in columns for columns in table.values()):
        raise ValueError("a list of organisations has a column Name")
    kept = (*_NAMES, _STATUS)
    return {number: {name: columns[name] for name in kept if name in columns} for number, columns in table.items()}


def _by_number(names: dict[str, str]) -> dict[str, dict[str, str]]:
    """Any number of names of each organisation, told apart by made-up column names."""
    found: dict[str, dict[str, str]] = {}
    for name, number in _numbered(names).items():
        columns = found.setdefault(number, {})
        columns[f"Name {len(columns) + 1}"] = name
    return found


def _own_names(value: Any, info: ValidationInfo) -> dict[str, str]:
    try:
        return _numbered(TypeAdapter(Lookup).validate_python(value, context=info.context))
    except ValidationError as error:
        raise ValueError(problems(error).removeprefix("[]: ")) from None


#: Who bears which name: written out (name to number), `file:` with these two columns, or `file:` laid out as Ofqual's list.
Organisations = Annotated[dict[str, dict[str, str]], BeforeValidator(_organisations)]
#: Names that the list does not have, or that two organisations of it bear: name to number. They count before the list.
OrganisationNames = Annotated[dict[str, str], BeforeValidator(_own_names)]


def numbers_by_name(organisations: dict[str, dict[str, str]], own: dict[str, str]) -> pl.DataFrame:
    """What each name stands for.

    Returns:
        `name_key` (see `name_key`), `number` (null where organisations with different numbers bear the name), each key
        once. A recognised organisation goes before one that has surrendered its recognition, or had it withdrawn.
    """
    rows = [
        (name, number, columns.get(_STATUS, "").strip().lower() in ("", _RECOGNISED))
        for number, columns in organisations.items()
        for column, name in columns.items()
        if column != _STATUS
    ]
    listed = pl.DataFrame(rows, schema={"name": pl.String, "number": pl.String, "first": pl.Boolean}, orient="row")
    said = pl.DataFrame(list(own.items()), schema={"name": pl.String, "number": pl.String}, orient="row")
    return pl.concat([_each_once(said.with_columns(first=pl.lit(True))), _each_once(listed)]).unique(
        "name_key", keep="first", maintain_order=True
    )


def _each_once(bearers: pl.DataFrame) -> pl.DataFrame:
    return (
        bearers.with_columns(name_key=name_key(pl.col("name")))
        .drop_nulls("name_key")
        .filter(pl.col("first") == pl.col("first").any().over("name_key"))
        .group_by("name_key", maintain_order=True)
        .agg(numbers=pl.col("number").unique())
        .select("name_key", number=pl.when(pl.col("numbers").list.len() == 1).then(pl.col("numbers").list.first()))
    )
