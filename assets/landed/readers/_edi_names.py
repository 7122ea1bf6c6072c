"""Names of Electronic Data Interchange files: what `dcccccbb.Xnn` says, and which names are refused.

Source of the pattern: Joint Council for Qualifications, formats for the exchange of examination related data, version 14
(jcq.org.uk): d the data type, ccccc a centre number or, in a broadcast, the series and year, bb the awarding organisation,
nn the last two digits of the sequence number; case does not matter. That a series is a character for the month and a
letter, followed by two digits of the year and a sign for the language (`6G14_`), is from secondary sources.

The landing folder's own marks may stand in a name as well: the delivery's date before it, `.delta` before its ending.
"""

import re
from dataclasses import dataclass

from assets.landed.refusals import RefusedDelivery

#: Names that are taken for files of this family, so that a wrong one is refused with a reason and not merely ignored.
NAMED = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}[ _])?[a-z][0-9a-z_]{7}( ?\([0-9]+\))?(\.delta)?\.x[0-9]{2}( ?\([0-9]+\))?",
    re.IGNORECASE,
)

_NAME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}[ _])?(?P<data_type>[A-Z])(?P<whose>[0-9A-Z_]{5})(?P<organisation>[0-9A-Z]{2})"
    r"(\.DELTA)?\.X(?P<sequence>[0-9]{2})",
    re.ASCII,
)
_COPY = re.compile(r" ?\([0-9]+\)")
_CENTRE = re.compile(r"[0-9]{5}", re.ASCII)
_SERIES = re.compile(r"(?P<month>[1-9A-C])[A-Z](?P<year>[0-9]{2})[0-9A-Z_]", re.ASCII)

#: Month of a series by its character (secondary source: awarding organisations' and vendors' help pages).
MONTHS = {character: f"{month:02}" for month, character in enumerate("123456789ABC", start=1)}

_ADVICE = "Give it back the name that it was sent under: data type, five characters, organisation, .X and two digits."


@dataclass(frozen=True, kw_only=True)
class EdiName:
    """What a file's name says.

    Attributes:
        data_type: letter, in capitals.
        centre_number: the centre's, for a file to or from one centre.
        series: `yyyy-mm`, for a broadcast.
        organisation: the awarding organisation's identifier.
        sequence: last two digits of the sequence number.
    """

    data_type: str
    centre_number: str | None
    series: str | None
    organisation: str
    sequence: str


def edi_name(name: str, data_types: str) -> EdiName:
    """What a file's name says.

    Args:
        name: the name, without folder.
        data_types: letters that the reader reads; empty: any, where no source states the letter.

    Raises:
        RefusedDelivery: `edi_name`, for a name of another form; `edi_data_type`, for a file of another type.
    """
    if _COPY.search(name):
        raise RefusedDelivery(
            "edi_name",
            "The file's name holds the number that a browser adds to a second copy.",
            "Take the number in brackets off the name, and see that it is the copy that counts.",
        )
    told = _NAME.fullmatch(name.upper())
    if told is None:
        raise RefusedDelivery("edi_name", "The file's name has not the form dcccccbb.Xnn.", _ADVICE)
    whose, series = told["whose"], _SERIES.fullmatch(told["whose"])
    centre = whose if _CENTRE.fullmatch(whose) else None
    if centre is None and series is None:
        what = "The second to sixth characters of the file's name are neither a centre number nor a series and year."
        raise RefusedDelivery("edi_name", what, _ADVICE)
    if data_types and told["data_type"] not in data_types:
        raise RefusedDelivery(
            "edi_data_type",
            f"The file's name begins with another letter than [{', '.join(data_types)}].",
            "Put it into the folder of a source that reads files of its type.",
        )
    return EdiName(
        data_type=told["data_type"],
        centre_number=centre,
        series=f"20{series['year']}-{MONTHS[series['month']]}" if series else None,
        organisation=told["organisation"],
        sequence=told["sequence"],
    )
