"""What must hold of links whatever was delivered, and in whatever order."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.linkage.invented import applicant, centre_row, registration, uci, uln
from tests.linkage.linking import linked_warehouse

# Few values each, so that drawn records collide in every way.
FORENAMES = ("Nadia", "Nadai", "Simone", "Beth", "Elizabeth", "Muhammad Ali", "Muhammad Hassan", "Muhammad")
SURNAMES = ("Winterbourne", "Ashdown", "Featherstonehaugh-", "Featherstonehaugh-Ash")
DATES = tuple(date(2007, 5, 6) + timedelta(days=days) for days in (0, 1, 30, 400))
ULNS = (*(uln(serial) for serial in range(3)), None)
UCIS = (*(uci(serial) for serial in range(3)), None)
POSTCODES = ("ZZ1 1ZZ", "ZZ2 2ZZ", None)
CENTRES = ("10001", "10002")
#: With any of these in common, and both names, two dates of birth may be one with a slip of the pen.
OF_ONE_PERSON = ("uln_key", "uci_key", "personal_id_key", "postcode_std")
Feeds = dict[str, list[dict[str, Any]]]


def _person(with_uci: bool) -> st.SearchStrategy[dict[str, Any]]:
    said: dict[str, st.SearchStrategy[Any]] = {
        "surname": st.sampled_from(SURNAMES),
        "forename": st.sampled_from(FORENAMES),
        "date_of_birth": st.sampled_from(DATES),
        "uln": st.sampled_from(ULNS),
        "postcode": st.sampled_from(POSTCODES),
        "sex": st.sampled_from(("M", "F", "U", None)),
        "centre_number": st.sampled_from(CENTRES),
    }
    return st.fixed_dictionaries({**said, "uci": st.sampled_from(UCIS)} if with_uci else said)


def _rows(make: Callable[..., dict[str, Any]], with_uci: bool = True) -> st.SearchStrategy[list[dict[str, Any]]]:
    def number(people: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if not with_uci:
            people = [{"forenames": person["forename"], **person} for person in people]
            people = [{key: person[key] for key in person if key != "forename"} for person in people]
        return [make(number, **person) for number, person in enumerate(people)]

    return st.lists(_person(with_uci), max_size=10).map(number)


FEEDS: st.SearchStrategy[Feeds] = st.fixed_dictionaries(
    {
        "applicants": _rows(applicant, with_uci=False),
        "centre_rows": _rows(centre_row),
        "registrations": _rows(registration),
    }
)


def _violations(connection: duckdb.DuckDBPyConnection, condition: str) -> int:
    """Learners for which the condition holds over all their records."""
    keys = ("feed", "personal_id", "centre_number", "centre_learner_reference", "awarding_organisation_rn")
    same = " AND ".join(
        f"p.{key} IS NOT DISTINCT FROM l.{key}" for key in (*keys, "registration_number", "qualification_number")
    )
    ((found,),) = connection.execute(
        f"SELECT count(*) FROM (SELECT l.learner_id FROM linked.person_links AS l JOIN linked.people AS p ON {same} "
        f"GROUP BY l.learner_id HAVING {condition})"
    ).fetchall()
    return int(found)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(feeds=FEEDS, seed=st.integers(0, 1000))
def test_links_are_complete_consistent_and_do_not_depend_on_the_order_of_rows(feeds: Feeds, seed: int) -> None:
    connection = linked_warehouse(**feeds)
    # Every row is linked once and to a learner.
    rows = connection.execute("SELECT count(*), count(learner_id) FROM linked.person_links").fetchall()
    assert rows == [(sum(map(len, feeds.values())),) * 2]
    # No learner has two dates of birth and two ULNs.
    assert _violations(connection, "count(DISTINCT p.date_of_birth) > 1 AND count(DISTINCT p.uln_key) > 1") == 0
    # Two records of one feed that are all of a learner agree in date of birth, or in what only one person has, or a home.
    shared = " AND ".join(f"NOT (count(p.{name}) = 2 AND count(DISTINCT p.{name}) = 1)" for name in OF_ONE_PERSON)
    alone = f"count(*) = 2 AND count(DISTINCT p.feed) = 1 AND count(DISTINCT p.date_of_birth) > 1 AND {shared}"
    assert _violations(connection, alone) == 0
    # Another order of rows gives the same links, to the letter.
    other = linked_warehouse(**{feed: random.Random(seed).sample(rows, len(rows)) for feed, rows in feeds.items()})
    written = "SELECT * FROM linked.person_links ORDER BY ALL"
    assert connection.execute(written).fetchall() == other.execute(written).fetchall()
