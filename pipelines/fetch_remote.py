"""New files of a sender's folder brought into the landing folder, each whole, under its own name, and never over another.

What the other side says is not trusted: names are checked, sizes held to the limits, and what breaks off midway leaves
nothing. How the other side is reached belongs in `fetch_places`.
"""

import errno
import fnmatch
import hashlib
import os
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, TypeVar

from assets.landed.deliveries import PARTIAL, delivery_date
from assets.landed.limits import Limits
from assets.landed.sources import FOLDER, Source
from pipelines.fetch_places import PassingFault, Place, RemoteFile, open_place
from pipelines.fetch_placing import (
    Fetched,
    check_room,
    next_version,
    placed,
    ready_folder,
    unfinished,
    versions,
)
from pipelines.fetch_settings import FetchError, RemoteTold, secrets

Progress = Callable[[str], None]

#: Seconds to wait before each further try.
WAITS = (1.0, 5.0)

#: A name needs room for a version and its hash within the 255 bytes that file systems allow.
_LONGEST_NAME = 200

#: What the operating system says of our own disk, which another try does not mend.
_OURS = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM}

_Answer = TypeVar("_Answer")


def fetch_remote(
    source: Source, told: RemoteTold, landing: Path, *, limits: Limits, progress: Progress, dry: bool
) -> Fetched:
    """Fetches what is new in a sender's folder.

    Args:
        source: whose deliveries these are.
        told: where they lie.
        landing: the landing folder.
        limits: bounds on one delivery.
        progress: called with what is being fetched, as counts.
        dry: say what would be fetched, and write nothing.

    Returns:
        What was fetched; a file that could not be is among its `failures`, and the others are fetched all the same.

    Raises:
        FetchError: the folder cannot be read at all.
    """
    _refuse_own_folder(told, landing)
    connection = _Connection(told, secrets(told), landing / FOLDER)
    try:
        folder = landing / source.name if dry else ready_folder(landing, source.name)
        work = _Work(told=told, connection=connection, folder=folder, limits=limits, progress=progress, dry=dry)
        return work.run(source.name)
    finally:
        connection.close()


def unsafe(name: str) -> str | None:
    """Why a file of that name is not fetched, or None. It may come from a hostile server; it is never shown then."""
    if not name or name in {".", ".."} or "/" in name or "\\" in name:
        return "holds a path"
    if any(unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} for letter in name):
        return "holds control characters"
    if len(name.encode()) > _LONGEST_NAME:
        return f"is longer than [{_LONGEST_NAME}] bytes"
    return None


def _refuse_own_folder(told: RemoteTold, landing: Path) -> None:
    """A source that fetches from the landing folder would deliver what was delivered."""
    if told.protocol == "file":
        place = Path(told.url.removeprefix("file://")).resolve()
        if place.is_relative_to(landing.resolve()):
            raise FetchError("[fetch.url] names the landing folder, or one in it; name another folder")


class _Unreachable(FetchError):
    """The connection broke, however often it was tried."""


class _Connection:
    """A place that is opened when it is needed, and opened again when it broke."""

    def __init__(self, told: RemoteTold, signs_in: dict[str, str], sources: Path) -> None:
        self._open: Callable[[], Place] = lambda: open_place(told, signs_in, sources)
        self._place: Place | None = None
        self._deadline = time.monotonic() + told.timeout_seconds

    def tried(self, what: Callable[[Place], _Answer]) -> _Answer:
        """What is asked for, tried a few times where the fault may pass.

        Raises:
            FetchError: it cannot be had.
        """
        for wait in (*WAITS, None):
            try:
                self.check_time()
                self._place = self._place or self._open()
                return what(self._place)
            except PassingFault as fault:
                self.close()
                if wait is None:
                    raise _Unreachable(
                        f"{fault}, [{len(WAITS) + 1}] times over; see whether the other side is up"
                    ) from None
                time.sleep(wait)
        raise AssertionError

    def check_time(self) -> None:
        """Ends what has taken longer than it may.

        Raises:
            FetchError: it has.
        """
        if time.monotonic() > self._deadline:
            raise FetchError(
                "fetching took longer than [timeout_seconds]; what has come is kept, the rest comes next time"
            )

    def close(self) -> None:
        if self._place is not None:
            self._place.close()
            self._place = None


@dataclass(kw_only=True)
class _Work:
    """A source on its way: what was found there, and what became of it."""

    told: RemoteTold
    connection: _Connection
    folder: Path
    limits: Limits
    progress: Progress
    dry: bool
    files: list[str] = field(default_factory=list)
    bytes: int = 0
    unchanged: int = 0
    waiting: int = 0
    notes: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def run(self, name: str) -> Fetched:
        listed = self.connection.tried(lambda place: place.files(self.told.most_files))
        self._take_all(self._wanted(listed))
        return Fetched(
            source=name,
            files=tuple(self.files),
            bytes=self.bytes,
            unchanged=self.unchanged,
            waiting=self.waiting,
            notes=tuple(self.notes),
            failures=tuple(self.failures),
        )

    def _take_all(self, wanted: list[RemoteFile]) -> None:
        """Takes one file after the other; where two in sequence cannot be reached, the rest is left for the next time."""
        broken = 0
        for number, file in enumerate(wanted, 1):
            self.progress(f"file {number} of {len(wanted)}")
            try:
                self._take(file)
                broken = 0
            except FetchError as error:
                self.failures.append(f"[{file.name}]: {error}")
                broken = broken + 1 if isinstance(error, _Unreachable) else 0
            if broken == 2 and number < len(wanted):
                self.failures.append(f"the other [{len(wanted) - number}] files were not tried any more")
                return

    def _wanted(self, listed: list[RemoteFile]) -> list[RemoteFile]:
        """Those with a safe name that the pattern matches, in the order of their names."""
        wanted, refused = [], dict[str, int]()
        for file in sorted(listed, key=lambda file: file.name):
            if (why := unsafe(file.name)) is not None:
                refused[why] = refused.get(why, 0) + 1
            elif not file.name.startswith(".") and not file.name.lower().endswith(PARTIAL) and self._matches(file.name):
                wanted.append(file)
        self.failures += [
            f"[{count}] files whose name {why}; ask the sender to rename them" for why, count in refused.items()
        ]
        return wanted

    def _matches(self, name: str) -> bool:
        return any(fnmatch.fnmatchcase(name.lower(), pattern.lower()) for pattern in self.told.pattern)

    def _take(self, file: RemoteFile) -> None:
        if self._is_there(file):
            self.unchanged += 1
        elif file.modified is not None and 0 <= time.time() - file.modified < self.told.settled_seconds:
            self.waiting += 1
        elif file.size > self.limits.delivered_bytes:
            raise FetchError(f"it is larger than the limit [delivered_bytes] of [{self.limits.delivered_bytes}] bytes")
        elif self.dry:
            self.files.append(file.name)
            self.bytes += file.size
        else:
            check_room(self.folder, file.size)
            self.connection.tried(lambda place: self._fetch(place, file))

    def _is_there(self, file: RemoteFile) -> bool:
        """Whether it was fetched before: under its name, of its size and time of change."""
        if file.modified is None or not self.folder.is_dir():
            return False
        facts = [path.lstat() for path in versions(self.folder, file.name, hashed=True)]
        return any(fact.st_size == file.size and int(fact.st_mtime) == file.modified for fact in facts)

    def _fetch(self, place: Place, file: RemoteFile) -> None:
        with unfinished(self.folder) as (partial, target):
            sha256 = self._copy(place, file, target)
            if place.look(file.name) != file:
                self.waiting += 1
                return
            earlier = versions(self.folder, file.name, hashed=True)
            if any(_hash(path) == sha256 for path in earlier if path.lstat().st_size == file.size):
                self.unchanged += 1
                self._note_time(earlier, sha256, file)
                return
            name = next_version(self.folder, file.name, sha256) if earlier else file.name
            if not placed(partial, self.folder, name, file.modified):
                raise FetchError("its name was taken while it was fetched; fetch again")
            self.files.append(name)
            self.bytes += file.size
            if earlier:
                self.notes.append(f"[{file.name}] holds other bytes than before and lies there as [{name}]")

    def _copy(self, place: Place, file: RemoteFile, target: BinaryIO) -> str:
        """Writes the file's bytes, not more than were told; returns their SHA-256."""
        digest, size = hashlib.sha256(), 0
        try:
            for block in place.blocks(file):
                self.connection.check_time()
                size += len(block)
                if size > file.size:
                    raise PassingFault("the file grew while it was read")
                digest.update(block)
                target.write(block)
            target.flush()
        except OSError as error:
            if error.errno in _OURS:
                raise FetchError(
                    f"the landing folder cannot be written ({error.strerror}); free or correct it"
                ) from None
            raise
        if size < file.size:
            raise PassingFault("the file broke off before its end")
        return digest.hexdigest()

    def _note_time(self, earlier: list[Path], sha256: str, file: RemoteFile) -> None:
        """Takes over a new time of change of the same bytes, where the delivery's date does not rest on it."""
        for path in earlier:
            then = path.lstat().st_mtime
            now = float(file.modified if file.modified is not None else then)
            if _hash(path) == sha256 and delivery_date(path.name, then) == delivery_date(path.name, now):
                os.utime(path, (now, now))


def _hash(path: Path) -> str:
    if path.is_symlink() or not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
