"""Files typed by hand from the description of a format, delivered through a source that is typed as well."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from tests.landed_folder import LandedFolder

AS_OF = date(2026, 12, 31)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one file for one feed.

    Attributes:
        rows: valid rows in order of line: what is filled, as text, with `line`.
        aside: line, column and rule of every reason in quarantine.
        delivery: its row of `landed.deliveries`.
    """

    rows: list[dict[str, Any]]
    aside: list[tuple[int, str | None, str]]
    delivery: dict[str, Any]


def outcome(folder: Path, feed: str, source: str, name: str, content: str | bytes, **lists: str) -> Outcome:
    """Delivers a file and lands the feed.

    Args:
        folder: an empty one.
        feed: the feed.
        source: text of the source file.
        name: of the file.
        content: of the file; text is written as UTF-8.
        lists: by name without `.csv`, texts of lists beside the source file.
    """
    landed = LandedFolder(folder)
    landed.put("sources", source.encode(), "typed.yaml")
    for one, text in lists.items():
        landed.put("sources", text.encode(), f"{one}.csv")
    landed.put("typed", content.encode() if isinstance(content, str) else content, name)
    landed.land(feed, AS_OF)
    (delivery,) = landed.deliveries()
    accepted = delivery["status"] == "accepted"
    rows = [_filled(row) for row in landed.valid(delivery)] if accepted else []
    return Outcome(rows=rows, aside=[reason[:3] for reason in landed.reasons()], delivery=delivery)


def _filled(row: dict[str, Any]) -> dict[str, Any]:
    return {name: _text(value) for name, value in row.items() if value is not None and name != "row"}


def _text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
