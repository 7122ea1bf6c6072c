"""A centre's Electronic Data Interchange files of entries and amendments.

A record names a candidate and up to twelve options. The list of codes says which of them are units and which the
certification of a qualification: the first become unit entries, the second registrations, since in this format a centre says
of nobody that they are on a qualification except by entering them for it.

An amendment holds all options that its candidate is left with. What was withdrawn is not named, so withdrawals are told only
where a layout has a field for them.
"""

from collections.abc import Iterator
from typing import Literal, Self

import polars as pl
from pydantic import model_validator

from assets.landed.reader import Delivered, Fact, Options, Part, Reader
from assets.landed.readers._edi_basedata import JCQ
from assets.landed.readers._edi_details import details
from assets.landed.readers._edi_names import NAMED, edi_name
from assets.landed.readers._edi_options import Codes, LayoutOption, Organisations, layout_of_kind
from assets.landed.readers._edi_records import records_of
from assets.landed.readers._edi_rows import (
    CODE_INCOMPLETE,
    CODE_UNKNOWN,
    OF_RECORDS,
    UNKNOWN_RECORD,
    Fault,
    Numbered,
    blocks_of,
    recognition_number,
    refused_lines,
    with_codes,
)
from assets.landed.refusals import require_delta
from assets.landed.sources import Lookup

#: Data types that are read: entries and amendments (Joint Council for Qualifications, formats, version 14).
_ENTRIES, _AMENDMENTS = "E", "A"

#: State of a registration by that of the entry which stands for it.
_STATUS = {"entered": "active", "withdrawn": "withdrawn"}

_NO_OPTIONS = (
    "no_options",
    "The amendment holds no option, so all entries of its candidate fall away, and it does not say which they were: record "
    "them as withdrawn in a delivery of centre_unit_entries or centre_registrations.",
)
_IS_COMPONENT = Fault(
    rule="code_is_component",
    column_name="qualification_number",
    told="option_code",
    message="The list of codes says that the option is a component: correct the list, candidates are entered for options.",
)
_REFERENCE_UNKNOWN = Fault(
    rule="learner_reference_unknown",
    column_name="centre_learner_reference",
    told="reference_delivered",
    message="The source's list of learner references does not have the candidate: add them to it.",
)
_NAME_FORM = Fault(
    rule="name_form",
    column_name="surname",
    told="name",
    message="The name has no colon between surname and forenames: have the entry sent again as SURNAME: FORENAMES.",
)


class EdiEntriesOptions(Options):
    """What the source says.

    Attributes:
        layout: of the records: `entries-14`, which is shipped, or one of your own (see the page of layouts).
        awarding_organisations: recognition number of each organisation, by the identifier in files' names.
        codes: the list of codes.
        learner_reference: which field is the centre's own reference for a learner. A candidate number counts for one series;
            where a centre gives it anew, list the references.
        learner_references: the centre's reference by the value of that field, where it is not itself the reference.
        complete: whether each file of entries holds all entries and registrations of its centre; else files must be deltas,
            because a file is for one organisation and series.
    """

    layout: LayoutOption
    awarding_organisations: Organisations
    codes: Codes
    learner_reference: Literal["uci", "candidate_number", "centre_learner_reference"]
    learner_references: Lookup | None = None
    complete: bool = False

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        layout = layout_of_kind(self.layout, "entries")
        if self.learner_reference not in layout.detail.fields:
            raise ValueError(f"[learner_reference] is [{self.learner_reference}], which the layout does not have")
        return self


def read(delivered: Delivered, options: EdiEntriesOptions) -> Iterator[Part]:
    """The file in parts; see `Reader.read`.

    Raises:
        RefusedDelivery: the name, the headers or the trailers refuse it (`_edi_names`, `_edi_records`); or it would stand
            in place of everything else (`not_a_delta`).
    """
    name = edi_name(delivered.name, _ENTRIES + _AMENDMENTS)
    amends = name.data_type == _AMENDMENTS
    require_delta(delivered.kind, "all that the centre told", complete=None if amends else options.complete)
    organisation = recognition_number(options.awarding_organisations, name)
    numbered = Numbered()
    for records in records_of(blocks_of(delivered), options.layout, name):
        rows, bare = details(records, options.layout)
        rows = _looked_up(rows, options)
        amended = bare if amends else bare.clear()
        certified = pl.col("entry").eq_missing(pl.lit("certification"))
        yield numbered.part(
            "centre_unit_entries",
            rows.filter(~certified),
            _unit_entry(),
            _faults(_IS_COMPONENT),
            without_record=[refused_lines(records.unknown, *UNKNOWN_RECORD), refused_lines(amended, *_NO_OPTIONS)],
            lines=records.lines,
            set_aside=records.others + bare.height - amended.height,
        )
        yield numbered.part(
            "centre_registrations", rows.filter(certified), _registration(organisation), _faults(_NAME_FORM)
        )


def _faults(own: Fault) -> dict[str, Fault]:
    shared = (CODE_UNKNOWN, CODE_INCOMPLETE, _REFERENCE_UNKNOWN, own)
    return OF_RECORDS | {fault.rule: fault for fault in shared}


def _looked_up(rows: pl.DataFrame, options: EdiEntriesOptions) -> pl.DataFrame:
    """The rows with what their code and the source's lists say, and what is wrong with them."""
    delivered = pl.col(options.learner_reference)
    reference = delivered
    if options.learner_references is not None:
        reference = delivered.replace_strict(options.learner_references, default=None, return_dtype=pl.String)
    entry, whole_name = pl.col("entry"), pl.col("name")
    parts = whole_name.str.extract_groups(r"^([^:]*):(.*)$")
    unit = entry == "unit"
    known = with_codes(rows, options.codes).with_columns(reference_delivered=delivered, reference=reference)
    return known.with_columns(
        surname=pl.coalesce("surname", parts.struct.field("1").str.strip_chars()),
        forename=pl.coalesce("forenames", parts.struct.field("2").str.strip_chars()),
        entry_status=pl.col("entry_status").fill_null("entered"),
        code_unknown=entry.is_null(),
        code_incomplete=pl.when(unit)
        .then(pl.col("qualification_number").is_null() | pl.col("unit_number").is_null())
        .otherwise((entry == "certification") & pl.col("qualification_number").is_null()),
        code_is_component=entry == "component",
        learner_reference_unknown=delivered.is_not_null() & pl.col("reference").is_null(),
        name_form=~whole_name.str.contains(":"),
    )


def _unit_entry() -> dict[str, pl.Expr]:
    same = ("centre_number", "qualification_number", "unit_number", "series", "entry_status")
    return {"centre_learner_reference": pl.col("reference")} | {name: pl.col(name) for name in same}


def _registration(organisation: str) -> dict[str, pl.Expr]:
    same = (
        "centre_number",
        "qualification_number",
        "forename",
        "surname",
        "date_of_birth",
        "sex",
        "uln",
        "uci",
        "candidate_number",
    )
    return {name: pl.col(name) for name in same} | {
        "centre_learner_reference": pl.col("reference"),
        "awarding_organisation_rn": pl.lit(organisation),
        "planned_completion": pl.col("series"),
        "status": pl.col("entry_status").replace(_STATUS),
    }


_PROGRAMS = (
    "Cerval_Library in DCGS-Admin-Code, a school's system, and a vendor's, which write these files for version 14 and agree "
    "with each other"
)

READER = Reader(
    name="edi_entries",
    title="EDI entries and amendments",
    meaning="What a centre entered its candidates for, as its management information system sends it to an awarding "
    "organisation. Options become unit entries or, for a certification, registrations.",
    endings=(),
    named=NAMED,
    text=True,
    options=EdiEntriesOptions,
    feeds=lambda options: ("centre_unit_entries", "centre_registrations"),
    read=read,
    facts=(
        Fact(
            what="form of the file's name; letters E and A",
            mark="primary source",
            source=JCQ,
        ),
        Fact(
            what="unique candidate identifier at positions 60 to 72",
            mark="primary source",
            source="AQA, unique candidate identifiers (aqa.org.uk/exams-admin/entries)",
        ),
        Fact(
            what="name of at most 40 characters as FAMILY NAME: FORENAMES",
            mark="secondary source",
            source="AQA, information you need to submit student entries (read in a copy)",
        ),
        Fact(what="all other positions (layout entries-14), series codes", mark="secondary source", source=_PROGRAMS),
        Fact(
            what="an amendment holds all options that its candidate is left with, and does not name those withdrawn",
            mark="secondary source",
            source=_PROGRAMS,
        ),
        Fact(what="which option is which qualification or unit", mark="configuration"),
        Fact(what="the centre's own reference for a learner", mark="configuration"),
    ),
    rows_a_line=True,
)
