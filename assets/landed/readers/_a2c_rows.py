"""Outcomes of an A2C message made into unit results and awards, a frame at a time."""

from collections.abc import Iterator, Mapping

import polars as pl

from assets.landed.reader import REFUSED_ROWS, Part
from assets.landed.readers._a2c_options import A2cResultsOptions
from assets.landed.readers._xml_reading import day, month
from assets.landed.value_classes import value_class

#: Elements of an outcome that are read, and what they are called here.
OUTCOME = {
    "Awarding_Organisation_Party_Id": "organisation",
    "AO_Qualification_Element_Id": "element",
    "QEA_Effective_Start_Date_Time": "element_start",
    "QE_Outcome_Type": "outcome_type",
    "QE_Outcome_Value_Type": "value_type",
    "QE_Outcome_Date_Time": "outcome_moment",
    "QE_Outcome_Value": "value",
    "QE_Outcome_Date": "outcome_date",
    "QE_Outcome_Status_Type": "status_type",
}

#: The one type of outcome seen. A record without a type is taken for it.
_RESULT = "result"
#: The one value type seen is a mark. The contract's points of a unit result are what the organisation reports for it beside
#: the grade, and what specifications that count marks add up; so a mark is points.
_VALUES = {"Scaled/Weighted Mark": "points"}
_STATUSES = {"Issued": "issued"}

_UNIT_RESULT = (
    "awarding_organisation_rn",
    "registration_number",
    "qualification_number",
    "unit_number",
    "series",
    "result_date",
    "grade",
    "points",
    "line",
)
_AWARD = (
    "awarding_organisation_rn",
    "registration_number",
    "qualification_number",
    "result_status",
    "grade",
    "issued_on",
    "line",
)
#: Rules of the format: column, rule, kind of value, message.
_ELEMENT = (
    "AO_Qualification_Element_Id",
    "element_unknown",
    "The source's [elements] do not have it: add it from the organisation's product catalogue.",
)
_VALUE_TYPE = (
    "QE_Outcome_Value_Type",
    "outcome_value_type_unknown",
    "The source's [outcome_values] do not have it: say there whether it is a grade or points, or set it aside.",
)
_OUTCOME_TYPE = (
    "QE_Outcome_Type",
    "outcome_type_unknown",
    "It is not [Result], and the source's [other_outcomes] do not have it: add it there if it is no result.",
)
_STATUS = (
    "QE_Outcome_Status_Type",
    "outcome_status_unknown",
    "The source's [statuses] do not have it: say there what it stands for.",
)
_SEVERAL = (
    "QE_Outcome_Value",
    "several_outcomes",
    "The file has different values of one kind for the unit, learner and day.",
)
_REFERENCE = (
    "registration_number",
    "learner_reference_missing",
    "The file gives the learner no reference of the kind that the source takes, or more than one.",
)


def parts_of(
    outcomes: pl.DataFrame,
    references: Mapping[tuple[str, str], set[str]],
    extra_columns: tuple[str, ...],
    options: A2cResultsOptions,
) -> Iterator[Part]:
    """What some outcomes are.

    Args:
        outcomes: text columns named in `OUTCOME`; `learner` and `originator` (party ids), `block` (number of the learner's
            block) and `line`.
        references: identifiers by party id of the organisation (empty: whoever gave them) and of the learner.
        extra_columns: names of elements that the reader does not know.
        options: what the source says.
    """
    told = _told(outcomes, options)
    taken = told.filter(~pl.any_horizontal(pl.col("type", "what").eq_missing("set_aside")))
    rules = (
        (_OUTCOME_TYPE, "type"),
        (_ELEMENT, "qualification_number"),
        (_VALUE_TYPE, "what"),
        (_STATUS, "result_status"),
    )
    wrong = [_refused(taken.filter(pl.col(column).is_null()), rule, rule[0]) for rule, column in rules]
    right = taken.filter(pl.all_horizontal(pl.col(column).is_not_null() for _, column in rules))
    known = right.join(_identifiers(references), on=["by", "learner"], how="left", maintain_order="left")
    units = known.filter(pl.col("unit_number").is_not_null())
    awards = known.filter(pl.col("unit_number").is_null())
    # a result that is not issued is none yet; and an award has no place for marks
    issued, graded = units.filter(pl.col("result_status") == "issued"), awards.filter(pl.col("what") == "grade")
    aside = outcomes.height - taken.height + units.height - issued.height + awards.height - graded.height
    made = [_unit_results(issued), _awards(graded)]
    for number, part in enumerate(part for part in made if part.feed in options.feeds):
        if number == 0:
            refused = pl.concat([*wrong, part.refused])
            yield Part(
                feed=part.feed, records=part.records, refused=refused, set_aside=aside, extra_columns=extra_columns
            )
        else:
            yield part


def _told(outcomes: pl.DataFrame, options: A2cResultsOptions) -> pl.DataFrame:
    """Outcomes with what the source says of their elements, types and statuses; null where it says nothing."""
    columns = ("element", "qualification_number", "unit_number", "listed_series")
    listed = [
        (
            element.strip(),
            *((one.get(name) or "").strip() or None for name in ("qualification_number", "unit_number", "series")),
        )
        for element, one in options.elements.items()
    ]
    catalogue = pl.DataFrame(listed, schema=dict.fromkeys(columns, pl.String), orient="row")
    made = {"listed": pl.lit(None, pl.String), "element_start": month("element_start"), "outcome_date": month("on")}
    organisation = pl.coalesce("organisation", "originator")
    types = {name.strip().lower(): "set_aside" for name in options.other_outcomes} | {_RESULT: _RESULT}
    return (
        outcomes.with_columns(pl.coalesce(day("outcome_date"), day("outcome_moment")).alias("on"))
        .join(catalogue, on="element", how="left", maintain_order="left")
        .with_columns(
            pl.coalesce("listed_series", made[options.series]).alias("series"),
            organisation.replace(options.awarding_organisations).alias("awarding_organisation_rn"),
            (organisation if options.registration_number == "ao_learner_identifier" else pl.lit("")).alias("by"),
            pl.col("outcome_type")
            .fill_null(_RESULT)
            .str.to_lowercase()
            .replace_strict(types, default=None)
            .alias("type"),
            _looked_up("value_type", _VALUES | options.outcome_values).alias("what"),
            _looked_up("status_type", _STATUSES | options.statuses).alias("result_status"),
        )
    )


def _identifiers(references: Mapping[tuple[str, str], set[str]]) -> pl.DataFrame:
    """Learners' registration numbers; null for a learner with several."""
    rows = [
        (by, learner, next(iter(given)) if len(given) == 1 else None) for (by, learner), given in references.items()
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(("by", "learner", "registration_number"), pl.String), orient="row")


def _unit_results(outcomes: pl.DataFrame) -> Part:
    """Unit results: a row for each learner, unit and day, with its grade and its points."""
    key = ("block", "learner", "by", "element", "on")
    of_kind = {name: pl.col("value").filter(pl.col("what") == name).drop_nulls() for name in ("grade", "points")}
    rows = outcomes.group_by(key, maintain_order=True).agg(
        *(pl.col(name).first() for name in _UNIT_RESULT if name not in ("result_date", "grade", "points")),
        *(values.first().alias(name) for name, values in of_kind.items()),
        pl.any_horizontal(values.n_unique() > 1 for values in of_kind.values()).alias("several"),
    )
    rows = rows.with_columns(pl.col("on").alias("result_date"))
    several = _refused(rows.filter("several"), _SEVERAL, "value")
    return Part(
        feed="ao_unit_results", records=rows.select(_UNIT_RESULT), refused=pl.concat([several, _unidentified(rows)])
    )


def _awards(outcomes: pl.DataFrame) -> Part:
    rows = outcomes.with_columns(
        pl.col("value").alias("grade"), pl.when(pl.col("result_status") == "issued").then("on").alias("issued_on")
    )
    return Part(feed="ao_awards", records=rows.select(_AWARD), refused=_unidentified(rows))


def _unidentified(rows: pl.DataFrame) -> pl.DataFrame:
    return _refused(rows.filter(pl.col("registration_number").is_null()), _REFERENCE, "registration_number")


def _refused(rows: pl.DataFrame, rule: tuple[str, str, str], told: str) -> pl.DataFrame:
    """Rows put aside by a rule of the format; `told` is the element or column whose kind of value is told."""
    column, name, message = rule
    source = OUTCOME.get(told, told)
    kind = value_class(pl.col(source), pl.lit(False)) if source in rows.columns else pl.lit("text")
    texts = {"column_name": pl.lit(column), "rule": pl.lit(name), "value_class": kind, "message": pl.lit(message)}
    return rows.select(
        (pl.col("line") if key == "line" else texts.get(key, pl.lit(None))).cast(dtype).alias(key)
        for key, dtype in REFUSED_ROWS.items()
    )


def _looked_up(column: str, lookup: Mapping[str, str]) -> pl.Expr:
    return pl.col(column).replace_strict(lookup, default=None, return_dtype=pl.String)
