"""What the service that takes T Level bulk files asks of their lines: headings, lengths, forms of dates and codes.

Rules and headings are the service's own (`SERVICE`). Its checks against its own records are not repeated here: whether a
provider offers a core is for the reconciliation to find.
"""

from collections.abc import Iterator
from datetime import date

import polars as pl

from assets.landed.reader import Fact
from assets.landed.readers._bulk_files import FileColumn, Rule, parts
from schemas.fields import ULN_NOT_KNOWN

SERVICE = "github.com/SkillsFundingAgency/tl-results-and-certification: headers, validators and codes of its bulk files"
SAMPLES = (
    "github.com/SkillsFundingAgency/tl-results-and-certification-automation-suite: its bulk files and error reports"
)

#: The service's own lengths.
LONGEST_NAME, CODE, ULN_DIGITS, UKPRN_DIGITS = 100, 8, 10, 8

FACTS = (
    Fact(what="columns and their headings, in any case", mark="primary source", source=SERVICE),
    Fact(what="names to 100, UKPRN 8 digits, codes 8 characters, ULN 10 digits", mark="primary source", source=SERVICE),
    Fact(what="dates as ddmmyyyy, academic years as 2021/22", mark="primary source", source=SERVICE),
    Fact(what="several specialisms in one quoted cell, parted by commas", mark="primary source", source=SAMPLES),
    Fact(what="a learner's ULN stands on one line of a file only", mark="primary source", source=SERVICE),
)

LEARNER_COLUMNS = (
    FileColumn(key="uln", headings=("ULN",)),
    FileColumn(key="forename", headings=("First name",)),
    FileColumn(key="surname", headings=("Last name",)),
    FileColumn(key="date_of_birth", headings=("Date of birth",)),
    FileColumn(key="ukprn", headings=("UKPRN",)),
    FileColumn(key="academic_year", headings=("Academic year",)),
)


def uln_rules() -> Iterator[Rule]:
    """What every file asks of the ULN."""
    uln = pl.col("uln")
    yield Rule(
        name="missing_value",
        column="registration_number",
        key="uln",
        message="[ULN] must not be empty.",
        broken=uln.is_null(),
    )
    yield Rule(
        name="ten_digits",
        column="registration_number",
        key="uln",
        message=f"[ULN] must be {ULN_DIGITS} digits.",
        broken=~is_uln(uln),
    )
    yield Rule(
        name="uln_not_known",
        column="registration_number",
        key="uln",
        message=f"[ULN] must be the learner's own: {ULN_NOT_KNOWN} means that it is not known.",
        broken=uln == ULN_NOT_KNOWN,
    )
    yield Rule(
        name="repeated_uln",
        column="registration_number",
        key="uln",
        message="[ULN] must stand on one line of the file only.",
        broken=uln.is_not_null() & (pl.len().over("uln") > 1),
    )


def is_uln(value: pl.Expr) -> pl.Expr:
    return value.str.contains(f"(?-u)^[0-9]{{{ULN_DIGITS}}}$")


def missing_rule(key: str, column: str, heading: str) -> Rule:
    """That a value is given."""
    message = f"[{heading}] must not be empty."
    return Rule(name="missing_value", column=column, key=key, message=message, broken=pl.col(key).is_null())


def learner_rules(delivered_on: date) -> Iterator[Rule]:
    """What a file that names learners asks of their columns."""
    yield from uln_rules()
    for key, heading in (("forename", "First name"), ("surname", "Last name")):
        yield missing_rule(key, key, heading)
        yield Rule(
            name="too_long",
            column=key,
            key=key,
            message=f"[{heading}] must not be longer than {LONGEST_NAME} characters.",
            broken=pl.col(key).str.len_chars() > LONGEST_NAME,
        )
    yield missing_rule("date_of_birth", "date_of_birth", "Date of birth")
    born = written_day("date_of_birth")
    yield Rule(
        name="date_form",
        column="date_of_birth",
        key="date_of_birth",
        message="[Date of birth] must be a day that exists, written ddmmyyyy.",
        broken=pl.col("date_of_birth").is_not_null() & born.is_null(),
    )
    yield Rule(
        name="date_not_past",
        column="date_of_birth",
        key="date_of_birth",
        message="[Date of birth] must be before the day of the delivery.",
        broken=born >= delivered_on.isoformat(),
    )
    yield missing_rule("ukprn", "centre_number", "UKPRN")
    yield Rule(
        name="ukprn_form",
        column="centre_number",
        key="ukprn",
        message=f"[UKPRN] must be {UKPRN_DIGITS} digits.",
        broken=~is_ukprn(),
    )
    yield missing_rule("academic_year", "registration_date", "Academic year")
    yield Rule(
        name="academic_year_form",
        column="registration_date",
        key="academic_year",
        message="[Academic year] must be written as in 2021/22.",
        broken=~is_academic_year(),
    )


def is_ukprn() -> pl.Expr:
    return pl.col("ukprn").str.contains(f"(?-u)^[0-9]{{{UKPRN_DIGITS}}}$")


def is_academic_year() -> pl.Expr:
    return pl.col("academic_year").str.contains("(?-u)^[0-9]{4}/[0-9]{2}$")


def written_day(key: str) -> pl.Expr:
    """The day, yyyy-mm-dd, that a column of the form ddmmyyyy holds; null where it holds none."""
    value = pl.col(key)
    day = pl.when(value.str.contains("(?-u)^[0-9]{8}$")).then(value).str.to_date("%d%m%Y", strict=False)
    return day.dt.to_string("%Y-%m-%d")


def code_rules(key: str, heading: str, column: str | None) -> Iterator[Rule]:
    """What is asked of one code, where it is given."""
    yield Rule(
        name="code_form",
        column=column,
        key=key,
        message=f"[{heading}] must be {CODE} characters.",
        broken=pl.col(key).str.len_chars() != CODE,
    )


def codes_rules(key: str, heading: str, column: str | None) -> Iterator[Rule]:
    """What is asked of several codes in one cell, where they are given."""
    codes = parts(pl.col(key))
    yield Rule(
        name="code_form",
        column=column,
        key=key,
        message=f"Each code of [{heading}] must be {CODE} characters.",
        broken=codes.list.eval(pl.element().str.len_chars() != CODE).list.any(),
    )
    yield Rule(
        name="repeated_code",
        column=column,
        key=key,
        message=f"The codes of [{heading}] must differ.",
        broken=codes.list.n_unique() != codes.list.len(),
    )


def required_core_rules(heading: str = "Core code") -> Iterator[Rule]:
    """What is asked of a core code that must be given."""
    yield missing_rule("core_code", "qualification_number", heading)
    yield from code_rules("core_code", heading, "qualification_number")
