"""Whether decisions about links can all hold: where A is B and B is C, nobody can decide that A is not C.

Which decisions there are is `pipelines.link_decisions`; what new data say against one is for the linker to find.
"""

from collections import deque
from collections.abc import Iterable

from schemas.link_decisions import LinkDecision, pair_id


class Standing:
    """The decisions in force. They contradict each other in nothing, if each was asked about before it was put."""

    def __init__(self, decisions: Iterable[LinkDecision] = ()) -> None:
        self._by_pair: dict[str, LinkDecision] = {}
        self._words: dict[str, dict[str, str]] = {}
        for decision in decisions:
            self.put(decision)

    def of_pair(self, pair: str) -> LinkDecision | None:
        """The decision in force about a pair."""
        return self._by_pair.get(pair)

    def put(self, decision: LinkDecision) -> None:
        """Put a decision in the place of what stood for its pair; a withdrawal leaves nothing there."""
        first, second = decision.records
        if decision.decision == "withdrawn":
            self._by_pair.pop(decision.pair_id, None)
            self._words.get(first, {}).pop(second, None)
            self._words.get(second, {}).pop(first, None)
            return
        self._by_pair[decision.pair_id] = decision
        self._words.setdefault(first, {})[second] = decision.decision
        self._words.setdefault(second, {})[first] = decision.decision

    def contradiction(self, decision: LinkDecision) -> str | None:
        """Why a decision cannot stand beside those about other pairs, by their ids; None if it can."""
        pair, (first, second) = decision.pair_id, decision.records
        ours = self._one_person_with(first, but_for=second)
        if decision.decision == "different" and second in ours:
            return (
                f"pair [{pair}] cannot be [different]: {_decided_same(_chain(ours, second))}, which makes its two "
                "records one person's; withdraw one of those decisions first"
            )
        if decision.decision == "same" and second not in ours:
            theirs = self._one_person_with(second, but_for=first)
            apart = [
                (one, other)
                for one in ours
                for other, word in self._words.get(one, {}).items()
                if word == "different" and other in theirs and (one, other) != (first, second)
            ]
            if apart:
                one, other = min(apart)
                return (
                    f"pair [{pair}] cannot be [same]: as {_decided_same(_chain(ours, one) + _chain(theirs, other))}, it "
                    f"would make the two records of pair [{pair_id(one, other)}] one person's, and that is decided "
                    "[different]; withdraw one of those decisions first"
                )
        return None

    def _one_person_with(self, record: str, *, but_for: str) -> dict[str, str]:
        """Records decided to be one person's with this one by decisions about pairs other than these two.

        Returns:
            For each, itself included, the record by which it was come to.
        """
        reached, waiting = {record: record}, deque([record])
        while waiting:
            here = waiting.popleft()
            for other, word in sorted(self._words.get(here, {}).items()):
                if word == "same" and other not in reached and (here, other) != (record, but_for):
                    reached[other] = here
                    waiting.append(other)
        return reached


def _chain(reached: dict[str, str], record: str) -> list[str]:
    """Ids of the pairs by which a record was reached."""
    pairs = []
    while reached[record] != record:
        pairs.append(pair_id(record, reached[record]))
        record = reached[record]
    return pairs[::-1]


def _decided_same(pairs: list[str]) -> str:
    names = ", ".join(f"[{pair}]" for pair in pairs)
    return f"pair {names} is decided [same]" if len(pairs) == 1 else f"pairs {names} are decided [same]"
