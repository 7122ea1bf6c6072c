"""The SQL that brings a flag's body into the shape that all flags share.

The body says who is concerned and why; added here, the same way for every flag: id, sentence, last day, sources,
values, severity, owner and urgency. Running it belongs in `assets.reconciled.flags`.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from assets.reconciled.sql_bodies import Body
from schemas.flag_header import PLACEHOLDER, URGENT_DAYS, URGENT_WITH_APPLICATION, FlagHeader
from schemas.flag_table import FLAG_COLUMNS, FLAG_ID_LENGTH, SUBJECT_KEYS

#: What stands in a sentence where a value is empty.
NOT_GIVEN = "not given"


def quoted(text: str) -> str:
    """A SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def flag_query(code: str, header: FlagHeader, body: Body, types: Mapping[str, str]) -> str:
    """The SELECT that gives a flag's rows in the columns of `schemas.flag_table`.

    Args:
        code: the flag code.
        header: what the flag's file says.
        body: its SELECT.
        types: DuckDB type of each of the body's columns, so that days are written as days in the sentence.
    """
    key_types = {column.name: column.duckdb_type for column in FLAG_COLUMNS}
    given = {key: f"found.{key}" if key in body.columns else f"NULL::{key_types[key]}" for key in SUBJECT_KEYS}
    columns = {
        "flag_id": flag_id(code, header.subject, "found"),
        "flag_code": quoted(code),
        "outcome": "found.outcome",
        "reason": "found.reason",
        **given,
        "learner_id": "found.learner_id",
        "detail": _detail(header, types),
        "act_by": "found.act_by" if header.act_by_event is None else "last_day.act_by",
        "sources": _sources(header.evidence),
        "cause": _cause(header.values),
        "severity": quoted(header.severity),
        "owner": quoted(header.owner),
    }
    shown = ",\n    ".join(f"{sql} AS {name}" for name, sql in columns.items())
    return f"""
WITH found AS (
{body.sql}
),
shaped AS (
SELECT
    {shown}
FROM found
{_last_day(header.act_by_event)}
)
SELECT
    shaped.*,
    {_urgency(header.severity)} AS urgency
FROM shaped
CROSS JOIN landed.run_context
LEFT JOIN (SELECT DISTINCT learner_id FROM reconciled.live_applications) AS application
    ON shaped.learner_id = application.learner_id
WHERE {in_force(header.valid_from, header.valid_to)}
"""


def flag_id(code: str, subject: tuple[str, ...], alias: str) -> str:
    """A stable hash of code and subject keys, each key with its name and length so that no two subjects read alike."""
    texts = {key: f"CAST({alias}.{key} AS VARCHAR)" for key in subject}
    keys = [f"coalesce('{key}=' || length({text}) || ':' || {text}, '{key}')" for key, text in texts.items()]
    return f"left(sha256(concat_ws('|', {quoted(code)}, {', '.join(keys)})), {FLAG_ID_LENGTH})"


def in_force(valid_from: date | None, valid_to: date | None) -> str:
    """The condition that the run's day lies within the flag's valid dates, both included."""
    conditions = [f"run_context.as_of >= DATE '{valid_from}'"] if valid_from else []
    conditions += [f"run_context.as_of <= DATE '{valid_to}'"] if valid_to else []
    return " AND ".join(conditions) or "TRUE"


def _last_day(event: str | None) -> str:
    if event is None:
        return ""
    return f"""
LEFT JOIN (
    SELECT awarding_organisation_rn, qualification_number, CAST(falls_on AS DATE) AS act_by
    FROM reconciled.cycle_dates
    WHERE event = {quoted(event)}
) AS last_day
    ON found.awarding_organisation_rn = last_day.awarding_organisation_rn
    AND found.qualification_number = last_day.qualification_number"""


def _detail(header: FlagHeader, types: Mapping[str, str]) -> str:
    """The sentence: the header's for a raised flag, the reason's for one that could not be assessed."""
    parts = []
    for index, text in enumerate(PLACEHOLDER.split(header.detail)):
        if index % 2 == 0:
            parts += [quoted(text)] if text else []
        elif types[text] == "DATE":
            parts.append(f"coalesce(strftime(found.{text}, '%-d %B %Y'), '{NOT_GIVEN}')")
        else:
            parts.append(f"coalesce(CAST(found.{text} AS VARCHAR), '{NOT_GIVEN}')")
    sentence = " || ".join(parts)
    reasons = " ".join(f"WHEN {quoted(reason)} THEN {quoted(words)}" for reason, words in header.reasons.items())
    unknown = f"CASE found.reason {reasons} ELSE {quoted(NOT_GIVEN)} END" if reasons else quoted(NOT_GIVEN)
    return f"CASE WHEN found.outcome = 'raised' THEN {sentence} ELSE {unknown} END"


def _sources(evidence: Mapping[str, str]) -> str:
    """A JSON list with the delivery and line of each row that the flag rests on, without rows that are not there."""
    rows = ", ".join(
        f"CASE WHEN found.{alias}_delivery_id IS NOT NULL THEN {{'alias': '{alias}', 'feed': '{feed}', "
        f"'delivery_id': found.{alias}_delivery_id, 'line': found.{alias}_line}} END"
        for alias, feed in evidence.items()
    )
    return f"CAST(to_json(list_filter([{rows}], lambda row: row IS NOT NULL)) AS VARCHAR)"


def _cause(values: tuple[str, ...]) -> str:
    """A JSON object of the values that caused the flag."""
    pairs = ", ".join(f"'{name}': found.{name}" for name in values)
    return f"CAST(to_json({{{pairs}}}) AS VARCHAR)"


def _urgency(severity: str) -> str:
    """Urgent: the last day lies within the days to come, or a place hangs on it (flag contract, Urgency)."""
    soon = f"shaped.act_by BETWEEN run_context.as_of AND run_context.as_of + {URGENT_DAYS}"
    if severity in URGENT_WITH_APPLICATION:
        soon = f"{soon} OR application.learner_id IS NOT NULL"
    return f"CASE WHEN shaped.outcome = 'raised' AND ({soon}) THEN 'urgent' ELSE 'routine' END"


def raised_rows(codes: Iterable[str], columns: Iterable[str]) -> str:
    """The SELECT of these columns of all that the flags of these codes have raised."""
    shown = ", ".join(columns)
    return (
        "\nUNION ALL\n".join(f"SELECT {shown} FROM reconciled.{code} WHERE outcome = 'raised'" for code in codes) + "\n"
    )
