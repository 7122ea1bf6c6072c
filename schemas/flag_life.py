"""The life of a flag: its states from night to night, what people decide about it, and the counts of each day.

How a life is carried over is `assets.published.flag_life`, where decisions are kept `pipelines.ledger`, what raises a
flag its own file in `sql/flags`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from schemas.flag_table import SUBJECT_KEYS
from schemas.published_table import FLAG_CODE, OWNER, PublishedTable, count, of_field, own

#: Where a flag stands on the run's day (flag contract, Life of a flag).
STATES: Mapping[str, str] = MappingProxyType(
    {
        "new": "raised on this day for the first time in the cycle",
        "open": "raised, as on the run's day before",
        "resolved": "no longer raised",
        "reopened": "raised again on this day, after it was resolved",
    }
)

#: What a person may say of a flag; the latest word stands, and `withdrawn` takes back what stood.
DECISIONS = ("acknowledged", "waived", "assigned", "withdrawn")

#: The decisions that a run sees.
BINDING = ("acknowledged", "waived", "assigned")

_LONDON = ZoneInfo("Europe/London")


@dataclass(frozen=True, kw_only=True)
class FlagDecision:
    """One decision about one flag.

    Attributes:
        flag_id: the flag's stable id.
        decision: one of `DECISIONS`.
        decided_by: who decided.
        decided_at: when, with its zone; it counts in runs for that day in London and for later ones.
        assigned_to: who is to see to it; given for `assigned` alone.
        reason: why, in that person's words; `waived` needs one.
        expires_on: the last day on which it stands, empty if it stands until the next one; `waived` needs one.

    Raises:
        ValueError: something that this kind of decision needs is missing, or it would expire before it is made.
    """

    flag_id: str
    decision: str
    decided_by: str
    decided_at: datetime
    assigned_to: str = ""
    reason: str = ""
    expires_on: date | None = None

    def __post_init__(self) -> None:
        flag = f"flag [{self.flag_id}]"
        if self.decision not in DECISIONS:
            raise ValueError(f"there is no decision [{self.decision}]; give one of {', '.join(DECISIONS)}")
        if not self.flag_id or not self.decided_by.strip():
            raise ValueError("a decision is about a flag and made by somebody; give both")
        if self.decision == "waived" and (not self.reason.strip() or self.expires_on is None):
            raise ValueError(f"{flag} is waived only with a reason and a day on which that expires")
        if (self.decision == "assigned") != bool(self.assigned_to.strip()):
            raise ValueError(f"{flag}: a name is given for [assigned], and for no other decision")
        if self.decision == "withdrawn" and self.expires_on is not None:
            raise ValueError(f"{flag}: what is withdrawn does not expire; give no day")
        if self.decided_at.tzinfo is None:
            raise ValueError(f"the time [{self.decided_at.isoformat()}] has no zone; give one, for instance UTC")
        if self.expires_on is not None and self.expires_on < self.decided_on:
            raise ValueError(f"{flag}: it would expire on [{self.expires_on}], before it was made [{self.decided_on}]")

    @property
    def decided_on(self) -> date:
        """The day in London."""
        return self.decided_at.astimezone(_LONDON).date()

    def stands_on(self, day: date) -> bool:
        """Whether a run for this day sees it, unless a later one was made by then."""
        made = self.decided_on <= day
        return made and self.decision in BINDING and (self.expires_on is None or self.expires_on >= day)


_FLAG_ID = own("flag_id", "VARCHAR", "Stable hash of the code and the subject's keys, as in flags.")
_STATE = own("state", "VARCHAR", "; ".join(f"{state}: {meaning}" for state, meaning in STATES.items()) + ".")
_FIRST_SEEN = own("first_seen", "DATE", "First run's day of the cycle on which it was raised.")
_LAST_SEEN = own("last_seen", "DATE", "Last run's day on which it was raised.")

#: What `published.flags` says of a flag's life and of the decision in force, besides what its rule says.
LIFE_COLUMNS = (
    _STATE,
    _FIRST_SEEN,
    _LAST_SEEN,
    own("decision", "VARCHAR", "What a person decided, if it is in force: acknowledged, waived or assigned."),
    own("waived", "BOOLEAN", "A waiver is in force: it asks for nothing and counts neither as open nor as urgent."),
    own("assigned_to", "VARCHAR", "To whom it was assigned.", personal=True),
    own("decision_reason", "VARCHAR", "Why, in the words of who decided it.", personal=True),
    own("decision_expires_on", "DATE", "Last day on which the decision stands; empty: until the next one."),
    own("decided_by", "VARCHAR", "Who decided it.", personal=True),
    own("decided_on", "DATE", "Day in London on which it was decided."),
)

FLAG_HISTORY = PublishedTable(
    name="flag_history",
    meaning="One row a flag that was raised at any time in the cycle: whether it still is, and since when.",
    key=("flag_code", "flag_id"),
    columns=(
        _FLAG_ID,
        FLAG_CODE,
        *(of_field(key) for key in SUBJECT_KEYS),
        own("severity", "VARCHAR", "What is at stake, as when it was last raised."),
        OWNER,
        _FIRST_SEEN,
        _LAST_SEEN,
        own("resolved_on", "DATE", "First run's day on which it was no longer raised; empty while it is raised."),
        own("reopened_on", "DATE", "Last run's day on which it was raised again; empty if it never was."),
        _STATE,
    ),
)

FLAG_SPELLS = PublishedTable(
    name="flag_spells",
    meaning="One row an unbroken run of nights of the cycle on which a flag was raised: what flag_history is made of.",
    key=("flag_id", "raised_from"),
    columns=(
        _FLAG_ID,
        own("raised_from", "DATE", "Run's day with which it begins."),
        own("raised_to", "DATE", "Last run's day on which it was raised."),
        own("resolved_on", "DATE", "First run's day on which it was no longer raised; empty while it is raised."),
    ),
)

BURN_DOWN = PublishedTable(
    name="burn_down",
    meaning="One row a run's day of the cycle, flag code, owner and awarding organisation: how many, and what changed. "
    "A code of which there is nothing to count has one row of zeros.",
    key=("as_of", "flag_code", "owner", "awarding_organisation_rn"),
    columns=(
        own("as_of", "DATE", "The run's day."),
        FLAG_CODE,
        OWNER,
        of_field("awarding_organisation_rn"),
        count("open", "Raised and not waived."),
        count("new", "Raised on this day for the first time in the cycle, waived or not."),
        count("resolved", "Raised on the run's day before and no longer on this."),
        count("reopened", "Raised again on this day, waived or not."),
        count("waived", "Raised and waived."),
        count("urgent", "Raised, urgent and not waived."),
    ),
)
