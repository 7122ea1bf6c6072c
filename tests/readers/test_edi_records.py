"""Files of several centres: each record is under its header, each trailer counts its own, however a file is cut up."""

import polars as pl
import pytest

from assets.landed.readers._edi_details import details
from assets.landed.readers._edi_names import edi_name
from assets.landed.readers._edi_records import records_of
from assets.landed.refusals import RefusedDelivery
from schemas.edi_layout import checked_layout

_BLANK = {"from": 17, "to": 24, "what": "blank"}
_LAYOUT = checked_layout(
    {
        "kind": "results",
        "source": "invented for a test",
        "length": 24,
        "marker": {"from": 1, "to": 1},
        "others": ["N"],
        "file_header": {
            "marker": "H",
            "fields": {"series": {"from": 2, "to": 3}, "year": {"from": 4, "to": 7}},
            "gaps": [{"from": 8, "to": 16, "what": "blank"}, _BLANK],
        },
        "centre_header": {
            "marker": "C",
            "fields": {"centre_number": {"from": 2, "to": 6}},
            "gaps": [{"from": 7, "to": 16, "what": "blank"}, _BLANK],
        },
        "detail": {
            "marker": "D",
            "fields": {
                "candidate_number": {"from": 2, "to": 5},
                "option_code": {"from": 6, "to": 11},
                "grade": {"from": 12, "to": 13},
            },
            "gaps": [{"from": 14, "to": 16, "what": "blank"}, _BLANK],
        },
        "centre_trailer": {
            "marker": "T",
            "fields": {"record_count": {"from": 2, "to": 5, "counts": "records"}},
            "gaps": [{"from": 6, "to": 16, "what": "blank"}, _BLANK],
        },
        "file_trailer": {
            "marker": "Z",
            "fields": {"record_count": {"from": 2, "to": 5, "counts": "details"}},
            "gaps": [{"from": 6, "to": 16, "what": "blank"}, _BLANK],
        },
    }
)
_FILE = [
    "H6A2026",
    "C99001",
    "D0001VT100 D1",
    "N a record that is not read",
    "D0002VT100 P1",
    "T0005",
    "",
    "C99002",
    "D0001VT200 M1",
    "T0003",
    "Z0003",
]
_NAME = "R6A26_77.X01"


def _read(lines: list[str], name: str = _NAME, *, by_line: bool = False) -> pl.DataFrame:
    content = "\r\n".join([*lines, ""]).encode()
    blocks = content.splitlines(keepends=True) if by_line else [content]
    return pl.concat(details(some, _LAYOUT)[0] for some in records_of(blocks, _LAYOUT, edi_name(name, "")))


@pytest.mark.parametrize("by_line", [False, True])
def test_each_record_is_of_the_centre_above_it(by_line: bool) -> None:
    found = _read(_FILE, by_line=by_line)
    assert found.select("line", "centre_number", "candidate_number", "grade", "series").rows() == [
        (3, "99001", "0001", "D1", "2026-06"),
        (5, "99001", "0002", "P1", "2026-06"),
        (9, "99002", "0001", "M1", "2026-06"),
    ]


@pytest.mark.parametrize("by_line", [False, True])
@pytest.mark.parametrize(
    ("line", "text", "reason"),
    [
        (5, "T0004", "edi_count"),
        (9, "T0008", "edi_count"),
        (10, "Z0004", "edi_count"),
        (10, "Z", "edi_count"),
        (7, "D0009VT100 P1", "edi_structure"),
        (9, "D0009VT100 P1", "edi_structure"),
        (0, "C99001", "edi_structure"),
        (0, "HDA2026", "edi_series"),
        (0, "H6A2025", "edi_name"),
        (10, "N", "edi_structure"),
    ],
)
def test_a_record_out_of_its_place_or_a_trailer_that_counts_others_refuses_the_file(
    by_line: bool, line: int, text: str, reason: str
) -> None:
    with pytest.raises(RefusedDelivery) as refused:
        _read([*_FILE[:line], text, *_FILE[line + 1 :]], by_line=by_line)
    assert refused.value.refusal.reason == reason


def test_a_centre_s_own_file_holds_no_other_centre() -> None:
    with pytest.raises(RefusedDelivery, match=r"Line \[8\] has another \[centre number\]"):
        _read(_FILE, "R9900177.X01")
    assert _read([*_FILE[:6], "Z0002"], "R9900177.X01").height == 2


def test_a_record_of_no_known_type_is_counted_and_told() -> None:
    lines = [*_FILE[:2], "?0001VT100 D1", *_FILE[3:]]
    lines[-1] = "Z0002"
    (found,) = records_of(["\n".join(lines).encode()], _LAYOUT, edi_name(_NAME, ""))
    assert found.unknown["line"].to_list() == [3]
    assert (found.lines, found.others) == (10, 1)
