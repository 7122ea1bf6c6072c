"""Opening the operations ledger: SQLite unless a URL names PostgreSQL, migrated to the newest revision.

What is read and written belongs in `pipelines.ledger` and `pipelines.link_decisions`, the tables in
`pipelines.ledger_tables`.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import Session

from pipelines.settings import UserError

MIGRATIONS = Path(__file__).resolve().parent / "migrations"

#: Any number will do, as long as all who migrate this ledger ask for the same lock.
_POSTGRESQL_LOCK = 7_203_511_946

#: Alembic keeps the migration under way in module-wide state.
_MIGRATING = threading.Lock()

_WAIT_MILLISECONDS = 30_000


class LedgerError(UserError):
    """The ledger cannot be opened or refuses an entry. Its text never holds what was to be written."""


class Ledger:
    """An open ledger. Close it, or use it in a `with` block."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @property
    def name(self) -> str:
        """The URL without its password, for messages."""
        return self.engine.url.render_as_string(hide_password=True)

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_ledger(url: str | URL) -> Ledger:
    """Opens the ledger and brings its tables up to date; several may do so at once.

    Args:
        url: SQLAlchemy URL, `sqlite:///<file>` or `postgresql+psycopg://…`. A missing SQLite file is made, readable by
            its owner alone.

    Raises:
        LedgerError: it cannot be reached, its folder is missing, or a newer version of the software has migrated it.
    """
    ledger = Ledger(_engine(url))
    try:
        _migrate(ledger)
    except DBAPIError as error:
        ledger.close()
        raise _refusal(ledger, error) from None
    except LedgerError:
        ledger.close()
        raise
    return ledger


@contextmanager
def transaction(ledger: Ledger) -> Iterator[Session]:
    """A session whose entries are all written at the end of the block, or none.

    Raises:
        LedgerError: the database refuses one.
    """
    try:
        with Session(ledger.engine, expire_on_commit=False) as session, session.begin():
            yield session
    except DBAPIError as error:
        raise _refusal(ledger, error) from None


def _refusal(ledger: Ledger, error: DBAPIError) -> LedgerError:
    """What to say of a database's error: its class, as its words may quote the row that it refused."""
    kind = type(error.orig).__name__
    if kind == "OperationalError":
        return LedgerError(f"the ledger [{ledger.name}] cannot be reached or is locked ([{kind}]); see that it is up")
    return LedgerError(f"the ledger [{ledger.name}] refused an entry ([{kind}]); nothing was written")


def _engine(url: str | URL) -> Engine:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise LedgerError("the ledger's URL cannot be read; give sqlite:///<file> or postgresql+psycopg://…") from None
    if parsed.get_backend_name() not in {"sqlite", "postgresql"}:
        raise LedgerError(f"the ledger's URL names [{parsed.get_backend_name()}]; give one of SQLite or PostgreSQL")
    if parsed.get_backend_name() == "sqlite":
        _make_file(parsed)
    try:
        engine = create_engine(parsed, hide_parameters=True)
    except ModuleNotFoundError as error:
        raise LedgerError(
            f"the driver [{error.name}] is missing; install the extra [postgresql] of this package"
        ) from error
    if parsed.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _settle_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_file(url: URL) -> None:
    if url.database in {None, "", ":memory:"}:
        raise LedgerError("the ledger's URL names no file; give sqlite:///<file>")
    path = Path(str(url.database))
    if not path.parent.is_dir():
        raise LedgerError(f"the folder [{path.parent}] of the ledger does not exist; create it or correct the URL")
    try:
        # never opened if it is there: closing any handle of it would drop SQLite's locks in this process
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        pass
    except OSError as error:
        raise LedgerError(
            f"the ledger [{path}] cannot be made ({error.strerror}); correct the URL or its rights"
        ) from None


def _settle_sqlite(connection: Any, record: Any) -> None:
    """Set what SQLite keeps by connection; the driver's own idea of when a transaction begins is switched off."""
    connection.isolation_level = None
    for pragma in (f"busy_timeout = {_WAIT_MILLISECONDS}", "journal_mode = WAL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}").fetchall()


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at the start: asked for later, it is refused at once if another has written meanwhile."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _migrate(ledger: Ledger) -> None:
    """Upgrade to the newest revision in one transaction, one process at a time."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    with _MIGRATING, ledger.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _POSTGRESQL_LOCK})
        found = MigrationContext.configure(connection).get_current_revision()
        known = {script.revision for script in scripts.walk_revisions()}
        if found is not None and found not in known:
            raise LedgerError(
                f"the ledger [{ledger.name}] is at revision [{found}], which this version does not know; "
                "run the newer version that migrated it"
            )
        if found != scripts.get_current_head():
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
