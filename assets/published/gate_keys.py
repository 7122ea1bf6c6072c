"""The exact measures of the publication gate: keys, one row for each record, the ledger, the catalogue.

Each counts what is astray, so that 0 keeps the promise. Shares and comparisons are in `gate_volumes`. Every function
takes the candidate for publication and the promise it answers, and yields one measure a subject.
"""

from collections.abc import Iterator

from assets.published.gate_candidate import Candidate, Measure
from schemas.feeds import FEEDS
from schemas.promises import PERSON_FEEDS, PUBLISHED_KEYS, Promise


def repeated_keys(candidate: Candidate, promise: Promise) -> Iterator[Measure]:
    """For each published table with a key: the keys that occur in more than one row."""
    for table, key in sorted(PUBLISHED_KEYS.items()):
        astray = candidate.count(
            f"SELECT count(*) FROM (SELECT 1 FROM published.{table} GROUP BY {', '.join(key)} HAVING count(*) > 1)"
        )
        yield _exact(promise, table, astray, "keys in more than one row")


def records_without_link_row(candidate: Candidate, promise: Promise) -> Iterator[Measure]:
    """For each person feed: the keys that its rows in force and `published.person_links` do not hold equally often."""
    for feed in sorted(PERSON_FEEDS):
        links = f"published.person_links WHERE feed = '{feed}'"
        astray = _unmatched(candidate, FEEDS[feed].key, f"standardised.{feed}", links)
        yield _exact(promise, feed, astray, "records without exactly one row")


def registrations_without_position(candidate: Candidate, promise: Promise) -> Iterator[Measure]:
    """Keys that open registrations and `published.achievability` do not hold equally often."""
    records = "standardised.ao_registrations WHERE status IN ('active', 'completed')"
    astray = _unmatched(candidate, FEEDS["ao_registrations"].key, records, "published.achievability")
    yield _exact(promise, "achievability", astray, "registrations without exactly one row")


def deliveries_not_accounted_for(candidate: Candidate, promise: Promise) -> Iterator[Measure]:
    """For each feed: accepted deliveries without a ledger row, and ledger rows that do not balance.

    Whether a row balances is the ledger's own finding; it is not worked out a second time here.
    """
    found = candidate.counts(
        """
        SELECT feed, count(*) FILTER (WHERE balanced IS DISTINCT FROM TRUE)
        FROM (SELECT DISTINCT feed, delivery_id FROM published.deliveries WHERE status = 'accepted')
        FULL JOIN published.row_ledger USING (feed, delivery_id)
        GROUP BY feed
        """
    )
    for feed, astray in sorted(found.items()):
        yield _exact(promise, feed, astray, "deliveries not accounted for")


def situations_without_counterpart(candidate: Candidate, promise: Promise) -> Iterator[Measure]:
    """Registrations whose situation does not exist, and situations that name a part of a unit that does not.

    A registration that cannot be assessed has no situation, which is written as empty or below 0.
    """
    unknown = candidate.count(
        "SELECT count(*) FROM published.achievability ANTI JOIN published.situations USING (situation) WHERE situation >= 0"
    )
    yield _exact(promise, "achievability", unknown, "registrations without their situation")
    partless = candidate.count(
        """
        SELECT count(DISTINCT situation)
        FROM (SELECT situation, unnest(units) AS part FROM published.situations)
        ANTI JOIN published.unit_parts USING (part)
        """
    )
    yield _exact(promise, "situations", partless, "situations without one of their units")


def codes_without_counterpart(candidate: Candidate, promise: Promise) -> Iterator[Measure]:
    """Codes of the catalogue that have no table or view, and codes of flags that the catalogue does not hold."""
    astray = candidate.count(
        """
        WITH relations AS (
            SELECT table_name AS flag_code FROM information_schema.tables
            WHERE table_catalog = current_database() AND table_schema IN ('reconciled', 'published')
        ),
        astray AS (
            SELECT flag_code FROM published.flag_catalogue ANTI JOIN relations USING (flag_code)
            UNION
            SELECT flag_code FROM published.flags ANTI JOIN published.flag_catalogue USING (flag_code)
        )
        SELECT count(*) FROM astray
        """
    )
    yield _exact(promise, "flag_catalogue", astray, "codes without their counterpart")


def _exact(promise: Promise, subject: str, astray: int, what: str) -> Measure:
    seen = f"{astray:,} {what}"
    return Measure(promise=promise, subject=subject, observed=astray, seen=seen, hold=(None, 0), warn=(None, 0))


def _unmatched(candidate: Candidate, key: tuple[str, ...], records: str, rows: str) -> int:
    """Keys that `records` and `rows`, each a table with its WHERE, do not hold equally often."""
    columns = ", ".join(key)
    return candidate.count(
        f"""
        SELECT count(*) FROM (
            SELECT {columns} FROM (
                SELECT {columns}, 1 AS side FROM {records}
                UNION ALL
                SELECT {columns}, -1 AS side FROM {rows}
            )
            GROUP BY {columns} HAVING sum(side) <> 0
        )
        """
    )
