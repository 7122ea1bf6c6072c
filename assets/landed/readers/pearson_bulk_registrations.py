"""Pearson's bulk registration columns, saved as CSV, become `centre_registrations` of the centre that made the file.

Names are kept as they are delivered. Pearson raises case, removes most other characters and cuts at 20 and 30
(`schemas.pearson_names`); what stands in the file may be the centre's own or Pearson's form, and linking knows of both. A
name that Pearson would not take is therefore no reason to refuse the line, and no more is a column left empty that the feed
does not need.

Registration type, enrolment date and order number are given to Pearson beside the file, once for all its learners; where a
file has them as columns they are known. A learner registered for individual units is not registered for the award, and is
set aside. The enrolment date is the day on which a programme started, not that of the registration, so it is not used.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Literal

import polars as pl
from pydantic import Field, model_validator

from assets.landed.mapping.formats import date_format, reading
from assets.landed.reader import Delivered, Fact, Options, Part, Reader
from assets.landed.readers._bulk_files import FileColumn, Rule, broken_rules, read_bulk_file
from assets.landed.readers._bulk_options import Organisation, ResultDay
from assets.landed.refusals import RefusedDelivery, require_delta

_COLUMNS = (
    FileColumn(key="reference", headings=("Centre reference",)),
    FileColumn(key="forename", headings=("First names",)),
    FileColumn(key="surname", headings=("Last names",)),
    FileColumn(key="sex", headings=("Sex",)),
    FileColumn(key="date_of_birth", headings=("Date of birth", "DOB")),
    FileColumn(key="planned_completion", headings=("Planned completion",)),
    FileColumn(key="uln", headings=("ULN", "ULN (Unique Learner Number)"), required=False),
    FileColumn(key="study_mode", headings=("Study mode",), required=False),
    FileColumn(key="registration_type", headings=("Registration type",), required=False),
    FileColumn(key="enrolment_date", headings=("Enrolment date",), required=False),
    FileColumn(key="order_number", headings=("Order number",), required=False),
)
_TYPES = ("Full Award", "Individual Units", "Apprenticeship")
_UNITS = _TYPES[1]

Qualification = Annotated[str, Field(pattern=r"^[0-9]{7}[0-9X]$")]


class PearsonOptions(Options):
    """What the file does not say. A file is of one programme: either the source is, or the file's name says which.

    Attributes:
        awarding_organisation_rn: whose form it is; Pearson's own number if left out (Ofqual's list of organisations).
        centre_number: the centre that made the file.
        qualification_number: of all files of the source.
        qualification_numbers: part of a file's name to the qualification of the file; case does not matter.
        registration_date: day of registration, or `delivery`; left out, none is known.
        registration_type: of all files of the source; a column of the file says it for its line instead.
        headings: the file's own heading of a column to Pearson's, where they differ.
        complete: whether each file holds all registrations of the centre; else files must be deltas, because a file is of
            one programme.
    """

    awarding_organisation_rn: Organisation = "RN5133"
    centre_number: Annotated[str, Field(pattern=r"^[0-9]{5}$")]
    qualification_number: Qualification | None = None
    qualification_numbers: dict[str, Qualification] = {}
    registration_date: ResultDay | None = None
    registration_type: Literal["Full Award", "Individual Units", "Apprenticeship"] = "Full Award"
    headings: dict[str, str] = {}
    complete: bool = False

    @model_validator(mode="after")
    def _one_way(self) -> "PearsonOptions":
        if bool(self.qualification_number) == bool(self.qualification_numbers):
            raise ValueError("give qualification_number, or qualification_numbers by part of a file's name, not both")
        if unknown := sorted(set(self.headings.values()) - {one.heading for one in _COLUMNS}):
            raise ValueError(f"headings: [{'], ['.join(unknown)}] is none of Pearson's")
        return self

    @property
    def columns(self) -> list[FileColumn]:
        """Pearson's columns under all their headings."""
        own = {one.key: [name for name, known in self.headings.items() if known == one.heading] for one in _COLUMNS}
        return [replace(one, headings=(*one.headings, *own[one.key])) for one in _COLUMNS]


def _qualification(delivered: Delivered, options: PearsonOptions) -> str:
    if options.qualification_number:
        return options.qualification_number
    name = delivered.name.lower()
    named = {number for part, number in options.qualification_numbers.items() if part.lower() in name}
    if len(named) != 1:
        raise RefusedDelivery(
            "qualification_not_named",
            f"The file's name holds [{len(named)}] of the parts that the source's option [qualification_numbers] knows.",
            "Name the file so that it holds one of them, or add its part to the source.",
        )
    return named.pop()


def _day(key: str, kind: Literal["date", "month"] = "date") -> pl.Expr:
    """The day, or its month, that a column of the form dd/mm/yyyy holds; null where it holds none."""
    return reading(date_format("dd/mm/yyyy", kind), kind, None)(pl.col(key))


def _rules() -> Iterator[Rule]:
    yield Rule(
        name="unknown_registration_type",
        column="Registration type",
        key="registration_type",
        message=f"[Registration type] must be one of {', '.join(_TYPES)}: it decides whether the line is of the award.",
        broken=~pl.col("registration_type").str.to_lowercase().is_in([one.lower() for one in _TYPES]),
    )
    for key, heading in (("date_of_birth", "Date of birth"), ("planned_completion", "Planned completion")):
        yield Rule(
            name="date_form",
            column=key,
            key=key,
            message=f"[{heading}] must be a day that exists, written dd/mm/yyyy.",
            broken=pl.col(key).is_not_null() & _day(key).is_null(),
        )


def _read(delivered: Delivered, options: PearsonOptions) -> Iterator[Part]:
    require_delta(delivered.kind, "all registrations of the centre", complete=options.complete)
    qualification = _qualification(delivered, options)
    file = read_bulk_file(delivered, options.columns)
    kind = pl.coalesce("registration_type", pl.lit(options.registration_type)).str.to_lowercase()
    table = file.table.filter(kind != _UNITS.lower())
    day = delivered.delivered_on.isoformat() if options.registration_date == "delivery" else options.registration_date
    records = table.select(
        "line",
        centre_number=pl.lit(options.centre_number),
        centre_learner_reference="reference",
        qualification_number=pl.lit(qualification),
        awarding_organisation_rn=pl.lit(options.awarding_organisation_rn),
        forename="forename",
        surname="surname",
        date_of_birth=pl.coalesce(_day("date_of_birth"), "date_of_birth"),
        sex="sex",
        uln="uln",
        registration_date=pl.lit(day, dtype=pl.String),
        planned_completion=pl.coalesce(_day("planned_completion", "month"), "planned_completion"),
        status=pl.lit("active"),
    )
    yield Part(
        feed="centre_registrations",
        records=records,
        refused=pl.concat([file.irregular, broken_rules(table, _rules())]),
        lines=file.lines,
        set_aside=file.table.height - table.height,
        extra_columns=file.extra_columns,
    )


_REGISTRATIONS = "Pearson, Functional Skills: making bulk registrations (support.pearson.com)"

READER = Reader(
    name="pearson_bulk_registrations",
    title="Pearson bulk registration columns",
    meaning="A centre's bulk registrations for Pearson, saved as CSV, one learner a line. Each becomes a registration "
    "that the centre says it has made, for the qualification of the source or of the file's name.",
    endings=("csv",),
    text=True,
    options=PearsonOptions,
    feeds=lambda options: ("centre_registrations",),
    read=_read,
    facts=(
        Fact(
            what="columns, dates as dd/mm/yyyy, names to 20 and 30 characters",
            mark="primary source",
            source=_REGISTRATIONS,
        ),
        Fact(
            what="registration type, enrolment date, order number: once for all learners of a file",
            mark="primary source",
            source="Pearson, Making vocational registrations (qualifications.pearson.com)",
        ),
        Fact(
            what="characters that names keep",
            mark="primary source",
            source="Pearson, Registration and entry data (qualifications.pearson.com)",
        ),
        Fact(what="centre, qualification and day of registration", mark="configuration"),
        Fact(what="exact headings of the template, and letters of the study mode", mark="configuration"),
    ),
)
