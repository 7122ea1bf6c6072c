"""A table or view of a database fetched as one delivery: the rows of one SELECT, as text, in a Parquet file.

The address comes from an environment variable, and nothing that a driver says is passed on: its errors quote the address,
the statement and values. Which statements are accepted is decided in `fetch_statement`.
"""

import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote

import polars as pl
import pyarrow
import pyarrow.parquet
from sqlalchemy import URL, Connection, Engine, NullPool, TextClause, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from assets.landed.limits import Limits
from assets.landed.sources import FOLDER, Source
from pipelines.fetch_placing import Fetched, next_version, placed, ready_folder, unfinished, versions
from pipelines.fetch_settings import DatabaseTold, FetchError, secret
from pipelines.fetch_statement import DIALECTS, names_the_day
from pipelines.fetch_text import as_texts

Progress = Callable[[str], None]

_CONNECT_SECONDS = 30

#: SQLite looks at the clock after as many of its instructions.
_STEPS = 10_000

#: What is said before the query so that the database itself refuses to write. SQL Server has nothing of the kind.
_READ_ONLY = {
    "mysql": "START TRANSACTION READ ONLY",
    "mariadb": "START TRANSACTION READ ONLY",
    "oracle": "SET TRANSACTION READ ONLY",
}

#: PostgreSQL's codes for what can be put right, by how they begin (PostgreSQL documentation, Appendix A).
_CAUSES = {
    "28": "the database refused the sign-in; correct the address in the variable",
    "3D": "there is no database of that name; correct the address in the variable",
    "42P01": "the query names a table that is not there; correct the query",
    "42703": "the query names a column that is not there; correct the query",
    "42501": "the account may not read what the query names; ask for the right to read it",
    "42": "the database does not accept the query; try it there first",
    "25006": "the query would write; leave out what writes",
    "57014": "the query took longer than [timeout_seconds]; narrow it, or raise the limit",
    "22": "a value cannot be read as the query asks; try the query there",
}


def fetch_database(
    source: Source, told: DatabaseTold, landing: Path, as_of: date, *, limits: Limits, progress: Progress, dry: bool
) -> Fetched:
    """Asks the query and puts its rows into the source's folder, unless they are those of the last file there.

    Args:
        source: whose deliveries these are; its reader must read Parquet.
        told: where they come from.
        landing: the landing folder.
        as_of: the run's day, which goes into the file's name.
        limits: bounds on the delivery.
        progress: called with the number of rows so far.
        dry: ask for the first rows alone, and write nothing.

    Raises:
        FetchError: it cannot be done; nothing was written.
    """
    if "parquet" not in source.reader.endings:
        raise FetchError(f"the reader [{source.reader.name}] reads no database's rows; use the reader [database_table]")
    query = _query(told, landing / FOLDER)
    with _rows(told, query, as_of) as (names, batches):
        if dry:
            first = next(batches, [])
            return Fetched(source=source.name, files=(_name(source, as_of),) if first else (), rows=len(first))
        folder = ready_folder(landing, source.name)
        name = _name(source, as_of)
        name = next_version(folder, name) if versions(folder, name, hashed=False) else name
        with unfinished(folder) as (partial, file):
            rows = _write(file, names, _bounded(batches, told, progress), limits, mark=name)
            if rows == 0:
                return _nothing(source)
            earlier = _last(folder, source, as_of)
            if earlier is not None and same_rows(earlier, partial):
                return Fetched(source=source.name, rows=rows, unchanged=1)
            size = partial.stat().st_size
            if not placed(partial, folder, name):
                raise FetchError(f"the name [{name}] was taken while the rows were fetched; fetch again")
            return Fetched(source=source.name, files=(name,), bytes=size, rows=rows)


def _query(told: DatabaseTold, folder: Path) -> str:
    if told.query is not None:
        return told.query
    path = folder / str(told.query_file)
    try:
        if path.is_symlink() or path.stat().st_size > 1_000_000:
            raise FetchError("[fetch.query_file] is a link or is too large; put the query itself there")
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise FetchError("[fetch.query_file] cannot be read; put it beside the source file, as UTF-8") from None


@contextmanager
def _rows(told: DatabaseTold, query: str, as_of: date) -> Iterator[tuple[list[str], Iterator[list[Any]]]]:
    """The columns of the result, and its rows in batches. Whatever a driver says is turned into words of our own."""
    url = _url(told)
    wants_day = names_the_day(query, url.get_backend_name())
    deadline = time.monotonic() + told.timeout_seconds
    engine = _engine(url, deadline)
    try:
        with engine.connect() as connection:
            _settle(connection, told)
            asked = connection.execute(
                _statement(query, wants_day=wants_day),
                {"as_of": as_of} if wants_day else {},
                execution_options={"stream_results": True, "yield_per": told.batch_rows},
            )
            yield _checked(list(asked.keys())), _in_time(asked.partitions(told.batch_rows), deadline)
    except DBAPIError as error:
        raise FetchError(_cause(error, told)) from None
    except SQLAlchemyError as error:
        raise FetchError(
            f"the database cannot be asked ([{type(error).__name__}]); try the query there first"
        ) from None
    finally:
        engine.dispose()


def _statement(query: str, *, wants_day: bool) -> TextClause:
    """The query for SQLAlchemy, to which a word after a colon is a parameter even within quotes, unless it is escaped."""
    others = r"(?<![:\w\\]):(?=\w)" + (r"(?!as_of\b)" if wants_day else "")
    return text(re.sub(others, r"\\:", query.strip().rstrip(";")))


def _url(told: DatabaseTold) -> URL:
    try:
        url = make_url(secret(told.url_from))
    except ArgumentError:
        raise FetchError(
            f"[{told.url_from}] holds no address of a database; set it as postgresql+psycopg://… or sqlite:///<file>"
        ) from None
    if url.get_backend_name() not in DIALECTS:
        raise FetchError(
            f"[{told.url_from}] names a database that cannot be asked; it must be one of [{', '.join(DIALECTS)}]"
        )
    return url


def _engine(url: URL, deadline: float) -> Engine:
    if url.get_backend_name() == "sqlite":
        return create_engine(
            "sqlite+pysqlite://", creator=lambda: _sqlite(url, deadline), poolclass=NullPool, hide_parameters=True
        )
    more = {"connect_timeout": _CONNECT_SECONDS} if url.get_driver_name() in {"psycopg", "psycopg2"} else {}
    try:
        return create_engine(url, poolclass=NullPool, hide_parameters=True, connect_args=more)
    except (ModuleNotFoundError, NoSuchModuleError):
        raise FetchError(
            f"the driver of [{url.get_backend_name()}] is missing; install it where the pipeline runs"
        ) from None


def _sqlite(url: URL, deadline: float) -> sqlite3.Connection:
    """SQLite's file opened for reading only, with an end to how long it may work."""
    if url.database in {None, "", ":memory:"} or not Path(str(url.database)).is_file():
        raise FetchError("the SQLite file that the address names is not there; correct the variable")
    place = quote(str(Path(str(url.database)).absolute()))
    connection = sqlite3.connect(f"file:{place}?mode=ro", uri=True, timeout=_CONNECT_SECONDS, check_same_thread=False)
    connection.execute("PRAGMA query_only = ON")
    connection.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS)
    return connection


def _settle(connection: Connection, told: DatabaseTold) -> None:
    """Have the database itself refuse to write, and bound how long it works."""
    backend = connection.dialect.name
    if backend == "postgresql":
        connection.execution_options(postgresql_readonly=True)
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = {told.timeout_seconds * 1000:d}")
    elif backend in _READ_ONLY:
        connection.exec_driver_sql(_READ_ONLY[backend])


def _checked(names: list[str]) -> list[str]:
    """The columns' names, each once and such as can be told."""
    for name in names:
        if not name or not name.isprintable():
            raise FetchError("the query gives a column without a name that can be shown; name it with AS")
        if names.count(name) > 1:
            raise FetchError(f"the query gives two columns [{name}]; name them apart with AS")
    return names


def _in_time(batches: Iterator[Any], deadline: float) -> Iterator[list[Any]]:
    for batch in batches:
        if time.monotonic() > deadline:
            raise FetchError(_CAUSES["57014"])
        yield batch


def _bounded(batches: Iterator[list[Any]], told: DatabaseTold, progress: Progress) -> Iterator[list[Any]]:
    rows = 0
    for batch in batches:
        rows += len(batch)
        if rows > told.most_rows:
            raise FetchError(
                f"the query gives more rows than [most_rows] of [{told.most_rows}]; narrow it, or raise it"
            )
        progress(f"{rows:,} rows")
        yield batch


def _write(file: BinaryIO, names: list[str], batches: Iterator[list[Any]], limits: Limits, *, mark: str) -> int:
    """Writes the rows and returns their number.

    The mark makes the bytes this file's own: a table that says again what it said before the last time would otherwise
    give the bytes of an earlier delivery, which the feed contract calls one delivery, and the last one would stay in force.
    """
    if len(names) > limits.columns:
        raise FetchError(f"the query gives more columns than the limit [columns] of [{limits.columns}]; leave some out")
    schema = pyarrow.schema([(name, pyarrow.string()) for name in names], metadata={"fetched": mark})
    rows = 0
    with pyarrow.parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        for batch in batches:
            columns = list(zip(*batch, strict=True))
            frame = pl.DataFrame([as_texts(name, values) for name, values in zip(names, columns, strict=True)])
            writer.write_table(frame.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(schema))
            rows += frame.height
            if file.tell() > limits.delivered_bytes:
                raise FetchError(f"the rows need more than the limit [delivered_bytes] of [{limits.delivered_bytes}]")
    file.flush()
    return rows


def _nothing(source: Source) -> Fetched:
    if source.kind == "delta":
        return Fetched(source=source.name, rows=0, unchanged=1)
    raise FetchError(
        "the query gives no row; nothing was delivered, and the last delivery stays in force. Look at the query"
    )


def _name(source: Source, day: date) -> str:
    return f"{source.name}.{day.isoformat()}{'.delta' if source.kind == 'delta' else ''}.parquet"


def _last(folder: Path, source: Source, as_of: date) -> Path | None:
    """The file that was fetched last, of those dated on or before the run's day."""
    pattern = re.compile(re.escape(source.name) + r"\.(\d{4}-\d\d-\d\d)(_\d\d)?(\.delta)?\.parquet")
    found = [(match[1], match[2] or "", path) for path in folder.iterdir() if (match := pattern.fullmatch(path.name))]
    return max((entry for entry in found if entry[0] <= as_of.isoformat()), default=(None, None, None))[2]


def same_rows(one: Path, other: Path) -> bool:
    """Whether two files hold the same columns and the same rows, in whatever order: by sums of the rows' hashes."""
    try:
        return _sums(one) == _sums(other)
    except (pyarrow.ArrowException, OSError):
        return False


def _sums(path: Path) -> tuple[list[str], list[int]]:
    """The columns, and the number of rows with sums of the halves of two hashes of each: halves cannot overflow."""
    sums = [0] * 5
    with pyarrow.parquet.ParquetFile(path) as file:
        for batch in file.iter_batches():
            frame = pl.DataFrame(pyarrow.Table.from_batches([batch]))
            hashes = [frame.hash_rows(seed) for seed in (1, 2)]
            parts = [int(half.sum()) for found in hashes for half in (found // 2**32, found % 2**32)]
            sums = [earlier + more for earlier, more in zip(sums, [frame.height, *parts], strict=True)]
        return file.schema_arrow.names, sums


def _cause(error: DBAPIError, told: DatabaseTold) -> str:
    """What to say of a driver's error: its class and code, as its words may quote the address, the query or a value."""
    code = str(getattr(error.orig, "sqlstate", None) or getattr(error.orig, "sqlite_errorname", None) or "")
    known = next((said for start, said in _CAUSES.items() if code.startswith(start)), None)
    if code == "SQLITE_INTERRUPT":
        known = _CAUSES["57014"]
    kind = type(error.orig).__name__
    said = f"([{kind}]{f', [{code}]' if re.fullmatch('[A-Za-z0-9_]{1,40}', code) else ''})"
    if known:
        return f"{known} {said}"
    if kind == "OperationalError":
        return (
            f"the database that [{told.url_from}] names cannot be reached, or refused the sign-in or the query {said}"
        )
    return f"the database did not answer the query {said}; try it there first"
