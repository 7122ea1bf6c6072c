"""The gate's measures held against their bounds by Great Expectations, on one small table that is kept nowhere.

The table has one row and a column for each measure; each bound is one expectation on its column, its severity saying
whether it holds back or warns. Great Expectations takes seconds to import, so it is imported in the function. Its Data
Docs are not used: they fetch from other sites and do not escape what they show; `gate_page` is the page for people.
"""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from assets.published.gate_candidate import UNBOUNDED, Measure

if TYPE_CHECKING:
    from great_expectations.core.expectation_validation_result import ExpectationValidationResult

#: Counts only: with this setting no result repeats a value of the table.
_RESULT_FORMAT = {"result_format": "SUMMARY", "partial_unexpected_count": 0}


def within_bounds(measures: Sequence[Measure]) -> list[tuple[bool, bool]]:
    """For each measure with a number: whether it lies within its hold bounds, and within its warn bounds.

    Args:
        measures: with `observed` given.

    Raises:
        RuntimeError: an expectation could not be evaluated, or saw no number. Great Expectations takes an empty value
            for one that meets every bound, so an empty one must never pass as kept.
    """
    if not measures:
        return []
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig
    from great_expectations.expectations.core.expect_column_values_to_be_between import ExpectColumnValuesToBeBetween
    from great_expectations.expectations.metadata_types import FailureSeverity
    from pandas import DataFrame  # type: ignore[import-untyped]

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    table = DataFrame({_column(place): [one.observed] for place, one in enumerate(measures)}, dtype="float64")
    asset = context.data_sources.add_pandas("measures").add_dataframe_asset("tonight")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch({"dataframe": table})
    expectations = [
        ExpectColumnValuesToBeBetween(
            column=_column(place),
            min_value=smallest,
            max_value=largest,
            severity=FailureSeverity.CRITICAL if (smallest, largest) == one.hold else FailureSeverity.WARNING,
            meta={"measure": place, "limits": (smallest, largest)},
        )
        for place, one in enumerate(measures)
        for smallest, largest in dict.fromkeys(limits for limits in (one.hold, one.warn) if limits != UNBOUNDED)
    ]
    # Handed over together: added one by one, each is compared with all those before it.
    suite = gx.ExpectationSuite(name="publication gate", expectations=list(expectations))
    met = {
        (meta["measure"], tuple(meta["limits"]))
        for outcome in batch.validate(suite, result_format=_RESULT_FORMAT).results
        if outcome.expectation_config is not None and (meta := outcome.expectation_config.meta) is not None
        if _is_met(outcome, measures[meta["measure"]])
    }
    met |= {(place, UNBOUNDED) for place in range(len(measures))}
    return [((place, one.hold) in met, (place, one.warn) in met) for place, one in enumerate(measures)]


def _column(place: int) -> str:
    return f"measure_{place}"


def _is_met(outcome: "ExpectationValidationResult", measure: Measure) -> bool:
    """Whether an expectation is met. One that raised, or that saw no number, has neither failed nor passed."""
    if outcome.result.get("missing_count") != 0:
        raise RuntimeError(
            f"publication gate: promise [{measure.promise.identifier}] could not be checked for [{measure.subject}]; "
            "publish nothing, and report the fault to whoever maintains the pipeline"
        )
    return bool(outcome.success)
