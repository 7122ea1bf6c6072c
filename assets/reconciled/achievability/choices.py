"""What can be taken from units of which some are taken: exact, for many registrations at once.

Within a choice, units of one size with the same points are alike, so a registration's profile is only how many of them
stand at which grade; few profiles differ. For each profile a table is filled unit by unit (a knapsack): the most points
for each number of units, size, size at the fail grade, number of near passes and size at near pass that a selection can
have. Only what the rule limits is told apart. Nothing is cut short: the answer is the true optimum whatever the sizes.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assets.reconciled.achievability.rule import FAIL, NEAR, Choice, Rule
from assets.reconciled.achievability.situations import distinct_rows

#: Stands for "cannot be had"; so far below zero that points never lift it.
IMPOSSIBLE = -1_000_000_000
_CELLS_AT_ONCE = 4_000_000


@dataclass(frozen=True, kw_only=True)
class Takings:
    """What can be taken.

    Attributes:
        corners: takings x 4: size, size at fail, number of near passes, size at near pass.
        points: profiles x takings: the most points, below zero where the profile does not allow the taking.
        profile: for each registration its profile.
    """

    corners: NDArray[np.int64]
    points: NDArray[np.int32]
    profile: NDArray[np.intp]


@dataclass(frozen=True, kw_only=True)
class _Sort:
    """Units of a choice that are alike, at one grade."""

    code: int
    size: int
    points: int


@dataclass(frozen=True, kw_only=True)
class _Frame:
    """The dimensions of a profile's table: units, size, size at fail, near passes, size at near pass; sizes in `step`.

    Attributes:
        step: greatest common measure of the units' sizes.
        told_apart: the dimensions that the rule limits; the others have length 1 and never move.
        shape: their lengths.
    """

    step: int
    told_apart: tuple[bool, ...]
    shape: tuple[int, ...]

    def shift(self, sort: _Sort) -> tuple[int, ...]:
        """By how much one more unit of a sort moves along each dimension."""
        steps = sort.size // self.step
        full = (1, steps, steps * (sort.code == FAIL), int(sort.code == NEAR), steps * (sort.code == NEAR))
        return tuple(move if moves else 0 for move, moves in zip(full, self.told_apart, strict=True))


def combinations(rule: Rule) -> int:
    """The most combinations of count, size and the like that a step of the work can meet, whatever the registration.

    A step fills the table of one choice, or puts what can be taken so far together with what the next choice gives.
    """
    most, so_far = 0, 1
    for choice in rule.choices:
        accepted = set(rule.counts_as[choice.columns][:, [FAIL, NEAR]].ravel().tolist())
        table = math.prod(_frame(rule, choice, fails=FAIL in accepted, nears=NEAR in accepted).shape)
        so_far *= min(table, _multisets(rule, choice))
        most = max(most, table, so_far)
    return most


def _multisets(rule: Rule, choice: Choice) -> int:
    """How many units of each size a selection can hold at Pass or above, near pass and fail: the number of ways."""
    ways = 1
    for size in set(rule.size[choice.columns].tolist()):
        columns = choice.columns[rule.size[choice.columns] == size]
        marks = 1 + sum(bool((rule.counts_as[columns] == code).any()) for code in (FAIL, NEAR))
        ways *= math.comb(len(columns) + marks, marks)
    return ways


def takings(rule: Rule, choice: Choice, options: NDArray[np.uint8]) -> Takings:
    """What can be taken from one choice.

    Args:
        rule: the rule.
        choice: one of its choices.
        options: registrations x units of the specification: the code at which each can be held.
    """
    sorts, counts = _profiles(rule, choice, options)
    first, profile = distinct_rows(counts)
    counts = counts[first]
    codes = {sort.code for sort in sorts}
    frame = _frame(rule, choice, fails=FAIL in codes, nears=NEAR in codes)
    cells = int(np.prod(frame.shape))
    rows = max(1, _CELLS_AT_ONCE // cells)
    tables = [
        _bounded(rule, choice, frame, _filled(frame, sorts, counts[start : start + rows]))
        for start in range(0, len(counts), rows)
    ]
    had = np.unique(np.concatenate([np.flatnonzero((table >= 0).any(axis=0)) for table in tables]))
    size, fail, near, at_near = np.unravel_index(had, frame.shape[1:])
    corners = np.stack([size * frame.step, fail * frame.step, near, at_near * frame.step], axis=1)
    points = np.concatenate([table[:, had] for table in tables])
    return Takings(corners=corners, points=points, profile=profile)


def together(left: Takings, right: Takings) -> Takings:
    """What can be taken from two choices that have no unit in common."""
    pairs, profile = np.unique(left.profile * len(right.points) + right.profile, return_inverse=True)
    ours, theirs = pairs // len(right.points), pairs % len(right.points)
    sums = (left.corners[:, np.newaxis, :] + right.corners[np.newaxis, :, :]).reshape(-1, 4)
    corners, place = np.unique(sums, axis=0, return_inverse=True)
    points = np.full((len(pairs), len(corners)), IMPOSSIBLE, dtype=np.int32)
    for number, corner in enumerate(place.reshape(-1)):
        mine, other = divmod(number, len(right.corners))
        a, b = left.points[ours, mine], right.points[theirs, other]
        both = np.where((a >= 0) & (b >= 0), a + b, IMPOSSIBLE)
        np.maximum(points[:, corner], both, out=points[:, corner])
    return Takings(corners=corners, points=points, profile=profile.reshape(-1))


def _profiles(rule: Rule, choice: Choice, options: NDArray[np.uint8]) -> tuple[list[_Sort], NDArray[np.uint8]]:
    """How many units of each sort each registration has, up to as many as can be taken: registrations x sorts."""
    kinds: dict[tuple[int, ...], list[int]] = {}
    for column in choice.columns.tolist():
        kinds.setdefault((int(rule.size[column]), *rule.points[column].tolist()), []).append(column)
    sorts: list[_Sort] = []
    counts: list[NDArray[np.uint8]] = []
    for columns in kinds.values():
        block, size = options[:, columns], int(rule.size[columns[0]])
        useful = min(choice.maximum_units, choice.maximum_size // size, len(columns))
        # From the best grade down: units that come first in the table are those that most selections hold.
        for code in range(rule.best, 0, -1):
            number = np.minimum((block == code).sum(axis=1, dtype=np.uint8), useful).astype(np.uint8)
            if number.any():
                sorts.append(_Sort(code=code, size=size, points=int(rule.points[columns[0], code])))
                counts.append(number)
    return sorts, np.stack(counts, axis=1) if counts else np.zeros((len(options), 0), dtype=np.uint8)


def _frame(rule: Rule, choice: Choice, *, fails: bool, nears: bool) -> _Frame:
    """Which dimensions have to be told apart, and how long they are, if there are units at fail or near pass."""
    demands, own = rule.demands, rule.size[choice.columns]
    step = int(np.gcd.reduce(own))
    sizes = choice.maximum_size // step + 1
    bounded = choice.minimum_units > 0 or choice.maximum_units < len(choice.columns)
    told_apart = (
        # Of units of one size, the size says how many there are.
        bounded and len(set(own.tolist())) > 1,
        True,
        fails and (demands.size_at_fail is not None or demands.size_at_pass > 0),
        nears and demands.near_passes is not None,
        nears and demands.size_at_pass > 0,
    )
    at_fail = sizes if demands.size_at_fail is None else min(sizes, demands.size_at_fail // step + 1)
    lengths = (choice.maximum_units + 1, sizes, at_fail, (demands.near_passes or 0) + 1, sizes)
    shape = tuple(length if moves else 1 for length, moves in zip(lengths, told_apart, strict=True))
    return _Frame(step=step, told_apart=told_apart, shape=shape)


def _filled(frame: _Frame, sorts: list[_Sort], counts: NDArray[np.uint8]) -> NDArray[np.int32]:
    """The tables of some profiles, before lower bounds: profiles x the frame's dimensions."""
    table = np.full((len(counts), *frame.shape), IMPOSSIBLE, dtype=np.int32)
    table.reshape(len(table), -1)[:, 0] = 0
    for place, sort in enumerate(sorts):
        shift = frame.shift(sort)
        for copies in range(int(counts[:, place].max(initial=0))):
            rows = np.flatnonzero(counts[:, place] > copies)
            table[rows] = _with_one_more(table[rows], shift, sort.points)
    return table


def _with_one_more(table: NDArray[np.int32], shift: tuple[int, ...], points: int) -> NDArray[np.int32]:
    """The table when one more unit may be taken."""
    lengths = table.shape[1:]
    before = tuple(slice(0, max(length - move, 0)) for length, move in zip(lengths, shift, strict=True))
    after = tuple(slice(min(move, length), length) for length, move in zip(lengths, shift, strict=True))
    moved = table[(slice(None), *before)] + np.int32(points)
    target = table[(slice(None), *after)]
    np.maximum(target, moved, out=target)
    return table


def _bounded(rule: Rule, choice: Choice, frame: _Frame, table: NDArray[np.int32]) -> NDArray[np.int32]:
    """The tables with lower bounds applied and the number of units dropped: profiles x (flattened) takings."""
    units = table[:, choice.minimum_units :].max(axis=1) if frame.told_apart[0] else table[:, 0]
    # Where units are of one size this is the lower bound of units; elsewhere no taking within bounds is smaller.
    least = max(choice.minimum_size, choice.minimum_units * int(rule.size[choice.columns].min()))
    units[:, : -(-least // frame.step)] = IMPOSSIBLE
    return units.reshape(len(units), -1)
