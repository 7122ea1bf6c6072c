"""What every reader promises of any file, checked on one: it gives parts as `assets.landed.reader` says, or refuses."""

from collections import defaultdict
from datetime import date
from pathlib import Path

import polars as pl

from assets.landed.limits import Limits
from assets.landed.line_blocks import survey
from assets.landed.reader import REFUSED_ROWS, Delivered, Options, Part, Reader
from assets.landed.refusals import RefusedDelivery
from schemas.feeds import FEEDS

LIMITS = Limits(line_bytes=100_000, expanded_bytes=10_000_000, rows=100_000)


def keeps_its_promises(reader: Reader, options: Options, path: Path, name: str) -> None:
    """Reads a file as the frame would.

    Raises:
        AssertionError: what the reader gave is not what readers give.
        Exception: whatever it raised that is no refusal.
    """
    lines = None
    if reader.text:
        try:
            facts, refusal = survey(iter([path.read_bytes()]), LIMITS, None)
        except RefusedDelivery:
            return
        if refusal is not None:
            return
        lines = facts.lines - facts.blank_lines
    delivered = Delivered(path=path, name=name, delivered_on=date(2026, 7, 15), limits=LIMITS)
    seen, numbers = 0, defaultdict(list)
    try:
        for part in reader.read(delivered, options):
            _check(part, reader, reader.feeds(options))
            seen += part.lines
            numbers[part.feed] += part.records["row" if reader.rows_a_line else "line"].to_list()
    except RefusedDelivery as refused:
        assert refused.refusal.reason and refused.refusal.message
        return
    assert lines is None or seen == lines, f"accounted for {seen} of {lines} lines"
    for found in numbers.values():
        assert len(set(found)) == len(found), "two records have one number"


def _check(part: Part, reader: Reader, feeds: tuple[str, ...]) -> None:
    assert part.feed in feeds
    places = {"line", "row"} if reader.rows_a_line else {"line"}
    columns = dict(part.records.schema)
    assert places <= set(columns)
    assert set(columns) - places <= set(FEEDS[part.feed].column_names)
    assert all(kind == (pl.Int64 if name in places else pl.String) for name, kind in columns.items())
    assert dict(part.refused.schema) == REFUSED_ROWS
    assert part.refused["line"].null_count() == part.refused["rule"].null_count() == 0
    assert part.refused["message"].null_count() == 0
    assert min(part.lines, part.set_aside, part.repaired) >= 0
