"""What a centre filled into its declaration sheet: a row of the feed `centre_registrations` each, or why not.

Each row is put on top of what is on record, so that a cell left empty changes nothing. A cell's own text is never quoted:
it may hold somebody's name. The sheet is `declaration_sheet`; where the rows go, `take_declaration`.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from assets.landed.validating import judge
from pipelines.declaration_sheet import ANSWER, ASKED, CORRECTIONS, KEYS, RECORDS, REFERENCE, SHEET
from pipelines.report_content import Row
from pipelines.settings import UserError
from pipelines.workbook_reading import places_of
from schemas.checks import expectation

Cells = Sequence[str | None]
Key = tuple[str, str, str]
RecordKey = tuple[str, str | None, str]

_SAME_REFERENCE = "has the same reference for the same qualification"

_MIDNIGHT = re.compile(r"[T ]00:00:00(\.0+)?$")
_WHOLE = re.compile(r"^([0-9]+)\.0$")
_KINDS = {column.name: column.field.kind for column in RECORDS.columns}
_HEADINGS = {heading: name for name, heading in CORRECTIONS.items()}


@dataclass(frozen=True, kw_only=True)
class Line:
    """A row that names a registration; `row` as the spreadsheet numbers it.

    Attributes:
        centre: the centre that it names.
        key: awarding organisation, registration and qualification.
        asked: what was filled in, by heading; empty cells are left out.
    """

    row: int
    centre: str
    key: Key
    asked: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Declared:
    """The outcome of a sheet.

    Attributes:
        records: rows of the feed that differ from what is on record, texts by column, each with its row of the sheet.
        refused: row of the sheet, and why it cannot be taken.
        unchanged: rows that say what is on record.
    """

    records: Sequence[tuple[int, Mapping[str, str]]]
    refused: Sequence[tuple[int, str]]
    unchanged: int


def read_lines(rows: Sequence[Cells]) -> list[Line]:
    """The rows of the sheet that name a registration.

    Args:
        rows: its cells, the headings first.

    Raises:
        UserError: a heading is missing or stands there twice, or no row names a registration.
    """
    places = places_of(
        [" ".join((heading or "").split()) for heading in (rows[0] if rows else ())],
        [*(shown.heading for shown in KEYS), *ASKED],
        sheet=SHEET,
        written_by="it was written",
    )
    lines = []
    for number, cells in enumerate(rows[1:], 2):
        found = {heading: text for heading, place in places.items() if (text := _plain(cells[place]))}
        centre, *key = (found.get(shown.heading, "") for shown in KEYS)
        asked = {heading: found[heading] for heading in ASKED if heading in found}
        if any(key) or asked:
            lines.append(Line(row=number, centre=centre, key=(key[0], key[1], key[2]), asked=asked))
    if not lines:
        raise UserError(f"the sheet [{SHEET}] names no registration; send back the workbook that was written")
    return lines


def _plain(cell: str | None) -> str:
    """A cell's text without what a spreadsheet adds: the midnight of a day, the decimals of a whole number."""
    text = _MIDNIGHT.sub("", " ".join((cell or "").split()))
    return _WHOLE.sub(r"\1", text)


def declared(lines: Sequence[Line], centre: str, on_record: Mapping[Key, Row]) -> Declared:
    """What the rows change.

    Args:
        lines: of the sheet.
        centre: the centre that sent it.
        on_record: rows of `published.checkpoint` of that centre, by key.
    """
    times = Counter(line.key for line in lines)
    held = {_record_key(record) for record in on_record.values() if record["held_by_centre"]}
    refused: list[tuple[int, str]] = []
    changed: list[tuple[int, dict[str, str]]] = []
    unchanged = 0
    for line in lines:
        record = on_record.get(line.key)
        if reason := _refusal(line, centre, record, times[line.key]) or _refused_reference(line, record, held):
            refused.append((line.row, reason))
        elif record is not None:
            before, after = _before(record), _after(record, line.asked)
            if after == before or not line.asked:
                unchanged += 1
            else:
                changed.append((line.row, after))
    reasons = _judged(changed)
    return Declared(
        records=[(row, record) for row, record in changed if row not in reasons],
        refused=sorted([*refused, *reasons.items()]),
        unchanged=unchanged,
    )


def _record_key(record: Row) -> RecordKey:
    """What tells the centre's records apart."""
    number = record["recorded_centre_number"] or record["centre_number"]
    return (number, record["centre_learner_reference"], record["qualification_number"])


def _refusal(line: Line, centre: str, record: Row | None, times: int) -> str:
    """Why a row cannot be taken as a whole; empty if it can."""
    if line.centre != centre:
        return f"it is not of centre [{centre}]; send each centre's own workbook"
    if record is None or not record["stands"]:
        return "no such registration of this centre waits for an answer; ask for a new report"
    if times > 1:
        return f"the registration stands in [{times}] rows; keep one of them"
    if line.asked.get(ANSWER, "").upper() not in ("", "Y", "N"):
        return f"the column [{ANSWER}] holds neither Y nor N; choose one, or leave it empty"
    return ""


def _refused_reference(line: Line, record: Row | None, held: Set[RecordKey]) -> str:
    """Why the centre's reference that a row gives, or does not give, cannot be taken; empty if it can."""
    asked, reference = line.asked, line.asked.get(REFERENCE)
    if record is None:
        return ""
    if record["held_by_centre"]:
        known = reference in (None, record["centre_learner_reference"])
        return "" if known else f"you report this registration already; leave the column [{REFERENCE}] empty"
    if asked and reference is None:
        return (
            f"you do not report this registration; write your reference in the column [{REFERENCE}], or have it withdrawn "
            "by the awarding organisation"
        )
    if reference is not None and _record_key({**record, "centre_learner_reference": reference}) in held:
        return f"another registration {_SAME_REFERENCE}"
    return ""


def _before(record: Row) -> dict[str, str]:
    """What is on record, as the feed writes it; where the centre reports nothing, nothing but the key is."""
    texts = {name: _text(record.get(name)) for name in RECORDS.column_names}
    return texts | {"centre_number": _text(record["recorded_centre_number"]), "status": "active"}


def _after(record: Row, asked: Mapping[str, str]) -> dict[str, str]:
    texts = _before(record)
    texts["centre_number"] = texts["centre_number"] or _text(record["centre_number"])
    texts["centre_learner_reference"] = asked.get(REFERENCE) or texts["centre_learner_reference"]
    if ANSWER in asked:
        texts["expects_result_this_summer"] = asked[ANSWER].upper()
    return texts | {
        _HEADINGS[heading]: _month(_HEADINGS[heading], text) for heading, text in asked.items() if heading in _HEADINGS
    }


def _month(name: str, text: str) -> str:
    """A month that a spreadsheet took for its first day is that month."""
    return text[:7] if _KINDS[name] == "month" and re.fullmatch(r"\d{4}-\d{2}-01", text) else text


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else "" if value is None else str(value)


def _judged(changed: Sequence[tuple[int, Mapping[str, str]]]) -> dict[int, str]:
    """The rows that the feed's contract refuses, and those that speak of one record twice, with the reasons."""
    if not changed:
        return {}
    frame = pl.DataFrame(
        [{**record, "line": row} for row, record in changed],
        schema={**dict.fromkeys(RECORDS.column_names, pl.String), "line": pl.UInt32},
    )
    of_feed = {column.name: column for column in RECORDS.columns}
    reasons: dict[int, list[str]] = {}
    for row, name, rule, _ in judge(frame, RECORDS).reasons.iter_rows():
        reasons.setdefault(row, []).append(expectation(of_feed[name], rule))
    keys = [tuple(record[name] for name in RECORDS.key) for _, record in changed]
    times = Counter(keys)
    for (row, _), key in zip(changed, keys, strict=True):
        if times[key] > 1:
            reasons.setdefault(row, []).append(f"another row {_SAME_REFERENCE}.")
    return {row: " ".join(found) for row, found in reasons.items()}
