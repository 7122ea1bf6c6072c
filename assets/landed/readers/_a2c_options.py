"""What a source of A2C results must say: the product catalogue, and the words that no public source lists."""

from typing import Annotated, Literal

from pydantic import AfterValidator

from assets.landed.reader import Options
from assets.landed.sources import Lookup, LookupTable
from schemas.fields import FIELDS

_STATUSES = FIELDS["result_status"].codes or ()
_COLUMNS = {"qualification_number", "unit_number"}


def _elements(table: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    if not table:
        raise ValueError("it lists no element; without the product catalogue no outcome has a meaning")
    for columns in table.values():
        if not set(columns) >= _COLUMNS or set(columns) - _COLUMNS - {"series"}:
            raise ValueError("an element leads to [qualification_number], [unit_number] and perhaps [series]")
        if not columns["qualification_number"].strip():
            raise ValueError("an element has no [qualification_number]")
    return table


def _one_of(*allowed: str) -> AfterValidator:
    def checked(lookup: dict[str, str]) -> dict[str, str]:
        if not set(lookup.values()) <= set(allowed):
            raise ValueError(f"a word leads to one of [{', '.join(allowed)}]")
        return lookup

    return AfterValidator(checked)


class A2cResultsOptions(Options):
    """What the source says.

    Attributes:
        elements: by AO_Qualification_Element_Id its qualification number, unit number (empty: a whole qualification) and, if
            it has one of its own, series, as a list: the organisation's product catalogue.
        awarding_organisations: recognition number by the organisation's party id in the file, as a list.
        registration_number: `ao_learner_identifier` takes the reference of type AO Assigned Learner Identifier that the
            organisation has for the learner; `uci` takes the reference of type UCI.
        outcome_values: `grade`, `points` or `set_aside` by QE_Outcome_Value_Type, as a list, besides Scaled/Weighted Mark,
            which is taken as points. A unit result needs a grade; a mark alone is quarantined.
        other_outcomes: words of QE_Outcome_Type that are no results; such outcomes are set aside. Of all other words but
            Result they are put aside.
        statuses: `issued`, `pending`, `none` or `partial` by QE_Outcome_Status_Type, as a list, besides Issued. Of units
            only issued results are taken.
        series: where a unit's series comes from if the list of elements has none for it: nowhere (`listed`), or the month of
            QEA_Effective_Start_Date_Time (`element_start`) or of the outcome (`outcome_date`).
        complete: whether each file holds all that its organisations have. Otherwise files are deliveries of kind `delta`,
            because a file holds the results of one centre and one day.
        namespace: namespace of the message.
    """

    elements: Annotated[LookupTable, AfterValidator(_elements)]
    awarding_organisations: Lookup
    registration_number: Literal["ao_learner_identifier", "uci"] = "ao_learner_identifier"
    outcome_values: Annotated[Lookup, _one_of("grade", "points", "set_aside")] = {}
    other_outcomes: list[str] = []
    statuses: Annotated[Lookup, _one_of(*_STATUSES)] = {}
    series: Literal["listed", "element_start", "outcome_date"] = "listed"
    complete: bool = False
    namespace: str = "http://jcq.org.uk/a2c"

    @property
    def feeds(self) -> tuple[str, ...]:
        """Feeds that the listed elements are of."""
        units = any(one["unit_number"].strip() for one in self.elements.values())
        awards = any(not one["unit_number"].strip() for one in self.elements.values())
        return (*(["ao_unit_results"] if units else []), *(["ao_awards"] if awards else []))
