"""Components of an awarding organisation's basedata. They belong to no feed: the file is checked and its records set aside.

Which option a component belongs to stands in the links; `reconcile edi-codes` puts both together.
"""

from collections.abc import Iterator
from typing import Self

from pydantic import model_validator

from assets.landed.reader import Delivered, Fact, Part, Reader
from assets.landed.readers._edi_basedata import (
    FRAME_FACT,
    JCQ,
    NAME_FACT,
    BasedataOptions,
    positions_fact,
    set_aside,
)
from assets.landed.readers._edi_names import NAMED, edi_name
from assets.landed.readers._edi_options import LayoutOption, layout_of_kind
from assets.landed.readers._edi_rows import blocks_of
from schemas.edi_layout import shipped_layout


class EdiComponentsOptions(BasedataOptions):
    """What the source says.

    Attributes:
        layout: of the records.
        data_type: letter with which files' names begin, if it is not C.
    """

    layout: LayoutOption = shipped_layout("components-14")

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        layout_of_kind(self.layout, "components")
        return self


def read(delivered: Delivered, options: EdiComponentsOptions) -> Iterator[Part]:
    """The file in parts; see `Reader.read`.

    Raises:
        RefusedDelivery: the name, the headers or the trailers refuse it (`_edi_names`, `_edi_records`).
    """
    name = edi_name(delivered.name, options.data_type or "C")
    yield from set_aside(blocks_of(delivered), options.layout, name, "component_code")


READER = Reader(
    name="edi_components",
    title="EDI basedata: components",
    meaning="Components of a series that an awarding organisation publishes. No feed holds them: the file is checked, and "
    "its records are set aside.",
    endings=(),
    named=NAMED,
    text=True,
    options=EdiComponentsOptions,
    feeds=lambda options: ("qualifications",),
    read=read,
    facts=(
        NAME_FACT,
        FRAME_FACT,
        positions_fact("components-14"),
        Fact(what="letter C in the file's name", mark="primary source", source=JCQ),
    ),
)
