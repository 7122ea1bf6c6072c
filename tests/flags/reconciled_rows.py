"""A warehouse in which the layers before the flags are filled from named rows: records, people, meanings, achievability.

A row is a mapping with `feed` and the feed's columns. Besides the feeds of the contract there are `achievability` (a row of
`reconciled.achievability`), `specification_grades` and the like, and `deliveries` (of `landed.deliveries`, its feed
given as `of`). Two keys say what linking
found: `learner` on a person's record (default: somebody of their own), and `means` on a declaration: a qualification
number, a list of candidates, or nothing (default: the number declared). `titled` names what its title alone would mean,
where that disagrees with the number; `suggested` what it is only likely to mean.

A row of `link_review` or `link_decisions` names its two records by the names of their rows, `first` and `second`. Every
ULN given is taken for a valid one.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

import duckdb

from assets.linked.centres import resolve_centres
from assets.linked.people import build_forename_forms
from assets.reconciled.flags import Flag, build_flag
from assets.reconciled.sql_files import Statement, build_statement, discover_statements, in_build_order
from assets.standardised.names import forename_key, other_forenames_key, plain_name, surname_key, without_title
from schemas.feeds import FEEDS
from schemas.link_review import DELIVERED, LINK_DECISIONS, LINK_REVIEW
from tests.warehouse import warehouse

Row = Mapping[str, Any]

PEOPLE = ("ucas_applicants", "centre_registrations", "ao_registrations")

_LINK_KEYS = (
    "personal_id",
    "centre_number",
    "centre_learner_reference",
    "awarding_organisation_rn",
    "registration_number",
    "qualification_number",
)

_TABLES = {
    "linked.person_links": "feed VARCHAR, "
    + ", ".join(f"{key} VARCHAR" for key in _LINK_KEYS)
    + ", record_id VARCHAR, learner_id VARCHAR",
    "linked.people": "feed VARCHAR, "
    + ", ".join(f"{key} VARCHAR" for key in _LINK_KEYS)
    + ", date_of_birth DATE, uln_key VARCHAR, uci_key VARCHAR, forename_std VARCHAR, other_forenames_std VARCHAR, "
    "surname_std VARCHAR, forenames_length INTEGER, surname_length INTEGER",
    "linked.link_review": LINK_REVIEW.column_ddl,
    "linked.link_decisions": LINK_DECISIONS.column_ddl,
    "linked.declared_qualifications": "personal_id VARCHAR, declared_number INTEGER, awarding_organisation_rn VARCHAR, "
    "qualification_number VARCHAR, suite VARCHAR, resolution VARCHAR, number_and_title_disagree BOOLEAN",
    "linked.declaration_candidates": "personal_id VARCHAR, declared_number INTEGER, qualification_number VARCHAR, "
    "suggested BOOLEAN, why VARCHAR",
    "landed.deliveries": "delivery_id VARCHAR, feed VARCHAR, status VARCHAR",
    "reconciled.achievability": "awarding_organisation_rn VARCHAR, registration_number VARCHAR, "
    "qualification_number VARCHAR, centre_number VARCHAR, status VARCHAR, reason VARCHAR, actions VARCHAR, "
    "action_count INTEGER, act_by DATE, secured_grade VARCHAR, best_grade VARCHAR, specification VARCHAR, "
    "specification_version VARCHAR, pathway VARCHAR, pathways_differ BOOLEAN, fallback_qualification_number VARCHAR, "
    "fallback_grade VARCHAR, situation INTEGER",
    "reconciled.specification_units": "specification VARCHAR, specification_version VARCHAR, unit_number VARCHAR, "
    "own_number VARCHAR, kind VARCHAR, attempts INTEGER",
    "standardised.earlier_award_grades": "awarding_organisation_rn VARCHAR, registration_number VARCHAR, "
    "qualification_number VARCHAR, grade VARCHAR, delivery_id VARCHAR, line BIGINT",
    "reconciled.barred_units": "situation INTEGER, unit_number VARCHAR, counted BOOLEAN",
    "reconciled.raised_flags": "flag_id VARCHAR, flag_code VARCHAR, centre_number VARCHAR, act_by DATE, "
    "urgency VARCHAR",
    "reconciled.specification_grades": "specification VARCHAR, specification_version VARCHAR, grade VARCHAR, "
    "place INTEGER",
}
#: Feeds of a case that are no feeds of the contract, and the tables that they fill as they stand.
OWN_TABLES = {
    "achievability": "reconciled.achievability",
    "specification_grades": "reconciled.specification_grades",
    "specification_units": "reconciled.specification_units",
    "barred_units": "reconciled.barred_units",
    "earlier_award_grades": "standardised.earlier_award_grades",
    "raised_flags": "reconciled.raised_flags",
}
#: Feeds of a case that are no feeds of the contract.
MADE = (*OWN_TABLES, "deliveries", "link_review", "link_decisions")


def reconciled_warehouse(as_of: str, rows: Mapping[str, Row]) -> duckdb.DuckDBPyConnection:
    """A warehouse up to the linked layer, with achievability.

    Args:
        as_of: the run's day, `yyyy-mm-dd`.
        rows: named rows, as the module describes.
    """
    by_feed: dict[str, list[dict[str, Any]]] = {}
    for name, row in rows.items():
        by_feed.setdefault(row["feed"], []).append({"row_name": name, "learner": f"learner of {name}", **row})
    own = ("feed", "row_name", "learner", "means", "titled", "suggested", "of")
    feeds = {
        feed: [{key: value for key, value in row.items() if key not in own} for row in of_feed]
        for feed, of_feed in by_feed.items()
        if feed not in MADE
    }
    connection = warehouse(as_of, feeds)
    for table, columns in _TABLES.items():
        connection.execute(f"CREATE TABLE {table} ({columns})")
    resolve_centres(connection)
    for feed in PEOPLE:
        for row in by_feed.get(feed, ()):
            _link(connection, feed, row)
    for row in by_feed.get("ucas_qualifications", ()):
        _declare(connection, row)
    for feed, table in OWN_TABLES.items():
        for row in by_feed.get(feed, ()):
            _insert(connection, table, {key: row[key] for key in row if key not in own})
    people = {row["row_name"]: row for feed in PEOPLE for row in by_feed.get(feed, ())}
    for table in ("link_review", "link_decisions"):
        for row in by_feed.get(table, ()):
            sides = _sides(people, row, ("record_id",) if table == "link_decisions" else _SIDE)
            told = {key: row[key] for key in row if key not in (*own, "first", "second")}
            _insert(connection, f"linked.{table}", {"pair_id": f"pair {row['row_name']}", **told, **sides})
    for row in by_feed.get("deliveries", ()):
        _insert(connection, "landed.deliveries", {key: row[key] for key in row if key not in own} | {"feed": row["of"]})
    return connection


#: What a pair says of each of its records.
_SIDE = ("record_id", "learner_id", "feed", *DELIVERED)


def _link(connection: duckdb.DuckDBPyConnection, feed: str, row: Row) -> None:
    keys = {"feed": feed} | {key: row[key] for key in FEEDS[feed].key}
    linked = {"record_id": f"record {row['row_name']}", "learner_id": row["learner"]}
    _insert(connection, "linked.person_links", keys | linked)
    compared = {"date_of_birth": row.get("date_of_birth"), "uln_key": row.get("uln"), "uci_key": row.get("uci")}
    _insert(
        connection,
        "linked.people",
        keys | compared | _names(row.get("forenames", row.get("forename")), row.get("surname")),
    )


@cache
def _names(forenames: str | None, surname: str | None) -> dict[str, Any]:
    """The names as they are compared."""
    (found,) = duckdb.execute(
        f"""
        SELECT {forename_key("forenames")}, {other_forenames_key("forenames")}, {surname_key("surname")}
        FROM (
            SELECT {without_title("forenames")} AS forenames, {without_title("surname")} AS surname
            FROM (
                SELECT {plain_name("forenames")} AS forenames, {plain_name("surname")} AS surname
                FROM (SELECT ?::VARCHAR AS forenames, ?::VARCHAR AS surname)
            )
        )
        """,
        [forenames, surname],
    ).fetchall()
    lengths = (len(forenames or ""), len(surname or ""))
    columns = ("forename_std", "other_forenames_std", "surname_std", "forenames_length", "surname_length")
    return dict(zip(columns, (*found, *lengths), strict=True))


def _sides(people: Mapping[str, Row], row: Row, shown: tuple[str, ...]) -> dict[str, Any]:
    """The columns of a pair's two records, the one whose record_id is the lower text first."""
    sides = {}
    for side, name in zip(("first", "second"), sorted((row["first"], row["second"])), strict=True):
        person = people[name]
        known = {**person, "record_id": f"record {name}", "learner_id": person["learner"]}
        known.setdefault("forenames", person.get("forename"))
        sides |= {f"{side}_{column}": known.get(column) for column in shown}
    return sides


@cache
def populations_and_facts() -> dict[tuple[str, str], Statement]:
    """Every population and fact by its table."""
    return {found.table: found for room in ("facts", "populations") for found in discover_statements(room)}


def built(connection: duckdb.DuckDBPyConnection, *made: Statement | Flag) -> None:
    """Builds statements and flags, and before them every population and fact that they rest on."""
    files = populations_and_facts()
    wanted: dict[tuple[str, str], Statement | Flag] = {}
    waiting: list[Statement | Flag] = list(made)
    while waiting:
        item = waiting.pop()
        wanted[item.table] = item
        if ("linked", "forename_forms") in item.dependencies:
            build_forename_forms(connection)
        waiting += [files[table] for table in item.dependencies & set(files) if table not in wanted]
    for item in in_build_order(wanted.values()):
        if isinstance(item, Flag):
            build_flag(connection, item)
        else:
            build_statement(connection, item)


def _declare(connection: duckdb.DuckDBPyConnection, row: Row) -> None:
    meaning = row.get("means", row.get("qualification_number"))
    candidates = meaning if isinstance(meaning, list) else []
    known = None if isinstance(meaning, list) else meaning
    declared = {"personal_id": row["personal_id"], "declared_number": row["declared_number"]}
    unresolved = "several_candidates" if candidates else "no_candidate"
    by_number = "number" if row.get("qualification_number") else "title"
    found = {
        "awarding_organisation_rn": row.get("awarding_organisation_rn"),
        "qualification_number": known,
        "resolution": by_number if known else unresolved,
        "number_and_title_disagree": "titled" in row,
    }
    _insert(connection, "linked.declared_qualifications", declared | found)
    for candidate in [*candidates, *row.get("titled", ())]:
        listed = {"qualification_number": candidate, "suggested": False}
        _insert(connection, "linked.declaration_candidates", declared | listed)
    for candidate in row.get("suggested", ()):
        listed = {"qualification_number": candidate, "suggested": True, "why": "a word may be misspelt"}
        _insert(connection, "linked.declaration_candidates", declared | listed)


def _insert(connection: duckdb.DuckDBPyConnection, table: str, row: Row) -> None:
    marks = ", ".join("?" * len(row))
    connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", list(row.values()))
