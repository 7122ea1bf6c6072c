"""Bulk assessment entries of T Levels become `ao_unit_entries`: the core and each specialism a row of its own.

A code without a series says that there is to be no entry. Which entry ends is not in the file, so such a component makes no
row; it is set aside and counted.
"""

from collections.abc import Iterator

import polars as pl

from assets.landed.reader import Delivered, Fact, Options, Part, Reader
from assets.landed.readers._bulk_files import FileColumn, looked_up, read_bulk_file
from assets.landed.readers._bulk_options import Months, Organisation
from assets.landed.readers._tlevel_components import (
    Side,
    component_part,
    components,
    core_known_rule,
    nothing_said_rule,
    series_rules,
    side_rules,
)
from assets.landed.readers._tlevel_rules import SAMPLES, SERVICE, uln_rules
from assets.landed.refusals import require_delta
from assets.landed.sources import Lookup

_COLUMNS = (
    FileColumn(key="uln", headings=("ULN",)),
    FileColumn(key="core_code", headings=("Core code",)),
    FileColumn(key="core_series", headings=("Core assessment entry",)),
    FileColumn(key="specialisms", headings=("Specialism code(s)", "Specialism code")),
    FileColumn(key="specialism_series", headings=("Specialism assessment entry",)),
)
_CORE = Side(code="core_code", series="core_series", grade=None, headings=("Core code", "Core assessment entry"))
_SPECIALISMS = Side(
    code="specialisms",
    series="specialism_series",
    grade=None,
    headings=("Specialism code(s)", "Specialism assessment entry"),
)


class EntryOptions(Options):
    """What the file does not say.

    Attributes:
        awarding_organisation_rn: whose file it is.
        series: the words of a series to its month, as `Autumn 2021` to `2021-10`.
        core_codes: specialism code to core code, for lines that name no core.
        complete: whether each file holds all unit entries of the organisation; else files must be deltas.
    """

    awarding_organisation_rn: Organisation
    series: Months
    core_codes: Lookup = {}
    complete: bool = False


def _read(delivered: Delivered, options: EntryOptions) -> Iterator[Part]:
    require_delta(delivered.kind, "all unit entries of the organisation", complete=options.complete)
    file = read_bulk_file(delivered, _COLUMNS)
    rules = [
        *uln_rules(),
        *side_rules(_CORE, several=False, code_column="qualification_number"),
        *side_rules(_SPECIALISMS, several=True, code_column="unit_number"),
        *series_rules(_CORE, options.series, None),
        *series_rules(_SPECIALISMS, options.series, None),
        core_known_rule(_CORE, _SPECIALISMS, options.core_codes),
        nothing_said_rule("core_code", "core_series", "specialisms", "specialism_series"),
    ]
    told = components(file.table, _CORE, _SPECIALISMS, options.core_codes).drop("grade")
    entries = told.with_columns(
        awarding_organisation_rn=pl.lit(options.awarding_organisation_rn),
        series=pl.coalesce(looked_up(pl.col("series"), options.series), "series"),
        entry_status=pl.lit("entered"),
    )
    yield component_part("ao_unit_entries", file, rules, entries, pl.col("series").is_null())


READER = Reader(
    name="tlevel_assessment_entries",
    title="T Level bulk assessment entries",
    meaning="An awarding organisation's assessment entries as it uploads them to the T Level service, one learner a line. "
    "The core and each specialism become a unit entry; a code without a series is set aside.",
    endings=("csv",),
    text=True,
    options=EntryOptions,
    feeds=lambda options: ("ao_unit_entries",),
    read=_read,
    facts=(
        Fact(what="columns and their headings, in any case", mark="primary source", source=SERVICE),
        Fact(what="a series is written as in Summer 2022", mark="primary source", source=SERVICE),
        Fact(
            what="a series needs its code; a code without a series is no entry", mark="primary source", source=SAMPLES
        ),
        Fact(what="month of a series", mark="configuration"),
        Fact(what="core of a specialism, for lines that name no core", mark="configuration"),
    ),
    rows_a_line=True,
)
