"""Putting a fetched file into a source's folder: whole, in one step, and never in place of another.

Until then it lies there under a name that no run reads. What is fetched is `fetch_database`'s and `fetch_remote`'s business.
"""

import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pipelines.fetch_settings import FetchError
from pipelines.settings import Settings, UserError

_UNFINISHED = ".fetching-"

#: As many versions of one file as there may be.
_MOST_VERSIONS = 99

#: Endings that must stay at the end of a name, with the word that makes a delivery a delta.
_ENDING = re.compile(r"((\.delta)?(\.[A-Za-z0-9]{1,8})?(\.(gz|zip))?)$", re.I)


@dataclass(frozen=True, kw_only=True)
class Fetched:
    """What became of a source. Counts and names of files alone.

    Attributes:
        source: its name.
        files: names under which something was put into its folder, or would be.
        bytes: their sizes together.
        rows: of a database: rows of the result.
        unchanged: files, or results of a query, that lie there already.
        waiting: files that were changed so lately that they may be growing still.
        notes: what the team should know, though nothing failed.
        failures: what failed, and what to do about it.
    """

    source: str
    files: tuple[str, ...] = ()
    bytes: int = 0
    rows: int | None = None
    unchanged: int = 0
    waiting: int = 0
    notes: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()


@contextmanager
def only_fetch(settings: Settings) -> Iterator[None]:
    """Hold the lock that lets one process at a time fetch.

    Raises:
        UserError: another one holds it.
    """
    settings.work.mkdir(parents=True, exist_ok=True)
    with (settings.work / "fetch.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UserError("deliveries are being fetched already; wait until that ends") from None
        yield


def ready_folder(landing: Path, name: str) -> Path:
    """The folder of a source's files, made if it is not there, without what a killed process left unfinished.

    Raises:
        FetchError: it is a link or no folder, or cannot be written.
    """
    folder = landing / name
    try:
        folder.mkdir(exist_ok=True)
        if folder.is_symlink():
            raise FetchError(f"[{name}] in the landing folder is a link; make it a folder")
        for left in folder.glob(f"{_UNFINISHED}*.part"):
            left.unlink(missing_ok=True)
    except OSError as error:
        raise FetchError(f"[{name}] in the landing folder cannot be written ({error.strerror}); correct it") from None
    return folder


def check_room(folder: Path, size: int) -> None:
    """Refuses what the disk has no room for.

    Raises:
        FetchError: there is none.
    """
    if size > shutil.disk_usage(folder).free:
        raise FetchError("the disk of the landing folder has no room for it; free or extend it")


@contextmanager
def unfinished(folder: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """A file in the folder that no run reads; gone at the end of the block unless it was `placed` under a name."""
    descriptor, name = tempfile.mkstemp(prefix=_UNFINISHED, suffix=".part", dir=folder)
    partial = Path(name)
    try:
        # a service of another account may read deliveries through the folder's group
        os.fchmod(descriptor, 0o640)
        with os.fdopen(descriptor, "wb") as file:
            yield partial, file
    finally:
        partial.unlink(missing_ok=True)


def placed(partial: Path, folder: Path, name: str, modified: float | None = None) -> bool:
    """Whether a finished file could be put under its name, in place of no other.

    Args:
        partial: the file, closed or flushed.
        folder: where it lies, and shall stay.
        name: its name as a delivery.
        modified: its time of change, in seconds since the epoch; a delivery without a date in its name goes by it.
    """
    if modified is not None:
        os.utime(partial, (modified, modified))
    with partial.open("rb") as file:
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        # a link is refused where a name is taken; a rename would take its place
        (folder / name).hardlink_to(partial)
        return True
    return False


def versions(folder: Path, name: str, *, hashed: bool) -> list[Path]:
    """Files that lie under a name and under those that `next_version` made of it, oldest first."""
    first = folder / name
    return [*([first] if os.path.lexists(first) else []), *_later(folder, name, hashed)]


def next_version(folder: Path, name: str, sha256: str = "") -> str:
    """A name for other contents than lie under a name already: `stem_02.csv`, or `stem_02-<short hash>.csv`.

    Of two full deliveries of one day the one counts whose name sorts last, and `_` sorts after the dot of the first one's
    ending. The hash is written in letters, as digits could be read for a date.

    Raises:
        FetchError: there are too many already.
    """
    stem, ending = _parted(name)
    start = len(stem) + 1
    last = max((int(path.name[start : start + 2]) for path in _later(folder, name, bool(sha256))), default=1)
    if last >= _MOST_VERSIONS:
        raise FetchError(f"there are [{_MOST_VERSIONS}] versions of one file already; ask the sender why, and clear up")
    short = "-" + "".join(chr(ord("a") + int(digit, 16)) for digit in sha256[:8])
    return f"{stem}_{last + 1:02}{short if sha256 else ''}{ending}"


def _later(folder: Path, name: str, hashed: bool) -> list[Path]:
    stem, ending = _parted(name)
    pattern = re.compile(re.escape(stem) + "_[0-9]{2}" + ("-[a-p]{8}" if hashed else "") + re.escape(ending))
    return sorted(path for path in folder.iterdir() if pattern.fullmatch(path.name))


def _parted(name: str) -> tuple[str, str]:
    ending = _ENDING.search(name)
    assert ending is not None
    stem = name[: ending.start()]
    return (stem, ending[0]) if stem else (name, "")
