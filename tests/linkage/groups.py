"""The groups of `groups.yaml` as frames, and who is together in them.

All groups are linked in one run. So that none meets another, each lives in a year, at centres and postcodes, and under
identifiers of its own.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from assets.linked.frames import LinkedFrames, link_frames
from schemas.fields import ULN_NOT_KNOWN
from tests.linkage.invented import BORN, uci, uln

Group = dict[str, Any]

KEYS = {"why", "records", "people", "never", "review"}
SAYS = {"forename", "surname", "born", "sex", "postcode", "uln", "uci", "personal_id", "centre"}
GROUPS: list[Group] = [
    {"kind": kind, **group}
    for kind, groups in yaml.safe_load((Path(__file__).parent / "groups.yaml").read_text(encoding="utf-8")).items()
    for group in groups
]
_FEEDS = {"ao": "ao_registrations", "centre": "centre_registrations", "ucas": "ucas_applicants"}
_OWN = 10  # numbers of each kind that a group has for itself


def _row(group: int, place: int, feed: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """A row of a feed, in canonical columns."""
    if odd := set(said) - SAYS:
        raise ValueError(f"group [{GROUPS[group]['why']}] says what no record holds [{', '.join(sorted(odd))}]")

    def own(kind: str) -> int:
        return group * _OWN + int(said[kind])

    *year, month, day = (int(part) for part in str(said.get("born", f"{BORN:%m-%d}")).split("-"))
    born = BORN.replace(year=(year[0] if year else BORN.year) - group, month=month, day=day)
    row = {"forename": said["forename"], "surname": said.get("surname", "Winterbourne"), "date_of_birth": born}
    row |= {"sex": said.get("sex"), "centre_number": None if said.get("centre") == 0 else f"{20001 + group * _OWN}"}
    if said.get("centre"):
        row["centre_number"] = f"{20000 + own('centre')}"
    if "postcode" in said:
        row["postcode"] = f"ZZ{group + 1} {said['postcode']}ZZ"
    if "uln" in said:
        row["uln"] = ULN_NOT_KNOWN if said["uln"] == "placeholder" else uln(own("uln"))
    if "uci" in said:
        row["uci"] = uci(own("uci"))
    if "personal_id" in said:
        row["personal_id"] = f"{own('personal_id'):010d}"
    if feed == "centre":
        row["centre_learner_reference"] = f"ref {group} {place}"
    if feed == "ao":
        row |= {"awarding_organisation_rn": "RN0001", "registration_number": f"reg {group} {place}"}
    return row


@cache
def linked_groups() -> list[tuple[set[frozenset[str]], dict[frozenset[str], str]]]:
    """For each group who is together with somebody, and which pairs wait for a person, with the reason."""
    rows: dict[str, list[dict[str, Any]]] = {feed: [] for feed in _FEEDS.values()}
    names: dict[tuple[str, int], tuple[int, str]] = {}
    for number, group in enumerate(GROUPS):
        for place, (name, (feed, said)) in enumerate(group["records"].items()):
            names[_FEEDS[feed], len(rows[_FEEDS[feed]])] = number, name
            rows[_FEEDS[feed]].append(_row(number, place, feed, said))
    frames = {feed: pl.DataFrame(held, infer_schema_length=None) for feed, held in rows.items()}
    found = link_frames(frames, one_row_each=[_FEEDS["ucas"]])
    outcome: list[tuple[set[frozenset[str]], dict[frozenset[str], str]]] = [(set(), {}) for _ in GROUPS]
    for person in partition(found):
        groups = {names[row][0] for row in person}
        assert len(groups) == 1, "groups of records have met each other"
        if len(person) > 1:
            outcome[groups.pop()][0].add(frozenset(names[row][1] for row in person))
    for first, first_row, second, second_row, reason, _ in found.review.iter_rows():
        (group, one), (_, other) = names[first, first_row], names[second, second_row]
        outcome[group][1][frozenset((one, other))] = reason
    return outcome


def partition(found: LinkedFrames) -> set[frozenset[tuple[str, int]]]:
    """Who is together: sets of source and row."""
    people: dict[int, set[tuple[str, int]]] = {}
    for source, row, person in found.links.select("source", "row", "person").iter_rows():
        people.setdefault(person, set()).add((source, row))
    return {frozenset(rows) for rows in people.values()}
