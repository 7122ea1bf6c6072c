"""What lies in the landing folder: files found, their feed, date and kind, and what is no delivery.

A feed's files lie in its own folder in the canonical layout, or in the folder of a source (`sources`) whose reader makes
rows of the feed. No delivery is opened here; taking a file's bytes in is `intake`. Names are data: they are never put into
SQL or a glob.
"""

import os
import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from assets.landed import sources
from assets.landed.refusals import Refusal
from assets.landed.sources import BrokenSource, Source
from schemas.feeds import FEEDS

Packing = Literal["", "gz", "zip"]

#: How a file in the canonical layout may end; `csv` may be packed.
_CANONICAL = ("csv", "parquet")
#: Endings of names under which programs keep what they are still bringing.
PARTIAL = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".filepart", ".download", "~")
#: A date of this century: eight digits that happen to read as another (a provider number 1000mmdd) are none.
_DATE = re.compile(r"(?<![0-9])(20[0-9]{2})-?([0-9]{2})-?([0-9]{2})(?![0-9])")
_ZONE = ZoneInfo("Europe/London")


@dataclass(frozen=True, kw_only=True)
class FoundFile:
    """Something found in the landing folder.

    Attributes:
        feed: the feed it belongs to, or None.
        path: where it lies.
        landing: the landing folder it was found in.
        file_name: path relative to the landing folder, safe to show.
        source: whose it is, if it comes in a format of its own; None for the canonical layout.
        container: the ending of its name, with that of an archive; None for what is no delivery.
        kind: `full` or `delta`.
        delivered_on: the delivery's date; None only for a folder that is no feed.
        bytes: size on disk; 0 for a folder.
        status: `found`, or `refused` or `ignored` already.
        refusal: why, if refused or ignored.
    """

    feed: str | None
    path: Path
    landing: Path
    file_name: str
    container: str | None
    kind: Literal["full", "delta"]
    delivered_on: date | None
    bytes: int
    status: Literal["found", "refused", "ignored"]
    refusal: Refusal | None
    source: Source | None = None

    @property
    def packing(self) -> Packing:
        """The archive that the file is, if it is one."""
        return _packing(self.container or "")

    @property
    def text(self) -> bool:
        """Whether its contents are lines of text."""
        return self.source.reader.text if self.source else (self.container or "").startswith("csv")

    @property
    def encoding(self) -> str:
        """Encoding of its text where that bears no byte order mark."""
        return self.source.encoding if self.source else "utf-8"

    def may_hold(self, member: str) -> bool:
        """Whether an archive of this kind may hold a file of that name."""
        return _ending(member, self.source) is not None and not _packing(member)


def discover(landing: Path, as_of: date) -> list[FoundFile]:
    """Everything in the landing folder dated on or before a day, in order of file name.

    Args:
        landing: folder with one sub-folder a feed; files are looked for directly in these.
        as_of: the run's day; what is dated later is not seen at all.

    Raises:
        FileNotFoundError: the landing folder does not exist.
    """
    found = [*discover_unclaimed(landing, as_of)]
    for feed in FEEDS:
        found += discover_feed(landing, feed, as_of)
    return sorted(found, key=lambda file: file.file_name)


def discover_feed(landing: Path, feed: str, as_of: date) -> list[FoundFile]:
    """As `discover`, for what lies in one feed's folder, or is linked in its place, and in those of its sources."""
    root = _root(landing)
    folder = root / feed
    where = folder if folder.is_dir() and not folder.is_symlink() else root
    entries = [entry for entry in _entries(where) if where == folder or entry[0] == folder]
    found = [_found(root, path, facts, feed) for path, facts in entries]
    for source in sources.sources(root):
        if isinstance(source, Source) and feed in source.feeds:
            files = [_found(root, path, facts, feed, source) for path, facts in _source_entries(root, source.name)]
            found += [file for file in files if file.status != "ignored"]
    return _seen(found, as_of)


def discover_unclaimed(landing: Path, as_of: date) -> list[FoundFile]:
    """As `discover`, for what belongs to no feed: stray files, folders of nobody, sources that cannot be used."""
    root = _root(landing)
    known = {source.name: source for source in sources.sources(root)}
    claimed = {*FEEDS, *known, *([sources.FOLDER] if known else [])}
    found = [_found(root, path, facts, None) for path, facts in _entries(root) if path.name not in claimed]
    for source in known.values():
        found += _beside(root, source)
    return _seen(found, as_of)


def delivery_date(name: str, modified: float) -> date:
    """The first date in a file's name, written yyyy-mm-dd or yyyymmdd, else the day it was modified in the UK.

    Args:
        name: file name.
        modified: seconds since the epoch.
    """
    for match in _DATE.finditer(name):
        if match.group(0).count("-") == 1:
            continue
        try:
            return date(*(int(part) for part in match.groups()))
        except ValueError:
            continue
    return datetime.fromtimestamp(modified, tz=_ZONE).date()


def _beside(root: Path, source: Source | BrokenSource) -> Iterator[FoundFile]:
    """What of a source is no delivery: files of other endings; for one that cannot be used its own file and all others."""
    entries = _source_entries(root, source.name)
    if isinstance(source, Source):
        files = [_found(root, path, facts, None, source) for path, facts in entries]
        yield from (file for file in files if file.status == "ignored")
        return
    refusal = Refusal.because("unusable_source", f"{source.problem}.")
    own = root / sources.FOLDER / f"{source.name}.yaml"
    for path, facts in [(own, own.lstat()), *entries]:
        yield replace(
            _found(root, path, facts, None), container=None, delivered_on=None, status="refused", refusal=refusal
        )


def _source_entries(root: Path, name: str) -> list[tuple[Path, os.stat_result]]:
    folder = root / name
    return _entries(folder) if folder.is_dir() and not folder.is_symlink() else []


def _root(landing: Path) -> Path:
    if not landing.is_dir():
        raise FileNotFoundError(f"landing folder [{landing}] does not exist: create it, or correct the setting")
    return landing.resolve()


def _entries(folder: Path) -> list[tuple[Path, os.stat_result]]:
    """What lies directly in a folder, without following links; what vanishes meanwhile was never there."""
    entries = []
    for path in sorted(folder.iterdir()):
        with suppress(FileNotFoundError):
            entries.append((path, path.lstat()))
    return entries


def _seen(found: list[FoundFile], as_of: date) -> list[FoundFile]:
    return [file for file in found if file.delivered_on is None or file.delivered_on <= as_of]


def _packing(name: str) -> Packing:
    lower = name.lower()
    return "gz" if lower.endswith(".gz") else "zip" if lower.endswith(".zip") else ""


def _ending(name: str, source: Source | None) -> str | None:
    """The ending that makes a file a delivery, with that of its archive; None where it is none."""
    packing = _packing(name)
    bare = (name[: -len(packing) - 1] if packing else name).lower()
    endings = source.reader.endings if source else _CANONICAL
    ending = next((known for known in endings if bare.endswith(f".{known}")), None)
    if ending is None and source is not None and source.reader.named is not None:
        ending = "text" if source.reader.named.fullmatch(bare) else None
    if ending is None or (source is None and packing and ending != "csv"):
        return None
    return f"{ending}.{packing}" if packing else ending


def _found(root: Path, path: Path, facts: os.stat_result, feed: str | None, source: Source | None = None) -> FoundFile:
    folder = stat.S_ISDIR(facts.st_mode)
    container = _ending(path.name, source)
    status, refusal = _judge(path, facts, path.parent == root, container)
    if source is not None and refusal is not None and refusal.reason == "other_extension":
        ends = ", ".join(f".{ending}" for ending in source.reader.endings) or "as its format says"
        refusal = Refusal.because("other_extension", f"Files of the source [{source.name}] end in [{ends}].")
    return FoundFile(
        feed=feed,
        path=path,
        landing=root,
        # a name that is not UTF-8 can be opened but neither shown nor stored as text
        file_name=os.fsencode(path.relative_to(root)).decode("utf-8", "backslashreplace"),
        container=container if status == "found" else None,
        kind=(source and source.kind) or ("delta" if ".delta." in path.name.lower() else "full"),
        delivered_on=None if folder and feed is None else delivery_date(path.name, facts.st_mtime),
        bytes=0 if folder else facts.st_size,
        status=status,
        refusal=refusal,
        source=source,
    )


def _judge(
    path: Path, facts: os.stat_result, at_top: bool, container: str | None
) -> tuple[Literal["found", "refused", "ignored"], Refusal | None]:
    """Whether something can be a delivery; links and devices are refused before their name is looked at."""
    name = path.name.lower()
    if stat.S_ISDIR(facts.st_mode):
        return "ignored", Refusal.because("unknown_feed" if at_top else "folder")
    if not stat.S_ISREG(facts.st_mode):
        return "refused", Refusal.because("not_a_regular_file", "This is a link or a device.")
    reasons = {
        "hidden": name.startswith("."),
        "partial_upload": name.endswith(PARTIAL),
        "outside_feed_folder": at_top,
        "other_extension": container is None,
    }
    reason = next((reason for reason, holds in reasons.items() if holds), None)
    return ("ignored", Refusal.because(reason)) if reason else ("found", None)
