"""Lines of T Level files taken apart into components: the core, and each specialism that shares a cell with others.

Entries, results and reviews of marking say the same of the core and of the specialisms: code, series, and for two of them
grades. A component of which a line says nothing (a code without its series, or without a grade) makes no row.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from assets.landed.reader import Part
from assets.landed.readers._bulk_files import BulkLines, FileColumn, Rule, broken_rules, looked_up, parts, told_by_row
from assets.landed.readers._tlevel_rules import code_rules, codes_rules

_SERIES = r"(?i-u)^[a-z]{1,20} [0-9]{4}$"


@dataclass(frozen=True, kw_only=True)
class Side:
    """The columns of the core or of the specialisms in one kind of file.

    Attributes:
        code: key of the code or codes.
        series: key of the series.
        grade: key of the grade or grades; None where the file has none.
        headings: of code, series and grade.
    """

    code: str
    series: str
    grade: str | None
    headings: tuple[str, ...]


def side_columns(*sides: Side) -> tuple[FileColumn, ...]:
    """The columns of a file that has grades: code, series and grade of each side."""
    return tuple(
        FileColumn(key=key, headings=(heading,))
        for side in sides
        for key, heading in zip((side.code, side.series, side.grade or ""), side.headings, strict=True)
    )


def side_rules(side: Side, *, several: bool, code_column: str | None) -> Iterator[Rule]:
    """What is asked of code and series of a side, where they are given.

    Args:
        side: the side.
        several: whether its cell may hold several codes.
        code_column: the canonical column that the code goes to.
    """
    code, series = pl.col(side.code), pl.col(side.series)
    yield from (codes_rules if several else code_rules)(side.code, side.headings[0], code_column)
    given, needs = series.is_not_null(), f"[{side.headings[1]}]"
    if side.grade is not None:
        given, needs = given | pl.col(side.grade).is_not_null(), f"[{side.headings[1]}] or [{side.headings[2]}]"
    yield Rule(
        name="code_missing",
        column=code_column,
        key=side.code,
        message=f"[{side.headings[0]}] must be given where {needs} is.",
        broken=code.is_null() & given,
    )
    yield Rule(
        name="series_form",
        column="series",
        key=side.series,
        message=f"[{side.headings[1]}] must be a word, a space and a year of four digits, as in Summer 2022.",
        broken=~series.str.contains(_SERIES),
    )


def series_rules(side: Side, series: dict[str, str], days: dict[str, str] | None) -> Iterator[Rule]:
    """That the source knows the month of the series and, for results, their day.

    Args:
        side: the side.
        series: from the words to months.
        days: from the words to days; None where they are not asked for.
    """
    column, heading = pl.col(side.series), side.headings[1]
    for option, lookup, canonical in (("series", series, "series"), ("result_dates", days, "result_date")):
        if lookup is not None:
            yield Rule(
                name="unknown_series",
                column=canonical,
                key=side.series,
                message=f"The source's option [{option}] does not have this [{heading}]; add it, or correct the series.",
                broken=column.str.contains(_SERIES) & looked_up(column, lookup).is_null(),
            )


def core_known_rule(core: Side, specialisms: Side, core_codes: dict[str, str]) -> Rule:
    """That the qualification of a line without core code is known from its specialisms."""
    codes, known = parts(pl.col(specialisms.code)), list(_by_upper(core_codes))
    return Rule(
        name="unknown_core",
        column="qualification_number",
        key=core.code,
        message=f"[{core.headings[0]}] must be given unless the source's option [core_codes] has each code of "
        f"[{specialisms.headings[0]}].",
        broken=pl.col(core.code).is_null()
        & pl.col(specialisms.grade or specialisms.series).is_not_null()
        & codes.list.eval(~pl.element().str.to_uppercase().is_in(known)).list.any(),
    )


def nothing_said_rule(*keys: str) -> Rule:
    """That a line says something beside its ULN."""
    return Rule(
        name="no_component",
        column=None,
        key=None,
        message="The line must say something after its ULN, or be left out.",
        broken=pl.col("uln").is_not_null() & pl.all_horizontal(pl.col(key).is_null() for key in keys),
    )


def _by_upper(core_codes: dict[str, str]) -> dict[str, str]:
    return {code.strip().upper(): core.strip().upper() for code, core in core_codes.items()}


def components(table: pl.DataFrame, core: Side, specialisms: Side, core_codes: dict[str, str]) -> pl.DataFrame:
    """Each component that a line names: `line`, `registration_number`, `qualification_number`, `unit_number`, `series` and
    `grade` in the words of the file, `is_core`; in order of line, the core first.

    Args:
        table: of the file.
        core: the columns of the core.
        specialisms: the columns of the specialisms; where a cell holds fewer grades than codes, the others have none.
        core_codes: specialism code to core code, for lines that name no core.
    """
    of_core = table.select(
        "line",
        registration_number="uln",
        qualification_number=core.code,
        unit_number=pl.col(core.code).str.to_uppercase(),
        series=core.series,
        grade=_grade(core),
        is_core=pl.lit(True),
    )
    codes, grades = parts(pl.col(specialisms.code)), parts(_grade(specialisms))
    each = table.select(
        "line",
        "uln",
        core.code,
        codes.alias("unit_number"),
        pl.col(specialisms.series).alias("series"),
        place=pl.int_ranges(codes.list.len()),
        grades=grades,
    ).explode("unit_number", "place", empty_as_null=True)
    unit = pl.col("unit_number").str.to_uppercase()
    of_specialisms = each.select(
        "line",
        registration_number="uln",
        qualification_number=pl.coalesce(core.code, looked_up(unit, _by_upper(core_codes))),
        unit_number=unit,
        series="series",
        grade=pl.col("grades").list.get(pl.col("place"), null_on_oob=True),
        is_core=pl.lit(False),
    )
    both = pl.concat([of_core, of_specialisms]).sort("line", maintain_order=True)
    return both.with_columns(pl.when(pl.col("grade") != "").then(pl.col("grade")).alias("grade")).filter(
        pl.col("unit_number").fill_null("") != ""
    )


def _grade(side: Side) -> pl.Expr:
    return pl.lit(None, dtype=pl.String) if side.grade is None else pl.col(side.grade)


def component_part(feed: str, file: BulkLines, rules: list[Rule], told: pl.DataFrame, silent: pl.Expr) -> Part:
    """A part made of components.

    Args:
        feed: the feed.
        file: the file.
        rules: of its lines; a line that breaks one is refused with all its components.
        told: `components`, with further columns of the feed; of helping columns only `is_core`.
        silent: where a component says nothing that the feed could hold. Such are set aside, and counted unless their line
            is refused.
    """
    reasons = broken_rules(file.table, rules)
    refused = told.filter(silent)["line"].is_in(reasons["line"].implode())
    records = told.filter(~silent).drop("is_core").with_row_index("row", offset=1).cast({"row": pl.Int64})
    return Part(
        feed=feed,
        records=records,
        refused=pl.concat([file.irregular, told_by_row(reasons, records)]),
        lines=file.lines,
        set_aside=int((~refused).sum()),
        extra_columns=file.extra_columns,
    )
