"""Basedata: what an awarding organisation publishes of a series' options, syllabuses, components and their links.

The files have one frame, so one function reads them all; what the records become is the readers' business, and that of
`reconcile edi-codes`, which makes the list of codes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import polars as pl
from pydantic import field_validator

from assets.landed.reader import Fact, Options, Part
from assets.landed.readers._edi_details import details
from assets.landed.readers._edi_names import EdiName
from assets.landed.readers._edi_options import LayoutOption
from assets.landed.readers._edi_records import records_of
from assets.landed.readers._edi_rows import UNKNOWN_RECORD, refused_lines
from schemas.edi_layout import Layout

#: What an option is, by its item (secondary source: in AQA's published basedata of June 2014 options with item C have the
#: type and level of a qualification to certify, those with item U the type and level of a unit instead).
ITEMS = {"C": "certification", "U": "unit"}

_CODE_MISSING = (
    "code_missing",
    "The record has no code: have the file sent again, or correct the layout of the source.",
)

JCQ = (
    "Joint Council for Qualifications, formats for the exchange of examination related data, version 14 "
    "(jcq.org.uk/exams-office/entries/jcq-formats)"
)
#: Public code; the index in which it was found names files and namespaces, and not always the repository.
_PROGRAMS = (
    "PR_BUILD_BTEC_JCGQ_BASE_DATA.SQL, an awarding organisation's procedure that writes basedata up to version 14 (2011); "
    "Cerval_Library in DCGS-Admin-Code, a school's system that reads it, and a vendor's; they agree with each other and "
    "with basedata that AQA, Edexcel and Cambridge published for June 2014"
)

NAME_FACT = Fact(what="form of the file's name", mark="primary source", source=JCQ)
FRAME_FACT = Fact(what="headers, trailers and what they count", mark="secondary source", source=_PROGRAMS)


def positions_fact(layout: str) -> Fact:
    """What the positions of a shipped layout rest on."""
    return Fact(what=f"positions of the records (layout {layout})", mark="secondary source", source=_PROGRAMS)


class BasedataOptions(Options):
    """What a source of syllabuses or components says.

    Attributes:
        layout: of the records; one is shipped for each.
        data_type: letter with which files' names begin; not checked unless given where no public source states it.
    """

    layout: LayoutOption
    data_type: str | None = None

    @field_validator("data_type")
    @classmethod
    def _is_letter(cls, letter: str | None) -> str | None:
        if letter is not None and not (len(letter) == 1 and "A" <= letter <= "Z"):
            raise ValueError("the data type is the capital letter with which files' names begin")
        return letter


@dataclass(frozen=True, kw_only=True)
class Basedata:
    """Some records of a file.

    Attributes:
        rows: `line`, the meanings of the layout's kind (String), `awarding_organisation`; those with a code alone.
        refused: reasons of lines that make no record.
        others: records that the layout says are not read.
        lines: records of any kind.
    """

    rows: pl.DataFrame
    refused: pl.DataFrame
    others: int
    lines: int


def basedata(blocks: Iterable[bytes], layout: Layout, name: EdiName, code: str) -> Iterator[Basedata]:
    """The records of a file of basedata.

    Args:
        blocks: UTF-8, cut behind line breaks.
        layout: where things stand.
        name: what the file's name says.
        code: meaning without which a record is none.

    Raises:
        RefusedDelivery: as `records_of`.
    """
    for records in records_of(blocks, layout, name):
        rows, _ = details(records, layout)
        missing = rows.filter(pl.col(code).is_null())
        refused = [refused_lines(records.unknown, *UNKNOWN_RECORD), refused_lines(missing, *_CODE_MISSING)]
        yield Basedata(
            rows=rows.filter(pl.col(code).is_not_null()),
            refused=pl.concat(refused),
            others=records.others,
            lines=records.lines,
        )


def set_aside(blocks: Iterable[bytes], layout: Layout, name: EdiName, code: str) -> Iterator[Part]:
    """A file whose records belong to no feed, checked: parts of `qualifications` without a record; see `basedata`."""
    for found in basedata(blocks, layout, name, code):
        yield Part(
            feed="qualifications",
            records=found.rows.clear().select("line", qualification_number=pl.lit(None, dtype=pl.String)),
            refused=found.refused,
            lines=found.lines,
            set_aside=found.others + found.rows.height,
        )
