"""`reconcile explain --registration NUMBER`: what one learner can still achieve, and what each unit has to do with it.

One flag is laid out by `pipelines.explain`. What the columns mean is in `schemas.published`.
"""

from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console
from rich.table import Table

from assets.named_rows import named_rows
from pipelines.settings import UserError
from schemas.achievability import UNIT_REASONS

_STATUS = {
    "achieved": "achieved: the units that are secured satisfy the rule",
    "on_track": "on track: with the results that are still to come the rule can be satisfied",
    "action_needed": "action needed: the rule can be satisfied only with entries or claims still to be made",
    "unachievable": "unachievable: nothing that can still be done satisfies the rule",
    "cannot_assess": "cannot be assessed",
}
_UNITS = """
    SELECT unit_number, title, size, kind, state, enter_by, grade, counted, why
    FROM published.achievability_units
    WHERE registration_number = ? AND awarding_organisation_rn = ? AND qualification_number = ?
    ORDER BY place
"""


def explain_registration(publication: Path, number: str, console: Console) -> None:
    """Print status, grades, what to do or what clashes, and the units, for each qualification of the registration.

    Raises:
        UserError: nothing is published, or no open registration has that number.
    """
    if not publication.exists():
        raise UserError(f"nothing is published at [{publication}]; run `reconcile run` first")
    with duckdb.connect(publication, read_only=True) as connection:
        found = connection.execute(
            "SELECT * FROM published.achievability WHERE registration_number = ? ORDER BY ALL", [number]
        )
        rows = named_rows(found)
        if not rows:
            raise UserError(f"no open registration [{number}] in this publication; see published.achievability")
        for row in rows:
            key = [number, row["awarding_organisation_rn"], row["qualification_number"]]
            _show(row, connection.execute(_UNITS, key).fetchall(), console)


def _show(row: dict[str, Any], units: list[tuple[Any, ...]], console: Console) -> None:
    def line(label: str, text: object) -> None:
        if text is not None:
            console.print(f"  {label:<26} {text}", markup=False, highlight=False, soft_wrap=True)

    title = f"{row['registration_number']}, {row['qualification_number']}"
    console.print(f"\n{title}", style="bold", markup=False, highlight=False)
    line("status", _STATUS[row["status"]])
    line("reason", row["reason"])
    line("to do" if row["status"] == "action_needed" else "what clashes", row["actions"])
    line("secured grade", row["secured_grade"])
    line("grade on track", row["on_track_grade"])
    line("best grade", row["best_grade"])
    line("pathway", row["pathway"] or ("none recorded, and the status differs" if row["pathways_differ"] else None))
    line("result wanted by", row["target_date"])
    if row["fallback_qualification_number"]:
        line("smaller size in reach", f"{row['fallback_qualification_number']}, at best {row['fallback_grade']}")
    example = " (a worked example, no organisation's own rule)" if row["worked_example"] else ""
    if row["specification"]:
        line("rule", f"{row['specification']}, version {row['specification_version']}{example}")
    if units:
        console.print(_table(units))


def _table(units: list[tuple[Any, ...]]) -> Table:
    """The units that say something: graded, entered, counted or still needed."""
    table = Table(box=None, pad_edge=False)
    for heading in ("unit", "title", "size", "kind", "state", "grade", "counts", "why"):
        table.add_column(heading)
    for number, title, size, kind, state, _, grade, counted, why in units:
        if grade is not None or counted or state != "open":
            cells = (number, title, str(size or ""), kind, state, grade or "", "yes" if counted else "no")
            table.add_row(*cells, UNIT_REASONS[why])
    return table
