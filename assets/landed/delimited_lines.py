"""A block of delimited text that is not regular as a whole, looked at line by line: regular records kept, other lines
told.

A record that turns out to be broken gives up its first line alone, and reading goes on at the next one, so that a quote
that was never closed takes no neighbour with it. Only lines with an odd number of quotes can open or close a record of
several lines; all others are judged a column at a time.
"""

import re
from dataclasses import dataclass, field
from functools import cache

import numpy
import polars as pl

from assets.landed.delimited_blocks import IRREGULAR_SCHEMA, RECORD_LINES, Dialect, parsed
from assets.landed.header import Header
from assets.landed.limits import Limits
from assets.landed.line_blocks import BLANK


@dataclass(frozen=True)
class _Forms:
    """How a field, a record and the beginning of a record of several lines are written in a dialect."""

    quoted: str
    record: str
    whole: re.Pattern[str]
    opening: str


@dataclass
class _Joined:
    """What became of the lines with an odd number of quotes.

    Attributes:
        text: of each record of several lines, by the place of its first line.
        gone: places of its other lines.
        rule: why a line is no record, by its place.
        carried: place of a line whose record goes on beyond the block, or None.
    """

    text: dict[int, str] = field(default_factory=dict)
    gone: list[int] = field(default_factory=list)
    rule: dict[int, str] = field(default_factory=dict)
    carried: int | None = None


@cache
def _forms(dialect: Dialect) -> _Forms:
    delimiter, quote = re.escape(dialect.delimiter), re.escape(dialect.quote)
    quoted = f"{quote}[^{quote}]*(?:{quote}{quote}[^{quote}]*)*{quote}"
    bare = f"[^{quote}{delimiter}\\n]*"
    one = f"(?:{quoted}|{bare})"
    # possessive, so that a long line that does not match is not gone through again and again
    at_once = f"(?:{quote}[^{quote}]*+(?:{quote}{quote}[^{quote}]*+)*+{quote}(?!{quote})|{bare}+)"
    return _Forms(
        quoted=f"{quote}[^{quote}]*{quote}",
        record=f"^{one}(?:{delimiter}{one})*$",
        whole=re.compile(f"{at_once}(?:{delimiter}{at_once})*+"),
        opening=f"^(?:{one}{delimiter})*{quote}[^{quote}]*(?:{quote}{quote}[^{quote}]*)*$",
    )


def line_by_line(
    block: bytes, header: Header, dialect: Dialect, first_line: int, limits: Limits, *, at_end: bool
) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    """Records of what is regular, in order, and the lines that are not with what is wrong with them.

    Args:
        block: whole lines, the first of them the first of a record.
        header: number of columns, and those wanted.
        dialect: how it is written.
        first_line: the first line's number.
        limits: `line_bytes` bounds a record of several lines.
        at_end: whether nothing follows the block.

    Returns:
        Records with `line`; irregular lines (`line`, `rule`, `count`); and how many bytes were used: the rest is a
        record that goes on beyond the block.
    """
    lines = pl.Series("text", [block.decode()]).str.split("\n").explode().head(-1)
    frame = pl.DataFrame({"text": lines}).with_row_index("place").with_columns(_quotes(dialect).alias("quotes"))
    joined = _Joined()
    if dialect.quote:
        joined = _joined(frame, dialect, header.width, limits, at_end=at_end)
    used = len(block)
    if joined.carried is not None:
        frame = frame.head(joined.carried)
        ends = numpy.flatnonzero(numpy.frombuffer(block, dtype=numpy.uint8) == ord("\n"))
        used = int(ends[joined.carried - 1]) + 1 if joined.carried else 0
    judged = _judged(_one_record_a_row(frame, joined), dialect, header.width)
    regular = judged.filter(pl.col("rule").is_null())
    numbers = (pl.col("place") + first_line).cast(pl.Int64).alias("line")
    records = pl.DataFrame(schema=dict.fromkeys(header.positions, pl.String))
    if regular.height:
        again = f"{regular['text'].str.join(chr(10)).item()}\n".encode()
        quoted = bool(regular["quotes"].sum())
        records = parsed(again, header, dialect, quoted=quoted, expected=regular.height)
    found = pl.when(pl.col("rule") == "field_count").then("fields").otherwise("quotes").cast(pl.UInt32).alias("count")
    irregular = judged.filter(pl.col("rule").is_not_null()).select(numbers, "rule", found)
    return records.with_columns(regular.select(numbers).to_series()), irregular.select(*IRREGULAR_SCHEMA), used


def _quotes(dialect: Dialect) -> pl.Expr:
    if not dialect.quote:
        return pl.lit(0, dtype=pl.UInt32)
    return pl.col("text").str.count_matches(dialect.quote, literal=True)


def _joined(frame: pl.DataFrame, dialect: Dialect, width: int, limits: Limits, *, at_end: bool) -> _Joined:
    """What the lines with an odd number of quotes make: each is joined with the next one, if that gives a record."""
    found, forms, texts = _Joined(), _forms(dialect), frame["text"]
    text = pl.col("text").str.strip_suffix("\r")
    odd = frame.filter(pl.col("quotes") % 2 == 1).with_columns(opens=text.str.contains(forms.opening))
    if not dialect.across_lines:
        found.rule = dict.fromkeys(odd["place"], "unclosed_quote")
        return found
    places, opens = odd["place"].to_list(), odd["opens"].to_list()
    number = 0
    while number < len(places):
        first = places[number]
        last = places[number + 1] if number + 1 < len(places) else None
        number += 1
        if not opens[number - 1]:
            found.rule[first] = "stray_quote"
        elif last is None and not at_end and _may_go_on(texts[first:], limits):
            found.carried = first
            break
        elif last is None or last - first >= RECORD_LINES:
            found.rule[first] = "unclosed_quote"
        else:
            lines = texts[first : last + 1].to_list()
            rule = _broken(lines, dialect, width, limits)
            if rule is None:
                found.text[first] = "\n".join(lines).removesuffix("\r")
                found.gone += range(first + 1, last + 1)
                number += 1
            else:
                found.rule[first] = rule
    return found


def _may_go_on(texts: pl.Series, limits: Limits) -> bool:
    return len(texts) < RECORD_LINES and int(texts.str.len_bytes().sum()) + len(texts) <= limits.line_bytes


def _broken(lines: list[str], dialect: Dialect, width: int, limits: Limits) -> str | None:
    """Why some lines make no record, or None; how many fields it has is looked at later."""
    text = "\n".join(lines).removesuffix("\r")
    if len(text.encode()) + 1 > limits.line_bytes or not _forms(dialect).whole.fullmatch(text):
        return "unclosed_quote"
    return "swallowed_lines" if _is_doubtful(lines, dialect, width) else None


def _is_doubtful(lines: list[str], dialect: Dialect, width: int) -> bool:
    """As for a regular block: whether what seems a record may be two broken ones with what stands between them."""
    between = (line.split(dialect.quote)[::2] for line in lines[1:-1])
    swallowed = any(sum(part.count(dialect.delimiter) for part in parts) == width - 1 for parts in between)
    both = all(lines[place].count(dialect.delimiter) == width - 1 for place in (0, -1))
    return width > 1 and (swallowed or both)


def _one_record_a_row(frame: pl.DataFrame, joined: _Joined) -> pl.DataFrame:
    """The lines that are not blank and belong to no record of several lines, and those records as one text each."""
    told = pl.DataFrame(list(joined.rule.items()), schema={"place": pl.UInt32, "rule": pl.String}, orient="row")
    whole = pl.DataFrame(list(joined.text.items()), schema={"place": pl.UInt32, "whole": pl.String}, orient="row")
    gone = pl.Series("place", joined.gone, dtype=pl.UInt32).to_frame()
    text = pl.coalesce("whole", pl.col("text").str.strip_suffix("\r")).alias("text")
    return (
        frame.join(gone, on="place", how="anti", maintain_order="left")
        .join(told, on="place", how="left", maintain_order="left")
        .join(whole, on="place", how="left", maintain_order="left")
        .with_columns(text)
        .filter(pl.col("text").str.strip_chars(BLANK) != "")
    )


def _judged(frame: pl.DataFrame, dialect: Dialect, width: int) -> pl.DataFrame:
    """With `rule`, null where the record is regular, and how many `quotes` and `fields` it has."""
    text, delimiter = pl.col("text"), dialect.delimiter
    if not dialect.quote:
        counted = frame.with_columns(fields=text.str.count_matches(delimiter, literal=True) + 1)
        return counted.with_columns(rule=pl.when(pl.col("fields") != width).then(pl.lit("field_count")))
    forms = _forms(dialect)
    return frame.with_columns(
        quotes=_quotes(dialect),
        fields=pl.when(text.str.contains(dialect.quote, literal=True))
        .then(text.str.replace_all(forms.quoted, "").str.count_matches(delimiter, literal=True))
        .otherwise(text.str.count_matches(delimiter, literal=True))
        + 1,
    ).with_columns(
        rule=pl.when(pl.col("rule").is_not_null())
        .then("rule")
        .when((pl.col("quotes") > 0) & ~text.str.contains(forms.record))
        .then(pl.lit("stray_quote"))
        .when(pl.col("fields") != width)
        .then(pl.lit("field_count"))
    )
