"""How the rows of published tables fall into their kinds, against the publication before: by status, state, stage, code.

Volumes and shares are in `gate_volumes`, the bounds in `schemas.promises`.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from assets.published.gate_candidate import Candidate, Measure
from assets.published.gate_volumes import NOTHING_BEFORE, fallen_due, not_comparable
from schemas.promises import COMPARED_KINDS, Promise, bounds_of

#: Where the rows and their kinds are read, if not from the table itself, with the tables and columns that this takes.
_SOURCES: Mapping[str, str] = MappingProxyType(
    {
        # Counted once a situation and not once a learner, of whom most share theirs.
        "achievability_units": """(
            SELECT parts.state, units.learners
            FROM (
                SELECT unnest(situations.units) AS part, shared.learners
                FROM (SELECT situation, count(*) AS learners FROM {schema}.achievability GROUP BY situation) AS shared
                INNER JOIN {schema}.situations USING (situation)
            ) AS units
            INNER JOIN {schema}.unit_parts AS parts USING (part)
        )""",
        # A code that one of the two does not know cannot have been raised by it.
        "flags": """(
            SELECT flag_code, count(*) AS learners
            FROM {schema}.flags
            SEMI JOIN {other}.flag_catalogue USING (flag_code)
            GROUP BY flag_code
        )""",
    }
)
_NEEDED: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "achievability_units": {
            "achievability": ("situation",),
            "situations": ("situation", "units"),
            "unit_parts": ("part", "state"),
        },
        "flags": {"flags": ("flag_code",), "flag_catalogue": ("flag_code",)},
    }
)


def kinds_against_previous(candidate: Candidate, promise: Promise) -> Iterator[Measure]:
    """For each table with kinds of rows: the share of rows that would have to change theirs to fall as they did before.

    It is half the sum of the differences of the kinds' shares: 0 where the shares are the same, 1 where no kind is in both.
    A table without a row tonight that had some before has all of them changed.
    """
    due = sorted({event for events in fallen_due(candidate).values() for event in events.split(", ")})
    for table, column in sorted(COMPARED_KINDS.items()):
        needed = _NEEDED.get(table, {table: (column,)})
        reason = not_comparable(candidate, all(candidate.previous_has(name, *held) for name, held in needed.items()))
        before = {} if reason else _kinds(candidate, table, str(candidate.previous), "published")
        now = _kinds(candidate, table, "published", "published" if reason else str(candidate.previous))
        rows, rows_before = sum(now.values()), sum(before.values())
        seen = f"{rows:,} rows of {len(now):,} kinds, {rows_before:,} rows of {len(before):,} kinds before"
        if reason or not rows_before:
            note = reason or NOTHING_BEFORE
            yield Measure(promise=promise, subject=table, observed=None, seen=f"{rows:,} rows", note=note)
            continue
        bounds = bounds_of(promise, table, candidate.bounds)
        hold, warn = (
            min(1.0, max(bounds[f"{kind}_above"], bounds[f"{kind}_by"] / max(rows, rows_before)))
            for kind in ("hold", "warn")
        )
        yield Measure(
            promise=promise,
            subject=table,
            observed=_moved(now, before),
            seen=seen,
            hold=(None, None if due else hold),
            warn=(None, warn),
            note=f"not held back, for [{', '.join(due)}] fell due" if due else "",
        )


def _kinds(candidate: Candidate, table: str, schema: str, other: str) -> dict[str, int]:
    """Rows of a table by kind; an empty kind is one of its own."""
    source, counted = f"{schema}.{table}", "count(*)"
    if table in _SOURCES:
        source, counted = _SOURCES[table].format(schema=schema, other=other), "sum(learners)"
    kind = f"coalesce({COMPARED_KINDS[table]}, '')"
    return candidate.counts(f"SELECT {kind} AS kind, {counted} FROM {source} GROUP BY kind")


def _moved(now: Mapping[str, int], before: Mapping[str, int]) -> float:
    """Half the sum of the differences between the shares of each kind."""
    rows, rows_before = sum(now.values()), sum(before.values())
    if not rows:
        return 1.0
    kinds = sorted({*now, *before})
    return sum(abs(now.get(kind, 0) / rows - before.get(kind, 0) / rows_before) for kind in kinds) / 2
