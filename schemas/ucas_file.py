"""The file by which an awarding organisation tells UCAS of entries, results and amendments: its records as data.

A text file without column names, its fields parted by `|`; each line ends with one. One header (H), a line a candidate (S)
with a group of fields for each subject, one trailer (T). The reader (`assets.landed.readers.ucas_file`) and the return
(`assets.published.ucas_records`) both take the layout from here, so that a file written here is read back equal.

Source: SkillsFundingAgency/tl-results-and-certification, `UcasDataService` with its records and test files, which makes
the files that UCAS takes for T Levels. Codes of organisations and subjects are configuration of whoever sends.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

#: Between fields, between the groups of a line, and between the two parts of a name.
FIELD, GROUP, NAME = "|", "_", ":"
#: How days are written, ddMMyyyy.
DAY = "%d%m%Y"

HEADER, SUBJECT, TRAILER = "H", "S", "T"

#: What kind of file the header says it is.
FILE_TYPES: Mapping[str, str] = MappingProxyType({"entries": "E", "results": "R", "amendments": "A"})

_DAY_FORM = "(?-u)^[0-9]{8}$"


@dataclass(frozen=True, kw_only=True)
class RecordField:
    """A field of a record.

    Attributes:
        name: what it is called here; the file has no names.
        form: what its text must match.
        in_words: the same, for messages.
        is_day: whether it is a day that must exist, written as `DAY`.
    """

    name: str
    form: str
    in_words: str
    is_day: bool = False


def _field(name: str, form: str, in_words: str, *, is_day: bool = False) -> RecordField:
    return RecordField(name=name, form=form, in_words=in_words, is_day=is_day)


_FILLED = r"\S"
_SENDER = _field("sending_organisation", _FILLED, "filled")
_RECEIVER = _field("receiving_organisation", _FILLED, "filled")

#: Fields after the letter of the record, in their order.
HEADER_FIELDS = (
    _SENDER,
    _RECEIVER,
    _field("file_type", f"^[{''.join(FILE_TYPES.values())}]$", f"one of {', '.join(FILE_TYPES.values())}"),
    _field("exam_month", "(?-u)^(0[1-9]|1[0-2])$", "a month as two digits"),
    _field("exam_year", "(?-u)^[0-9]{4}$", "a year as four digits"),
    _field("created_on", _DAY_FORM, "a day that exists, written ddmmyyyy", is_day=True),
)
CANDIDATE_FIELDS = (
    _SENDER,
    _RECEIVER,
    _field("centre_number", _FILLED, "filled"),
    _field("candidate_number", _FILLED, "filled"),
    _field(
        "candidate_name", rf"^[^{NAME}]*[^{NAME}\s][^{NAME}]*{NAME}[^{NAME}]*$", "a surname, a colon and a forename"
    ),
    _field("sex", "^[MF]?$", "M, F or empty"),
    _field("date_of_birth", _DAY_FORM, "a day that exists, written ddmmyyyy", is_day=True),
)
#: Once for each subject of a candidate, each group closed by `GROUP`.
SUBJECT_FIELDS = (
    _field("subject_code", _FILLED, "filled"),
    _field("grade", "", "any text"),
    _field("previous_grade", "", "any text"),
)
TRAILER_FIELDS = (
    _SENDER,
    _RECEIVER,
    _field("record_count", "(?-u)^[0-9]{1,9}$", "a whole number"),
    _field("exam_date", "(?-u)^(0[1-9]|1[0-2])[0-9]{4}$", "a month and year, written mmyyyy"),
)

#: The trailer counts itself and the header beside what lies between them.
COUNTED_BESIDE = 2

#: State of an award by the code that stands where its grade would, as UCAS explains its codes (UCAS, Results processing
#: service: grades explained): blank, no result; Q, query or pending; #, partial absence.
STATUS_OF_CODE: Mapping[str, str] = MappingProxyType({"": "none", "Q": "pending", "#": "partial"})

#: Codes that are no grades and whose state no source states, or two state differently: whoever reads a file must say.
#: X is `absent or withdrawn from at least one component` to UCAS, and `no result` in OCR's results indicators.
WITHOUT_STATUS = ("X", "PARTACH", "PC", "NC")


def subject_line_form() -> str:
    """Regular expression of an S line as a whole: every field and separator in its place, whatever the fields hold."""
    candidate, subject = len(CANDIDATE_FIELDS), len(SUBJECT_FIELDS)
    return rf"^{SUBJECT}(\|[^|]*){{{candidate}}}\|{GROUP}((\|[^|]*){{{subject}}}\|{GROUP})+\|*$"
