"""The working DuckDB file of the nightly run: one file, one writer, one run at a time.

The file is a cache: every run writes each of its tables anew from the deliveries, so a run that was killed leaves
nothing behind that the next one trusts. What analysts read is a publication (`pipelines.publication`), never this file.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pipelines.settings import Settings, UserError
from schemas.layers import LAYERS


@contextmanager
def only_run(settings: Settings) -> Iterator[None]:
    """Hold the lock that lets one run at a time write.

    A lock of our own, because DuckDB's is lost without a word when any code in the process closes the same file.

    Raises:
        UserError: another run holds it.
    """
    settings.work.mkdir(parents=True, exist_ok=True)
    with (settings.work / "run.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UserError(
                f"another run is at work in [{settings.work}]; wait until it ends, or set RECONCILE_DATA to another folder"
            ) from None
        yield


@contextmanager
def open_warehouse(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse, open for writing, with a schema a layer.

    Extensions are neither fetched nor loaded, and what does not fit in memory spills into the work folder, encrypted.
    """
    settings.work.mkdir(parents=True, exist_ok=True)
    path = settings.work / "work.duckdb"
    connection = _connect_or_begin_anew(path, settings)
    try:
        # The file is a cache that each run writes anew: compressing it costs more than it saves.
        connection.execute("SET force_compression = 'uncompressed'")
        for layer in LAYERS:
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {layer}")
        yield connection
    finally:
        connection.close()


@contextmanager
def read_warehouse(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse as the last run left it, for reading; no run can begin until the block ends.

    Raises:
        UserError: no run has been, or one is at work.
    """
    path = settings.work / "work.duckdb"
    if not path.exists():
        raise UserError(f"[{path}] does not exist: no run has left anything yet; run `reconcile run` first")
    with only_run(settings), duckdb.connect(path, read_only=True) as connection:
        connection.execute(f"SET memory_limit = '{settings.memory_limit}'; SET threads = {settings.threads}")
        yield connection


def empty_layers(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop whatever an earlier run, or an earlier version of the software, left in the layers."""
    for layer in LAYERS:
        connection.execute(f"DROP SCHEMA IF EXISTS {layer} CASCADE")
        connection.execute(f"CREATE SCHEMA {layer}")


def _connect_or_begin_anew(path: Path, settings: Settings) -> duckdb.DuckDBPyConnection:
    """Connect; a file that a killed run or a full disk left unreadable is put away and begun anew, as it is a cache."""
    previous = os.umask(0o077)
    try:
        try:
            return _connect(path, settings)
        except (
            duckdb.SerializationException,
            duckdb.InternalException,
            duckdb.FatalException,
            duckdb.IOException,
        ) as error:
            if "lock" in str(error).lower():
                raise UserError(
                    f"[{path}] is open in another program; close it (analysts read the publication, not this file)"
                ) from None
            for leftover in (path, path.with_name(path.name + ".wal")):
                leftover.unlink(missing_ok=True)
            return _connect(path, settings)
    finally:
        os.umask(previous)


def _connect(path: Path, settings: Settings) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(
        path,
        config={
            "memory_limit": settings.memory_limit,
            "threads": settings.threads,
            "temp_directory": str(settings.work / "spill"),
            "temp_file_encryption": True,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "preserve_insertion_order": False,
        },
    )
