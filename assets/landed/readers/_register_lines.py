"""The lines of a list of qualifications: its header matched by name, its records as text in columns of the feed contract.

Splitting lines into fields is `assets.landed.delimited_blocks`' business, and what values mean `_register_values`'. A value
may hold line breaks, as some of an address column of DfE's list do.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from assets.landed.delimited_blocks import Block, Body, Dialect, delimited_blocks
from assets.landed.header import Header, first_line, header_names, refuse_other_delimiter
from assets.landed.limits import Limits
from assets.landed.mapping.headings import folded
from assets.landed.readers._register_mending import Anchor, filled
from assets.landed.refusals import RefusedDelivery, beyond

_DIALECT = Dialect(across_lines=True)


@dataclass(frozen=True, kw_only=True)
class Layout:
    """A list of qualifications as it is delivered.

    Attributes:
        name: what it is, for messages.
        taken: heading in the file, by the name that its column has here.
        required: of these, the ones without which a file is no such list.
        either: of these, some of which one is enough.
        known: headings that the list has and nothing is taken from: a pattern.
        anchor: of these, one that stands to the right of all that is taken, and a pattern of its values.
    """

    name: str
    taken: Mapping[str, str]
    required: tuple[str, ...]
    either: tuple[str, ...] = ()
    known: re.Pattern[str]
    anchor: tuple[str, re.Pattern[str]] | None = None


@dataclass(frozen=True, kw_only=True)
class Lines:
    """A list whose header is matched.

    Attributes:
        header: where the columns stand.
        header_line: its line number.
        begin: where in the file the line after it begins.
        anchor: the column that shows of a short record that nothing is missing of what is taken, if there is one.
    """

    header: Header
    header_line: int
    begin: int
    anchor: Anchor | None


def matched(path: Path, layout: Layout, limits: Limits) -> Lines:
    """The header of a list, its headings compared without regard to case and white space.

    Raises:
        RefusedDelivery: `missing_column`, `wrong_delimiter`, `duplicate_column`, `too_many_columns`,
            `unreadable_header`, `header_only` or `empty_file`.
    """
    line, number, begin = first_line(path)
    names = header_names(line)
    if len(names) > limits.columns:
        raise beyond(limits, "columns")
    keys = [folded(name) for name in names]
    wanted = {folded(heading): ours for ours, heading in layout.taken.items()}
    found = {wanted[key]: place for place, key in enumerate(keys) if key in wanted}
    _refuse_what_is_missing(found, layout, line)
    twice = sorted({layout.taken[wanted[key]] for key in keys if key in wanted and keys.count(key) > 1})
    if twice:
        raise RefusedDelivery("duplicate_column", f"The file has the column [{', '.join(twice)}] more than once.")
    extra = tuple(
        " ".join(name.split()) or "(unnamed)"
        for name, key in zip(names, keys, strict=True)
        if key not in wanted and not layout.known.fullmatch(key)
    )
    header = Header(width=len(names), positions=found, extra=extra)
    return Lines(header=header, header_line=number, begin=begin, anchor=_anchor(layout, keys, found))


def is_list(path: Path, layout: Layout, limits: Limits) -> bool:
    """Whether a file's header is that of the list."""
    try:
        matched(path, layout, limits)
    except RefusedDelivery:
        return False
    return True


@dataclass(frozen=True, kw_only=True)
class Records:
    """Some of a list's records (`line` is a record's first), and how many of them were repaired."""

    block: Block
    repaired: int


def records_of(path: Path, lines: Lines, limits: Limits) -> Iterator[Records]:
    """The records after the header.

    Raises:
        RefusedDelivery: `header_only`, or as `assets.landed.delimited_blocks`.
    """
    rows = 0
    with filled(path, lines.begin, lines.header.width, lines.anchor) as whole:
        repaired = whole.count
        body = Body(path=whole.path, first_line=lines.header_line + 1, begin=whole.begin)
        for block in delimited_blocks(body, lines.header, _DIALECT, limits):
            yield Records(block=block, repaired=repaired)
            rows += block.records.height + block.irregular.height
            repaired = 0
    if rows == 0:
        raise RefusedDelivery("header_only", "The file holds a header and no row.")


def _anchor(layout: Layout, keys: list[str], found: Mapping[str, int]) -> Anchor | None:
    if layout.anchor is None or folded(layout.anchor[0]) not in keys:
        return None
    place = keys.index(folded(layout.anchor[0]))
    return Anchor(place=place, values=layout.anchor[1]) if place > max(found.values()) else None


def _refuse_what_is_missing(found: Mapping[str, int], layout: Layout, line: str) -> None:
    missing = [layout.taken[name] for name in layout.required if name not in found]
    if layout.either and not set(layout.either) & set(found):
        missing.append(" or ".join(layout.taken[name] for name in layout.either))
    if not missing:
        return
    refuse_other_delimiter(line, {folded(heading) for heading in layout.taken.values()}, folded)
    raise RefusedDelivery(
        "missing_column",
        f"The file is no {layout.name}: it has no column [{', '.join(missing)}].",
        advice="Deliver the list as it was downloaded, with all its columns.",
    )
