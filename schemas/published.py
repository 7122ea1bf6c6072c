"""The tables that analysts query: their columns, meanings and keys.

A column says its type, whether its values are personal, and what it means. DuckDB's comments, the Dagster column schema,
the previews without personal data and the data dictionary are projected from here. What fills the tables is in
`assets.published` and `sql/tables`.
"""

from dataclasses import dataclass

from schemas.fields import FIELDS


@dataclass(frozen=True, kw_only=True)
class PublishedColumn:
    """One column: DuckDB type, meaning, and whether its values say something about a person."""

    name: str
    type: str
    meaning: str
    personal: bool


@dataclass(frozen=True, kw_only=True)
class PublishedTable:
    """One table of schema `published`; `key` identifies a row and orders the table."""

    name: str
    meaning: str
    key: tuple[str, ...]
    columns: tuple[PublishedColumn, ...]

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


@dataclass(frozen=True, kw_only=True)
class PublishedView:
    """A table that is not stored: its columns come from published tables that are, joined when it is asked."""

    table: PublishedTable
    source: str

    @property
    def query(self) -> str:
        """Its SELECT."""
        return f"SELECT {', '.join(self.table.column_names)} FROM {self.source}"


def _field(name: str, type: str = "VARCHAR") -> PublishedColumn:
    """A column that means what the feed contract's field of that name means."""
    field = FIELDS[name]
    return PublishedColumn(name=name, type=type, meaning=field.meaning, personal=field.personal)


def _own(name: str, type: str, meaning: str, *, personal: bool = False) -> PublishedColumn:
    return PublishedColumn(name=name, type=type, meaning=meaning, personal=personal)


def _count(name: str, meaning: str) -> PublishedColumn:
    return _own(name, "BIGINT", meaning)


_FEED = _own("feed", "VARCHAR", "Feed of the contract.")
_DELIVERY = _own("delivery_id", "VARCHAR", "The delivery: one file of one feed, named after its content.")
_LEARNER = _own("learner_id", "VARCHAR", "The person to whom the linked records belong.", personal=True)
_FLAG_CODE = _own("flag_code", "VARCHAR", "Code of the flag: one rule.")
_SEVERITY = _own("severity", "VARCHAR", "What is at stake: blocks_award, affects_place, delays_award or data_quality.")
_OWNER = _own("owner", "VARCHAR", "Who can put it right.")

FLAGS = PublishedTable(
    name="flags",
    meaning="One row a flag: one thing wrong, about one subject, that one party can put right.",
    key=("flag_code", "flag_id"),
    columns=(
        _own("flag_id", "VARCHAR", "Stable hash of the code and the subject's keys."),
        _FLAG_CODE,
        _own("reason", "VARCHAR", "Which of the code's reasons applies; empty where it has none."),
        _SEVERITY,
        _own("urgency", "VARCHAR", "urgent or routine."),
        _OWNER,
        _own("act_by", "DATE", "Day after which it can no longer be put right; empty where no key date says."),
        _own("detail", "VARCHAR", "One plain sentence for an exams officer.", personal=True),
        _LEARNER,
        _field("personal_id"),
        _field("declared_number", "INTEGER"),
        _field("centre_number"),
        _field("centre_learner_reference"),
        _field("awarding_organisation_rn"),
        _field("registration_number"),
        _field("qualification_number"),
        _field("unit_number"),
        _field("series"),
        _field("choice_number", "INTEGER"),
        _own("cause", "VARCHAR", "The values that caused it, as JSON.", personal=True),
        _own("sources", "VARCHAR", "Where each value came from: feed, delivery and line, as JSON."),
    ),
)

FLAG_CATALOGUE = PublishedTable(
    name="flag_catalogue",
    meaning="One row a flag code: what it states, whose it is, what to do, and how many of its population it met tonight.",
    key=("flag_code",),
    columns=(
        _FLAG_CODE,
        _own("family", "VARCHAR", "Which sides are compared."),
        _OWNER,
        _SEVERITY,
        _own("statement", "VARCHAR", "What must hold."),
        _own("action", "VARCHAR", "What the owner is asked to do."),
        _own("authority", "VARCHAR", "The rule's source."),
        _own("reasons", "VARCHAR", "The reasons that a row may give, as JSON."),
        _own("population", "VARCHAR", "The subjects that were assessed."),
        _count("population_count", "Subjects assessed."),
        _count("raised", "Subjects for which the flag is raised."),
        _count("cannot_assess", "Subjects that could not be assessed."),
        _count("passed", "Subjects for which all is well."),
        _own("soft_limit", "DOUBLE", "Share raised above which the asset check warns."),
        _own("hard_limit", "DOUBLE", "Share raised above which the asset check fails."),
    ),
)

ACHIEVABILITY = PublishedTable(
    name="achievability",
    meaning="One row an open registration: what the learner can still achieve.",
    key=("awarding_organisation_rn", "registration_number", "qualification_number"),
    columns=(
        _field("awarding_organisation_rn"),
        _field("registration_number"),
        _field("qualification_number"),
        _field("centre_number"),
        _LEARNER,
        _field("pathway"),
        _own("specification", "VARCHAR", "The rule of combination that was applied."),
        _own("specification_version", "VARCHAR", "Its version, chosen by the registration date."),
        _own(
            "worked_example",
            "BOOLEAN",
            "Whether that rule holds values that no source states, so that it is no organisation's own rule.",
        ),
        _own("target_date", "DATE", "Day by which the result is wanted."),
        _own("status", "VARCHAR", "achieved, on_track, action_needed, unachievable or cannot_assess."),
        _own("reason", "VARCHAR", "Why it cannot be assessed."),
        _own("secured_grade", "VARCHAR", "Grade over secured units; empty unless achieved.", personal=True),
        _own("on_track_grade", "VARCHAR", "Best grade over secured and pending units.", personal=True),
        _own("best_grade", "VARCHAR", "Best grade still possible; empty if unachievable.", personal=True),
        _own("actions", "VARCHAR", "Smallest set of entries or claims with deadlines, or what clashes.", personal=True),
        _own("action_count", "INTEGER", "Number of entries or claims in that set."),
        _own("act_by", "DATE", "Earliest deadline in that set."),
        _own("pathways_differ", "BOOLEAN", "No pathway is recorded, and the status differs between pathways."),
        _own(
            "fallback_qualification_number",
            "VARCHAR",
            "Where the size is out of reach: the largest smaller one of the suite that is still achievable.",
        ),
        _own("fallback_grade", "VARCHAR", "Best grade still possible in that size.", personal=True),
        _own("situation", "INTEGER", "Situation that the learner shares with others; see situations."),
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
    _own("place", "INTEGER", "Place of the unit in the specification, from 1."),
    _field("unit_number"),
    _own("title", "VARCHAR", "Title of the unit, or what the gate asks for."),
    _own("size", "INTEGER", "Its size, in the measure of the qualification."),
    _own("kind", "VARCHAR", "internal, external, or gate: something asked for beside units."),
    _own("state", "VARCHAR", "The first that applies: secured, pending, open, closed."),
    _own("pending", "BOOLEAN", "Entered for a series whose results are due by the target, and not in."),
    _own("open", "BOOLEAN", "Can still be entered or claimed, also for a better grade."),
    _own("enter_by", "DATE", "Last day for that, if one is known."),
    _own("grade", "VARCHAR", "Best grade so far.", personal=True),
    _own("counted", "BOOLEAN", "Part of the best selection over what the status rests on."),
    _own("why", "VARCHAR", f"Why it counts or does not: {', '.join(UNIT_REASONS)}."),
    _own("barred", "BOOLEAN", "Secured, and one of a barred set of which more are secured than may count."),
)

SITUATIONS = PublishedTable(
    name="situations",
    meaning="One row a situation: learners with the same units, grades, dates and rule share one.",
    key=("situation",),
    columns=(
        _own("situation", "INTEGER", "Situation, as in achievability."),
        _own("units", "INTEGER[]", "For each unit of the specification, in order, what is said of it in unit_parts."),
    ),
)

UNIT_PARTS = PublishedTable(
    name="unit_parts",
    meaning="One row a thing that is said of a unit: its state, grade, deadline, whether it counts, and why.",
    key=("part",),
    columns=(_own("part", "INTEGER", "Number, as in situations."), *_UNIT_COLUMNS),
)

ACHIEVABILITY_UNITS = PublishedView(
    table=PublishedTable(
        name="achievability_units",
        meaning="One row a unit of an open registration: where it stands, whether it counts, and why.",
        key=("awarding_organisation_rn", "registration_number", "qualification_number", "unit_number"),
        columns=(
            _field("awarding_organisation_rn"),
            _field("registration_number"),
            _field("qualification_number"),
            _field("centre_number"),
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

PERSON_LINKS = PublishedTable(
    name="person_links",
    meaning="One row a person-bearing record: the learner it belongs to, and on what evidence.",
    key=(
        "feed",
        "personal_id",
        "centre_number",
        "centre_learner_reference",
        "awarding_organisation_rn",
        "registration_number",
        "qualification_number",
    ),
    columns=(
        _FEED,
        _field("personal_id"),
        _field("centre_number"),
        _field("centre_learner_reference"),
        _field("awarding_organisation_rn"),
        _field("registration_number"),
        _field("qualification_number"),
        _LEARNER,
        _own("stage", "VARCHAR", "Stage of linking that joined the record to the learner; unlinked where none did."),
        _own("score", "DOUBLE", "Strength of the stage, from 0 to 1: an order, not a probability."),
        _own("evidence", "VARCHAR", "Names of the columns that agreed."),
    ),
)

CENTRE_SUMMARY = PublishedTable(
    name="centre_summary",
    meaning="One row a centre: its open registrations by status and its flags by severity.",
    key=("centre_number",),
    columns=(
        _field("centre_number"),
        _own("centre_name", "VARCHAR", "Name of the centre."),
        _count("open_registrations", "Open registrations."),
        _count("expected_this_cycle", "Of these, expected to have a result this cycle."),
        _count("achieved", "Expected ones whose status is achieved."),
        _count("on_track", "Expected ones whose status is on_track."),
        _count("action_needed", "Expected ones whose status is action_needed."),
        _count("unachievable", "Expected ones whose status is unachievable."),
        _count("cannot_assess", "Expected ones whose status is cannot_assess."),
        _count("blocks_award", "Flags of severity blocks_award."),
        _count("affects_place", "Flags of severity affects_place."),
        _count("delays_award", "Flags of severity delays_award."),
        _count("data_quality", "Flags of severity data_quality."),
        _count("urgent", "Urgent flags."),
        _own("earliest_act_by", "DATE", "Earliest day by which something must be done, from the run's day on."),
    ),
)

ROW_LEDGER = PublishedTable(
    name="row_ledger",
    meaning="One row a delivery: every landed row is accepted, superseded, duplicate or quarantined.",
    key=("feed", "delivery_id"),
    columns=(
        _FEED,
        _DELIVERY,
        _count("landed", "Rows in the delivered file."),
        _count("accepted", "Rows in force."),
        _count("superseded", "Valid rows that a later delivery replaced."),
        _count("duplicate", "Rows that repeat another row of the delivery."),
        _count("quarantined", "Rows put aside, with reasons."),
        _own("balanced", "BOOLEAN", "Whether landed is the sum of the other four."),
    ),
)

QUARANTINE = PublishedTable(
    name="quarantine",
    meaning="One row a reason for which a delivered row, or a whole delivery, was put aside. It holds no delivered values.",
    key=("feed", "delivery_id", "line", "column_name", "rule"),
    columns=(
        _FEED,
        _DELIVERY,
        _own("line", "BIGINT", "Line of the delivered file, the header being 1; empty: the whole delivery."),
        _own("column_name", "VARCHAR", "Column at fault."),
        _own("value_class", "VARCHAR", "What kind of value stood there."),
        _own("rule", "VARCHAR", "Rule that was broken."),
        _own("message", "VARCHAR", "What was expected."),
    ),
)

DELIVERIES = PublishedTable(
    name="deliveries",
    meaning="One row a file found in the landing folder.",
    key=("feed", "delivered_on", "file_name"),
    columns=(
        _DELIVERY,
        _FEED,
        _own("file_name", "VARCHAR", "Path within the landing folder."),
        _own("format", "VARCHAR", "csv or parquet."),
        _own("kind", "VARCHAR", "full or delta."),
        _own("delivered_on", "DATE", "Date of the delivery."),
        _own("sha256", "VARCHAR", "Hash of the file's bytes."),
        _own("bytes", "BIGINT", "Size of the file."),
        _own("status", "VARCHAR", "accepted, refused, repeated (the same bytes again) or ignored."),
        _own("reason", "VARCHAR", "Why it was not accepted."),
        _own("message", "VARCHAR", "The same in a sentence, and what to do."),
        _count("landed_rows", "Rows in the file."),
        _count("valid_rows", "Rows that passed the checks."),
        _count("duplicate_rows", "Rows that repeat another row of the file."),
        _count("quarantined_rows", "Rows put aside."),
        _count("sentinel_values", "Values that mean not held and became empty."),
        _count("check_digit_warnings", "Identifiers whose check digit fails."),
        _own("extra_columns", "VARCHAR", "Columns that the contract does not know."),
        _own("sequence", "INTEGER", "Order in which it applies within its feed."),
    ),
)

RUNS = PublishedTable(
    name="runs",
    meaning="The run that made this publication. Times and earlier runs are in the operations ledger.",
    key=("publication_id",),
    columns=(
        _own(
            "publication_id",
            "VARCHAR",
            "Hash of the run's day, the deliveries in force and the rules: what was published.",
        ),
        _own("as_of", "DATE", "The run's day."),
        _own("cycle", "INTEGER", "The cycle's year."),
        _own("software_version", "VARCHAR", "Version of the software."),
        _count("deliveries", "Deliveries accepted."),
        _count("landed_rows", "Rows delivered."),
        _count("accepted_rows", "Rows in force."),
        _count("superseded_rows", "Rows replaced by later deliveries."),
        _count("duplicate_rows", "Rows that repeat another row of their delivery."),
        _count("quarantined_rows", "Rows put aside."),
        _count("learners", "Different learners."),
        _count("open_registrations", "Open registrations."),
        _count("flags", "Flags raised."),
    ),
)

PUBLISHED: dict[str, PublishedTable] = {
    table.name: table
    for table in (
        FLAGS,
        FLAG_CATALOGUE,
        ACHIEVABILITY,
        SITUATIONS,
        UNIT_PARTS,
        PERSON_LINKS,
        CENTRE_SUMMARY,
        ROW_LEDGER,
        QUARANTINE,
        DELIVERIES,
        RUNS,
    )
}

VIEWS: dict[str, PublishedView] = {view.table.name: view for view in (ACHIEVABILITY_UNITS,)}

_TABLES = (*PUBLISHED.values(), *(view.table for view in VIEWS.values()))
_PUBLIC_COLUMNS = {column.name for table in _TABLES for column in table.columns if not column.personal} | {
    field.name for field in FIELDS.values() if not field.personal
}
_PERSONAL_COLUMNS = {column.name for table in _TABLES for column in table.columns if column.personal} | {
    field.name for field in FIELDS.values() if field.personal
}


def may_be_shown(column: str) -> bool:
    """Whether a column's values may leave the database in a preview: only columns known not to be personal."""
    return column in _PUBLIC_COLUMNS and column not in _PERSONAL_COLUMNS
