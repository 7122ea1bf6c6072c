"""`reconcile explain`: one flag laid out for the person who has to act on it."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console

from assets.named_rows import named_rows
from pipelines.settings import UserError
from schemas.flag_life import STATES
from schemas.flag_table import SUBJECT_KEYS


def explain(publication: Path, flag_id: str, console: Console) -> None:
    """Print the subject, the values and where each came from, the rule and its authority, and what to do.

    Raises:
        UserError: nothing is published, or no flag has that identifier.
    """
    if not publication.exists():
        raise UserError(f"nothing is published at [{publication}]; run `reconcile run` first")
    with duckdb.connect(publication, read_only=True) as connection:
        flag = _one(connection, "SELECT * FROM published.flags WHERE flag_id = ?", flag_id)
        if flag is None:
            raise UserError(_not_raised(connection, flag_id))
        rule = _one(connection, "SELECT * FROM published.flag_catalogue WHERE flag_code = ?", flag["flag_code"]) or {}
        files = dict(
            connection.execute(
                "SELECT delivery_id, file_name FROM published.deliveries WHERE status <> 'repeated'"
            ).fetchall()
        )
    _show(flag, rule, files, console)


def _not_raised(connection: duckdb.DuckDBPyConnection, flag_id: str) -> str:
    """What to say of a flag that is not raised: the history knows those that were."""
    known = None
    # an older version kept no history
    with suppress(duckdb.CatalogException):
        known = _one(connection, "SELECT * FROM published.flag_history WHERE flag_id = ?", flag_id)
    if known is None:
        return f"no flag [{flag_id}] in this publication; find identifiers in published.flags"
    return (
        f"flag [{flag_id}] ({known['flag_code']}) is no longer raised: it was first seen on [{known['first_seen']}], last "
        f"on [{known['last_seen']}], and resolved on [{known['resolved_on']}]"
    )


def _one(connection: duckdb.DuckDBPyConnection, query: str, key: str) -> dict[str, Any] | None:
    rows = named_rows(connection.execute(query, [key]))
    return rows[0] if rows else None


def _show(flag: dict[str, Any], rule: dict[str, Any], files: dict[str, str], console: Console) -> None:
    def line(label: str, text: object) -> None:
        console.print(f"  {label:<26} {text}", markup=False, highlight=False, soft_wrap=True)

    def heading(text: str) -> None:
        console.print(f"\n{text}", style="bold", markup=False, highlight=False)

    heading(f"{flag['flag_code']}  ({flag['flag_id']})")
    console.print(f"  {flag['detail']}", markup=False, highlight=False, soft_wrap=True)
    heading("Subject")
    for key in SUBJECT_KEYS:
        if flag[key] is not None:
            line(key, flag[key])
    line("learner_id", flag["learner_id"] or "not linked")
    heading("Values")
    for name, value in json.loads(flag["cause"] or "{}").items():
        line(name, "not given" if value is None else value)
    heading("Where they came from")
    for source in json.loads(flag["sources"] or "[]"):
        if source.get("delivery_id") is not None:
            file = files.get(source["delivery_id"], source["delivery_id"])
            line(source.get("alias", source["feed"]), f"{source['feed']}, {file}, line {source['line']}")
    heading("Rule")
    line("states", rule.get("statement"))
    line("authority", rule.get("authority"))
    reasons = json.loads(rule.get("reasons") or "{}")
    if flag["reason"]:
        line("reason", f"{flag['reason']}: {reasons.get(flag['reason'], '')}".rstrip(": "))
    line("severity, urgency", f"{flag['severity']}, {flag['urgency']}")
    # an older version kept no history
    if "state" in flag:
        heading("Life")
        line("state", f"{flag['state']}: {STATES[flag['state']]}")
        line("first seen, last seen", f"{flag['first_seen']}, {flag['last_seen']}")
        line("decision", _decision(flag))
    heading("What to do")
    line("owner", flag["owner"])
    line("action", rule.get("action"))
    line("act by", flag["act_by"] or "no key date says")


def _decision(flag: dict[str, Any]) -> str:
    """The decision in force in one line: what, to whom, by whom, until when and why."""
    if flag["decision"] is None:
        return "none in force"
    to = f" to {flag['assigned_to']}" if flag["assigned_to"] else ""
    until = f", until {flag['decision_expires_on']}" if flag["decision_expires_on"] else ""
    why = f": {flag['decision_reason']}" if flag["decision_reason"] else ""
    return f"{flag['decision']}{to} by {flag['decided_by']} on {flag['decided_on']}{until}{why}"
