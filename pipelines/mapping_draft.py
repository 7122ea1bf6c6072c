"""`reconcile draft-mapping`: a source file proposed from a sample, for a person to check and complete.

Nothing is decided by it that could be otherwise: of two ways to read a column's dates both are written down as
comments, and a code that is not known gets a question mark, which the mapping refuses. Of the sample's values only
codes are written.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

import polars as pl
import yaml
from rich.console import Console

from assets.landed.canonical import canonical
from assets.landed.mapping.damage import ISO_DAY, fixed_length
from assets.landed.mapping.formats import Kind, date_format, readings
from pipelines.mapping_sample import Sample, read_sample
from pipelines.settings import UserError
from schemas.column_names import FILE, ColumnNames, bare, column_names
from schemas.feeds import FEEDS, Column, Feed
from schemas.fields import SENTINELS, Field

#: More distinct values than this are no codes, whatever the heading says.
_MOST_CODES = 20
_CODE = re.compile(r"[^\W_][\w /&'().-]{0,30}")

_DAYS = (
    ("dd/mm/yyyy",),
    ("mm/dd/yyyy",),
    ("d/m/yyyy",),
    ("m/d/yyyy",),
    ("dd/mm/yyyy", "d/m/yyyy"),
    ("mm/dd/yyyy", "m/d/yyyy"),
    ("yyyy-mm-dd",),
    ("dd-mm-yyyy",),
    ("dd.mm.yyyy",),
    ("dd Mon yyyy",),
    ("d Mon yyyy",),
    ("dd-Mon-yyyy",),
    ("d-Mon-yyyy",),
    ("d Month yyyy",),
    ("dd Month yyyy",),
    ("yyyymmdd",),
    ("ddmmyyyy",),
    ("yyyy/mm/dd",),
    ("dd/mm/yy",),
    ("mm/dd/yy",),
    ("dd-Mon-yy",),
    ("d-Mon-yy",),
    ("dd/mm/yyyy hh:mm",),
    ("dd/mm/yyyy hh:mm:ss",),
    ("yyyy-mm-dd hh:mm:ss",),
    ("yyyy-mm-dd hh:mm:ss.f",),
    ("m/d/yyyy h:mm:ss AM +00:00",),
)
_MONTHS = (("Month yyyy",), ("Mon yyyy",), ("mm/yyyy",), ("mm-yyyy",), ("Mon-yyyy",), ("Mon-yy",), ("yyyymm",), *_DAYS)


@dataclass(frozen=True, kw_only=True)
class _Drafting:
    """What a draft is made from. `taken`: the places of the headings that are spoken for; `footers`: how its footer
    begins."""

    sample: Sample
    feed: Feed
    names: ColumnNames
    taken: dict[str, int]
    footers: list[str]


def draft_mapping(path: Path, feed: str, sheet: str | None, output: Path | None, console: Console) -> None:
    """Prints the draft, or writes it into a new file.

    Raises:
        UserError: there is no such feed, the sample cannot be read, or the file is there already.
    """
    if feed not in FEEDS:
        raise UserError(f"there is no feed [{feed}]; the feeds are [{', '.join(FEEDS)}]")
    names = column_names((files("schemas") / "code_lists" / FILE).read_text(encoding="utf-8"))
    known = {one for column in FEEDS[feed].column_names for one in _headings(column, names)}
    sample = read_sample(path, sheet, known)
    text = _draft(sample, FEEDS[feed], names, sheet)
    if output is None:
        console.print(text, markup=False, highlight=False, soft_wrap=True, end="")
        return
    try:
        with output.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UserError(f"[{output}] is there already; name another file or move it away") from None
    except OSError as error:
        raise UserError(f"[{output}] cannot be written ({error.strerror}); name another file") from None
    told = f"wrote {output}; check it, fill it in, then prove it:\n  reconcile check-source {output} --against {path}"
    console.print(told, markup=False, highlight=False, soft_wrap=True)


def _headings(column: str, names: ColumnNames) -> tuple[str, ...]:
    return names.headings.get(column, (bare(column),))


def _draft(sample: Sample, feed: Feed, names: ColumnNames, sheet: str | None) -> str:
    sample, footers = _without_footer(sample, names)
    found = [bare(heading) for heading in sample.headings]
    taken = {}
    for name in feed.column_names:
        if (place := next((found.index(one) for one in _headings(name, names) if one in found), None)) is not None:
            taken[name] = place
    drafting = _Drafting(sample=sample, feed=feed, names=names, taken=taken, footers=footers)
    lines = [*_above(drafting, sheet), "  feeds:", f"    {feed.name}:", "      columns:"]
    missing = []
    parted = _full_names(drafting)
    for column in feed.columns:
        if column.name in taken:
            lines += _of_column(drafting, column, taken[column.name])
        elif column.name in parted:
            lines.append(f"        {parted[column.name]}")
        else:
            missing.append(column)
    lines += _missing(missing, feed)
    spoken_for = {*taken.values(), *(found.index(one) for one in names.full_names if parted and one in found)}
    left = [
        " ".join(one.split()) for place, one in enumerate(sample.headings) if place not in spoken_for and one.strip()
    ]
    if left:
        lines.append(f"# Headings that nothing is taken from: {', '.join(left)}")
    return "\n".join(lines) + "\n"


def _without_footer(sample: Sample, names: ColumnNames) -> tuple[Sample, list[str]]:
    """The sample without the rows of its end that begin as a footer does, and how those begin."""
    rows, found = list(sample.rows), []
    while rows:
        first = next((cell.strip() for cell in rows[-1] if cell.strip()), "").casefold()
        begins = next((one for one in names.footers if first.startswith(one.casefold())), None)
        if begins is None:
            break
        found.append(begins)
        rows.pop()
    return replace(sample, rows=tuple(rows)), list(dict.fromkeys(reversed(found)))


def _above(drafting: _Drafting, sheet: str | None) -> list[str]:
    sample = drafting.sample
    lines = [
        f"# Drafted by `reconcile draft-mapping` for {drafting.feed.name}, from {len(sample.rows)} rows of a sample.",
        "# Check every line. Where there is a question mark the mapping is refused until it is filled in.",
        f"reader: {sample.reader}",
    ]
    if sample.reader == "delimited":
        doubt = "  # the sample is plain ASCII: windows-1252 is possible too" if sample.is_ascii else ""
        lines.append(f"encoding: {sample.encoding}{doubt}")
    lines.append("options:")
    if sample.delimiter not in ("", ","):
        lines.append(f"  delimiter: {_scalar(sample.delimiter.replace(chr(9), 'tab'))}")
    if sheet is not None:
        lines.append(f"  sheet: {_scalar(sheet)}")
    if sample.header_row is not None:
        lines.append(f"  header_row: {sample.header_row}")
    if drafting.footers:
        lines.append(f"  footer: {_listed(drafting.footers)}")
    held = {cell for place in drafting.taken.values() for cell in sample.column(place)}
    if marks := [mark for mark in drafting.names.empty if mark in held]:
        lines.append(f"  empty: [{', '.join(map(_scalar, marks))}]")
    return lines


def _of_column(drafting: _Drafting, column: Column, place: int) -> list[str]:
    """The lines for a column that was found."""
    name, heading = column.name, " ".join(drafting.sample.headings[place].split())
    values = [cell for cell in drafting.sample.column(place) if cell not in (*drafting.names.empty, *SENTINELS)]
    said = f"        {name}: {_scalar(heading)}"
    if column.field.kind in ("date", "moment", "month"):
        return _dated(column.field, heading, values, own=drafting.sample.reader == "workbook")
    if column.field.codes is not None:
        return _coded(column.field, heading, values, drafting.names) or [said]
    return [said, *_doubts(column.field, values)]


def _dated(field: Field, heading: str, values: Sequence[str], *, own: bool) -> list[str]:
    """A column of dates: the one format that reads them all, or every one that does, to choose from."""
    kind: Kind = "month" if field.kind == "month" else "moment" if field.kind == "moment" else "date"
    key = "months" if kind == "month" else "dates"
    plain = f"        {field.name}: {_scalar(heading)}"
    texts = pl.DataFrame({"text": pl.Series(values, dtype=pl.String).unique().sort()})
    if own and kind != "month":
        # what the sheet holds as dates is told as such and needs no format
        texts = texts.filter(~pl.col("text").str.contains(ISO_DAY[:-1] + "([ T][0-9:]+)?$"))
    form = r"^[0-9]{4}-[0-9]{2}$" if kind == "month" else ISO_DAY
    if texts.filter(~pl.col("text").str.contains(form)).is_empty():
        return [plain if values else f"{plain}  # the sample holds none: state [{key}] once one is seen"]
    readers: list[tuple[tuple[str, ...], list[str | None]]] = []
    for formats in _MONTHS if kind == "month" else _DAYS:
        stated = [date_format(text, kind) for text in formats]
        said = texts.select(readings(stated, kind, 1950, pl.col("text"))[0]).to_series()
        if said.null_count() == 0 and not any(said.to_list() == other for _, other in readers):
            readers.append((formats, said.to_list()))
    if not readers:
        return [f"        # no format that is known reads every value: add [{key}]", plain]
    told = [
        f"{field.name}: {{from: {_scalar(heading)}, {key}: {_listed(formats)}{_century(formats)}}}"
        for formats, _ in readers
    ]
    if len(told) == 1 and "?" not in told[0]:
        return [f"        {told[0]}"]
    why = (
        "the sample can be read in more than one way."
        if len(told) > 1
        else "of which hundred years are years of two digits?"
    )
    return [f"        # {why} Choose, fill in and take the sign away:", *(f"        # {one}" for one in told)]


def _century(formats: Iterable[str]) -> str:
    return ', years_from: "?"' if any("yy" in text and "yyyy" not in text for text in formats) else ""


def _listed(texts: Sequence[str]) -> str:
    return _scalar(texts[0]) if len(texts) == 1 else f"[{', '.join(map(_scalar, texts))}]"


def _coded(field: Field, heading: str, values: Sequence[str], names: ColumnNames) -> list[str]:
    """A column of codes: what is written and what it means, as far as that is known; nothing if it holds codes
    already."""
    codes = field.codes or ()
    meant = {code.lower(): code for code in codes} | dict(names.values.get(field.name, {}))
    distinct = sorted(set(values))
    raised = field.normalise == "upper"
    strange = [text for text in distinct if (text.upper() if raised else text) not in codes]
    if not strange:
        return []
    said = f"        {field.name}: {_scalar(heading)}"
    if len(distinct) > _MOST_CODES or not all(_CODE.fullmatch(text) for text in strange):
        return [f"        # [{len(distinct)}] distinct values do not look like codes: is it this column?", said]
    lines = [f"        {field.name}:", f"          from: {_scalar(heading)}", "          values:"]
    for text in strange:
        code = meant.get(text.lower())
        known = code in codes
        asked = "" if known else f"  # one of {', '.join(codes)}"
        lines.append(f"            {_scalar(text)}: {_scalar(code) if known and code else _scalar('?')}{asked}")
    return lines


def _doubts(field: Field, values: Sequence[str]) -> list[str]:
    """Comments on values that have not the column's form."""
    if field.pattern is None or not values:
        return []
    text = pl.Series("text", values, dtype=pl.String).to_frame().select(text=canonical(field, pl.col("text")))
    unformed = text.filter(~pl.col("text").str.contains(f"(?-u){field.pattern}"))
    if unformed.is_empty():
        return []
    told = f"of [{len(values)}] values [{unformed.height}] are not {field.form}"
    lines = [f"        # {told}: add [values] or [lookup], or correct the list"]
    length = fixed_length(field)
    short = unformed.filter(pl.col("text").str.contains(f"(?-u)^[1-9][0-9]{{{(length or 2) - 2}}}$")).height
    if length is not None and short:
        lines.append(
            f"        # [{short}] of them lack one digit: if a spreadsheet took their zero, add [spreadsheet: true]"
        )
    return lines


def _full_names(drafting: _Drafting) -> dict[str, str]:
    """Surname and forename from one cell, where the list has no others and parts them by one comma."""
    forename = "forenames" if "forenames" in drafting.feed.column_names else "forename"
    if "surname" not in drafting.feed.column_names or {"surname", forename} & set(drafting.taken):
        return {}
    for place, heading in enumerate(drafting.sample.headings):
        if bare(heading) in drafting.names.full_names and place not in drafting.taken.values():
            cells = drafting.sample.column(place)
            if cells and all(cell.count(",") == 1 for cell in cells):
                said = f'from: {_scalar(" ".join(heading.split()))}, split: {{by: ",", part: '
                return {"surname": f"surname: {{{said}1}}}}", forename: f"{forename}: {{{said}2}}}}"}
    return {}


def _missing(missing: Sequence[Column], feed: Feed) -> list[str]:
    lines = []
    for column in missing:
        if column.name in feed.required_in_header:
            empty = "" if column.required else ", or empty: it stands for every one"
            asked = f"[from] its heading, or what it is throughout{empty}"
            lines.append(f'        {column.name}: {{constant: "?"}}  # not found, and needed: {asked}')
    optional = [column.name for column in missing if column.name not in feed.required_in_header]
    if optional:
        lines.append(f"        # not found, and may be left out: {', '.join(optional)}")
    return lines


def _scalar(text: str) -> str:
    """A text as YAML, plain where that is safe within braces."""
    if re.fullmatch(r"[A-Za-z0-9][\w ./()-]*", text) and yaml.safe_load(text) == text:
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
