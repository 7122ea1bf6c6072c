"""The fifteen feeds of the contract: which columns, which key, which are required, and whose rows a full delivery replaces.

A column is named here and means what `schemas.fields` says; only what differs by feed stands here (key, required, and
the codes of `status`, whose list depends on the feed). Adding a feed is adding a `Feed` to this module.
"""

from dataclasses import dataclass, replace

from schemas.fields import DUCKDB_TYPES, FIELDS, Field


@dataclass(frozen=True, kw_only=True)
class Column:
    """A field in a feed. `key`: part of the natural key. `required`: never empty."""

    field: Field
    key: bool
    required: bool

    @property
    def name(self) -> str:
        return self.field.name

    @property
    def duckdb_type(self) -> str:
        return DUCKDB_TYPES[self.field.kind]


@dataclass(frozen=True, kw_only=True)
class Feed:
    """One feed's contract.

    Attributes:
        name: folder in the landing folder and table in the layers.
        side: whose feed it is: `reference`, `centre`, `awarding_organisation` or `ucas`.
        meaning: one sentence.
        columns: in canonical order.
        sender: the column whose values' earlier rows a full delivery replaces, or None: the whole feed.
    """

    name: str
    side: str
    meaning: str
    columns: tuple[Column, ...]
    sender: str | None

    @property
    def key(self) -> tuple[str, ...]:
        """Names of the natural key's columns."""
        return tuple(column.name for column in self.columns if column.key)

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the columns that are never empty."""
        return tuple(column.name for column in self.columns if column.required)

    @property
    def required_in_header(self) -> tuple[str, ...]:
        """Names of the columns without which a delivery is refused: those of the key and the required ones."""
        return tuple(column.name for column in self.columns if column.key or column.required)

    @property
    def column_names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


def _columns(notation: str, status: tuple[str, ...] | None) -> tuple[Column, ...]:
    """Columns from the contract's notation: names, each followed by `:K`, `:R` or `:KR`."""
    columns = []
    for word in notation.split():
        name, _, marks = word.partition(":")
        if leftover := set(marks) - {"K", "R"}:
            raise ValueError(f"column [{name}] carries unknown marks [{''.join(sorted(leftover))}]")
        field = FIELDS[name]
        if name == "status":
            field = replace(field, codes=status)
        columns.append(Column(field=field, key="K" in marks, required="R" in marks))
    return tuple(columns)


def _feed(side: str, name: str, meaning: str, notation: str, status: tuple[str, ...] | None = None) -> Feed:
    sender = {"centre": "centre_number", "awarding_organisation": "awarding_organisation_rn"}.get(side)
    return Feed(name=name, side=side, meaning=meaning, columns=_columns(notation, status), sender=sender)


_FEEDS = (
    _feed(
        "reference",
        "qualifications",
        "Qualifications with their sizes, dates and arrangements.",
        "qualification_number:KR title:R awarding_organisation_rn:R level:R guided_learning_hours suite "
        "operational_start_date operational_end_date certification_end_date award_requires_claim "
        "mitigation mitigation_from mitigation_to",
    ),
    _feed(
        "reference",
        "centres",
        "Schools and colleges with their numbers and contacts.",
        "centre_number:KR name:R urn ukprn postcode ucas_school_code exams_officer_email senior_contact_name "
        "senior_contact_email senior_contact_phone replaced_by_centre_number",
    ),
    _feed(
        "reference",
        "key_dates",
        "Dates of the cycle by awarding organisation, qualification and series.",
        "awarding_organisation_rn:K qualification_number:K event:KR series:K falls_on:R source",
    ),
    _feed(
        "centre",
        "centre_registrations",
        "Who a centre says is on what.",
        "centre_number:KR centre_learner_reference:KR qualification_number:KR awarding_organisation_rn:R forename:R "
        "surname:R date_of_birth:R sex postcode uln uci candidate_number pathway registration_date planned_completion "
        "expects_result_this_summer progression_to_he personal_id status:R",
        ("active", "withdrawn", "transferred"),
    ),
    _feed(
        "centre",
        "centre_unit_entries",
        "Units that a centre has entered or graded.",
        "centre_number:KR centre_learner_reference:KR qualification_number:KR unit_number:KR series:K entry_status:R "
        "centre_grade graded_on",
    ),
    _feed(
        "centre",
        "centre_claims",
        "Claims that a centre has made.",
        "centre_number:KR centre_learner_reference:KR qualification_number:KR claim_type:KR claimed_on:R claimed_grade",
    ),
    _feed(
        "awarding_organisation",
        "ao_registrations",
        "Registrations that an awarding organisation holds.",
        "awarding_organisation_rn:KR registration_number:KR qualification_number:KR centre_number:R forename:R surname:R "
        "date_of_birth:R sex postcode uln uci pathway registration_date:R planned_completion status:R",
        ("active", "withdrawn", "transferred", "completed"),
    ),
    _feed(
        "awarding_organisation",
        "ao_unit_entries",
        "Unit entries that an awarding organisation holds.",
        "awarding_organisation_rn:KR registration_number:KR qualification_number:KR unit_number:KR series:KR entry_status:R",
    ),
    _feed(
        "awarding_organisation",
        "ao_unit_results",
        "Unit results; one row is one attempt.",
        "awarding_organisation_rn:KR registration_number:KR qualification_number:KR unit_number:KR series:KR "
        "result_date:R grade:R points basis",
    ),
    _feed(
        "awarding_organisation",
        "ao_awards",
        "Awards and their state.",
        "awarding_organisation_rn:KR registration_number:KR qualification_number:KR result_status:R grade previous_grade "
        "issued_on",
    ),
    _feed(
        "awarding_organisation",
        "ao_certification_blocks",
        "Blocks on certification; an empty key column means every one.",
        "awarding_organisation_rn:KR centre_number:K qualification_number:K registration_number:K reason:KR blocked_from:R "
        "released_on",
    ),
    _feed(
        "ucas",
        "ucas_applicants",
        "Applicants.",
        "personal_id:KR forenames:R surname:R previous_surname date_of_birth:R sex postcode uln centre_number applied_on "
        "withdrawn_on",
    ),
    _feed(
        "ucas",
        "ucas_qualifications",
        "What an applicant declares.",
        "personal_id:KR declared_number:KR awarding_organisation_rn qualification_number title award_month centre_number "
        "status:R predicted_grade grade",
        ("pending", "achieved"),
    ),
    _feed(
        "ucas",
        "ucas_choices",
        "Choices, decisions, replies and conditions.",
        "personal_id:KR choice_number:KR institution_code course_code decision reply condition_qualification_number "
        "condition_grade",
    ),
    _feed(
        "ucas",
        "ucas_results",
        "What UCAS holds as received from the awarding organisations.",
        "personal_id:KR awarding_organisation_rn:KR qualification_number:KR grade previous_grade received_on",
    ),
)

FEEDS: dict[str, Feed] = {feed.name: feed for feed in _FEEDS}
