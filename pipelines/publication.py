"""Publishing: a new immutable file a run, checked before a link is pointed at it.

An analyst who has the published file open keeps the old one; the next to connect sees the new one; nobody sees half of
it. Until the link is flipped nothing that is published has changed, so a run that fails or is killed leaves the last
good publication in place.

    <folder>/reconciliation.duckdb -> current/reconciliation.duckdb
    <folder>/parquet               -> current/parquet
    <folder>/current               -> versions/<version>          the one link that a run flips
    <folder>/versions/<version>/reconciliation.duckdb, parquet/<table>.parquet, *.html
"""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

import duckdb

from pipelines.settings import UserError
from schemas.published import PUBLISHED, VIEWS
from schemas.published_table import PublishedTable


class Publication:
    """The publication that a link names.

    Args:
        link: path by which analysts open it, for instance `data/published/reconciliation.duckdb`.
        keep: earlier versions to keep beside the current one.
    """

    def __init__(self, link: Path, keep: int) -> None:
        self.link = link.absolute()
        self.keep = keep
        self.folder = self.link.parent
        self.current = self.folder / "current"

    def check_place(self) -> None:
        """Make sure that publishing can end well before a night's work begins.

        Raises:
            UserError: something that is not a publication's link stands there, or the folder cannot be written.
        """
        for path in (self.link, self.folder / "parquet", self.current):
            if os.path.lexists(path) and not path.is_symlink():
                raise UserError(f"[{path}] exists and is no link to a publication; move it away or publish elsewhere")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(f"[{self.folder}] cannot be made ({error.strerror}); publish elsewhere") from None
        if not os.access(self.folder, os.W_OK):
            raise UserError(f"[{self.folder}] cannot be written; publish elsewhere or change its rights")

    def last_good(self) -> Path | None:
        """The file that is published now, or None."""
        return self.link.resolve() if self.link.exists() else None

    def kept(self) -> list[tuple[str, bool]]:
        """Names of the versions that are kept, newest first, each with whether it is the current one."""
        current = self.current.resolve().name
        folders = sorted(
            (self.folder / "versions").iterdir(), key=lambda folder: folder.stat().st_mtime_ns, reverse=True
        )
        return [(folder.name, folder.name == current) for folder in folders]

    def publish(self, connection: duckdb.DuckDBPyConnection, version: str, pages: dict[str, str]) -> Path:
        """Write, check and flip.

        Args:
            connection: the warehouse, with schema `published` complete.
            version: name of the new version's folder.
            pages: static pages to stand beside the file, text by name.

        Returns:
            The new file. Tables are in the order of their keys, with comments, and a view a flag code.
        """
        self.check_place()
        folder = self.folder / "versions" / version
        if folder.exists():
            shutil.rmtree(folder)
        (folder / "parquet").mkdir(parents=True)
        path = folder / self.link.name
        counts = _write(connection, path, folder / "parquet")
        for name, text in pages.items():
            (folder / name).write_text(text, encoding="utf-8")
        _check(path, counts)
        _settle([path, *sorted((folder / "parquet").iterdir()), *(folder / name for name in pages), folder])
        self._flip(version)
        self._forget_old(version)
        return path

    def _flip(self, version: str) -> None:
        _point(self.current, Path("versions") / version)
        _point(self.link, Path("current") / self.link.name)
        _point(self.folder / "parquet", Path("current") / "parquet")
        _settle([self.folder])

    def _forget_old(self, version: str) -> None:
        """Delete what is older than the versions to keep; a reader who has one open keeps reading it."""
        versions = sorted(
            (folder for folder in (self.folder / "versions").iterdir() if folder.name != version),
            key=lambda folder: (folder.stat().st_mtime_ns, folder.name),
        )
        for folder in versions[: max(0, len(versions) - self.keep)]:
            shutil.rmtree(folder, ignore_errors=True)


def _write(connection: duckdb.DuckDBPyConnection, path: Path, parquet: Path) -> dict[str, int]:
    """Write the published tables into a new file, and from there as Parquet; returns their row counts."""
    connection.execute(f"ATTACH {_literal(str(path))} AS publication")
    # What is published is kept and read often, so it is compressed, unlike the working file.
    connection.execute("SET force_compression = 'auto'")
    try:
        connection.execute("CREATE SCHEMA publication.published")
        counts = {table.name: _write_table(connection, table) for table in PUBLISHED.values()}
        for view in VIEWS.values():
            _write_view(connection, view.table.name, view.query, view.table.meaning)
            _comment_columns(connection, view.table)
        codes = connection.execute(
            "SELECT flag_code, statement FROM published.flag_catalogue ORDER BY flag_code"
        ).fetchall()
        for code, statement in codes:
            _write_view(connection, code, _flags_of(code), statement)
        connection.execute("CHECKPOINT publication")
        _write_parquet(connection, parquet)
    finally:
        connection.execute("DETACH publication")
        connection.execute("SET force_compression = 'uncompressed'")
    return counts


def _write_table(connection: duckdb.DuckDBPyConnection, table: PublishedTable) -> int:
    name = f"publication.published.{table.name}"
    columns = ", ".join(f'"{column.name}" {column.type}' for column in table.columns)
    names = ", ".join(f'"{column}"' for column in table.column_names)
    connection.execute(f"CREATE TABLE {name} ({columns})")
    connection.execute(
        f"INSERT INTO {name} BY NAME SELECT {names} FROM published.{table.name} ORDER BY {_order(table)}"
    )
    connection.execute(f"COMMENT ON TABLE {name} IS {_literal(table.meaning)}")
    _comment_columns(connection, table)
    return int(connection.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0])


def _comment_columns(connection: duckdb.DuckDBPyConnection, table: PublishedTable) -> None:
    for column in table.columns:
        connection.execute(
            f'COMMENT ON COLUMN publication.published.{table.name}."{column.name}" IS {_literal(column.meaning)}'
        )


def _flags_of(code: str) -> str:
    """The flags of one code, without the columns that are its own name."""
    names = ", ".join(f'"{column}"' for column in PUBLISHED["flags"].column_names if column != "flag_code")
    return f"SELECT {names} FROM published.flags WHERE flag_code = {_literal(code)}"


def _write_view(connection: duckdb.DuckDBPyConnection, name: str, query: str, comment: str) -> None:
    # A view must not name the attached database: the file is opened under other names.
    connection.execute("USE publication")
    try:
        connection.execute(f'CREATE VIEW published."{name}" AS {query}')
    finally:
        connection.execute("USE work")
    connection.execute(f'COMMENT ON VIEW publication.published."{name}" IS {_literal(comment)}')


def _write_parquet(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Copy the tables just written, which are in the order of their keys, so that they are sorted only once."""
    connection.execute("SET preserve_insertion_order = true")
    try:
        for table in PUBLISHED.values():
            target = _literal(str(folder / f"{table.name}.parquet"))
            connection.execute(
                f"COPY publication.published.{table.name} TO {target} (FORMAT parquet, COMPRESSION zstd)"
            )
    finally:
        connection.execute("SET preserve_insertion_order = false")


def _check(path: Path, counts: dict[str, int]) -> None:
    """Read the new file as an analyst would.

    Raises:
        RuntimeError: it is not complete; the link is not flipped.
    """
    if path.with_name(path.name + ".wal").exists():
        raise RuntimeError(f"[{path.name}] still has a write-ahead log after its checkpoint; it was not published")
    with duckdb.connect(path, read_only=True) as reader:
        for name, expected in counts.items():
            held = reader.execute(f"SELECT count(*) FROM published.{name}").fetchall()[0][0]
            if held != expected:
                raise RuntimeError(
                    f"[published.{name}] holds [{held}] rows instead of [{expected}]; it was not published"
                )
        for (view,) in reader.execute(
            "SELECT view_name FROM duckdb_views() WHERE schema_name = 'published' AND NOT internal"
        ).fetchall():
            reader.execute(f'SELECT count(*) FROM published."{view}"').fetchall()


def _settle(paths: Iterable[Path]) -> None:
    """Make files and folders durable, and files read-only for owner and group alone."""
    for path in paths:
        if path.is_file():
            path.chmod(0o440)
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _point(link: Path, target: Path) -> None:
    """Point a link at its target in one step that a reader never sees half done."""
    if link.is_symlink() and link.readlink() == target:
        return
    fresh = link.with_name(f".{link.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    fresh.replace(link)


def _order(table: PublishedTable) -> str:
    return ", ".join(f'"{column}" NULLS FIRST' for column in table.key)


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
