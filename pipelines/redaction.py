"""Where the full text of an error goes: a restricted file of its own, never Dagster's storage or the terminal.

An error's text may quote a delivered value (a parser quotes the cell it stumbled over). Dagster is told to keep only an
identifier (`DAGSTER_REDACT_USER_CODE_ERRORS`); the text goes to `log/errors.log`, which only its owner may read.
"""

import logging
import os
from logging.handlers import RotatingFileHandler

from pipelines.settings import read_settings

_LOGGER = "dagster.redacted_errors"


class _RestrictedFile(RotatingFileHandler):
    """A rotating log that only its owner can read."""

    def _open(self) -> object:  # type: ignore[override]
        previous = os.umask(0o077)
        try:
            return super()._open()
        finally:
            os.umask(previous)


def keep_error_texts_apart() -> logging.Logger:
    """Send redacted errors to the restricted log, once, however often definitions are loaded; returns its logger."""
    logger = logging.getLogger(_LOGGER)
    if any(isinstance(handler, _RestrictedFile) for handler in logger.handlers):
        return logger
    folder = read_settings().logs
    folder.mkdir(parents=True, exist_ok=True)
    handler = _RestrictedFile(folder / "errors.log", maxBytes=2_000_000, backupCount=5, delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    logger.addHandler(handler)
    logger.propagate = False
    return logger
