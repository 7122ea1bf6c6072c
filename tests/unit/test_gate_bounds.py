"""Where the publication gate's bounds lie, how they are changed, and what the calendar does to them."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.published.gate import Result, judge
from assets.published.gate_candidate import Candidate
from assets.published.gate_volumes import flags_against_previous
from schemas.promises import OPENED_BY, PROMISES, bounds_of, check_bounds
from tests.gate_sets import good_set

#: Flags before and tonight, and what becomes of it: held when more than tenfold and by more than 1,000, warned when
#: more than threefold and by more than 100.
GROWTH = {
    "from_none_to_100": (0, 100, "kept"),
    "from_none_to_101": (0, 101, "warned"),
    "from_none_to_1000": (0, 1000, "warned"),
    "from_none_to_1001": (0, 1001, "broken"),
    "from_3_to_40": (3, 40, "kept"),
    "more_than_threefold": (50, 151, "warned"),
    "threefold": (100, 300, "kept"),
    "by_1000": (100, 1100, "warned"),
    "by_1001": (100, 1101, "broken"),
    "tenfold": (200, 2000, "warned"),
    "more_than_tenfold": (200, 2001, "broken"),
    "by_1001_but_twofold": (1001, 2002, "kept"),
    "shrunk": (1000, 0, "kept"),
}


def by_subject(results: tuple[Result, ...], promise: str) -> dict[str, str]:
    return {result.subject: result.status for result in results if result.promise == promise}


def test_flags_may_grow_up_to_their_bounds_and_no_further() -> None:
    con = good_set(
        flags={name: tonight for name, (_, tonight, _) in GROWTH.items()},
        flags_before={name: before for name, (before, _, _) in GROWTH.items()},
    )
    expected = {name: outcome for name, (_, _, outcome) in GROWTH.items()}
    assert by_subject(judge(con, "before").results, "flag_growth") == expected


@pytest.mark.parametrize(
    ("accepted", "expected"), [(499, "broken"), (500, "warned"), (799, "warned"), (800, "kept"), (5000, "kept")]
)
def test_a_feed_may_shrink_to_its_bounds_and_no_further(accepted: int, expected: str) -> None:
    con = good_set()
    con.execute("UPDATE published.row_ledger SET accepted = ? WHERE feed = 'ucas_applicants'", [accepted])
    assert by_subject(judge(con, "before").results, "feed_volume")["ucas_applicants"] == expected


@pytest.mark.parametrize(
    ("quarantined", "expected"), [(100, "kept"), (101, "warned"), (500, "warned"), (501, "broken")]
)
def test_rows_may_be_turned_away_up_to_their_bounds_and_no_further(quarantined: int, expected: str) -> None:
    con = good_set()
    con.execute(
        "UPDATE published.row_ledger SET landed = 1000, quarantined = ? WHERE feed = 'ucas_applicants'", [quarantined]
    )
    assert by_subject(judge(con, "before").results, "quarantined_share")["ucas_applicants"] == expected


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("UPDATE published.row_ledger SET accepted = 0, superseded = 10", id="replaced to the last row"),
        pytest.param("UPDATE published.deliveries SET status = 'refused'", id="refused as a whole"),
    ],
)
def test_rows_turned_away_in_a_delivery_that_does_not_count_are_not_held_against_the_feed(change: str) -> None:
    con = good_set()
    con.execute("UPDATE published.row_ledger SET quarantined = landed")
    con.execute(change)
    assert by_subject(judge(con, None).results, "quarantined_share") == {}


def test_a_code_that_the_publication_before_does_not_know_is_not_compared() -> None:
    con = good_set(flags={"claim_missing": 5000}, flags_before={"award_overdue": 1})
    verdict = judge(con, "before")
    assert by_subject(verdict.results, "flag_growth") == {"claim_missing": "not_applicable"}


@pytest.mark.parametrize(
    ("falls_on", "expected"),
    [
        ("2026-02-28", "broken"),
        ("2026-03-01", "warned"),
        ("2026-03-02 08:00", "warned"),
        ("2026-03-03", "broken"),
    ],
)
def test_growth_only_warns_where_the_calendar_opened_the_rule_since_the_publication_before(
    falls_on: str, expected: str
) -> None:
    con = good_set(
        flags={"completion_unconfirmed": 5000, "claim_missing": 0},
        flags_before={"completion_unconfirmed": 0, "claim_missing": 0},
        key_dates=[{"event": "checkpoint_opens", "falls_on": falls_on}],
    )
    assert by_subject(judge(con, "before").results, "flag_growth")["completion_unconfirmed"] == expected


def test_the_calendar_excuses_no_code_but_those_it_opens() -> None:
    con = good_set(
        flags={"claim_missing": 5000},
        flags_before={"claim_missing": 0},
        key_dates=[
            {"event": event, "falls_on": "2026-03-02"} for event in sorted({e for es in OPENED_BY.values() for e in es})
        ],
    )
    assert by_subject(judge(con, "before").results, "flag_growth") == {"claim_missing": "broken"}


def test_a_changed_bound_holds_for_its_promise_and_a_more_exact_one_for_its_subject() -> None:
    con = good_set()
    con.execute("UPDATE published.row_ledger SET accepted = 400")
    changed = {"feed_volume.hold_below": 0.3, "feed_volume.ucas_applicants.hold_below": 0.45}
    assert by_subject(judge(con, "before", changed).results, "feed_volume") == {
        "ao_registrations": "warned",
        "ucas_applicants": "broken",
    }


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"feed_size.hold_below": 0.5}, r"no promise in \[feed_size.hold_below\]"),
        ({"feed_volume": 0.5}, r"\[feed_volume\] has no bound \[\]"),
        ({"feed_volume.a.b.hold_below": 0.5}, r"no promise in \[feed_volume.a.b.hold_below\]"),
        ({"feed_volume.hold_above": 0.5}, r"no bound \[hold_above\]; it has \[hold_below, warn_below\]"),
        ({"keys_unique.hold_above": 5}, r"it has \[none, for it is exact\]"),
        ({"feed_volume.hold_below": -0.1}, r"\[feed_volume.hold_below\] is \[-0.1\]"),
        ({"feed_volume.hold_below": float("nan")}, r"is \[nan\]"),
        ({"feed_volume.hold_below": "half"}, r"is \[half\]"),
        ({"feed_volume.hold_below": 0.9}, r"\[feed_volume\] \[warn_below\] is below \[hold_below\]"),
        ({"flag_growth.claim_missing.warn_times": 11}, r"\[flag_growth.claim_missing\] \[warn_times\] is above"),
    ],
)
def test_bounds_that_name_nothing_or_make_no_sense_are_refused(changed: Mapping[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        check_bounds(changed)


@given(number=st.floats(min_value=0, max_value=0.8), other=st.text("abc_", min_size=1))
def test_a_bound_changed_for_one_subject_leaves_every_other_subject_as_it_was(number: float, other: str) -> None:
    promise = PROMISES["feed_volume"]
    changed = {"feed_volume.ucas_choices.hold_below": number}
    check_bounds(changed)
    assert bounds_of(promise, "ucas_choices", changed)["hold_below"] == number
    assert bounds_of(promise, other, changed) == promise.bounds


@settings(max_examples=15, deadline=None)
@given(before=st.integers(0, 400))
def test_growth_is_held_exactly_when_it_is_both_more_than_tenfold_and_by_more_than_a_thousand(before: int) -> None:
    con = good_set(flags={"claim_missing": 1}, flags_before={"claim_missing": before})
    (measure,) = flags_against_previous(Candidate(con=con, previous="before", bounds={}), PROMISES["flag_growth"])
    largest = measure.hold[1]
    assert largest is not None
    for tonight in (largest, largest + 1):
        held = tonight > 10 * before and tonight - before > 1000
        assert held == (tonight > largest)
