"""The declaration sheet: what a centre is asked of each registration, and where it writes corrections.

The sheet is written by `report_workbook` and read back by `take_declaration`; both go by the headings below. An answer or
correction that is left as it was changes nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from pipelines.report_content import Cell, Row
from schemas.checkpoint import CORRECTABLE
from schemas.feeds import FEEDS

SHEET = "Declaration"
RECORDS = FEEDS["centre_registrations"]

ANSWER = "Expects a result this summer (Y or N)"
REFERENCE = "Your reference, if you do not hold the registration yet"


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A column that says which registration is meant, or what is on record: heading, column of the table, width."""

    heading: str
    name: str
    width: int


#: What says which registration a row is about.
KEYS = (
    Shown(heading="Centre", name="centre_number", width=8),
    Shown(heading="Awarding organisation", name="awarding_organisation_rn", width=13),
    Shown(heading="Registration number", name="registration_number", width=16),
    Shown(heading="Qualification number", name="qualification_number", width=13),
)

#: What is on record, to know the learner by; the first three stay in sight.
ON_RECORD = (
    Shown(heading="Surname", name="surname", width=18),
    Shown(heading="Forename", name="forename", width=18),
    Shown(heading="Your reference", name="centre_learner_reference", width=13),
    Shown(heading="Date of birth", name="date_of_birth", width=12),
    Shown(heading="Qualification", name="qualification_title", width=40),
    Shown(heading="Planned completion", name="planned_completion", width=11),
    Shown(heading="ULN", name="uln", width=12),
    Shown(heading="UCI", name="uci", width=15),
)

#: Every column that is not filled in, in the sheet's order.
SHOWN = (*ON_RECORD, *KEYS)

_FORMS = {
    "date_of_birth": "yyyy-mm-dd",
    "registration_date": "yyyy-mm-dd",
    "planned_completion": "yyyy-mm",
    "progression_to_he": "Y or N",
}


def _heading(name: str) -> str:
    words = {"uln": "ULN", "uci": "UCI", "personal_id": "UCAS Personal ID", "progression_to_he": "going on to HE"}
    form = f" ({_FORMS[name]})" if name in _FORMS else ""
    return f"Correct: {words.get(name, name.replace('_', ' '))}{form}"


#: Heading of each correction, by the column of the feed that it corrects.
CORRECTIONS = {name: _heading(name) for name in CORRECTABLE}

#: What a correction may be, where the contract has a closed list.
CHOICES = {
    column.name: column.field.codes for column in RECORDS.columns if column.name in CORRECTIONS and column.field.codes
}

#: What a person fills in, in order.
ASKED = (ANSWER, REFERENCE, *CORRECTIONS.values())

HOW_TO = (
    "How to fill in the sheet Declaration:",
    f"1. In the column {ANSWER} put Y or N for every learner. What stands there is what you have said before.",
    "2. If a detail is wrong, write the right one under Correct. Leave every other cell empty. A learner who has left: "
    "write withdrawn under Correct: status.",
    "3. Where your reference is empty, you do not report the registration. If it is right, write your reference under",
    f"    {REFERENCE}.",
    "4. Rows may be sorted, filtered and deleted. Leave the headings and the columns from Centre to Qualification number.",
    "5. Save it as .xlsx and send the workbook back, in a way that is safe for personal data.",
)


def declaration_rows(positions: Iterable[Row]) -> tuple[tuple[Cell, ...], ...]:
    """The rows of a centre's sheet: what is on record, keys, and the answer as it stands.

    A registration that gives way to another of the same learner is not asked about.
    """
    return tuple(
        (*(row[shown.name] for shown in SHOWN), row["expects_result_this_summer"]) for row in positions if row["stands"]
    )
