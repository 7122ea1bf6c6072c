"""The published tables of all flags: the flags raised, and the catalogue of the rules with how each met its population.

Both are written from the flags that are found, so that adding a flag is adding its file. Tables that one SELECT can
state on its own stand in `sql/tables`.
"""

import json
from collections.abc import Sequence

import duckdb

from assets.reconciled.flag_sql import quoted
from assets.reconciled.flags import Flag, coverage_query
from assets.reconciled.sql_bodies import read_body
from assets.reconciled.sql_files import Statement, build_statement
from schemas.flag_header import Authority
from schemas.flag_life import LIFE_COLUMNS
from schemas.published import PUBLISHED


def build_flags_table(connection: duckdb.DuckDBPyConnection) -> int:
    """Creates `published.flags` from tonight's flags, their history and decisions; returns its number of rows."""
    return build_statement(connection, flags_statement())


def build_catalogue(connection: duckdb.DuckDBPyConnection, flags: Sequence[Flag]) -> int:
    """Creates `published.flag_catalogue` from the flags' and populations' tables and returns its number of rows."""
    return build_statement(connection, flag_catalogue_statement(flags))


def flags_statement() -> Statement:
    """`published.flags`: every flag raised tonight, with where its life stands and what people decided about it.

    A waived flag stays, marked: whoever counts what is to be done leaves out the rows where `waived` holds.
    """
    of_life = {column.name: f"decided.{column.name}" for column in LIFE_COLUMNS}
    of_life |= {name: f"history.{name}" for name in ("state", "first_seen", "last_seen")}
    of_life["waived"] = "coalesce(decided.decision = 'waived', FALSE)"
    columns = ", ".join(f"{of_life.get(name, f'flag.{name}')} AS {name}" for name in PUBLISHED["flags"].column_names)
    return _statement(
        "flags",
        [
            f"SELECT {columns} FROM reconciled.tonights_flags AS flag "
            "INNER JOIN published.flag_history AS history ON flag.flag_id = history.flag_id "
            "LEFT JOIN reconciled.flag_decisions AS decided ON flag.flag_id = decided.flag_id"
        ],
    )


def flag_catalogue_statement(flags: Sequence[Flag]) -> Statement:
    """`published.flag_catalogue`: a row a flag, with its header and how many subjects were judged which way."""
    return _statement("flag_catalogue", [_catalogue_row(flag) for flag in flags])


def authority_words(authority: Authority) -> str:
    """The rule's source in one line: title, clause, address."""
    return ", ".join(part for part in (authority.title, authority.clause, authority.address) if part)


def _statement(table: str, selects: list[str]) -> Statement:
    contract = PUBLISHED[table]
    body = read_body(table, "\nUNION ALL\n".join(selects) + "\n")
    return Statement(room="tables", name=table, statement=contract.meaning, grain=contract.key, body=body)


def _catalogue_row(flag: Flag) -> str:
    header = flag.header
    values = {
        "flag_code": quoted(flag.code),
        "family": quoted(flag.family),
        "owner": quoted(header.owner),
        "shared_with": quoted(header.shared_with) if header.shared_with else "CAST(NULL AS VARCHAR)",
        "severity": quoted(header.severity),
        "statement": quoted(header.statement),
        "action": quoted(header.action),
        "authority": quoted(authority_words(header.authority)),
        "reasons": quoted(json.dumps(dict(header.reasons), ensure_ascii=False)),
        "population": quoted(header.population),
        "population_count": "coverage.population_count",
        "raised": "coverage.raised",
        "cannot_assess": "coverage.cannot_assess",
        "passed": "coverage.population_count - coverage.raised - coverage.cannot_assess",
        "soft_limit": f"CAST({header.soft_limit} AS DOUBLE)",
        "hard_limit": f"CAST({header.hard_limit} AS DOUBLE)",
    }
    columns = ", ".join(f"{values[name]} AS {name}" for name in PUBLISHED["flag_catalogue"].column_names)
    return f"SELECT {columns} FROM ({coverage_query(flag)}) AS coverage"
