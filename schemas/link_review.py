"""The review of links: pairs of learners that a person has to judge, what was decided, and how learners changed since.

A pair is shown by the strongest pair of its two learners' records. Which pairs come here, and what a weight is worth,
belongs in `assets.linked`; the flag that is raised of them in `sql/flags`; the page in `assets.published`.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from schemas.published_table import FEED, LEARNER, PublishedColumn, PublishedTable, count, of_field, own

#: Why a pair is shown to a person, in words for whoever decides it.
REVIEW_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "weak_evidence": "The evidence lies between the two thresholds: too much to ignore, too little to accept.",
        "contradiction": "The evidence is strong, but something that does not change speaks against it: the date of birth, "
        "the ULN or the UCI.",
        "several_candidates": "One of the two records fits several people about equally well, and only one can be right.",
    }
)

#: What each side of a pair says of itself, as its feed delivered it.
DELIVERED = (
    "personal_id",
    "centre_number",
    "centre_learner_reference",
    "awarding_organisation_rn",
    "registration_number",
    "qualification_number",
    "forenames",
    "surname",
    "previous_surname",
    "date_of_birth",
    "sex",
    "postcode",
    "uln",
    "uci",
)

#: The two sides of a pair; the first is the one whose record_id is the lower text.
SIDES = ("first", "second")

_PAIR = own("pair_id", "VARCHAR", "The two records as one identifier, the same from night to night.")
_RECORD = own(
    "record_id",
    "VARCHAR",
    "One row of a person-bearing feed, the same from night to night: a hash of its key.",
    personal=True,
)
_CENTRE = own("centre_number", "VARCHAR", "National Centre Number that the record holds, in whatever feed.")


def _side(side: str) -> tuple[PublishedColumn, ...]:
    delivered = (_CENTRE if name == "centre_number" else of_field(name) for name in DELIVERED)
    return tuple(
        replace(column, name=f"{side}_{column.name}", meaning=f"Of the {side} record: {column.meaning}")
        for column in (_RECORD, LEARNER, FEED, *delivered)
    )


LINK_REVIEW = PublishedTable(
    name="link_review",
    meaning="One row a pair of learners that may be one person and were not joined, with their strongest pair of records.",
    key=("pair_id",),
    columns=(
        _PAIR,
        own("reason", "VARCHAR", f"Why a person has to judge it: {', '.join(REVIEW_REASONS)}."),
        own("match_weight", "DOUBLE", "Evidence that the two are one person, as the base-2 logarithm of its odds."),
        own("match_probability", "DOUBLE", "The same as a probability, from 0 to 1."),
        own("model_version", "VARCHAR", "Version of the model that weighed it."),
        own("rule", "VARCHAR", "Blocking rule by which the pair was found."),
        own(
            "evidence",
            "VARCHAR",
            "The match weight laid out, as a JSON list of comparison, says (in words, no values) and match_weight; the "
            "weights sum to the pair's.",
        ),
        own("explanation", "VARCHAR", "The same in one or two sentences, without values."),
        *(column for side in SIDES for column in _side(side)),
    ),
)

LINK_DECISIONS = PublishedTable(
    name="link_decisions",
    meaning="One row a pair of records on which a person's decision is in force: it overrides the model in every run.",
    key=("pair_id",),
    columns=(
        _PAIR,
        replace(_RECORD, name="first_record_id"),
        replace(_RECORD, name="second_record_id"),
        own("decision", "VARCHAR", "same: the records are one person's; different: they are two people's."),
        own("decided_by", "VARCHAR", "Who decided it.", personal=True),
        own("decided_at", "VARCHAR", "When, as ISO 8601 in UTC."),
        own("decision_reason", "VARCHAR", "Why, in the words of who decided it.", personal=True),
        own(
            "state",
            "VARCHAR",
            "What became of it tonight: applied, contradicted (by newer data), conflicting (with another decision) or "
            "record_missing.",
        ),
        own("contradiction", "VARCHAR", "Which of date of birth, ULN, UCI and forename newly contradict it, by name."),
        own("known_contradiction", "VARCHAR", "What contradicted it already when it was first applied, by name."),
    ),
)

LEARNER_HISTORY = PublishedTable(
    name="learner_history",
    meaning="One row a change of who is one person: records that moved from one learner to another.",
    key=("changed_on", "event", "learner_id", "other_learner_id"),
    columns=(
        own("changed_on", "DATE", "The run's day on which it changed."),
        own(
            "event",
            "VARCHAR",
            "merged: the learner is now part of the other; split: the learner lost records to the other.",
        ),
        replace(LEARNER, meaning="Learner to whom the records belonged before."),
        replace(LEARNER, name="other_learner_id", meaning="Learner to whom they belong now."),
        count("records", "Records that moved."),
    ),
)
