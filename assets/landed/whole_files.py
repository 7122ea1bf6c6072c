"""Files and folders that appear under their name only when complete, so that a killed run leaves no half of one.

They are readable by their owner alone: what is taken in is about people. A store that cannot be written is told apart
from a delivery that cannot be read: it stops the run, where the other is refused.
"""

import errno
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import polars as pl

#: What the operating system says of a full disk, a spent quota and a disk that may only be read.
_STORE_FAULTS = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}


class StoreFault(OSError):
    """The store cannot be written; nothing is wrong with the delivery."""


def is_store_fault(error: BaseException) -> bool:
    """Whether an error says that the store, and not the delivery, is at fault."""
    return isinstance(error, StoreFault) or (isinstance(error, OSError) and error.errno in _STORE_FAULTS)


@contextmanager
def storing(path: Path) -> Iterator[None]:
    """Turns what goes wrong while a file of the store is written into a `StoreFault` that names it."""
    try:
        yield
    except (OSError, pl.exceptions.PolarsError) as error:
        # Polars tells the operating system's reason only as text
        number = re.search(r"os error (\d+)", str(error))
        cause = os.strerror(int(number[1])) if number else getattr(error, "strerror", None) or type(error).__name__
        message = f"[{path}] cannot be written ({cause}): free or extend the disk of the store, or correct its rights"
        raise StoreFault(message) from None


@contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """A file that appears under its name when the block has ended well and its bytes are on the disk.

    Raises:
        StoreFault: there is no place for it.
    """
    with storing(path):
        descriptor, name = tempfile.mkstemp(prefix=".incomplete-", dir=path.parent)
    partial = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as target:
            yield target
            target.flush()
            os.fsync(target.fileno())
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


@contextmanager
def filled_whole(folder: Path) -> Iterator[Path]:
    """A folder to fill, which appears under its name when the block has ended well and its files are on the disk.

    A folder that another run has completed meanwhile is left as it is.

    Raises:
        StoreFault: there is no place for it.
    """
    with storing(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=".incomplete-", dir=folder.parent))
    try:
        yield partial
        for file in partial.iterdir():
            with file.open("rb") as written:
                os.fsync(written.fileno())
        if not folder.exists():
            partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def sweep_unfinished(store: Path) -> int:
    """Remove what a killed run left unfinished in the store; returns how much. The caller alone is at work in it."""
    left = list(store.rglob(".incomplete-*"))
    for path in left:
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return len(left)
