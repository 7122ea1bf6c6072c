"""Linkers behind one interface: pairs of any linker come under the same guards."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import duckdb
import pytest

from assets.linked.centres import resolve_centres
from assets.linked.deterministic import DeterministicLinker
from assets.linked.knots import Edges, all_or_none
from assets.linked.linker import PROPOSED_PAIRS_DDL, Linker
from assets.linked.links import LinkingError, link_people
from schemas.link_stages import COMPARISONS, STAGES, LinkStage
from tests.linkage.invented import BORN, applicant, centre_row, registration, uln
from tests.linkage.linking import Link, Row, links
from tests.warehouse import warehouse


class Suggesting:
    """Proposes pairs by the records' own numbers, or every pair, at a score below all stages."""

    def __init__(self, *pairs: tuple[str, str]) -> None:
        self._pairs = pairs

    @property
    def stages(self) -> Sequence[LinkStage]:
        suggested = LinkStage(
            name="suggested",
            statement="Somebody says so.",
            score=0.1,
            blocks=(),
            alternatives=(),
            contradictions="allow",
        )
        return (suggested,)

    def propose(self, connection: duckdb.DuckDBPyConnection, stage: LinkStage) -> None:
        own = "coalesce({0}.personal_id_key, {0}.centre_learner_reference, {0}.registration_number)"
        said = " OR ".join(f"({own.format('a')}, {own.format('b')}) IN {(pair, pair[::-1])}" for pair in self._pairs)
        connection.execute(PROPOSED_PAIRS_DDL)
        connection.execute(
            "INSERT INTO link_proposed SELECT a.record, b.record, 0.25, 0, NULL FROM link_record AS a, link_record AS b "
            f"WHERE a.record < b.record AND a.cluster <> b.cluster AND ({said or 'true'})"
        )

    def settle(self, connection: duckdb.DuckDBPyConnection, stage: LinkStage, edges: Edges) -> Edges:
        return all_or_none(connection, stage, edges)


def _linked(feeds: Mapping[str, Sequence[Row]], *linkers: Linker) -> dict[str, Link]:
    connection = warehouse("2026-06-01", feeds)
    resolve_centres(connection)
    link_people(connection, linkers, as_of=date(2026, 6, 1))
    return links(connection)


def _together(found: dict[str, Link]) -> set[frozenset[str]]:
    """Who is one learner with somebody else."""
    by_learner: dict[str, set[str]] = {}
    for own, link in found.items():
        by_learner.setdefault(link.learner_id, set()).add(own)
    return {frozenset(own) for own in by_learner.values() if len(own) > 1}


ORIEL = {"forename": "Oriel"}
OLDER = {"date_of_birth": BORN.replace(year=2006)}


def test_a_later_linker_joins_what_earlier_stages_left_apart_at_its_own_score() -> None:
    feeds = {"ucas_applicants": [applicant(1)], "ao_registrations": [registration(1, **ORIEL)]}
    found = _linked(feeds, DeterministicLinker(), Suggesting())
    assert _together(found) == {frozenset({"0000000001", "reg 1"})}
    assert (found["reg 1"].stage, found["reg 1"].score) == ("suggested", 0.25)


def test_a_later_linker_comes_under_the_same_guards() -> None:
    feeds = {
        "ucas_applicants": [applicant(1, uln=uln(1))],
        "ao_registrations": [registration(1, uln=uln(2), **OLDER)],
    }
    assert _together(_linked(feeds, Suggesting())) == set()


def test_pairs_of_one_stage_that_cannot_all_hold_are_all_refused() -> None:
    feeds = {"ucas_applicants": [applicant(1)], "ao_registrations": [registration(1), registration(2, **ORIEL)]}
    assert _together(_linked(feeds, Suggesting())) == set()


def test_a_pair_stands_although_one_of_the_two_also_fits_a_record_that_fits_others() -> None:
    """The applicant fits two registrations and is linked to neither; the centre's row fits the first of them alone."""
    feeds = {
        "ucas_applicants": [applicant(1)],
        "centre_registrations": [centre_row(1)],
        "ao_registrations": [registration(1), registration(2, **ORIEL)],
    }
    suggesting = Suggesting(("0000000001", "reg 1"), ("0000000001", "reg 2"), ("ref 1", "reg 1"))
    assert _together(_linked(feeds, suggesting)) == {frozenset({"ref 1", "reg 1"})}


def test_a_pair_stands_although_one_of_the_two_also_fits_a_record_that_fits_a_contradictory_one() -> None:
    feeds = {
        "ucas_applicants": [applicant(1)],
        "centre_registrations": [centre_row(1, uln=uln(2), **OLDER)],
        "ao_registrations": [registration(1, uln=uln(1)), registration(2, uln=uln(1))],
    }
    suggesting = Suggesting(("0000000001", "reg 1"), ("0000000001", "ref 1"), ("reg 1", "reg 2"))
    assert _together(_linked(feeds, suggesting)) == {frozenset({"reg 1", "reg 2"})}


def test_a_chain_whose_ends_are_two_people_is_refused_as_a_whole() -> None:
    feeds = {
        "ucas_applicants": [applicant(1), applicant(2, forenames="Oriel")],
        "centre_registrations": [centre_row(1)],
        "ao_registrations": [registration(1)],
    }
    suggesting = Suggesting(("0000000001", "ref 1"), ("ref 1", "reg 1"), ("reg 1", "0000000002"))
    assert _together(_linked(feeds, suggesting)) == set()


def test_three_records_that_contradict_each_other_only_together_are_refused() -> None:
    feeds = {
        "ucas_applicants": [applicant(1, uln=uln(1))],
        "centre_registrations": [centre_row(1, **OLDER)],
        "ao_registrations": [registration(1, uln=uln(2))],
    }
    assert _together(_linked(feeds, Suggesting())) == set()


def test_more_records_than_a_person_can_have_are_no_person() -> None:
    feeds = {"ao_registrations": [registration(number) for number in range(60)]}
    assert _together(_linked(feeds, Suggesting())) == set()


def test_links_that_break_an_invariant_stop_the_run_without_a_personal_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assets.linked.links._BROKEN", "SELECT 5, 0, 0, 0, 2")
    with pytest.raises(LinkingError, match=r"two dates of birth and two ULNs \[2\]") as caught:
        _linked({"ucas_applicants": [applicant(1)]}, DeterministicLinker())
    assert "Winterbourne" not in str(caught.value)


def test_the_stages_stand_in_the_order_of_their_scores_and_say_what_they_compare() -> None:
    scores = [stage.score for stage in STAGES]
    assert scores == sorted(set(scores), reverse=True)
    assert 0 < min(scores) <= max(scores) <= 1
    assert len({stage.name for stage in STAGES}) == len(STAGES) < 64
    for stage in STAGES:
        assert stage.statement.endswith(".")
        assert {name for way in stage.alternatives for name in way} <= set(COMPARISONS)


def test_every_comparison_is_made_by_some_stage() -> None:
    assert {name for stage in STAGES for way in stage.alternatives for name in way} == set(COMPARISONS)


def test_a_stage_that_looks_beyond_the_pair_in_two_ways_is_refused() -> None:
    odd = replace(STAGES[-1], name="odd", alternatives=(("no_namesake",), ("qualification",)))
    with pytest.raises(ValueError, match=r"stage \[odd\]"):
        DeterministicLinker([odd])
