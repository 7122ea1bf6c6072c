"""The columns of the feed contract: one meaning each, whatever feed they stand in.

A field says what a column means, how its text is normalised and what form it must have. Feeds (`schemas.feeds`) name
fields and add only whether a column is part of the key or required. Checks, DuckDB types, comments and the data
dictionary are projected from here.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "date", "month", "moment", "integer", "number"]

DUCKDB_TYPES: dict[Kind, str] = {
    "text": "VARCHAR",
    "date": "DATE",
    "month": "VARCHAR",
    "moment": "TIMESTAMP",
    "integer": "INTEGER",
    "number": "DOUBLE",
}

#: Values that mean "not held" whatever the column; they become empty and are counted (feed contract, Identifiers).
SENTINELS = ("-2", "2999-12-31", "ZZ99 9ZZ")

#: The unique learner number that many learners carry while their own is not known: never a match key.
ULN_NOT_KNOWN = "9999999999"


@dataclass(frozen=True, kw_only=True)
class Field:
    """One column's meaning.

    Attributes:
        name: column name, as in the feed contract.
        meaning: one sentence for the data dictionary and the DuckDB comment.
        kind: how the text is read; `month` is `yyyy-mm` kept as text, `moment` a date with or without a time.
        pattern: anchored regular expression that the normalised text must match, if it has a form.
        form: the form in words, for error messages.
        codes: closed list of values, if there is one.
        normalise: how delivered text is brought to its canonical form before it is checked: `trim` always happens,
            `upper` raises case, `compact` also drops slashes (qualification numbers), `digits` drops hyphens
            (UCAS Personal IDs).
        check_digit: the check-digit rule whose failure is reported as a warning and bars the value as a match key.
        personal: whether the value says something about a person (such values never leave the database).
    """

    name: str
    meaning: str
    kind: Kind = "text"
    pattern: str | None = None
    form: str | None = None
    codes: tuple[str, ...] | None = None
    normalise: Literal["trim", "upper", "compact", "digits"] = "trim"
    check_digit: Literal["uln", "uci", "qualification_number"] | None = None
    personal: bool = False


_YES_NO = ("Y", "N")
_MONTH = r"^\d{4}-(0[1-9]|1[0-2])$"

_FIELDS = (
    # identifiers
    Field(
        name="awarding_organisation_rn",
        meaning="Ofqual recognition number of the awarding organisation.",
        pattern=r"^RN\d{4}$",
        form="RN and 4 digits",
        normalise="upper",
    ),
    Field(
        name="qualification_number",
        meaning="Ofqual qualification number, 8 characters without slashes.",
        pattern=r"^\d{7}[\dX]$",
        form="8 characters: 7 digits and a digit or X",
        normalise="compact",
        check_digit="qualification_number",
    ),
    Field(
        name="condition_qualification_number",
        meaning="Qualification number that an offer's condition names.",
        pattern=r"^\d{7}[\dX]$",
        form="8 characters: 7 digits and a digit or X",
        normalise="compact",
        check_digit="qualification_number",
    ),
    Field(
        name="centre_number", meaning="National Centre Number, leading zeros kept.", pattern=r"^\d{5}$", form="5 digits"
    ),
    Field(
        name="replaced_by_centre_number",
        meaning="Number of the centre that a merged or renumbered centre now belongs to.",
        pattern=r"^\d{5}$",
        form="5 digits",
    ),
    Field(
        name="centre_learner_reference",
        meaning="The centre's own reference for the learner.",
        personal=True,
    ),
    Field(
        name="registration_number",
        meaning="The awarding organisation's number for the registered learner.",
        personal=True,
    ),
    Field(
        name="uln",
        meaning="Unique learner number; 9999999999 means not known.",
        pattern=r"^\d{10}$",
        form="10 digits",
        check_digit="uln",
        personal=True,
    ),
    Field(
        name="uci",
        meaning="Unique candidate identifier.",
        pattern=r"^[0-9A-Z]{13}$",
        form="13 characters",
        normalise="upper",
        check_digit="uci",
        personal=True,
    ),
    Field(
        name="personal_id",
        meaning="UCAS Personal ID, leading zeros kept.",
        pattern=r"^\d{10}$",
        form="10 digits",
        normalise="digits",
        personal=True,
    ),
    Field(
        name="candidate_number",
        meaning="The centre's candidate number for examinations.",
        pattern=r"^\d{4}$",
        form="4 digits",
        personal=True,
    ),
    Field(
        name="unit_number",
        meaning="Unit, as the specification numbers it.",
        normalise="upper",
    ),
    Field(name="series", meaning="Exam or claim series.", kind="month", pattern=_MONTH, form="yyyy-mm"),
    Field(
        name="declared_number", meaning="Number of the declared qualification within the application.", kind="integer"
    ),
    Field(name="choice_number", meaning="Number of the choice within the application.", kind="integer"),
    # people
    Field(name="forename", meaning="Forename or forenames.", personal=True),
    Field(name="forenames", meaning="Forename or forenames.", personal=True),
    Field(name="surname", meaning="Surname.", personal=True),
    Field(name="previous_surname", meaning="An earlier surname.", personal=True),
    Field(name="date_of_birth", meaning="Date of birth.", kind="date", personal=True),
    Field(name="sex", meaning="Sex as recorded.", codes=("M", "F", "U"), normalise="upper", personal=True),
    Field(name="postcode", meaning="Postcode.", normalise="upper", personal=True),
    # qualifications
    Field(name="title", meaning="Title of the qualification."),
    Field(
        name="level",
        meaning="Level of the qualification.",
        codes=("E", "1", "1/2", "2", "3", "4", "5", "6", "7", "8"),
        normalise="upper",
    ),
    Field(name="guided_learning_hours", meaning="Guided learning hours.", kind="integer"),
    Field(
        name="suite",
        meaning="Groups the sizes of one subject; two qualifications of one suite are sizes of the same thing.",
    ),
    Field(name="operational_start_date", meaning="First day of registrations.", kind="date"),
    Field(name="operational_end_date", meaning="No new registrations after this day.", kind="date"),
    Field(name="certification_end_date", meaning="No certificates after this day.", kind="date"),
    Field(
        name="award_requires_claim",
        meaning="Y: the award is made only after a centre's full claim; N or empty: from unit results alone.",
        codes=_YES_NO,
        normalise="upper",
    ),
    Field(name="mitigation", meaning="Extraordinary arrangements in force.", codes=("calculate", "adapt", "delay")),
    Field(name="mitigation_from", meaning="First assessment date the arrangements cover.", kind="date"),
    Field(name="mitigation_to", meaning="Last assessment date the arrangements cover.", kind="date"),
    # centres
    Field(name="name", meaning="Name of the centre."),
    Field(name="urn", meaning="Unique reference number of the school or college."),
    Field(name="ukprn", meaning="UK provider reference number."),
    Field(name="ucas_school_code", meaning="UCAS's code for the school or college."),
    Field(name="exams_officer_email", meaning="E-mail address of the exams office.", personal=True),
    Field(name="senior_contact_name", meaning="Senior designated contact for escalation.", personal=True),
    Field(name="senior_contact_email", meaning="E-mail address of the senior designated contact.", personal=True),
    Field(name="senior_contact_phone", meaning="Telephone number of the senior designated contact.", personal=True),
    # dates that drive the calendar
    Field(
        name="event",
        meaning="What falls on the date.",
        codes=(
            "checkpoint_opens",
            "checkpoint_closes",
            "registration_deadline",
            "entry_deadline",
            "series_results",
            "claim_deadline",
            "results_to_ucas",
            "results_to_centres",
            "results_to_candidates",
            "results_to_third_parties",
            "priority_review_deadline",
            "review_deadline",
            "ucas_equal_consideration",
            "ucas_reply_deadline",
        ),
    ),
    Field(name="falls_on", meaning="Date, or date and UK local time.", kind="moment"),
    Field(name="source", meaning="Where the date was taken from."),
    # registrations, entries, claims
    Field(name="pathway", meaning="Pathway within the qualification."),
    Field(name="registration_date", meaning="Day of registration.", kind="date"),
    Field(
        name="planned_completion",
        meaning="Series in which the learner is to complete.",
        kind="month",
        pattern=_MONTH,
        form="yyyy-mm",
    ),
    Field(
        name="expects_result_this_summer",
        meaning="The centre's answer: does the learner expect a result this summer? Empty: not answered.",
        codes=_YES_NO,
        normalise="upper",
    ),
    Field(
        name="progression_to_he",
        meaning="The centre's answer: does the learner mean to go on to higher education? Empty: not answered.",
        codes=_YES_NO,
        normalise="upper",
    ),
    Field(name="status", meaning="State of the record."),
    Field(name="entry_status", meaning="State of the unit entry.", codes=("entered", "withdrawn")),
    Field(name="centre_grade", meaning="Grade that the centre holds for the unit.", normalise="upper", personal=True),
    Field(name="graded_on", meaning="Day on which the centre graded the unit.", kind="date"),
    Field(name="claim_type", meaning="Kind of claim.", codes=("full", "interim", "fallback")),
    Field(name="claimed_on", meaning="Day of the claim.", kind="date"),
    Field(name="claimed_grade", meaning="Grade that the centre claims.", normalise="upper", personal=True),
    # results
    Field(name="result_date", meaning="Day of the result.", kind="date"),
    Field(name="grade", meaning="Grade.", normalise="upper", personal=True),
    Field(name="previous_grade", meaning="Grade before it was changed.", normalise="upper", personal=True),
    Field(name="predicted_grade", meaning="Grade that the centre predicts.", normalise="upper", personal=True),
    Field(name="points", meaning="Points of the unit result.", kind="number", personal=True),
    Field(
        name="basis",
        meaning="How the result came about; empty means assessed.",
        codes=("assessed", "calculated", "adapted", "transferred"),
    ),
    Field(name="result_status", meaning="State of the award.", codes=("issued", "pending", "none", "partial")),
    Field(name="issued_on", meaning="Day on which the award was issued.", kind="date"),
    Field(
        name="reason",
        meaning="Why certification is blocked.",
        codes=(
            "quality_review",
            "lead_verifier",
            "standards_verification",
            "malpractice",
            "samples_outstanding",
            "other",
        ),
    ),
    Field(name="blocked_from", meaning="First day of the block.", kind="date"),
    Field(name="released_on", meaning="Day on which the block was released.", kind="date"),
    # applications
    Field(name="applied_on", meaning="Day of the application.", kind="date"),
    Field(name="withdrawn_on", meaning="Day on which the application was withdrawn.", kind="date"),
    Field(
        name="award_month",
        meaning="Month in which the applicant expects, or had, the award.",
        kind="month",
        pattern=_MONTH,
        form="yyyy-mm",
    ),
    Field(name="institution_code", meaning="UCAS's code for the university or college."),
    Field(name="course_code", meaning="UCAS's code for the course."),
    Field(name="decision", meaning="The university's decision.", codes=("C", "U", "R", "W"), normalise="upper"),
    Field(name="reply", meaning="The applicant's reply.", codes=("F", "I", "D"), normalise="upper"),
    Field(name="condition_grade", meaning="Grade that an offer's condition asks for.", normalise="upper"),
    Field(name="received_on", meaning="Day on which UCAS received the result.", kind="date"),
)

FIELDS: dict[str, Field] = {field.name: field for field in _FIELDS}
