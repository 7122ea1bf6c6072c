"""A centre's checkpoint report: what its learners are on course for, what has to be done by when, and its dates.

A grade or a status that rests on a result which the centre may not know yet is never said, nor is a flag that would tell
it: such learners stand in a list of their own until the result is out. No other grade is shown but the best one of a
fallback, which follows from unit results that the centre holds.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from pipelines.declaration_sheet import declaration_rows
from pipelines.report_content import Cell, Declaration, Report, Row, Section, columns, day_words
from pipelines.report_flags import FlagPlaces, flag_sections, flags_with
from pipelines.report_rows import CentreRows, Night
from schemas.calendar_table import EVENT_WORDS

_LEARNER = (("Learner", 26), ("Your reference", 15), ("Qualification", 48))

#: Why a registration cannot be assessed, in words.
_REASONS = {
    "no_target": "No date is known by which the result is wanted.",
    "unknown_pathway": "The recorded pathway is none of the qualification's.",
    "specification_missing": "The rule of combination is not held.",
    "specification_refused": "The rule of combination that is held is faulty.",
    "several_specifications": "More than one rule of combination is in force on the registration date.",
    "unknown_grade": "A unit has a grade that the unit does not offer.",
    "points_missing": "A unit's points are missing.",
}

_WORDS = (
    "This report says who is on course for a result this summer and what still has to be done. Please check every list, put "
    "right what is wrong, and send the sheet Declaration of the workbook back.",
    "It names learners. Keep it where such data may lie, and send it only in a way that is safe for personal data.",
)


def centre_report(number: str, found: CentreRows, night: Night) -> Report:
    """The report of one centre.

    Args:
        number: the centre's number.
        found: its published rows.
        night: the publication's day and catalogue.
    """
    positions = sorted(found.positions, key=_by_name)
    expected = [row for row in positions if row["expected"]]
    known = [row for row in expected if not row["rests_on_unreleased_results"]]
    of_status = {status: [row for row in known if row["status"] == status] for status in _LISTS}
    places = FlagPlaces(positions)
    sections = (
        _expected(expected),
        _needs_action(of_status["action_needed"]),
        _cannot_achieve(of_status["unachievable"]),
        *flag_sections(found.flags, places, night, unconfirmed=_unconfirmed(positions, found.flags, night)),
        _list_of("On track", of_status["on_track"], *_LISTS["on_track"]),
        _list_of("Achieved", of_status["achieved"], *_LISTS["achieved"]),
        _not_assessed(of_status["cannot_assess"]),
        _waiting(expected),
        _calendar(found.calendar, positions, night),
    )
    summary = found.summary
    name = summary["centre_name"] or "name not known"
    return Report(
        kind="centres",
        key=number,
        title=f"Checkpoint report: {name} ({number})",
        words=_WORDS,
        contacts=_contacts(found.contact),
        sections=sections,
        declaration=Declaration(rows=declaration_rows(positions)),
        figures={
            "name": name,
            "open_registrations": summary["open_registrations"],
            "expected": len(expected),
            "needs_action": len(of_status["action_needed"]),
            "cannot_achieve": len(of_status["unachievable"]),
            "urgent": sum(_is_urgent(row) and not places.must_wait(row, night) for row in found.flags),
            "act_by": str(summary["earliest_act_by"] or ""),
        },
    )


#: Of each status that is listed: its words, and what is said of an empty list. The others have lists of their own.
_LISTS: dict[str, tuple[str, str]] = {
    "achieved": (
        "The units that are secured satisfy the rule of combination. Nothing more has to be entered or claimed.",
        "Nobody has achieved yet.",
    ),
    "on_track": (
        "With the results that are still to come the rule of combination can be satisfied. Nothing more has to be entered.",
        "Nobody is on track.",
    ),
    "action_needed": ("", ""),
    "unachievable": ("", ""),
    "cannot_assess": ("", ""),
}


def _is_urgent(flag: Row) -> bool:
    return flag["urgency"] == "urgent" and not flag["waived"]


def _by_name(row: Row) -> tuple[str, ...]:
    names = (str(row[column] or "").casefold() for column in ("surname", "forename", "centre_learner_reference"))
    return (*names, row["qualification_number"], row["awarding_organisation_rn"], row["registration_number"])


def _learner(row: Row) -> tuple[Cell, ...]:
    return (f"{row['surname']}, {row['forename']}", row["centre_learner_reference"], _qualification(row))


def _qualification(row: Row) -> str:
    number = str(row["qualification_number"])
    return f"{row['qualification_title']} ({number})" if row["qualification_title"] else number


def _contacts(contact: Row | None) -> tuple[tuple[str, str], ...]:
    """Who is asked and who is told when nobody answers, as the feed `centres` has it."""
    of = contact or {}
    senior = ", ".join(
        of[f"senior_contact_{part}"] for part in ("name", "email", "phone") if of.get(f"senior_contact_{part}")
    )
    return (
        ("Exams officer", of.get("exams_officer_email") or "no address is known"),
        ("Senior contact", senior or "none is known: please name one to each awarding organisation"),
    )


def _expected(rows: Sequence[Row]) -> Section:
    lines = []
    for qualification, group in groupby(sorted(rows, key=_qualification), key=_qualification):
        of = list(group)
        counts = (
            sum(row["status"] == status and not row["rests_on_unreleased_results"] for row in of) for status in _LISTS
        )
        waiting = sum(row["rests_on_unreleased_results"] for row in of)
        lines.append((qualification, len(of), *counts, waiting))
    return Section(
        name="Expected",
        heading="Who is expected to get a result this summer",
        words="Expected are learners whose planned completion lies in this cycle, or for whom you or the learner's "
        "application say so. Each stands in exactly one of the lists below.",
        columns=columns(
            ("Qualification", 56),
            ("Expected", 10),
            ("Achieved", 10),
            ("On track", 10),
            ("Needs action", 12),
            ("Cannot achieve", 14),
            ("Not known", 11),
            ("Not released", 12),
        ),
        rows=tuple(lines),
        none="Nobody is expected to get a result this summer.",
        counted=len(rows),
    )


def _needs_action(rows: Sequence[Row]) -> Section:
    ordered = sorted(rows, key=lambda row: (row["act_by"] is None, row["act_by"], *_by_name(row)))
    return Section(
        name="Needs action",
        heading="Who needs action",
        words="Each of these learners gets a result only if you make the entries or claims that are named, by the day that "
        "is named. If one cannot be made, ask the awarding organisation now.",
        columns=columns(*_LEARNER, ("What to do", 60), ("By", 18), ("Whom to ask", 13)),
        rows=tuple((*_learner(row), row["actions"], row["act_by"], row["awarding_organisation_rn"]) for row in ordered),
        none="Nobody needs action.",
    )


def _cannot_achieve(rows: Sequence[Row]) -> Section:
    return Section(
        name="Cannot achieve",
        heading="Who cannot achieve, and what is still possible",
        words="Nothing that can still be done this cycle satisfies the rule of combination. Agree with the awarding "
        "organisation whether the learner moves to the smaller size that is named, and tell the learner.",
        columns=columns(*_LEARNER, ("Why", 60), ("Still possible instead", 50), ("Whom to ask", 13)),
        rows=tuple((*_learner(row), row["actions"], _fallback(row), row["awarding_organisation_rn"]) for row in rows),
        none="Nobody is known to be unable to achieve.",
    )


def _fallback(row: Row) -> str:
    number = row["fallback_qualification_number"]
    if number is None:
        return "no smaller size is in reach"
    size = f"{row['fallback_title']} ({number})" if row["fallback_title"] else str(number)
    return f"{size}, at best {row['fallback_grade']}" if row["fallback_grade"] else size


def _unconfirmed(positions: Iterable[Row], flags: Iterable[Row], night: Night) -> Section:
    """From the flags that ask for it; where this publication knows no such flag, from the answers themselves."""
    if "completion_unconfirmed" in night.catalogue:
        asked = flags_with(("completion_unconfirmed",), flags)
        keys = {_key(flag): flag["act_by"] for flag in asked}
        rows = [(row, keys[_key(row)]) for row in positions if _key(row) in keys]
    else:
        rows = [(row, None) for row in positions if row["intent"] == "unconfirmed" and row["stands"]]
    return Section(
        name="Unconfirmed",
        heading="Whose intent is unconfirmed",
        words="Say in the sheet Declaration whether each of these learners expects a result this summer.",
        columns=columns(*_LEARNER, ("Planned completion", 12), ("By", 18), ("Whom to ask", 13)),
        rows=tuple(
            (*_learner(row), row["planned_completion"], by, row["awarding_organisation_rn"]) for row, by in rows
        ),
        none="Everybody's intent is confirmed.",
    )


def _key(row: Row) -> tuple[Any, ...]:
    return (row["awarding_organisation_rn"], row["registration_number"], row["qualification_number"])


def _list_of(name: str, rows: Sequence[Row], words: str, none: str) -> Section:
    return Section(
        name=name,
        heading="Who has achieved" if name == "Achieved" else "Who is on track",
        words=words,
        columns=columns(*_LEARNER),
        rows=tuple(_learner(row) for row in rows),
        none=none,
    )


def _not_assessed(rows: Sequence[Row]) -> Section:
    return Section(
        name="Not known",
        heading="Of whom it is not known",
        words="It could not be worked out what these learners can still achieve. Check them yourself.",
        columns=columns(*_LEARNER, ("Why", 60), ("Whom to ask", 13)),
        rows=tuple((*_learner(row), _reason(row["reason"]), row["awarding_organisation_rn"]) for row in rows),
        none="There is nobody of whom it is not known.",
    )


def _reason(reason: str | None) -> str:
    return _REASONS.get(reason or "", (reason or "no reason is given").replace("_", " "))


def _waiting(expected: Iterable[Row]) -> Section:
    return Section(
        name="Not released",
        heading="Whose results are not released yet",
        words="The awarding organisation has handed over a result that centres may not know yet. What rests on it is said "
        "here on the day after its release.",
        columns=columns(*_LEARNER),
        rows=tuple(_learner(row) for row in expected if row["rests_on_unreleased_results"]),
        none="No result is waiting for its release.",
    )


def _calendar(calendar: Sequence[Row], positions: Iterable[Row], night: Night) -> Section:
    titles = {row["qualification_number"]: row["qualification_title"] for row in positions}
    return Section(
        name="Calendar",
        heading="Calendar",
        words="The dates of this cycle for what your learners are registered for. A date for one qualification stands in "
        "place of the organisation's.",
        columns=columns(
            ("Date", 26), ("Past or to come", 10), ("What", 36), ("Series", 10), ("For", 60), ("Source", 50)
        ),
        rows=tuple(_dates(calendar, titles, night)),
        none="No date is known.",
    )


def _dates(calendar: Sequence[Row], titles: Mapping[str, str | None], night: Night) -> Iterable[tuple[Cell, ...]]:
    """A line a date, event and series; organisations that share it are named together."""

    def same(row: Row) -> tuple[Any, ...]:
        return (row["falls_on"], row["event"], row["series"] or "")

    for (falls_on, event, series), group in groupby(calendar, key=same):
        rows = list(group)
        whose = [row["awarding_organisation_rn"] for row in rows if row["qualification_number"] is None]
        whose += [
            f"{titles.get(row['qualification_number']) or 'qualification'} ({row['qualification_number']})"
            for row in rows
            if row["qualification_number"] is not None
        ]
        sources = dict.fromkeys(row["source"] for row in rows if row["source"])
        when = "past" if falls_on.date() < night.as_of else "to come"
        yield (day_words(falls_on), when, EVENT_WORDS.get(event, event), series, ", ".join(whose), "; ".join(sources))
