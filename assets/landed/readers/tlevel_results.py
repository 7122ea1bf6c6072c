"""Bulk results of T Levels become `ao_unit_results`: the core and each specialism a row of its own.

A code and series without a grade say that there is no result, or no longer one. Which result ends is told by no row of the
contract, so such a component is set aside and counted. Words of grades become the codes that the service sends UCAS.
"""

from collections.abc import Iterator

import polars as pl

from assets.landed.reader import Delivered, Fact, Options, Part, Reader
from assets.landed.readers._bulk_files import FileColumn, Rule, parts, read_bulk_file
from assets.landed.readers._bulk_options import Months, Organisation, ResultDays
from assets.landed.readers._tlevel_components import (
    Side,
    component_part,
    components,
    core_known_rule,
    nothing_said_rule,
    series_rules,
    side_columns,
    side_rules,
)
from assets.landed.readers._tlevel_grades import GRADE_FACT, grade_rule, known_days, results_of
from assets.landed.readers._tlevel_rules import SAMPLES, SERVICE, uln_rules
from assets.landed.refusals import require_delta
from assets.landed.sources import Lookup

_CORE = Side(
    code="core_code",
    series="core_series",
    grade="core_grade",
    headings=("ComponentCode (Core)", "AssessmentSeries (Core)", "ComponentGrade (Core)"),
)
_SPECIALISMS = Side(
    code="specialisms",
    series="specialism_series",
    grade="specialism_grades",
    headings=("ComponentCode (Specialisms)", "AssessmentSeries (Specialisms)", "ComponentGrade (Specialisms)"),
)
_COLUMNS = (FileColumn(key="uln", headings=("ULN",)), *side_columns(_CORE, _SPECIALISMS))


class ResultOptions(Options):
    """What the file does not say.

    Attributes:
        awarding_organisation_rn: whose file it is.
        series: the words of a series to its month, as `Autumn 2021` to `2021-10`.
        result_dates: the words of a series to the day of its results, or `delivery`.
        grades: further words of grades to grades; they count before the shipped ones.
        core_codes: specialism code to core code, for lines that name no core.
        complete: whether each file holds all unit results of the organisation; else files must be deltas.
    """

    awarding_organisation_rn: Organisation
    series: Months
    result_dates: ResultDays
    grades: Lookup = {}
    core_codes: Lookup = {}
    complete: bool = False


def _rules(options: ResultOptions) -> Iterator[Rule]:
    yield from uln_rules()
    for side, several, column in ((_CORE, False, "qualification_number"), (_SPECIALISMS, True, "unit_number")):
        yield from side_rules(side, several=several, code_column=column)
        yield _series_missing(side)
        yield from series_rules(side, options.series, known_days(options.result_dates))
    codes, grades = parts(pl.col("specialisms")), parts(pl.col("specialism_grades"))
    yield Rule(
        name="grades_count",
        column="grade",
        key="specialism_grades",
        message=f"[{_SPECIALISMS.headings[2]}] must hold as many grades as [{_SPECIALISMS.headings[0]}] codes, "
        "parted by commas.",
        broken=grades.list.len() != codes.list.len(),
    )
    yield grade_rule(_CORE, options.grades, core=True)
    yield grade_rule(_SPECIALISMS, options.grades, core=False)
    yield core_known_rule(_CORE, _SPECIALISMS, options.core_codes)
    yield nothing_said_rule(*(one.key for one in _COLUMNS if one.key != "uln"))


def _series_missing(side: Side) -> Rule:
    given = pl.col(side.code).is_not_null() | pl.col(side.grade or "").is_not_null()
    return Rule(
        name="series_missing",
        column="series",
        key=side.series,
        message=f"[{side.headings[1]}] must be given where [{side.headings[0]}] or [{side.headings[2]}] is.",
        broken=given & pl.col(side.series).is_null(),
    )


def _read(delivered: Delivered, options: ResultOptions) -> Iterator[Part]:
    require_delta(delivered.kind, "all unit results of the organisation", complete=options.complete)
    file = read_bulk_file(delivered, _COLUMNS)
    told = components(file.table, _CORE, _SPECIALISMS, options.core_codes)
    results = results_of(told, delivered, options)
    yield component_part("ao_unit_results", file, list(_rules(options)), results, pl.col("grade").is_null())


READER = Reader(
    name="tlevel_results",
    title="T Level bulk results",
    meaning="An awarding organisation's component results as it uploads them to the T Level service, one learner a line. "
    "The core and each specialism become a unit result; a component without a grade is set aside.",
    endings=("csv",),
    text=True,
    options=ResultOptions,
    feeds=lambda options: ("ao_unit_results",),
    read=_read,
    facts=(
        Fact(what="columns and their headings, in any case", mark="primary source", source=SERVICE),
        Fact(what="a series is written as in Summer 2022", mark="primary source", source=SERVICE),
        Fact(what="as many grades as specialisms, parted by commas", mark="primary source", source=SAMPLES),
        GRADE_FACT,
        Fact(what="month of a series and day of its results", mark="configuration"),
        Fact(what="core of a specialism, for lines that name no core", mark="configuration"),
    ),
    rows_a_line=True,
)
