"""A workbook that is handed out to be filled in: a new file, readable by its owner alone, never written over another.

What stands in it belongs in the module that makes it; reading it back in `pipelines.workbook_reading`.
"""

import os
from pathlib import Path

from pipelines.settings import UserError


def write_new_workbook(path: Path, content: bytes) -> None:
    """Write the file.

    Raises:
        UserError: it exists (it may hold somebody's answers) or cannot be written.
    """
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        raise UserError(f"[{path}] exists and may hold answers; name another file or move it away") from None
    except OSError as error:
        raise UserError(f"[{path}] cannot be written ({error.strerror}); name another file") from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise UserError(f"[{path}] cannot be written ({error.strerror}); name another file") from None
