"""Whose record each value of a flag stands in, so that a list of corrections can say what is held on either side.

Every value that a flag's header names stands in exactly one of the two tables below, whatever its code; a test walks the
headers. What a value means stands in the flag's own file; which side delivers a feed, in `schemas.feeds`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, kw_only=True)
class Held:
    """A value that stands in somebody's record.

    Attributes:
        side: whose, as in `schemas.feeds`.
        words: what people call it.
        is_grade: whether it stays empty until everybody may know it.
    """

    side: str
    words: str
    is_grade: bool = False


#: By name of the value in `published.flags.cause`.
HELD_VALUES: Mapping[str, Held] = MappingProxyType(
    {
        "award_month": Held(side="ucas", words="award month"),
        "basis": Held(side="awarding_organisation", words="basis of the result"),
        "block_reason": Held(side="awarding_organisation", words="reason of the block"),
        "blocked_from": Held(side="awarding_organisation", words="first day of the block"),
        "centre_grade": Held(side="centre", words="grade", is_grade=True),
        "claimed_grade": Held(side="centre", words="grade claimed", is_grade=True),
        "condition_grade": Held(side="ucas", words="grade asked for"),
        "condition_qualification_number": Held(side="ucas", words="qualification asked for"),
        "declared_centre_number": Held(side="ucas", words="centre"),
        "declared_qualification_number": Held(side="ucas", words="qualification"),
        "declared_title": Held(side="ucas", words="title"),
        "issued_grade": Held(side="awarding_organisation", words="grade", is_grade=True),
        "issued_on": Held(side="awarding_organisation", words="issued on"),
        "organisation_grade": Held(side="awarding_organisation", words="grade", is_grade=True),
        "planned_completion": Held(side="awarding_organisation", words="planned completion"),
        "registered_centre_number": Held(side="awarding_organisation", words="centre"),
        "registered_qualification_number": Held(side="awarding_organisation", words="qualification"),
        "registration_date": Held(side="awarding_organisation", words="registration date"),
        "registration_status": Held(side="awarding_organisation", words="status"),
        "result_date": Held(side="awarding_organisation", words="result date"),
        "ucas_grade": Held(side="ucas", words="grade", is_grade=True),
    }
)

#: Values that nobody's record holds as such: worked out, counted, a date of the calendar, or a key that stands in a column
#: of its own. The flag's sentence tells them where they matter.
TOLD_IN_WORDS = frozenset(
    {
        "achievability_reason",
        "achievability_status",
        "action_count",
        "asked_organisation_rn",
        "attempts_allowed",
        "attempts_used",
        "award_status",
        "barred_units",
        "certification_end_date",
        "checkpoint_closes",
        "checkpoint_opens",
        "computed_grade",
        "counted_units",
        "current_centre_number",
        "differing",
        "expected_because",
        "finding",
        "first_personal_id",
        "flags",
        "held",
        "held_as",
        "held_from",
        "holder",
        "holders",
        "listed",
        "match_weight",
        "mitigation",
        "mitigation_from",
        "mitigation_to",
        "old_grade",
        "operational_end_date",
        "other_learner_id",
        "other_record_id",
        "pair_id",
        "qualification_number",
        "record_id",
        "registration_deadline",
        "registration_number",
        "registrations_for_qualification",
        "registrations_with_organisation",
        "results_on",
        "results_to_ucas",
        "secured_grade",
        "series",
        "specification",
        "specification_version",
        "standing_registration_number",
        "unit_number",
        "urgent_flags",
    }
)

#: What people call a record of each feed.
RECORDS: Mapping[str, str] = MappingProxyType(
    {
        "centre_registrations": "registration",
        "centre_unit_entries": "unit entry",
        "centre_claims": "claim",
        "ao_registrations": "registration",
        "ao_unit_entries": "unit entry",
        "ao_unit_results": "unit result",
        "ao_awards": "award",
        "ao_certification_blocks": "block on certification",
        "ucas_applicants": "application",
        "ucas_qualifications": "declared qualification",
        "ucas_choices": "choice",
        "ucas_results": "result",
    }
)

#: Details of a person, as the value `differing` names them, and the column of `published.checkpoint` that holds each.
PERSONAL_DETAILS: Mapping[str, str] = MappingProxyType(
    {
        "date of birth": "date_of_birth",
        "ULN": "uln",
        "UCI": "uci",
        "forename": "forename",
        "surname": "surname",
    }
)
