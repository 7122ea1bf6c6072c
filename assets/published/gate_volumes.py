"""The shares and comparisons that the publication gate measures: volumes, rows turned away, links, flags by code.

Exact measures are in `gate_keys`, how rows fall into kinds in `gate_distributions`, the bounds in `schemas.promises`. Every
function takes the candidate for publication and the promise it answers, and yields one measure a subject.
"""

from collections.abc import Iterator

from assets.published.gate_candidate import Candidate, Measure
from schemas.promises import COMPARED_TABLES, OPENED_BY, PUBLISHED_KEYS, Promise, bounds_of

NO_PREVIOUS = "there is no publication before this one"
NOTHING_BEFORE = "the publication before holds no row of it"
OTHER_LAYOUT = "the publication before has another layout and cannot be compared"


def volume_against_previous(candidate: Candidate, promise: Promise) -> Iterator[Measure]:
    """For each feed: rows in force as a share of those in the publication before."""
    query = "SELECT feed, sum(accepted) FROM {}.row_ledger GROUP BY feed"
    tonight = candidate.counts(query.format("published"))
    reason = not_comparable(candidate, candidate.previous_has("row_ledger", "feed", "accepted"))
    before = {} if reason else candidate.counts(query.format(candidate.previous))
    for feed in sorted({*tonight, *before}):
        now, then = tonight.get(feed, 0), before.get(feed, 0)
        if reason or not then:
            note = reason or "the publication before holds no row of this feed"
            yield Measure(promise=promise, subject=feed, observed=None, seen=f"{now:,} rows in force", note=note)
            continue
        yield _shrunk(candidate, promise, feed, (now, then), "rows in force")


def table_against_previous(candidate: Candidate, promise: Promise) -> Iterator[Measure]:
    """For each published table whose rows follow the learners: its rows as a share of those in the publication before."""
    for table in sorted(COMPARED_TABLES):
        now = candidate.count(f"SELECT count(*) FROM published.{table}")
        reason = not_comparable(candidate, candidate.previous_has(table, *PUBLISHED_KEYS[table]))
        then = 0 if reason else candidate.count(f"SELECT count(*) FROM {candidate.previous}.{table}")
        if reason or not then:
            note = reason or NOTHING_BEFORE
            yield Measure(promise=promise, subject=table, observed=None, seen=f"{now:,} rows", note=note)
            continue
        yield _shrunk(candidate, promise, table, (now, then), "rows")


def quarantined_share(candidate: Candidate, promise: Promise) -> Iterator[Measure]:
    """For each feed: the share of landed rows that were quarantined, over the accepted deliveries that still count.

    A delivery that later ones replaced to its last row no longer counts. One that was refused as a whole never did: the
    last good one of its sender stays in force, and `published.deliveries` says so.
    """
    found = candidate.rows(
        """
        WITH accepted_deliveries AS (
            SELECT feed, delivery_id FROM published.deliveries WHERE status = 'accepted'
        )
        SELECT feed, sum(quarantined), sum(landed)
        FROM published.row_ledger
        SEMI JOIN accepted_deliveries USING (feed, delivery_id)
        WHERE (accepted > 0 OR superseded = 0) AND landed > 0
        GROUP BY feed
        ORDER BY feed
        """
    )
    for feed, quarantined, landed in found:
        yield _share(candidate, promise, str(feed), (int(str(quarantined)), int(str(landed))), "rows turned away")


def unlinked_share(candidate: Candidate, promise: Promise) -> Iterator[Measure]:
    """The share of applicants that are linked to no other record."""
    stages = candidate.counts(
        "SELECT stage, count(*) FROM published.person_links WHERE feed = 'ucas_applicants' GROUP BY stage"
    )
    if stages:
        part_of = (stages.get("unlinked", 0), sum(stages.values()))
        yield _share(candidate, promise, "ucas_applicants", part_of, "applicants unlinked")
    else:
        note = "no applicant is in force"
        yield Measure(promise=promise, subject="ucas_applicants", observed=None, seen="0 applicants", note=note)


def flags_against_previous(candidate: Candidate, promise: Promise) -> Iterator[Measure]:
    """For each flag code: how many are raised, bounded by how many were in the publication before."""
    tonight = _raised(candidate, "published")
    known = all(candidate.previous_has(table, "flag_code") for table in ("flags", "flag_catalogue"))
    reason = not_comparable(candidate, known)
    before = {} if reason else _raised(candidate, str(candidate.previous))
    due = {} if reason else fallen_due(candidate)
    for code, now in sorted(tonight.items()):
        if reason or code not in before:
            note = reason or "the publication before does not know this code"
            yield Measure(promise=promise, subject=code, observed=None, seen=f"{now:,} raised", note=note)
            continue
        bounds, then = bounds_of(promise, code, candidate.bounds), before[code]
        hold = max(bounds["hold_times"] * then, bounds["hold_by"] + then)
        yield Measure(
            promise=promise,
            subject=code,
            observed=now,
            seen=f"{now:,} raised, {then:,} before",
            hold=(None, None if code in due else hold),
            warn=(None, max(bounds["warn_times"] * then, bounds["warn_by"] + then)),
            note=f"not held back, for [{due[code]}] fell due" if code in due else "",
        )


def not_comparable(candidate: Candidate, known: bool) -> str:
    """Why tonight cannot be compared; empty if it can."""
    return "" if known else NO_PREVIOUS if candidate.previous is None else OTHER_LAYOUT


def _shrunk(candidate: Candidate, promise: Promise, subject: str, now_then: tuple[int, int], what: str) -> Measure:
    now, then = now_then
    bounds = bounds_of(promise, subject, candidate.bounds)
    return Measure(
        promise=promise,
        subject=subject,
        observed=now / then,
        seen=f"{now:,} {what}, {then:,} before",
        hold=(bounds["hold_below"], None),
        warn=(bounds["warn_below"], None),
    )


def _share(candidate: Candidate, promise: Promise, subject: str, part_of: tuple[int, int], what: str) -> Measure:
    part, whole = part_of
    bounds = bounds_of(promise, subject, candidate.bounds)
    return Measure(
        promise=promise,
        subject=subject,
        observed=part / whole,
        seen=f"{part:,} of {whole:,} {what}",
        hold=(None, bounds["hold_above"]),
        warn=(None, bounds["warn_above"]),
    )


def _raised(candidate: Candidate, schema: str) -> dict[str, int]:
    """Flags raised by code; 0 for a code of the catalogue that nothing raised."""
    return candidate.counts(
        f"""
        SELECT flag_code, sum(flags) FROM (
            SELECT flag_code, count(*) AS flags FROM {schema}.flags GROUP BY flag_code
            UNION ALL
            SELECT flag_code, 0 AS flags FROM {schema}.flag_catalogue
        )
        GROUP BY flag_code
        """
    )


def fallen_due(candidate: Candidate) -> dict[str, str]:
    """Codes that an event of the calendar has opened since the publication before, with the events.

    Both days count: what a deadline on the earlier day shuts is shut only tonight.
    """
    if not candidate.previous_has("runs", "as_of"):
        return {}
    found = candidate.rows(
        f"""
        SELECT DISTINCT event FROM standardised.key_dates, landed.run_context
        WHERE falls_on::DATE BETWEEN (SELECT max(as_of)::DATE FROM {candidate.previous}.runs) AND as_of
        """
    )
    passed = {event for (event,) in found}
    due = {code: ", ".join(event for event in events if event in passed) for code, events in OPENED_BY.items()}
    return {code: events for code, events in due.items() if events}
