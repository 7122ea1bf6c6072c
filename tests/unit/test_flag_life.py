"""The life of flags from night to night: what the contract calls new, open, resolved and reopened, however days are run.

A flag is a letter, a night the letters that are raised. What is expected is worked out by a model that remembers whole
nights and nothing else.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.published.flag_life import carry_burn_down, carry_life
from assets.published.flag_tables import build_flags_table
from assets.reconciled.tonights_flags import write_flag_decisions
from schemas.flag_life import BURN_DOWN, FLAG_HISTORY, FLAG_SPELLS
from schemas.flag_table import FLAG_COLUMNS

FIRST = date(2026, 6, 1)
PREVIOUS = "previous.published"
Life = Mapping[str, tuple[Any, ...]]


def day(number: int) -> date:
    """The first day is 1."""
    return FIRST + timedelta(days=number - 1)


class Nights:
    """Nights that follow each other, each with the publication of the one before."""

    def __init__(self) -> None:
        self.connection = duckdb.connect(config={"threads": 1})
        self.connection.execute(
            "CREATE SCHEMA reconciled; CREATE SCHEMA published; ATTACH ':memory:' AS previous; "
            "CREATE SCHEMA previous.published"
        )
        columns = ", ".join(
            f"{column.name} {column.duckdb_type}" for column in FLAG_COLUMNS if column.name != "outcome"
        )
        self.connection.execute(f"CREATE TABLE reconciled.tonights_flags ({columns})")
        self.connection.execute(
            "CREATE TABLE published.flag_catalogue AS FROM (VALUES ('vowel', 'centre'), ('other', 'centre')) "
            "AS of_codes (flag_code, owner)"
        )
        self.published = False

    def night(self, number: int, raised: Iterable[str], cycle: int = 2026, waived: str = "") -> None:
        """One night, published."""
        self.connection.execute("DELETE FROM reconciled.tonights_flags")
        for letter in raised:
            self.connection.execute(
                "INSERT INTO reconciled.tonights_flags (flag_id, flag_code, owner, severity, urgency) "
                "VALUES (?, ?, 'centre', 'blocks_award', ?)",
                [letter, "vowel" if letter in "ae" else "other", "urgent" if letter in "ab" else "routine"],
            )
        previous = PREVIOUS if self.published else None
        carry_life(self.connection, day(number), cycle, previous)
        write_flag_decisions(self.connection, ())
        self.connection.execute(
            "INSERT INTO reconciled.flag_decisions (flag_id, decision) SELECT unnest(?::VARCHAR[]), 'waived'",
            [[*waived]],
        )
        build_flags_table(self.connection)
        carry_burn_down(self.connection, day(number), cycle, previous)
        for table in (FLAG_SPELLS, FLAG_HISTORY, BURN_DOWN):
            self.connection.execute(
                f"CREATE OR REPLACE TABLE {PREVIOUS}.{table.name} ({table.column_ddl}); "
                f"INSERT INTO {PREVIOUS}.{table.name} BY NAME FROM published.{table.name}"
            )
        self.connection.execute(f"CREATE OR REPLACE TABLE {PREVIOUS}.runs AS SELECT {cycle}::INTEGER AS cycle")
        self.published = True

    def life(self) -> Life:
        """By flag: state, first_seen, last_seen, resolved_on, reopened_on."""
        rows = self.connection.execute(
            "SELECT flag_id, state, first_seen, last_seen, resolved_on, reopened_on FROM published.flag_history"
        ).fetchall()
        assert len(rows) == len({flag for flag, *_ in rows})
        return {flag: tuple(rest) for flag, *rest in rows}

    def states(self) -> str:
        """As in `a:new b:open`."""
        return " ".join(f"{flag}:{state}" for flag, (state, *_) in sorted(self.life().items()))

    def table(self, name: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(f"SELECT * FROM published.{name} ORDER BY ALL").fetchall()

    def everything(self) -> list[list[tuple[Any, ...]]]:
        return [self.table(name) for name in ("flags", "flag_spells", "flag_history", "burn_down")]


def of_words(words: str) -> Nights:
    """Nights written as `1 ab | 2 a`: the day and what is raised on it."""
    nights = Nights()
    for night in words.split("|"):
        number, *raised = night.split()
        nights.night(int(number), "".join(raised))
    return nights


@pytest.mark.parametrize(
    ("nights", "states"),
    [
        pytest.param("1 ab", "a:new b:new", id="on the first night all are new"),
        pytest.param("1 a | 1 a", "a:new", id="the same day again: new stays new"),
        pytest.param("1 ab | 1 a", "a:new", id="what only an earlier run of the day raised is forgotten"),
        pytest.param("1 a | 2 ab", "a:open b:new", id="from the second day on it is open"),
        pytest.param("1 ab | 2 a", "a:open b:resolved", id="no longer raised"),
        pytest.param("1 a | 2 | 3", "a:resolved", id="what is resolved stays in the history"),
        pytest.param("1 a | 2 | 3 a", "a:reopened", id="raised again after a day without it"),
        pytest.param("1 a | 2 | 3 a | 3 a", "a:reopened", id="the day of reopening again"),
        pytest.param("1 a | 2 | 3 a | 4 a", "a:open", id="reopened for a day, then open"),
        pytest.param("1 a | 2 | 2 a", "a:open", id="a day that was run again did not resolve it"),
        pytest.param("1 a | 3 a", "a:open", id="days without a run do not resolve it"),
        pytest.param("1 a | 2 ab | 3 abc | 2 ab", "a:open b:new", id="an earlier day forgets what came later"),
        pytest.param("1 a | 2 a | 3 | 2 a", "a:open", id="and what was resolved later"),
    ],
)
def test_states_follow_the_days(nights: str, states: str) -> None:
    assert of_words(nights).states() == states


def test_the_days_of_a_flag_that_comes_and_goes_are_kept() -> None:
    assert of_words("1 a | 2 a | 3 | 4").life()["a"] == ("resolved", day(1), day(2), day(3), None)
    assert of_words("1 a | 2 a | 3 | 5 a | 6 a").life()["a"] == ("open", day(1), day(6), None, day(5))
    assert of_words("1 a | 2 a | 3 | 5 a | 5").life()["a"] == ("resolved", day(1), day(2), day(3), None)
    assert of_words("1 a | 2 | 3 a | 4").life()["a"] == ("resolved", day(1), day(3), day(4), day(3))


def test_another_cycle_begins_with_nothing() -> None:
    nights = of_words("1 ab | 2 a")
    nights.night(3, "a", cycle=2027)
    assert nights.states() == "a:new"
    assert {row[0] for row in nights.table("burn_down")} == {day(3)}


def test_a_publication_that_kept_no_history_counts_as_none() -> None:
    nights = of_words("1 ab")
    nights.connection.execute(f"ALTER TABLE {PREVIOUS}.flag_spells DROP COLUMN raised_to")
    nights.night(2, "a")
    assert nights.states() == "a:new"


def counts(nights: Nights, number: int) -> dict[str, tuple[int, ...]]:
    """By code: open, new, resolved, reopened, waived, urgent of a day."""
    rows = nights.connection.execute(
        'SELECT flag_code, "open", "new", resolved, reopened, waived, urgent FROM published.burn_down WHERE as_of = ?',
        [day(number)],
    ).fetchall()
    return {code: tuple(numbers) for code, *numbers in rows}


def test_each_day_is_counted_and_a_code_without_flags_has_zeros() -> None:
    nights = Nights()
    nights.night(1, "ab", waived="a")
    assert counts(nights, 1) == {"vowel": (0, 1, 0, 0, 1, 0), "other": (1, 1, 0, 0, 0, 1)}
    nights.night(2, "b")
    assert counts(nights, 2) == {"vowel": (0, 0, 1, 0, 0, 0), "other": (1, 0, 0, 0, 0, 1)}
    nights.night(3, "ac")
    assert counts(nights, 3) == {"vowel": (1, 0, 0, 1, 0, 1), "other": (1, 1, 1, 0, 0, 0)}
    nights.night(4, "")
    nights.night(5, "")
    assert counts(nights, 5) == {"vowel": (0,) * 6, "other": (0,) * 6}
    assert counts(nights, 1) == {"vowel": (0, 1, 0, 0, 1, 0), "other": (1, 1, 0, 0, 0, 1)}


def test_a_waived_flag_stays_published_and_is_marked() -> None:
    nights = Nights()
    nights.night(1, "ab", waived="a")
    rows = nights.connection.execute("SELECT flag_id, state, decision, waived FROM published.flags").fetchall()
    assert sorted(rows) == [("a", "new", "waived", True), ("b", "new", None, False)]


class Model:
    """The contract in plain words: the nights before, each as it was run last, and tonight."""

    def __init__(self) -> None:
        self.nights: dict[date, frozenset[str]] = {}
        self.cycle = 0

    def night(self, on: date, raised: frozenset[str], cycle: int) -> Life:
        before = self.nights if cycle == self.cycle else {}
        self.nights = {earlier: flags for earlier, flags in before.items() if earlier < on} | {on: raised}
        self.cycle = cycle
        return {flag: self._life(flag, on) for flag in frozenset().union(*self.nights.values())}

    def _life(self, flag: str, on: date) -> tuple[Any, ...]:
        raised = [night for night, flags in self.nights.items() if flag in flags]
        without = [night for night in self.nights if night > raised[0] and night not in raised]
        changes = [night for night in raised if any(raised[0] < gone < night for gone in without)]
        starts = [night for night in changes if max(gone for gone in self.nights if gone < night) not in raised]
        resolved = min((gone for gone in without if gone > raised[-1]), default=None)
        reopened = max(starts, default=None)
        if resolved:
            state = "resolved"
        elif raised[0] == on:
            state = "new"
        else:
            state = "reopened" if reopened == on else "open"
        return (state, raised[0], raised[-1], resolved, reopened)


RAISED = st.frozensets(st.sampled_from("abcef"))
RUNS = st.lists(
    st.tuples(st.integers(1, 8), RAISED, st.sampled_from((2026, 2026, 2026, 2027))), min_size=1, max_size=12
)
IN_ORDER = st.lists(st.tuples(st.integers(1, 3), RAISED), min_size=1, max_size=8)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(runs=RUNS)
def test_days_run_in_any_order_and_again_are_as_if_they_had_been_run_once_in_order(
    runs: list[tuple[int, frozenset[str], int]],
) -> None:
    nights, model = Nights(), Model()
    for number, raised, cycle in runs:
        nights.night(number, sorted(raised), cycle)
        assert nights.life() == model.night(day(number), raised, cycle)
    once = Nights()
    for on, flags in sorted(model.nights.items()):
        once.night((on - FIRST).days + 1, sorted(flags), model.cycle)
    assert once.everything() == nights.everything()


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=IN_ORDER)
def test_what_is_open_today_is_what_was_and_what_came_less_what_went(steps: list[tuple[int, frozenset[str]]]) -> None:
    nights, number, before = Nights(), 0, 0
    for apart, raised in steps:
        number += apart
        nights.night(number, sorted(raised), waived="a")
        nights.night(number, sorted(raised), waived="a")
        opened, new, resolved, reopened, waived, _ = (
            sum(column) for column in zip(*counts(nights, number).values(), strict=True)
        )
        assert opened + waived == before + new + reopened - resolved == len(raised)
        before = opened + waived
