"""Of all readings of a knot the heaviest stands, less what a reading that weighs nearly as much leaves out."""

import random
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.linked.matching.resolution import MARGIN, Knot, heaviest

Pair = tuple[int, int]


def partitions(nodes: Sequence[int]) -> Iterator[list[list[int]]]:
    """Every way to sort nodes into parts."""
    if not nodes:
        yield []
        return
    first, *rest = nodes
    for parts in partitions(rest):
        yield [[first], *parts]
        for place, part in enumerate(parts):
            yield [*parts[:place], [first, *part], *parts[place + 1 :]]


def expected(weights: dict[Pair, float], barred: set[Pair], proposed: set[Pair]) -> set[Pair]:
    """The rule, by looking at every partition there is."""
    readings = []
    for parts in partitions(sorted({node for pair in weights for node in pair})):
        together = {pair for part in parts for pair in combinations(sorted(part), 2)}
        if not together & barred:
            readings.append((sum(weights[pair] for pair in together), together))
    best = max(weight for weight, _ in readings)
    return proposed.intersection(*(together for weight, together in readings if weight > best - MARGIN))


def knot(weights: dict[Pair, float], barred: Collection[Pair] = (), proposed: Collection[Pair] | None = None) -> Knot:
    left, right = np.array(list(weights), dtype=np.int64).T
    proposed = weights if proposed is None else proposed
    return Knot(
        left=left,
        right=right,
        weight=np.array(list(weights.values())),
        barred=np.array([pair in barred for pair in weights]),
        proposed=np.array([pair in proposed for pair in weights]),
    )


def standing(which: Knot) -> set[Pair]:
    stands = heaviest(which)
    return {(int(a), int(b)) for a, b in zip(which.left[stands], which.right[stands], strict=True)}


def a_knot(least: float = -20.0) -> st.SearchStrategy[dict[str, Any]]:
    """Every two of some clusters with a weight in quarters, so that sums and ties are exact."""

    def of(count: int) -> st.SearchStrategy[dict[str, Any]]:
        pairs = list(combinations(range(0, 3 * count, 3), 2))
        quarters = st.integers(round(least * 4), 140).map(lambda number: number / 4)
        return st.fixed_dictionaries(
            {
                "weights": st.fixed_dictionaries(dict.fromkeys(pairs, quarters)),
                "barred": st.sets(st.sampled_from(pairs)),
                "proposed": st.sets(st.sampled_from(pairs)),
            }
        )

    return st.integers(2, 6).flatmap(of)


@settings(max_examples=120, deadline=None)
@given(a_knot())
def test_what_stands_is_in_every_partition_that_weighs_nearly_as_much_as_the_heaviest(said: dict[str, Any]) -> None:
    assert standing(knot(**said)) == expected(**said)


@settings(max_examples=40, deadline=None)
@given(a_knot(), st.integers(0, 1000))
def test_it_depends_neither_on_the_order_of_pairs_nor_on_the_numbers_of_clusters(
    said: dict[str, Any], seed: int
) -> None:
    lot = random.Random(seed)
    nodes = sorted({node for pair in said["weights"] for node in pair})
    number = dict(zip(nodes, lot.sample(range(100, 200), len(nodes)), strict=True))

    def renumbered(pair: Pair) -> Pair:
        low, high = sorted(number[node] for node in pair)
        return low, high

    pairs = lot.sample(list(said["weights"]), len(said["weights"]))
    other = knot(
        weights={renumbered(pair): said["weights"][pair] for pair in pairs},
        barred={renumbered(pair) for pair in said["barred"]},
        proposed={renumbered(pair) for pair in said["proposed"]},
    )
    assert standing(other) == {renumbered(pair) for pair in standing(knot(**said))}


@settings(max_examples=40, deadline=None)
@given(a_knot(least=0.0))
def test_a_plain_knot_stands_as_a_whole_by_the_same_rule(said: dict[str, Any]) -> None:
    """Nothing speaks against anything, and what was proposed weighs enough: no reading without it comes near."""
    weights = {pair: weight + MARGIN * (pair in said["proposed"]) for pair, weight in said["weights"].items()}
    plain = knot(weights, proposed=said["proposed"])
    assert plain.is_plain
    assert standing(plain) == said["proposed"]


@pytest.mark.parametrize("why", ["barred", "weight"])
def test_a_knot_in_which_anything_speaks_against_anything_is_not_plain(why: str) -> None:
    plain = knot({(0, 1): 12.0, (0, 2): 12.0, (1, 2): 0.0})
    against = {"barred": plain.left == 1, "weight": np.array([12.0, 12.0, -0.25])}
    assert plain.is_plain
    assert not replace(plain, **{why: against[why]}).is_plain


def test_a_chain_of_good_pairs_does_not_join_ends_that_are_kept_apart() -> None:
    chain = {(0, 1): 30.0, (1, 2): 15.0, (0, 2): 10.0}
    assert standing(knot(chain, barred={(0, 2)})) == {(0, 1)}


def test_of_two_candidates_that_weigh_alike_neither_is_taken() -> None:
    assert standing(knot({(0, 1): 20.0, (1, 2): 14.0, (0, 2): 30.0}, barred={(0, 2)})) == set()


def test_a_candidate_that_weighs_less_by_the_margin_is_no_rival() -> None:
    assert standing(knot({(0, 1): 20.0, (1, 2): 20.0 - MARGIN, (0, 2): 0.0}, barred={(0, 2)})) == {(0, 1)}


def test_all_pairs_at_once_decide_and_not_the_strongest_pair_first() -> None:
    """The strongest pair would part two pairs that together weigh more."""
    said = {(0, 1): 20.0, (1, 2): 25.0, (2, 3): 20.0, (0, 2): 0.0, (0, 3): 0.0, (1, 3): 0.0}
    assert standing(knot(said, barred={(0, 2), (0, 3), (1, 3)})) == {(0, 1), (2, 3)}


def test_no_single_pair_speaks_louder_than_all_others() -> None:
    """A hundred for one pair would outvote two that are forty each; it counts no more than they."""
    said = {(0, 1): 100.0, (1, 2): 40.0, (0, 2): 0.0}
    assert standing(knot(said, barred={(0, 2)})) == set()


def test_what_was_not_proposed_does_not_stand_but_is_weighed() -> None:
    said = {(0, 1): 12.0, (1, 2): 12.0, (0, 2): -40.0}
    assert standing(knot(said, proposed={(0, 1)})) == set()
