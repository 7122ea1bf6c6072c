"""The comparisons of `schemas.match_comparisons` as Splink's settings, before training.

The columns are those of `link_scored` (`assets.linked.matching.scoring`).
"""

from collections.abc import Sequence
from typing import Any

from assets.linked.comparisons import LEVELS, level_condition, on_one_row
from schemas.match_comparisons import MatchComparison

#: How much rarer than this no name counts, so that one slip of the pen does not pass for a name nobody else has.
_RAREST = 0.00001


def _level(says: str, condition: str, **more: Any) -> dict[str, Any]:
    return {"label_for_charts": says, "sql_condition": condition, **more}


def _comparison(compared: MatchComparison) -> dict[str, Any]:
    missing = [f"{column}_{side} IS NULL" for column in compared.needs for side in "lr"]
    if compared.unless:
        missing.append(on_one_row(LEVELS[compared.unless]))
    levels = [_level("not compared", " OR ".join(missing), is_null_level=True)]
    for place, (name, says) in enumerate(compared.levels):
        frequency = (
            {
                "tf_adjustment_column": compared.frequency_of,
                "tf_adjustment_weight": 1.0,
                "tf_minimum_u_value": _RAREST,
            }
            if compared.frequency_of and place == 0
            else {}
        )
        levels.append(_level(says, on_one_row(level_condition(name)), **frequency))
    levels.append(_level(compared.otherwise, "ELSE"))
    return {
        "output_column_name": compared.name,
        "comparison_description": compared.name,
        "comparison_levels": levels,
    }


def untrained_settings(comparisons: Sequence[MatchComparison], probability: float) -> dict[str, Any]:
    """Splink's settings without weights.

    Args:
        comparisons: what is compared.
        probability: that two records picked at random are one person.
    """
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "record",
        "probability_two_random_records_match": probability,
        "comparisons": [_comparison(compared) for compared in comparisons],
        "blocking_rules_to_generate_predictions": [],
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": False,
    }
