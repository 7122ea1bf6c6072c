"""Syllabuses of an awarding organisation's basedata. They belong to no feed: the file is checked and its records set aside.

Options name their syllabus by its code; `reconcile edi-codes` needs no more of it than that.
"""

from collections.abc import Iterator
from typing import Self

from pydantic import model_validator

from assets.landed.reader import Delivered, Fact, Part, Reader
from assets.landed.readers._edi_basedata import (
    FRAME_FACT,
    NAME_FACT,
    BasedataOptions,
    positions_fact,
    set_aside,
)
from assets.landed.readers._edi_names import NAMED, edi_name
from assets.landed.readers._edi_options import LayoutOption, layout_of_kind
from assets.landed.readers._edi_rows import blocks_of
from schemas.edi_layout import shipped_layout


class EdiSyllabusesOptions(BasedataOptions):
    """What the source says.

    Attributes:
        layout: of the records.
        data_type: letter with which files' names begin; not checked unless given, since no public source states it.
    """

    layout: LayoutOption = shipped_layout("syllabuses-14")

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        layout_of_kind(self.layout, "syllabuses")
        return self


def read(delivered: Delivered, options: EdiSyllabusesOptions) -> Iterator[Part]:
    """The file in parts; see `Reader.read`.

    Raises:
        RefusedDelivery: the name, the headers or the trailers refuse it (`_edi_names`, `_edi_records`).
    """
    name = edi_name(delivered.name, options.data_type or "")
    yield from set_aside(blocks_of(delivered), options.layout, name, "syllabus_code")


READER = Reader(
    name="edi_syllabuses",
    title="EDI basedata: syllabuses",
    meaning="Syllabuses of a series that an awarding organisation publishes. No feed holds them: the file is checked, and "
    "its records are set aside.",
    endings=(),
    named=NAMED,
    text=True,
    options=EdiSyllabusesOptions,
    feeds=lambda options: ("qualifications",),
    read=read,
    facts=(
        NAME_FACT,
        FRAME_FACT,
        positions_fact("syllabuses-14"),
        Fact(
            what="letter of the file's name (S in published files); checked only where the source gives it",
            mark="configuration",
        ),
    ),
)
