"""What a source file says of a list of qualifications: who its organisations are, what to take, what the user adds."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from assets.landed.reader import Options
from assets.landed.readers._register_organisations import OrganisationNames, Organisations
from assets.landed.sources import LookupTable
from schemas.fields import FIELDS

#: What no register holds and the user may add by qualification number.
SUPPLEMENTED = ("suite", "award_requires_claim", "mitigation", "mitigation_from", "mitigation_to")

_LEVELS = FIELDS["level"].codes or ()
_QUALIFICATION = re.compile(r"[0-9]{7}[0-9X]")


def _levels(value: list[str]) -> list[str]:
    if unknown := len(set(value) - set(_LEVELS)):
        raise ValueError(f"[{unknown}] of them are no levels; they are {', '.join(_LEVELS)}")
    return value


def _supplement(value: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    if not all(_QUALIFICATION.fullmatch(number) for number in value):
        raise ValueError("it is looked up by qualification number: eight characters, without slashes")
    if not all(set(columns) <= set(SUPPLEMENTED) for columns in value.values()):
        raise ValueError(f"its other columns can be {', '.join(SUPPLEMENTED)} and nothing else")
    return value


class Only(Options):
    """What to take of a list; rows that are certainly something else are set aside. A key left out leaves nothing out.

    Attributes:
        levels: codes of the feed contract.
        types: types of qualification, as the file writes them.
        organisations: recognition numbers, or names as the file writes them.
    """

    levels: Annotated[list[str], AfterValidator(_levels)] = []
    types: list[str] = []
    organisations: list[str] = []


class ListOptions(Options):
    """Options of both lists; each field says what it means, so that formats which add options need not say it again."""

    organisations: Organisations = Field(
        default={},
        description="a list: the recognition number of each organisation's name. Or a file laid out as Ofqual's own list of "
        "organisations (Recognition Number, Name, Legal Name, Acronym, Ofqual Status), in which a recognised organisation "
        "goes before one that is not any more. Needed where the file has no recognition numbers; a name that it does not "
        "know, or knows for two, puts its row aside",
    )
    organisation_names: OrganisationNames = Field(
        default={},
        description="a list of your own: the recognition number of each name that `organisations` does not know or knows "
        "for two; it counts first",
    )
    supplement: Annotated[LookupTable, AfterValidator(_supplement)] = Field(
        default={},
        description="a list of your own, by qualification number without slashes: any of the columns "
        "`suite`, `award_requires_claim`, `mitigation`, `mitigation_from` and `mitigation_to`, which the file cannot have",
    )
    only: Only = Field(
        default=Only(),
        description="what to take: `levels` (as in the feed contract), `types` (as the file writes them) and "
        "`organisations` (recognition numbers, or names as the file writes them); what is certainly something else is set "
        "aside and counted",
    )
