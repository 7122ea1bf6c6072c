"""What each accepted delivery of one feed brought: its senders, how many rows of each, and which keys it quarantined.

Reads only what is small: of the valid rows the files' footers and at most one column, and the keys of the quarantined
ones. Which rows are in force belongs in `assets.standardised.supersession`. The tables made here are temporary, of one
feed at a time:

- `temp.parsed` (sequence, delivery_id, kind, rows_file, keys_file): accepted deliveries in the order in which they
  apply, with the files of their valid rows and of their quarantined keys (NULL: none quarantined).
- `temp.brought` (sequence, sender, valid_rows): the senders that stand in a delivery, those of quarantined rows with 0.
- `temp.quarantined` (sequence, sender, key columns): keys of quarantined rows, each once a delivery.

A feed whose full deliveries replace the whole feed has one sender, named by the empty text.
"""

from pathlib import Path

import duckdb

from schemas.feeds import Feed

TABLES = ("parsed", "brought", "quarantined")

#: Every delivery's own schema counts, matched by name. A folder called `a=b` makes no column.
PARQUET = "read_parquet($files, union_by_name = true, hive_partitioning = false, filename = true)"


def sender_of(feed: Feed, alias: str) -> str:
    """SQL for the sender of a row of `alias`."""
    return f'{alias}."{feed.sender}"' if feed.sender else "''"


def key_of(feed: Feed, alias: str) -> str:
    """SQL list of the natural key's columns of `alias`."""
    return ", ".join(f'{alias}."{name}"' for name in feed.key)


def same_key(feed: Feed, left: str, right: str) -> str:
    """SQL condition: both rows have the same natural key, empty values being equal.

    A required column is never empty in a valid row, so that an unreadable value (NULL) of a quarantined one matches
    none; and a plain `=` lets DuckDB skip parts of a Parquet file.
    """
    operators = {name: "=" if name in feed.required else "IS NOT DISTINCT FROM" for name in feed.key}
    return " AND ".join(f'{left}."{name}" {operator} {right}."{name}"' for name, operator in operators.items())


def scan(con: duckdb.DuckDBPyConnection, statement: str, files: list[str]) -> None:
    """Runs a statement that reads `PARQUET`, unless there is no file to read.

    Paths are bound, and what DuckDB would take for a wildcard in one is escaped.
    """
    if files:
        con.execute(statement, {"files": [_literal(file) for file in files]})


def _literal(file: str) -> str:
    return "".join(f"[{mark}]" if mark in "*?[" else mark for mark in file)


def gather_deliveries(con: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    """Fills `temp.parsed`, `temp.brought` and `temp.quarantined` for a feed.

    Args:
        con: connection with `landed.deliveries`.
        feed: the feed.

    Raises:
        FileNotFoundError: the parsed rows of an accepted delivery are gone.
        ValueError: two deliveries have one place in the order, or parsed rows are not of the contract's types.
    """
    deliveries = _accepted_deliveries(con, feed)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE parsed "
        "(sequence INTEGER, delivery_id VARCHAR, kind VARCHAR, rows_file VARCHAR, keys_file VARCHAR)"
    )
    if deliveries:
        con.executemany("INSERT INTO temp.parsed VALUES (?, ?, ?, ?, ?)", deliveries)
    rows_files = [rows_file for *_, rows_file, _ in deliveries]
    _require_contract_types(con, feed, rows_files)
    _read_quarantined_keys(con, feed, [keys_file for *_, keys_file in deliveries if keys_file])
    _read_senders(con, feed, rows_files)


def _accepted_deliveries(con: duckdb.DuckDBPyConnection, feed: Feed) -> list[tuple[int, str, str, str, str | None]]:
    """The rows of `temp.parsed`, every file of them being there."""
    deliveries = con.execute(
        """
        SELECT sequence, delivery_id, kind, parsed_path, coalesce(quarantined_rows, 0)
        FROM landed.deliveries WHERE feed = ? AND status = 'accepted' ORDER BY sequence, delivery_id
        """,
        [feed.name],
    ).fetchall()
    if len({sequence for sequence, *_ in deliveries if sequence is not None}) < len(deliveries):
        raise ValueError(
            f"feed [{feed.name}]: accepted deliveries without a sequence of their own; land the feed again"
        )
    parsed = []
    for sequence, delivery_id, kind, folder, quarantined_rows in deliveries:
        names = ["rows.parquet", "quarantined_keys.parquet"] if quarantined_rows else ["rows.parquet"]
        files = [Path(folder or "") / name for name in names]
        for file in files:
            if folder is None or not file.is_file():
                raise FileNotFoundError(
                    f"feed [{feed.name}], delivery [{delivery_id}]: no [{file.name}] in its folder of parsed rows "
                    f"[{folder}]; land the delivery again"
                )
        parsed.append((sequence, delivery_id, kind, str(files[0]), str(files[1]) if quarantined_rows else None))
    return parsed


def _require_contract_types(con: duckdb.DuckDBPyConnection, feed: Feed, rows_files: list[str]) -> None:
    """Refuses parsed rows whose columns are not the contract's, before a failing cast could print a value."""
    if not rows_files:
        return
    expected = {column.name: column.duckdb_type for column in feed.columns} | {"line": "BIGINT"}
    found: dict[str, dict[str, str]] = {file: {} for file in rows_files}
    literal = [_literal(file) for file in rows_files]
    columns = con.execute("SELECT file_name, name, duckdb_type FROM parquet_schema(?)", [literal]).fetchall()
    for file, name, duckdb_type in columns:
        found[file][name] = duckdb_type
    for file, types in found.items():
        wrong = [name for name, duckdb_type in expected.items() if types.get(name) != duckdb_type]
        if wrong:
            raise ValueError(
                f"feed [{feed.name}]: column [{wrong[0]}] of [{file}] is [{types.get(wrong[0], 'missing')}], "
                f"the contract says [{expected[wrong[0]]}]; land the delivery again"
            )


def _read_quarantined_keys(con: duckdb.DuckDBPyConnection, feed: Feed, keys_files: list[str]) -> None:
    """Fills `temp.quarantined`: each key once a delivery; a row without a readable sender can keep nothing in force."""
    key_columns = [column for column in feed.columns if column.key]
    typed = ", ".join(f'"{column.name}" {column.duckdb_type}' for column in key_columns)
    con.execute(f"CREATE OR REPLACE TEMP TABLE quarantined (sequence INTEGER, sender VARCHAR, {typed})")
    readable = ", ".join(f'try_cast(r."{column.name}" AS {column.duckdb_type})' for column in key_columns)
    sender = sender_of(feed, "r")
    scan(
        con,
        f"""
        INSERT INTO temp.quarantined
        SELECT DISTINCT p.sequence, {sender}, {readable}
        FROM {PARQUET} AS r JOIN temp.parsed AS p ON p.keys_file = r.filename
        WHERE {sender} IS NOT NULL
        """,
        keys_files,
    )


def _read_senders(con: duckdb.DuckDBPyConnection, feed: Feed, rows_files: list[str]) -> None:
    """Fills `temp.brought`: from Parquet footers where each part of a file has one sender, else from that column."""
    con.execute("CREATE OR REPLACE TEMP TABLE brought (sequence INTEGER, sender VARCHAR, valid_rows BIGINT)")
    one_sender = "CASE WHEN m.stats_min_value = m.stats_max_value AND m.stats_null_count = 0 THEN m.stats_min_value END"
    scan(
        con,
        f"""
        INSERT INTO temp.brought
        WITH parts AS (
            SELECT m.file_name, {one_sender if feed.sender else "''"} AS sender, m.row_group_num_rows AS valid_rows
            FROM parquet_metadata($files) AS m
            WHERE m.path_in_schema = '{feed.sender or "line"}' AND m.row_group_num_rows > 0
        )
        SELECT p.sequence, t.sender, sum(t.valid_rows)::BIGINT
        FROM parts AS t JOIN temp.parsed AS p ON p.rows_file = t.file_name
        WHERE t.file_name NOT IN (SELECT several.file_name FROM parts AS several WHERE several.sender IS NULL)
        GROUP BY p.sequence, t.sender
        """,
        rows_files,
    )
    for sequence, rows_file in con.execute(
        "SELECT p.sequence, p.rows_file FROM temp.parsed AS p ANTI JOIN temp.brought AS b ON b.sequence = p.sequence"
    ).fetchall():
        con.execute(
            f"""
            INSERT INTO temp.brought
            SELECT ?, {sender_of(feed, "r")}, count(*) FROM read_parquet(?, hive_partitioning = false) AS r GROUP BY ALL
            """,
            [sequence, _literal(rows_file)],
        )
    con.execute(
        """
        INSERT INTO temp.brought
        SELECT DISTINCT q.sequence, q.sender, 0
        FROM temp.quarantined AS q ANTI JOIN temp.brought AS b ON b.sequence = q.sequence AND b.sender = q.sender
        """
    )
