"""What is published of achievability: a row a registration, and a row a unit of it.

Units' rows are kept once a situation and once a thing said of a unit: at national scale most learners share both.
"""

from schemas.published_table import LEARNER, PublishedTable, PublishedView, of_field, own

ACHIEVABILITY = PublishedTable(
    name="achievability",
    meaning="One row an open registration: what the learner can still achieve.",
    key=("awarding_organisation_rn", "registration_number", "qualification_number"),
    columns=(
        of_field("awarding_organisation_rn"),
        of_field("registration_number"),
        of_field("qualification_number"),
        of_field("centre_number"),
        LEARNER,
        of_field("pathway"),
        own("specification", "VARCHAR", "The rule of combination that was applied."),
        own("specification_version", "VARCHAR", "Its version, chosen by the registration date."),
        own(
            "worked_example",
            "BOOLEAN",
            "Whether that rule holds values that no source states, so that it is no organisation's own rule.",
        ),
        own("target_date", "DATE", "Day by which the result is wanted."),
        own("status", "VARCHAR", "achieved, on_track, action_needed, unachievable or cannot_assess."),
        own("reason", "VARCHAR", "Why it cannot be assessed."),
        own("secured_grade", "VARCHAR", "Grade over secured units; empty unless achieved.", personal=True),
        own("on_track_grade", "VARCHAR", "Best grade over secured and pending units.", personal=True),
        own("best_grade", "VARCHAR", "Best grade still possible; empty if unachievable.", personal=True),
        own("actions", "VARCHAR", "Smallest set of entries or claims with deadlines, or what clashes.", personal=True),
        own("action_count", "INTEGER", "Number of entries or claims in that set."),
        own("act_by", "DATE", "Earliest deadline in that set."),
        own("pathways_differ", "BOOLEAN", "No pathway is recorded, and the status differs between pathways."),
        own(
            "fallback_qualification_number",
            "VARCHAR",
            "Where the size is out of reach: the largest smaller one of the suite that is still achievable.",
        ),
        own("fallback_grade", "VARCHAR", "Best grade still possible in that size.", personal=True),
        own("situation", "INTEGER", "Situation that the learner shares with others; see situations."),
    ),
)

#: States of a unit (achievability contract): the first that applies.
UNIT_STATES = ("secured", "pending", "open", "closed")
#: Why a unit counts in the best selection, or does not.
UNIT_REASONS = {
    "counts": "It is part of the best selection.",
    "counts_when_result_is_in": "It is part of the best selection once its result is in.",
    "counts_if_entered": "It is part of the smallest set of entries and claims that is still needed.",
    "tolerated_at_fail": "It is part of the best selection at the fail grade, which the rule tolerates.",
    "not_needed": "It could count, and other units give as much or more.",
    "barred_combination": "It may not count together with another secured unit.",
    "near_pass_not_accepted": "Its near pass does not count as achieved.",
    "failed": "It is at the fail grade, which the rule does not tolerate for it.",
    "no_grade": "It has no grade.",
    "no_valid_combination": "No combination of the learner's units satisfies the rule.",
    "other_pathway": "It belongs to another pathway.",
}

_UNIT_COLUMNS = (
    own("place", "INTEGER", "Place of the unit in the specification, from 1."),
    of_field("unit_number"),
    own("title", "VARCHAR", "Title of the unit, or what the gate asks for."),
    own("size", "INTEGER", "Its size, in the measure of the qualification."),
    own("kind", "VARCHAR", "internal, external, or gate: something asked for beside units."),
    own("state", "VARCHAR", "The first that applies: secured, pending, open, closed."),
    own("pending", "BOOLEAN", "Entered for a series whose results are due by the target, and not in."),
    own("open", "BOOLEAN", "Can still be entered or claimed, also for a better grade."),
    own("enter_by", "DATE", "Last day for that, if one is known."),
    own("grade", "VARCHAR", "Best grade so far.", personal=True),
    own("counted", "BOOLEAN", "Part of the best selection over what the status rests on."),
    own("why", "VARCHAR", f"Why it counts or does not: {', '.join(UNIT_REASONS)}."),
    own("barred", "BOOLEAN", "Secured, and one of a barred set of which more are secured than may count."),
)

SITUATIONS = PublishedTable(
    name="situations",
    meaning="One row a situation: learners with the same units, grades, dates and rule share one.",
    key=("situation",),
    columns=(
        own("situation", "INTEGER", "Situation, as in achievability."),
        own("units", "INTEGER[]", "For each unit of the specification, in order, what is said of it in unit_parts."),
    ),
)

UNIT_PARTS = PublishedTable(
    name="unit_parts",
    meaning="One row a thing that is said of a unit: its state, grade, deadline, whether it counts, and why.",
    key=("part",),
    columns=(own("part", "INTEGER", "Number, as in situations."), *_UNIT_COLUMNS),
)

ACHIEVABILITY_UNITS = PublishedView(
    table=PublishedTable(
        name="achievability_units",
        meaning="One row a unit of an open registration: where it stands, whether it counts, and why.",
        key=("awarding_organisation_rn", "registration_number", "qualification_number", "unit_number"),
        columns=(
            of_field("awarding_organisation_rn"),
            of_field("registration_number"),
            of_field("qualification_number"),
            of_field("centre_number"),
            *_UNIT_COLUMNS,
        ),
    ),
    source="""(
            SELECT
                awarding_organisation_rn, registration_number, qualification_number, centre_number,
                unnest(situations.units) AS part
            FROM published.achievability INNER JOIN published.situations USING (situation)
        ) INNER JOIN published.unit_parts USING (part)""",
)
