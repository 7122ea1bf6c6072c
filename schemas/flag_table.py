"""The columns of a flag's table: the contract's keys, and what every flag row says besides.

One shape for all flags, so that they can be published as one table. What a single flag means stands in its SQL file;
what a flag's header must say, in `schemas.flag_header`.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class FlagColumn:
    """A column of every flag table: name, DuckDB type and meaning."""

    name: str
    duckdb_type: str
    meaning: str


_KEYS = (
    ("personal_id", "VARCHAR", "UCAS Personal ID of the application."),
    ("declared_number", "INTEGER", "Number of the declared qualification within the application."),
    ("centre_number", "VARCHAR", "National Centre Number of the centre that the flag concerns."),
    ("centre_learner_reference", "VARCHAR", "The centre's own reference for the learner."),
    ("awarding_organisation_rn", "VARCHAR", "Recognition number of the awarding organisation."),
    ("registration_number", "VARCHAR", "The awarding organisation's number for the registered learner."),
    ("qualification_number", "VARCHAR", "Qualification number."),
    ("unit_number", "VARCHAR", "Unit, as the specification numbers it."),
    ("series", "VARCHAR", "Exam or claim series, yyyy-mm."),
    ("choice_number", "INTEGER", "Number of the choice within the application."),
)

#: The contract's key columns, in its order. A flag's subject is some of them; the others are filled where known.
SUBJECT_KEYS = tuple(name for name, _, _ in _KEYS)

#: Key columns that may be empty in a subject: series, as the feeds allow it; declared_number, as an offer may ask for a
#: qualification that the applicant does not declare; and unit_number, as a grade may be that of the whole qualification.
KEYS_THAT_MAY_BE_EMPTY = ("series", "declared_number", "unit_number")

#: Key columns by which each person-bearing record is told from the others, besides its qualification. A subject that names
#: them all is a pair of records: each row fills those of two.
RECORD_KEYS = (
    ("personal_id",),
    ("centre_number", "centre_learner_reference"),
    ("awarding_organisation_rn", "registration_number"),
)

FLAG_COLUMNS = (
    FlagColumn(name="flag_id", duckdb_type="VARCHAR", meaning="Stable hash of the flag code and the subject's keys."),
    FlagColumn(name="flag_code", duckdb_type="VARCHAR", meaning="The rule, as in the catalogue of flags."),
    FlagColumn(name="outcome", duckdb_type="VARCHAR", meaning="raised, or cannot_assess."),
    FlagColumn(name="reason", duckdb_type="VARCHAR", meaning="Code of the flag's closed list of reasons."),
    *(FlagColumn(name=name, duckdb_type=kind, meaning=meaning) for name, kind, meaning in _KEYS),
    FlagColumn(name="learner_id", duckdb_type="VARCHAR", meaning="The linked person."),
    FlagColumn(name="detail", duckdb_type="VARCHAR", meaning="One plain sentence for an exams officer."),
    FlagColumn(name="act_by", duckdb_type="DATE", meaning="Last day on which it can be put right."),
    FlagColumn(
        name="sources",
        duckdb_type="VARCHAR",
        meaning="Where the values came from: a JSON list of alias, feed, delivery_id and line.",
    ),
    FlagColumn(name="cause", duckdb_type="VARCHAR", meaning="The values that caused the flag: a JSON object."),
    FlagColumn(name="severity", duckdb_type="VARCHAR", meaning="What it does to the award or the place."),
    FlagColumn(name="owner", duckdb_type="VARCHAR", meaning="Who can put it right."),
    FlagColumn(name="urgency", duckdb_type="VARCHAR", meaning="urgent or routine."),
)

#: Hexadecimal digits of SHA-256 that make a flag's id.
FLAG_ID_LENGTH = 20
