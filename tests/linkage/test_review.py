"""The queue of pairs that wait for a person: what is in it, and the evidence laid out."""

import json
import random
from functools import cache
from hashlib import sha256
from typing import Any

import pytest

from assets.linked.matching.model import shipped_model
from schemas.link_decisions import pair_id
from schemas.link_review import DELIVERED, LINK_REVIEW, REVIEW_REASONS, SIDES
from schemas.link_stages import UNLINKED
from tests.linkage.invented import BORN, applicant, centre_row, registration, uci, uln
from tests.linkage.linking import linked_warehouse, links

SLIP = BORN.replace(day=6)


def _record_id(*key: str) -> str:
    return "R" + sha256("|".join(key).encode()).hexdigest()[:15]


def of_applicant(number: int) -> str:
    return _record_id("ucas_applicants", f"{number:010d}")


def of_centre_row(number: int) -> str:
    return _record_id("centre_registrations", "10001", f"ref {number}", "60000001")


def of_registration(number: int) -> str:
    return _record_id("ao_registrations", "RN0001", f"reg {number}", "60000002")


TWINS = {"surname": "Prendergast", "postcode": "ZZ9 9ZZ", "centre_number": "10007"}
RIVALS = {"surname": "Ashdown", "centre_number": "10005", "date_of_birth": BORN.replace(year=2006)}

#: One of each kind: a slip in the birth at one centre, two applicants for one registration, twins, and a sure pair.
FEEDS: dict[str, list[dict[str, Any]]] = {
    "applicants": [
        applicant(1, centre_number="10001", date_of_birth=SLIP, sex="F", postcode="zz1 1zz", previous_surname="O'Hara"),
        applicant(2, uln=uln(2), **RIVALS),
        applicant(3, uln=uln(3), **RIVALS),
        applicant(4, forenames="Simone", **TWINS),
    ],
    "centre_rows": [centre_row(5, forename="Ruth", uln=uln(5), uci=uci(5), centre_number="10006")],
    "registrations": [
        registration(1, sex="F"),
        registration(2, **RIVALS),
        registration(4, **TWINS),
        registration(5, forename="Ruth", uln=uln(5), uci=uci(5), centre_number="10006"),
    ],
}
WEAK = pair_id(of_applicant(1), of_registration(1))
SEVERAL = {pair_id(of_applicant(number), of_registration(2)) for number in (2, 3)}


@cache
def queue() -> dict[str, dict[str, Any]]:
    """The queue by pair."""
    return _queue(FEEDS)


def _queue(feeds: dict[str, list[dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    found = linked_warehouse(**feeds).execute("SELECT * FROM linked.link_review")
    names = [column[0] for column in found.description]
    assert names == [column.name for column in LINK_REVIEW.columns]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    assert len({row["pair_id"] for row in rows}) == len(rows)
    return {row["pair_id"]: row for row in rows}


def test_thin_evidence_and_several_candidates_wait_and_twins_and_sure_pairs_do_not() -> None:
    assert set(queue()) == {WEAK, *SEVERAL}
    assert {pair: row["reason"] for pair, row in queue().items()} == {
        WEAK: "weak_evidence",
        **dict.fromkeys(SEVERAL, "several_candidates"),
    }
    assert {row["reason"] for row in queue().values()} <= set(REVIEW_REASONS)


def test_weak_evidence_lies_between_the_two_thresholds_and_is_weighed_by_the_shipped_model() -> None:
    model = shipped_model()
    row = queue()[WEAK]
    assert model.review_weight <= row["match_weight"] < model.accept_weight
    odds = 2.0 ** row["match_weight"]
    assert row["match_probability"] == pytest.approx(odds / (1 + odds))
    assert row["model_version"] == model.version
    assert row["rule"] in {rule.name for rule in model.blocking}


def test_the_weights_of_the_evidence_sum_to_the_weight_of_the_pair() -> None:
    for row in queue().values():
        parts = json.loads(row["evidence"])
        assert all(set(part) == {"comparison", "says", "match_weight"} for part in parts)
        assert sum(part["match_weight"] for part in parts) == pytest.approx(row["match_weight"], abs=1e-6)


def test_the_evidence_says_what_was_compared_from_where_all_pairs_start() -> None:
    first, *others = json.loads(queue()[WEAK]["evidence"])
    assert first["comparison"] == "starting_point"
    assert first["match_weight"] == pytest.approx(shipped_model().starting_weight)
    says = {part["comparison"]: part["says"] for part in others}
    assert says == {
        "forename": "the same first forename",
        "surname": "the same surname",
        "centre_number": "the same centre, after mergers and renumbering",
        "sex": "the same sex",
        "date_of_birth": "dates of birth with one digit different, or with day and month exchanged",
    }


def test_the_explanation_says_the_same_in_words_for_and_against() -> None:
    row = queue()[WEAK]
    said_for, _, against = row["explanation"].partition("Against: ")
    assert said_for.startswith("For: ") and against.endswith(".")
    for part in json.loads(row["evidence"])[1:]:
        assert part["says"] in (said_for if part["match_weight"] > 0 else against)


def test_explanation_and_evidence_hold_no_delivered_value() -> None:
    for row in queue().values():
        delivered = [row[f"{side}_{name}"] for side in SIDES for name in (*DELIVERED, "record_id", "learner_id")]
        for value in {str(value).upper() for value in delivered if value is not None and len(str(value)) > 1}:
            assert value not in (row["explanation"] + row["evidence"]).upper()


def test_each_side_says_what_its_feed_delivered_the_lower_record_first() -> None:
    row = queue()[WEAK]
    ids = [row[f"{side}_record_id"] for side in SIDES]
    assert ids == sorted((of_applicant(1), of_registration(1)))
    sides = dict(zip(ids, SIDES, strict=True))
    empty = dict.fromkeys(DELIVERED)
    of_applications = {
        **empty,
        "personal_id": "0000000001",
        "centre_number": "10001",
        "forenames": "Nadia",
        "surname": "Winterbourne",
        "previous_surname": "O'Hara",
        "date_of_birth": SLIP,
        "sex": "F",
        "postcode": "zz1 1zz",
    }
    of_registers = {
        **empty,
        "centre_number": "10001",
        "awarding_organisation_rn": "RN0001",
        "registration_number": "reg 1",
        "qualification_number": "60000002",
        "forenames": "Nadia",
        "surname": "Winterbourne",
        "date_of_birth": BORN,
        "sex": "F",
    }
    for record, feed, delivered in (
        (of_applicant(1), "ucas_applicants", of_applications),
        (of_registration(1), "ao_registrations", of_registers),
    ):
        assert row[f"{sides[record]}_feed"] == feed
        assert {name: row[f"{sides[record]}_{name}"] for name in DELIVERED} == delivered


def test_the_sides_of_a_pair_are_two_learners_as_the_links_name_them() -> None:
    found = links(linked_warehouse(**FEEDS))
    row = queue()[WEAK]
    assert {row["first_learner_id"], row["second_learner_id"]} == {
        found["0000000001"].learner_id,
        found["reg 1"].learner_id,
    }
    assert found["reg 1"].stage == UNLINKED


def test_shuffled_rows_give_the_same_queue() -> None:
    lot = random.Random(3)
    assert _queue({feed: lot.sample(rows, len(rows)) for feed, rows in FEEDS.items()}) == queue()


def test_two_people_are_shown_by_one_pair_of_their_records_whatever_many_they_have() -> None:
    shared = {"uln": uln(1), "uci": uci(1)}
    rows = [registration(number, **shared) for number in (1, 2)]
    found = _queue(
        {
            "applicants": [applicant(1, centre_number="10001", date_of_birth=SLIP)],
            "centre_rows": [centre_row(1, **shared)],
            "registrations": rows,
        }
    )
    pairs = {pair_id(of_applicant(1), other) for other in (of_centre_row(1), of_registration(1), of_registration(2))}
    assert len(found) == 1 and set(found) < pairs


def test_a_pair_that_weighs_enough_and_is_contradicted_waits_as_a_contradiction() -> None:
    """Names, centre and postcode agree; the date of birth is a slip away, and the ULNs differ."""
    shared = {"postcode": "ZZ1 1ZZ"}
    found = _queue(
        {
            "applicants": [applicant(1, uln=uln(1), date_of_birth=SLIP, centre_number="10001", **shared)],
            "centre_rows": [],
            "registrations": [registration(1, uln=uln(2), **shared)],
        }
    )
    assert {row["reason"] for row in found.values()} == {"contradiction"}
