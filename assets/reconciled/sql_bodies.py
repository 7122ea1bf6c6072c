"""Reading the SELECT of a SQL file: which tables it reads, which columns it gives, and what it may not do.

Only the text is judged here, with sqlglot; nothing is run. Headers and files belong in `assets.reconciled.sql_files`.
"""

from dataclasses import dataclass
from functools import cache

from sqlglot import exp, parse
from sqlglot.errors import ParseError

from schemas.layers import LAYERS
from schemas.strict_mapping import HeaderError

#: Functions whose answer depends on when or where they run.
_UNREPEATABLE = (
    exp.CurrentDate,
    exp.CurrentDatetime,
    exp.CurrentTime,
    exp.CurrentTimestamp,
    exp.CurrentUser,
    exp.Localtime,
    exp.Localtimestamp,
    exp.Rand,
    exp.Randn,
    exp.Uuid,
)
_UNREPEATABLE_NAMES = (
    "now",
    "today",
    "get_current_timestamp",
    "transaction_timestamp",
    "random",
    "setseed",
    "gen_random_uuid",
)


@dataclass(frozen=True, kw_only=True)
class Body:
    """One SELECT.

    Attributes:
        sql: the text, without the header.
        columns: names of the columns it gives, in order.
        tables: (schema, table) of every table it reads.
    """

    sql: str
    columns: tuple[str, ...]
    tables: frozenset[tuple[str, str]]


@cache
def read_body(name: str, sql: str) -> Body:
    """Judges a body and says what it reads and gives.

    Args:
        name: the file's name without its ending, for messages.
        sql: DuckDB SQL.

    Raises:
        HeaderError: it is no single SELECT, selects `*`, names a table without its layer, gives a column twice or
            without a name, or reads a clock.
    """
    try:
        statements = parse(sql, read="duckdb")
    except ParseError as error:
        first = error.errors[0] if error.errors else {}
        raise HeaderError(
            f"body of [{name}] does not parse: {first.get('description')} at line [{first.get('line')}] of the body"
        ) from error
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise HeaderError(f"body of [{name}] is not exactly one SELECT; keep one statement and no semicolon after it")
    query = statements[0]
    _refuse_stars_and_clocks(name, query)
    columns = tuple(query.named_selects)
    if "" in columns or len(set(columns)) != len(columns):
        raise HeaderError(f"body of [{name}] gives a column twice or without a name; name each once")
    return Body(sql=sql, columns=columns, tables=_tables(name, query))


def _refuse_stars_and_clocks(name: str, query: exp.Expr) -> None:
    for star in query.find_all(exp.Star):
        if not isinstance(star.parent, exp.Count):
            raise HeaderError(f"body of [{name}] selects *; name the columns")
    for node in query.walk():
        unnamed = isinstance(node, exp.Anonymous) and node.name.lower() in _UNREPEATABLE_NAMES
        if unnamed or isinstance(node, _UNREPEATABLE):
            raise HeaderError(f"body of [{name}] calls [{node.sql()}]; read the day from landed.run_context")


def _tables(name: str, query: exp.Expr) -> frozenset[tuple[str, str]]:
    own = {cte.alias for cte in query.find_all(exp.CTE)}
    found = set()
    for table in query.find_all(exp.Table):
        if not table.db and table.name in own:
            continue
        if table.db not in LAYERS:
            raise HeaderError(f"body of [{name}] reads [{table.sql()}]; write layer.table, the layer one of {LAYERS}")
        found.add((table.db, table.name))
    return frozenset(found)
