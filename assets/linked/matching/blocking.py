"""Which pairs of records are worth weighing: those that agree on one of the model's blocks and are not linked yet.

What the rules are stands in `schemas.match_comparisons`; what the pairs weigh in `assets.linked.matching.scoring`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from schemas.match_comparisons import BLOCK_BOUND, BlockingRule

#: Each record with every name that it goes by, for the key `any_surname`.
_ANY_SURNAME = (
    "(SELECT *, unnest(list_distinct(list_filter([surname_std, previous_surname_std], name -> name IS NOT NULL))) "
    "AS any_surname FROM link_open)"
)

# For each cluster the feeds in which it stands, as one bit each.
_OPEN = """
CREATE OR REPLACE TEMP TABLE link_open AS
WITH standing AS (
    SELECT cluster, bit_or(1 << CAST(enum_code(feed) AS INTEGER)) AS feeds
    FROM link_record
    GROUP BY cluster
)
SELECT link_record.*, standing.feeds
FROM link_record
INNER JOIN standing ON link_record.cluster = standing.cluster
"""

# Two people with all feeds between them already are not worth a look: each must stand in a feed that the other lacks, or
# one of them in a single feed.
_WORTH_A_LOOK = (
    "(bit_count(a.feeds) = 1 OR bit_count(b.feeds) = 1 OR (a.feeds & ~b.feeds <> 0 AND b.feeds & ~a.feeds <> 0))"
)


@dataclass(frozen=True)
class RuleCount:
    """How many pairs one rule found first, and how many blocks were too large to be looked at."""

    rule: str
    pairs: int
    crowded_blocks: int


def _rule_pairs(rule: BlockingRule, number: int) -> str:
    block = f"hash({', '.join(rule.keys)})"
    held = " AND ".join(f"({key}) IS NOT NULL" for key in rule.keys)
    source = _ANY_SURNAME if "any_surname" in rule.keys else "link_open"
    return f"""
    SELECT DISTINCT least(a.record, b.record) AS a, greatest(a.record, b.record) AS b, {number} AS rule
    FROM (SELECT *, {block} AS block FROM {source} WHERE {held}) AS a
    INNER JOIN (SELECT *, {block} AS block FROM {source} WHERE {held}) AS b ON a.block = b.block
    SEMI JOIN (
        SELECT {block} AS block FROM {source} WHERE {held} GROUP BY ALL
        HAVING min(cluster) <> max(cluster) AND count(*) <= {BLOCK_BOUND}
    ) AS apart ON a.block = apart.block
    WHERE a.record < b.record AND a.cluster <> b.cluster{"" if rule.everybody else " AND " + _WORTH_A_LOOK}
    """


def _crowded(rule: BlockingRule) -> str:
    held = " AND ".join(f"({key}) IS NOT NULL" for key in rule.keys)
    source = _ANY_SURNAME if "any_surname" in rule.keys else "link_open"
    return (
        f"SELECT count(*) FROM (SELECT 1 FROM {source} WHERE {held} GROUP BY hash({', '.join(rule.keys)}) "
        f"HAVING min(cluster) <> max(cluster) AND count(*) > {BLOCK_BOUND})"
    )


def find_pairs(connection: duckdb.DuckDBPyConnection, rules: Sequence[BlockingRule]) -> list[RuleCount]:
    """Creates the temporary table `link_pair` (a, b, rule): pairs of records of different clusters, a < b, each once.

    Args:
        connection: with `link_record`.
        rules: in their order; a pair is counted for the first that finds it.

    Returns:
        for each rule what it found.
    """
    connection.execute(_OPEN)
    found = " UNION ALL ".join(_rule_pairs(rule, number) for number, rule in enumerate(rules))
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE link_pair AS "
        f"SELECT a, b, CAST(min(rule) AS TINYINT) AS rule FROM ({found}) GROUP BY a, b"
    )
    pairs = dict(connection.execute("SELECT rule, count(*) FROM link_pair GROUP BY rule").fetchall())
    crowded = connection.execute(" UNION ALL ".join(f"({_crowded(rule)})" for rule in rules)).fetchall()
    connection.execute("DROP TABLE link_open")
    return [
        RuleCount(rule=rule.name, pairs=pairs.get(number, 0), crowded_blocks=crowded[number][0])
        for number, rule in enumerate(rules)
    ]
