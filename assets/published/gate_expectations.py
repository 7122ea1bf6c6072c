"""The gate's measures held against their bounds by Great Expectations, on one small table that is kept nowhere.

The table has a row for each measure: what was observed, and the ends of its bounds. Each end is one expectation over two
columns, its severity saying whether it holds back or warns: an expectation for each measure would take seconds. Great
Expectations takes seconds to import, so it is imported in the function. Its Data Docs are not used: they fetch from other
sites and do not escape what they show; `gate_page` is the page for people.
"""

import math
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assets.published.gate_candidate import Measure

if TYPE_CHECKING:
    from great_expectations.core.expectation_validation_result import ExpectationValidationResult

#: Which rows are unexpected, all of them. The table holds counts and shares alone, and the result is kept nowhere.
_RESULT_FORMAT = {"result_format": "COMPLETE"}


def within_bounds(measures: Sequence[Measure]) -> list[tuple[bool, bool]]:
    """For each measure with a number: whether it lies within its hold bounds, and within its warn bounds.

    Args:
        measures: with `observed` given.

    Raises:
        RuntimeError: an expectation could not be evaluated, or saw no number. Great Expectations takes an empty value
            for one that meets every bound, so an empty one must never pass as kept.
    """
    for one in measures:
        if one.observed is None or math.isnan(one.observed):
            raise RuntimeError(_could_not_be_checked(one))
    if not measures:
        return []
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig
    from great_expectations.expectations.core.expect_column_pair_values_a_to_be_greater_than_b import (
        ExpectColumnPairValuesAToBeGreaterThanB,
    )
    from great_expectations.expectations.metadata_types import FailureSeverity
    from pandas import DataFrame  # type: ignore[import-untyped]

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    columns: dict[str, list[float | None]] = {"observed": [one.observed for one in measures]}
    for kind, limits in (("hold", [one.hold for one in measures]), ("warn", [one.warn for one in measures])):
        columns[f"{kind}_least"] = [-math.inf if least is None else least for least, _ in limits]
        columns[f"{kind}_most"] = [math.inf if most is None else most for _, most in limits]
    asset = context.data_sources.add_pandas("measures").add_dataframe_asset("tonight")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch(
        {"dataframe": DataFrame(columns, dtype="float64")}
    )
    expectations = [
        ExpectColumnPairValuesAToBeGreaterThanB(
            column_A=larger, column_B=smaller, or_equal=True, severity=severity, meta={"kind": kind}
        )
        for kind, severity in (("hold", FailureSeverity.CRITICAL), ("warn", FailureSeverity.WARNING))
        for larger, smaller in (("observed", f"{kind}_least"), (f"{kind}_most", "observed"))
    ]
    suite = gx.ExpectationSuite(name="publication gate", expectations=list(expectations))
    outside: dict[str, set[int]] = {"hold": set(), "warn": set()}
    for outcome in batch.validate(suite, result_format=_RESULT_FORMAT).results:
        if outcome.expectation_config is None or outcome.expectation_config.meta is None:
            raise RuntimeError(_could_not_be_checked(measures[0]))
        outside[outcome.expectation_config.meta["kind"]] |= _unexpected(outcome, measures)
    return [(place not in outside["hold"], place not in outside["warn"]) for place in range(len(measures))]


def _unexpected(outcome: "ExpectationValidationResult", measures: Sequence[Measure]) -> set[int]:
    """Places of the measures beyond this end. An expectation that raised, or saw not all of them, has not passed."""
    result = outcome.result
    unexpected = {int(place) for place in result.get("unexpected_index_list") or ()}
    if (
        result.get("element_count") != len(measures)
        or result.get("missing_count") != 0
        or result.get("unexpected_count") != len(unexpected)
        or outcome.success == bool(unexpected)
    ):
        raise RuntimeError(_could_not_be_checked(measures[0]))
    return unexpected


def _could_not_be_checked(measure: Measure) -> str:
    return (
        f"publication gate: promise [{measure.promise.identifier}] could not be checked for [{measure.subject}]; "
        "publish nothing, and report the fault to whoever maintains the pipeline"
    )
