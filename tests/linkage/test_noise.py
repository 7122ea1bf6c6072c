"""Noise says what it says: each kind changes the rows that it befalls as it claims, and the truth knows every row."""

from functools import cache

import duckdb
import polars as pl
import pytest

from fixtures.centres import invent_centres
from fixtures.identifiers import random_numbers
from fixtures.noise import PERSON_FEEDS, NoisyCycle, all_kinds, noisy_cycle
from fixtures.noise.kinds import CENTRE, UCAS
from fixtures.noise.rows import rows_without_noise
from schemas.feeds import FEEDS
from schemas.fields import ULN_NOT_KNOWN
from schemas.identifiers import ULN_MODULUS, ULN_REMAINDER, ULN_WEIGHTS
from schemas.nicknames import SHORT_FORMS

LEARNERS = 3_000
KINDS = all_kinds()


@cache
def rows() -> pl.DataFrame:
    return rows_without_noise(LEARNERS, 5, invent_centres(LEARNERS, 5))


@cache
def cycle() -> NoisyCycle:
    return noisy_cycle(LEARNERS, 5)


def valid_uln(number: pl.Expr) -> pl.Expr:
    digits = (number.str.slice(place, 1).cast(pl.Int64) * weight for place, weight in enumerate(ULN_WEIGHTS))
    return (pl.sum_horizontal(digits) % ULN_MODULUS == ULN_REMAINDER) & number.str.starts_with("99")


def letters(name: str) -> pl.Expr:
    plain = pl.col(name).str.normalize("NFKD").str.to_uppercase()
    return plain.str.replace_all(r"[^A-Z]", "")


def other(before: str) -> pl.Expr:
    return (pl.col(f"{before}_now") != pl.col(before)).fill_null(True)


def same_letters(name: str) -> pl.Expr:
    return letters(f"{name}_now") == letters(name)


def first(name: str) -> pl.Expr:
    return pl.col(name).str.split(" ").list.first()


def cut(name: str, width: int) -> pl.Expr:
    now = pl.col(f"{name}_now")
    return pl.col(name).str.starts_with(now) & now.str.len_chars().is_between(width - 1, width)


def empty(*names: str) -> pl.Expr:
    return pl.all_horizontal(pl.col(f"{name}_now").is_null() for name in names)


BORN, BORN_NOW = pl.col("date_of_birth"), pl.col("date_of_birth_now")
DIGITS = [
    BORN.cast(pl.String).str.slice(place, 1) != BORN_NOW.cast(pl.String).str.slice(place, 1) for place in range(10)
]
SHORT = sorted({short for shorts in SHORT_FORMS.values() for short in shorts})

#: What is true of every row that a kind befell: columns as they were, and as they are now under `<column>_now`.
SAYS: dict[str, pl.Expr] = {
    "another_centre": (pl.col("centre_number_now") != pl.col("home_centre")) & other("centre_number"),
    "case_and_accents": same_letters("forename") & same_letters("surname") & other("surname"),
    "centre_renumbered": pl.col("centre_number_now") == pl.col("old_centre"),
    "day_and_month_exchanged": (BORN.dt.day() == BORN_NOW.dt.month()) & (BORN.dt.month() == BORN_NOW.dt.day()),
    "forename_and_surname_exchanged": (pl.col("surname_now") == first("forename"))
    & pl.col("forename_now").str.starts_with(pl.col("surname")),
    "forenames_cut_at_24": cut("forename", 24),
    "forenames_in_another_order": pl.col("forename_now") == pl.col("middle_name") + " " + first("forename"),
    "hyphens_spaces_and_apostrophes": same_letters("surname"),
    "initial_for_the_forename": pl.col("forename_now") == pl.col("forename").str.slice(0, 1),
    "known_by_the_middle_name": letters("forename_now") == letters("middle_name"),
    "merged_uln": valid_uln(pl.col("uln_now")),
    "misspelt_forename": pl.lit(True),
    "misspelt_forename_and_surname": other("forename") & other("surname"),
    "misspelt_surname": pl.lit(True),
    "moved_house": pl.col("postcode_now").is_not_null(),
    "names_and_birth_only": empty("uln", "uci", "postcode", "centre_number"),
    "names_birth_and_centre_only": empty("uln", "uci", "postcode") & pl.col("centre_number").is_not_null(),
    "new_surname_and_nobody_says_so": ~same_letters("surname"),
    "new_surname_and_the_previous_one": (pl.col("previous_surname_now") == pl.col("surname")) & other("surname"),
    "nickname": first("forename_now").str.to_uppercase().is_in(SHORT),
    "one_digit_of_the_birth_wrong": pl.sum_horizontal(DIGITS) == 1,
    "personal_id_of_another_person": pl.col("personal_id_now").is_not_null(),
    "several_ucis": pl.col("second") & pl.col("uci_now").is_not_null(),
    "several_ulns": pl.col("second") & valid_uln(pl.col("uln_now")),
    "surname_cut_at_18": cut("surname", 18),
    "surname_cut_at_30": cut("surname", 30),
    "surname_cut_at_40": cut("surname", 40),
    "the_other_sex": pl.concat_str("sex", "sex_now").is_in(["FM", "MF"]),
    "title_in_the_forename": pl.col("forename_now").str.ends_with(pl.concat_str(pl.lit(" "), "forename")),
    "uln_fails_its_check": ~valid_uln(pl.col("uln_now")) & (pl.col("uln_now").str.len_chars() == 10),
    "uln_missing": empty("uln"),
    "uln_of_another_person": valid_uln(pl.col("uln_now")),
    "uln_of_the_twin": valid_uln(pl.col("uln_now")) & (pl.col("family") == "twin"),
    "uln_placeholder": pl.col("uln_now") == ULN_NOT_KNOWN,
}


def befallen(name: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    before = rows().filter(KINDS[name].possible)
    return before, KINDS[name].change(before, random_numbers(3, name))


@pytest.mark.parametrize("name", sorted(KINDS))
def test_a_kind_changes_each_row_in_its_own_columns_and_nothing_else(name: str) -> None:
    before, after = befallen(name)
    assert len(before) and after.columns == before.columns
    changes = KINDS[name].changes
    assert after.drop(changes).equals(before.drop(changes))
    changed = (
        before.select(changes).with_row_index().join(after.select(changes).with_row_index(), on="index", suffix="_now")
    )
    differs = pl.any_horizontal(pl.col(column).ne_missing(pl.col(f"{column}_now")) for column in changes)
    assert changed.select(differs.all()).item()


@pytest.mark.parametrize("name", sorted(KINDS))
def test_a_kind_does_what_it_says(name: str) -> None:
    before, after = befallen(name)
    both = before.hstack(after.rename(lambda column: f"{column}_now"))
    assert both.filter(~SAYS[name].fill_null(False)).is_empty()


@pytest.mark.parametrize("name", sorted(KINDS))
def test_a_kind_says_in_its_docstring_whether_the_evidence_is_enough(name: str) -> None:
    assert f"Evidence: {KINDS[name].evidence}" in (KINDS[name].change.__doc__ or "")


@pytest.mark.parametrize("column", ["forename", "surname"])
def test_a_misspelt_name_is_one_slip_away(column: str) -> None:
    before, after = befallen(f"misspelt_{column}")
    names = pl.DataFrame({"was": before[column], "now": after[column]})
    # DuckDB counts bytes, of which an accented letter has two.
    plain = names.filter(pl.col("was").str.len_bytes() == pl.col("was").str.len_chars()).to_arrow()
    with duckdb.connect() as connection:
        connection.register("names", plain)
        query = "SELECT damerau_levenshtein(was, now) AS slips, length(now) - length(was) AS longer FROM names"
        found = connection.sql(query).pl()
    assert set(found["slips"]) == {1}
    assert set(found["longer"]) == {-1, 0, 1}


def test_the_same_seed_gives_the_same_cycle_and_another_seed_another() -> None:
    again, another = noisy_cycle(300, 1), noisy_cycle(300, 2)
    same = noisy_cycle(300, 1)
    for feed, frame in again.frames.items():
        assert frame.equals(same.frames[feed])
        assert not frame.equals(another.frames[feed])
    assert again.truth.equals(same.truth)


def test_the_truth_covers_every_row_of_every_feed_exactly_once() -> None:
    for feed in PERSON_FEEDS:
        held = cycle().truth.filter(pl.col("feed") == feed)["row"]
        assert held.dtype == pl.UInt32
        assert held.sort().to_list() == list(range(len(cycle().frames[feed])))


def test_every_frame_has_its_feed_s_columns_and_no_key_twice() -> None:
    for feed, frame in cycle().frames.items():
        assert tuple(frame.columns) == FEEDS[feed].column_names
        assert not frame.select(FEEDS[feed].key).is_duplicated().any()
        assert not frame.select(pl.any_horizontal(pl.col(FEEDS[feed].required).is_null().any())).item()


def test_every_kind_of_noise_befalls_somebody_and_about_two_learners_in_five_have_some() -> None:
    noisy = cycle().truth.filter(pl.col("kind").is_not_null())
    assert set(noisy["kind"]) >= set(KINDS) - {"surname_cut_at_30", "surname_cut_at_40", "forenames_cut_at_24"}
    assert 0.37 < noisy["learner"].n_unique() / LEARNERS < 0.41
    assert noisy.group_by("learner").len()["len"].max() == 2


def test_rows_without_noise_are_as_they_were() -> None:
    plain = cycle().truth.filter(pl.col("kind").is_null()).select("feed", "row")
    before = rows().join(plain, on=["feed", "row"], maintain_order="right")
    for feed in PERSON_FEEDS:
        own = before.filter(pl.col("feed") == feed)
        held = own.rename({"forename": "forenames"}) if feed == UCAS else own
        assert held.select(FEEDS[feed].column_names).equals(cycle().frames[feed][own["row"].to_list()])


def test_identifiers_are_lost_only_where_a_kind_does_not_rest_on_them() -> None:
    found = (
        cycle()
        .truth.join(rows(), on=["feed", "row"])
        .filter(pl.col("kind").is_not_null() & pl.col("uln").is_not_null())
    )
    now = pl.concat(
        cycle().frames[feed].select("uln").with_row_index("row").with_columns(pl.lit(feed).alias("feed"))
        for feed in PERSON_FEEDS
    )  # fmt: skip
    both = found.join(now, on=["feed", "row"], suffix="_now").with_columns(pl.col("uln_now").is_null().alias("lost"))
    misspelt = both.filter(pl.col("kind") == "misspelt_surname")
    assert 0.3 < misspelt["lost"].mean() < 0.7
    resting = [name for name, kind in KINDS.items() if kind.rests_on is None and "uln" not in kind.changes]
    assert not both.filter(pl.col("kind").is_in(resting))["lost"].any()


@pytest.mark.parametrize(
    ("family", "shared", "apart"),
    [
        ("twin", ("surname", "date_of_birth", "home_centre", "home_postcode"), "forename"),
        ("sibling", ("surname", "home_centre", "home_postcode"), "date_of_birth"),
        ("namesake", ("forename", "surname", "date_of_birth"), "home_centre"),
    ],
)
def test_a_family_shares_what_makes_it_one_and_differs_in_the_rest(
    family: str, shared: tuple[str, ...], apart: str
) -> None:
    members = rows().filter((pl.col("feed") == CENTRE) & (pl.col("family") == family) & ~pl.col("second"))
    groups = members.group_by(shared).agg(pl.col("learner").n_unique(), pl.col(apart).n_unique().alias("different"))
    together = groups.filter(pl.col("learner") > 1)
    assert len(together) > 10
    assert (together["learner"] == together["different"]).all()


def test_every_identifier_is_an_invented_one() -> None:
    for feed in PERSON_FEEDS:
        for column in ("uln", "uci", "centre_number"):
            if column in cycle().frames[feed].columns:
                assert cycle().frames[feed][column].drop_nulls().str.starts_with("99").all()
