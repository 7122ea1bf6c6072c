"""One flag as a row of its owner's corrections list: whose record, what is held on either side, what to do, by when, why.

A learner goes by the recipient's own reference. A name is given to a centre alone, and only where it has no reference: it
cannot find the learner otherwise. A value is said where the flag's own file gives it, and that withholds grades until they
are out; of personal details a centre is shown its own, and nobody the other side's.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pipelines.report_content import Row
from pipelines.report_flags import party
from schemas.corrections import HELD_VALUES, PERSONAL_DETAILS, RECORDS
from schemas.feeds import FEEDS

#: In place of a value.
NO_VALUE, NOT_SHOWN, NOT_SHOWN_YET = "not given", "not shown; ask whose record it is", "not shown before its release"

#: What a side is called by somebody else.
_CALLED = {"centre": "the centre", "awarding_organisation": "the awarding organisation", "ucas": "UCAS"}


@dataclass(frozen=True, kw_only=True)
class Correction:
    """A row of a list: its cells by the heading under which they stand in `HEADINGS`, and the flag it is."""

    flag_id: str
    cells: Mapping[str, str | date | None]


#: Heading, and width in a workbook in characters. The first is what the row is beside the list before.
HEADINGS: Mapping[str, int] = {
    "Change": 11,
    "Urgent": 8,
    "By": 12,
    "Your reference": 18,
    "Learner": 26,
    "Reference of others": 34,
    "Centre": 9,
    "Qualification": 13,
    "Unit": 9,
    "Series": 9,
    "What to correct": 30,
    "You hold": 36,
    "Others hold": 36,
    "What to do": 50,
    "Why": 70,
    "Who sees to it": 24,
    "Code": 28,
    "Flag": 22,
}


def correction(side: str, flag: Row, positions: Sequence[Row], about: Row | None) -> Correction:
    """The row of a flag.

    Args:
        side: the recipient's: `centre`, `awarding_organisation` or `ucas`.
        flag: of `published.flags`.
        positions: the centre's rows of `published.checkpoint` that the flag is about; none for others.
        about: the code's row of the catalogue.
    """
    reference = _own_reference(side, flag, positions)
    sides = _Sides(side, flag, positions)
    cells = _subject(side, flag, reference) | {
        "Urgent": "urgent" if flag["urgency"] == "urgent" else None,
        "By": flag["act_by"],
        "Learner": _name(positions) if side == "centre" and reference is None else None,
        "What to correct": sides.what_to_correct,
        "You hold": sides.mine,
        "Others hold": sides.others,
        "What to do": about["action"] if about else None,
        "Why": flag["detail"],
        "Who sees to it": party(flag, about, centre="you" if side == "centre" else "the centre"),
    }
    return Correction(flag_id=flag["flag_id"], cells=cells)


def withdrawn(side: str, flag_id: str, flag: Row | None, positions: Sequence[Row], why: str) -> Correction:
    """The row of a flag that was in an earlier list and asks for nothing any more.

    Args:
        side: the recipient's.
        flag_id: the flag.
        flag: of `published.flag_history`; None where the cycle knows it no more.
        positions: as for `correction`.
        why: what has become of it.
    """
    said = {"Why": why, "What to do": "Nothing.", "Flag": flag_id}
    if flag is None:
        return Correction(flag_id=flag_id, cells=said)
    return Correction(flag_id=flag_id, cells=_subject(side, flag, _own_reference(side, flag, positions)) | said)


def _subject(side: str, flag: Row, reference: str | None) -> dict[str, str | date | None]:
    return {
        "Your reference": reference,
        "Reference of others": _other_references(side, flag),
        "Centre": flag["named_centre_number"],
        "Qualification": flag["qualification_number"],
        "Unit": flag["unit_number"],
        "Series": flag["series"],
        "Code": flag["flag_code"],
        "Flag": flag["flag_id"],
    }


def _own_reference(side: str, flag: Row, positions: Sequence[Row]) -> str | None:
    if side == "centre":
        held = {row["centre_learner_reference"] for row in positions if row["held_by_centre"]}
        return flag["centre_learner_reference"] or (held.pop() if len(held) == 1 else None)
    own: str | None = flag["registration_number" if side == "awarding_organisation" else "personal_id"]
    return own


def _other_references(side: str, flag: Row) -> str | None:
    """How others know what is meant; to a centre the application's number only where no registration is known."""
    organisation, registration = flag["awarding_organisation_rn"], flag["registration_number"]
    named = [
        ("registration", f"{organisation} {registration}" if registration else None, "awarding_organisation"),
        ("centre's reference", flag["centre_learner_reference"], "centre"),
        ("application", flag["personal_id"] if side != "centre" or not registration else None, "ucas"),
    ]
    return ", ".join(f"{word} {value}" for word, value, whose in named if value and whose != side) or None


def _name(positions: Sequence[Row]) -> str | None:
    return f"{positions[0]['surname']}, {positions[0]['forename']}" if positions else None


def _own_details(positions: Sequence[Row]) -> dict[str, str]:
    """What the centre holds of the personal details that differ; empty where it is not sure which record is meant."""
    held = [row for row in positions if row["held_by_centre"]]
    if len(held) != 1:
        return {}
    return {word: _text(held[0][column]) for word, column in PERSONAL_DETAILS.items()}


class _Sides:
    """What each side holds of that which a flag is about: its records, and the values that the flag names."""

    def __init__(self, side: str, flag: Row, positions: Sequence[Row]) -> None:
        self._side, self._flag = side, flag
        self._records: dict[str, dict[str, None]] = {}
        self._values: dict[str, dict[str, str]] = {}
        for source in json.loads(flag["sources"] or "[]"):
            feed = FEEDS.get(source["feed"])
            if feed is not None and feed.name in RECORDS:
                self._records.setdefault(feed.side, {})[RECORDS[feed.name]] = None
        cause = json.loads(flag["cause"] or "{}")
        for name, held in HELD_VALUES.items():
            if name in cause:
                empty = NOT_SHOWN_YET if held.is_grade else NO_VALUE
                self._values.setdefault(held.side, {})[held.words] = _text(cause[name]) or empty
        own = _own_details(positions) if side == "centre" else {}
        for word in (cause.get("differing") or "").split(", "):
            if word in PERSONAL_DETAILS:
                self._values.setdefault("centre", {})[word] = own.get(word, NOT_SHOWN)
                self._values.setdefault("awarding_organisation", {})[word] = NOT_SHOWN

    @property
    def what_to_correct(self) -> str | None:
        """The recipient's own records, and which of their fields."""
        record, fields = ", ".join(self._records.get(self._side, ())), ", ".join(self._values.get(self._side, ()))
        return ": ".join(part for part in (record, fields) if part) or None

    @property
    def mine(self) -> str | None:
        """What the recipient holds, in words; empty where the flag rests on no record of it."""
        return self._said(self._side)

    @property
    def others(self) -> str | None:
        """What others hold, in words: `RN0001: registration (planned completion 2026-08)`."""
        sides = [side for side in _CALLED if side != self._side and self._said(side)]
        return "; ".join(f"{self._name(side)}: {self._said(side)}" for side in sides) or None

    def _said(self, side: str) -> str | None:
        records = ", ".join(self._records.get(side, ()))
        values = ", ".join(f"{words}: {value}" for words, value in self._values.get(side, {}).items())
        return f"{records} ({values})" if records and values else records or values or None

    def _name(self, side: str) -> str:
        number = self._flag["awarding_organisation_rn"] if side == "awarding_organisation" else None
        return str(number or _CALLED[side])


def _text(value: object) -> str:
    return "" if value is None else str(value)
