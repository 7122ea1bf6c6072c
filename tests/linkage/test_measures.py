"""The measures of links agree with counting every pair one by one, and the floors of `make bench-links` hold."""

from itertools import combinations
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.bench_links import SECTIONS
from pipelines.link_figures import NotMeasured, below_the_floors, floors_of, keep_figures, read_figures
from pipelines.link_measures import family_merges, pairs_by_kind, pairwise
from pipelines.own_process import in_a_process

#: Records: whose they are, whom the linker takes them for, and the kind of their noise.
RECORDS = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 4), st.sampled_from([None, "slip", "cut"])), min_size=1, max_size=12
)


def frames(records: list[tuple[int, int, str | None]]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Links, in another order, and truth; every third learner is one of twins."""
    held = pl.DataFrame(records, schema={"learner": pl.UInt32, "person": pl.Int64, "kind": pl.String}, orient="row")
    held = held.with_columns(
        pl.when(pl.int_range(pl.len()) % 2 == 0).then(pl.lit("one")).otherwise(pl.lit("two")).alias("feed"),
        (pl.int_range(pl.len()) // 2).cast(pl.UInt32).alias("row"),
        pl.when(pl.col("learner") % 3 < 2).then(pl.lit("twin")).alias("family"),
    )
    return held.select("feed", "row", "person").reverse(), held.drop("person")


def asked(records: list[tuple[int, int, str | None]], pairs: list[tuple[int, int]]) -> pl.DataFrame:
    """The review of these pairs of records."""
    rows = [
        ("one" if a % 2 == 0 else "two", a // 2, "one" if b % 2 == 0 else "two", b // 2)
        for a, b in ((first % len(records), second % len(records)) for first, second in pairs)
    ]
    kinds = {"first_feed": pl.String, "first_row": pl.UInt32, "second_feed": pl.String, "second_row": pl.UInt32}
    return pl.DataFrame(rows, schema=kinds, orient="row")


@given(RECORDS)
@settings(max_examples=150, deadline=None)
def test_pairwise_figures_are_those_of_counting_each_pair(records: list[tuple[int, int, str | None]]) -> None:
    found = pairwise(*frames(records))
    pairs = list(combinations(records, 2))
    assert found.true == sum(a[0] == b[0] for a, b in pairs)
    assert found.linked == sum(a[1] == b[1] for a, b in pairs)
    assert found.found == sum(a[:2] == b[:2] for a, b in pairs)


@given(RECORDS, st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=6))
@settings(max_examples=150, deadline=None)
def test_figures_by_kind_are_those_of_counting_each_pair(
    records: list[tuple[int, int, str | None]], review: list[tuple[int, int]]
) -> None:
    links, truth = frames(records)
    by_kind = pairs_by_kind(links, truth, asked(records, review))
    people = {frozenset((records[a % len(records)][1], records[b % len(records)][1])) for a, b in review}
    assert by_kind["kind"].to_list() == sorted({kind for _, _, kind in records if kind})
    for row in by_kind.iter_rows(named=True):
        touched = [(a, b) for a, b in combinations(records, 2) if row["kind"] in (a[2], b[2])]
        true = [(a, b) for a, b in touched if a[0] == b[0]]
        assert row["true_pairs"] == len(true)
        assert row["found"] == sum(a[1] == b[1] for a, b in true)
        assert row["false_pairs"] == sum(a[0] != b[0] and a[1] == b[1] for a, b in touched)
        assert row["in_review"] == sum(a[1] != b[1] and frozenset((a[1], b[1])) in people for a, b in true)


@given(RECORDS)
@settings(max_examples=100, deadline=None)
def test_merges_are_the_learners_of_a_family_too_many_in_one_person(records: list[tuple[int, int, str | None]]) -> None:
    twins = [(learner, person) for learner, person, _ in records if learner % 3 < 2]
    expected = sum(
        len({learner for learner, other in twins if other == person}) - 1 for person in {p for _, p in twins}
    )
    assert family_merges(*frames(records)).get("twin", 0) == expected


def test_a_record_without_a_link_is_an_error_and_not_a_miss() -> None:
    links, truth = frames([(0, 0, None), (0, 0, None)])
    with pytest.raises(ValueError, match=r"records without a link \[1\] of \[2\]"):
        pairwise(links.head(1), truth)


def test_precision_and_recall_are_one_where_there_is_nothing_to_find() -> None:
    found = pairwise(*frames([(0, 0, None)]))
    assert (found.precision, found.recall, found.f1) == (1.0, 1.0, 1.0)


def test_a_figure_below_its_floor_a_count_above_it_and_a_missing_figure_are_named() -> None:
    floors = {
        "pairs": {"all": {"recall": 0.9, "precision": 0.9}},
        "merges": {"twin": {"merges": 0}, "gone": {"merges": 0}},
    }
    now = {"pairs": {"all": {"recall": 0.89, "precision": 0.95}}, "merges": {"twin": {"merges": 1}}}
    assert below_the_floors(now, floors) == [
        "pairs, all, recall: [0.89] where [0.9] must hold",
        "merges, twin, merges: [1] where [0] must hold",
        "merges, gone, merges: [None] where [0] must hold",
    ]


def test_floors_are_what_was_reached_rounded_down_and_the_errors() -> None:
    reached = {"pairs": {"all": {"recall": 0.99999, "precision": 1.0, "false pairs": 2, "true pairs": 30}}}
    floors = {"pairs": {"all": {"recall": 0.999, "precision": 1.0, "false pairs": 2}}}
    assert floors_of(reached) == floors
    assert below_the_floors(reached, floors) == []


def test_kept_figures_replace_their_section_and_leave_the_rest(tmp_path: Path) -> None:
    file = tmp_path / "floors.yaml"
    file.write_text("# why\nbefore: {other: {t: {r: {c: 1}}}, noise: {}}\nfloors: {noise: {t: {r: {c: 0.5}}}}\n")
    keep_figures("before", {"noise": {"t": {"r": {"c": 0.75}}}}, file)
    assert file.read_text().startswith("# why\n")
    assert read_figures("before", file) == {"other": {"t": {"r": {"c": 1}}}, "noise": {"t": {"r": {"c": 0.75}}}}
    assert read_figures("floors", file) == {"noise": {"t": {"r": {"c": 0.5}}}}


def test_a_figures_file_with_another_part_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "floors.yaml"
    file.write_text("before: {}\nfloor: {}\n")
    with pytest.raises(ValueError, match=r"parts \[before, floor\]"):
        read_figures("before", file)


@pytest.mark.parametrize("name", [name for name, section in SECTIONS.items() if section.smaller])
def test_the_committed_floors_hold_on_a_smaller_set(name: str) -> None:
    smaller, floors = SECTIONS[name].smaller, read_figures("floors")[name]
    assert smaller and floors
    try:
        reached = smaller()
    except NotMeasured as reason:
        pytest.skip(str(reason))
    assert below_the_floors(reached, floors) == []


def test_a_measurement_in_its_own_process_tells_seconds_and_peak_memory(tmp_path: Path) -> None:
    made = in_a_process("pipelines.link_speed", ["make", str(tmp_path / "frames"), "--learners", "300", "--seed", "1"])
    assert set(made) == {"seconds", "peak MB"}
    assert len(pl.read_parquet(tmp_path / "frames" / "ao_registrations.parquet")) > 280


def test_a_measurement_that_fails_stops_the_bench() -> None:
    with pytest.raises(SystemExit, match=r"the measurement \[pipelines.link_speed nothing\] failed"):
        in_a_process("pipelines.link_speed", ["nothing"])
