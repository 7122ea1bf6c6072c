"""Learning aims made into rows of the centre's feeds, a frame at a time: which are qualifications, units, or neither."""

from collections.abc import Iterator

import polars as pl

from assets.landed.reader import REFUSED_ROWS, Part
from assets.landed.readers._ilr_options import IlrOptions
from assets.landed.readers._xml_reading import day, month

#: A qualification number as the record writes it. Class codes (Z…) and units have other forms.
_QUALIFICATION = r"^[0-9]{7}[0-9X]$"

_REGISTRATION = (
    "centre_number",
    "centre_learner_reference",
    "qualification_number",
    "awarding_organisation_rn",
    "forename",
    "surname",
    "date_of_birth",
    "sex",
    "postcode",
    "uln",
    "registration_date",
    "planned_completion",
    "personal_id",
    "status",
    "line",
)
_UNIT_ENTRY = (
    "centre_number",
    "centre_learner_reference",
    "qualification_number",
    "unit_number",
    "series",
    "entry_status",
    "centre_grade",
    "graded_on",
    "line",
)


def parts_of(aims: pl.DataFrame, centre: str, options: IlrOptions) -> Iterator[Part]:
    """What some aims are.

    Args:
        aims: one row an aim, all aims of a learner together: text columns of the learner and of the aim as delivered,
            `learner` (number of the learner) and `line`.
        centre: the provider's centre number.
        options: what the source says.
    """
    key = pl.col("aim").str.replace_all(r"[/\s]", "").str.to_uppercase()
    aims = aims.with_columns(
        pl.lit(centre).alias("centre_number"),
        key.alias("aim"),
        # an invalid date orders nothing, and is left to the contract's check
        day("start").str.to_date("%Y-%m-%d", strict=False).alias("starts"),
        *(day(name) for name in ("date_of_birth", "start", "original_start", "graded_on")),
    )
    unit = pl.col("aim").is_in(list(options.units))
    qualification = ~unit & pl.col("aim").str.contains(_QUALIFICATION)
    nameless = aims.filter(pl.col("aim").is_null())
    registered = aims.filter(qualification)
    entered = aims.filter(unit)
    others = aims.height - nameless.height - registered.height - entered.height
    yield _registrations(registered, nameless["line"], others, options)
    if options.units:
        yield _unit_entries(entered, options)


def _registrations(aims: pl.DataFrame, nameless: pl.Series, others: int, options: IlrOptions) -> Part:
    """Registrations from aims that are qualifications.

    Args:
        aims: these aims.
        nameless: lines of aims without a reference.
        others: how many aims are neither qualifications nor units that are listed.
        options: what the source says.
    """
    rows = aims.with_columns(
        pl.col("aim").alias("qualification_number"),
        _looked_up("aim", options.awarding_organisations).alias("awarding_organisation_rn"),
        pl.col("completion_status").replace(options.completion_statuses).alias("status"),
        month("planned_end").alias("planned_completion"),
        (
            pl.coalesce("original_start", "start") if options.registration_date == "original_start" else pl.col("start")
        ).alias("registration_date"),
    )
    if options.only_listed:
        rows = rows.filter(pl.col("awarding_organisation_rn").is_not_null())
    rows = _counting(rows, ("qualification_number",), options)
    unlisted = rows.filter(pl.col("awarding_organisation_rn").is_null())["line"]
    return Part(
        feed="centre_registrations",
        records=rows.select(_REGISTRATION),
        refused=pl.concat([_no_organisation(unlisted), _no_aim(nameless)]),
        set_aside=others + aims.height - rows.height,
    )


def _unit_entries(aims: pl.DataFrame, options: IlrOptions) -> Part:
    """Unit entries from aims that are units."""
    columns = ("aim", "qualification_number", "unit_number", "series")
    listed = [{"aim": aim, **unit} for aim, unit in options.units.items()]
    units = pl.DataFrame(listed, schema=dict.fromkeys(columns, pl.String))
    rows = aims.join(units, on="aim", how="left", maintain_order="left").with_columns(
        pl.col("completion_status").replace(options.unit_entry_statuses).alias("entry_status")
    )
    counted = _counting(rows, ("qualification_number", "unit_number", "series"), options)
    return Part(feed="centre_unit_entries", records=counted.select(_UNIT_ENTRY), set_aside=rows.height - counted.height)


def _counting(rows: pl.DataFrame, of: tuple[str, ...], options: IlrOptions) -> pl.DataFrame:
    """The rows without those that another aim of the same learner, which started later, stands in place of.

    Those that start on one day stay: equal ones are duplicates and others conflict, which the checks of all formats tell.
    """
    if options.repeated_aims == "all":
        return rows
    last = pl.col("starts").max().over("learner", *of)
    return rows.filter(pl.col("starts").is_null() | (pl.col("starts") == last))


def _looked_up(column: str, lookup: dict[str, str]) -> pl.Expr:
    return pl.col(column).replace_strict(lookup, default=None, return_dtype=pl.String)


def _no_organisation(lines: pl.Series) -> pl.DataFrame:
    return _refused(
        lines,
        "awarding_organisation_rn",
        "awarding_organisation_unknown",
        "The source's [awarding_organisations] do not have the qualification: add it, or set [only_listed].",
    )


def _no_aim(lines: pl.Series) -> pl.DataFrame:
    return _refused(lines, "LearnAimRef", "learning_aim_missing", "A learning aim needs its reference.")


def _refused(lines: pl.Series, column: str, rule: str, message: str) -> pl.DataFrame:
    told = {"column_name": column, "rule": rule, "value_class": "empty", "message": message}
    texts = (pl.lit(told.get(name), dtype=kind).alias(name) for name, kind in REFUSED_ROWS.items() if name != "line")
    return lines.to_frame("line").with_columns(texts).select(*REFUSED_ROWS)
