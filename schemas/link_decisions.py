"""What people decide about links: that two records are one person's or two people's, and the name of such a pair.

Where decisions are kept is `pipelines.link_decisions`; what they do to the links is the linker's business.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

#: What a person may say of a pair; the latest word stands, and `withdrawn` leaves the pair to the evidence again.
DECISIONS = ("same", "different", "withdrawn")

#: The decisions that bind a run.
BINDING = ("same", "different")

_RECORD_ID = re.compile(r"R[0-9a-f]{15}")
_PAIR_ID = re.compile(r"P[0-9a-f]{15}")


def is_record_id(text: str) -> bool:
    """Whether it has the form of a record's id."""
    return _RECORD_ID.fullmatch(text) is not None


def is_pair_id(text: str) -> bool:
    """Whether it has the form of a pair's id."""
    return _PAIR_ID.fullmatch(text) is not None


def pair_id(first: str, second: str) -> str:
    """The id of two records' pair, the same in either order: `P` and 15 hexadecimal digits."""
    return "P" + sha256("".join(sorted((first, second))).encode()).hexdigest()[:15]


@dataclass(frozen=True, kw_only=True)
class LinkDecision:
    """One decision about one pair of records. It holds no name but that of the person who decided.

    Attributes:
        first_record_id: the lower of the two records' ids.
        second_record_id: the higher.
        decision: one of `DECISIONS`.
        decided_by: who decided.
        decided_at: when, with its zone.
        reason: why, in that person's words; only a withdrawal may do without.

    Raises:
        ValueError: it is none: an id or the order of the two is wrong, or something that it needs is missing.
    """

    first_record_id: str
    second_record_id: str
    decision: str
    decided_by: str
    decided_at: datetime
    reason: str = ""

    def __post_init__(self) -> None:
        for record_id in (self.first_record_id, self.second_record_id):
            if not is_record_id(record_id):
                raise ValueError(f"[{record_id}] is no record id; give R and 15 hexadecimal digits")
        if self.first_record_id >= self.second_record_id:
            raise ValueError(
                f"records [{self.first_record_id}] and [{self.second_record_id}] are no pair in order; "
                "give two different ones, the lower first"
            )
        if self.decision not in DECISIONS:
            raise ValueError(f"there is no decision [{self.decision}]; give one of {', '.join(DECISIONS)}")
        if not self.decided_by.strip():
            raise ValueError(f"pair [{self.pair_id}] is decided by somebody; give who it was")
        if self.decision in BINDING and not self.reason.strip():
            raise ValueError(f"pair [{self.pair_id}] is decided [{self.decision}] only with a reason")
        if self.decided_at.tzinfo is None:
            raise ValueError(f"the time [{self.decided_at.isoformat()}] has no zone; give one, for instance UTC")

    @property
    def pair_id(self) -> str:
        """The id of the pair."""
        return pair_id(self.first_record_id, self.second_record_id)

    @property
    def records(self) -> tuple[str, str]:
        """The two records' ids, the lower first."""
        return self.first_record_id, self.second_record_id
