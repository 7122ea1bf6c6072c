"""What a publication promises about itself as a set, as data: the sentence, the reason for it and the bounds.

A promise speaks of volumes, shares and keys of a whole night. Whether a single row is acceptable belongs in the feed
contract (`schemas.feeds`), whether a statement about a learner holds belongs in `sql/flags`. The measuring is in
`assets.published.gate_measures`, the judging in `assets.published.gate`.

No authority sets these bounds: they are the project's own judgement, and the `why` of each promise gives the grounds.
They can be changed for an installation, or for one feed or flag code of it, through `bounds_of`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from types import MappingProxyType
from typing import Literal

from schemas.published import PUBLISHED

#: Changed bounds: `promise.bound` to a number, or `promise.subject.bound` for one feed, table or flag code.
Bounds = Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class Promise:
    """One statement about tonight's set as a whole.

    Attributes:
        identifier: name in `published.promises`, in the settings and in the page's anchors.
        sentence: what must hold, for people.
        why: what a breach most likely means, and the grounds of the bounds.
        unit: what is measured: `rows` (a number of rows, keys or codes) or `share` (0 to 1).
        bounds: adjustable numbers by name. `hold_*` holds the publication back, `warn_*` only warns. A promise without
            bounds is exact: nothing may be out of place, and nobody can loosen it.
    """

    identifier: str
    sentence: str
    why: str
    unit: Literal["rows", "share"]
    bounds: Mapping[str, float] = field(default_factory=dict)


_PROMISES = (
    Promise(
        identifier="keys_unique",
        sentence="Each published table holds at most one row for each of its keys.",
        why="A key that occurs twice means a join multiplied rows: every count and every report made from it is wrong.",
        unit="rows",
    ),
    Promise(
        identifier="one_link_row_per_record",
        sentence="Each applicant and each registration in force has exactly one row in person_links.",
        why="A record without its row is a learner nobody looks at; a second row makes one person count twice.",
        unit="rows",
    ),
    Promise(
        identifier="one_position_per_registration",
        sentence="Each open registration has one row in achievability, and no other registration has one.",
        why="A registration without a position is a learner whose award nobody has assessed.",
        unit="rows",
    ),
    Promise(
        identifier="ledger_balances",
        sentence="Each accepted delivery has a row in the ledger, and that row accounts for every landed row.",
        why="A row that is neither accepted, superseded, duplicate nor quarantined has been lost on the way.",
        unit="rows",
    ),
    Promise(
        identifier="feed_volume",
        sentence="No feed has far fewer rows in force than in the publication before.",
        why="Half a feed gone overnight is a cut-off file or a sender left out, not learners leaving; the other half "
        "would turn into flags about records that exist. A fifth gone can be real, so it only warns.",
        unit="share",
        bounds={"hold_below": 0.5, "warn_below": 0.8},
    ),
    Promise(
        identifier="table_volume",
        sentence="No published table about learners has far fewer rows than in the publication before.",
        why="Deliveries can be whole and what is made of them cut short: half of a table gone overnight is a step that "
        "failed in silence. The bounds are those of the feeds, from which the tables are made.",
        unit="share",
        bounds={"hold_below": 0.5, "warn_below": 0.8},
    ),
    Promise(
        identifier="quarantined_share",
        sentence="No feed has had most of its rows turned away.",
        why="When more rows are turned away than let in, the layout or a code list has changed at the sender. Below "
        "that the good rows are worth publishing, and earlier rows stay in force; above a tenth somebody should look.",
        unit="share",
        bounds={"hold_above": 0.5, "warn_above": 0.1},
    ),
    Promise(
        identifier="unlinked_applicants",
        sentence="Most applicants are linked to a record of a centre or an awarding organisation.",
        why="Applicants of centres and organisations that send no feed stay unlinked, and how many they are differs by "
        "installation. Nine in ten unlinked means that an identifier was lost, not that people are missing.",
        unit="share",
        bounds={"hold_above": 0.9, "warn_above": 0.5},
    ),
    Promise(
        identifier="flag_growth",
        sentence="No flag code is raised many times as often as in the publication before.",
        why="Ten times the flags and over a thousand more overnight come from a feed or a rule that changed, and would "
        "bury exams officers in false work. Both must be exceeded, so a rare flag may go from 3 to 40. Where the "
        "calendar has just opened a rule, growth is expected and only warns.",
        unit="rows",
        bounds={"hold_times": 10, "hold_by": 1000, "warn_times": 3, "warn_by": 100},
    ),
    Promise(
        identifier="distribution",
        sentence="No table's rows fall into their kinds very differently than in the publication before.",
        why="Measured is the share of rows that would have to change their kind to fall as they did before. More than half "
        "of them, and over a thousand, changing overnight is a code list, a rule or a link gone wrong, not learners moving; "
        "a tenth and over a hundred only warns. Both must be exceeded, so a small table may change at will. Where the "
        "calendar has just opened a rule or closed a deadline, the change is expected and only warns.",
        unit="share",
        bounds={"hold_above": 0.5, "hold_by": 1000, "warn_above": 0.1, "warn_by": 100},
    ),
    Promise(
        identifier="situations_complete",
        sentence="Each registration has its situation, and each situation its units.",
        why="Where a learner stands unit by unit is kept once for all who share it; one that is missing is a report without "
        "its units.",
        unit="rows",
    ),
    Promise(
        identifier="catalogue_complete",
        sentence="Each code in the flag catalogue has its table, and each flag has its code in the catalogue.",
        why="A code without its table is a rule that was never asked; a flag without its code is one nobody can read.",
        unit="rows",
    ),
)

PROMISES: Mapping[str, Promise] = MappingProxyType({promise.identifier: promise for promise in _PROMISES})

#: The feeds whose records are people's, each record with one row in `person_links`.
PERSON_FEEDS = ("ucas_applicants", "centre_registrations", "ao_registrations")

#: The published tables whose rows follow the learners, and whose volume is compared.
COMPARED_TABLES = ("achievability", "centre_summary", "person_links", "situations", "unit_parts")

#: The published tables whose rows are of several kinds, and the column that says which; how they fall into them is compared.
#: Units are counted as often as learners have them.
COMPARED_KINDS: Mapping[str, str] = MappingProxyType(
    {"achievability": "status", "achievability_units": "state", "flags": "flag_code", "person_links": "stage"}
)

#: What identifies a row of each published table. A flag's id stands alone, for it is made from the code. Columns that
#: do not apply to a row are empty, and empty equals empty.
PUBLISHED_KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {name: table.key for name, table in PUBLISHED.items()} | {"flags": ("flag_id",)}
)

#: Events of `key_dates` after which a flag code can be raised in numbers (flag contract, "raised when"; achievability
#: contract, "open"). Growth on the night after one of them is the calendar's doing.
OPENED_BY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "completion_unconfirmed": ("checkpoint_opens",),
        "unit_result_overdue": ("series_results",),
        "award_overdue": ("results_to_centres",),
        "result_missing_at_ucas": ("results_to_ucas",),
        "qualification_unachievable": ("entry_deadline", "claim_deadline"),
        "offer_out_of_reach": ("entry_deadline", "claim_deadline"),
    }
)


def bounds_of(promise: Promise, subject: str, changed: Bounds) -> Mapping[str, float]:
    """The bounds in force for one subject: the promise's own, then the promise's changed ones, then the subject's.

    Args:
        promise: whose bounds.
        subject: feed, table or flag code.
        changed: numbers by `promise.bound` and `promise.subject.bound`, checked by `check_bounds`.
    """
    name = promise.identifier
    return {
        bound: changed.get(f"{name}.{subject}.{bound}", changed.get(f"{name}.{bound}", number))
        for bound, number in promise.bounds.items()
    }


def check_bounds(changed: Bounds) -> None:
    """Refuse changed bounds that name no promise or no bound of it, or that are no bounds.

    Raises:
        ValueError: an unknown promise or bound, a number below 0 or none at all, or a warning beyond the hold.
    """
    subjects = set()
    for name, number in changed.items():
        identifier, *subject, bound = name.split(".") if "." in name else (name, "")
        promise = PROMISES.get(identifier)
        if promise is None or len(subject) > 1:
            raise ValueError(f"gate bounds: no promise in [{name}]; write promise.bound or promise.subject.bound")
        if bound not in promise.bounds:
            known = ", ".join(promise.bounds) or "none, for it is exact"
            raise ValueError(f"gate bounds: promise [{identifier}] has no bound [{bound}]; it has [{known}]")
        if isinstance(number, bool) or not isinstance(number, int | float) or not isfinite(number) or number < 0:
            raise ValueError(f"gate bounds: [{name}] is [{number}]; give a number of 0 or more")
        subjects.add((identifier, ".".join(subject)))
    for identifier, subject_name in sorted(subjects):
        _check_order(f"{identifier}.{subject_name}".rstrip("."), bounds_of(PROMISES[identifier], subject_name, changed))


def _check_order(name: str, bounds: Mapping[str, float]) -> None:
    """A warning that comes only after the hold would never be seen, so it is taken for a slip."""
    for warn, hold in (("warn_above", "hold_above"), ("warn_times", "hold_times"), ("warn_by", "hold_by")):
        if warn in bounds and bounds[warn] > bounds[hold]:
            raise ValueError(f"gate bounds: [{name}] [{warn}] is above [{hold}]; put the warning first")
    if "warn_below" in bounds and bounds["warn_below"] < bounds["hold_below"]:
        raise ValueError(f"gate bounds: [{name}] [warn_below] is below [hold_below]; put the warning first")
