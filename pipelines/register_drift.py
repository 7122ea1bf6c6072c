"""`reconcile register-drift`: what has changed between two snapshots of Ofqual's register or of DfE's list.

What is compared stands in `assets.published.register_drift`. Values are shown: the lists are public. The files to compare
are named, or are the two latest deliveries of a source.
"""

import csv
import io
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path

import duckdb
import polars as pl
from rich.console import Console

from assets.landed.deliveries import discover_feed
from assets.landed.limits import Limits
from assets.landed.refusals import RefusedDelivery
from assets.landed.register_snapshots import Snapshot, read_snapshot
from assets.landed.sources import FOLDER, Source, SourceError, read_source
from assets.published.register_drift import OURS, Drift, drift
from assets.published.register_drift_page import drift_page
from pipelines.csv_cells import csv_cell
from pipelines.register_drift_summary import show_drift
from pipelines.settings import UserError
from schemas.specification import SpecificationError
from schemas.specification_text import parse_specification

_FEED = "qualifications"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is compared and where the result goes.

    Attributes:
        files: the earlier and the later one, or none.
        source: name of a source in the landing folder, or path of a source file; empty: none.
        landing: folder with one sub-folder a feed.
        as_of: deliveries dated later are not seen.
        published: the file that analysts open.
        published_given: whether somebody named it, so that it must be there.
        outputs: new files, ending in .html or .csv.
        limits: bounds on a file.
    """

    files: Sequence[Path]
    source: str
    landing: Path
    as_of: date
    published: Path
    published_given: bool
    outputs: Sequence[Path]
    limits: Limits


def register_drift(asked: Asked, console: Console) -> None:
    """Compare, print the summary and write the files.

    Raises:
        UserError: a file cannot be read or is of another list, there are not two deliveries, or an output is in the way.
    """
    for path in asked.outputs:
        _check_output(path)
    source = _source(asked) if asked.source else None
    paths = list(asked.files) or _two_latest(asked, source)
    earlier, later = (_snapshot(path, source, asked.limits) for path in paths)
    if earlier.list_name != later.list_name:
        raise UserError(
            f"[{earlier.name}] is of the {earlier.list_title}, [{later.name}] of the {later.list_title}; "
            "give two files of one list"
        )
    registrations = _registrations(asked)
    found = drift(earlier, later, _ours(registrations))
    published = registrations is not None
    show_drift(found, earlier, later, published=published, console=console)
    for path in asked.outputs:
        page = path.suffix == ".html"
        _write(path, drift_page(found, earlier, later, published=published) if page else drift_csv(found))
        console.print(f"written: {path}", markup=False, highlight=False, soft_wrap=True)


def drift_csv(found: Drift) -> str:
    """Every qualification that has changed, one a line, with both sides of each column; formulas are kept from running."""
    text = io.StringIO(newline="")
    changed = found.qualifications.filter(pl.col("told") != "unchanged")
    writer = csv.writer(text)
    writer.writerow(changed.columns)
    for row in changed.iter_rows():
        writer.writerow(csv_cell(cell) for cell in row)
    return text.getvalue()


def _source(asked: Asked) -> Source:
    path = Path(asked.source)
    if path.suffix != ".yaml":
        path = asked.landing / FOLDER / f"{asked.source}.yaml"
    if not path.is_file():
        raise UserError(f"there is no source file [{path}]; name a source of the landing folder, or its file")
    try:
        return read_source(path)
    except SourceError as error:
        raise UserError(str(error)) from None


def _two_latest(asked: Asked, source: Source | None) -> list[Path]:
    if source is None:
        raise UserError("name two files, or a source with --source")
    try:
        found = discover_feed(asked.landing, _FEED, asked.as_of)
    except FileNotFoundError as error:
        raise UserError(str(error)) from None
    own = [
        file for file in found if file.source is not None and file.source.name == source.name and file.status == "found"
    ]
    own.sort(key=lambda file: (file.delivered_on or date.min, file.file_name))
    if len(own) < 2:
        raise UserError(
            f"the source [{source.name}] has [{len(own)}] deliveries in [{asked.landing}]; two are compared"
        )
    return [file.path for file in own[-2:]]


def _snapshot(path: Path, source: Source | None, limits: Limits) -> Snapshot:
    try:
        return read_snapshot(path, source, limits)
    except RefusedDelivery as refused:
        raise UserError(f"[{path.name}] cannot be used: {refused.refusal.message}") from None
    except OSError as error:
        raise UserError(f"[{path}] cannot be read ({error.strerror}); name a file that can") from None


def _registrations(asked: Asked) -> dict[str, int] | None:
    """Open registrations by qualification in the publication in force; None where there is none."""
    if not asked.published.exists():
        if asked.published_given:
            raise UserError(f"nothing is published at [{asked.published}]; run `reconcile run` first, or leave it out")
        return None
    with duckdb.connect(asked.published, read_only=True) as connection:
        try:
            rows = connection.execute(
                "SELECT qualification_number, count(*) FROM published.achievability GROUP BY qualification_number"
            ).fetchall()
        except duckdb.CatalogException:
            raise UserError(f"the publication at [{asked.published}] is of an earlier version; run it again") from None
    return dict(rows)


def _ours(registrations: dict[str, int] | None) -> pl.DataFrame:
    """The qualifications with registrations, and those of shipped specifications."""
    specifications: dict[str, set[str]] = {}
    for path in (files("schemas") / "specifications").iterdir():
        if path.name.endswith(".yaml"):
            try:
                held = parse_specification(path.name, path.read_text(encoding="utf-8"))
            except SpecificationError:
                continue
            for number in held.qualification_numbers:
                specifications.setdefault(number, set()).add(held.name)
    counted = registrations or {}
    rows = [
        (number, counted.get(number), ", ".join(sorted(specifications.get(number, ()))) or None)
        for number in sorted(counted.keys() | specifications.keys())
    ]
    return pl.DataFrame(rows, schema=OURS, orient="row")


def _check_output(path: Path) -> None:
    if path.suffix not in (".html", ".csv"):
        raise UserError(f"[{path}] ends neither in .html nor in .csv; name it so")
    if os.path.lexists(path):
        raise UserError(f"[{path}] exists; name another file or move it away")


def _write(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8", newline="") as file:
            file.write(text)
    except FileExistsError:
        raise UserError(f"[{path}] exists; name another file or move it away") from None
    except OSError as error:
        raise UserError(f"[{path}] cannot be written ({error.strerror}); name another file") from None
