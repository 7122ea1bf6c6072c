"""The queue of pairs that a person must decide, with both records as they were delivered and the evidence laid out.

Which pairs they are is `assets.linked.matching.review`; the page is `assets.published.link_review_page`.
"""

from collections.abc import Iterator

import duckdb

from assets.linked.matching.model import MatchModel
from assets.linked.matching.review import find_reviewable
from assets.linked.people import FEEDS_OF_PEOPLE, quoted
from schemas.link_review import DELIVERED, LINK_REVIEW, SIDES


def _levels(model: MatchModel) -> Iterator[tuple[str, list[str], bool]]:
    """For each comparison of a model its name, what its levels say from 0 up, and whether frequency counts."""
    for comparison in model.settings["comparisons"]:
        says = [
            level["label_for_charts"] for level in comparison["comparison_levels"] if not level.get("is_null_level")
        ]
        frequent = any("tf_adjustment_column" in level for level in comparison["comparison_levels"])
        yield comparison["output_column_name"], says[::-1], frequent


def _evidence(model: MatchModel) -> str:
    """SQL: the list of what each comparison says and weighs, the strongest first, after where all pairs start."""
    said = "'comparison': 'starting_point', 'says': 'two records picked at random'"
    start = f"{{{said}, 'match_weight': {model.starting_weight}}}"
    parts = []
    for name, says, frequent in _levels(model):
        cases = " ".join(f"WHEN {level} THEN {quoted(words)}" for level, words in enumerate(says))
        weight = f"mw_{name}" + (f" + mw_tf_adj_{name}" if frequent else "")
        parts.append(f"{{'comparison': '{name}', 'says': CASE gamma_{name} {cases} END, 'match_weight': {weight}}}")
    compared = f"list_filter([{', '.join(parts)}], part -> part.says IS NOT NULL)"
    ordered = f"list_reverse_sort(list_transform({compared}, part -> {{'by': part.match_weight, 'part': part}}))"
    return f"list_prepend({start}, list_transform({ordered}, found -> found.part))"


_SAID = """
rtrim(concat_ws(' ',
    'For: ' || nullif(array_to_string(list_transform(
        list_filter(evidence[2:], part -> part.match_weight > 0),
        part -> format('{} (+{:.1f})', part.says, part.match_weight)
    ), ', '), '') || '.',
    'Against: ' || nullif(array_to_string(list_transform(
        list_filter(evidence[2:], part -> part.match_weight <= 0),
        part -> format('{} (-{:.1f})', part.says, -part.match_weight)
    ), ', '), '') || '.'
))
"""


def build_link_review(connection: duckdb.DuckDBPyConnection, model: MatchModel | None) -> None:
    """Creates `linked.link_review` (`schemas.link_review.LINK_REVIEW`).

    Args:
        connection: with what `find_reviewable` needs but `link_name`, with `link_identity` (person_row, record,
            record_id) and `linked.person_links`.
        model: the one that weighed the pairs; without it there are none.
    """
    connection.execute(f"CREATE OR REPLACE TABLE linked.link_review ({LINK_REVIEW.column_ddl})")
    if model is None:
        return
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE link_name AS SELECT record, min(record_id) AS name FROM link_identity GROUP BY record"
    )
    find_reviewable(connection, model)
    rules = " ".join(f"WHEN {place} THEN '{rule.name}'" for place, rule in enumerate(model.blocking))
    sides = ", ".join(
        f"{side}.{name} AS {side}_{name}" for side in SIDES for name in ("record_id", "learner_id", "feed", *DELIVERED)
    )
    connection.execute(f"""
    INSERT INTO linked.link_review BY NAME
    WITH named AS (
        SELECT
            link_to_review.* EXCLUDE (rule), CASE rule {rules} END AS rule, {_evidence(model)} AS evidence,
            least(x.name, y.name) AS lower_id, greatest(x.name, y.name) AS higher_id
        FROM link_to_review
        INNER JOIN link_name AS x ON link_to_review.a = x.record
        INNER JOIN link_name AS y ON link_to_review.b = y.record
    ),
    delivered AS (
        SELECT
            link_identity.record_id, links.learner_id,
            held.* EXCLUDE (centre_number), held.held_centre_number AS centre_number
        FROM link_identity
        INNER JOIN linked.person_links AS links ON link_identity.record_id = links.record_id
        INNER JOIN ({FEEDS_OF_PEOPLE}) AS held ON link_identity.person_row = held.person_row
        WHERE link_identity.record_id IN (SELECT lower_id FROM named UNION SELECT higher_id FROM named)
    )
    SELECT
        'P' || substr(sha256(lower_id || higher_id), 1, 15) AS pair_id,
        reason, match_weight, match_probability, '{model.version}' AS model_version, rule,
        CAST(to_json(evidence) AS VARCHAR) AS evidence, {_SAID} AS explanation,
        {sides}
    FROM named
    INNER JOIN delivered AS first ON named.lower_id = first.record_id
    INNER JOIN delivered AS second ON named.higher_id = second.record_id
    """)
