"""The flags on units, awards and closed qualifications of a small generated cycle, worked out row by row in plain Python.

The part of `flags_by_hand` that looks at one registration's results, whoever is expected to finish, and at the centres.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

from fixtures.answer_key import SUBJECTS
from fixtures.calendar import AS_OF, SERIES_RESULTS
from fixtures.cycle import Cycle
from schemas.specification import Specification

Row = dict[str, Any]
Flag = tuple[str, ...]

#: When results of an award go to centres, by its series; the summer's have not.
TO_CENTRES = {"2026-01": date(2026, 3, 25)}
TO_CANDIDATES_THIS_SUMMER = date(2026, 8, 13)


def _flag(code: str, row: Row) -> Flag:
    return (code, "", *(str(row[name]) for name in SUBJECTS[code]))


def about_results(
    row: Row, specification: Specification | None, qualification: Row, held: dict[str, Any]
) -> Iterator[Flag]:
    """The flags of one standing registration.

    Args:
        row: the organisation's row.
        specification: of its qualification, if one is held.
        qualification: the reference row.
        held: `results`, `entries` and `award` (or None) of the registration, whether it is `claimed`, and the `grade` that
            its results add up to.
    """
    yield from _about_units(row, specification, qualification, held)
    award = held["award"]
    issued = award is not None and award["result_status"] == "issued"
    if specification and issued and held["grade"] is None:
        yield _flag("award_unsupported", row)
    if specification and issued and held["grade"] not in (None, award["grade"]):
        yield _flag("award_grade_differs", row)
    due = TO_CENTRES.get(row["planned_completion"] or "", AS_OF)
    may_be_made = held["claimed"] or qualification["award_requires_claim"] != "Y"
    if due < AS_OF and held["grade"] and may_be_made and not issued:
        yield _flag("award_overdue", row)
    if _closed(row, qualification, award if issued else None):
        yield _flag("qualification_closed", row)
    if specification and len(specification.pathways) > 1 and row["pathway"] is None:
        passed = {one["unit_number"] for one in held["results"]}
        taken = {all(set(group.all_units) <= passed for group in way.groups) for way in specification.pathways}
        if len(taken) > 1:
            yield _flag("pathway_unconfirmed", row)


def _about_units(
    row: Row, specification: Specification | None, qualification: Row, held: dict[str, Any]
) -> Iterator[Flag]:
    results = {(one["unit_number"], one["series"]): one for one in held["results"]}
    entered = {(one["unit_number"], one["series"]) for one in held["entries"] if one["entry_status"] == "entered"}
    for number, series in entered - set(results):
        if SERIES_RESULTS[series] < AS_OF:
            yield _flag("unit_result_overdue", {**row, "unit_number": number, "series": series})
    for result in results.values():
        if result["basis"] and not _allowed(result, qualification):
            yield _flag("mitigation_out_of_scope", result)
    if specification is None:
        return
    units = {unit.number: unit for unit in specification.units}
    for number, series in entered | set(results):
        if number not in units:
            yield _flag("unit_outside_specification", {**row, "unit_number": number, "series": series})
    for number, attempts in Counter(number for number, _ in results).items():
        if number in units and attempts > (units[number].attempts or attempts):
            yield _flag("attempts_exceeded", {**row, "unit_number": number})
    passed = {number for number, _ in results}
    for limit in specification.limits:
        if limit.barred and len(passed & set(limit.units)) > (limit.count.maximum or 0):
            yield _flag("barred_combination", row)


def _allowed(result: Row, qualification: Row) -> bool:
    kinds = {"calculate": ("calculated",), "adapt": ("calculated", "adapted")}
    first, last = qualification["mitigation_from"] or date.min, qualification["mitigation_to"] or date.max
    return result["basis"] in kinds.get(qualification["mitigation"], ()) and first <= result["result_date"] <= last


def _closed(row: Row, qualification: Row, award: Row | None) -> bool:
    if row["registration_date"] > (qualification["operational_end_date"] or date.max):
        return True
    last = qualification["certification_end_date"] or date.max
    if award:
        return bool(award["issued_on"] > last)
    planned = row["planned_completion"] or ""
    if planned.startswith(str(AS_OF.year)):
        return last < TO_CANDIDATES_THIS_SUMMER
    return planned > f"{AS_OF.year + 1}" and planned > f"{last:%Y-%m}"


def about_centres(cycle: Cycle, found: list[Flag], live: set[tuple[str, str]]) -> Iterator[Flag]:
    """The centres whom nobody can reach although one of their learners with a live application is not registered.

    Args:
        cycle: with the centres.
        found: the flags raised so far.
        live: centre and reference of the learners with a live application.
    """
    place = SUBJECTS["centre_registration_unknown"].index("centre_number") + 2
    reference = SUBJECTS["centre_registration_unknown"].index("centre_learner_reference") + 2
    unknown = [one for one in found if one[0] == "centre_registration_unknown"]
    urgent = {one[place] for one in unknown if (one[place], one[reference]) in live}
    for row in cycle.centres.feed.to_dicts():
        unreachable = row["senior_contact_email"] is None and row["senior_contact_phone"] is None
        if unreachable and row["centre_number"] in urgent:
            yield _flag("senior_contact_missing", row)
