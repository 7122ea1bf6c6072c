"""Evidence that is weighed: what it joins, and what it must never join. The groups are in `groups.yaml`."""

import random
from typing import Any

import polars as pl
import pytest

from assets.linked.frames import CANONICAL, LinkedFrames, link_frames
from fixtures.noise import PERSON_FEEDS, noisy_cycle
from tests.linkage.groups import GROUPS, KEYS, Group, linked_groups, partition
from tests.linkage.invented import BORN, applicant, centre_row, registration, uci, uln
from tests.linkage.linking import learners, linked_warehouse, links

CASES = [pytest.param(number, group, id=f"{group['kind']}: {group['why']}") for number, group in enumerate(GROUPS)]
UCAS = "ucas_applicants"


@pytest.mark.parametrize(("number", "group"), CASES)
def test_a_group_of_records_is_the_people_that_an_exams_officer_would_see(number: int, group: Group) -> None:
    assert set(group) <= KEYS | {"kind"}
    assert ("people" in group) != ("never" in group)
    together, _ = linked_groups()[number]
    if "people" in group:
        assert together == {frozenset(names) for names in group["people"]}
    for pair in group.get("never", ()):
        assert not any(person.issuperset(pair) for person in together)


@pytest.mark.parametrize(("number", "group"), [case for case in CASES if "review" in case.values[1]])
def test_a_pair_that_only_a_person_can_settle_waits_for_one(number: int, group: Group) -> None:
    _, waiting = linked_groups()[number]
    for one, other, reason in group["review"]:
        assert waiting[frozenset((one, other))] == reason


# ---- whatever identifiers are mixed up


def _household(number: int, names: tuple[str, str], lot: random.Random) -> list[tuple[str, int, dict[str, Any]]]:
    """Twins in all three feeds, each identifier at random their own, the other's or missing."""
    own = [
        {"uln": uln(2 * number + twin), "uci": uci(2 * number + twin), "personal_id": f"{2 * number + twin:010d}"}
        for twin in (0, 1)
    ]
    home = {"surname": "Winterbourne", "date_of_birth": BORN.replace(year=2007 - number % 60, month=number // 60 + 1)}
    home |= {"centre_number": f"{20000 + number}", "postcode": f"ZZ{number % 90 + 1} {number // 90 + 1}ZZ"}
    rows = []
    for twin in (0, 1):
        for feed in PERSON_FEEDS:
            held = {kind: lot.choice((own[twin], own[twin], own[1 - twin], {})).get(kind) for kind in own[0]}
            if feed == UCAS:
                held |= {"uci": None, "personal_id": own[twin]["personal_id"]}
            key = f"{number} {twin}"
            keys = {"centre_registrations": {"centre_learner_reference": key}, UCAS: {}}
            held |= keys.get(feed, {"awarding_organisation_rn": "RN0001", "registration_number": key})
            rows.append((feed, twin, {"forename": names[twin], **home, **held}))
    return rows


TWINS = (("Nadia", "Simone"), ("Jayden", "Hayden"), ("Mya", "Maya"), ("Muhammad Ali", "Muhammad Hassan"))


def test_twins_are_never_merged_whatever_identifiers_are_mixed_up() -> None:
    lot = random.Random(1)
    rows: dict[str, list[dict[str, Any]]] = {feed: [] for feed in PERSON_FEEDS}
    who: dict[tuple[str, int], tuple[int, int]] = {}
    for number in range(200):
        for feed, twin, row in _household(number, TWINS[number % len(TWINS)], lot):
            who[feed, len(rows[feed])] = number, twin
            rows[feed].append(row)
    frames = {feed: pl.DataFrame(held, infer_schema_length=None) for feed, held in rows.items()}
    people = partition(link_frames(frames, one_row_each=[UCAS]))
    assert [person for person in people if len({who[row] for row in person}) > 1] == []
    assert any(len(person) == 3 for person in people)


# ---- the order of rows, and runs

NOISY = {feed: frame for feed, frame in noisy_cycle(300, 11).frames.items() if feed in PERSON_FEEDS}


@pytest.fixture(scope="module")
def found() -> LinkedFrames:
    return link_frames(NOISY, one_row_each=[UCAS])


@pytest.mark.parametrize("seed", range(2))
def test_shuffled_rows_of_noisy_learners_are_the_same_people(seed: int, found: LinkedFrames) -> None:
    lot = random.Random(seed)
    order = {feed: lot.sample(range(len(frame)), len(frame)) for feed, frame in NOISY.items()}
    feeds = lot.sample(list(NOISY), len(NOISY))
    shuffled = partition(link_frames({feed: NOISY[feed][order[feed]] for feed in feeds}, one_row_each=[UCAS]))
    assert {frozenset((feed, order[feed][row]) for feed, row in person) for person in shuffled} == partition(found)


def test_two_runs_are_equal_to_the_letter(found: LinkedFrames) -> None:
    again = link_frames(NOISY, one_row_each=[UCAS])
    assert again.links.equals(found.links)
    assert again.review.equals(found.review)


# ---- frames of any kind

PERSON: dict[str, Any] = {
    "forename": "Nadia",
    "surname": "Winterbourne",
    "previous_surname": "Ashdown",
    "date_of_birth": BORN,
    "sex": "F",
    "postcode": "ZZ1 1ZZ",
    "uln": uln(1),
    "uci": uci(1),
    "personal_id": "0000000001",
    "centre_number": "10001",
    "centre_learner_reference": "ref 1",
    "awarding_organisation_rn": "RN0001",
    "registration_number": "reg 1",
    "qualification_number": "60000001",
}
STRANGER = {"forename": "Oriel", "surname": "Prendergast", "date_of_birth": BORN.replace(year=2005)}


def test_frames_that_lack_any_one_column_are_linked_to_those_that_have_it() -> None:
    assert set(PERSON) == set(CANONICAL)
    whole = pl.DataFrame([PERSON, STRANGER], infer_schema_length=None)
    frames = {f"without {name}": whole.drop(name)[:1] for name in CANONICAL}
    found = partition(link_frames({"whole": whole, **frames}))
    assert found == {frozenset({("whole", 0), *((source, 0) for source in frames)}), frozenset({("whole", 1)})}


@pytest.mark.parametrize("missing", ["forename", "surname", "date_of_birth", "uln", "centre_number"])
def test_a_column_that_no_frame_has_is_not_missed(missing: str) -> None:
    frame = pl.DataFrame([PERSON, STRANGER], infer_schema_length=None).drop(missing)
    found = link_frames({"one": frame, "other": frame[:1]})
    assert partition(found) == {frozenset({("one", 0), ("other", 0)}), frozenset({("one", 1)})}


def test_frames_of_names_alone_link_nobody() -> None:
    names = pl.DataFrame({"forename": ["Nadia"], "surname": ["Winterbourne"]})
    assert len(partition(link_frames({"one": names, "other": names}))) == 2


def test_an_empty_frame_adds_nobody() -> None:
    empty = pl.DataFrame(schema=dict.fromkeys(CANONICAL, pl.String))
    found = link_frames({"one": pl.DataFrame([PERSON]), "nobody": empty})
    assert partition(found) == {frozenset({("one", 0)})}
    assert found.links["stage"].to_list() == ["unlinked"]
    assert link_frames({"nobody": empty}).links.is_empty()


def test_any_number_of_sources_under_any_name_is_linked() -> None:
    names = ["the school's list", 'a "second" list', "third", "fourth;"]
    found = link_frames({name: pl.DataFrame([PERSON]) for name in names}, one_row_each=names[:1])
    assert partition(found) == {frozenset((name, 0) for name in names)}


def test_an_unknown_source_of_one_row_each_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\[applicants\]"):
        link_frames({"one": pl.DataFrame([PERSON])}, one_row_each=["applicants"])


def test_nothing_to_link_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing to link"):
        link_frames({})


# ---- in the warehouse


def test_a_misspelt_name_at_a_renumbered_centre_is_linked() -> None:
    centres = [
        {"centre_number": "10001", "name": "Invented College"},
        {"centre_number": "10009", "name": "Invented School", "replaced_by_centre_number": "10001"},
    ]
    rows = [centre_row(1, centre_number="10009", surname="Winterborne")]
    link = links(linked_warehouse(centre_rows=rows, registrations=[registration(1)], centres=centres))
    assert link["ref 1"].learner_id == link["reg 1"].learner_id
    assert link["ref 1"].stage == link["reg 1"].stage == "match_weight"


def test_two_applications_that_may_be_one_persons_are_joined_by_no_weight() -> None:
    """Names alike, one birth, one postcode: one of the two may be a twin's, and a person has one live application."""
    pair = [applicant(1, postcode="ZZ1 1ZZ"), applicant(2, forenames="Nadja", postcode="ZZ1 1ZZ")]
    assert len(learners(linked_warehouse(pair))) == 2
