"""What the reports read: the published tables, in bulk for many centres at once, from the file that analysts open.

Nothing is worked out here that the tables do not say; putting rows together as a report belongs in `report_centre` and
`report_owner`.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from pipelines.report_content import Row
from pipelines.settings import UserError
from schemas.flag_header import SEVERITIES

#: What a report needs of a publication; an older one may lack them.
_NEEDED = ("calendar", "centre_summary", "centres", "checkpoint", "flag_catalogue", "flags", "runs")

_SEVERITY_ORDER = " ".join(f"WHEN '{severity}' THEN {place}" for place, severity in enumerate(SEVERITIES))

# A flag stands at the centre that exists now, as in published.centre_summary.
_FLAGS = f"""
    SELECT
        flag.flag_id, flag.flag_code, flag.urgency, flag.severity, flag.owner, flag.act_by, flag.detail,
        flag.learner_id, flag.personal_id, flag.centre_learner_reference,
        flag.awarding_organisation_rn, flag.registration_number, flag.qualification_number,
        flag.centre_number AS named_centre_number,
        flag.first_seen, flag.decision, flag.waived, flag.assigned_to, flag.decision_reason, flag.decision_expires_on,
        coalesce(centre.current_centre_number, flag.centre_number) AS centre_number
    FROM published.flags AS flag
    LEFT JOIN published.centres AS centre ON flag.centre_number = centre.centre_number
    WHERE {{condition}}
    ORDER BY
        flag.urgency DESC, CASE flag.severity {_SEVERITY_ORDER} END, flag.act_by NULLS LAST, flag.flag_code, flag.flag_id
"""


@dataclass(frozen=True, kw_only=True)
class Night:
    """What all reports of a publication share: its day, and its flag catalogue by code."""

    as_of: date
    catalogue: Mapping[str, Row]


@dataclass(frozen=True, kw_only=True)
class CentreRows:
    """The published rows of one centre."""

    summary: Row
    contact: Row | None
    positions: Sequence[Row]
    flags: Sequence[Row]
    calendar: Sequence[Row]


class ReportRows:
    """A publication, as the reports read it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        ((as_of,),) = connection.execute("SELECT as_of FROM published.runs").fetchall()
        catalogue = self._rows("SELECT * FROM published.flag_catalogue")
        self.night = Night(as_of=as_of, catalogue={row["flag_code"]: row for row in catalogue})

    def centres(self) -> list[str]:
        """Numbers of the centres that have open registrations or flags."""
        found = self._connection.execute(
            """
            SELECT centre_number FROM published.centre_summary
            WHERE open_registrations + blocks_award + affects_place + delays_award + data_quality + waived > 0
            ORDER BY centre_number
            """
        )
        return [number for (number,) in found.fetchall()]

    def organisations(self) -> list[str]:
        """Numbers of the awarding organisations with open registrations or flags."""
        found = self._connection.execute(
            """
            SELECT awarding_organisation_rn FROM published.checkpoint
            UNION
            SELECT awarding_organisation_rn FROM published.flags WHERE awarding_organisation_rn IS NOT NULL
            ORDER BY ALL
            """
        )
        return [number for (number,) in found.fetchall()]

    def of_centres(self, numbers: Sequence[str]) -> Iterator[tuple[str, CentreRows]]:
        """The rows of each of some centres, read together."""
        wanted = [list(numbers)]
        summary = self._by_centre(
            "SELECT * FROM published.centre_summary WHERE centre_number IN (SELECT unnest(?))", wanted
        )
        contact = self._by_centre("SELECT * FROM published.centres WHERE centre_number IN (SELECT unnest(?))", wanted)
        positions = self._by_centre(
            "SELECT * FROM published.checkpoint WHERE centre_number IN (SELECT unnest(?))", wanted
        )
        condition = "coalesce(centre.current_centre_number, flag.centre_number) IN (SELECT unnest(?))"
        flags = self._by_centre(_FLAGS.format(condition=condition), wanted)
        calendar = self._by_centre(
            "SELECT * FROM published.calendar WHERE centre_number IN (SELECT unnest(?)) "
            "ORDER BY falls_on, event, series NULLS FIRST, awarding_organisation_rn, qualification_number NULLS FIRST",
            wanted,
        )
        for number in numbers:
            yield (
                number,
                CentreRows(
                    summary=summary[number][0],
                    contact=contact[number][0] if number in contact else None,
                    positions=positions.get(number, ()),
                    flags=flags.get(number, ()),
                    calendar=calendar.get(number, ()),
                ),
            )

    def of_organisation(self, number: str) -> list[dict[str, Any]]:
        """The flags that an awarding organisation owns or shares, the most urgent first."""
        codes = [
            code
            for code, row in self.night.catalogue.items()
            if "awarding_organisation" in (row["owner"], row["shared_with"])
        ]
        condition = "flag.awarding_organisation_rn = ? AND flag.flag_code IN (SELECT unnest(?))"
        return self._rows(_FLAGS.format(condition=condition), [number, codes])

    def of_ucas(self) -> list[dict[str, Any]]:
        """The flags that name an application, the most urgent first."""
        return self._rows(_FLAGS.format(condition="flag.personal_id IS NOT NULL"))

    def contacts(self) -> dict[str, Row]:
        """Name and contacts of each centre, by its number."""
        return {row["centre_number"]: row for row in self._rows("SELECT * FROM published.centres")}

    def learners_awaiting_release(self) -> set[str]:
        """Learners of whom a result is held that is not released."""
        found = self._connection.execute(
            "SELECT DISTINCT learner_id FROM published.checkpoint WHERE rests_on_unreleased_results"
        )
        return {learner for (learner,) in found.fetchall()}

    def on_record(self, centre: str) -> dict[tuple[str, str, str], Row]:
        """A centre's open registrations by organisation, registration and qualification."""
        rows = self._rows("SELECT * FROM published.checkpoint WHERE centre_number = ?", [centre])
        return {
            (row["awarding_organisation_rn"], row["registration_number"], row["qualification_number"]): row
            for row in rows
        }

    def _by_centre(self, query: str, values: Sequence[Any]) -> dict[str, list[dict[str, Any]]]:
        grouped: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in self._rows(query, values):
            grouped[row["centre_number"]].append(row)
        return grouped

    def _rows(self, query: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
        return self._connection.execute(query, list(values)).pl().to_dicts()


@contextmanager
def open_publication(publication: Path) -> Iterator[ReportRows]:
    """The publication, opened as an analyst does: read-only, and without a way to other files.

    Raises:
        UserError: nothing is published, or by a version that knows no reports.
    """
    if not publication.exists():
        raise UserError(f"nothing is published at [{publication}]; run `reconcile run` first")
    config: dict[str, str | bool | int | float | list[str]] = {
        "enable_external_access": "false",
        "lock_configuration": "true",
        "threads": 1,
    }
    with duckdb.connect(publication, read_only=True, config=config) as connection:
        held = connection.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'published'"
        ).fetchall()
        if missing := sorted(set(_NEEDED) - {name for (name,) in held}):
            raise UserError(
                f"[{publication}] has no table [{', '.join(missing)}]; it is an earlier version's; run `reconcile run` first"
            )
        yield ReportRows(connection)
