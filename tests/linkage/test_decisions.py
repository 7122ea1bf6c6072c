"""People's decisions about links: they override stages and model, and say so when new data speak against them.

Several people share a night. They have a number each, and with it a surname, a year of birth and a centre of their own.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import pytest

from assets.linked.centres import resolve_centres
from assets.linked.links import link_people
from schemas.link_decisions import LinkDecision, pair_id
from tests.linkage.invented import BORN, applicant, centre_row, registration, uln
from tests.linkage.linking import Link, links
from tests.warehouse import warehouse

DAY = date(2026, 6, 1)
NAMES = {"ucas": "ucas_applicants", "centre": "centre_registrations", "ao": "ao_registrations"}
SURNAMES = (
    "Winterbourne",
    "Prendergast",
    "Featherstone",
    "Ashdown",
    "Lockwood",
    "Marchbanks",
    "Hollingworth",
    "Tregenza",
)
MAKE = {"ucas": applicant, "centre": centre_row, "ao": registration}
Feeds = dict[str, list[dict[str, Any]]]


def born(number: int, **more: int) -> date:
    return BORN.replace(year=BORN.year - number, **more)


def row(feed: str, number: int, **said: Any) -> dict[str, Any]:
    """The row of a feed of one of the people."""
    own = {"surname": SURNAMES[number], "date_of_birth": born(number), "centre_number": f"{10001 + number}"}
    return MAKE[feed](number, **(own | said))


def record_id(feed: str, number: int) -> str:
    """The id of that row, as `person_links` promises it: a hash of the feed and of the keys that the row fills."""
    keys = {
        "ucas": (f"{number:010d}",),
        "centre": (f"{10001 + number}", f"ref {number}", "60000001"),
        "ao": ("RN0001", f"reg {number}", "60000002"),
    }
    return "R" + sha256("|".join((NAMES[feed], *keys[feed])).encode()).hexdigest()[:15]


def decided(decision: str, number: int, one: str = "ucas", other: str = "ao", **more: Any) -> LinkDecision:
    """A decision about two of a person's rows."""
    first, second = sorted((record_id(one, number), record_id(other, number)))
    said = {"decided_by": "Avery", "decided_at": datetime(2026, 5, 20, 9, 30, tzinfo=UTC), "reason": "The centre rang."}
    return LinkDecision(first_record_id=first, second_record_id=second, decision=decision, **(said | more))


def night(decisions: Sequence[LinkDecision], feeds: Feeds, before: Path | None = None) -> duckdb.DuckDBPyConnection:
    """A warehouse in which people are linked; `before` is the file of the last publication."""
    connection = warehouse(DAY.isoformat(), {NAMES[feed]: rows for feed, rows in feeds.items()})
    resolve_centres(connection)
    if before:
        connection.execute(f"ATTACH '{before}' AS previous (READ_ONLY)")
    link_people(connection, as_of=DAY, decisions=decisions, previous="previous.published" if before else None)
    if before:
        connection.execute("DETACH previous")
    return connection


def published(connection: duckdb.DuckDBPyConnection, file: Path) -> Path:
    """The file of a publication of the links."""
    connection.execute(f"ATTACH '{file}' AS publication; CREATE SCHEMA publication.published")
    for table in ("person_links", "link_review", "link_decisions", "learner_history"):
        connection.execute(f"CREATE TABLE publication.published.{table} AS FROM linked.{table}")
    connection.execute("DETACH publication")
    return file


def states(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, str | None]]:
    """Of each decision, by its pair, what became of it, and what newly contradicts it."""
    rows = connection.execute("SELECT pair_id, state, contradiction FROM linked.link_decisions").fetchall()
    return {pair: (state, contradiction) for pair, state, contradiction in rows}


def together(found: dict[str, Link], number: int) -> bool:
    """Whether a person's application and registration are one learner's."""
    return found[f"{number:010d}"].learner_id == found[f"reg {number}"].learner_id


def queue(connection: duckdb.DuckDBPyConnection) -> set[str]:
    return {pair for (pair,) in connection.execute("SELECT pair_id FROM linked.link_review").fetchall()}


SHARED = {"uln": uln(1), "postcode": "ZZ1 1ZZ"}
FEEDS: Feeds = {
    "ucas": [
        row("ucas", 0, forenames="Oriel", date_of_birth=born(0, month=3)),
        row("ucas", 1, uln=uln(2)),
        row("ucas", 2, **SHARED),
        row("ucas", 3, surname="Ashdovn"),
        row("ucas", 4, uln=uln(3)),
        row("ucas", 5, postcode="ZZ5 5ZZ"),
        row("ucas", 6, date_of_birth=born(6, day=6)),
        row("ucas", 7, date_of_birth=born(7, day=6)),
    ],
    "centre": [row("centre", 2, **SHARED), row("centre", 3, surname="Ashdowne"), row("centre", 4, uln=uln(3))],
    "ao": [
        *(row("ao", 0), row("ao", 1, uln=uln(2)), row("ao", 2, **SHARED), row("ao", 3)),
        row("ao", 4, uln=uln(4), date_of_birth=born(4, month=3)),
        row("ao", 5, forename="Simone", postcode="ZZ5 5ZZ"),
        *(row("ao", 6), row("ao", 7)),
    ],
}
DECISIONS = [
    *(decided("same", number) for number in (0, 4, 5, 6)),
    *(decided("different", number) for number in (1, 2, 3, 7)),
]


@cache
def with_decisions() -> duckdb.DuckDBPyConnection:
    return night(DECISIONS, FEEDS)


@cache
def without_decisions() -> duckdb.DuckDBPyConnection:
    return night((), FEEDS)


@pytest.mark.parametrize(
    ("number", "why"),
    [
        (0, "other forename and birth"),
        (4, "two dates of birth and two ULNs"),
        (5, "the rules call them twins"),
        (6, "thin evidence"),
    ],
)
def test_same_joins_what_no_evidence_would(number: int, why: str) -> None:
    assert not together(links(without_decisions()), number), why
    found = links(with_decisions())
    assert together(found, number), why
    assert (found[f"reg {number}"].stage, found[f"reg {number}"].score) == ("decided", 1.0)


@pytest.mark.parametrize(
    ("number", "why"), [(1, "a ULN"), (2, "a third record with the same ULN"), (3, "weight, and a third record")]
)
def test_different_keeps_apart_what_would_be_linked(number: int, why: str) -> None:
    assert together(links(without_decisions()), number), why
    assert not together(links(with_decisions()), number), why


def test_what_others_are_linked_by_still_stands_beside_a_decided_pair() -> None:
    found = links(with_decisions())
    assert found["ref 4"].learner_id == found["reg 4"].learner_id
    people: dict[str, set[str]] = {}
    for own, link in found.items():
        people.setdefault(link.learner_id, set()).add(own[-1])
    assert all(len(numbers) == 1 for numbers in people.values())


def test_a_decided_pair_leaves_the_queue() -> None:
    thin = {decided("same", 6).pair_id, decided("different", 7).pair_id}
    assert queue(without_decisions()) >= thin
    assert not queue(with_decisions()) & {decision.pair_id for decision in DECISIONS}


def test_decisions_that_are_followed_are_on_record_with_who_when_and_why() -> None:
    assert states(with_decisions()) == {decision.pair_id: ("applied", None) for decision in DECISIONS}
    query = "SELECT first_record_id, second_record_id, decision, decided_by, decided_at, decision_reason"
    found = with_decisions().execute(
        f"{query} FROM linked.link_decisions WHERE pair_id = ?", [pair_id(record_id("ao", 0), record_id("ucas", 0))]
    )
    ((*records, decision, by, at, why),) = found.fetchall()
    assert records == sorted((record_id("ucas", 0), record_id("ao", 0)))
    assert (decision, by, at, why) == ("same", "Avery", "2026-05-20T09:30:00+00:00", "The centre rang.")


def test_a_decision_about_a_record_that_is_gone_says_so_and_changes_nothing() -> None:
    decisions = [decided("same", 0), decided("different", 1)]
    connection = night(decisions, {"ao": [row("ao", 0), row("ao", 1)]})
    assert states(connection) == {decision.pair_id: ("record_missing", None) for decision in decisions}
    assert {link.stage for link in links(connection).values()} == {"unlinked"}


def test_different_that_other_decisions_make_impossible_is_called_conflicting() -> None:
    decisions = [decided("same", 0, "ucas", "centre"), decided("same", 0, "centre", "ao"), decided("different", 0)]
    connection = night(decisions, {feed: [row(feed, 0)] for feed in NAMES})
    assert [states(connection)[decision.pair_id][0] for decision in decisions] == ["applied", "applied", "conflicting"]


# ---- new data

#: Of each person what the registration says on the night of the decision, and later, and what the decision then is.
NIGHTS: list[tuple[str, dict[str, Any], dict[str, Any], tuple[str, str | None]]] = [
    ("same", {}, {"date_of_birth": born(0, month=3)}, ("contradicted", "date of birth")),
    ("same", {}, {"uln": uln(12), "forename": "Simone"}, ("contradicted", "ULN, forename")),
    ("different", {}, {"uln": uln(22)}, ("contradicted", "ULN")),
    ("same", {"date_of_birth": born(3, month=3)}, {"date_of_birth": born(3, month=3)}, ("applied", None)),
    ("same", {"forename": "Simone"}, {"forename": "Simone", "uln": uln(42)}, ("contradicted", "ULN")),
]


def _later(place: int) -> Feeds:
    """The rows of the night of the decisions (0), or of a later one (1)."""
    said = [(then, now)[place] for _, then, now, _ in NIGHTS]
    applications = [row("ucas", number, uln=uln(10 * number + 2 * (number == 2))) for number in range(len(NIGHTS))]
    return {"ucas": applications, "ao": [row("ao", number, **more) for number, more in enumerate(said)]}


def test_new_data_that_speak_against_a_decision_are_named_and_what_was_known_is_not(tmp_path: Path) -> None:
    decisions = [decided(decision, number) for number, (decision, *_) in enumerate(NIGHTS)]
    first = night(decisions, _later(0))
    assert set(states(first).values()) == {("applied", None)}
    second = night(decisions, _later(1), published(first, tmp_path / "first.duckdb"))
    expected = {decisions[number].pair_id: outcome for number, (*_, outcome) in enumerate(NIGHTS)}
    assert states(second) == expected
    # They stand all the same, and are contradicted again on the night after.
    found = links(second)
    assert [together(found, number) for number in range(len(NIGHTS))] == [said == "same" for said, *_ in NIGHTS]
    assert states(night(decisions, _later(1), published(second, tmp_path / "second.duckdb"))) == expected


def test_a_decision_made_anew_or_whose_record_comes_late_is_judged_by_what_is_known_then(tmp_path: Path) -> None:
    late = decided("same", 1)
    applications = [row("ucas", number) for number in (0, 1)]
    before = published(
        night([decided("same", 0), late], {"ucas": applications, "ao": [row("ao", 0)]}), tmp_path / "before.duckdb"
    )
    anew = decided("same", 0, decided_at=datetime(2026, 6, 1, 8, tzinfo=UTC))
    other_births = [row("ao", number, date_of_birth=born(number, month=3)) for number in (0, 1)]
    connection = night([anew, late], {"ucas": applications, "ao": other_births}, before)
    assert states(connection) == {decision.pair_id: ("applied", None) for decision in (anew, late)}
