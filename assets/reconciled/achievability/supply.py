"""What a selection is made from: the items that a group's columns give, for situations that are alike or one by one.

`Shared` is for points: within a group, units that weigh and give the same are alike, so a situation's profile is only how
many of them stand at which grade; few profiles differ. `Alone` is for a worth of its own for every column and situation,
and for columns that can be held in two ways. Both give items to `takings.fold`; `shares` puts groups together.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from assets.reconciled.achievability.offers import Held
from assets.reconciled.achievability.rule import ABSENT, Node, Rule
from assets.reconciled.achievability.situations import as_bytes, distinct_rows
from assets.reconciled.achievability.takings import IMPOSSIBLE, Item, Span, Way

#: The first dimensions of every corner: members, units and size taken from the group in hand.
LOCAL = 3


class Supply(Protocol):
    """Gives the items of columns.

    Attributes:
        must: columns that are to be taken with the tree, whatever group they stand in.
        spans: of the dimensions beyond the rule's rows.
        needed: the least sum of each of these.
        dtype: of the worth.
    """

    @property
    def must(self) -> tuple[int, ...]: ...
    @property
    def spans(self) -> tuple[Span, ...]: ...
    @property
    def needed(self) -> tuple[int, ...]: ...
    @property
    def dtype(self) -> "np.dtype[Any]": ...

    def profiles(self, node: Node) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """(first, place): situations that stand for all as far as a group's own columns go, and which each is like."""

    def items(self, node: Node, rows: NDArray[np.intp]) -> list[Item]:
        """The items of a group's own columns, for these situations."""

    def without(self, node: Node, rows: NDArray[np.intp]) -> NDArray[Any] | None:
        """What leaving a whole group out is worth, for these situations; None: nothing."""


def weight_of(rule: Rule, column: int, code: int) -> tuple[int, ...]:
    """What a column adds to a corner at a code: a member, a unit, its size, and its weight in every row."""
    return (1, 1, int(rule.size[column]), *(int(row.weight[column, code]) for row in rule.rows))


@dataclass(frozen=True)
class Shared:
    """Items whose worth is their points."""

    rule: Rule
    held: Held

    must: tuple[int, ...] = ()
    spans: tuple[Span, ...] = ()
    needed: tuple[int, ...] = ()

    @cached_property
    def most(self) -> int:
        """More points than any selection can have."""
        rule = self.rule
        return 1 + int(rule.points.max(axis=1).sum()) + int(self.held.reported.max(initial=0)) * len(rule.reported)

    @property
    def places(self) -> int:
        """What a point is worth."""
        return 1

    @property
    def dtype(self) -> "np.dtype[Any]":
        return np.dtype(np.int32) if self.most < 1 << 29 else np.dtype(np.int64)

    def mark(self, column: int, code: int) -> int:
        """What a unit alike with this column, held at this code, is worth beside its points."""
        return 0

    def profiles(self, node: Node) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """See `Supply`."""
        parts = [np.zeros((len(self.held), 1), dtype=np.uint8)]
        for columns in self.kinds(node):
            parts += [count[:, np.newaxis] for _, count in self.counts(node, columns)]
        for column in node.columns:
            if column in self.rule.reported:
                parts.append(self.held.codes[:, [column]])
                parts.append(as_bytes(self.held.points(self.rule, column)))
        return distinct_rows(np.hstack(parts))

    def items(self, node: Node, rows: NDArray[np.intp]) -> list[Item]:
        """See `Supply`. Of alike units as many copies as the profile that has most of them."""
        found = []
        for columns in self.kinds(node):
            for code, count in self.counts(node, columns):
                weight = weight_of(self.rule, columns[0], code)
                points = int(self.rule.points[columns[0], code]) * self.places + self.mark(columns[0], code)
                own = count[rows]
                for copy in range(int(own.max(initial=0))):
                    found.append(Item(ways=(Way(weight=weight, worth=self._worth(own > copy, points)),)))
        return found + [self._reported(column, rows) for column in node.columns if column in self.rule.reported]

    def without(self, node: Node, rows: NDArray[np.intp]) -> None:
        """See `Supply`: only what is selected gives points."""

    def _worth(self, can: NDArray[np.bool_], points: NDArray[Any] | int) -> NDArray[Any]:
        found: NDArray[Any] = np.where(can, points, IMPOSSIBLE[self.dtype]).astype(self.dtype)
        return found

    def _reported(self, column: int, rows: NDArray[np.intp]) -> Item:
        codes = self.held.codes[rows, column]
        points = self.held.points(self.rule, column)[rows].astype(self.dtype) * self.places
        return Item(
            ways=[
                Way(
                    weight=weight_of(self.rule, column, code),
                    worth=self._worth(codes == code, points + self.mark(column, code)),
                )
                for code in np.unique(codes[codes != ABSENT]).tolist()
            ]
        )

    def kinds(self, node: Node) -> list[list[int]]:
        """Columns that weigh and give the same at every code."""
        kinds: dict[bytes, list[int]] = {}
        for column in node.columns:
            if column not in self.rule.reported:
                rows = [row.weight[column].tobytes() for row in self.rule.rows]
                mark = b"".join([self.rule.points[column].tobytes(), self.rule.size[column].tobytes(), *rows])
                kinds.setdefault(mark, []).append(column)
        return list(kinds.values())

    def counts(self, node: Node, columns: list[int]) -> list[tuple[int, NDArray[np.uint8]]]:
        """How many units of one kind each situation has at each code, up to as many as can be taken."""
        block = self.held.codes[:, columns]
        useful = len(columns) if node.units.maximum is None else min(len(columns), node.units.maximum)
        if node.size.maximum is not None:
            useful = min(useful, node.size.maximum // max(1, int(self.rule.size[columns[0]])))
        found = []
        # From the best grade down: units that come first are those that most selections hold.
        for code in range(int(block.max(initial=0)), ABSENT, -1):
            count = np.minimum((block == code).sum(axis=1, dtype=np.uint8), useful).astype(np.uint8)
            if count.any():
                found.append((code, count))
        return found


@dataclass(frozen=True, kw_only=True)
class WorthOf:
    """One way of holding the columns: codes, points and worth, each situations x columns."""

    codes: NDArray[np.uint8]
    points: NDArray[np.int64]
    worth: NDArray[Any]


@dataclass(frozen=True)
class Alone:
    """Items of single columns.

    Attributes:
        rule: the rule.
        ways: how each column can be held.
        least_points: what the selection's points must reach; None: not asked.
        left_out: situations x columns: the worth of leaving a column out; None: nothing.
    """

    rule: Rule
    ways: tuple[WorthOf, ...]
    least_points: int | None = None
    left_out: NDArray[Any] | None = None

    @property
    def must(self) -> tuple[int, ...]:
        return self.rule.required

    @property
    def spans(self) -> tuple[Span, ...]:
        return () if self.least_points is None else (Span(cap=self.least_points),)

    @property
    def needed(self) -> tuple[int, ...]:
        return () if self.least_points is None else (self.least_points,)

    @property
    def dtype(self) -> "np.dtype[Any]":
        return self.ways[0].worth.dtype

    def profiles(self, node: Node) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """See `Supply`: every situation stands for itself."""
        every = np.arange(len(self.ways[0].codes))
        return every, every

    def items(self, node: Node, rows: NDArray[np.intp]) -> list[Item]:
        """See `Supply`."""
        return [self.item(column, rows, must=False) for column in node.columns]

    def item(self, column: int, rows: NDArray[np.intp], *, must: bool) -> Item:
        """One column's item."""
        found = []
        for way in self.ways:
            codes, points, worth = way.codes[rows, column], way.points[rows, column], way.worth[rows, column]
            marks = np.stack([codes.astype(np.int64), points if self.least_points is not None else 0 * points], axis=1)
            for code, given in np.unique(marks[codes != ABSENT], axis=0).tolist():
                can = (codes == code) & (marks[:, 1] == given)
                weight = weight_of(self.rule, column, code) + ((given,) if self.least_points is not None else ())
                kept = np.full(len(rows), IMPOSSIBLE[self.dtype], dtype=self.dtype)
                kept[can] = worth[can]
                found.append(Way(weight=weight, worth=kept))
        if self.left_out is None or must:
            return Item(ways=found, must=must)
        nothing = (0,) * (LOCAL + len(self.rule.rows) + len(self.spans))
        return Item(ways=[Way(weight=nothing, worth=self.left_out[rows, column]), *found], must=True)

    def without(self, node: Node, rows: NDArray[np.intp]) -> NDArray[Any] | None:
        """See `Supply`."""
        if self.left_out is None:
            return None
        found: NDArray[Any] = self.left_out[np.ix_(rows, np.array(node.all_columns))].sum(axis=1)
        return found
