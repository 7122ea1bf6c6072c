"""The generated cycle: the same every time, true to the feed contract, with an answer key that can be worked out."""

import hashlib
from collections import Counter
from importlib.resources import files
from pathlib import Path
from time import perf_counter

import polars as pl
import pytest
import yaml

from fixtures.answer_key import SUBJECT_COLUMNS, SUBJECTS, in_order
from fixtures.cycle import Cycle, base_cycle
from fixtures.decoys import add_decoys
from fixtures.defects import inject_all
from fixtures.feeds_of_cycle import whole
from fixtures.generate import generate
from fixtures.situations import APPLIES, ON_TRACK
from schemas.checks import row_checks
from schemas.feeds import FEEDS, Feed
from schemas.fields import ULN_NOT_KNOWN
from schemas.identifiers import uci_check_passes, uln_check_passes
from schemas.specification import Specification
from schemas.specification_text import parse_specification
from tests.unit.flags_by_hand import flags_by_hand, key_as_flags

SAMPLE = Path(__file__).resolve().parents[2] / "fixtures" / "sample_cycle"
LEARNERS, SEED = 300, 2026


def _cycle(learners: int, seed: int) -> Cycle:
    cycle = base_cycle(learners, seed, lambda _: None)
    inject_all(cycle)
    add_decoys(cycle)
    return cycle


@pytest.fixture(scope="module")
def cycle() -> Cycle:
    return _cycle(LEARNERS, SEED)


@pytest.fixture(scope="module")
def specifications() -> dict[str, Specification]:
    held = [one for one in files("schemas").joinpath("specifications").iterdir() if one.name.endswith(".yaml")]
    parsed = [parse_specification(one.name, one.read_text(encoding="utf-8")) for one in held]
    return {number: one for one in parsed for number in one.qualification_numbers}


def _digests(folder: Path) -> dict[str, str]:
    written = [*(folder / "landing").rglob("*"), folder / "answer_key.csv", folder / "cycle.yaml"]
    return {
        str(one.relative_to(folder)): hashlib.sha256(one.read_bytes()).hexdigest() for one in written if one.is_file()
    }


def test_the_same_seed_gives_the_same_bytes_and_another_seed_gives_others(tmp_path: Path) -> None:
    for name, seed in (("one", 5), ("two", 5), ("three", 6)):
        generate(150, seed, tmp_path / name)
    assert _digests(tmp_path / "one") == _digests(tmp_path / "two")
    assert _digests(tmp_path / "one") != _digests(tmp_path / "three")


def test_the_committed_sample_is_what_the_generator_writes(tmp_path: Path) -> None:
    about = yaml.safe_load((SAMPLE / "cycle.yaml").read_text(encoding="utf-8"))
    generate(about["learners"], about["seed"], tmp_path)
    assert _digests(tmp_path) == _digests(SAMPLE)


def test_the_committed_sample_is_small_and_says_that_it_is_invented() -> None:
    assert sum(one.stat().st_size for one in SAMPLE.rglob("*") if one.is_file()) < 1_500_000
    assert "invented" in (SAMPLE / "README.md").read_text(encoding="utf-8")
    about = yaml.safe_load((SAMPLE / "cycle.yaml").read_text(encoding="utf-8"))
    assert str(about["as_of"]) == "2026-05-15" and about["cycle"] == 2026 and "invented" in about["notice"]


@pytest.mark.parametrize("seed", [SEED, 1, 2])
def test_no_flag_is_due_before_defects_are_put_in_and_those_of_the_key_are_due_after(
    seed: int, specifications: dict[str, Specification]
) -> None:
    cycle = base_cycle(LEARNERS, seed, lambda _: None)
    assert flags_by_hand(cycle, specifications) == []
    inject_all(cycle)
    add_decoys(cycle)
    # Whoever knows the people has no doubt who is who: that flag is the linker's alone.
    of_the_linker = pl.col("flag_code") == "identity_needs_review"
    due, key = flags_by_hand(cycle, specifications), key_as_flags(in_order(cycle.key).filter(~of_the_linker))
    assert Counter(key) == Counter(due)
    assert max(Counter(key).values()) == 1


def test_every_code_and_reason_occurs_at_least_three_times(cycle: Cycle) -> None:
    key = in_order(cycle.key)
    counts = Counter(key["flag_code"])
    assert set(counts) == set(SUBJECTS) and min(counts.values()) >= 3
    reasons = Counter(key.filter(pl.col("flag_code") == "applicant_without_registration")["reason"])
    assert set(reasons) == {"person_unknown", "other_qualification_only"} and min(reasons.values()) >= 3
    doubts = Counter(key.filter(pl.col("flag_code") == "identity_needs_review")["reason"])
    assert set(doubts) == {"weak_evidence", "contradiction", "several_candidates"} and min(doubts.values()) >= 3
    assert key.columns == ["flag_code", "reason", *SUBJECT_COLUMNS]


@pytest.mark.parametrize("feed", FEEDS.values(), ids=lambda feed: feed.name)
def test_every_row_in_force_keeps_the_feed_contract(cycle: Cycle, feed: Feed) -> None:
    rows = whole(cycle, feed.name)
    assert not rows.is_empty()
    assert not rows.select(pl.struct(feed.key).is_duplicated().any()).item()
    slashes_and_hyphens = pl.col("^qualification_number|personal_id$").str.replace_all("[/-]", "")
    row_checks(feed).validate(rows.cast(pl.String).with_columns(slashes_and_hyphens))


def test_invented_numbers_begin_with_99_and_have_right_check_digits(cycle: Cycle) -> None:
    for feed in ("ao_registrations", "centre_registrations", "ucas_applicants"):
        rows = cycle.frames[feed]
        known = rows.filter(pl.col("uln").is_not_null() & (pl.col("uln") != ULN_NOT_KNOWN))
        assert known["uln"].str.starts_with("99").all()
        assert known.select(uln_check_passes(pl.col("uln")).all()).item()
        assert rows["centre_number"].drop_nulls().str.starts_with("99").all()
        if "uci" in rows.columns:
            held = rows.filter(pl.col("uci").is_not_null())
            assert held["uci"].str.starts_with("99").all()
            assert held.select(uci_check_passes(pl.col("uci")).all()).item()
    assert cycle.centres.feed["centre_number"].str.starts_with("99").all()
    assert len(set(cycle.frames["centre_registrations"]["uln"].drop_nulls())) > 200


def test_twins_share_all_but_the_forename(cycle: Cycle) -> None:
    people = cycle.frames["centre_registrations"].filter(pl.col("status") == "active").unique("learner")
    twins = people.filter(pl.struct("surname", "date_of_birth", "centre_number").is_duplicated())
    pairs = twins.group_by("surname", "date_of_birth", "centre_number").agg(pl.col("forename").n_unique(), pl.len())
    assert not pairs.is_empty()
    assert (pairs["forename"] == pairs["len"]).all()


def _names(feed: pl.DataFrame, forename: str) -> pl.DataFrame:
    def plain(name: str) -> pl.Expr:
        folded = pl.col(name).str.normalize("NFKD").str.replace_all(r"\p{M}", "").str.to_lowercase()
        return folded.str.replace_all("[^a-z ]", "")

    first = plain(forename).str.split(" ").list.first().alias("first")
    surname = plain("surname").str.replace_all(" ", "").alias("last")
    return feed.select(
        "learner", "date_of_birth", "centre_number", first, surname, uln=pl.col("uln").replace(ULN_NOT_KNOWN, None)
    )


def test_before_defects_each_pair_of_records_of_a_learner_shares_an_identifying_fact_and_no_two_learners_do() -> None:
    cycle = base_cycle(LEARNERS, SEED, lambda _: None)
    present = dict(cycle.centres.renumbered.select("old_number", "centre_number").iter_rows())
    feeds = [
        _names(cycle.frames[name], column).with_columns(pl.col("centre_number").replace(present))
        for name, column in (
            ("ucas_applicants", "forenames"),
            ("ao_registrations", "forename"),
            ("centre_registrations", "forename"),
        )
    ]
    for one, other in ((feeds[0], feeds[1]), (feeds[0], feeds[2]), (feeds[1], feeds[2])):
        same_number = one.join(other, on=["uln", "date_of_birth"], suffix="_other")
        same_names = one.join(other, on=["first", "last", "date_of_birth", "centre_number"], suffix="_other")
        known = set(same_number["learner"]) | set(same_names["learner"])
        assert known == set(one["learner"]) & set(other["learner"])
        for pairs in (same_number, same_names):
            assert (pairs["learner"] == pairs["learner_other"]).all()


def test_a_small_cycle_shows_what_deliveries_are_like(tmp_path: Path) -> None:
    landing = generate(LEARNERS, SEED, tmp_path).landing
    assert {folder.name for folder in landing.iterdir()} == set(FEEDS)
    registrations = sorted(path.name for path in (landing / "ao_registrations").iterdir())
    assert registrations == [
        "ao_registrations.2026-03-02.csv",
        "ao_registrations.2026-05-11.csv",
        "ao_registrations.2026-05-13.delta.csv",
    ]
    full = pl.read_csv(landing / "ao_registrations" / registrations[1], infer_schema=False)
    assert full.is_duplicated().any() and "ZZ99 9ZZ" in set(full["postcode"])
    assert not full.filter(~pl.col("centre_number").str.contains(r"^\d{5}$")).is_empty()
    assert {path.suffix for path in (landing / "ucas_choices").iterdir()} == {".parquet"}


def test_a_large_cycle_is_one_full_csv_delivery_a_feed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fixtures.deliveries.IRREGULAR_UP_TO", 0)
    done = generate(LEARNERS, SEED, tmp_path)
    for name, feed in FEEDS.items():
        (path,) = (done.landing / name).iterdir()
        assert path.suffix == ".csv" and ".delta." not in path.name
        rows = pl.read_csv(path, infer_schema=False)
        assert rows.columns == list(feed.column_names) and len(rows) == done.rows[name] > 0


def test_five_thousand_learners_take_seconds(tmp_path: Path) -> None:
    began = perf_counter()
    done = generate(5_000, SEED, tmp_path)
    assert perf_counter() - began < 60
    assert done.rows["ao_registrations"] > 4_900 and done.rows["ao_unit_results"] > 40_000
    assert 3_500 < done.rows["ucas_applicants"] < 4_200


def test_each_learner_has_at_most_one_defect_or_decoy(cycle: Cycle) -> None:
    one, other = cycle.take(APPLIES & ON_TRACK), cycle.take(APPLIES & ON_TRACK)
    assert len(one) == len(other) == cycle.few
    assert not set(one["learner"]) & set(other["learner"])


@pytest.mark.parametrize(("learners", "seed"), [(99, 1), (300, -1)])
def test_a_cycle_too_small_to_hold_every_defect_is_refused(learners: int, seed: int, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"learners \["):
        generate(learners, seed, tmp_path)


def test_an_existing_landing_folder_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    with pytest.raises(FileExistsError, match="exists; remove it or choose another folder"):
        generate(LEARNERS, SEED, tmp_path)
