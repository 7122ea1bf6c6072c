"""Ofqual's register of regulated qualifications, as its download gives it: rows of the feed `qualifications`.

What is made of the columns stands here; what the register has in common with DfE's list, in the modules beside it that
begin with `_register`.
"""

import re
from collections.abc import Iterator, Mapping

import polars as pl

from assets.landed.reader import Delivered, Fact, Part, Reader
from assets.landed.readers._register_lines import Layout
from assets.landed.readers._register_options import ListOptions
from assets.landed.readers._register_rows import FEED, Rows
from assets.landed.readers._register_values import SlashDates, day, guided_learning_hours
from assets.landed.refusals import RefusedDelivery

_DATES = ("operational_start_date", "operational_end_date", "certification_end_date")

_NATION = "(England|Northern Ireland|Wales|Scotland)"

LAYOUT = Layout(
    name="download of the register",
    taken={
        "qualification_number": "Qualification Number",
        "title": "Qualification Title",
        "awarding_organisation_rn": "Owner Organisation Recognition Number",
        "organisation_name": "Owner Organisation Name",
        "level": "Qualification Level",
        "type": "Qualification Type",
        "status": "Qualification Status",
        "operational_start_date": "Operational Start Date",
        "operational_end_date": "Operational End Date",
        "certification_end_date": "Certification End Date",
        "minimum_hours": "Minimum Guided Learning Hours",
        "maximum_hours": "Maximum Guided Learning Hours",
        "hours": "Guided Learning Hours",
    },
    required=("qualification_number", "title", "level", *_DATES),
    either=("awarding_organisation_rn", "organisation_name"),
    known=re.compile(
        "owner organisation acronym|qualification sub level|eqf level|total credits|qualification ssa|"
        "regulation start date|total qualification time|offered in.*|offered internationally|overall grading type|"
        "assessment methods|ni discount code|gce size equivalence|gcse size equivalence|"
        "gce / gcse size equivalence|entitlement framework designation|grading scale|specialisms?|pathways|"
        "approved for del funded programme|link to specification|ccea regulation|"
        r"currently and / or will consider offering internationally\.?"
    ),
    anchor=("Offered In", re.compile(rf"{_NATION}(\|{_NATION})*")),
)


class RegisterOptions(ListOptions):
    """Options of a register download.

    Attributes:
        dates: which number is the month in a date with slashes and neither AM nor PM. Where it is not said, such a date
            puts its row aside. Dates with AM or PM have the month first, and ISO dates need nothing.
    """

    dates: SlashDates | None = None


def _columns(options: RegisterOptions) -> Mapping[str, pl.Expr]:
    hours = guided_learning_hours(pl.col("hours"), pl.col("minimum_hours"), pl.col("maximum_hours"))
    return {"guided_learning_hours": hours} | {name: day(pl.col(name), options.dates) for name in _DATES}


def _refuse_days_before_months(records: pl.DataFrame) -> None:
    """A date with AM or PM whose first number is no month: the download was saved in another country's way.

    Raises:
        RefusedDelivery: `day_first_dates`.
    """
    named = [name for name in _DATES if name in records.columns]
    first, hour = r"(?-u)^\s*([0-9]{1,2})/[0-9]{1,2}/[0-9]{4}\s", r"(?-u)\s[AP]M\b"
    found = records.select(
        pl.any_horizontal(
            pl.col(name).str.contains(hour) & (pl.col(name).str.extract(first).cast(pl.Int32) > 12) for name in named
        ).alias("found")
    )
    lines = records.filter(found["found"].fill_null(False))["line"]
    if len(lines):
        raise RefusedDelivery(
            "day_first_dates",
            f"Line [{lines[0]}] has a date with AM or PM whose first number is no month, so that no date can be trusted.",
            advice="Download the register again and do not save it from a spreadsheet.",
        )


ROWS = Rows(layout=LAYOUT, columns=_columns, check=_refuse_days_before_months)


def _read(delivered: Delivered, options: RegisterOptions) -> Iterator[Part]:
    yield from ROWS.parts(delivered, options)


_FRONTEND = "OfqualGovUK/ofqual-register-frontend, QualificationCSV.cs, read 2026-07-29"
_SAMPLE = "OfqualGovUK/ofqual-register-prototype at 3e5090b, compare-qualifications-download.csv"

READER = Reader(
    name="ofqual_register",
    title="Ofqual register of qualifications",
    meaning="The CSV download of the register of regulated qualifications, whole or a selection. It gives titles, "
    "organisations, levels, guided learning hours and the dates after which no registration and no certificate is possible.",
    endings=("csv",),
    text=True,
    options=RegisterOptions,
    feeds=lambda options: (FEED,),
    read=_read,
    facts=(
        Fact(what="names of the columns", mark="primary source", source=_FRONTEND),
        Fact(
            what="no recognition number, one column Offered In, values joined by a bar, dates with the month first",
            mark="primary source",
            source=_SAMPLE,
        ),
        Fact(
            what="records without assessment methods lack that field; they are read as far as Offered In",
            mark="executed",
            source=_SAMPLE,
        ),
        Fact(
            what="a day begins and ends by London's clock: 3/31/2023 10:59:59 PM +00:00 is the end of 31 March",
            mark="executed",
            source=_SAMPLE,
        ),
        Fact(
            what="statuses (Available to learners, No longer available to new learners, No longer awarded, Not yet "
            "available to learners) are not taken over: the dates say the same",
            mark="primary source",
            source=_SAMPLE,
        ),
        Fact(
            what="recognition numbers by name, status and acronym",
            mark="primary source",
            source="OfqualGovUK/ofqual-register-prototype at 3e5090b, list of organisations",
        ),
        Fact(what="suites, claims and extraordinary arrangements", mark="configuration"),
        Fact(what="dates with slashes and neither AM nor PM", mark="configuration"),
    ),
)
