"""New files for people outside: whole or not there, for their owner alone, never over another; and their register's key.

What stands in a return belongs in the module that makes it, the register in `pipelines.returns`.
"""

import os
import secrets
import tempfile
from pathlib import Path

from pipelines.settings import UserError

_KEY_FILE, _KEY_BYTES = "returns.key", 32


def new_file(path: Path, content: bytes) -> bool:
    """Write a file that appears under its name only when its bytes are on the disk.

    Args:
        path: a file that does not exist yet, or that holds these very bytes already.
        content: its bytes.

    Returns:
        Whether it was written; False where it lay there with these bytes.

    Raises:
        UserError: another file lies there, or it cannot be written.
    """
    try:
        descriptor, name = tempfile.mkstemp(prefix=".incomplete-", dir=path.parent)
    except OSError as error:
        raise _refusal(path, error) from None
    partial = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _put(partial, path)
        _settle(path.parent)
    except FileExistsError:
        if _holds(path, content):
            return False
        raise UserError(f"[{path}] exists; name another file or move it away") from None
    except OSError as error:
        raise _refusal(path, error) from None
    finally:
        partial.unlink(missing_ok=True)
    return True


def secret_key(folder: Path) -> bytes:
    """The key under which the register hashes rows, made at the first call. It lies beside the ledger, never in it.

    Args:
        folder: the data folder, in a file of which it lies that only its owner may read.

    Raises:
        UserError: the file is damaged or cannot be read or written.
    """
    path = folder / _KEY_FILE
    if not path.exists():
        fresh = secrets.token_bytes(_KEY_BYTES)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            new_file(path, fresh)
        except OSError as error:
            raise _refusal(path, error) from None
        except UserError:
            # another command made one meanwhile
            if not path.exists():
                raise
    try:
        key = path.read_bytes()
    except OSError as error:
        raise UserError(
            f"the key of the register [{path}] cannot be read ({error.strerror}); correct its rights"
        ) from None
    if len(key) != _KEY_BYTES:
        raise UserError(
            f"the key of the register [{path}] has [{len(key)}] bytes instead of {_KEY_BYTES}; put back the copy of it that "
            "belongs to the ledger"
        )
    return key


def _put(partial: Path, path: Path) -> None:
    """Give the finished file its name, if no other has it."""
    try:
        os.link(partial, path)
    except FileExistsError:
        raise
    except OSError:
        # some file systems know no second names
        if os.path.lexists(path):
            raise FileExistsError from None
        partial.rename(path)


def _holds(path: Path, content: bytes) -> bool:
    try:
        return not path.is_symlink() and path.is_file() and path.read_bytes() == content
    except OSError:
        return False


def _settle(folder: Path) -> None:
    """Make the new name durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _refusal(path: Path, error: OSError) -> UserError:
    return UserError(f"[{path}] cannot be written ({error.strerror}); name another file")
