"""From groups to the whole tree: what each group can give under its bounds, and all of them together.

A group that is one of several is left out or taken with what its own bounds allow; then it counts as one member of the
group around it. Its sums of units and size go on only where a group around it bounds them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assets.reconciled.achievability.rule import Node, Rule
from assets.reconciled.achievability.supply import LOCAL, Alone, Supply
from assets.reconciled.achievability.takings import Item, Span, Takings, Way, fold, merged
from schemas.specification import Bounds

_UNTOLD = Span(cap=0)


@dataclass(frozen=True, kw_only=True)
class Share:
    """What can be taken, and for each situation its profile."""

    takings: Takings
    profile: NDArray[np.intp]


def whole(rule: Rule, supply: Supply, spans: Sequence[Span]) -> Share:
    """What can be taken from all groups together: corners of the rule's rows and the supply's own dimensions.

    Args:
        rule: the rule.
        supply: gives the items.
        spans: of each of the rule's rows, then of the supply's own dimensions.

    Raises:
        TooManyCorners: the rule lets too many different sums be taken.
    """
    nothing = (_UNTOLD,) * LOCAL
    shares = [_group(supply, node, spans, nothing) for node in rule.nodes]
    if len(shares) == 1 and not supply.must:
        corners = shares[0].takings.corners
        return replace(shares[0], takings=Takings(corners=corners[:, LOCAL:], worth=shares[0].takings.worth))
    root = Node(place=-1, columns=(), nodes=rule.nodes, members=Bounds(), units=Bounds(), size=Bounds())
    found = _assembled(supply, root, shares, (*nothing, *spans), must=True)
    return replace(found, takings=replace(found.takings, corners=found.takings.corners[:, LOCAL:]))


def _group(supply: Supply, node: Node, spans: Sequence[Span], around: Sequence[Span]) -> Share:
    """What a group can give. `around`: which members, units and sizes the groups around it have to tell apart."""
    told = (_span(node.members), _joined(_span(node.units), around[1]), _joined(_span(node.size), around[2]))
    shares = [_group(supply, inner, spans, (_UNTOLD, *told[1:])) for inner in node.nodes]
    found = _assembled(supply, node, shares, (*told, *spans), must=node.all_of)
    corners = found.takings.corners
    kept = np.ones(len(corners), dtype=np.bool_)
    for dimension, bounds in enumerate((node.members, node.units, node.size)):
        kept &= corners[:, dimension] >= bounds.minimum
        if bounds.maximum is not None:
            kept &= corners[:, dimension] <= bounds.maximum
    left = corners[kept].copy()
    for dimension, span in enumerate((_UNTOLD, *around[1:])):
        if span == _UNTOLD:
            left[:, dimension] = 0
    return Share(takings=merged(left, found.takings.worth[kept]), profile=found.profile)


def _span(bounds: Bounds) -> Span:
    return Span(most=bounds.maximum) if bounds.maximum is not None else Span(cap=bounds.minimum)


def _joined(own: Span, around: Span) -> Span:
    """A span that tells apart what either does."""
    if own.most is not None or around.most is not None:
        return Span(most=min(most for most in (own.most, around.most) if most is not None))
    return Span(cap=max(own.cap or 0, around.cap or 0))


def _assembled(supply: Supply, node: Node, shares: list[Share], spans: Sequence[Span], *, must: bool) -> Share:
    """A group's own columns and the groups within it, put together before its lower bounds."""
    rows, profile = supply.profiles(node)
    for share in shares:
        if isinstance(supply, Alone):
            break
        pairs = profile * share.takings.worth.shape[1] + share.profile
        _, rows, profile = np.unique(pairs, return_index=True, return_inverse=True)
    items = supply.items(node, rows)
    if node.place < 0 and isinstance(supply, Alone):
        items += [supply.item(column, rows, must=True) for column in supply.must]
    for share, inner in zip(shares, node.nodes, strict=True):
        items.append(_chosen(share, rows, None if must else supply.without(inner, rows), must=must))
    return Share(takings=fold(items, spans, len(rows), supply.dtype), profile=profile.reshape(-1))


def _chosen(share: Share, rows: NDArray[np.intp], without: NDArray[Any] | None, *, must: bool) -> Item:
    """A group as an item: one way a corner, and `without`, what leaving it out is worth, if that is not nothing."""
    own = share.profile[rows]
    worth, corners = share.takings.worth, share.takings.corners
    ways = [Way(weight=(1, *corner[1:]), worth=worth[place][own]) for place, corner in enumerate(corners.tolist())]
    if without is not None:
        ways.append(Way(weight=(0,) * corners.shape[1], worth=without))
    return Item(ways=ways, must=must or without is not None)
