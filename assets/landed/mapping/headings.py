"""The headings of a table against a mapping: where each column stands, what is missing, what is more.

A heading that does not match is never repeated in a message unless the row is known to be one of headings: the first
line of a file without any is somebody's record.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assets.landed.limits import Limits
from assets.landed.refusals import RefusedDelivery, beyond
from schemas.feeds import FEEDS

if TYPE_CHECKING:
    from assets.landed.mapping.options import ColumnRule, FeedRule

_NAME_IT = (
    "Add the heading that the file has to [from] in the source file, or send the file with its headings as they were."
)


@dataclass(frozen=True, kw_only=True)
class Headings:
    """Where the columns of a mapping stand in a table.

    Attributes:
        width: number of columns of the table.
        places: place of each heading that is taken, folded, counted from 0.
        taken: of each feed the folded heading from which each of its columns is taken; constants and what is absent are
            not in it.
        extra: the other headings, in the table's order.
    """

    width: int
    places: dict[str, int]
    taken: dict[str, dict[str, str]]
    extra: tuple[str, ...]


def folded(heading: str | None) -> str:
    """A heading as it is compared: white space at its ends dropped and within it one space, upper and lower case the
    same."""
    return " ".join((heading or "").split()).casefold()


def match_headings(names: Sequence[str | None], feeds: "Mapping[str, FeedRule]", limits: Limits) -> Headings:
    """Finds the columns of a mapping by their headings, in any order.

    Args:
        names: as they stand in the file; empty where there is none.
        feeds: the feeds of the mapping that stand in the table.
        limits: bounds on the number of columns.

    Raises:
        RefusedDelivery: `too_many_columns`, `missing_column` or `duplicate_column`.
    """
    if len(names) > limits.columns:
        raise beyond(limits, "columns")
    found = [folded(name) for name in names]
    times = Counter(found)
    taken: dict[str, dict[str, str]] = {}
    missing: list[str] = []
    for feed, rule in feeds.items():
        chosen = {column: _chosen(one, times) for column, one in rule.columns.items() if one.headings}
        required = FEEDS[feed].required_in_header
        missing += [column for column, names_ in chosen.items() if not names_ and column in required]
        missing += [heading for heading in rule.only if folded(heading) not in times]
        taken[feed] = {column: names_[0] for column, names_ in chosen.items() if names_}
        _refuse_doubt(chosen, times, rule)
    if missing:
        told = ", ".join(dict.fromkeys(missing))
        raise RefusedDelivery("missing_column", f"The file has none of the headings given for [{told}].", _NAME_IT)
    wanted = {heading for columns in taken.values() for heading in columns.values()}
    wanted |= {folded(heading) for rule in feeds.values() for heading in rule.only}
    return Headings(
        width=len(names),
        places={heading: found.index(heading) for heading in found if heading in wanted},
        taken=taken,
        extra=tuple(" ".join((name or "").split()) or "(unnamed)" for name in names if folded(name) not in wanted),
    )


def _chosen(rule: "ColumnRule", times: Mapping[str, int]) -> list[str]:
    """The headings of a column that the file has."""
    return list(dict.fromkeys(heading for heading in map(folded, rule.headings) if times.get(heading)))


def _refuse_doubt(chosen: Mapping[str, list[str]], times: Mapping[str, int], rule: "FeedRule") -> None:
    """A column that could be taken from two places is taken from none."""
    twice = [column for column, names in chosen.items() if len(names) > 1 or any(times[name] > 1 for name in names)]
    twice += [heading for heading in rule.only if times.get(folded(heading), 0) > 1]
    if twice:
        raise RefusedDelivery(
            "duplicate_column",
            f"The file has several columns with the headings given for [{', '.join(twice)}].",
            "Send the file with one of them, or name in [from] of the source file only the one that counts.",
        )


def known_among(names: Iterable[str], feeds: "Mapping[str, FeedRule]") -> int:
    """How many names are headings that the mapping gives: tells headings parted by one delimiter from those of
    another."""
    given = {folded(heading) for rule in feeds.values() for one in rule.columns.values() for heading in one.headings}
    return len(given & {folded(name) for name in names})
