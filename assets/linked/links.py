"""Who is linked: runs the linkers, names each person, and says for each row by which stage and on what evidence.

`linked.person_links` is the outcome that others read; what a person must still decide is `linked.link_review`, what people
have decided `linked.link_decisions`. Which stages there are is `schemas.link_stages`; what the model weighs is
`schemas.match_comparisons`.
"""

from collections.abc import Sequence
from datetime import date

import duckdb

from assets.linked.clusters import StageOutcome, run_linkers
from assets.linked.decided import DecidedLinker, describe_decisions, write_decisions
from assets.linked.deterministic import DeterministicLinker
from assets.linked.evidence import EXPLAINED, SCORE, write_explanations
from assets.linked.learner_ids import name_learners
from assets.linked.link_review import build_link_review
from assets.linked.linker import Linker
from assets.linked.matching.linker import WEIGHED, MatchLinker
from assets.linked.matching.model import MatchModel, shipped_model
from assets.linked.people import KEY_COLUMNS, build_forename_forms, build_people
from schemas.link_decisions import LinkDecision
from schemas.link_stages import UNLINKED

# A row's natural key as text. Its first and last parts have a fixed form, so that two keys are two texts whatever stands
# in a sender's own reference.
_RECORD_KEY = f"concat_ws('|', {', '.join(KEY_COLUMNS)})"

# Each row's id, the same from night to night, and the record that stands for it.
_IDENTITY = f"""
CREATE OR REPLACE TEMP TABLE link_identity AS
SELECT people.person_row, link_row.record, 'R' || substr(sha256({_RECORD_KEY}), 1, 15) AS record_id
FROM link_person AS people
INNER JOIN link_row ON people.person_row = link_row.person_row
"""

_MEMBERS = """
CREATE OR REPLACE TEMP TABLE link_member AS
SELECT link_identity.record_id, link_outcome.cluster
FROM link_identity
INNER JOIN link_outcome ON link_identity.person_row = link_outcome.person_row
"""

_PERSON_LINKS = f"""
CREATE OR REPLACE TABLE linked.person_links AS
SELECT
    {", ".join("people." + column for column in KEY_COLUMNS)},
    link_identity.record_id,
    link_learner.learner_id,
    link_stage.stage,
    {SCORE} AS score,
    CASE WHEN link_stage.stage = '{WEIGHED.name}' THEN link_outcome.match_weight END AS match_weight,
    CASE WHEN link_stage.stage = '{WEIGHED.name}' THEN $version END AS model_version,
    link_words.evidence
FROM link_person AS people
INNER JOIN link_identity ON people.person_row = link_identity.person_row
INNER JOIN link_outcome ON people.person_row = link_outcome.person_row
INNER JOIN link_learner ON link_outcome.cluster = link_learner.cluster
{EXPLAINED}
"""

# What a person has decided against the dates of birth and ULNs is that person's to answer for.
_BROKEN = """
SELECT
    (SELECT count(DISTINCT cluster) FROM link_outcome) AS learners,
    (SELECT count(*) FROM link_outcome) - (SELECT count(DISTINCT person_row) FROM link_outcome) AS rows_in_two,
    (SELECT count(*) - count(DISTINCT learner_id) FROM link_learner) AS names_shared,
    (SELECT count(*) FROM link_person) - (SELECT count(*) FROM linked.person_links) AS rows_lost,
    (
        SELECT count(*) FROM (
            SELECT cluster FROM link_record GROUP BY cluster
            HAVING min(date_of_birth) <> max(date_of_birth) AND min(uln_key) <> max(uln_key)
                AND NOT bool_or(record IN (SELECT record FROM link_decided))
        )
    ) AS contradicted
"""


class LinkingError(RuntimeError):
    """The links break what must hold of them: a fault of the program, not of a delivery."""


def _check(connection: duckdb.DuckDBPyConnection) -> int:
    """The number of learners.

    Raises:
        LinkingError: two share an id, a row is lost or in two, or one has two births and two ULNs.
    """
    ((learners, rows_in_two, names_shared, rows_lost, contradicted),) = connection.execute(_BROKEN).fetchall()
    if rows_in_two or names_shared or rows_lost or contradicted:
        raise LinkingError(
            f"links cannot be used: rows of two learners [{rows_in_two}], learner ids shared by two people "
            f"[{names_shared}], rows without a learner [{rows_lost}], people with two dates of birth and two ULNs "
            f"[{contradicted}]; keep the previous links and report the fault with the night's deliveries"
        )
    return int(learners)


def link_people(
    connection: duckdb.DuckDBPyConnection,
    linkers: Sequence[Linker] | None = None,
    *,
    as_of: date,
    decisions: Sequence[LinkDecision] = (),
    previous: str | None = None,
    model: MatchModel | None = None,
) -> dict[str, int]:
    """Creates `linked.forename_forms`, `people`, `person_links`, `link_review`, `link_decisions`, `learner_history`.

    `linked.person_links`: feed and natural key (those of the row's feed are filled), record_id, learner_id (never empty),
    stage (the strongest by which the row was linked to another record; `same_record` if only to rows of its own reference;
    `unlinked` if alone), score (an order in [0, 1], no probability), match_weight and model_version (where that stage
    weighs), evidence (the columns that agreed, by name). One row for each row of the three feeds that name people.
    The other tables are those of `schemas.link_review`.

    Needs `standardised.*` and `linked.centre_successors`.

    Args:
        connection: the warehouse.
        linkers: in the order in which they propose, after people's decisions; the pairs of an earlier one are stronger. By
            default the deterministic stages, then the model.
        as_of: the run's day.
        decisions: people's decisions in force.
        previous: schema of the last publication, from which learners' ids are carried over.
        model: the one that weighs; the shipped one by default.

    Returns:
        counts `rows`, `learners`, `unlinked_rows`, `pairs_to_review`; for each stage `linked_by_<stage>` (rows) and
        `refused_by_<stage>` (pairs of people that it proposed and the guards refused); for each blocking rule
        `pairs_by_<rule>` and `crowded_<rule>` (blocks too large to be looked at); `largest_learner` (rows); and those of
        `assets.linked.learner_ids.name_learners`.

    Raises:
        LinkingError: what must hold of links does not.
    """
    model = model or shipped_model()
    matching = MatchLinker(model)
    build_forename_forms(connection)
    build_people(connection)
    connection.execute(_IDENTITY)
    write_decisions(connection, decisions)
    after = (DeterministicLinker(), matching) if linkers is None else linkers
    in_order = (DecidedLinker(), *after)
    outcomes = run_linkers(connection, in_order)
    write_explanations(connection, [stage for linker in in_order for stage in linker.stages])
    connection.execute(_MEMBERS)
    named = name_learners(connection, as_of, previous)
    connection.execute(_PERSON_LINKS.replace("$version", f"'{model.version}'"))
    learners = _check(connection)
    build_link_review(connection, model if matching.has_weighed else None)
    describe_decisions(connection, previous)
    counts = _counts(connection, learners, outcomes)
    for rule in matching.found:
        counts |= {f"pairs_by_{rule.rule}": rule.pairs, f"crowded_{rule.rule}": rule.crowded_blocks}
    _drop_working_tables(connection)
    return counts | named


def _drop_working_tables(connection: duckdb.DuckDBPyConnection) -> None:
    tables = connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE temporary AND starts_with(table_name, 'link_')"
    ).fetchall()
    for (table,) in tables:
        connection.execute(f"DROP TABLE temp.{table}")


def _counts(connection: duckdb.DuckDBPyConnection, learners: int, outcomes: dict[str, StageOutcome]) -> dict[str, int]:
    by_stage = dict(connection.execute("SELECT stage, count(*) FROM linked.person_links GROUP BY stage").fetchall())
    ((to_review, largest),) = connection.execute(
        "SELECT (SELECT count(*) FROM linked.link_review), "
        "(SELECT coalesce(max(rows), 0) FROM (SELECT count(*) AS rows FROM link_outcome GROUP BY cluster))"
    ).fetchall()
    counts = {"rows": sum(by_stage.values()), "learners": learners, "unlinked_rows": by_stage.get(UNLINKED, 0)}
    counts |= {"pairs_to_review": to_review, "largest_learner": largest}
    for stage, outcome in outcomes.items():
        counts[f"linked_by_{stage}"] = by_stage.get(stage, 0)
        counts[f"refused_by_{stage}"] = outcome.proposed - outcome.accepted
    return counts
