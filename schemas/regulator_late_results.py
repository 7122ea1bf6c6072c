"""The table of late and missing results, and the known fields of the return file made from it.

The file is Ofqual's VTQ Late results, file format of 14 November 2023
(https://assets.publishing.service.gov.uk/media/654b967ce70413000dfc4a2f/VTQ_LateResults_file_format.csv/preview), of which
the first eleven fields were seen. What its reason codes rest on is `schemas.regulator_reasons`.
"""

from dataclasses import dataclass

from schemas.published_table import PublishedTable, of_field, own
from schemas.regulator_reasons import CIRCUMSTANCES

#: Where a result stands on the run's day.
STANDINGS = {
    "forecast": "results day has not come; as the data stand, the result will not be issued on it",
    "not_issued": "results day has passed and the result is not issued",
    "issued_late": "it was issued after results day",
}

LATE_RESULTS = PublishedTable(
    name="late_results",
    meaning="One row an open registration, expected this cycle, whose result was not issued by results day, or will not be "
    "as the data stand, with the regulator's reason code where the data support one.",
    key=("awarding_organisation_rn", "registration_number", "qualification_number"),
    columns=(
        of_field("awarding_organisation_rn"),
        of_field("registration_number"),
        of_field("qualification_number"),
        of_field("centre_number"),
        own("learner_id", "VARCHAR", "The person to whom the linked records belong.", personal=True),
        own("due_on", "DATE", "Results day for candidates; empty where no key date says."),
        own("standing", "VARCHAR", "; ".join(f"{name}: {words}" for name, words in STANDINGS.items()) + "."),
        own(
            "withheld",
            "BOOLEAN",
            "Whether it is missing for a learner who expects it: not where it was issued late, and not where the centre has "
            "withdrawn the learner or expects no result.",
        ),
        of_field("issued_on"),
        own("circumstance", "VARCHAR", f"What the data show: {', '.join(one.name for one in CIRCUMSTANCES)}."),
        own(
            "reason_code", "VARCHAR", "Ofqual's reason code (VTQ Late results, Annex B); empty where none is supported."
        ),
        own("why", "VARCHAR", "The ground for the code, or for none."),
        of_field("uln"),
        of_field("uci"),
        of_field("forename"),
        of_field("surname"),
        of_field("date_of_birth"),
    ),
)

NOT_HELD = "-2"


@dataclass(frozen=True, kw_only=True)
class ReturnField:
    """A field of the file: its name, and the most characters that it takes."""

    name: str
    longest: int


RETURN_FIELDS = (
    ReturnField(name="ReportingDate", longest=10),
    ReturnField(name="AcademicYear", longest=9),
    ReturnField(name="AwardingOrganisation", longest=100),
    ReturnField(name="QualificationNumber", longest=10),
    ReturnField(name="UniqueLearnerNumber", longest=10),
    ReturnField(name="UniqueCandidateIdentifier", longest=13),
    ReturnField(name="CandidateIdentifierOther", longest=20),
    ReturnField(name="FirstName", longest=150),
    ReturnField(name="MiddleNames", longest=150),
    ReturnField(name="Surname", longest=150),
    ReturnField(name="DOB", longest=10),
)

#: What the file needs besides, by whoever sends it.
NOT_KNOWN = (
    "fields after the eleventh (their names were not seen), the reason code among them",
    "the organisation's name in AwardingOrganisation: its recognition number stands there",
    "which centres lie in England: the file is for England only",
)
