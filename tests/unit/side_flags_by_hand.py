"""The flags on what two sides hold of one registration in a small generated cycle, worked out row by row in plain Python.

The part of `flags_by_hand` that compares a standing registration with the centre's row, its entries and claims, with the
blocks on certification, and with the applications and results at UCAS.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from fixtures.answer_key import SUBJECTS
from fixtures.calendar import AS_OF, SERIES_RESULTS
from fixtures.cycle import Cycle
from fixtures.feeds_of_cycle import whole
from schemas.fields import ULN_NOT_KNOWN
from schemas.specification import Specification

Row = dict[str, Any]
Flag = tuple[str, ...]

REGISTERED_BY, CYCLE_BEGAN = date(2025, 11, 1), date(2025, 11, 1)
#: Series whose results went to UCAS before the day of the cycle.
AT_UCAS = ("2026-01",)
#: The organisation whose checkpoint is open on the day of the cycle.
CHECKPOINT_OPEN = "RN5133"
#: A name so long may have been cut.
CUT = 17


def _flag(code: str, row: Row) -> Flag:
    return (code, "", *(str(row.get(name)) for name in SUBJECTS[code]))


@dataclass
class OtherSides:
    """What is held beside the registers.

    Attributes:
        applications: live applications by learner, the first first.
        at_ucas: rows of `ucas_results` by Personal ID and qualification.
        claims: full claims by centre, reference and qualification.
        blocks: blocks in force.
        present: present number by centre number.
    """

    applications: dict[int, list[Row]]
    at_ucas: dict[tuple[str, str], Row]
    claims: dict[tuple[str, ...], Row]
    blocks: list[Row]
    present: dict[str, str]


def other_sides(cycle: Cycle) -> OtherSides:
    """Read what is held beside the registers."""
    applications = defaultdict(list)
    frame = cycle.frames["ucas_applicants"]
    for row in sorted(frame.to_dicts(), key=lambda one: (one["applied_on"], one["personal_id"])):
        if row["withdrawn_on"] is None:
            applications[row["learner"]].append(row)
    results = whole(cycle, "ucas_results").to_dicts()
    claims = [row for row in whole(cycle, "centre_claims").to_dicts() if row["claim_type"] == "full"]
    blocks = whole(cycle, "ao_certification_blocks").to_dicts()
    return OtherSides(
        applications=applications,
        at_ucas={(row["personal_id"], row["qualification_number"]): row for row in results},
        claims={
            (row["centre_number"], row["centre_learner_reference"], row["qualification_number"]): row for row in claims
        },
        blocks=[one for one in blocks if one["blocked_from"] <= AS_OF < (one["released_on"] or date.max)],
        present=dict(cycle.centres.renumbered.select("old_number", "centre_number").iter_rows()),
    )


def about_applications(others: OtherSides, learner: int) -> Iterator[Flag]:
    """A learner's live applications after the first."""
    for row in others.applications[learner][1:]:
        yield _flag("two_applicants_one_learner", row)


def about_months(declarations: list[Row], standing: list[Row]) -> Iterator[Flag]:
    """Pending declarations of this cycle, of which the registration is planned to end in another month."""
    for said in declarations:
        month = said["award_month"]
        for row in standing:
            same = said["means"] == row["qualification_number"] and said["status"] == "pending"
            if same and month and month.startswith(str(AS_OF.year)) and row["planned_completion"] not in (None, month):
                yield _flag("award_month_differs", said)


def about_ucas(others: OtherSides, row: Row, award: Row | None, declarations: list[Row]) -> Iterator[Flag]:
    """What UCAS holds of a standing registration, its learner's applications being live."""
    planned, number, early = row["planned_completion"] or "", row["qualification_number"], False
    issued = award is not None and award["result_status"] == "issued"
    for application in others.applications[row["learner"]]:
        personal_id = application["personal_id"]
        held = others.at_ucas.get((personal_id, number), {})
        grade = None if held.get("grade") in (None, "Q", "X", "#") else held["grade"]
        subject = {**row, "personal_id": personal_id}
        declared = any(one["means"] == number for one in declarations if one["personal_id"] == personal_id)
        if issued and declared and grade is None and planned in AT_UCAS:
            yield _flag("result_missing_at_ucas", subject)
        if award is not None and issued and grade not in (None, award["grade"]):
            yield _flag("result_differs_at_ucas", subject)
            if grade == award["previous_grade"]:
                yield _flag("result_changed_after_release", row)
        this_cycle = not planned or planned >= str(AS_OF.year)
        if grade and this_cycle and planned not in AT_UCAS and held["received_on"] >= CYCLE_BEGAN:
            early = True
    if early:
        yield _flag("released_early", row)


def about_units(rule: Specification | None, row: Row, held: dict[str, Any], own: list[Row]) -> Iterator[Flag]:
    """The entries of both sides.

    Args:
        rule: the specification, if one is held.
        row: the organisation's row.
        held: `results` and `entries` of the organisation.
        own: the centre's entries.
    """
    entered = {(one["unit_number"], one["series"]) for one in held["entries"] if one["entry_status"] == "entered"}
    known = entered | {(one["unit_number"], one["series"]) for one in held["results"]}
    reported = {(one["unit_number"], one["series"]): one for one in own if one["entry_status"] == "entered"}
    external = {unit.number for unit in rule.units if unit.kind == "external"} if rule else set()
    for (number, series), one in reported.items():
        if (number, series) not in known:
            yield _flag("unit_entry_unknown", one)
        if one["centre_grade"] and number in external and SERIES_RESULTS.get(series, date.max) > AS_OF:
            yield _flag("released_early", {**row, "unit_number": number, "series": series})
    for number, series in entered - set(reported):
        yield _flag("unit_entry_not_made", {**row, "unit_number": number, "series": series})


def about_row(row: Row, reported: Row, qualification: Row) -> Iterator[Flag]:
    """The centre's row beside the organisation's."""
    numbers = [(reported[name], row[name]) for name in ("uln", "uci")]
    differ = any(None not in pair and ULN_NOT_KNOWN not in pair and pair[0] != pair[1] for pair in numbers)
    names = (_first(reported["forename"]), _first(row["forename"])), (reported["surname"], row["surname"])
    if differ or reported["date_of_birth"] != row["date_of_birth"] or not all(_same(*pair) for pair in names):
        yield _flag("personal_details_differ", reported)
    due = (row["planned_completion"] or "").startswith(str(AS_OF.year))
    in_scope = qualification["level"] == "3" and (qualification["guided_learning_hours"] or 0) >= 180
    open_here = row["awarding_organisation_rn"] == CHECKPOINT_OPEN
    if due and in_scope and open_here and reported["expects_result_this_summer"] is None:
        yield _flag("completion_unconfirmed", row)


def about_claim(others: OtherSides, reported: Row, grade: str | None) -> Iterator[Flag]:
    """The centre's full claim beside the grade that the units add up to (None: they satisfy no rule)."""
    claim = others.claims.get(
        (reported["centre_number"], reported["centre_learner_reference"], reported["qualification_number"])
    )
    if claim and (grade is None or claim["claimed_grade"] not in (None, grade)):
        yield _flag("claim_unsupported", claim)


def beside(
    others: OtherSides,
    row: Row,
    held: dict[str, Any],
    *,
    rule: Specification | None,
    qualification: Row,
    reported: list[tuple[Row, list[Row]]],
    says: list[Row],
) -> Iterator[Flag]:
    """A standing registration beside UCAS and beside the centre.

    Args:
        others: what is held beside the registers.
        row: the organisation's row.
        held: `results`, `entries`, `award` and `grade` of the registration.
        rule: the specification, if one is held.
        qualification: the reference row.
        reported: the centre's rows of this registration, each with its unit entries.
        says: the learner's declarations.
    """
    yield from about_ucas(others, row, held["award"], says)
    for one, own in reported:
        if one["status"] != "active":
            continue
        yield from about_row(row, one, qualification)
        yield from about_units(rule, row, held, own)
        if rule is not None:
            yield from about_claim(others, one, held["grade"])


def about_dates_and_blocks(others: OtherSides, row: Row, expected: bool) -> Iterator[Flag]:
    """The day of registration, and the blocks that cover the registration."""
    if row["registration_date"] > REGISTERED_BY:
        yield _flag("registration_after_deadline", row)
    keys = {**row, "centre_number": others.present.get(row["centre_number"], row["centre_number"])}
    names = ("centre_number", "qualification_number", "registration_number")
    mine = [one for one in others.blocks if one["awarding_organisation_rn"] == row["awarding_organisation_rn"]]
    if expected and any(all(one[name] in (None, keys[name]) for name in names) for one in mine):
        yield _flag("certification_blocked", row)


def _first(forenames: str) -> str:
    return forenames.partition(" ")[0]


def _same(one: str, other: str) -> bool:
    plain = [_plain(one), _plain(other)]
    shorter, longer = sorted(plain, key=len)
    return shorter == longer or (min(len(one), len(other)) >= CUT and longer.startswith(shorter))


def _plain(name: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKD", name) if letter.isalpha()).upper()
