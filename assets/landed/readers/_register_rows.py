"""Records of a list of qualifications made into rows of the feed `qualifications`.

The two lists differ in headings and in which columns they have; what is common to them is here: titles and levels, whose a
qualification is, what the source takes of the list, and what the user adds to it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from assets.landed.limits import Limits
from assets.landed.mapping.reasons import OF_RECORDS
from assets.landed.reader import REFUSED_ROWS, Delivered, Part
from assets.landed.readers._register_lines import Layout, Lines, matched, records_of
from assets.landed.readers._register_options import SUPPLEMENTED, ListOptions, Only
from assets.landed.readers._register_organisations import numbers_by_name
from assets.landed.readers._register_values import folded, level, name_key
from assets.landed.reading import irregular_reasons
from assets.landed.refusals import RefusedDelivery
from assets.landed.value_classes import value_class
from schemas.fields import FIELDS

FEED = "qualifications"

_NUMBER = "awarding_organisation_rn"
_UNDECIDED = {
    "organisation_unknown": "No organisation of the source's list has this name; give its recognition number under "
    "organisation_names.",
    "organisation_ambiguous": "Organisations with different recognition numbers have this name; say under "
    "organisation_names which it is.",
}


def qualification_key(number: pl.Expr) -> pl.Expr:
    """A qualification number as the feed contract compares it: in capitals, without slashes and spaces around it."""
    return number.str.strip_chars().str.to_uppercase().str.replace_all("/", "", literal=True)


@dataclass(frozen=True, kw_only=True)
class Read:
    """Some of a list's records as rows.

    Attributes:
        rows: the columns of the layout and of the feed, `key` (the qualification), `name_key` and `listed` (the organisation
            by name, and whether its source knows it).
        irregular: lines that are no record.
        lines: how many lines that are not blank it was made of, the header's left out.
        repaired: how many records were filled up.
        set_aside: how many rows are certainly none of those asked for; they are not in `rows`.
    """

    rows: pl.DataFrame
    irregular: pl.DataFrame
    lines: int
    repaired: int
    set_aside: int


@dataclass(frozen=True, kw_only=True)
class Rows:
    """How one list's records become rows.

    Attributes:
        layout: of the file.
        columns: the columns of the feed that this list alone has, over the layout's columns, given the source's options.
        check: raises `RefusedDelivery` for records that show the file to be something else.
    """

    layout: Layout
    columns: Callable[[Any], Mapping[str, pl.Expr]]
    check: Callable[[pl.DataFrame], None] = lambda records: None

    def parts(self, delivered: Delivered, options: ListOptions) -> Iterator[Part]:
        """The file in parts.

        Raises:
            RefusedDelivery: as `matched`; `organisations_unknown`, where neither the file nor the source has recognition
                numbers; `all_set_aside`, where the source takes nothing of the list.
        """
        lines = matched(delivered.path, self.layout, delivered.limits)
        if _NUMBER not in lines.header.positions and not (options.organisations or options.organisation_names):
            raise RefusedDelivery(
                "organisations_unknown",
                "The file has no recognition numbers, and its source does not say whose they are.",
                advice="Name a list of organisations in the source file, under options: organisations.",
            )
        supplement = _supplement(options)
        added = supplement.drop("key").columns
        kept = ("qualification_number", "title", _NUMBER, "level", *self.columns(options), *added, "line")
        taken, left, header_lines = 0, 0, 1
        for read in self.read(delivered.path, lines, options, delivered.limits):
            yield Part(
                feed=FEED,
                records=read.rows.join(supplement, on="key", how="left", maintain_order="left").select(*kept),
                refused=pl.concat([_undecided(read.rows), irregular_reasons(read.irregular, OF_RECORDS)]),
                lines=header_lines + read.lines,
                repaired=read.repaired,
                set_aside=read.set_aside,
                extra_columns=lines.header.extra if header_lines else (),
            )
            header_lines = 0
            taken, left = taken + read.rows.height + read.irregular.height, left + read.set_aside
        if not taken:
            raise RefusedDelivery(
                "all_set_aside",
                f"By the source's options none of the [{left}] rows is taken.",
                advice="Look at the source file, under options: only.",
            )

    def read(self, path: Path, lines: Lines, options: ListOptions, limits: Limits) -> Iterator[Read]:
        """The rows that the source asks for, whoever their organisation is.

        Raises:
            RefusedDelivery: as `records_of` and `check`.
        """
        names, own = numbers_by_name(options.organisations, options.organisation_names), self.columns(options)
        for found in records_of(path, lines, limits):
            self.check(found.block.records)
            rows = self._rows(found.block.records, names, own)
            aside = rows.select(_certainly_not(options.only)).to_series()
            yield Read(
                rows=rows.filter(~aside),
                irregular=found.block.irregular,
                lines=found.block.lines,
                repaired=found.repaired,
                set_aside=int(aside.sum()),
            )

    def _rows(self, records: pl.DataFrame, names: pl.DataFrame, own: Mapping[str, pl.Expr]) -> pl.DataFrame:
        """The records with what `Read.rows` has."""
        absent = sorted({*self.layout.taken, _NUMBER} - set(records.columns))
        return (
            records.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in absent)
            .with_columns(
                key=qualification_key(pl.col("qualification_number")),
                title=folded(pl.col("title")),
                level=level(pl.col("level")),
                given=folded(pl.col(_NUMBER)),
                name_key=name_key(pl.col("organisation_name")),
                **own,
            )
            .join(names.with_columns(listed=pl.lit(True)), on="name_key", how="left", maintain_order="left")
            .with_columns(pl.coalesce("given", "number").alias(_NUMBER))
        )


def _certainly_not(only: Only) -> pl.Expr:
    """Whether a row is none of those asked for; one whose level or organisation is not known may be."""
    aside = pl.lit(False)
    if only.levels:
        known = list(FIELDS["level"].codes or ())
        aside |= pl.col("level").is_in(known) & ~pl.col("level").is_in(only.levels)
    if only.types:
        aside |= ~name_key(pl.col("type")).is_in([" ".join(kind.split()).lower() for kind in only.types])
    if only.organisations:
        asked = [" ".join(one.split()).lower() for one in only.organisations]
        named = pl.col(_NUMBER).str.to_lowercase().is_in(asked) | pl.col("name_key").is_in(asked).fill_null(False)
        aside |= pl.col(_NUMBER).is_not_null() & ~named
    return aside.fill_null(False)


def _supplement(options: ListOptions) -> pl.DataFrame:
    """`key` and the columns that the user adds; those that nobody gave are left out."""
    rows = [{"key": number, **columns} for number, columns in options.supplement.items()]
    given = [name for name in SUPPLEMENTED if any(name in row for row in rows)]
    return pl.DataFrame(rows, schema=dict.fromkeys(["key", *given], pl.String))


def _undecided(rows: pl.DataFrame) -> pl.DataFrame:
    """Reasons for rows whose organisation is named and cannot be told."""
    unknown = pl.col("listed").is_null()
    return (
        rows.filter(pl.col(_NUMBER).is_null() & pl.col("name_key").is_not_null())
        .select(
            "line",
            row=pl.lit(None, dtype=pl.Int64),
            column_name=pl.lit(_NUMBER),
            rule=pl.when(unknown).then(pl.lit("organisation_unknown")).otherwise(pl.lit("organisation_ambiguous")),
            value_class=value_class(pl.col("organisation_name"), pl.lit(False)),
        )
        .with_columns(message=pl.col("rule").replace_strict(_UNDECIDED, return_dtype=pl.String))
        .select(*REFUSED_ROWS)
    )
