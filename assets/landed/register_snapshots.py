"""One list of qualifications as it stood on a day: Ofqual's register or DfE's list, read for comparison and not for a feed.

Nothing is judged here: what the feed contract would put aside still stands in the list. What has changed between two of them
is `assets.published.register_drift`'s business.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from assets.landed.deliveries import FoundFile
from assets.landed.limits import Limits
from assets.landed.line_blocks import survey
from assets.landed.readers import dfe_approved_list, ofqual_register
from assets.landed.readers._register_lines import is_list, matched
from assets.landed.readers._register_options import ListOptions
from assets.landed.readers._register_rows import Rows
from assets.landed.readers._register_values import folded
from assets.landed.refusals import RefusedDelivery
from assets.landed.sources import Source
from assets.landed.unpacking import plain

#: The lists by the name of their reader, each with the options of a file of which no source says anything.
_LISTS: dict[str, tuple[Rows, ListOptions]] = {
    ofqual_register.READER.name: (ofqual_register.ROWS, ofqual_register.RegisterOptions()),
    dfe_approved_list.READER.name: (dfe_approved_list.ROWS, ListOptions()),
}
_TITLES = {reader.name: reader.title for reader in (ofqual_register.READER, dfe_approved_list.READER)}

#: Columns of a snapshot, all text; in a list that has them not they are empty.
COLUMNS = (
    "qualification_number",
    "title",
    "organisation_name",
    "awarding_organisation_rn",
    "level",
    "guided_learning_hours",
    "operational_start_date",
    "operational_end_date",
    "certification_end_date",
)

_NUMBER = r"(?-u)^[0-9]{7}[0-9X]$"
_ENDINGS = ("csv.gz", "csv.zip", "csv")


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """A list as it stood.

    Attributes:
        name: of the file.
        list_name: name of the reader of such lists.
        list_title: the same in words.
        rows: `COLUMNS` as text, one row a qualification, in order of its number.
        given: those of `COLUMNS` that the list has; a recognition number may be one that the source looked up.
        left_out: lines and rows without a qualification number that can be read, and rows that repeat one.
        set_aside: rows that the source does not ask for.
    """

    name: str
    list_name: str
    list_title: str
    rows: pl.DataFrame
    given: frozenset[str]
    left_out: int
    set_aside: int


def read_snapshot(path: Path, source: Source | None, limits: Limits) -> Snapshot:
    """Reads a list, plain or packed.

    Args:
        path: the file.
        source: whose options and encoding count; None: which list it is shows its header, and organisations go by name
            where it has no recognition numbers.
        limits: bounds on the file.

    Raises:
        RefusedDelivery: the file cannot be used; `no_list`, for one of another kind.
        OSError: it cannot be opened.
    """
    with tempfile.TemporaryDirectory(prefix="register-") as folder:
        text = Path(folder) / "list.csv"
        found = _found(path, source)
        _, refusal = survey(plain(path, found, limits), limits, text)
        if refusal is not None:
            raise RefusedDelivery(refusal.reason, refusal.message, advice="")
        return _read(path.name, text, source, limits)


def _found(path: Path, source: Source | None) -> FoundFile:
    name = path.name.lower()
    return FoundFile(
        feed=None,
        path=path,
        landing=path.parent,
        file_name=path.name,
        source=source,
        container=next((ending for ending in _ENDINGS if name.endswith(f".{ending}")), "csv"),
        kind="full",
        delivered_on=None,
        bytes=path.stat().st_size,
        status="found",
        refusal=None,
    )


def _read(name: str, text: Path, source: Source | None, limits: Limits) -> Snapshot:
    if source is not None and source.reader.name not in _LISTS:
        raise _no_list(f"The source [{source.name}] is one of another format.")
    names = (
        [source.reader.name]
        if source
        else [known for known in _LISTS if is_list(text, _LISTS[known][0].layout, limits)]
    )
    if not names:
        raise _no_list("Its header is that of neither list.")
    kind, (rows, options) = names[0], _LISTS[names[0]]
    if source is not None:
        assert isinstance(source.options, ListOptions)
        options = source.options
    lines = matched(text, rows.layout, limits)
    reads = list(rows.read(text, lines, options, limits))
    found = pl.concat([read.rows for read in reads])
    snapshot = _snapshot(found)
    return Snapshot(
        name=name,
        list_name=kind,
        list_title=_TITLES[kind],
        rows=snapshot,
        given=_given(set(lines.header.positions), found),
        left_out=found.height - snapshot.height + sum(read.irregular.height for read in reads),
        set_aside=sum(read.set_aside for read in reads),
    )


def _snapshot(rows: pl.DataFrame) -> pl.DataFrame:
    """Each qualification once, as the first of its rows has it."""
    missing = [pl.lit(None, dtype=pl.String).alias(name) for name in COLUMNS if name not in rows.columns]
    return (
        rows.with_columns(missing)
        .with_columns(qualification_number="key", organisation_name=folded(pl.col("organisation_name")))
        .filter(pl.col("key").str.contains(_NUMBER))
        .unique("key", keep="first", maintain_order=True)
        .select(*COLUMNS)
        .sort("qualification_number")
    )


def _given(headings: set[str], rows: pl.DataFrame) -> frozenset[str]:
    given = headings & set(COLUMNS)
    if headings & {"hours", "minimum_hours", "maximum_hours"}:
        given.add("guided_learning_hours")
    if rows["awarding_organisation_rn"].null_count() < rows.height:
        given.add("awarding_organisation_rn")
    return frozenset(given)


def _no_list(what: str) -> RefusedDelivery:
    return RefusedDelivery(
        "no_list", what, advice=f"Give two files of one kind: {' or '.join(sorted(_TITLES.values()))}."
    )
