"""The engine that splits delimited text, against a plain reading of its rules a line at a time, for any block size."""

import csv
import io
import re
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.landed import delimited_blocks, delimited_lines
from assets.landed.delimited_blocks import Body, Dialect
from assets.landed.delimited_blocks import delimited_blocks as blocks_of
from assets.landed.header import Header
from assets.landed.limits import Limits

_FIELD = r'(?:"[^"]*(?:""[^"]*)*"|[^",\n]*)'
_RECORD, _OPENING = re.compile(f"{_FIELD}(?:,{_FIELD})*"), re.compile(f'(?:{_FIELD},)*"[^"]*(?:""[^"]*)*')


@dataclass
class Read:
    """Records with their first lines, lines that are none with their rules, and how many lines are not blank."""

    records: list[tuple[object, ...]] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)
    lines: int = 0


def fields_of(text: str) -> list[str]:
    """The fields of a record that is well quoted."""
    return next(csv.reader(io.StringIO(text, newline="")))


def read_plainly(text: str, width: int, across: bool, longest: int) -> Read:
    """A record is a line, or all lines up to the one that closes its quote; a broken one gives up its first line only."""
    lines = text.removesuffix("\n").split("\n") if text else []
    read, place = Read(lines=sum(1 for line in lines if line.strip(" \t\r"))), 0
    while place < len(lines):
        line, last = lines[place].removesuffix("\r"), place
        if line.strip(" \t\r"):
            if line.count('"') % 2:
                rule, last = _open(lines, place, width, across, longest)
            else:
                rule = None if _RECORD.fullmatch(line) else "stray_quote"
            record = "\n".join(lines[place : last + 1]).removesuffix("\r")
            if rule is None and len(fields_of(record)) != width:
                rule = "field_count"
            if rule is None:
                read.records.append((*fields_of(record), place + 1))
            else:
                read.refused.append((place + 1, rule))
        place = last + 1
    return read


def _open(lines: list[str], first: int, width: int, across: bool, longest: int) -> tuple[str | None, int]:
    """What a line with an odd number of quotes is, and the last line of the record that it begins."""
    if not across:
        return "unclosed_quote", first
    if not _OPENING.fullmatch(lines[first].removesuffix("\r")):
        return "stray_quote", first
    last = next((place for place in range(first + 1, len(lines)) if lines[place].count('"') % 2), None)
    if last is None or last - first >= longest:
        return "unclosed_quote", first
    if not _RECORD.fullmatch("\n".join(lines[first : last + 1]).removesuffix("\r")):
        return "unclosed_quote", first
    within = [sum(part.count(",") for part in line.split('"')[::2]) for line in lines[first + 1 : last]]
    both = lines[first].count(",") == lines[last].count(",") == width - 1
    if width > 1 and (width - 1 in within or both):
        return "swallowed_lines", first
    return None, last


def read_by_blocks(text: str, width: int, across: bool, block_bytes: int) -> Read:
    read = Read()
    with tempfile.NamedTemporaryFile() as file:
        file.write(text.encode())
        file.flush()
        body = Body(path=Path(file.name), first_line=1, begin=0)
        header = Header(width=width, positions={str(place): place for place in range(width)}, extra=())
        for block in blocks_of(body, header, Dialect(across_lines=across), Limits(), block_bytes):
            read.records += [tuple(value or "" for value in row) for row in block.records.rows()]
            read.refused += block.irregular.select("line", "rule").rows()
            read.lines += block.lines
    return read


_PIECES = st.sampled_from(
    ['"', ",", "\n", "a", '",', '"\n', ',"', "\r\n", " ", "é", "a,b\n", '""', "a,b,c\n", '"a",b,c\n']
)


@pytest.mark.parametrize("longest", [1000, 3])
@settings(max_examples=50, deadline=None)
@given(
    pieces=st.lists(_PIECES, max_size=30),
    width=st.integers(1, 3),
    across=st.booleans(),
    block_bytes=st.sampled_from([1, 5, 12, 1 << 20]),
)
def test_any_text_is_split_as_a_plain_reading_of_the_rules_splits_it(
    longest: int, pieces: list[str], width: int, across: bool, block_bytes: int
) -> None:
    text = "".join(pieces)
    with (
        patch.object(delimited_blocks, "RECORD_LINES", longest),
        patch.object(delimited_lines, "RECORD_LINES", longest),
    ):
        found = read_by_blocks(text, width, across, block_bytes)
    expected = read_plainly(text, width, across, longest)
    assert found.records == expected.records
    assert sorted(found.refused) == expected.refused
    assert found.lines == expected.lines


def test_a_record_of_several_lines_is_held_to_the_limit_on_the_length_of_a_line(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text('a,"' + "b\n" * 50 + '"\nc,d\n')
    header = Header(width=2, positions={"first": 0}, extra=())
    for limit, kept in ((99, ["c"]), (200, ["a", "c"])):
        body = Body(path=path, first_line=1, begin=0)
        (block,) = blocks_of(body, header, Dialect(across_lines=True), Limits(line_bytes=limit))
        assert block.records["first"].to_list() == kept
