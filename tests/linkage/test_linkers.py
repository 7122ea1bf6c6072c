"""Linkers behind one interface: pairs of any linker come under the same guards."""

from collections.abc import Sequence
from dataclasses import replace

import duckdb
import pytest

from assets.linked.centres import resolve_centres
from assets.linked.deterministic import DeterministicLinker
from assets.linked.linker import PROPOSED_PAIRS_DDL, Linker
from assets.linked.links import LinkingError, link_people
from schemas.link_stages import COMPARISONS, STAGES, LinkStage
from tests.linkage.invented import BORN, applicant, registration, uln
from tests.linkage.linking import Row, links
from tests.warehouse import warehouse


class Everybody:
    """Proposes every pair of records, at a score below all stages."""

    @property
    def stages(self) -> Sequence[LinkStage]:
        return (
            LinkStage(
                name="everybody",
                statement="Everybody is everybody.",
                score=0.1,
                blocks=(),
                alternatives=(),
                contradictions="allow",
            ),
        )

    def propose(self, connection: duckdb.DuckDBPyConnection, stage: LinkStage) -> None:
        connection.execute(PROPOSED_PAIRS_DDL)
        connection.execute(
            "INSERT INTO link_proposed SELECT a.record, b.record, 0.25, 0 FROM link_record AS a, link_record AS b "
            "WHERE a.record < b.record AND a.cluster <> b.cluster"
        )


def _linked(applicants: Sequence[Row], registrations: Sequence[Row], *linkers: Linker) -> duckdb.DuckDBPyConnection:
    connection = warehouse("2026-06-01", {"ucas_applicants": applicants, "ao_registrations": registrations})
    resolve_centres(connection)
    link_people(connection, linkers)
    return connection


def test_a_later_linker_joins_what_earlier_stages_left_apart_at_its_own_score() -> None:
    found = links(_linked([applicant(1)], [registration(1, forename="Oriel")], DeterministicLinker(), Everybody()))
    assert found["0000000001"].learner_id == found["reg 1"].learner_id
    assert (found["reg 1"].stage, found["reg 1"].score) == ("everybody", 0.25)


def test_a_later_linker_comes_under_the_same_guards() -> None:
    born = BORN.replace(year=2006)
    found = links(_linked([applicant(1, uln=uln(1))], [registration(1, uln=uln(2), date_of_birth=born)], Everybody()))
    assert found["0000000001"].learner_id != found["reg 1"].learner_id


def test_pairs_of_one_stage_that_cannot_all_hold_are_all_refused() -> None:
    two = [registration(1), registration(2, forename="Oriel")]
    found = links(_linked([applicant(1)], two, Everybody()))
    assert {link.stage for link in found.values()} == {"unlinked"}


def test_links_that_break_an_invariant_stop_the_run_without_a_personal_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assets.linked.links._BROKEN", "SELECT 5, 0, 0, 2")
    with pytest.raises(LinkingError, match=r"two dates of birth and two ULNs \[2\]") as caught:
        _linked([applicant(1)], [])
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
