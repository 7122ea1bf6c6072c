"""What a field of an Electronic Data Interchange file can mean, in which records of which files it may stand, and how wide.

A layout file (`schemas.edi_layout`) names these meanings and says where they stand. What becomes of them is the readers'
business. Widths are those of the format where a source states one: the name of at most 40 characters (AQA, information you
need to submit student entries), the accreditation number of 8 and the identifiers' own lengths.
"""

from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["entries", "results", "options", "syllabuses", "components", "links"]
Role = Literal["file_header", "centre_header", "detail", "centre_trailer", "file_trailer"]

KINDS: tuple[Kind, ...] = get_args(Kind)
ROLES: tuple[Role, ...] = get_args(Role)

_HEADERS: tuple[Role, ...] = ("file_header", "centre_header")
_TRAILERS: tuple[Role, ...] = ("centre_trailer", "file_trailer")
_DETAIL: tuple[Role, ...] = ("detail",)
_PEOPLE: tuple[Kind, ...] = ("entries", "results")
_CODED: tuple[Kind, ...] = ("entries", "results", "options", "links")


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """What a field can mean.

    Attributes:
        words: the meaning, for the page of layouts.
        kinds: files that can hold it.
        roles: records in which it may stand.
        least, most: how many positions it may take.
        date: whether it is a date, so that the layout must say how it is written.
        repeats: whether it may stand in a group that a record holds several times.
    """

    words: str
    kinds: tuple[Kind, ...] = KINDS
    roles: tuple[Role, ...] = _DETAIL
    least: int = 1
    most: int = 40
    date: bool = False
    repeats: bool = False


def _of(width: int, words: str, **more: object) -> Meaning:
    return Meaning(words=words, least=width, most=width, **more)  # type: ignore[arg-type]


MEANINGS: dict[str, Meaning] = {
    # the frame of every file
    "data_type": _of(1, "letter of the file's data type, as its name begins", roles=ROLES),
    "centre_number": _of(5, "National Centre Number", kinds=_PEOPLE, roles=ROLES),
    "awarding_organisation": _of(2, "the awarding organisation's identifier, as in the file's name", roles=_HEADERS),
    "series": _of(2, "series: a character for the month and a letter", roles=(*_HEADERS, "detail")),
    "year": Meaning(words="year of the series, two or four digits", roles=(*_HEADERS, "detail"), least=2, most=4),
    "version": _of(2, "version of the common formats", roles=("file_header",)),
    "record_count": Meaning(words="how many records there are", roles=_TRAILERS, most=12),
    # people
    "candidate_number": _of(4, "candidate number at the centre", kinds=_PEOPLE),
    "centre_learner_reference": Meaning(words="the centre's own reference for the learner", kinds=("entries",)),
    "registration_number": Meaning(words="the organisation's number for the learner", kinds=("results",)),
    "uci": _of(13, "unique candidate identifier", kinds=_PEOPLE),
    "uln": _of(10, "unique learner number", kinds=_PEOPLE),
    "name": Meaning(words="name as SURNAME: FORENAMES", kinds=_PEOPLE),
    "surname": Meaning(words="surname", kinds=_PEOPLE),
    "forenames": Meaning(words="forenames", kinds=_PEOPLE),
    "date_of_birth": Meaning(words="date of birth", kinds=_PEOPLE, date=True),
    "sex": _of(1, "sex", kinds=_PEOPLE),
    # what they are entered for, and what came of it
    "option_code": Meaning(words="option entry code", kinds=_CODED, most=12, repeats=True),
    "entry_status": Meaning(
        words="state of the entry; its codes become `entered` or `withdrawn`", kinds=("entries",), repeats=True
    ),
    "grade": Meaning(words="overall grade, coded", kinds=("results",), most=12, repeats=True),
    "previous_grade": Meaning(words="grade before it was changed, coded", kinds=("results",), most=12, repeats=True),
    "result_status": Meaning(
        words="state of the award; its codes become `issued`, `pending`, `none` or `partial`",
        kinds=("results",),
        repeats=True,
    ),
    "issued_on": Meaning(words="day on which the award was issued", kinds=("results",), date=True, repeats=True),
    # basedata
    "syllabus_code": Meaning(words="syllabus code", kinds=("options", "syllabuses"), most=12),
    "component_code": Meaning(words="component code", kinds=("components", "links")),
    "title": Meaning(words="title", kinds=("options", "syllabuses", "components"), most=255),
    "qualification_type": Meaning(words="type of the qualification of a certification option", kinds=("options",)),
    "level": Meaning(words="level of the qualification of a certification option", kinds=("options",)),
    "item": Meaning(words="whether the option is a unit or a certification", kinds=("options",)),
    "unit_type": Meaning(words="type of the qualification of a unit option", kinds=("options",)),
    "unit_level": Meaning(words="level of the qualification of a unit option", kinds=("options",)),
    "process": Meaning(words="what the option is for, as entry or registration", kinds=("options",)),
    "classification": Meaning(words="classification code", kinds=("options",)),
    "accreditation_number": _of(8, "accreditation number, the qualification number", kinds=("options",)),
}

#: What a layout of each kind must say where to find, in its detail record; of a group in brackets one is enough.
REQUIRED: dict[Kind, tuple[tuple[str, ...], ...]] = {
    "entries": (
        ("option_code",),
        ("name", "surname"),
        ("name", "forenames"),
        ("date_of_birth",),
        ("candidate_number", "uci", "centre_learner_reference"),
    ),
    "results": (("option_code",), ("grade",), ("registration_number", "uci", "candidate_number")),
    "options": (("option_code",), ("item",), ("level",), ("accreditation_number",), ("title",)),
    "syllabuses": (("syllabus_code",), ("title",)),
    "components": (("component_code",), ("title",)),
    "links": (("option_code",), ("component_code",)),
}

#: Where the unique candidate identifier stands in the detail record of entries and amendments (AQA, unique candidate
#: identifiers: positions 60 to 72).
UCI_POSITIONS = (60, 72)


def meanings(kind: Kind, role: Role) -> tuple[str, ...]:
    """Names of the meanings that a record of a kind of file can hold."""
    return tuple(name for name, one in MEANINGS.items() if kind in one.kinds and role in one.roles)
