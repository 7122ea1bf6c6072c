"""The flags of a small generated cycle worked out row by row in plain Python, knowing whose each record is.

A second reading of the flag and achievability contracts, only for the generator's own test: it knows the people because
the generator does, and takes one learner at a time where the project asks whole tables.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from fixtures.answer_key import SUBJECTS
from fixtures.cycle import Cycle
from fixtures.feeds_of_cycle import whole
from schemas.specification import Specification
from tests.unit.achievability_by_hand import best_grade, entry_deadline, grade_of, points_of, status
from tests.unit.result_flags_by_hand import about_centres, about_results
from tests.unit.side_flags_by_hand import about_applications, about_dates_and_blocks, about_months, beside, other_sides

Row = dict[str, Any]
Flag = tuple[str, ...]

YEAR = "2026"
AO_KEY = ("awarding_organisation_rn", "registration_number", "qualification_number")
CENTRE_KEY = ("centre_number", "centre_learner_reference", "qualification_number")


def flag(code: str, row: Row, reason: str = "") -> Flag:
    """A flag as a tuple: code, reason, and the keys of its subject."""
    return (code, reason, *(str(row[name]) for name in SUBJECTS[code]))


def key_as_flags(key: pl.DataFrame) -> list[Flag]:
    """The rows of an answer key as tuples."""
    return [flag(row["flag_code"], row, row["reason"] or "") for row in key.iter_rows(named=True)]


def _keyed(rows: list[Row], names: tuple[str, ...]) -> dict[tuple[str, ...], list[Row]]:
    found: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        found[tuple(row[name] for name in names)].append(row)
    return found


@dataclass
class Sides:
    """What each side holds, with the learner of every row."""

    registrations: list[Row]
    centre_rows: list[Row]
    applicants: dict[int, Row]
    declarations: list[Row]
    suites: dict[str, str | None]
    results: dict[tuple[str, ...], list[Row]]
    entries: dict[tuple[str, ...], list[Row]]
    centre_entries: dict[tuple[str, ...], list[Row]]
    claimed: set[tuple[int, str]]
    issued: set[tuple[str, ...]]
    awards: dict[tuple[str, ...], Row]
    qualifications: dict[str, Row]
    senders: set[str]


def sides_of(cycle: Cycle) -> Sides:
    """Read the cycle's rows, with present centre numbers in `place` and resolved qualifications in `means`."""
    present = dict(cycle.centres.renumbered.select("old_number", "centre_number").iter_rows())
    qualifications = whole(cycle, "qualifications").to_dicts()
    titles = {
        (row["awarding_organisation_rn"], row["title"].upper()): row["qualification_number"] for row in qualifications
    }
    numbers = {row["qualification_number"] for row in qualifications}
    frames = {name: cycle.frames[name].to_dicts() for name in ("ao_registrations", "centre_registrations")}
    for rows in frames.values():
        for row in rows:
            row["place"] = present.get(row["centre_number"], row["centre_number"])
    declarations = cycle.frames["ucas_qualifications"].to_dicts()
    for row in declarations:
        number = (row["qualification_number"] or "").replace("/", "")
        title = " ".join((row["title"] or "").split()).upper()
        titled = titles.get((row["awarding_organisation_rn"], title))
        row["means"] = number if number in numbers else titled
        row["disagrees"] = number in numbers and titled not in (number, None)
        row["may_mean"] = [
            one["qualification_number"]
            for one in qualifications
            if row["means"] is None and set(title.split()) <= set(one["title"].upper().split())
        ]
        row["place"] = present.get(row["centre_number"], row["centre_number"])
    applicants = cycle.frames["ucas_applicants"].filter(pl.col("withdrawn_on").is_null()).to_dicts()
    learners = {tuple(row[name] for name in CENTRE_KEY): row["learner"] for row in frames["centre_registrations"]}
    claims = whole(cycle, "centre_claims").filter(pl.col("claim_type") == "full").to_dicts()
    awards = whole(cycle, "ao_awards").to_dicts()
    return Sides(
        registrations=frames["ao_registrations"],
        centre_rows=frames["centre_registrations"],
        applicants={row["learner"]: row for row in applicants},
        declarations=declarations,
        suites={row["qualification_number"]: row["suite"] for row in qualifications},
        results=_keyed(whole(cycle, "ao_unit_results").to_dicts(), AO_KEY),
        entries=_keyed(whole(cycle, "ao_unit_entries").to_dicts(), AO_KEY),
        centre_entries=_keyed(whole(cycle, "centre_unit_entries").to_dicts(), CENTRE_KEY),
        claimed={(learners[tuple(row[name] for name in CENTRE_KEY)], row["qualification_number"]) for row in claims},
        issued={tuple(row[name] for name in AO_KEY) for row in awards if row["result_status"] == "issued"},
        awards={tuple(row[name] for name in AO_KEY): row for row in awards},
        qualifications={row["qualification_number"]: row for row in qualifications},
        senders={row["awarding_organisation_rn"] for row in frames["ao_registrations"]},
    )


def flags_by_hand(cycle: Cycle, specifications: dict[str, Specification]) -> list[Flag]:
    """Every flag of the codes in SUBJECTS that the cycle must raise."""
    sides, others = sides_of(cycle), other_sides(cycle)
    of_learner, centre_rows = _keyed(sides.registrations, ("learner",)), _keyed(sides.centre_rows, ("learner",))
    declared, found = _keyed(sides.declarations, ("learner",)), []
    for learner in {row["learner"] for row in [*sides.registrations, *sides.centre_rows, *sides.declarations]}:
        held, reported, says = of_learner[(learner,)], centre_rows[(learner,)], declared[(learner,)]
        live = sides.applicants.get(learner)
        standing = _standing(sides, held)
        found += [flag("duplicate_registration", row) for row in held if _open(row) and row not in standing]
        if live:
            found += [one for row in says for one in _about_declaration(sides, row, held)]
        found += _about_registers(sides, reported, standing, held)
        found += [*about_applications(others, learner), *about_months(says if live else [], standing)]
        for row in standing:
            expected = _expected(row, reported, says if live else [])
            if expected:
                found += _about_expected(sides, specifications, row, live, says)
            rule = specifications.get(row["qualification_number"])
            qualification, held_of = _of_registration(sides, row, rule)
            found += about_results(row, rule, qualification, held_of)
            both = [one for one in reported if _matches(one, row) and one["place"] == row["place"]]
            own = [(one, sides.centre_entries[tuple(one[name] for name in CENTRE_KEY)]) for one in both]
            found += beside(others, row, held_of, rule=rule, qualification=qualification, reported=own, says=says)
            found += about_dates_and_blocks(others, row, expected)
    applying = [row for row in sides.centre_rows if row["learner"] in sides.applicants]
    live = {(row["place"], row["centre_learner_reference"]) for row in applying}
    offers = [
        one for row in cycle.frames["ucas_choices"].to_dicts() for one in _about_offer(sides, specifications, row)
    ]
    return [*found, *offers, *about_centres(cycle, found, live)]


def _of_registration(sides: Sides, row: Row, specification: Specification | None) -> tuple[Row, Row]:
    """The reference row of a registration's qualification, and what is held of the registration."""
    registration = tuple(row[name] for name in AO_KEY)
    results = sides.results[registration]
    points = None if specification is None else points_of(specification, results, set())
    held = {
        "results": results,
        "entries": sides.entries[registration],
        "award": sides.awards.get(registration),
        "claimed": (row["learner"], row["qualification_number"]) in sides.claimed,
        "grade": None if specification is None else grade_of(specification, points),
    }
    return sides.qualifications[row["qualification_number"]], held


def _open(row: Row) -> bool:
    return row["status"] in ("active", "completed")


def _standing(sides: Sides, held: list[Row]) -> list[Row]:
    def strength(row: Row) -> tuple[int, date, str]:
        results = sides.results[tuple(row[name] for name in AO_KEY)]
        return -len(results), row["registration_date"], row["registration_number"]

    by_qualification = _keyed([row for row in held if _open(row)], ("qualification_number",))
    return [min(rows, key=strength) for rows in by_qualification.values()]


def _expected(row: Row, reported: list[Row], says: list[Row]) -> bool:
    if row["planned_completion"]:
        return bool(row["planned_completion"].startswith(YEAR))
    same = [one for one in reported if one["qualification_number"] == row["qualification_number"]]
    centre = any(one["status"] == "active" and one["expects_result_this_summer"] == "Y" for one in same)
    return centre or any(one["means"] == row["qualification_number"] for one in says)


def _about_declaration(sides: Sides, row: Row, held: list[Row]) -> Iterator[Flag]:
    due = not row["award_month"] or row["award_month"].startswith(YEAR)
    if row["status"] != "pending" or not due or row["awarding_organisation_rn"] not in sides.senders:
        return
    if row["means"] is None:
        yield flag("declaration_unresolved", row, "several_candidates" if row["may_mean"] else "no_candidate")
        return
    if row["disagrees"]:
        yield flag("declaration_unresolved", row, "number_and_title_disagree")
    if sides.qualifications[row["means"]]["mitigation"] == "delay":
        yield flag("delayed_qualification_declared", row)
    meant, suite = row["means"], sides.suites[row["means"]]
    same = [one for one in held if one["qualification_number"] == meant]
    of_suite = [one for one in held if sides.suites[one["qualification_number"]] == suite]
    still_open = [one for one in same if _open(one)]
    if not same and not of_suite:
        known = any(one["awarding_organisation_rn"] == row["awarding_organisation_rn"] for one in held)
        yield flag("applicant_without_registration", row, "other_qualification_only" if known else "person_unknown")
    if not still_open and any(_open(one) for one in of_suite if one not in same):
        yield flag("registered_for_other_size", row)
    if row["place"] and still_open and all(one["place"] != row["place"] for one in still_open):
        yield flag("registered_at_other_centre", row)
    if same and not still_open:
        yield flag("registration_withdrawn", row)


def _about_offer(sides: Sides, specifications: dict[str, Specification], choice: Row) -> Iterator[Flag]:
    """An offer is out of reach where every standing registration for what it asks for falls short of its grade."""
    number, asked = choice["condition_qualification_number"], choice["condition_grade"]
    replies = {"F": "firm", "I": "insurance"}
    if choice["learner"] not in sides.applicants or choice["decision"] != "C" or choice["reply"] not in replies:
        return
    held = [row for row in sides.registrations if row["learner"] == choice["learner"]]
    for row in _standing(sides, held) if asked else []:
        if row["qualification_number"] != number:
            continue
        registration, rule = tuple(row[name] for name in AO_KEY), specifications[number]
        best = best_grade(rule, sides.results[registration], sides.entries[registration], entry_deadline(row))
        if best is None or rule.grading.grades.index(best) < rule.grading.grades.index(asked):
            said = [one for one in sides.declarations if one["learner"] == choice["learner"]]
            of_suite = [one for one in said if sides.suites.get(one["means"]) == sides.suites[number]]
            first = min(of_suite, key=lambda one: (one["means"] != number, one["declared_number"]))
            yield flag(
                "offer_out_of_reach", {**choice, "declared_number": first["declared_number"]}, replies[choice["reply"]]
            )


def _about_registers(sides: Sides, reported: list[Row], standing: list[Row], held: list[Row]) -> Iterator[Flag]:
    active = [row for row in reported if row["status"] == "active"]
    for row in active:
        open_there = [one for one in held if _open(one) and _matches(one, row) and one["place"] == row["place"]]
        if not open_there:
            yield flag("centre_registration_unknown", row)
    for row in standing:
        mine = [one for one in active if _matches(one, row) and one["place"] == row["place"]]
        if not mine:
            yield flag("ao_registration_unknown", row)
        graded = {
            (one["unit_number"], one["series"]): one["grade"] for one in sides.results[tuple(row[n] for n in AO_KEY)]
        }
        for both in mine:
            for entry in sides.centre_entries[tuple(both[name] for name in CENTRE_KEY)]:
                result = graded.get((entry["unit_number"], entry["series"]))
                if (
                    result
                    and entry["centre_grade"]
                    and entry["entry_status"] == "entered"
                    and entry["centre_grade"] != result
                ):
                    yield flag("unit_grade_differs", entry)


def _matches(one: Row, other: Row) -> bool:
    return bool(one["qualification_number"] == other["qualification_number"])


def _about_expected(
    sides: Sides, specifications: dict[str, Specification], row: Row, live: Row | None, says: list[Row]
) -> Iterator[Flag]:
    number, registration = row["qualification_number"], tuple(row[name] for name in AO_KEY)
    meant = {sides.suites.get(one) for row in says for one in (row["means"], *row["may_mean"])}
    if live and sides.suites[number] not in meant:
        yield flag("registration_not_declared", {**row, "personal_id": live["personal_id"]})
    if number not in specifications:
        yield flag("specification_missing", row)
        return
    reached = status(
        specifications[number], sides.results[registration], sides.entries[registration], entry_deadline(row)
    )
    if reached == "unachievable":
        yield flag("qualification_unachievable", row)
    if reached == "action_needed":
        yield flag("qualification_at_risk", row)
    claims = row["awarding_organisation_rn"] == "RN5133"
    awaited = (row["learner"], number) not in sides.claimed and registration not in sides.issued
    if claims and reached == "achieved" and awaited:
        yield flag("claim_missing", row)
