"""Grades of T Level components: the words that bulk files hold, and the codes that the service sends UCAS for them."""

from typing import Protocol

import polars as pl

from assets.landed.reader import Delivered, Fact
from assets.landed.readers._bulk_files import Rule, looked_up, parts
from assets.landed.readers._tlevel_components import Side
from assets.landed.readers._tlevel_rules import SERVICE

#: Words that stand where a grade would: a result that is pending, and none.
WITHOUT_GRADE = {"Q - pending result": "Q", "X - no result": "X"}
CORE_GRADES = {**{grade: grade for grade in ("A*", "A", "B", "C", "D", "E")}, "Unclassified": "U"}
SPECIALISM_GRADES = {"Distinction": "D", "Merit": "M", "Pass": "P", "Unclassified": "U"}

GRADE_FACT = Fact(
    what="words of grades, and their codes: core A* to E, specialisms D, M, P, both U, Q, X",
    mark="primary source",
    source=SERVICE,
)


class GradedOptions(Protocol):
    """Options of a file that holds grades."""

    @property
    def awarding_organisation_rn(self) -> str: ...
    @property
    def series(self) -> dict[str, str]: ...
    @property
    def result_dates(self) -> str | dict[str, str]: ...
    @property
    def grades(self) -> dict[str, str]: ...


def _words(own: dict[str, str], *, core: bool, reviewed: bool = False) -> dict[str, str]:
    """Words of grades in small letters to codes. The outcome of a review is a grade, never a result that is pending."""
    shipped = (CORE_GRADES if core else SPECIALISM_GRADES) | ({} if reviewed else WITHOUT_GRADE)
    return {word.strip().lower(): grade for word, grade in (shipped | own).items()}


def grade_rule(side: Side, own: dict[str, str], *, core: bool, reviewed: bool = False) -> Rule:
    """That each grade given is one of the component's.

    Args:
        side: the core or the specialisms.
        own: the source's own words.
        core: which of the two.
        reviewed: whether the grade is the outcome of a review.
    """
    assert side.grade is not None
    known = ["", *_words(own, core=core, reviewed=reviewed)]
    return Rule(
        name="unknown_grade",
        column="grade",
        key=side.grade,
        message=f"[{side.headings[2]}] must be a grade of the component in the words of the T Level service, or one of the "
        "source's option [grades].",
        broken=parts(pl.col(side.grade)).list.eval(~pl.element().str.to_lowercase().is_in(known)).list.any(),
    )


def known_days(days: str | dict[str, str]) -> dict[str, str] | None:
    """Days of results by series; None where the day of the delivery is meant."""
    return None if isinstance(days, str) else days


def results_of(told: pl.DataFrame, delivered: Delivered, options: GradedOptions) -> pl.DataFrame:
    """Components as rows of `ao_unit_results`; a grade that is not known stays as it is."""
    series, grade, days = pl.col("series"), pl.col("grade"), known_days(options.result_dates)
    decoded = (
        pl.when("is_core")
        .then(looked_up(grade, _words(options.grades, core=True)))
        .otherwise(looked_up(grade, _words(options.grades, core=False)))
    )
    delivery = pl.lit(delivered.delivered_on.isoformat())
    # a grade without its series is refused for that; its day is not asked for as well
    day = delivery if days is None else pl.when(series.is_null()).then(delivery).otherwise(looked_up(series, days))
    return told.with_columns(
        awarding_organisation_rn=pl.lit(options.awarding_organisation_rn),
        series=pl.coalesce(looked_up(series, options.series), series),
        result_date=pl.coalesce(day, series),
        grade=pl.coalesce(decoded, grade),
    )
