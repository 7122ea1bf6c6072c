"""Tables of detail records, a row for each thing that a record tells.

The records come from `_edi_records`, which has checked headers and trailers; single fields are cut in `_edi_fields`. What is
made of the rows is the readers' business.
"""

import polars as pl

from assets.landed.readers._edi_fields import cut, series_of
from assets.landed.readers._edi_records import Records
from schemas.edi_layout import Layout
from schemas.edi_meanings import meanings


def details(records: Records, layout: Layout) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Detail records as a table, and those that hold none of what they could hold several times.

    Returns:
        A row a detail, or where the layout has a group, a row for each that is filled: `line`; every meaning that a detail
        of the kind can have (String, null where blank or not in the layout), of which `centre_number` and `series`
        (`yyyy-mm`) are the headers' or the name's where the record has none; `awarding_organisation`; and whether something
        is wrong (Boolean): `too_long` (text beyond the record's end), `other_centre` (than the headers'), `no_series` (none
        that can be read). Then the `line` of each record whose group is blank.
    """
    text, years = pl.col("text"), layout.two_digit_years_from
    values = {name: cut(text, place, years) for name, place in layout.detail.fields.items()}
    centre = values.pop("centre_number", pl.lit(None, dtype=pl.String))
    series, no_series = pl.col("series"), pl.lit(False)
    if "series" in values:
        series = series_of(values.pop("series"), values.pop("year"))
        no_series = series.is_null()
    too_long = pl.lit(False) if layout.longer_lines else text.str.slice(layout.length).str.strip_chars() != ""
    of_record = records.details.select(
        "line",
        "text",
        pl.coalesce("centre_number", centre).alias("centre_number"),
        pl.lit(records.awarding_organisation).alias("awarding_organisation"),
        series.alias("series"),
        too_long.alias("too_long"),
        (centre != pl.col("centre_number")).fill_null(False).alias("other_centre"),
        no_series.alias("no_series"),
        **values,
    )
    rows, bare = _repeated(of_record, layout)
    missing = [name for name in meanings(layout.kind, "detail") if name not in rows.columns]
    return rows.drop("text").with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in missing), bare


def _repeated(records: pl.DataFrame, layout: Layout) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A row for each filled place of the group, in the file's order, and the lines without any."""
    group = layout.detail.repeated
    if group is None:
        return records, pl.DataFrame(schema={"line": pl.Int64})
    filled = pl.any_horizontal(pl.col(name).is_not_null() for name in group.fields)
    times = []
    for time in range(group.times):
        part = pl.col("text").str.slice(group.first - 1 + time * group.width_of_one, group.width_of_one)
        values = {name: cut(part, place, layout.two_digit_years_from) for name, place in group.fields.items()}
        times.append(records.with_columns(pl.lit(time).alias("time"), **values).filter(filled))
    rows = pl.concat(times).sort("line", "time", maintain_order=True).drop("time")
    return rows, records.select("line").join(rows, on="line", how="anti")
