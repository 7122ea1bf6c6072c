"""The last usable day of each unit and gate, by calendar: what dates allow, shared by the registrations of a calendar.

A deadline on the run's day has not passed (contract, point 10). Internal units and gates without a known claim deadline
are open. An external unit is open while some series in which it is offered can be entered and has its results by the
target; the last such deadline counts (point 12).
"""

from dataclasses import dataclass

import numpy as np
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from assets.reconciled.achievability.situations import UNKNOWN_DEADLINE, UnitCalendar
from schemas.specification import Specification

#: Stands for "cannot be entered any more" among days.
CLOSED = -1


@dataclass(frozen=True, kw_only=True)
class LastDays:
    """Days since 1970-01-01.

    Attributes:
        claim: of each calendar, the last day for internal units; CLOSED, UNKNOWN_DEADLINE.
        calendar, series, entry: each calendar's usable series and its entry deadline.
    """

    claim: NDArray[np.int64]
    calendar: NDArray[np.int64]
    series: NDArray[np.object_]
    entry: NDArray[np.int64]

    @staticmethod
    def read(connection: DuckDBPyConnection) -> "LastDays":
        """From the temporary tables of `unit_state_sql`."""
        claims = connection.sql(
            f"""
            SELECT
                calendar.calendar,
                CASE
                    WHEN calendar.claim_deadline IS NULL THEN {UNKNOWN_DEADLINE}
                    WHEN calendar.claim_deadline >= run_context.as_of
                        THEN datediff('day', DATE '1970-01-01', calendar.claim_deadline)
                    ELSE {CLOSED}
                END AS claim
            FROM achievability_calendar AS calendar
            CROSS JOIN landed.run_context
            """
        ).pl()
        usable = connection.sql(
            """
            SELECT calendar, series, datediff('day', DATE '1970-01-01', entry_deadline) AS entry
            FROM achievability_usable
            """
        ).pl()
        claim = np.empty(len(claims), dtype=np.int64)
        claim[claims["calendar"].to_numpy()] = claims["claim"].to_numpy()
        return LastDays(
            claim=claim,
            calendar=usable["calendar"].to_numpy().astype(np.int64),
            series=np.array(usable["series"].to_list(), dtype=object),
            entry=usable["entry"].to_numpy().astype(np.int64),
        )

    def calendars(
        self, specification: Specification, calendar: NDArray[np.int32]
    ) -> tuple[NDArray[np.int32], tuple[UnitCalendar, ...]]:
        """The calendars of a specification's registrations; those with the same deadlines are one.

        Returns:
            (place, calendars): for each registration the place of its calendar.
        """
        used = np.unique(calendar)
        entries = {unit.offered_in: self._entries(unit.offered_in) for unit in specification.units}
        days = np.stack(
            [
                *(self.claim if unit.kind == "internal" else entries[unit.offered_in] for unit in specification.units),
                *(self.claim for _ in specification.gates),
            ],
            axis=1,
        )
        own, place = np.unique(days[used], axis=0, return_inverse=True)
        found = place.reshape(-1)[np.searchsorted(used, calendar)].astype(np.int32)
        return found, tuple(UnitCalendar(can_enter=day != CLOSED, deadline=day.astype(np.int32)) for day in own)

    def _entries(self, offered_in: tuple[str, ...]) -> NDArray[np.int64]:
        """The last entry deadline of each calendar, over the series named (`2027-01`, or `01` for every January)."""
        found = np.full(len(self.claim), CLOSED, dtype=np.int64)
        for calendar, series, entry in zip(self.calendar, self.series, self.entry, strict=True):
            if not offered_in or series in offered_in or str(series)[-2:] in offered_in:
                found[calendar] = max(found[calendar], entry)
        return found
