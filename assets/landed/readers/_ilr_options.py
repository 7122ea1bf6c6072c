"""What a source of Individualised Learner Records must say: what its codes stand for is not all stated in public."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, model_validator

from assets.landed.reader import Options
from assets.landed.sources import Lookup, LookupTable
from schemas.feeds import FEEDS
from schemas.fields import FIELDS

_STATUSES = next(one.field.codes for one in FEEDS["centre_registrations"].columns if one.name == "status") or ()
_ENTRY_STATUSES = FIELDS["entry_status"].codes or ()
_UNIT_COLUMNS = {"qualification_number", "unit_number"}

_KEY = re.compile(r"[/\s]")


def aim_key(text: str) -> str:
    """A learning aim reference, or a qualification number, as they are looked up: without slashes, in capitals."""
    return _KEY.sub("", text).upper()


def _by_aim(lookup: dict[str, str]) -> dict[str, str]:
    found = {aim_key(key): value for key, value in lookup.items()}
    if len(found) < len(lookup):
        raise ValueError("a number stands twice, with slashes and without; leave each once")
    return found


def _units(table: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    for columns in table.values():
        if not set(columns) >= _UNIT_COLUMNS or set(columns) - _UNIT_COLUMNS - {"series"}:
            raise ValueError(
                "a learning aim leads to [qualification_number] and [unit_number], and perhaps to a [series]"
            )
    found = {aim_key(key): columns for key, columns in table.items()}
    if len(found) < len(table):
        raise ValueError("a learning aim stands twice, with slashes and without; leave each once")
    return found


def _one_of(allowed: tuple[str, ...]) -> AfterValidator:
    def checked(lookup: dict[str, str]) -> dict[str, str]:
        if not set(lookup.values()) <= set(allowed):
            raise ValueError(f"a code leads to one of [{', '.join(allowed)}]")
        return lookup

    return AfterValidator(checked)


class IlrOptions(Options):
    """What the source says.

    Attributes:
        centre_numbers: centre number by UKPRN of the provider, as a list.
        awarding_organisations: recognition number by qualification number, as a list: the record does not say whose a
            qualification is.
        completion_statuses: `active`, `withdrawn` or `transferred` by completion status, as a list. What they mean is
            public; which of them are open registrations is for you to say.
        only_listed: whether aims whose qualification is not in `awarding_organisations` are set aside; else they are
            quarantined.
        repeated_aims: where a learner has several aims of one qualification, `latest_start` takes those that start last,
            as restarts are recorded, and sets the others aside; `all` takes each, and those that differ are quarantined.
        registration_date: `start` takes LearnStartDate; `original_start` takes OrigLearnStartDate where there is one.
        units: for learning aims that are units: their qualification number, unit number and, if you know it, series, as a
            list. Such aims become unit entries; those not listed are set aside.
        unit_entry_statuses: `entered` or `withdrawn` by completion status, as a list. Needed with `units`.
    """

    centre_numbers: Lookup
    awarding_organisations: Annotated[Lookup, AfterValidator(_by_aim)]
    completion_statuses: Annotated[Lookup, _one_of(_STATUSES)]
    only_listed: bool = False
    repeated_aims: Literal["latest_start", "all"] = "latest_start"
    registration_date: Literal["start", "original_start"] = "start"
    units: Annotated[LookupTable, AfterValidator(_units)] = {}
    unit_entry_statuses: Annotated[Lookup, _one_of(_ENTRY_STATUSES)] = {}

    @model_validator(mode="after")
    def _statuses_of_units(self) -> Self:
        if self.units and not self.unit_entry_statuses:
            raise ValueError("[units] needs [unit_entry_statuses]")
        return self
