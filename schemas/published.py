"""The tables that analysts query: their columns, meanings and keys.

A column says its type, whether its values are personal, and what it means. DuckDB's comments, the Dagster column schema,
the previews without personal data and the data dictionary are projected from here. The tables about the review of links
and about achievability stand in modules of their own. What fills the tables is in `assets.published` and `sql/tables`.
"""

from schemas.achievability import ACHIEVABILITY, ACHIEVABILITY_UNITS, SITUATIONS, UNIT_PARTS
from schemas.calendar_table import CALENDAR
from schemas.checkpoint import CENTRES, CHECKPOINT
from schemas.fields import FIELDS
from schemas.flag_life import BURN_DOWN, FLAG_HISTORY, FLAG_SPELLS, LIFE_COLUMNS
from schemas.link_review import LEARNER_HISTORY, LINK_DECISIONS, LINK_REVIEW
from schemas.published_table import FEED, FLAG_CODE, LEARNER, OWNER, PublishedTable, PublishedView, count, of_field, own
from schemas.regulator_late_results import LATE_RESULTS

_DELIVERY = own("delivery_id", "VARCHAR", "The delivery: one file of one feed, named after its content.")
_SEVERITY = own("severity", "VARCHAR", "What is at stake: blocks_award, affects_place, delays_award or data_quality.")

FLAGS = PublishedTable(
    name="flags",
    meaning="One row a flag: one thing wrong, about one subject, that one party can put right.",
    key=("flag_code", "flag_id"),
    columns=(
        own("flag_id", "VARCHAR", "Stable hash of the code and the subject's keys."),
        FLAG_CODE,
        own("reason", "VARCHAR", "Which of the code's reasons applies; empty where it has none."),
        _SEVERITY,
        own("urgency", "VARCHAR", "urgent or routine."),
        OWNER,
        own("act_by", "DATE", "Day after which it can no longer be put right; empty where no key date says."),
        own("detail", "VARCHAR", "One plain sentence for an exams officer.", personal=True),
        LEARNER,
        of_field("personal_id"),
        of_field("declared_number"),
        of_field("centre_number"),
        of_field("centre_learner_reference"),
        of_field("awarding_organisation_rn"),
        of_field("registration_number"),
        of_field("qualification_number"),
        of_field("unit_number"),
        of_field("series"),
        of_field("choice_number"),
        own("cause", "VARCHAR", "The values that caused it, as JSON.", personal=True),
        own("sources", "VARCHAR", "Where each value came from: feed, delivery and line, as JSON."),
        *LIFE_COLUMNS,
    ),
)

FLAG_CATALOGUE = PublishedTable(
    name="flag_catalogue",
    meaning="One row a flag code: what it states, whose it is, what to do, and how many of its population it met tonight.",
    key=("flag_code",),
    columns=(
        FLAG_CODE,
        own("family", "VARCHAR", "Which sides are compared."),
        OWNER,
        own("shared_with", "VARCHAR", "Who helps; empty where the owner is alone with it."),
        _SEVERITY,
        own("statement", "VARCHAR", "What must hold."),
        own("action", "VARCHAR", "What the owner is asked to do."),
        own("authority", "VARCHAR", "The rule's source."),
        own("reasons", "VARCHAR", "The reasons that a row may give, as JSON."),
        own("population", "VARCHAR", "The subjects that were assessed."),
        count("population_count", "Subjects assessed."),
        count("raised", "Subjects for which the flag is raised."),
        count("cannot_assess", "Subjects that could not be assessed."),
        count("passed", "Subjects for which all is well."),
        own("soft_limit", "DOUBLE", "Share raised above which the asset check warns."),
        own("hard_limit", "DOUBLE", "Share raised above which the asset check fails."),
    ),
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
        FEED,
        of_field("personal_id"),
        of_field("centre_number"),
        of_field("centre_learner_reference"),
        of_field("awarding_organisation_rn"),
        of_field("registration_number"),
        of_field("qualification_number"),
        own("record_id", "VARCHAR", "The record, the same from night to night: a hash of its key.", personal=True),
        LEARNER,
        own("stage", "VARCHAR", "Stage of linking that joined the record to the learner; unlinked where none did."),
        own("score", "DOUBLE", "Strength of the stage, from 0 to 1: an order, not a probability."),
        own(
            "match_weight",
            "DOUBLE",
            "Base-2 logarithm of the odds by the model; empty where a deterministic stage joined it.",
        ),
        own("model_version", "VARCHAR", "Version of the model that weighed it; empty likewise."),
        own("evidence", "VARCHAR", "Names of the columns that agreed."),
    ),
)

CENTRE_SUMMARY = PublishedTable(
    name="centre_summary",
    meaning="One row a centre: its open registrations by status and its flags by severity.",
    key=("centre_number",),
    columns=(
        of_field("centre_number"),
        own("centre_name", "VARCHAR", "Name of the centre."),
        count("open_registrations", "Open registrations."),
        count("expected_this_cycle", "Of these, expected to have a result this cycle."),
        count("achieved", "Expected ones whose status is achieved."),
        count("on_track", "Expected ones whose status is on_track."),
        count("action_needed", "Expected ones whose status is action_needed."),
        count("unachievable", "Expected ones whose status is unachievable."),
        count("cannot_assess", "Expected ones whose status is cannot_assess."),
        count("blocks_award", "Flags of severity blocks_award, not waived."),
        count("affects_place", "Flags of severity affects_place, not waived."),
        count("delays_award", "Flags of severity delays_award, not waived."),
        count("data_quality", "Flags of severity data_quality, not waived."),
        count("urgent", "Urgent flags, not waived."),
        count("waived", "Flags that somebody has waived; no other count and no day here takes them in."),
        own("earliest_act_by", "DATE", "Earliest day by which something must be done, from the run's day on."),
    ),
)

ROW_LEDGER = PublishedTable(
    name="row_ledger",
    meaning="One row a delivery: every landed row is accepted, superseded, duplicate or quarantined.",
    key=("feed", "delivery_id"),
    columns=(
        FEED,
        _DELIVERY,
        count("landed", "Rows in the delivered file."),
        count("accepted", "Rows in force."),
        count("superseded", "Valid rows that a later delivery replaced."),
        count("duplicate", "Rows that repeat another row of the delivery."),
        count("quarantined", "Rows put aside, with reasons."),
        own("balanced", "BOOLEAN", "Whether landed is the sum of the other four."),
    ),
)

QUARANTINE = PublishedTable(
    name="quarantine",
    meaning="One row a reason for which a delivered row, or a whole delivery, was put aside. It holds no delivered values.",
    key=("feed", "delivery_id", "line", "column_name", "rule"),
    columns=(
        FEED,
        _DELIVERY,
        own("line", "BIGINT", "Line of the delivered file, the header being 1; empty: the whole delivery."),
        own("column_name", "VARCHAR", "Column at fault."),
        own("value_class", "VARCHAR", "What kind of value stood there."),
        own("rule", "VARCHAR", "Rule that was broken."),
        own("message", "VARCHAR", "What was expected."),
    ),
)

DELIVERIES = PublishedTable(
    name="deliveries",
    meaning="One row a file found in the landing folder.",
    key=("feed", "delivered_on", "file_name"),
    columns=(
        _DELIVERY,
        FEED,
        own("file_name", "VARCHAR", "Path within the landing folder."),
        own("format", "VARCHAR", "csv or parquet in the canonical layout, else the name of the format's reader."),
        own("kind", "VARCHAR", "full or delta."),
        own("delivered_on", "DATE", "Date of the delivery."),
        own("sha256", "VARCHAR", "Hash of the file's bytes."),
        own("bytes", "BIGINT", "Size of the file."),
        own("status", "VARCHAR", "accepted, refused, repeated (the same bytes again) or ignored."),
        own("reason", "VARCHAR", "Why it was not accepted."),
        own("message", "VARCHAR", "The same in a sentence, and what to do."),
        count("landed_rows", "Rows in the file."),
        count("valid_rows", "Rows that passed the checks."),
        count("duplicate_rows", "Rows that repeat another row of the file."),
        count("quarantined_rows", "Rows put aside."),
        count("sentinel_values", "Values that mean not held and became empty."),
        count("check_digit_warnings", "Identifiers whose check digit fails."),
        count("set_aside_rows", "Records that belong to no feed, by the rules of the delivery's format."),
        count("repaired_values", "Values repaired where the repair is certain."),
        own("extra_columns", "VARCHAR", "Columns that the contract does not know."),
        own("sequence", "INTEGER", "Order in which it applies within its feed."),
    ),
)

RUNS = PublishedTable(
    name="runs",
    meaning="The run that made this publication. Times and earlier runs are in the operations ledger.",
    key=("publication_id",),
    columns=(
        own(
            "publication_id",
            "VARCHAR",
            "Hash of the run's day, the deliveries and decisions in force and the rules: what was published.",
        ),
        own("as_of", "DATE", "The run's day."),
        own("cycle", "INTEGER", "The cycle's year."),
        own("software_version", "VARCHAR", "Version of the software."),
        count("deliveries", "Deliveries accepted."),
        count("landed_rows", "Rows delivered."),
        count("accepted_rows", "Rows in force."),
        count("superseded_rows", "Rows replaced by later deliveries."),
        count("duplicate_rows", "Rows that repeat another row of their delivery."),
        count("quarantined_rows", "Rows put aside."),
        count("learners", "Different learners."),
        count("open_registrations", "Open registrations."),
        count("flags", "Flags raised."),
    ),
)

PUBLISHED: dict[str, PublishedTable] = {
    table.name: table
    for table in (
        FLAGS,
        FLAG_HISTORY,
        FLAG_SPELLS,
        BURN_DOWN,
        FLAG_CATALOGUE,
        ACHIEVABILITY,
        SITUATIONS,
        UNIT_PARTS,
        PERSON_LINKS,
        LINK_REVIEW,
        LINK_DECISIONS,
        LEARNER_HISTORY,
        CENTRE_SUMMARY,
        CHECKPOINT,
        CALENDAR,
        CENTRES,
        LATE_RESULTS,
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
