"""Pairs of records, judged: `pairs.yaml` says who is who, and by which stage."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from assets.linked.matching.linker import WEIGHED
from schemas.fields import ULN_NOT_KNOWN
from schemas.link_stages import STAGES
from tests.linkage.invented import applicant, broken_uln, centre_row, registration, uci, uln
from tests.linkage.linking import linked_warehouse

CASES: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    (Path(__file__).parent / "pairs.yaml").read_text(encoding="utf-8")
)
CENTRES = (
    {"centre_number": "10001", "name": "Invented College"},
    {"centre_number": "10009", "name": "Invented School", "replaced_by_centre_number": "10001"},
)
KEYS = {"why", "stage", "a", "b"}


def _row(number: int, said: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """A feed, and the row of it that a case describes."""
    said = dict(said)
    feed = said.pop("feed")
    if "uln" in said:
        kind, _, serial = str(said["uln"]).rpartition(" ")
        said["uln"] = ULN_NOT_KNOWN if serial == "known" else (broken_uln if kind else uln)(int(serial))
    if "uci" in said:
        kind, _, serial = str(said["uci"]).rpartition(" ")
        valid = uci(int(serial))
        said["uci"] = valid[:-1] + ("A" if valid[-1] != "A" else "B") if kind else valid
    if said.pop("states", None):
        said["personal_id"] = applicant(1)["personal_id"]
    if feed == "ucas":
        if "forename" in said:
            said["forenames"] = said.pop("forename")
        return feed, applicant(number, **said)
    return feed, {"centre": centre_row, "ao": registration}[feed](number, **said)


def _links(case: dict[str, Any]) -> list[tuple[str, str]]:
    rows: dict[str, list[dict[str, Any]]] = {"ucas": [], "centre": [], "ao": []}
    for number, said in ((1, case["a"]), (2, case["b"])):
        feed, row = _row(number, said)
        rows[feed].append(row)
    connection = linked_warehouse(rows["ucas"], rows["centre"], rows["ao"], CENTRES)
    return connection.execute("SELECT learner_id, stage FROM linked.person_links").fetchall()


@pytest.mark.parametrize("case", CASES["same"], ids=lambda case: case["why"])
def test_a_pair_that_is_one_person_is_linked_by_its_stage(case: dict[str, Any]) -> None:
    assert set(case) == KEYS
    (first, stage), (second, other_stage) = _links(case)
    assert first == second
    assert stage == other_stage == case["stage"]


@pytest.mark.parametrize("case", CASES["different"], ids=lambda case: case["why"])
def test_a_pair_that_is_two_people_is_not_linked(case: dict[str, Any]) -> None:
    assert set(case) == KEYS - {"stage"}
    (first, stage), (second, other_stage) = _links(case)
    assert first != second
    assert stage == other_stage == "unlinked"


def test_every_stage_between_records_has_a_pair() -> None:
    between_records = {stage.name for stage in STAGES} - {"same_record"} | {WEIGHED.name}
    assert {case["stage"] for case in CASES["same"]} == between_records
