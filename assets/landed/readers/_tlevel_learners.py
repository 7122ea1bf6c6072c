"""Registrations and withdrawals of T Levels: one form of file, each line a registration that begins or ends.

The learner's key in the service that takes the files is the unique learner number, so it is the registration number here;
the core code is the qualification, the specialisms are the pathway.
"""

from collections.abc import Iterator

import polars as pl

from assets.landed.reader import Delivered, Fact, Options, Part
from assets.landed.readers._bulk_files import FileColumn, Rule, broken_rules, looked_up, parts, read_bulk_file
from assets.landed.readers._bulk_options import Days, Months, Organisation
from assets.landed.readers._tlevel_rules import (
    FACTS,
    LEARNER_COLUMNS,
    codes_rules,
    is_academic_year,
    is_ukprn,
    is_uln,
    learner_rules,
    required_core_rules,
    written_day,
)
from assets.landed.sources import Lookup

_REGISTRATION_COLUMNS = (
    *LEARNER_COLUMNS,
    FileColumn(key="core_code", headings=("Core code",)),
    FileColumn(key="specialisms", headings=("Specialism code(s)", "Specialism codes", "Specialism code")),
)

LEARNER_FACTS = (
    *FACTS,
    Fact(what="centre number of a UKPRN", mark="configuration"),
    Fact(what="day of registration and month of completion, by academic year", mark="configuration"),
)


class LearnerOptions(Options):
    """What registrations and withdrawals do not say themselves.

    Attributes:
        awarding_organisation_rn: whose file it is.
        centres: UKPRN to national centre number.
        registration_dates: academic year to day of registration.
        planned_completions: academic year to the month of completion; those left out leave it empty.
        pathways: specialism codes, in their order and joined by commas, to the pathway's name in the specification; those
            left out are their own name.
    """

    awarding_organisation_rn: Organisation
    centres: Lookup
    registration_dates: Days
    planned_completions: Months = {}
    pathways: Lookup = {}


def registration_parts(delivered: Delivered, options: LearnerOptions, status: str) -> Iterator[Part]:
    """A file of registrations or withdrawals as one part of `ao_registrations`, of the status given."""
    file = read_bulk_file(delivered, _REGISTRATION_COLUMNS)
    table = file.table.with_columns(
        centre_number=looked_up(pl.col("ukprn"), options.centres),
        registration_date=looked_up(pl.col("academic_year"), options.registration_dates),
    )
    rules = (
        *learner_rules(delivered.delivered_on),
        *_configured_rules(),
        *required_core_rules(),
        *codes_rules("specialisms", "Specialism code(s)", "pathway"),
    )
    yield Part(
        feed="ao_registrations",
        records=_registrations(table, options, status),
        refused=pl.concat([file.irregular, broken_rules(table, rules)]),
        lines=file.lines,
        extra_columns=file.extra_columns,
    )


def _configured_rules() -> Iterator[Rule]:
    yield Rule(
        name="unknown_provider",
        column="centre_number",
        key="ukprn",
        message="The source's option [centres] has no centre number for this [UKPRN]; add it, or correct the UKPRN.",
        broken=is_ukprn() & pl.col("centre_number").is_null(),
    )
    yield Rule(
        name="unknown_academic_year",
        column="registration_date",
        key="academic_year",
        message="The source's option [registration_dates] has no day for this [Academic year]; add it, or correct the year.",
        broken=is_academic_year() & pl.col("registration_date").is_null(),
    )


def _registrations(table: pl.DataFrame, options: LearnerOptions, status: str) -> pl.DataFrame:
    uln = pl.col("uln")
    codes = parts(pl.col("specialisms")).list.eval(pl.element().str.to_uppercase()).list.sort().list.join(",")
    return table.select(
        "line",
        awarding_organisation_rn=pl.lit(options.awarding_organisation_rn),
        registration_number="uln",
        qualification_number="core_code",
        centre_number=pl.coalesce("centre_number", "ukprn"),
        forename="forename",
        surname="surname",
        date_of_birth=pl.coalesce(written_day("date_of_birth"), "date_of_birth"),
        uln=pl.when(is_uln(uln)).then(uln),
        pathway=pl.coalesce(looked_up(codes, options.pathways), codes),
        registration_date=pl.coalesce("registration_date", "academic_year"),
        planned_completion=looked_up(pl.col("academic_year"), options.planned_completions),
        status=pl.lit(status),
    )
