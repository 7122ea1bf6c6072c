"""Plain text cut into blocks of whole lines, and what can be known of its lines without a parser.

The line numbers of every row, and the count that the parser is held against, come from here. Fields are `reading`'s
business.
"""

import re
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy

from assets.landed.limits import Limits
from assets.landed.refusals import Refusal, beyond
from assets.landed.whole_files import written_whole

#: A blank line holds nothing but spaces, tabs and carriage returns. It is no record (feed contract: one record a line).
BLANK = " \t\r"

_BLANK_LINE = re.compile(rb"(?m)^[ \t\r]*\n")
_LINE_BREAK, _SPACE = 10, 32


@dataclass(frozen=True, kw_only=True)
class TextFacts:
    """What the lines of a text are: how many, and how many of them blank. A last line need not end in a line break."""

    lines: int = 0
    blank_lines: int = 0


def line_blocks(chunks: Iterable[bytes], limits: Limits) -> Iterator[bytes]:
    """The same bytes in blocks that end with a line break, all but perhaps the last.

    Args:
        chunks: bytes, cut anywhere.
        limits: bounds on the length of a line.

    Raises:
        RefusedDelivery: `line_too_long`, for a line longer than that and than a chunk.
    """
    rest = b""
    for chunk in chunks:
        end = chunk.rfind(b"\n") + 1
        if end:
            yield rest + chunk[:end]
            rest = chunk[end:]
        else:
            rest += chunk
        if len(rest) > limits.line_bytes:
            raise beyond(limits, "line_bytes")
    if rest:
        yield rest


def survey(chunks: Iterable[bytes], limits: Limits, target: Path | None) -> tuple[TextFacts, Refusal | None]:
    """Counts a text's lines, checks that it is UTF-8 without NUL bytes, and writes it down if a target is given.

    Args:
        chunks: the text, unpacked.
        limits: bounds on its lines.
        target: file to write the text to, or None.

    Returns:
        The counts, and the first thing that makes the text unusable: `nul_bytes`, `not_utf8`, `line_too_long`,
        `carriage_returns` or `empty_file`. Lines are counted to the end even so, as far as the text can be read.

    Raises:
        RefusedDelivery: from the chunks themselves.
    """
    lines = blank = 0
    refusal: Refusal | None = None
    with nullcontext() if target is None else written_whole(target) as file:
        for block in line_blocks(chunks, limits):
            refusal = refusal or _wrong_with(block, lines, limits)
            counted = count_lines(block)
            lines, blank = lines + counted[0], blank + counted[1]
            if file is not None:
                file.write(block)
    if lines == blank:
        refusal = refusal or Refusal.because("empty_file", "The file holds no line.")
    if refusal is not None and target is not None:
        target.unlink()
    return TextFacts(lines=lines, blank_lines=blank), refusal


def count_lines(block: bytes) -> tuple[int, int]:
    """How many lines a block of whole lines holds, and how many of them are blank."""
    characters = numpy.frombuffer(block, dtype=numpy.uint8)
    breaks = characters == _LINE_BREAK
    last = block[block.rfind(b"\n") + 1 :]
    lines = int(numpy.count_nonzero(breaks)) + bool(last)
    blank = int(bool(last) and not last.strip(BLANK.encode()))
    # no line begins with a space or a control character: none is blank, and the lines need not be looked at one by one
    if block[:1] > b" " and not numpy.any(breaks[:-1] & (characters[1:] <= _SPACE)):
        return lines, blank
    return lines, blank + len(_BLANK_LINE.findall(block))


def _wrong_with(block: bytes, lines_before: int, limits: Limits) -> Refusal | None:
    if b"\0" in block:
        return Refusal.because("nul_bytes", "The file holds NUL bytes, so it is no UTF-8 text.")
    if not block.isascii():
        try:
            block.decode()
        except UnicodeDecodeError as error:
            line = lines_before + block.count(b"\n", 0, error.start) + 1
            return Refusal.because("not_utf8", f"Line [{line}] holds a byte that is not UTF-8.")
    if lines_before == 0 and b"\n" not in block and block.count(b"\r") > block.endswith(b"\r"):
        return Refusal.because("carriage_returns", "Lines end in a bare carriage return.")
    if _has_longer_line(block, limits.line_bytes):
        return beyond(limits, "line_bytes").refusal
    return None


def _has_longer_line(block: bytes, line_bytes: int) -> bool:
    """Leaps from line to line, each time to the last line that begins within reach; the bytes between are not read."""
    begin = 0
    while len(block) - begin > line_bytes:
        end = block.rfind(b"\n", begin, begin + line_bytes + 1)
        if end < 0:
            return True
        begin = end + 1
    return False
