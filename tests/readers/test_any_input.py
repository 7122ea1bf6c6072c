"""Any bytes and any table may be delivered in any format: what comes of it is rows, a quarantine or a refusal."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.landed import readers
from tests.readers.examples import Example, FormatsFolder, examples, feeds_of

_FEW = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

#: Text that a table may hold: what means something in some format, and what does not.
_CELL = st.one_of(
    st.sampled_from(["", '"', "99001", "9900000001", "D*", "2026-06", "31/12/2026", "-2", "_", "=1+1", "\u202e", "é"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
)


def _first_good(name: str) -> Example:
    return next(example for example in examples() if example.reader.name == name and example.good)


def _told(name: str, content: bytes) -> None:
    """Delivers bytes in a format; each feed of it must be told of them, and none as something nobody foresaw."""
    example = _first_good(name)
    with tempfile.TemporaryDirectory() as place:
        folder = FormatsFolder(Path(place))
        folder.deliver(name, content, example.path.name)
        rows = folder.land_all(feeds_of(name))
    assert {row["feed"] for row in rows} == set(feeds_of(name))
    for row in rows:
        assert row["reason"] != "unreadable", row["message"]
        if row["status"] == "accepted":
            ended = row["valid_rows"] + row["duplicate_rows"] + row["quarantined_rows"]
            assert row["landed_rows"] == ended
        else:
            assert row["reason"] and row["message"]


@pytest.mark.parametrize("name", readers.names())
@given(content=st.binary(max_size=400))
@_FEW
def test_any_bytes_are_told_of(name: str, content: bytes) -> None:
    _told(name, content)


@pytest.mark.parametrize("name", [name for name in readers.names() if readers.reader(name).text])
@given(
    rows=st.lists(st.lists(_CELL, min_size=1, max_size=9), min_size=1, max_size=6),
    separator=st.sampled_from([",", ";", "\t", "|"]),
    headed=st.booleans(),
)
@_FEW
def test_any_table_is_told_of(name: str, rows: list[list[str]], separator: str, headed: bool) -> None:
    header = _first_good(name).path.read_bytes().split(b"\n")[0] + b"\n" if headed else b""
    _told(name, header + "\n".join(separator.join(row) for row in rows).encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("name", readers.names())
@given(data=st.data())
@_FEW
def test_a_good_file_with_any_stretch_exchanged_is_told_of(name: str, data: st.DataObject) -> None:
    content = _first_good(name).path.read_bytes()
    begin = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(begin, min(len(content), begin + 40)))
    _told(name, content[:begin] + data.draw(st.binary(max_size=40)) + content[end:])
