"""What each recipient is asked to correct: the flags it owns, one row a flag, as the publication in force holds them.

The flag contract names the owner of every flag, and that is whose list it stands in. UCAS owns none; its list has the flags
that name an application and rest on a record of its own. What must not be told before a result is released is left out
as in the reports (`pipelines.report_flags`), and so is that such a flag is gone. What a recipient was sent before is
`pipelines.returns`, what becomes of the rows `pipelines.corrections_list`.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from assets.named_rows import named_rows
from pipelines.correction_words import Correction, correction
from pipelines.report_content import Row
from pipelines.report_flags import FlagPlaces, may_tell_a_result
from pipelines.report_rows import Night
from pipelines.returns import UCAS, RestsOn
from pipelines.settings import UserError
from schemas.feeds import FEEDS
from schemas.flag_header import SEVERITIES
from schemas.flag_table import SUBJECT_KEYS

_NEEDED = ("centres", "checkpoint", "flag_catalogue", "flag_history", "flags", "person_links", "runs")

_SEVERITY_ORDER = " ".join(f"WHEN '{severity}' THEN {place}" for place, severity in enumerate(SEVERITIES))
_KEYS = ", ".join(f"flag.{key}" for key in SUBJECT_KEYS if key != "centre_number")
_UCAS_FEEDS = tuple(name for name, feed in FEEDS.items() if feed.side == "ucas")

# A flag stands at the centre that exists now, as in the reports.
_FLAGS = f"""
    SELECT
        flag.flag_id, flag.flag_code, flag.urgency, flag.owner, flag.act_by, flag.detail, flag.learner_id, {_KEYS},
        flag.centre_number AS named_centre_number, flag.cause, flag.sources, flag.waived,
        coalesce(centre.current_centre_number, flag.centre_number) AS centre_number
    FROM published.flags AS flag
    LEFT JOIN published.centres AS centre ON flag.centre_number = centre.centre_number
    WHERE {{condition}}
    ORDER BY
        flag.urgency DESC, CASE flag.severity {_SEVERITY_ORDER} END, flag.act_by NULLS LAST, flag.flag_code, flag.flag_id
"""

# The learner of a flag that is gone, where the records still have one.
_GONE = f"""
    SELECT
        flag.flag_id, flag.flag_code, flag.owner, {_KEYS}, flag.centre_number AS named_centre_number, flag.resolved_on,
        linked.learner_id
    FROM published.flag_history AS flag
    LEFT JOIN (
        SELECT personal_id, any_value(learner_id) AS learner_id
        FROM published.person_links WHERE feed = 'ucas_applicants' GROUP BY personal_id
    ) AS linked ON flag.personal_id = linked.personal_id
    WHERE flag.flag_id IN (SELECT unnest(?))
"""


@dataclass(frozen=True, kw_only=True)
class Recipient:
    """Who is asked: `centre`, `awarding_organisation` or `ucas`, and its number (`UCAS` for UCAS)."""

    side: str
    number: str


@dataclass(frozen=True, kw_only=True)
class Owed:
    """What a recipient is asked to correct, by flag id, the most urgent first.

    Attributes:
        corrections: what may be told.
        waiting: ids of flags that are raised and must wait for a release; nothing is said of them, not that they are gone.
        must_wait: whether that a flag is gone may tell of a result before its release.
        places: which registrations of a centre a flag is about.
    """

    corrections: Mapping[str, Correction]
    waiting: frozenset[str]
    must_wait: Callable[[Row], bool]
    places: FlagPlaces


class CorrectionRows:
    """A publication, as the corrections lists read it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        ((publication_id, as_of),) = connection.execute("SELECT publication_id, as_of FROM published.runs").fetchall()
        catalogue = self._rows("SELECT * FROM published.flag_catalogue")
        self.rests_on = RestsOn(publication_id=publication_id or "", as_of=as_of)
        self.night = Night(as_of=as_of, catalogue={row["flag_code"]: row for row in catalogue})

    def recipients(self) -> list[Recipient]:
        """Centres and awarding organisations that the publication knows, and UCAS."""
        found = self._connection.execute(
            """
            SELECT DISTINCT 'centre' AS side, current_centre_number AS number FROM published.centres
            UNION SELECT 'centre', centre_number FROM published.checkpoint
            UNION SELECT 'centre', coalesce(centre.current_centre_number, flag.centre_number)
                FROM published.flags AS flag LEFT JOIN published.centres AS centre USING (centre_number)
            UNION SELECT 'awarding_organisation', awarding_organisation_rn FROM published.checkpoint
            UNION SELECT 'awarding_organisation', awarding_organisation_rn FROM published.flags
            ORDER BY ALL
            """
        ).fetchall()
        known = [Recipient(side=side, number=number) for side, number in found if number is not None]
        return [*known, Recipient(side="ucas", number=UCAS)]

    def of_centres(self, numbers: Sequence[str]) -> Iterator[tuple[Recipient, Owed]]:
        """What each of some centres is asked, read together."""
        condition = (
            "flag.owner = 'centre' AND coalesce(centre.current_centre_number, flag.centre_number) IN (SELECT unnest(?))"
        )
        flags = _by_centre(self._rows(_FLAGS.format(condition=condition), [list(numbers)]))
        positions = _by_centre(
            self._rows("SELECT * FROM published.checkpoint WHERE centre_number IN (SELECT unnest(?))", [list(numbers)])
        )
        for number in numbers:
            places = FlagPlaces(positions.get(number, ()))
            recipient = Recipient(side="centre", number=number)
            yield recipient, self._owed(recipient, flags.get(number, ()), places, self._waits_for_a_centre(places))

    def of_organisation(self, number: str) -> tuple[Recipient, Owed]:
        """What an awarding organisation is asked. It has handed the results over itself: nothing waits for their release."""
        condition = "flag.owner = 'awarding_organisation' AND flag.awarding_organisation_rn = ?"
        recipient = Recipient(side="awarding_organisation", number=number)
        flags = self._rows(_FLAGS.format(condition=condition), [number])
        return recipient, self._owed(recipient, flags, FlagPlaces(()), lambda flag: False)

    def of_ucas(self) -> tuple[Recipient, Owed]:
        """What UCAS is asked."""
        recipient = Recipient(side="ucas", number=UCAS)
        flags = [
            flag
            for flag in self._rows(_FLAGS.format(condition="flag.personal_id IS NOT NULL"))
            if any(source.get("feed") in _UCAS_FEEDS for source in json.loads(flag["sources"] or "[]"))
        ]
        found = self._connection.execute(
            "SELECT DISTINCT learner_id FROM published.checkpoint WHERE rests_on_unreleased_results"
        )
        waiting = {learner for (learner,) in found.fetchall()}

        def must_wait(flag: Row) -> bool:
            return flag["learner_id"] in waiting and may_tell_a_result(flag, self.night)

        return recipient, self._owed(recipient, flags, FlagPlaces(()), must_wait)

    def gone(self, flags: Iterable[str]) -> dict[str, Row]:
        """What is known of flags that no longer stand in a list, by id."""
        rows = self._rows(_GONE, [list(flags)])
        return {row["flag_id"]: row for row in rows}

    def waived(self, flags: Iterable[str]) -> set[str]:
        """Those of some flags that are raised and waived."""
        query = "SELECT flag_id FROM published.flags WHERE waived AND flag_id IN (SELECT unnest(?))"
        return {flag for (flag,) in self._connection.execute(query, [list(flags)]).fetchall()}

    def _waits_for_a_centre(self, places: FlagPlaces) -> Callable[[Row], bool]:
        return lambda flag: places.must_wait(flag, self.night)

    def _owed(
        self, recipient: Recipient, flags: Iterable[Row], places: FlagPlaces, must_wait: Callable[[Row], bool]
    ) -> Owed:
        due = [flag for flag in flags if not flag["waived"]]
        waiting = frozenset(flag["flag_id"] for flag in due if must_wait(flag))
        corrections = {
            flag["flag_id"]: correction(
                recipient.side, flag, places.of(flag), self.night.catalogue.get(flag["flag_code"])
            )
            for flag in due
            if flag["flag_id"] not in waiting
        }
        return Owed(corrections=corrections, waiting=waiting, must_wait=must_wait, places=places)

    def _rows(self, query: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
        return named_rows(self._connection.execute(query, list(values)))


@contextmanager
def open_corrections(publication: Path) -> Iterator[CorrectionRows]:
    """The publication, opened as an analyst does: read-only, and without a way to other files.

    Raises:
        UserError: nothing is published, or by a version that kept no history of flags.
    """
    if not publication.exists():
        raise UserError(f"nothing is published at [{publication}]; run `reconcile run` first")
    config: dict[str, str | bool | int | float | list[str]] = {
        "enable_external_access": "false",
        "lock_configuration": "true",
    }
    with duckdb.connect(publication, read_only=True, config=config) as connection:
        held = connection.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'published'"
        ).fetchall()
        if missing := sorted(set(_NEEDED) - {name for (name,) in held}):
            raise UserError(
                f"[{publication}] has no table [{', '.join(missing)}]; it is an earlier version's; run `reconcile run` first"
            )
        yield CorrectionRows(connection)


def _by_centre(rows: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    grouped: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        grouped[row["centre_number"]].append(row)
    return grouped
