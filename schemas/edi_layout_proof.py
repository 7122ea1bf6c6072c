"""Whether a layout holds together: each position of each record named once, nothing required missing, dates readable.

What a layout may say at all is in `schemas.edi_layout`. The checks look at every position, so nothing is read from a place
that the layout's author did not think of.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from schemas.edi_meanings import MEANINGS, REQUIRED, UCI_POSITIONS, Role, meanings

if TYPE_CHECKING:
    from schemas.edi_layout import FieldPlace, Layout, Place, RecordLayout

_TRAILS = {"centre_trailer": "centre_header", "file_trailer": "file_header"}


def problems_of(layout: "Layout") -> list[str]:
    """What is wrong with a layout, each with its place in the file and what to do; empty where it holds together."""
    records = layout.records()
    found = list(_markers(layout, records))
    for role, record in records.items():
        found += _fields(layout, role, record)
        found += _positions(layout, role, record)
    found += _required(layout, records)
    found += _uci(layout)
    return found


def _markers(layout: "Layout", records: "Mapping[Role, RecordLayout]") -> Iterator[str]:
    if layout.marker is None:
        if len(records) > 1 or layout.others or layout.detail.marker is not None:
            yield "[marker]: is not given, so there can be details only and no markers; say where the marker stands"
        return
    yield from _order("marker", [layout.marker])
    if layout.marker.last > layout.length:
        yield f"[marker]: ends beyond the record's length of [{layout.length}]; correct one of them"
    told = [record.marker for record in records.values()]
    if None in told:
        yield "[marker]: a record has none; give each record the text by which it is known"
    known = [marker for marker in [*told, *layout.others] if marker is not None]
    if any(len(marker) != layout.marker.width for marker in known):
        yield f"[marker]: takes [{layout.marker.width}] positions, and a record's marker has another length; correct it"
    if len(set(known)) < len(known):
        yield "[marker]: two records have the same one; tell them apart"
    for trailer, header in _TRAILS.items():
        if getattr(layout, trailer) is not None and getattr(layout, header) is None:
            yield f"[{trailer}]: there is no [{header}] that it could end; add it"


def _fields(layout: "Layout", role: Role, record: "RecordLayout") -> Iterator[str]:
    known = meanings(layout.kind, role)
    for name, place in record.fields.items():
        yield from _field(layout, f"{role}.fields.{name}", name, place, name in known)
    if record.repeated is None:
        return
    if role != "detail":
        yield f"[{role}.repeated]: only a detail can hold a group; move it"
    for name, place in record.repeated.fields.items():
        at = f"{role}.repeated.fields.{name}"
        yield from _field(layout, at, name, place, name in known and MEANINGS[name].repeats)
        if name in record.fields:
            yield f"[{at}]: stands in the record itself as well; drop one"


def _field(layout: "Layout", at: str, name: str, place: "FieldPlace", known: bool) -> Iterator[str]:
    if not known:
        yield f"[{at}]: is no meaning that can stand there; see the page of layouts, or name the positions as a gap"
        return
    meaning = MEANINGS[name]
    if not meaning.least <= place.width <= meaning.most:
        widths = str(meaning.least) if meaning.least == meaning.most else f"{meaning.least} to {meaning.most}"
        yield f"[{at}]: takes [{place.width}] positions, and it must be [{widths}]; correct its positions"
    if meaning.date != (place.date is not None):
        yield f"[{at}]: {'say with [date] how it is written' if meaning.date else 'is no date; drop [date]'}"
    if place.date is not None:
        if place.width != len(place.date):
            yield f"[{at}]: is not as wide as [{place.date}]; correct one of them"
        if "yyyy" not in place.date and layout.two_digit_years_from is None:
            yield f"[{at}]: has years of two digits; say with [two_digit_years_from] which year they begin with"
    if (name == "record_count") != (place.counts is not None):
        yield f"[{at}]: {'say with [counts] what is counted' if name == 'record_count' else 'counts nothing; drop it'}"
    if name == "year" and place.width == 3:
        yield f"[{at}]: takes [3] positions; a year has two or four"


def _positions(layout: "Layout", role: Role, record: "RecordLayout") -> Iterator[str]:
    """Whether each position of a record, and of one of a group, is named once."""
    places: list[Place] = [*record.fields.values(), *record.gaps]
    places += [place for place in (layout.marker, record.repeated) if place is not None]
    yield from _order(role, places)
    yield from _named_once(role, places, layout.length)
    group = record.repeated
    if group is None:
        return
    if group.width % group.times:
        yield f"[{role}.repeated]: [{group.width}] positions do not hold [{group.times}] groups of one width; correct it"
        return
    inner: list[Place] = [*group.fields.values(), *group.gaps]
    yield from _order(f"{role}.repeated", inner)
    yield from _named_once(f"{role}.repeated", inner, group.width_of_one)


def _order(at: str, places: "Iterable[Place]") -> Iterator[str]:
    if any(place.last < place.first for place in places):
        yield f"[{at}]: a field or gap ends before it begins; [to] is its last position, counted from 1"


def _named_once(at: str, places: "Sequence[Place]", length: int) -> Iterator[str]:
    if any(place.last > length for place in places):
        yield f"[{at}]: a field or gap ends beyond the length of [{length}]; correct one of them"
    seen = [0] * (length + 1)
    for place in places:
        for position in range(place.first, min(place.last, length) + 1):
            seen[position] += 1
    overlapping = [position for position in range(1, length + 1) if seen[position] > 1]
    unnamed = [position for position in range(1, length + 1) if seen[position] == 0]
    if overlapping:
        yield f"[{at}]: position [{overlapping[0]}] belongs to two fields or gaps; correct them"
    if unnamed:
        yield f"[{at}]: position [{unnamed[0]}] is named by no field; name what is not read under [gaps]"


def _required(layout: "Layout", records: "Mapping[Role, RecordLayout]") -> Iterator[str]:
    detail = layout.detail
    there = {*detail.fields, *(detail.repeated.fields if detail.repeated else ())}
    for choice in REQUIRED[layout.kind]:
        if not there.intersection(choice):
            yield f"[detail]: lacks [{' or '.join(choice)}]; say where it stands"
    if detail.repeated is not None and "option_code" not in detail.repeated.fields:
        yield "[detail.repeated]: lacks [option_code]; what is repeated are options"
    if {"name"} & there and {"surname", "forenames"} & there:
        yield "[detail]: has the name as a whole and in parts; drop one"
    for role, record in records.items():
        if ("series" in record.fields) != ("year" in record.fields):
            yield f"[{role}]: a series and its year stand in one record; say where both stand"
    if layout.kind == "entries" and not any("series" in record.fields for record in records.values()):
        yield "[series]: an entry has one, and the name of a centre's file does not tell it; say where it stands"
    header = layout.file_header
    if ("version" in (header.fields if header else ())) != bool(layout.versions):
        yield "[versions]: goes with the field [version] of the file's header; give both or none"


def _uci(layout: "Layout") -> Iterator[str]:
    place = layout.detail.fields.get("uci")
    stands_there = place is not None and (place.first, place.last) == UCI_POSITIONS
    first, last = UCI_POSITIONS
    if layout.uci_elsewhere and (layout.kind != "entries" or stands_there):
        yield "[uci_elsewhere]: is of entries whose unique candidate identifier stands elsewhere; drop it"
    if layout.kind == "entries" and not stands_there and not layout.uci_elsewhere:
        yield (
            f"[detail.fields.uci]: entries have the unique candidate identifier from [{first}] to [{last}] (AQA); put it "
            "there, or say [uci_elsewhere: true]"
        )
