"""Any layout of Electronic Data Interchange files that holds together, and records that can be written in it."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from hypothesis import strategies as st

from schemas.edi_layout import Layout, checked_layout
from schemas.edi_meanings import MEANINGS, meanings

_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789#*'-é"
_FORMS = ("ddmmyy", "ddmmyyyy", "yymmdd", "yyyymmdd")
#: What a header must have for a series; and what every detail of results must have.
_HEADER = ("data_type", "awarding_organisation", "series", "year")
_ALWAYS = ("option_code", "grade", "registration_number")
_NEVER = ("series", "year", "centre_number", "data_type")
_YEARS_FROM = 1950


@st.composite
def _places(draw: st.DrawFn, names: Sequence[str], begin: int) -> tuple[dict[str, Any], list[dict[str, Any]], int]:
    """Fields in any order with gaps between them, the gaps, and the first position behind."""
    fields: dict[str, Any] = {}
    gaps: list[dict[str, Any]] = []
    for name in draw(st.permutations(names)):
        if gap := draw(st.integers(0, 3)):
            gaps.append({"from": begin, "to": begin + gap - 1, "what": "drawn"})
            begin += gap
        meaning = MEANINGS[name]
        more: dict[str, Any] = {"counts": "records"} if name == "record_count" else {}
        width = draw(st.integers(max(meaning.least, 2), min(max(meaning.most, 2), 14)))
        if meaning.date:
            more = {"date": draw(st.sampled_from(_FORMS))}
            width = len(more["date"])
        elif name == "year":
            width = draw(st.sampled_from([2, 4]))
        elif meaning.least == meaning.most:
            width = meaning.most
        elif name == "record_count":
            width = 6
        fields[name] = {"from": begin, "to": begin + width - 1, **more}
        begin += width
    return fields, gaps, begin


@st.composite
def layouts(draw: st.DrawFn) -> Layout:
    """A layout of results: any fields in any order, with or without a group, a header and a trailer."""
    detail_names = [name for name in meanings("results", "detail") if name not in _NEVER]
    optional = [name for name in detail_names if name not in (*_ALWAYS, "name", "surname", "forenames")]
    chosen = [*_ALWAYS, *draw(st.lists(st.sampled_from(optional), unique=True))]
    repeated = [name for name in chosen if MEANINGS[name].repeats] if draw(st.booleans()) else []
    framed = draw(st.booleans())
    begin = 3 if framed else 1
    fields, gaps, end = draw(_places([name for name in chosen if name not in repeated], begin))
    detail: dict[str, Any] = {"fields": fields, "gaps": gaps}
    if repeated:
        inner, inner_gaps, width = draw(_places(repeated, 1))
        times = draw(st.integers(1, 4))
        detail["repeated"] = {
            "from": end,
            "to": end + times * (width - 1) - 1,
            "times": times,
            "fields": inner,
            "gaps": inner_gaps,
        }
        end += times * (width - 1)
    told: dict[str, Any] = {"kind": "results", "source": "drawn", "two_digit_years_from": _YEARS_FROM}
    if framed:
        head, head_gaps, head_end = draw(_places(_HEADER, 3))
        tail, tail_gaps, tail_end = draw(_places(["record_count"], 3))
        length = max(end, head_end, tail_end) - 1
        told |= {
            "marker": {"from": 1, "to": 2},
            "file_header": {"marker": "R1", "fields": head, "gaps": _filled(head_gaps, head_end, length)},
            "file_trailer": {"marker": "R9", "fields": tail, "gaps": _filled(tail_gaps, tail_end, length)},
            "length": length,
        }
        detail |= {"marker": "R5", "gaps": _filled(gaps, end, length)}
    else:
        told["length"] = end - 1
    return checked_layout(told | {"detail": detail})


def _filled(gaps: list[dict[str, Any]], begin: int, length: int) -> list[dict[str, Any]]:
    return [*gaps, {"from": begin, "to": length, "what": "rest"}] if begin <= length else gaps


def values_of(layout: Layout, names: Sequence[str], *, filled: str) -> st.SearchStrategy[dict[str, str | None]]:
    """Values by meaning; `filled` is never blank."""
    group = layout.detail.repeated
    places = layout.detail.fields | (group.fields if group else {})

    def value(name: str) -> st.SearchStrategy[str | None]:
        if places[name].date is not None:
            days = st.dates(date(_YEARS_FROM, 1, 1), date(_YEARS_FROM + 99, 12, 31))
            return st.none() | days.map(date.isoformat)
        text = st.text(_CHARACTERS, min_size=1, max_size=places[name].width)
        return text if name == filled else st.none() | text

    return st.fixed_dictionaries({name: value(name) for name in names})


@st.composite
def written_details(draw: st.DrawFn, layout: Layout) -> list[dict[str, Any]]:
    """Details that can be written in a layout; at least one."""
    group = layout.detail.repeated
    own = values_of(layout, list(layout.detail.fields), filled="registration_number")
    found = draw(st.lists(own, min_size=1, max_size=5))
    if group is None:
        return found
    one = values_of(layout, list(group.fields), filled="option_code")
    return [detail | {"repeated": draw(st.lists(one, max_size=group.times))} for detail in found]
