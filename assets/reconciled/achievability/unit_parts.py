"""Units' parts in situations, in little room: nearly every situation differs, but few things can be said of one unit.

A *part* is everything that is said of one unit: its state, grade, deadline, whether it counts and why. Parts are numbered,
and a situation is the list of its units' parts. `tables` writes them; a published view brings them together again.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from assets.reconciled.achievability.situation_units import SituationUnits
from assets.reconciled.achievability.situations import UNKNOWN_DEADLINE

PARTS = pl.DataFrame(
    schema={
        "part": pl.Int32,
        "specification": pl.Int32,
        "place": pl.Int32,
        "code": pl.UInt8,
        "state": pl.UInt8,
        "pending": pl.Boolean,
        "open": pl.Boolean,
        "deadline": pl.Int32,
        "counted": pl.Boolean,
        "why": pl.UInt8,
        "barred": pl.Boolean,
    }
)
SITUATIONS = pl.DataFrame(schema={"situation": pl.Int32, "units": pl.List(pl.Int32)})
BARRED = pl.DataFrame(
    schema={"situation": pl.Int32, "specification": pl.Int32, "place": pl.Int32, "counted": pl.Boolean}
)


class UnitParts:
    """Collects the parts, specification by specification."""

    def __init__(self) -> None:
        self.parts = [PARTS]
        self.situations = [SITUATIONS]
        self.barred = [BARRED]
        self._count = 0

    def add(self, specification: int, found: SituationUnits, first: int) -> None:
        """Add the units of a specification's situations, which are numbered from `first`."""
        count, width = found.code.shape
        number = np.empty((count, width), dtype=np.int32)
        for column in range(width):
            number[:, column] = self._numbered(specification, column, found)
        self.situations.append(
            pl.DataFrame(
                {
                    "situation": np.arange(first, first + count, dtype=np.int32),
                    "units": pl.Series(number).arr.to_list(),
                },
                schema=SITUATIONS.schema,
            )
        )
        rows, columns = np.nonzero(found.barred)
        self.barred.append(
            pl.DataFrame(
                {
                    "situation": (rows + first).astype(np.int32),
                    "specification": np.full(len(rows), specification, dtype=np.int32),
                    "place": columns.astype(np.int32),
                    "counted": found.counted[rows, columns],
                },
                schema=BARRED.schema,
            )
        )

    def _numbered(self, specification: int, column: int, found: SituationUnits) -> NDArray[np.int32]:
        """The part of each situation's unit, new ones being numbered on."""
        known = found.open[:, column] & (found.deadline[:, column] != UNKNOWN_DEADLINE)
        deadline = np.where(known, found.deadline[:, column], -1)
        marks = (found.code, found.state, found.why, found.pending, found.open, found.counted, found.barred)
        key = deadline.astype(np.int64) + 1
        for mark in marks:
            key = key * 16 + mark[:, column]
        _, rows, place = np.unique(key, return_index=True, return_inverse=True)
        self.parts.append(
            pl.DataFrame(
                {
                    "part": np.arange(self._count, self._count + len(rows), dtype=np.int32),
                    "specification": np.full(len(rows), specification, dtype=np.int32),
                    "place": np.full(len(rows), column, dtype=np.int32),
                    "deadline": deadline[rows].astype(np.int32),
                }
                | {
                    name: getattr(found, name)[rows, column]
                    for name in ("code", "state", "pending", "open", "counted", "why", "barred")
                }
            ).select(pl.col(name).cast(kind) for name, kind in PARTS.schema.items())
        )
        self._count += len(rows)
        numbers: NDArray[np.int32] = (place.reshape(-1) + self._count - len(rows)).astype(np.int32)
        return numbers
