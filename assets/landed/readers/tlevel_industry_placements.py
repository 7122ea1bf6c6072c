"""Industry placements of T Levels become `ao_unit_results` of one unit, which the source names, graded P, PC or NC.

P, PC (still to be completed) and NC (will not be completed) are what the service sends UCAS. A specification knows the
placement as a gate: `met_by: [P]` is met by the grade, a gate that counts hours by `points`. The file has hours only for
placements with special consideration, fewer than the gate asks, so they are checked and not passed on; the source says with
how many hours a completed placement stands (`completed_points`), where a specification counts them.

The file tells of placements alone, so it is refused unless it is delivered as a change (`kind: delta` in the source, or
`.delta.` in its name).
"""

from collections.abc import Iterator
from typing import Annotated

import polars as pl
from pydantic import Field

from assets.landed.reader import Delivered, Fact, Options, Part, Reader
from assets.landed.readers._bulk_files import FileColumn, Rule, broken_rules, looked_up, parts, read_bulk_file
from assets.landed.readers._bulk_options import Month, Organisation, ResultDay
from assets.landed.readers._tlevel_rules import SERVICE, missing_rule, required_core_rules, uln_rules
from assets.landed.refusals import require_delta

_STATUS, _HOURS, _REASON = "Industry placement status", "Industry placement hours", "Special consideration reason"
_COLUMNS = (
    FileColumn(key="uln", headings=("ULN",)),
    FileColumn(key="core_code", headings=("Core code",)),
    FileColumn(key="status", headings=(_STATUS,)),
    FileColumn(key="hours", headings=(_HOURS,)),
    FileColumn(key="reasons", headings=(_REASON, "Reason for special consideration")),
)

_SPECIAL = "placement completed with special consideration"
#: Statuses in the words of the bulk file, in small letters, and what the service sends UCAS.
_GRADES = {
    "placement completed": "P",
    _SPECIAL: "P",
    "placement still to be completed": "PC",
    "placement will not be completed": "NC",
}
#: Codes of reasons for special consideration. What they say of a learner's health and family is passed on to nobody.
_REASONS = ("ML", "MF", "B", "T", "D", "A", "U", "W", "C")
_MOST_HOURS = 999


class PlacementOptions(Options):
    """What the file does not say.

    Attributes:
        awarding_organisation_rn: whose file it is.
        unit_number: the placement's own number, as the specification's gate has it.
        series: month under which the placements of the file stand; the same for all files whose rows replace each other.
        result_date: the day of the result, or `delivery`.
        completed_points: points of a completed placement, for a gate that counts hours; left out, there are none.
    """

    awarding_organisation_rn: Organisation
    unit_number: Annotated[str, Field(min_length=1)]
    series: Month
    result_date: ResultDay
    completed_points: Annotated[int, Field(gt=0)] | None = None


def _rules() -> Iterator[Rule]:
    status = pl.col("status").str.to_lowercase()
    yield from uln_rules()
    yield from required_core_rules()
    yield missing_rule("status", "grade", _STATUS)
    yield Rule(
        name="unknown_status",
        column="grade",
        key="status",
        message=f"[{_STATUS}] must be a status in the words of the T Level service.",
        broken=~status.is_in(list(_GRADES)),
    )
    special = status == _SPECIAL
    for key, heading in (("hours", _HOURS), ("reasons", _REASON)):
        given = pl.col(key).is_not_null()
        yield Rule(
            name="only_with_special_consideration",
            column=heading,
            key=key,
            message=f"[{heading}] must be empty unless the placement is completed with special consideration.",
            broken=~special & given,
        )
        yield Rule(
            name="needed_with_special_consideration",
            column=heading,
            key=key,
            message=f"[{heading}] must be given where the placement is completed with special consideration.",
            broken=special & ~given,
        )
    yield from _special_rules(special)


def _special_rules(special: pl.Expr) -> Iterator[Rule]:
    hours, reasons = pl.col("hours"), parts(pl.col("reasons"))
    number = pl.when(hours.str.contains("(?-u)^[0-9]{1,9}$")).then(hours).cast(pl.Int64)
    yield Rule(
        name="hours_form",
        column=_HOURS,
        key="hours",
        message=f"[{_HOURS}] must be a whole number from 1 to {_MOST_HOURS}.",
        broken=special & hours.is_not_null() & ~number.is_between(1, _MOST_HOURS).fill_null(False),
    )
    yield Rule(
        name="unknown_reason",
        column=_REASON,
        key="reasons",
        message=f"[{_REASON}] must be one or more of {', '.join(_REASONS)}, parted by commas.",
        broken=special & reasons.list.eval(~pl.element().str.to_uppercase().is_in(list(_REASONS))).list.any(),
    )
    yield Rule(
        name="repeated_reason",
        column=_REASON,
        key="reasons",
        message=f"The reasons of [{_REASON}] must differ.",
        broken=special & (reasons.list.n_unique() != reasons.list.len()),
    )


def _read(delivered: Delivered, options: PlacementOptions) -> Iterator[Part]:
    require_delta(delivered.kind, "all results of the organisation")
    file = read_bulk_file(delivered, _COLUMNS)
    day = delivered.delivered_on.isoformat() if options.result_date == "delivery" else options.result_date
    grade = pl.coalesce(looked_up(pl.col("status"), _GRADES), "status")
    points = pl.lit(None if options.completed_points is None else str(options.completed_points), dtype=pl.String)
    records = file.table.select(
        "line",
        awarding_organisation_rn=pl.lit(options.awarding_organisation_rn),
        registration_number="uln",
        qualification_number="core_code",
        unit_number=pl.lit(options.unit_number),
        series=pl.lit(options.series),
        result_date=pl.lit(day),
        grade=grade,
        points=pl.when(grade == "P").then(points),
    )
    yield Part(
        feed="ao_unit_results",
        records=records,
        refused=pl.concat([file.irregular, broken_rules(file.table, _rules())]),
        lines=file.lines,
        extra_columns=file.extra_columns,
    )


READER = Reader(
    name="tlevel_industry_placements",
    title="T Level bulk industry placements",
    meaning="The state of learners' industry placements as it is uploaded to the T Level service, one learner a line. Each "
    "becomes the result of one unit that the source names: P, PC (still to be completed) or NC (will not be). Only a delta.",
    endings=("csv",),
    text=True,
    options=PlacementOptions,
    feeds=lambda options: ("ao_unit_results",),
    read=_read,
    facts=(
        Fact(what="columns and their headings, in any case", mark="primary source", source=SERVICE),
        Fact(what="words of statuses, and P, PC, NC for them", mark="primary source", source=SERVICE),
        Fact(what="hours 1 to 999 and reasons, only with special consideration", mark="primary source", source=SERVICE),
        Fact(what="the placement's number, series and day", mark="configuration"),
    ),
)
