"""An awarding organisation's Electronic Data Interchange file of results: overall grades, coded in two characters.

The positions of these records are not public, so the source brings a layout. A grade is decoded by the qualification's own
scale and the channel (`schemas.overall_grade_codes`): the same code means one grade of one qualification and another of the
next. What the scale does not know is refused and never guessed. Unit results do not come in this format.
"""

import re
from collections.abc import Iterator
from typing import Literal, Self

import polars as pl
from pydantic import Field, ValidationInfo, field_validator, model_validator

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
from assets.landed.readers._edi_scales import decoded, with_shipped
from assets.landed.refusals import require_delta
from assets.landed.sources import Lookup
from schemas.fields import FIELDS

_STATUSES = FIELDS["result_status"].codes or ()
_LETTER = re.compile(r"[A-Z]")
_SERIES = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")

_REGISTRATION_UNKNOWN = Fault(
    rule="registration_unknown",
    column_name="registration_number",
    told="uci",
    message="The record has no registration number, and the source's list [registrations] does not have its candidate: add "
    "the candidate's UCI, or centre/candidate number, to the list.",
)
_NO_SCALE = Fault(
    rule="no_grade_scale",
    column_name="grade",
    told="grade",
    message="No grade scale of the qualification is known, so its code says nothing: give the grades under [scales].",
)
_GRADE_CODE = Fault(
    rule="grade_code",
    column_name="grade",
    told="grade",
    message="The code is no grade of the qualification's scale on this channel, and no indicator: look the code up with the "
    "organisation, and correct [scales], [channel] or [indicators].",
)
_PREVIOUS_GRADE_CODE = Fault(
    rule="previous_grade_code",
    column_name="previous_grade",
    told="previous_grade",
    message="The code is no grade of the qualification's scale on this channel, and no indicator: look it up with the "
    "organisation.",
)
_NO_GRADE = Fault(
    rule="no_grade",
    column_name="grade",
    told="grade",
    message='The record has neither grade nor indicator: say under [indicators] what a blank means, as in "": none.',
)
_FAULTS = OF_RECORDS | {
    fault.rule: fault
    for fault in (
        CODE_UNKNOWN,
        CODE_INCOMPLETE,
        _REGISTRATION_UNKNOWN,
        _NO_SCALE,
        _GRADE_CODE,
        _PREVIOUS_GRADE_CODE,
        _NO_GRADE,
    )
}


class EdiResultsOptions(Options):
    """What the source says.

    Attributes:
        layout: of the records, your own (see the page of layouts).
        awarding_organisations: recognition number of each organisation, by the identifier in files' names.
        codes: the list of codes.
        data_type: letter with which files' names begin; not checked unless given, since no public source states it.
        channel: how grades are coded.
        scales: grades by qualification number, lowest first, where no shipped specification gives them or they differ.
        beside_scales: grades that stand on no scale and may come for every qualification, as U.
        indicators: state of the award by what stands in the grade's place. Pending, no result and partial absence are OCR's.
        registrations: registration number by UCI, or by centre and candidate number as in `99001/0042`; for records that
            do not hold it.
        issued_on: day of issue (`yyyy-mm-dd`) by series (`yyyy-mm`); for records that do not hold it.
        complete: whether each file holds all awards of its organisation; else files must be deltas, because a file is for
            one centre and series.
    """

    layout: LayoutOption
    awarding_organisations: Organisations
    codes: Codes
    data_type: str | None = None
    channel: Literal["edi", "edifact"] = "edi"
    scales: dict[str, list[str]] = Field(default={}, validate_default=True)
    beside_scales: list[str] = []
    indicators: Lookup = {"Q": "pending", "X": "none", "#": "partial"}
    registrations: Lookup = {}
    issued_on: Lookup = {}
    complete: bool = False

    @field_validator("scales")
    @classmethod
    def _settled(cls, scales: dict[str, list[str]], info: ValidationInfo) -> dict[str, list[str]]:
        if any(not grades for grades in scales.values()):
            raise ValueError("a scale has no grade; list the qualification's grades, lowest first")
        given = {number.replace("/", "").upper(): grades for number, grades in scales.items()}
        return with_shipped(given, (row["qualification_number"] for row in info.data.get("codes", {}).values()))

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        layout_of_kind(self.layout, "results")
        if self.data_type is not None and not _LETTER.fullmatch(self.data_type):
            raise ValueError("[data_type] is the capital letter with which files' names begin")
        if not set(self.indicators.values()) <= set(_STATUSES):
            raise ValueError(f"[indicators] gives each code one of [{', '.join(_STATUSES)}]")
        if not all(_SERIES.fullmatch(series) for series in self.issued_on):
            raise ValueError("[issued_on] goes by series, yyyy-mm, in quotes")
        return self


def read(delivered: Delivered, options: EdiResultsOptions) -> Iterator[Part]:
    """The file in parts; see `Reader.read`.

    Raises:
        RefusedDelivery: the name, the headers or the trailers refuse it (`_edi_names`, `_edi_records`).
    """
    name = edi_name(delivered.name, options.data_type or "")
    require_delta(delivered.kind, "all awards of the organisation", complete=options.complete)
    organisation = recognition_number(options.awarding_organisations, name)
    numbered = Numbered()
    for records in records_of(blocks_of(delivered), options.layout, name):
        rows, bare = details(records, options.layout)
        known = with_codes(rows, options.codes)
        # overall results alone: a unit's or component's belongs to no feed that this format can fill
        overall = known.filter(pl.col("entry").is_null() | (pl.col("entry") == "certification"))
        yield numbered.part(
            "ao_awards",
            _judged(overall, options),
            _award(organisation),
            _FAULTS,
            without_record=[refused_lines(records.unknown, *UNKNOWN_RECORD)],
            lines=records.lines,
            set_aside=records.others + bare.height + known.height - overall.height,
        )


def _judged(rows: pl.DataFrame, options: EdiResultsOptions) -> pl.DataFrame:
    """The rows with status, grades and registration number, and what is wrong with them."""
    code = pl.col("grade").str.to_uppercase()
    scales = {number: [*grades, *options.beside_scales] for number, grades in options.scales.items()}
    told = rows.with_columns(
        decoded(rows, "grade", scales, options.channel).alias("overall"),
        decoded(rows, "previous_grade", scales, options.channel).alias("previous"),
        by_indicator=code.fill_null("").replace_strict(options.indicators, default=None, return_dtype=pl.String),
        registration=_registration(options),
    )
    graded, indicated = pl.col("grade").is_not_null(), pl.col("by_indicator").is_not_null()
    before = pl.col("previous_grade").str.to_uppercase()
    was_indicator = before.is_in(list(options.indicators))
    decodes = graded & ~indicated & pl.col("qualification_number").is_not_null()
    has_scale = pl.col("qualification_number").is_in(list(scales))
    status = pl.coalesce("result_status", "by_indicator", pl.when(graded).then(pl.lit("issued")))
    return told.with_columns(
        status=status,
        overall=pl.when(~indicated).then("overall"),
        issued=pl.when(status == "issued").then(_issued_on(options)),
        code_unknown=pl.col("entry").is_null(),
        code_incomplete=pl.col("entry").is_not_null() & pl.col("qualification_number").is_null(),
        registration_unknown=pl.col("registration").is_null(),
        no_grade_scale=decodes & ~has_scale,
        grade_code=decodes & has_scale & pl.col("overall").is_null(),
        # what stood there before may have been an indicator, which is kept as it is
        previous=pl.coalesce("previous", pl.when(was_indicator).then(before)),
        previous_grade_code=before.is_not_null() & has_scale & pl.col("previous").is_null() & ~was_indicator,
        no_grade=~graded & ~indicated & pl.col("result_status").is_null(),
    )


def _registration(options: EdiResultsOptions) -> pl.Expr:
    def looked_up(key: pl.Expr) -> pl.Expr:
        return key.replace_strict(options.registrations, default=None, return_dtype=pl.String)

    candidate = pl.format("{}/{}", "centre_number", "candidate_number")
    return pl.coalesce("registration_number", looked_up(pl.col("uci").str.to_uppercase()), looked_up(candidate))


def _issued_on(options: EdiResultsOptions) -> pl.Expr:
    by_series = pl.col("series").replace_strict(options.issued_on, default=None, return_dtype=pl.String)
    return pl.coalesce("issued_on", by_series)


def _award(organisation: str) -> dict[str, pl.Expr]:
    return {
        "awarding_organisation_rn": pl.lit(organisation),
        "registration_number": pl.col("registration"),
        "qualification_number": pl.col("qualification_number"),
        "result_status": pl.col("status"),
        "grade": pl.col("overall"),
        "previous_grade": pl.col("previous"),
        "issued_on": pl.col("issued"),
    }


READER = Reader(
    name="edi_results",
    title="EDI results",
    meaning="Overall results that an awarding organisation sends a centre. Each becomes an award; which qualification an "
    "option is comes from the list of codes.",
    endings=(),
    named=NAMED,
    text=True,
    options=EdiResultsOptions,
    feeds=lambda options: ("ao_awards",),
    read=read,
    facts=(
        Fact(
            what="form of the file's name",
            mark="primary source",
            source=JCQ,
        ),
        Fact(
            what="grades of two characters, triple grades coded",
            mark="primary source",
            source="OCR, EDI results files (ocr.org.uk); Pearson, viewing overall results for BTEC triple grades "
            "(support.pearson.com)",
        ),
        Fact(
            what="indicators X no result, # partial absence, Q pending",
            mark="primary source",
            source="OCR (ocr.org.uk); Pearson writes Q for no claim, ineligible, deferred or fallback (support.pearson.com)",
        ),
        Fact(what="series codes", mark="secondary source", source="awarding organisations' and vendors' help pages"),
        Fact(
            what="letter of the file's name (R is believed); checked only where the source gives it",
            mark="configuration",
        ),
        Fact(what="positions of the records", mark="configuration"),
        Fact(what="registration number of a candidate, day of issue", mark="configuration"),
    ),
    rows_a_line=True,
)
