"""Reviews of marking of T Levels: a decided one becomes the component's row of `ao_unit_results`, its outcome the grade.

The feed contract holds nothing that is under review, so of the file it can hold the outcomes alone: the outcome is the grade
that now stands for that component and series, and in a delta it replaces the grade before. A review that is open and
undecided, and a component of which none is asked, are set aside and counted; that a grade is under review is then not known
to any flag. An outcome where no review is said to be open contradicts itself and is refused.
"""

from collections.abc import Iterator

import polars as pl

from assets.landed.reader import Delivered, Fact, Options, Part, Reader
from assets.landed.readers._bulk_files import FileColumn, Rule, read_bulk_file
from assets.landed.readers._bulk_options import Months, Organisation, ResultDays
from assets.landed.readers._tlevel_components import (
    Side,
    component_part,
    components,
    series_rules,
    side_columns,
    side_rules,
)
from assets.landed.readers._tlevel_grades import GRADE_FACT, grade_rule, known_days, results_of
from assets.landed.readers._tlevel_rules import FACTS, LEARNER_COLUMNS, SERVICE, learner_rules, missing_rule
from assets.landed.refusals import require_delta
from assets.landed.sources import Lookup

_CORE = Side(
    code="core_code",
    series="core_series",
    grade="core_outcome",
    headings=("Core component code", "Assessment Series (Core)", "Core ROMM outcome"),
)
_SPECIALISM = Side(
    code="specialism",
    series="specialism_series",
    grade="specialism_outcome",
    headings=("Specialism component code", "Assessment Series (Specialisms)", "Specialism ROMM outcome"),
)
_OPEN = {"core_open": "Core ROMM open", "specialism_open": "Specialism ROMM open"}
_COLUMNS = (
    *LEARNER_COLUMNS,
    *side_columns(_CORE, _SPECIALISM),
    *(FileColumn(key=key, headings=(heading,)) for key, heading in _OPEN.items()),
)


class ReviewOptions(Options):
    """What the file does not say.

    Attributes:
        awarding_organisation_rn: whose file it is.
        series: the words of a series to its month, as `Autumn 2021` to `2021-10`.
        result_dates: the words of a series to the day of the outcomes, or `delivery`.
        grades: further words of grades to grades; they count before the shipped ones.
    """

    awarding_organisation_rn: Organisation
    series: Months
    result_dates: ResultDays
    grades: Lookup = {}


def _rules(delivered: Delivered, options: ReviewOptions) -> Iterator[Rule]:
    yield from learner_rules(delivered.delivered_on)
    yield missing_rule("core_code", "qualification_number", _CORE.headings[0])
    for side, column in ((_CORE, "qualification_number"), (_SPECIALISM, "unit_number")):
        core = side is _CORE
        opened = "core_open" if core else "specialism_open"
        yield from side_rules(side, several=False, code_column=column)
        yield from _open_rules(side, opened)
        yield from series_rules(side, options.series, known_days(options.result_dates))
        yield grade_rule(side, options.grades, core=core, reviewed=True)


def _open_rules(side: Side, opened: str) -> Iterator[Rule]:
    heading, said = _OPEN[opened], pl.col(opened).str.to_lowercase()
    yield missing_rule(opened, heading, heading)
    yield Rule(
        name="yes_or_no",
        column=heading,
        key=opened,
        message=f"[{heading}] must be Yes or No.",
        broken=~said.is_in(["yes", "no"]),
    )
    yield Rule(
        name="series_missing",
        column="series",
        key=side.series,
        message=f"[{side.headings[1]}] must be given where [{heading}] is Yes.",
        broken=(said == "yes") & pl.col(side.series).is_null(),
    )
    yield Rule(
        name="outcome_without_review",
        column="grade",
        key=side.grade,
        message=f"[{side.headings[2]}] must be empty where [{heading}] is No.",
        broken=(said == "no") & pl.col(side.grade or "").is_not_null(),
    )


def _read(delivered: Delivered, options: ReviewOptions) -> Iterator[Part]:
    require_delta(delivered.kind, "all results of the organisation")
    file = read_bulk_file(delivered, _COLUMNS)
    told = components(file.table, _CORE, _SPECIALISM, {})
    results = results_of(told, delivered, options)
    yield component_part("ao_unit_results", file, list(_rules(delivered, options)), results, pl.col("grade").is_null())


READER = Reader(
    name="tlevel_reviews_of_marking",
    title="T Level reviews of marking",
    meaning="An awarding organisation's reviews of marking as it uploads them to the T Level service. An outcome becomes "
    "the component's result in the place of the grade before; open reviews are set aside: no feed holds them. Only a delta.",
    endings=("csv",),
    text=True,
    options=ReviewOptions,
    feeds=lambda options: ("ao_unit_results",),
    read=_read,
    facts=(
        *FACTS,
        Fact(
            what="a review is opened by Yes, and its outcome is the grade that stands",
            mark="primary source",
            source=SERVICE,
        ),
        GRADE_FACT,
        Fact(what="month of a series and day of its outcomes", mark="configuration"),
    ),
    rows_a_line=True,
)
