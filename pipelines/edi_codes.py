"""`reconcile edi-codes`: the list of codes that sources of entries and results name, made of basedata.

What stands in the list, and what in it is left for a person to fill in, is `assets.landed.readers._edi_codes`' business.
"""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import polars as pl
from rich.console import Console

from assets.landed.limits import Limits
from assets.landed.line_blocks import survey
from assets.landed.readers._edi_basedata import ITEMS, Basedata, basedata
from assets.landed.readers._edi_codes import CODE, COLUMNS, ContradictingCodes, Tables, codes_of
from assets.landed.readers._edi_names import edi_name
from assets.landed.refusals import RefusedDelivery
from pipelines.csv_cells import csv_cell
from pipelines.return_files import new_file
from pipelines.settings import UserError
from schemas.edi_layout import Layout, LayoutError, layout_of, shipped_layout
from schemas.edi_meanings import Kind, meanings

#: What a file of basedata is by the letter of its name, and the meaning without which a record is none. C is read in the
#: primary source, O and L in published files; other letters are no part of the list.
_READ: dict[str, tuple[Kind, str]] = {
    "O": ("options", "option_code"),
    "C": ("components", "component_code"),
    "L": ("links", "component_code"),
}


def write_codes(
    files: Sequence[Path],
    output: Path,
    *,
    earlier: Path | None,
    layouts: Sequence[Path],
    encoding: str,
    limits: Limits,
    console: Console,
) -> None:
    """Write the list of codes.

    Args:
        files: basedata under its own names; options, components and links are used, others left out.
        output: a file that does not exist yet.
        earlier: an earlier list, whose filled cells and further codes are kept.
        layouts: layouts to be used instead of the shipped ones of their kind.
        encoding: of the basedata.
        limits: bounds on it.
        console: takes the counts.

    Raises:
        UserError: a file cannot be read or is refused, the files contradict each other, or another output lies there.
    """
    chosen = {kind: shipped_layout(f"{kind}-14") for kind, _ in _READ.values()} | _layouts(layouts)
    tables = _tables(files, chosen, encoding, limits, console)
    try:
        codes = codes_of(tables, ITEMS, _earlier(earlier) if earlier else None)
    except ContradictingCodes as error:
        raise UserError(str(error)) from None
    new_file(output, _csv(codes))
    _tell(codes, output, console)


def _tables(
    files: Sequence[Path], layouts: dict[Kind, Layout], encoding: str, limits: Limits, console: Console
) -> Tables:
    rows: dict[Kind, list[pl.DataFrame]] = {kind: [] for kind, _ in _READ.values()}
    for file in files:
        rows_of = _rows(file, layouts, encoding, limits)
        if rows_of is None:
            _line(console, f"{file.name}: left out; only options, components and links make the list")
        else:
            kind, found = rows_of
            rows[kind].append(found)
            _line(console, f"{file.name}: {found.height:,} {kind}")
    if not rows["options"]:
        raise UserError("there is no file of options among these (its name begins with O); name at least one")
    return Tables(**{kind: pl.concat([_none(kind), *found]) for kind, found in rows.items()})


def _layouts(paths: Sequence[Path]) -> dict[Kind, Layout]:
    found: dict[Kind, Layout] = {}
    for path in paths:
        try:
            layout = layout_of(_text(path, "utf-8-sig"))
        except LayoutError as error:
            raise UserError(f"[{path}]: {error}") from None
        found[layout.kind] = layout
    return found


def _rows(path: Path, layouts: dict[Kind, Layout], encoding: str, limits: Limits) -> tuple[Kind, pl.DataFrame] | None:
    """What a file is, and its records; None where it is no part of the list."""
    try:
        name = edi_name(path.name, "")
        if name.data_type not in _READ:
            return None
        kind, code = _READ[name.data_type]
        content = _text(path, encoding).encode()
        _, refusal = survey(iter([content]), limits, None)
        if refusal is not None:
            raise UserError(f"[{path}]: {refusal.message}")
        found = list(basedata(iter([content]), layouts[kind], name, code))
    except RefusedDelivery as error:
        raise UserError(f"[{path}]: {error}") from None
    if any(part.refused.height for part in found):
        lines = sorted({line for part in found for line in part.refused["line"].to_list()})
        raise UserError(
            f"[{path}]: [{len(lines)}] lines cannot be read, the first is line [{lines[0]}]; have it sent again"
        )
    return kind, pl.concat([_none(kind), *(_selected(part, kind, name.series) for part in found)])


def _none(kind: Kind) -> pl.DataFrame:
    columns = ("awarding_organisation", *meanings(kind, "detail"), "series")
    return pl.DataFrame(schema=dict.fromkeys(columns, pl.String))


def _selected(part: Basedata, kind: Kind, series: str | None) -> pl.DataFrame:
    return part.rows.with_columns(series=pl.coalesce("series", pl.lit(series, dtype=pl.String))).select(
        _none(kind).columns
    )


def _text(path: Path, encoding: str) -> str:
    try:
        return path.read_bytes().decode(encoding)
    except OSError as error:
        raise UserError(f"[{path}] cannot be read ({error.strerror}); name a file") from None
    except UnicodeDecodeError:
        raise UserError(f"[{path}] is no [{encoding}]; name its encoding with --encoding") from None


def _earlier(path: Path) -> pl.DataFrame:
    """A list of codes as this command writes it.

    Raises:
        UserError: it is none.
    """
    try:
        with io.StringIO(_text(path, "utf-8-sig"), newline="") as text:
            header, *lines = list(csv.reader(text, strict=True)) or [[]]
    except csv.Error:
        header, lines = [], []
    if tuple(header) != COLUMNS or any(len(line) != len(COLUMNS) for line in lines):
        raise UserError(f"[{path}] is no list of codes; its columns are [{', '.join(COLUMNS)}]")
    told = [[cell.strip() or None for cell in line] for line in lines]
    known = pl.DataFrame(told, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")
    if known[CODE].is_duplicated().any():
        raise UserError(f"[{path}] has a code twice; leave each once")
    return known


def _csv(codes: pl.DataFrame) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([csv_cell(value) for value in row] for row in codes.rows())
    return text.getvalue().encode()


def _tell(codes: pl.DataFrame, output: Path, console: Console) -> None:
    unit = pl.col("entry") == "unit"
    incomplete = pl.col("qualification_number").is_null() | (unit & pl.col("unit_number").is_null())
    for entry in ("certification", "unit", "component"):
        of_entry = codes.filter(pl.col("entry") == entry)
        left = of_entry.filter(incomplete).height
        words = f"; {left:,} to be filled in" if left else ""
        _line(console, f"{of_entry.height:,} codes of {entry}s{words}")
    _line(console, f"wrote {output}; name it in a source: codes: {{file: {output.name}}}")


def _line(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)
