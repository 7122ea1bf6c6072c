"""Links of rows written in a test, by the rows' own numbers."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

import duckdb

from assets.linked.centres import resolve_centres
from assets.linked.links import link_people
from tests.warehouse import warehouse

Row = Mapping[str, Any]


class Link(NamedTuple):
    """What `linked.person_links` says of one row."""

    learner_id: str
    stage: str
    score: float
    evidence: str


def linked_warehouse(
    applicants: Iterable[Row] = (),
    centre_rows: Iterable[Row] = (),
    registrations: Iterable[Row] = (),
    centres: Iterable[Row] = (),
) -> duckdb.DuckDBPyConnection:
    """A warehouse in which people are linked."""
    connection = warehouse(
        "2026-06-01",
        {
            "ucas_applicants": applicants,
            "centre_registrations": centre_rows,
            "ao_registrations": registrations,
            "centres": centres,
        },
    )
    resolve_centres(connection)
    link_people(connection, as_of=date(2026, 6, 1))
    return connection


def links(connection: duckdb.DuckDBPyConnection) -> dict[str, Link]:
    """Links by Personal ID, by centre learner reference, or by registration number.

    Rows of one reference that are one learner are one entry; otherwise their qualification numbers are appended.
    """
    rows = connection.execute(
        """
        SELECT coalesce(personal_id, centre_learner_reference, registration_number) AS own, qualification_number,
            learner_id, stage, score, evidence
        FROM linked.person_links ORDER BY ALL
        """
    ).fetchall()
    found: dict[str, Link] = {}
    for own, qualification, *link in rows:
        known = found.get(own)
        name = own if known is None or known.learner_id == link[0] else f"{own} {qualification}"
        found[name] = Link(*link)
    return found


def learners(connection: duckdb.DuckDBPyConnection) -> set[frozenset[str]]:
    """Who is together: sets of the rows' natural keys."""
    rows = connection.execute(
        """
        SELECT list(concat_ws('|', feed, personal_id, centre_number, centre_learner_reference, awarding_organisation_rn,
            registration_number, qualification_number))
        FROM linked.person_links GROUP BY learner_id
        """
    ).fetchall()
    return {frozenset(row[0]) for row in rows}
