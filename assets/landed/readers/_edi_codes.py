"""The list of codes: which qualification, and which unit of it, an option or a component of basedata stands for.

Entries and results name options by codes of a few characters, so their sources need the list. It is made of basedata as far
as that tells, and what it does not tell stays empty, for a person to fill in:

- a certification option has its qualification number itself;
- a unit option has a unit number where its accreditation number has the form of one (a letter and seven digits), and belongs
  to the qualification of its syllabus where the certification options of that have exactly one;
- a component stands for the unit, or the qualification, of the options that are linked to it where these have exactly one.
"""

from dataclasses import dataclass

import polars as pl

from assets.landed.readers._edi_options import CODE_COLUMNS, TITLE

CODE = "code"
COLUMNS = (CODE, *CODE_COLUMNS, TITLE)

#: What a person fills in.
_TOLD = ("qualification_number", "unit_number")

_QUALIFICATION = r"(?-u)^[0-9]{7}[0-9X]$"
_UNIT = r"(?-u)^[A-Z][0-9]{7}$"


class ContradictingCodes(ValueError):
    """One code has two meanings in the basedata that was given. The message names the code."""


@dataclass(frozen=True, kw_only=True)
class Tables:
    """Basedata of any number of files, as `_edi_basedata.basedata` gives the rows, with `series` (`yyyy-mm` or null)."""

    options: pl.DataFrame
    components: pl.DataFrame
    links: pl.DataFrame


def codes_of(tables: Tables, items: dict[str, str], earlier: pl.DataFrame | None = None) -> pl.DataFrame:
    """The list, in order of code.

    Args:
        tables: the basedata.
        items: `certification` or `unit` by an option's item; options of other items are left out.
        earlier: an earlier list: what it says where basedata says nothing is kept, and so are codes that basedata lacks.

    Returns:
        COLUMNS (String, null where not known). A code is `<organisation>/<code>`; its title is that of the latest series.

    Raises:
        ContradictingCodes: two files say different things of one code.
    """
    known = pl.DataFrame(schema=dict.fromkeys(COLUMNS, pl.String)) if earlier is None else earlier
    options = _filled(_options(tables.options, items), known)
    components = _filled(_components(tables, options), known)
    rows = pl.concat([options.select(*COLUMNS, "series"), components.select(*COLUMNS, "series")])
    rows = rows.sort("series", nulls_last=False, maintain_order=True)
    contradicting = (
        rows.group_by(CODE).agg(pl.struct(CODE_COLUMNS).n_unique().alias("meanings")).filter(pl.col("meanings") > 1)
    )
    if contradicting.height:
        code = contradicting[CODE].sort()[0]
        raise ContradictingCodes(
            f"the code [{code}] has two meanings in these files; make a list for each series, in folders of their own"
        )
    listed = rows.unique(CODE, keep="last").select(*COLUMNS)
    return pl.concat([listed, known.join(listed, on=CODE, how="anti").select(*COLUMNS)]).sort(CODE)


def _filled(rows: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """The rows with what an earlier list says where they say nothing."""
    told = known.select(CODE, *(pl.col(name).alias(f"{name}_told") for name in _TOLD))
    both = rows.join(told, on=CODE, how="left", maintain_order="left")
    return both.with_columns(pl.coalesce(name, f"{name}_told").alias(name) for name in _TOLD).select(rows.columns)


def _options(options: pl.DataFrame, items: dict[str, str]) -> pl.DataFrame:
    number = pl.col("accreditation_number").str.to_uppercase()
    syllabus = ("awarding_organisation", "syllabus_code")
    known = options.with_columns(
        _code("option_code"),
        entry=pl.col("item").replace_strict(items, default=None, return_dtype=pl.String),
        own=pl.when(number.str.contains(_QUALIFICATION)).then(number),
        unit_number=pl.when(number.str.contains(_UNIT)).then(
            pl.concat_str([number.str.slice(0, 1), number.str.slice(1, 3), number.str.slice(4, 4)], separator="/")
        ),
    ).filter(pl.col("entry").is_not_null())
    certified = known.filter(pl.col("entry") == "certification", pl.col("own").is_not_null())
    of_syllabus = _only(certified, syllabus, {"own": "of_syllabus"})
    unit = pl.col("entry") == "unit"
    return known.join(of_syllabus, on=syllabus, how="left", maintain_order="left").with_columns(
        qualification_number=pl.coalesce("own", pl.when(unit).then("of_syllabus")),
        unit_number=pl.when(unit).then("unit_number"),
    )


def _components(tables: Tables, options: pl.DataFrame) -> pl.DataFrame:
    linked = tables.links.select(_code("component_code"), _code("option_code").alias("option")).join(
        options.select(pl.col(CODE).alias("option"), "qualification_number", "unit_number"), on="option"
    )
    stands_for = _only(linked, (CODE,), {name: name for name in ("qualification_number", "unit_number")})
    return (
        tables.components.with_columns(_code("component_code"), entry=pl.lit("component"))
        .join(stands_for, on=CODE, how="left", maintain_order="left")
        .select(*COLUMNS, "series")
    )


def _code(column: str) -> pl.Expr:
    return pl.format("{}/{}", "awarding_organisation", pl.col(column).str.to_uppercase()).alias(CODE)


def _only(rows: pl.DataFrame, by: tuple[str, ...], columns: dict[str, str]) -> pl.DataFrame:
    """What the rows of each group say where all say the same, under new names."""
    distinct = rows.select(*by, *(pl.col(name).alias(new) for name, new in columns.items())).unique()
    return distinct.filter(pl.len().over(by) == 1)
