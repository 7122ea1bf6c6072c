"""`reconcile reports`: a page and a workbook for each centre, awarding organisation and UCAS, from what is published.

Centres are read in bulk, some at a time, by as many processes as there are cores. A report that says what it said before is
not written again; what it says belongs in `report_centre` and `report_owner`. Nothing personal is printed.
"""

import multiprocessing
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from pipelines.report_centre import centre_report
from pipelines.report_content import Report
from pipelines.report_files import (
    INDEX,
    Manifest,
    Written,
    is_whole,
    read_manifest,
    report_folder,
    report_path,
    write_manifest,
    write_whole,
)
from pipelines.report_index import index_page
from pipelines.report_owner import organisation_report, ucas_report
from pipelines.report_page import report_page
from pipelines.report_rows import ReportRows, open_publication
from pipelines.report_workbook import report_workbook
from pipelines.settings import UserError

#: So many centres are read together.
_TOGETHER = 50
#: Fewer centres than this are not worth the start of processes.
_FEW = 100


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which reports are asked for; none named: all of them."""

    centres: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    ucas: bool = False

    @property
    def everything(self) -> bool:
        return not (self.centres or self.organisations or self.ucas)


@dataclass(frozen=True, kw_only=True)
class _Work:
    """Some reports of one kind, and the hashes of those that lie there whole."""

    kind: str
    keys: tuple[str, ...]
    held: Mapping[str, str]


#: Kind, key, hash of what it says, figures for the index, and whether it was written.
_Done = tuple[str, str, str, Mapping[str, object], bool]


def write_reports(publication: Path, folder: Path, wanted: Wanted, console: Console) -> None:
    """Write the reports that are wanted and have changed, and the index of all.

    Raises:
        UserError: nothing is published, a number is not in it, or the folder cannot be used.
    """
    # all processes read the same file, also if another is published meanwhile
    publication = publication.resolve()
    with open_publication(publication) as rows:
        as_of = rows.night.as_of
        keys = _keys(rows, wanted)
    with report_folder(folder.absolute()) as place:
        manifest = read_manifest(place)
        written = 0
        try:
            for kind, key, digest, figures, fresh in _carried_out(
                publication, place, _works(place, keys, manifest), console
            ):
                before = manifest.get((kind, key))
                day = as_of.isoformat() if fresh or before is None else before.as_of
                manifest[kind, key] = Written(digest=digest, as_of=day, figures=figures)  # type: ignore[arg-type]
                written += fresh
            stale = _mark_stale(manifest, keys) if wanted.everything else 0
        finally:
            write_manifest(place, manifest)
        write_whole(place / INDEX, index_page(manifest).encode())
    count = sum(map(len, keys.values()))
    _say(console, f"Reports as of {as_of}: {written:,} of {count:,} written, {count - written:,} unchanged.")
    if stale:
        _say(console, f"Stale: {stale:,}. The publication has nothing on them any more; the index lists them.")
    _say(console, f"They hold personal data. Begin with {place / INDEX}")


def _keys(rows: ReportRows, wanted: Wanted) -> dict[str, list[str]]:
    """The keys of the reports, by kind.

    Raises:
        UserError: something is wanted that the publication does not know.
    """
    # the largest first, so that no process is left alone with one of them at the end
    known = {"ucas": ["ucas"], "organisations": rows.organisations(), "centres": rows.centres()}
    if wanted.everything:
        return known
    keys = {"ucas": ["ucas"] * wanted.ucas, "organisations": [*wanted.organisations], "centres": [*wanted.centres]}
    for kind, word in (("centres", "centre"), ("organisations", "awarding organisation")):
        if missing := sorted(set(keys[kind]) - set(known[kind])):
            raise UserError(
                f"the publication has neither registrations nor flags of {word} [{', '.join(missing)}]; "
                "give the number that it has now"
            )
    return {kind: sorted(set(found)) for kind, found in keys.items()}


def _works(place: Path, keys: Mapping[str, Sequence[str]], manifest: Manifest) -> list[_Work]:
    works = []
    for kind, found in keys.items():
        together = _TOGETHER if kind == "centres" else 1
        for start in range(0, len(found), together):
            some = tuple(found[start : start + together])
            held = {
                key: manifest[kind, key].digest
                for key in some
                if (kind, key) in manifest and is_whole(place, kind, key)
            }
            works.append(_Work(kind=kind, keys=some, held=held))
    return works


def _carried_out(publication: Path, place: Path, works: Sequence[_Work], console: Console) -> Iterator[_Done]:
    """Carry the work out, in processes of its own if it is much, and show how far it is."""
    count = sum(len(work.keys) for work in works)
    do = partial(_carry_out, publication, place)
    columns = (TextColumn("writing reports"), BarColumn(bar_width=30), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("reports", total=count)
        if count < _FEW:
            found = map(do, works)
            yield from _shown(found, progress, task)
            return
        # spawned, as Polars and DuckDB have threads of their own, which a fork does not take along
        with ProcessPoolExecutor(os.cpu_count(), mp_context=multiprocessing.get_context("spawn")) as pool:
            yield from _shown(pool.map(do, works), progress, task)


def _shown(found: Iterator[list[_Done]], progress: Progress, task: object) -> Iterator[_Done]:
    for some in found:
        progress.advance(task, len(some))  # type: ignore[arg-type]
        yield from some


def _carry_out(publication: Path, place: Path, work: _Work) -> list[_Done]:
    """Put some reports together, and write those that say something else than before."""
    with open_publication(publication) as rows:
        return [_write(place, report, rows.night.as_of, work.held) for report in _reports(rows, work)]


def _reports(rows: ReportRows, work: _Work) -> Iterator[Report]:
    match work.kind:
        case "centres":
            for number, found in rows.of_centres(work.keys):
                yield centre_report(number, found, rows.night)
        case "organisations":
            contacts = rows.contacts()
            for number in work.keys:
                yield organisation_report(number, rows.of_organisation(number), contacts, rows.night)
        case "ucas":
            waiting = frozenset(rows.learners_awaiting_release())
            yield ucas_report(rows.of_ucas(), rows.contacts(), waiting, rows.night)
        case kind:
            raise ValueError(f"there are no reports of [{kind}]")


def _write(place: Path, report: Report, as_of: date, held: Mapping[str, str]) -> _Done:
    digest = report.digest
    fresh = held.get(report.key) != digest
    if fresh:
        content = {"html": report_page(report, as_of).encode(), "xlsx": report_workbook(report, as_of, place)}
        for ending, text in content.items():
            write_whole(report_path(place, report.kind, report.key, ending), text)
    return (report.kind, report.key, digest, report.figures, fresh)


def _mark_stale(manifest: Manifest, keys: Mapping[str, Sequence[str]]) -> int:
    """Mark the reports that no longer have anything to say; returns how many there are."""
    now = {(kind, key) for kind, found in keys.items() for key in found}
    for gone in manifest.keys() - now:
        manifest[gone] = replace(manifest[gone], stale=True)
    return len(manifest.keys() - now)


def _say(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)
