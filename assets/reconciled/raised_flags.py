"""`reconciled.raised_flags`: what every flag has raised, for the rules that speak of other rules' flags.

Whether a flag is urgent is said once, where flags are built (`assets.reconciled.flag_sql`); a rule about urgent flags
counts the rows that stand here. The table is written from the flags that are found, and leaves out those that rest on it
themselves, so that adding a flag is still adding its file.
"""

from collections.abc import Sequence

from assets.reconciled.flag_sql import raised_rows
from assets.reconciled.flags import Flag
from assets.reconciled.sql_bodies import read_body
from assets.reconciled.sql_files import Buildable, Statement

TABLE = ("reconciled", "raised_flags")

_COLUMNS = ("flag_id", "flag_code", "centre_number", "act_by", "urgency")


def raised_flags_statement(flags: Sequence[Flag], statements: Sequence[Statement]) -> Statement:
    """The statement that makes the table.

    Args:
        flags: every flag.
        statements: every population and fact, through which a flag may rest on the table.
    """
    resting = _resting_on_it([*flags, *statements])
    codes = (flag.code for flag in flags if flag.table not in resting)
    return Statement(
        room="facts",
        name=TABLE[1],
        statement="Each flag raised by a rule that does not itself speak of raised flags.",
        grain=("flag_id",),
        body=read_body(TABLE[1], raised_rows(codes, _COLUMNS)),
    )


def _resting_on_it(items: Sequence[Buildable]) -> set[tuple[str, str]]:
    """The tables that read it, directly or through others."""
    found = {TABLE}
    while more := {item.table for item in items if item.dependencies & found} - found:
        found |= more
    return found
