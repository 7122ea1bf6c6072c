"""Situations: what an engine is asked about, one row a registration, one cell a unit.

A cell is a byte: the best grade so far in its low four bits (`rule.ABSENT`, `FAIL`, `NEAR`, then the passes upwards),
and two marks. Whether a unit can still be entered hangs on dates alone, which many registrations share: they stand in
calendars. Filling cells from the warehouse belongs in `unit_states`.

Columns are the specification's units, then its gates; a gate that is met stands at Pass.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

GRADE = 0b1111
#: The unit is entered for a series whose results are due by the target and are not in.
PENDING = 0b10000
#: As many results are in as the specification allows attempts.
EXHAUSTED = 0b100000

#: Stands for "no pathway is recorded", or there are none.
NO_PATHWAY = -1

#: The deadline of a unit that can be entered and whose deadline is not known. It comes after every known one.
UNKNOWN_DEADLINE = np.iinfo(np.int32).max


@dataclass(frozen=True, kw_only=True)
class UnitCalendar:
    """What dates allow, unit by unit in the order of the specification.

    Attributes:
        can_enter: the unit can still be entered or claimed, as far as dates go.
        deadline: last usable day for it, in days since 1970-01-01; meaningful where `can_enter`.
    """

    can_enter: NDArray[np.bool_]
    deadline: NDArray[np.int32]


@dataclass(frozen=True, kw_only=True)
class Situations:
    """Registrations of one specification version.

    Attributes:
        cells: registrations x columns, as above.
        calendar: for each registration its place in `calendars`.
        calendars: the calendars in use.
        pathway: for each registration the place of its pathway, NO_PATHWAY where none is recorded or there are none.
        reported: registrations x units with reported points: those of the best result, in thousandths; 0: none.
    """

    cells: NDArray[np.uint8]
    calendar: NDArray[np.int32]
    calendars: tuple[UnitCalendar, ...]
    pathway: NDArray[np.int32]
    reported: NDArray[np.int64]

    @property
    def can_enter(self) -> NDArray[np.bool_]:
        """Calendars x units."""
        return np.stack([calendar.can_enter for calendar in self.calendars])

    @property
    def deadline(self) -> NDArray[np.int32]:
        """Calendars x units."""
        return np.stack([calendar.deadline for calendar in self.calendars])

    def distinct(self) -> tuple["Situations", NDArray[np.intp]]:
        """The situations that differ, and for each registration which of them it is in."""
        others = [as_bytes(numbers) for numbers in (self.calendar, self.pathway, self.reported)]
        first, place = distinct_rows(np.hstack([self.cells, *others]))
        return self.of(first), place

    def of(self, rows: NDArray[np.intp]) -> "Situations":
        """Some of the registrations."""
        return Situations(
            cells=self.cells[rows],
            calendar=self.calendar[rows],
            calendars=self.calendars,
            pathway=self.pathway[rows],
            reported=self.reported[rows],
        )


def as_bytes(numbers: NDArray[Any]) -> NDArray[np.uint8]:
    """Rows of numbers, or single numbers, as rows of bytes."""
    columns = numbers.shape[1] if numbers.ndim > 1 else 1
    found: NDArray[np.uint8] = np.ascontiguousarray(numbers).view(np.uint8)
    return found.reshape(len(numbers), columns * numbers.itemsize)


def distinct_rows(rows: NDArray[np.uint8]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Which rows of a matrix of bytes differ.

    Rows are told apart by a 64-bit fingerprint, and each is then compared with the one that stands for it, so that the
    answer is exact whatever the fingerprints.

    Returns:
        (first, place): the rows that stand for all, and for each row which of them equals it.
    """
    count, width = rows.shape
    padded = np.zeros((count, -(-max(width, 1) // 8) * 8), dtype=np.uint8)
    padded[:, :width] = rows
    words = padded.view(np.uint64)
    print_of_row = np.zeros(count, dtype=np.uint64)
    for column in range(words.shape[1]):
        # Odd multiplier and shift of Steele, Lea and Flood's SplitMix64 (2014), wrapping around as unsigned numbers do.
        print_of_row = (print_of_row ^ words[:, column]) * np.uint64(0xBF58476D1CE4E5B9)
        print_of_row ^= print_of_row >> np.uint64(27)
    _, first, place = np.unique(print_of_row, return_index=True, return_inverse=True)
    if not np.array_equal(rows, rows[first][place]):
        _, first, place = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    return first, place.reshape(-1)
