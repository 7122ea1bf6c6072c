"""Whether a query of a source only reads: one SELECT, with nothing in it that writes, locks or calls for another statement.

It is the first of three walls. The second is a transaction or a file opened for reading only (`pipelines.fetch_database`),
the third the rights of the account, which are the database's business.
"""

import logging
import re

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from pipelines.fetch_settings import FetchError

#: Databases that may be asked, as SQLAlchemy names them, and the dialect in which SQLGlot reads their SQL.
DIALECTS = {
    "sqlite": "sqlite",
    "postgresql": "postgres",
    "mysql": "mysql",
    "mariadb": "mysql",
    "oracle": "oracle",
    "mssql": "tsql",
}

#: A query is written by people.
_LONGEST = 100_000

_NOT_READING = (exp.DML, exp.DDL, exp.Command, exp.Into, exp.Lock, exp.Set, exp.Pragma, exp.Attach, exp.Transaction)

#: Comments that MySQL and MariaDB carry out.
_LIVE_COMMENT = re.compile(r"/\*M?!")


def names_the_day(query: str, database: str) -> bool:
    """Checks a query and says whether `:as_of` stands in it.

    Args:
        query: as the source gives it.
        database: SQLAlchemy's name of the database, a key of `DIALECTS`.

    Raises:
        FetchError: it is not one SELECT that only reads; the message does not quote it.
    """
    if len(query) > _LONGEST or "\0" in query:
        raise FetchError(f"the query is longer than [{_LONGEST}] characters or holds a NUL character; shorten it")
    if _LIVE_COMMENT.search(query):
        raise FetchError("the query holds a comment that the database would carry out [/*!]; leave it out")
    # it would log what it cannot read, which is the query
    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    try:
        statements = [found for found in sqlglot.parse(query, read=DIALECTS[database]) if found is not None]
    except (SqlglotError, RecursionError):
        raise FetchError(f"the query cannot be read as SQL of [{database}]; try it there first") from None
    if len(statements) != 1:
        raise FetchError(f"the query holds [{len(statements)}] statements; give one SELECT")
    (statement,) = statements
    if not isinstance(statement, exp.Query) or isinstance(statement, (exp.DML, exp.DDL)):
        raise FetchError("the query is no SELECT; give one SELECT, or WITH … SELECT")
    for node in statement.walk():
        if isinstance(node, _NOT_READING) and not isinstance(node, exp.Query):
            raise FetchError(f"the query does not only read [{type(node).__name__}]; leave out what writes or locks")
    asked = {node.name for node in statement.find_all(exp.Placeholder)}
    if asked - {"as_of"} or statement.find(exp.Parameter):
        raise FetchError("the query holds a parameter that is not [:as_of]; write the value itself")
    return bool(asked)
