"""Plain CSV split into records of text, each with its line number; one record a line.

A block without quotes whose lines all have the right number of commas goes through Polars as it is. Any other block is
looked at line by line (still a column at a time), so that an irregular line is put aside without touching its
neighbours. What values mean is `canonical`'s and `validating`'s business.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from assets.landed.header import Header
from assets.landed.line_blocks import BLANK, count_lines
from assets.landed.refusals import RefusedDelivery

#: Bytes read at a time: about half a million rows. Larger blocks are no faster and hold more memory.
BLOCK = 32 << 20

#: Reasons for which a line is no record.
IRREGULAR = {
    "field_count": "The line must have as many fields as the header.",
    "unclosed_quote": "A double quote must be closed on the line on which it is opened; one record stands on one line.",
    "stray_quote": "A value with a double quote must be quoted as a whole, and its quotes doubled.",
}

_ALL_BUT_SEPARATORS = bytes(set(range(256)) - set(b",\n"))
_FIELD = r'(?:"(?:[^"]|"")*"|[^",]*)'
_WELL_QUOTED = f"^{_FIELD}(?:,{_FIELD})*$"


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Some of a delivery's records.

    Attributes:
        records: the feed's columns that the file has, as delivered text (String, null where empty), and `line` (Int64).
        irregular: lines that are no record: `line` (Int64), `rule` (String), `count` (UInt32: fields or quotes found).
    """

    records: pl.DataFrame
    irregular: pl.DataFrame


NO_IRREGULAR = pl.DataFrame(schema={"line": pl.Int64, "rule": pl.String, "count": pl.UInt32})


def csv_batches(path: Path, header: Header, header_line: int, begin: int) -> Iterator[Batch]:
    """The records of a plain CSV file.

    Args:
        path: UTF-8 without byte order mark, its longest line within the limits.
        header: what `read_csv_header` found.
        header_line: its line number.
        begin: where in the file the line after it begins.

    Raises:
        RefusedDelivery: `lines_unaccounted`, if the parser made other records than there are lines.
    """
    line = header_line + 1
    with path.open("rb") as file:
        file.seek(begin)
        while block := file.read(BLOCK):
            block += file.readline()
            if not block.endswith(b"\n"):
                block += b"\n"
            lines, _ = count_lines(block)
            if _is_regular(block, lines, header.width):
                records = _parsed(block, header, quoted=False, expected=lines)
                numbers = pl.int_range(line, line + lines, dtype=pl.Int64, eager=True)
                yield Batch(records=records.with_columns(numbers.alias("line")), irregular=NO_IRREGULAR)
            else:
                yield _line_by_line(block, header, line)
            line += lines


def _is_regular(block: bytes, lines: int, width: int) -> bool:
    """Whether taking all but commas and line breaks away leaves the same for every line, and nothing is quoted."""
    if b'"' in block:
        return False
    return block.translate(None, _ALL_BUT_SEPARATORS) == (b"," * (width - 1) + b"\n") * lines


def _parsed(block: bytes, header: Header, *, quoted: bool, expected: int) -> pl.DataFrame:
    """The block's values as text, in columns named by the feed. Every line has the header's number of fields."""
    columns = [f"column_{place + 1}" for place in range(header.width)]
    wanted = {columns[place]: name for name, place in header.positions.items()}
    frame = pl.read_csv(
        block,
        has_header=False,
        schema=dict.fromkeys(columns, pl.String),
        columns=list(wanted),
        quote_char='"' if quoted else None,
    )
    frame = frame.rename(wanted).rechunk()
    if frame.height != expected:
        raise RefusedDelivery("lines_unaccounted", f"Of [{expected}] lines the parser made [{frame.height}] records.")
    return frame


def _line_by_line(block: bytes, header: Header, first_line: int) -> Batch:
    """Records of the lines that are regular, in their order, and the others with what is wrong with them."""
    lines = pl.Series("text", [block.decode()]).str.split("\n").explode().head(-1)
    frame = (
        pl.DataFrame(
            {"text": lines, "line": pl.int_range(first_line, first_line + len(lines), dtype=pl.Int64, eager=True)}
        )
        .with_columns(pl.col("text").str.strip_suffix("\r"))
        .filter(pl.col("text").str.strip_chars(BLANK) != "")
    )
    text = pl.col("text")
    frame = frame.with_columns(
        quotes=text.str.count_matches('"', literal=True),
        fields=pl.when(text.str.contains('"', literal=True))
        .then(text.str.replace_all('"[^"]*"', "").str.count_matches(",", literal=True))
        .otherwise(text.str.count_matches(",", literal=True))
        + 1,
    ).with_columns(
        rule=pl.when(pl.col("quotes") % 2 == 1)
        .then(pl.lit("unclosed_quote"))
        .when((pl.col("quotes") > 0) & ~text.str.contains(_WELL_QUOTED))
        .then(pl.lit("stray_quote"))
        .when(pl.col("fields") != header.width)
        .then(pl.lit("field_count"))
    )
    regular = frame.filter(pl.col("rule").is_null())
    quoted = bool(regular["quotes"].sum())
    if regular.height:
        joined = f"{regular['text'].str.join(chr(10)).item()}\n".encode()
        records = _parsed(joined, header, quoted=quoted, expected=regular.height)
    else:
        records = pl.DataFrame(schema=dict.fromkeys(header.positions, pl.String))
    found = pl.when(pl.col("rule") == "field_count").then("fields").otherwise("quotes").cast(pl.UInt32)
    return Batch(
        records=records.with_columns(regular["line"]),
        irregular=frame.filter(pl.col("rule").is_not_null()).select("line", "rule", found.alias("count")),
    )
