"""What can be taken from a tree of groups: the most worth for every sum of weights, for many situations at once. Exact.

A *corner* is a vector of sums: what the selected units add up to in each row that the rule bounds, and in each bound of
the group in hand. Units are added one by one; for each corner the most worth is kept, situation by situation. Sums that
are already enough are cut to what is asked for, and corners beyond an upper bound are dropped at once; nothing else is
cut short, so the answer is the true optimum. Which corners there are hangs on the rule alone and is worked out once;
situations that are alike within a group (a *profile*) share its work.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_CELLS_AT_ONCE = 2_000_000
#: More corners than this are not worked through: `TooManyCorners`.
MOST_CORNERS = 60_000

#: No worth that is added up comes near it; what cannot be had lies below zero whatever is added.
IMPOSSIBLE = {np.dtype(np.int32): -(1 << 30), np.dtype(np.int64): -(1 << 62), np.dtype(object): -(1 << 4000)}


class TooManyCorners(Exception):
    """The rule lets so many different sums be taken that they are not worked through one by one."""


@dataclass(frozen=True, kw_only=True)
class Span:
    """Which sums have to be told apart in one dimension: above `cap` they are all enough, above `most` none is allowed."""

    cap: int | None = None
    most: int | None = None


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way of taking an item.

    Attributes:
        weight: what it adds to the corner.
        worth: of each profile, negative where the profile cannot take it so; or one worth for all.
    """

    weight: tuple[int, ...]
    worth: NDArray[Any] | int


@dataclass(frozen=True, kw_only=True)
class Item:
    """Something that is taken in at most one of several ways, or, if it `must`, in exactly one."""

    ways: Sequence[Way]
    must: bool = False


@dataclass(frozen=True, kw_only=True)
class Takings:
    """What can be taken.

    Attributes:
        corners: corners x dimensions.
        worth: corners x profiles: the most worth, negative where the profile cannot have the corner.
    """

    corners: NDArray[np.int64]
    worth: NDArray[Any]


@dataclass(frozen=True, kw_only=True)
class _Move:
    """How a way moves worth: from which corners to which; `starts` where several of them meet in one corner."""

    source: NDArray[np.intp]
    target: NDArray[np.intp]
    starts: NDArray[np.intp] | None


@dataclass(frozen=True, kw_only=True)
class _Step:
    """One item added: how many corners there are then, and the moves; the first is that of leaving it out."""

    corners: int
    moves: tuple[_Move | None, ...]


def fold(items: Sequence[Item], spans: Sequence[Span], profiles: int, dtype: np.dtype[Any]) -> Takings:
    """What can be taken from items.

    Args:
        items: the items.
        spans: of each dimension.
        profiles: how many profiles there are.
        dtype: of the worth.

    Raises:
        TooManyCorners: more than `MOST_CORNERS` corners are met.
    """
    corners = np.zeros((1, len(spans)), dtype=np.int64)
    steps = []
    for item in items:
        step, corners = _step(corners, item, spans)
        steps.append(step)
    worth = np.empty((len(corners), profiles), dtype=dtype)
    widest = max([1, *(step.corners for step in steps)])
    at_once = max(1, _CELLS_AT_ONCE // widest)
    for start in range(0, profiles, at_once):
        part = slice(start, min(start + at_once, profiles))
        worth[:, part] = _worked(items, steps, part, dtype)
    return Takings(corners=corners, worth=worth)


def merged(corners: NDArray[np.int64], worth: NDArray[Any]) -> Takings:
    """Takings in which equal corners have become one, that of most worth; corners that nobody can have are dropped."""
    had = np.flatnonzero((worth >= 0).any(axis=1))
    if not len(had):
        return Takings(corners=corners[:0], worth=worth[:0])
    first, place = _distinct(corners[had])
    move = _move(had, place)
    raised = np.full((len(first), worth.shape[1]), IMPOSSIBLE[worth.dtype], dtype=worth.dtype)
    _raise(raised, worth, move, 0)
    return Takings(corners=corners[had][first], worth=raised)


def _step(corners: NDArray[np.int64], item: Item, spans: Sequence[Span]) -> tuple[_Step, NDArray[np.int64]]:
    """Where the corners move to when an item is added."""
    weights = ([] if item.must else [(0,) * len(spans)]) + [way.weight for way in item.ways]
    if not weights:
        return _Step(corners=0, moves=(None,)), corners[:0]
    if len(corners) * len(weights) > 8 * MOST_CORNERS:
        raise TooManyCorners
    moved = (corners[np.newaxis] + np.array(weights, dtype=np.int64).reshape(len(weights), 1, -1)).reshape(
        -1, len(spans)
    )
    within = np.ones(len(moved), dtype=np.bool_)
    for dimension, span in enumerate(spans):
        if span.most is not None:
            within &= moved[:, dimension] <= span.most
        if span.cap is not None:
            np.minimum(moved[:, dimension], span.cap, out=moved[:, dimension])
    kept = np.flatnonzero(within)
    first, place = _distinct(moved[kept])
    if len(first) > MOST_CORNERS:
        raise TooManyCorners
    edges = np.searchsorted(kept, np.arange(len(weights) + 1) * len(corners))
    moves: list[_Move | None] = [None] if item.must else []
    for way, (start, end) in enumerate(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)):
        moves.append(_move(kept[start:end] - way * len(corners), place[start:end]))
    return _Step(corners=len(first), moves=tuple(moves)), moved[kept][first]


def _move(source: NDArray[np.intp], target: NDArray[np.intp]) -> _Move:
    order = np.argsort(target, kind="stable")
    ordered = target[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(ordered) else np.zeros(0, dtype=np.intp)
    if len(starts) == len(target):
        return _Move(source=source, target=target, starts=None)
    return _Move(source=source[order], target=ordered[starts], starts=starts)


def _distinct(corners: NDArray[np.int64]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """(first, place): the corners that stand for all, and for each which of them equals it."""
    if not corners.shape[1]:
        return np.zeros(min(1, len(corners)), dtype=np.intp), np.zeros(len(corners), dtype=np.intp)
    lengths = (corners.max(axis=0, initial=0) + 1).tolist()
    strides, total = [], 1
    for length in lengths:
        strides.append(total)
        total *= length
    if total < 1 << 62:
        _, first, place = np.unique(corners @ np.array(strides), return_index=True, return_inverse=True)
    else:
        _, first, place = np.unique(corners, axis=0, return_index=True, return_inverse=True)
    return first, place.reshape(-1)


def _worked(items: Sequence[Item], steps: Sequence[_Step], part: slice, dtype: np.dtype[Any]) -> NDArray[Any]:
    """The worth of some profiles, item by item."""
    worth = np.zeros((1, part.stop - part.start), dtype=dtype)
    for item, step in zip(items, steps, strict=True):
        raised = np.full((step.corners, worth.shape[1]), IMPOSSIBLE[dtype], dtype=dtype)
        gains: list[NDArray[Any] | int] = [0]
        gains += [way.worth if isinstance(way.worth, int) else way.worth[part] for way in item.ways]
        for move, gain in zip(step.moves, gains, strict=True):
            if move is not None:
                _raise(raised, worth, move, gain)
        worth = raised
    return worth


def _raise(raised: NDArray[Any], worth: NDArray[Any], move: _Move, gain: NDArray[Any] | int) -> None:
    """Raise the targets' worth to what the move brings."""
    if not len(move.target):
        return
    brought = worth[move.source]
    if not isinstance(gain, int) or gain:
        brought += gain
    if move.starts is not None:
        brought = np.maximum.reduceat(brought, move.starts, axis=0)
    raised[move.target] = np.maximum(raised[move.target], brought)
