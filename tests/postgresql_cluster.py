"""A PostgreSQL server for one test session: on a Unix socket in a folder of its own, not reachable over the network."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, create_engine, text


def programs() -> Path | None:
    """The folder with `initdb` and `pg_ctl`: on the path, or where Debian puts them; None if they are not installed."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    folders = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max((initdb.parent for initdb in folders), key=lambda folder: int(folder.parent.name), default=None)


def _unprivileged() -> str | None:
    """PostgreSQL refuses to run as root: then the name of an account that may do nothing else."""
    if os.geteuid() != 0:
        return None
    names = {account.pw_name for account in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@contextmanager
def postgresql_cluster(folder_of_programs: Path) -> Iterator[URL]:
    """A running server with an empty cluster, gone after the block.

    Yields:
        URL of its maintenance database.
    """
    account = _unprivileged()
    # not pytest's folder: a socket's path may have 107 characters, and the account must be able to enter
    with tempfile.TemporaryDirectory(prefix="ledger-pg-", ignore_cleanup_errors=True) as name:
        root = Path(name)
        if account:
            shutil.chown(root, account)
        cluster, log = root / "cluster", root / "log"

        def run(program: str, *arguments: str) -> None:
            subprocess.run(
                [str(folder_of_programs / program), *arguments],
                user=account,
                cwd=root,
                env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
                check=True,
                stdout=subprocess.DEVNULL,
                timeout=120,
            )

        run("initdb", "--pgdata", str(cluster), "--username=ledger", "--auth=trust", "--encoding=UTF8", "--no-sync")
        settings = f"-c listen_addresses= -c unix_socket_directories={root} -c fsync=off"
        run("pg_ctl", "--pgdata", str(cluster), "--log", str(log), "--wait", "--options", settings, "start")
        try:
            yield URL.create("postgresql+psycopg", "ledger", database="postgres", query={"host": str(root)})
        finally:
            run("pg_ctl", "--pgdata", str(cluster), "--wait", "--mode=immediate", "stop")


def new_database(maintenance: URL, name: str) -> URL:
    """Makes an empty database; returns its URL."""
    engine = create_engine(maintenance, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine.dispose()
    return maintenance.set(database=name)
