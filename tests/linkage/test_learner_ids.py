"""Learner ids stay the same from night to night, and what became of one that did not is on record.

A record is a letter, a learner the letters of its records, a night the learners with spaces between. An id is written as
the letter of the record that it is named after, or `#` if it is a hash.
"""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from hashlib import sha256
from itertools import product

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.linked.learner_ids import name_learners

FIRST_DAY = date(2026, 6, 1)
PREVIOUS = "previous.published"
Event = tuple[date, str, str, str, int]


class Nights:
    """Nights that follow each other, each with the publication of the one before."""

    def __init__(self) -> None:
        self.connection = duckdb.connect(config={"threads": 1})
        self.connection.execute("CREATE SCHEMA linked; ATTACH ':memory:' AS previous; CREATE SCHEMA previous.published")
        self.day = FIRST_DAY
        self.published = False
        self.counts: dict[str, int] = {}

    def run(self, learners: Sequence[Sequence[str]]) -> dict[str, str]:
        """One night, without publishing it; the id of each record."""
        rows = [(f"R{(letter * 15)[:15]}", cluster) for cluster, letters in enumerate(learners) for letter in letters]
        self.connection.execute("CREATE OR REPLACE TEMP TABLE link_member (record_id VARCHAR, cluster BIGINT)")
        if rows:
            values = ", ".join(f"('{record_id}', {cluster})" for record_id, cluster in rows)
            self.connection.execute(f"INSERT INTO link_member VALUES {values}")
        self.counts = name_learners(self.connection, self.day, PREVIOUS if self.published else None)
        named = self.connection.execute("SELECT cluster, learner_id FROM link_learner").fetchall()
        assert len(named) == len({cluster for cluster, _ in named}) == len({name for _, name in named}) == len(learners)
        return {letter: learner_id for cluster, learner_id in named for letter in learners[cluster]}

    def publish(self) -> None:
        self.connection.execute(
            f"""
            CREATE OR REPLACE TABLE {PREVIOUS}.person_links AS
            SELECT record_id, learner_id FROM link_member INNER JOIN link_learner USING (cluster);
            CREATE OR REPLACE TABLE {PREVIOUS}.learner_history AS FROM linked.learner_history
            """
        )
        self.published = True

    def night(self, learners: list[str]) -> dict[str, str]:
        """One night, published; the next one is a day later."""
        names = self.run(learners)
        self.publish()
        self.day += timedelta(days=1)
        return names

    def history(self) -> set[Event]:
        rows = self.connection.execute("SELECT * FROM linked.learner_history").fetchall()
        assert len(rows) == len(set(rows))
        return set(rows)


def _short(learner_id: str) -> str:
    return learner_id[1] if learner_id == f"L{learner_id[1] * 15}" else "#"


def _events(nights: Nights) -> list[str]:
    return sorted(
        f"{event} {_short(learner)}>{_short(other)} {records}" for _, event, learner, other, records in nights.history()
    )


@pytest.mark.parametrize(
    ("nights", "names", "events"),
    [
        pytest.param("ab c", "ab=a c=c", [], id="on the first night each is named after its lowest record"),
        pytest.param("bc | abcd | ad", "ad=b", [], id="an id stays as records come and go"),
        pytest.param("bc a | a bc d", "a=a bc=b d=d", [], id="who is as last night keeps the id"),
        pytest.param("ab c | abc", "abc=a", ["merged c>a 1"], id="who had more of the records gives the id"),
        pytest.param("ab cd | abcd", "abcd=a", ["merged c>a 2"], id="of two with as many, the lower id stays"),
        pytest.param("ab cde | abcd", "abcd=c", ["merged a>c 2"], id="of two with as many, the once larger stays"),
        pytest.param("bef cd | ef cd | cdef", "cdef=b", ["merged c>b 2"], id="the lower id, whatever its records"),
        pytest.param("abc | ab c", "ab=a c=c", ["split a>c 1"], id="in a split the larger part keeps the id"),
        pytest.param("ab | b a", "a=a b=b", ["split a>b 1"], id="of parts as large, the one with the lowest record"),
        pytest.param("abc | a bc", "a=# bc=a", ["split a># 1"], id="a record whose name is another's has a hash"),
        pytest.param("ab | ac", "ac=a", [], id="a record that came takes nothing away"),
        pytest.param("ab cd | ac b d", "ac=a b=b d=c", ["split a>b 1", "split c>a 1"], id="records change places"),
        pytest.param("abcd ef | abce df", "abce=a df=e", ["split a>e 1", "split e>a 1"], id="who loses takes its next"),
        pytest.param("ab cdef | abcde f", "abcde=c f=f", ["merged a>c 2", "split c>f 1"], id="who held none gets none"),
        pytest.param("ab c | abc | ab c", "ab=a c=c", ["merged c>a 1", "split a>c 1"], id="a merger is undone"),
        pytest.param(
            "ac e | ace | ac de",
            "ac=a de=e",
            ["merged e>a 1", "split a>e 1"],
            id="where a merger is undone, the restored id goes before the name of a lower record",
        ),
        pytest.param(
            "ab c | abc | ab | ab c",
            "ab=a c=#",
            ["merged c>a 1"],
            id="an id that has merged is not given to a newcomer",
        ),
        pytest.param(
            "abc def | a bc def | abcdef | a bcdef",
            "a=# bcdef=d",
            ["merged #>d 1", "merged a>d 2", "split a># 1", "split d># 1"],
            id="an id that records were split from before it merged is not restored",
        ),
        pytest.param("ab c | c | ab c", "ab=a c=c", [], id="who was gone for a night has the id again"),
        pytest.param("ab c | | | c ab", "ab=a c=c", [], id="so has everybody after nights without records"),
        pytest.param("ab | b | a", "a=#", [], id="an id that another held last night is not free"),
        pytest.param(
            "abc | a bc | | a bc",
            "a=# bc=b",
            ["split a># 1"],
            id="an id that records were split from is not given again",
        ),
    ],
)
def test_after_these_nights_the_learners_have_these_ids(nights: str, names: str, events: list[str]) -> None:
    run = Nights()
    for learners in nights.split("|"):
        found = run.night(learners.split())
    expected = dict(learner.split("=") for learner in names.split())
    assert {letters: {_short(found[letter]) for letter in letters} for letters in expected} == {
        letters: {name} for letters, name in expected.items()
    }
    assert _events(run) == events


def test_an_event_carries_the_day_of_its_run_and_what_is_on_record_stays() -> None:
    run = Nights()
    for learners in (["abc", "d"], ["ab", "c", "d"], ["ab", "cd"]):
        run.night(learners)
    a, c, d = (f"L{letter * 15}" for letter in "acd")
    second, third = FIRST_DAY + timedelta(days=1), FIRST_DAY + timedelta(days=2)
    assert run.history() == {(second, "split", a, c, 1), (third, "merged", d, c, 1)}
    assert run.counts == {
        "learner_ids_carried": 2,
        "learner_ids_new": 0,
        "learners_merged": 1,
        "learners_split": 0,
        "previous_without_record_ids": 0,
    }


def test_a_day_run_again_does_not_rewrite_the_event_that_it_has_on_record() -> None:
    run = Nights()
    run.night(["abcd", "ef"])
    run.run(["abc", "def"])
    run.publish()
    on_record = run.history()
    run.run(["ab", "cdef"])
    assert run.history() == on_record


def test_an_earlier_day_run_again_keeps_the_ids_and_the_history_of_the_last_publication() -> None:
    run = Nights()
    run.night(["ab", "c"])
    last = run.night(["abc"])
    on_record = run.history()
    run.day = FIRST_DAY
    again = run.run(["ab", "c"])
    assert again["a"] == last["a"]
    assert run.history() == {*on_record, (FIRST_DAY, "split", again["a"], again["c"], 1)}


@pytest.mark.parametrize("change", ["ALTER TABLE {}.person_links DROP COLUMN record_id", "DROP TABLE {}.person_links"])
def test_a_publication_that_does_not_name_records_is_as_none_and_is_counted(change: str) -> None:
    run = Nights()
    run.night(["ab", "c"])
    run.connection.execute(change.format(PREVIOUS))
    assert _short(run.night(["bc"])["b"]) == "b"
    assert run.history() == set()
    assert run.counts["previous_without_record_ids"] == 1


def test_a_publication_without_a_history_still_gives_the_ids() -> None:
    run = Nights()
    run.night(["ab", "c"])
    run.connection.execute(f"DROP TABLE {PREVIOUS}.learner_history")
    assert _short(run.night(["abc"])["c"]) == "a"
    assert _events(run) == ["merged c>a 1"]
    assert run.counts["previous_without_record_ids"] == 0


@pytest.mark.parametrize(
    ("taken", "newcomer"),
    [
        ("INSERT INTO previous.published.person_links VALUES ('gone', '{}')", False),
        ("INSERT INTO previous.published.learner_history VALUES ('2026-05-01', 'merged', '{}', 'L0', 1)", False),
        ("INSERT INTO previous.published.learner_history VALUES ('2026-05-01', 'merged', 'L0', '{}', 1)", False),
        ("SELECT 1", True),
    ],
    ids=["last night", "by an id that ended", "by an id that gained records", "by a newcomer"],
)
def test_a_hash_that_is_taken_is_passed_over(taken: str, newcomer: bool) -> None:
    day = FIRST_DAY + timedelta(days=1)
    hashes = [sha256(f"R{'a' * 15}|{day}|{attempt}".encode()).hexdigest()[:15] for attempt in (0, 1)]
    run = Nights()
    run.night(["abc"])
    run.connection.execute(taken.format("L" + hashes[0]))
    tonight = run.run(["a", "bc", *([[hashes[0]]] if newcomer else [])])
    assert tonight["a"] == "L" + hashes[1]


def test_nothing_is_left_on_the_connection_but_the_names_of_the_learners() -> None:
    run = Nights()
    run.night(["ab", "c"])
    run.night(["a", "bc"])
    left = run.connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE temporary UNION ALL "
        "SELECT view_name FROM duckdb_views() WHERE temporary AND NOT internal"
    ).fetchall()
    assert sorted(left) == [("link_learner",), ("link_member",)]


LETTERS = "abcdefgh"


def _learners(places: list[int | None]) -> list[str]:
    """The learners of a night by the learner in which each letter stands; None: the record is not there."""
    return [
        "".join(letter for letter, place in zip(LETTERS, places, strict=True) if place == learner)
        for learner in sorted({place for place in places if place is not None})
    ]


NIGHT = st.lists(st.one_of(st.none(), st.integers(0, 3)), min_size=len(LETTERS), max_size=len(LETTERS)).map(_learners)
SEQUENCES = st.lists(NIGHT, min_size=2, max_size=5)


def _kept(before: dict[str, str], learners: list[str]) -> dict[str, str]:
    """Who keeps which id, by the rule read word by word: the strongest pair, then the strongest of what is left."""
    size = Counter(before.values())
    shared = {
        (letters, name): [letter for letter in letters if before.get(letter) == name]
        for letters, name in product(learners, size)
    }
    pairs = sorted(
        (-len(common), -size[name], name, common[0], letters) for (letters, name), common in shared.items() if common
    )
    kept: dict[str, str] = {}
    for _, _, name, _, letters in pairs:
        if letters not in kept and name not in kept.values():
            kept[letters] = name
    return kept


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sequence=SEQUENCES)
def test_ids_are_carried_by_the_rule_and_every_change_is_on_record_once(sequence: list[list[str]]) -> None:
    run = Nights()
    before: dict[str, str] = {}
    had: dict[str, set[str]] = {}
    on_record: set[Event] = set()
    for learners in sequence:
        day, kept = run.day, _kept(before, learners)
        now = run.night(learners)
        for letters in learners:
            name = now[letters[0]]
            # Carried by the rule, or not of last night.
            assert name == kept[letters] if letters in kept else name not in before.values()
            # Who has an id holds a record that had it at some time, unless nobody ever had it.
            assert name not in had or had[name] & set(letters)
            had.setdefault(name, set()).update(letters)
        moved = Counter((before[letter], now[letter]) for letter in before.keys() & now.keys())
        on_record |= {
            (day, "split" if old in now.values() else "merged", old, new, records)
            for (old, new), records in moved.items()
            if old != new
        }
        assert run.history() == on_record
        before = now
    # Run again on what it published, it changes nothing.
    assert run.run(sequence[-1]) == before
    assert run.history() == on_record


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sequence=SEQUENCES, seed=st.integers(0, 1000))
def test_neither_the_order_of_rows_nor_the_numbers_of_clusters_matter(sequence: list[list[str]], seed: int) -> None:
    run, shuffled = Nights(), Nights()
    order = random.Random(seed)
    for learners in sequence:
        other = ["".join(order.sample(letters, len(letters))) for letters in order.sample(learners, len(learners))]
        assert run.night(learners) == shuffled.night(other)
    assert run.history() == shuffled.history()
