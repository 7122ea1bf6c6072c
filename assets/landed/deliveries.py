"""What lies in the landing folder: files found, their feed, date and kind, and what is no delivery.

Nothing is opened here; taking a file's bytes in is `intake`. Names are data: they are never put into SQL or a glob.
"""

import os
import re
import stat
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from assets.landed.refusals import Refusal
from schemas.feeds import FEEDS

Container = Literal["csv", "csv.gz", "csv.zip", "parquet"]

_CONTAINERS: tuple[Container, ...] = ("csv.gz", "csv.zip", "csv", "parquet")
_PARTIAL = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".filepart", ".download", "~")
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
        container: how its rows are packed, or None for what is no delivery.
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
    container: Container | None
    kind: Literal["full", "delta"]
    delivered_on: date | None
    bytes: int
    status: Literal["found", "refused", "ignored"]
    refusal: Refusal | None


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
    """As `discover`, for what lies in one feed's folder, or is linked in its place."""
    root = _root(landing)
    folder = root / feed
    if folder.is_dir() and not folder.is_symlink():
        return _seen([_found(root, path, facts, feed) for path, facts in _entries(folder)], as_of)
    return _seen([_found(root, path, facts, feed) for path, facts in _entries(root) if path == folder], as_of)


def discover_unclaimed(landing: Path, as_of: date) -> list[FoundFile]:
    """As `discover`, for what belongs to no feed: stray files and folders without a feed's name."""
    root = _root(landing)
    return _seen([_found(root, path, facts, None) for path, facts in _entries(root) if path.name not in FEEDS], as_of)


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


def _found(root: Path, path: Path, facts: os.stat_result, feed: str | None) -> FoundFile:
    folder = stat.S_ISDIR(facts.st_mode)
    container = next((known for known in _CONTAINERS if path.name.lower().endswith(f".{known}")), None)
    status, refusal = _judge(path, facts, path.parent == root, container)
    return FoundFile(
        feed=feed,
        path=path,
        landing=root,
        # a name that is not UTF-8 can be opened but neither shown nor stored as text
        file_name=os.fsencode(path.relative_to(root)).decode("utf-8", "backslashreplace"),
        container=container if status == "found" else None,
        kind="delta" if ".delta." in path.name.lower() else "full",
        delivered_on=None if folder and feed is None else delivery_date(path.name, facts.st_mtime),
        bytes=0 if folder else facts.st_size,
        status=status,
        refusal=refusal,
    )


def _judge(
    path: Path, facts: os.stat_result, at_top: bool, container: Container | None
) -> tuple[Literal["found", "refused", "ignored"], Refusal | None]:
    """Whether something can be a delivery; links and devices are refused before their name is looked at."""
    name = path.name.lower()
    if stat.S_ISDIR(facts.st_mode):
        return "ignored", Refusal.because("unknown_feed" if at_top else "folder")
    if not stat.S_ISREG(facts.st_mode):
        return "refused", Refusal.because("not_a_regular_file", "This is a link or a device.")
    reasons = {
        "hidden": name.startswith("."),
        "partial_upload": name.endswith(_PARTIAL),
        "outside_feed_folder": at_top,
        "other_extension": container is None,
    }
    reason = next((reason for reason, holds in reasons.items() if holds), None)
    return ("ignored", Refusal.because(reason)) if reason else ("found", None)
