"""The publication gate: is tonight's set, as a whole, fit to be published?

`judge` measures a few promises by SQL and has Great Expectations hold the numbers against their bounds; `record` writes
the verdict as `published.promises`. What is promised is data in `schemas.promises`; single rows and single learners are
not judged here (see there). Publishing itself, and leaving it, belongs in `pipelines`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import duckdb

from assets.published import gate_distributions, gate_keys, gate_volumes
from assets.published.gate_candidate import UNBOUNDED, Candidate, Limits, Measure
from assets.published.gate_expectations import within_bounds
from schemas.promises import PROMISES, Bounds, Promise, check_bounds

Status = Literal["kept", "broken", "warned", "not_applicable"]

MEASURES: Mapping[str, Callable[[Candidate, Promise], Iterator[Measure]]] = MappingProxyType(
    {
        "keys_unique": gate_keys.repeated_keys,
        "one_link_row_per_record": gate_keys.records_without_link_row,
        "one_position_per_registration": gate_keys.registrations_without_position,
        "ledger_balances": gate_keys.deliveries_not_accounted_for,
        "feed_volume": gate_volumes.volume_against_previous,
        "table_volume": gate_volumes.table_against_previous,
        "quarantined_share": gate_volumes.quarantined_share,
        "unlinked_applicants": gate_volumes.unlinked_share,
        "flag_growth": gate_volumes.flags_against_previous,
        "distribution": gate_distributions.kinds_against_previous,
        "situations_complete": gate_keys.situations_without_counterpart,
        "catalogue_complete": gate_keys.codes_without_counterpart,
    }
)


@dataclass(frozen=True, kw_only=True)
class Result:
    """How one promise fared for one subject.

    Attributes:
        promise: identifier.
        sentence: what was promised.
        subject: feed, published table or flag code.
        status: kept, broken, warned, or not applicable (then `note` says why).
        severity: `hold` if it holds the publication back, or would; `warn` if it only warns.
        observed: the measured number, rows or a share from 0 to 1; None where the promise does not apply.
        seen: what was measured, in words.
        expected: the bounds in words.
        note: why the promise does not apply, or why a bound is not the usual one; mostly empty.
    """

    promise: str
    sentence: str
    subject: str
    status: Status
    severity: Literal["hold", "warn"]
    observed: float | None
    seen: str
    expected: str
    note: str


@dataclass(frozen=True)
class Verdict:
    """The results in the order of the promises, subjects sorted; and whether to publish."""

    results: tuple[Result, ...]

    @property
    def publish(self) -> bool:
        """Whether no promise is broken. Warnings and promises that do not apply hold nothing back."""
        return bool(self.results) and not any(result.status == "broken" for result in self.results)


def judge(con: duckdb.DuckDBPyConnection, previous_schema: str | None, bounds: Bounds | None = None) -> Verdict:
    """Hold tonight's published tables against the promises.

    Args:
        con: a connection whose database holds tonight's `published` tables and the layers they were made from.
        previous_schema: schema of the last good publication, such as `previous.published`; None if there is none, and
            the comparisons then do not apply.
        bounds: numbers that differ from the promises', by `promise.bound` or `promise.subject.bound`.

    Returns:
        The verdict. It holds counts and the names of feeds, tables and flag codes, and no delivered value.

    Raises:
        ValueError: a bound or the previous schema is not one.
        RuntimeError: a promise could not be checked; nothing may be published then.
        duckdb.CatalogException: one of tonight's tables is missing.
    """
    check_bounds(bounds or {})
    candidate = Candidate(con=con, previous=previous_schema, bounds=bounds or {})
    measures = [one for name, promise in PROMISES.items() for one in MEASURES[name](candidate, promise)]
    outcomes = iter(within_bounds([one for one in measures if one.observed is not None]))
    return Verdict(tuple(_result(one, None if one.observed is None else next(outcomes)) for one in measures))


def _result(measure: Measure, within: tuple[bool, bool] | None) -> Result:
    """A measure's result from whether it lies within its hold and its warn bounds; None: the promise does not apply."""
    status: Status = "not_applicable" if within is None else "kept"
    if within is not None and not all(within):
        status = "warned" if within[0] else "broken"
    return Result(
        promise=measure.promise.identifier,
        sentence=measure.promise.sentence,
        subject=measure.subject,
        status=status,
        severity="warn" if status == "warned" or (within is not None and measure.hold == UNBOUNDED) else "hold",
        observed=measure.observed,
        seen=measure.seen,
        expected="" if within is None else _bounds_in_words(measure),
        note=measure.note,
    )


def _bounds_in_words(measure: Measure) -> str:
    parts = [_limits_in_words(measure.hold, measure.promise)]
    if measure.warn != measure.hold:
        parts.append(f"warning unless {_limits_in_words(measure.warn, measure.promise)}")
    return ", ".join(part for part in parts if part)


def _limits_in_words(limits: Limits, promise: Promise) -> str:
    smallest, largest = (
        None if end is None else f"{round(100 * end, 1):g}%" if promise.unit == "share" else f"{end:,.0f}"
        for end in limits
    )
    if largest == "0":
        return "none"
    return f"at least {smallest}" if smallest is not None else f"at most {largest}" if largest is not None else ""


def record(con: duckdb.DuckDBPyConnection, verdict: Verdict) -> None:
    """Write the verdict as the table `published.promises`, one row a promise and subject.

    Columns: promise, subject, status, severity (`hold` or `warn`), observed (rows, or a share from 0 to 1; empty where
    the promise does not apply), bound (the bounds in words, or why none applies), sentence. All are
    text but `observed`, which is DOUBLE.
    """
    con.execute(
        "CREATE OR REPLACE TABLE published.promises (promise VARCHAR, subject VARCHAR, status VARCHAR, "
        "severity VARCHAR, observed DOUBLE, bound VARCHAR, sentence VARCHAR)"
    )
    rows = [
        (one.promise, one.subject, one.status, one.severity, one.observed, _bound_and_note(one), one.sentence)
        for one in sorted(verdict.results, key=lambda one: (one.promise, one.subject))
    ]
    con.executemany("INSERT INTO published.promises VALUES (?, ?, ?, ?, ?, ?, ?)", rows)


def _bound_and_note(result: Result) -> str:
    return "; ".join(part for part in (result.expected, result.note) if part)
