"""Options of an awarding organisation's basedata: those that certify a qualification become rows of `qualifications`.

A file holds one series of one organisation, with the codes under which candidates are entered; the list of codes that
entries and results need is made of the same files by `reconcile edi-codes`. Titles have 36 characters at most, and several
options of one qualification (tiers, routes) bear several titles, which the contract then puts aside as contradictory: where
the Register is at hand, it is the better source.
"""

from collections.abc import Iterator
from typing import Self

import polars as pl
from pydantic import model_validator

from assets.landed.reader import Delivered, Fact, Part, Reader
from assets.landed.readers._edi_basedata import (
    FRAME_FACT,
    ITEMS,
    NAME_FACT,
    BasedataOptions,
    basedata,
    positions_fact,
)
from assets.landed.readers._edi_names import NAMED, edi_name
from assets.landed.readers._edi_options import LayoutOption, Organisations, layout_of_kind
from assets.landed.readers._edi_rows import Fault, blocks_of, faults_of, recognition_number
from assets.landed.refusals import require_delta
from assets.landed.sources import Lookup
from schemas.edi_layout import shipped_layout

_ITEM_UNKNOWN = Fault(
    rule="item_unknown",
    message="The option's item is none that the source knows: say under [items] whether it is a certification or a unit.",
)


class EdiOptionsOptions(BasedataOptions):
    """What the source says.

    Attributes:
        layout: of the records.
        data_type: letter with which files' names begin; not checked unless given, since no public source states it.
        awarding_organisations: recognition number of each organisation, by the identifier in files' names.
        items: what an option is by its item: `certification` or `unit`.
        levels: level of a qualification by the option's type and level as in `GCSE FC`, or by its level alone.
        complete: whether each file holds all qualifications that there are; else files must be deltas, because a file is of
            one organisation and series.
    """

    layout: LayoutOption = shipped_layout("options-14")
    awarding_organisations: Organisations
    items: Lookup = ITEMS
    levels: Lookup = {}
    complete: bool = False

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        layout_of_kind(self.layout, "options")
        if not set(self.items.values()) <= set(ITEMS.values()):
            raise ValueError(f"[items] gives each item one of [{', '.join(ITEMS.values())}]")
        return self


def read(delivered: Delivered, options: EdiOptionsOptions) -> Iterator[Part]:
    """The file in parts; see `Reader.read`.

    Raises:
        RefusedDelivery: the name, the headers or the trailers refuse it (`_edi_names`, `_edi_records`).
    """
    name = edi_name(delivered.name, options.data_type or "")
    require_delta(delivered.kind, "all qualifications", complete=options.complete)
    organisation = recognition_number(options.awarding_organisations, name)
    for found in basedata(blocks_of(delivered), options.layout, name, "option_code"):
        kind = pl.col("item").replace_strict(options.items, default=None, return_dtype=pl.String)
        rows = found.rows.with_columns(kind=kind)
        rows = rows.filter(pl.col("kind").is_null() | _certifies()).with_columns(item_unknown=pl.col("kind").is_null())
        yield Part(
            feed="qualifications",
            records=_qualifications(rows, options, organisation),
            refused=pl.concat([found.refused, faults_of(rows, {"item_unknown": _ITEM_UNKNOWN})]),
            lines=found.lines,
            set_aside=found.others + found.rows.height - rows.height,
        )


def _certifies() -> pl.Expr:
    """A certification whose qualification number is told."""
    return (pl.col("kind") == "certification") & pl.col("accreditation_number").is_not_null()


def _qualifications(rows: pl.DataFrame, options: EdiOptionsOptions, organisation: str) -> pl.DataFrame:
    level = pl.col("level").fill_null("")
    typed = pl.concat_str([pl.col("qualification_type").fill_null(""), level], separator=" ")

    def looked_up(text: pl.Expr) -> pl.Expr:
        return text.replace_strict(options.levels, default=None, return_dtype=pl.String)

    return rows.filter(pl.col("kind").is_not_null()).select(
        "line",
        pl.col("accreditation_number").alias("qualification_number"),
        "title",
        pl.lit(organisation).alias("awarding_organisation_rn"),
        pl.coalesce(looked_up(typed), looked_up(level), "level").alias("level"),
    )


READER = Reader(
    name="edi_options",
    title="EDI basedata: options",
    meaning="Options of a series that an awarding organisation publishes. Those that certify a qualification give its "
    "number, title and level; units are set aside.",
    endings=(),
    named=NAMED,
    text=True,
    options=EdiOptionsOptions,
    feeds=lambda options: ("qualifications",),
    read=read,
    facts=(
        NAME_FACT,
        FRAME_FACT,
        positions_fact("options-14"),
        Fact(
            what="item C certifies, item U is a unit",
            mark="secondary source",
            source="basedata that AQA published for June 2014; Cerval_Library in DCGS-Admin-Code, a school's system",
        ),
        Fact(
            what="letter of the file's name (O in published files); checked only where the source gives it",
            mark="configuration",
        ),
        Fact(what="what the codes of types and levels mean", mark="configuration"),
    ),
)
