"""What is published for the term-time checkpoint: each open registration, and each centre's contacts.

The reports and declaration sheets of `reconcile reports` are projections of these tables. What a status means belongs in
`schemas.achievability`, what a flag means in `sql/flags`.
"""

from schemas.feeds import FEEDS
from schemas.published_table import PublishedTable, count, of_field, own

#: What a centre answers about a learner's result this summer, as far as it is asked.
INTENTS = {
    "confirmed": "The centre expects a result this summer.",
    "declined": "The centre expects no result this summer.",
    "unconfirmed": "A result is planned for this cycle, and the centre has not answered.",
    "not_asked": "The centre is not asked: it does not hold the registration, or no result is planned for this cycle.",
}

#: Columns of `centre_registrations` that a centre may correct in its declaration. The others say which record is meant.
CORRECTABLE = tuple(
    name
    for name in FEEDS["centre_registrations"].column_names
    if name
    not in (
        "centre_number",
        "centre_learner_reference",
        "qualification_number",
        "awarding_organisation_rn",
        "expects_result_this_summer",
    )
)

#: Of these, the columns that the table below holds; a record that is not active is not in force at all.
_RECORDED = tuple(name for name in CORRECTABLE if name != "status")

#: Flags that can be raised because of a result, apart from all of the families below: while the result is not released, the
#: flag itself would tell it.
CODES_FROM_RESULTS = ("claim_missing", "claim_unsupported", "offer_out_of_reach", "unit_grade_differs")
FAMILIES_FROM_RESULTS = ("achievability", "results")
#: Flags about what UCAS holds: raised once UCAS may hold it, and centres may not know of it yet.
CODES_FROM_UCAS_RESULTS = ("result_missing_at_ucas", "result_differs_at_ucas")

CHECKPOINT = PublishedTable(
    name="checkpoint",
    meaning="One row an open registration: the learner as the centre knows them, what is expected, and what is to be done.",
    key=("centre_number", "awarding_organisation_rn", "registration_number", "qualification_number"),
    columns=(
        own("centre_number", "VARCHAR", "The centre's number now, after mergers."),
        of_field("awarding_organisation_rn"),
        of_field("registration_number"),
        of_field("qualification_number"),
        own("qualification_title", "VARCHAR", "Title of the qualification."),
        own("learner_id", "VARCHAR", "The person to whom the linked records belong.", personal=True),
        own("stands", "BOOLEAN", "Whether it does not give way to another registration of the learner."),
        own(
            "held_by_centre",
            "BOOLEAN",
            "Whether the centre reports it too; if not, the details are the organisation's.",
        ),
        own("recorded_centre_number", "VARCHAR", "The number under which the centre reports it."),
        of_field("centre_learner_reference"),
        *(of_field(name) for name in _RECORDED),
        of_field("expects_result_this_summer"),
        own("intent", "VARCHAR", f"The centre's answer: {', '.join(INTENTS)}."),
        own("expected", "BOOLEAN", "Whether a result is expected in the cycle."),
        own("expected_because", "VARCHAR", "Why it is expected."),
        own("status", "VARCHAR", "achieved, on_track, action_needed, unachievable or cannot_assess."),
        own("reason", "VARCHAR", "Why it cannot be assessed."),
        own("actions", "VARCHAR", "Smallest set of entries or claims with deadlines, or what clashes.", personal=True),
        own("action_count", "INTEGER", "Number of entries or claims in that set."),
        own("act_by", "DATE", "Earliest deadline in that set."),
        own(
            "rests_on_unreleased_results",
            "BOOLEAN",
            "Whether a unit result is held that the centre may not know yet; no report says what rests on it.",
        ),
        own("award_is_unreleased", "BOOLEAN", "Whether an award is issued that the centre may not know yet."),
        own("fallback_qualification_number", "VARCHAR", "The largest smaller size that is still achievable."),
        own("fallback_title", "VARCHAR", "Title of that size."),
        own(
            "fallback_grade",
            "VARCHAR",
            "Best grade still possible in that size; empty while a result is not released.",
            personal=True,
        ),
        count("flags", "Flags that name the registration or the centre's row of it, not waived."),
        count("urgent_flags", "Of these, urgent ones."),
        own("is_blocked", "BOOLEAN", "Whether a block on certification is among them."),
        own("details_differ", "BOOLEAN", "Whether details that differ between two sides are among them."),
    ),
)

CENTRES = PublishedTable(
    name="centres",
    meaning="One row a centre number of the feed centres: the number it has now, its name, and whom to ask.",
    key=("centre_number",),
    columns=(
        of_field("centre_number"),
        own("current_centre_number", "VARCHAR", "The centre's number now, after mergers."),
        of_field("name"),
        of_field("exams_officer_email"),
        of_field("senior_contact_name"),
        of_field("senior_contact_email"),
        of_field("senior_contact_phone"),
    ),
)
