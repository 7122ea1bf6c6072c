"""Where reports lie: a folder that only its owner may read, files that are replaced whole, and what was written when.

    <folder>/index.html, manifest.json
    <folder>/centres/checkpoint-<number>.html and .xlsx
    <folder>/organisations/flags-<number>.html and .xlsx, <folder>/ucas/flags-ucas.html and .xlsx

The manifest says of each report what it said, by hash, so that one which says the same is not written again. It names no
learner.
"""

import fcntl
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from pipelines.report_content import Cell
from pipelines.settings import UserError

MANIFEST, INDEX, _LOCK = "manifest.json", "index.html", ".lock"
KINDS = {"centres": "checkpoint", "organisations": "flags", "ucas": "flags"}
ENDINGS = ("html", "xlsx")

#: A part of a path: what a centre's or an organisation's number may be.
_KEY = re.compile(r"[A-Za-z0-9]{1,20}")


@dataclass(frozen=True, kw_only=True)
class Written:
    """One report as it lies there.

    Attributes:
        digest: hash of what it says.
        as_of: day of the publication that it was written from.
        figures: numbers for the index.
        stale: whether the publication has nothing on it any more.
    """

    digest: str
    as_of: str
    figures: Mapping[str, Cell] = field(default_factory=dict)
    stale: bool = False


#: By kind and key.
Manifest = dict[tuple[str, str], Written]


def report_path(folder: Path, kind: str, key: str, ending: str) -> Path:
    """Where a report lies.

    Raises:
        ValueError: the key is no number that can stand in a path.
    """
    if not _KEY.fullmatch(key):
        raise ValueError(f"a report's key has [{len(key)}] characters or signs that cannot stand in a path")
    return folder / kind / f"{KINDS[kind]}-{key}.{ending}"


def is_whole(folder: Path, kind: str, key: str) -> bool:
    """Whether both files of a report are there."""
    return all(report_path(folder, kind, key, ending).is_file() for ending in ENDINGS)


def write_whole(path: Path, content: bytes) -> None:
    """Put a file in place in one step, readable by its owner alone."""
    fresh = path.with_name(f".{path.name}.part")
    handle = os.open(fresh, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise


def read_manifest(folder: Path) -> Manifest:
    """What was written before; empty where nothing was.

    Raises:
        UserError: the manifest is damaged.
    """
    try:
        text = (folder / MANIFEST).read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    try:
        return {(kind, key): Written(**one) for kind, found in json.loads(text).items() for key, one in found.items()}
    except (ValueError, TypeError, AttributeError):
        raise UserError(f"[{folder / MANIFEST}] is damaged; delete it, and all reports are written again") from None


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Put the manifest in place."""
    kinds = {kind: {key: asdict(one) for (of, key), one in sorted(manifest.items()) if of == kind} for kind in KINDS}
    write_whole(folder / MANIFEST, json.dumps(kinds, indent=0, ensure_ascii=False).encode())


@contextmanager
def report_folder(folder: Path) -> Iterator[Path]:
    """The folder of reports, made if need be, and for one command at a time; what a killed one left is swept away.

    Raises:
        UserError: it cannot be made, holds something else, or another command is at work in it.
    """
    try:
        _make(folder)
        handle = os.open(folder / _LOCK, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise UserError(f"[{folder}] cannot be written ({error.strerror}); name another folder with --output") from None
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise UserError(f"another `reconcile reports` is at work in [{folder}]; wait for it to end") from None
        for left in (*folder.glob(".*.part"), *folder.glob("*/.*.part")):
            left.unlink(missing_ok=True)
        yield folder
    finally:
        os.close(handle)


def _make(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    held = {path.name for path in folder.iterdir()}
    if held - {MANIFEST, INDEX, _LOCK, *KINDS} and MANIFEST not in held:
        raise UserError(f"[{folder}] holds something else than reports; name another folder with --output")
    for path in (folder, *(folder / kind for kind in KINDS)):
        path.mkdir(mode=0o700, exist_ok=True)
        path.chmod(0o700)
