"""The summer of 2022 replayed: on which night each cause is flagged, and how long before results day.

Only nights on which something can change are run, each beside the night before it: a run depends on the deliveries and on
how its day compares with dates, so that nights between two changes are alike. `python -m fixtures.summer_2022.replay
--every-night` runs them all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from fixtures.summer_2022.__main__ import KEY, write_summer
from fixtures.summer_2022.calendar import CHECKPOINT_CLOSES, RESULTS_DAY
from fixtures.summer_2022.causes import CAUSES, LEFT
from fixtures.summer_2022.measures import (
    Night,
    first_named,
    left_but_withheld,
    nights_that_matter,
    read_key,
    sightings,
)
from fixtures.summer_2022.nights import replayed_nights

#: Each change that first shows a cause, and the night before it.
NIGHTS = (
    "2022-03-01",
    "2022-03-07",
    "2022-03-16",
    "2022-03-17",
    "2022-04-24",
    "2022-04-25",
    "2022-06-12",
    "2022-06-13",
    "2022-08-12",
    "2022-08-13",
    "2022-08-31",
)

#: For each cause, the nights on which its results are first named, with how many, and days before results day.
FIRST_NAMED: dict[str, dict[str, tuple[int, int]]] = {
    "units_missing": {"2022-03-01": (8, 170), "2022-04-25": (2, 115)},
    "claim_not_made": {"2022-03-07": (4, 164), "2022-06-13": (4, 66)},
    "wrong_combination": {"2022-03-01": (5, 170), "2022-04-25": (3, 115)},
    "adaptation_without_paperwork": {"2022-03-01": (3, 170), "2022-03-17": (3, 154)},
    "samples_outstanding": {"2022-06-13": (8, 66)},
    "not_registered": {"2022-03-01": (6, 170)},
    "missing_at_ucas": {"2022-08-13": (6, 5)},
}


@dataclass(frozen=True)
class Summer:
    """The answers, and what the nights showed."""

    key: pl.DataFrame
    nights: list[Night]
    landing: Path

    @property
    def named(self) -> pl.DataFrame:
        return first_named(self.key, sightings(self.nights))


@pytest.fixture(scope="module")
def summer(tmp_path_factory: pytest.TempPathFactory) -> Summer:
    folder = tmp_path_factory.mktemp("summer")
    write_summer(folder)
    days = [date.fromisoformat(day) for day in NIGHTS]
    nights = list(replayed_nights(folder / "landing", folder / "nights", days))
    return Summer(read_key(folder / KEY), nights, folder / "landing")


@pytest.mark.parametrize("cause", FIRST_NAMED)
def test_each_cause_is_named_on_the_stated_nights(summer: Summer, cause: str) -> None:
    rows = summer.named.filter(pl.col("cause") == cause)
    found: Mapping[date | None, int] = dict(rows["flagged_on"].value_counts().iter_rows())
    assert found == {date.fromisoformat(day): count for day, (count, _) in FIRST_NAMED[cause].items()}
    for day, (_, before) in FIRST_NAMED[cause].items():
        assert (RESULTS_DAY - date.fromisoformat(day)).days == before


def test_no_result_is_named_later_than_the_data_permit_or_before(summer: Summer) -> None:
    nights = [night.day for night in summer.nights]
    for row in summer.named.filter(pl.col("earliest_night").is_not_null()).to_dicts():
        assert row["flagged_on"] == min(day for day in nights if day >= row["earliest_night"]), row["cause"]


def test_every_withheld_result_is_named_by_the_checkpoint_s_close(summer: Summer) -> None:
    withheld = summer.named.filter(pl.col("withheld") == "Y")
    assert len(withheld) == sum(cause.learners for cause in CAUSES if cause.withheld)
    assert withheld.filter(pl.col("flagged_on").fill_null(date.max) > CHECKPOINT_CLOSES).is_empty()


def test_nobody_who_had_left_is_counted_as_withheld(summer: Summer) -> None:
    assert left_but_withheld(summer.key, summer.nights).is_empty()
    left = summer.key.filter(pl.col("cause") == LEFT.name)
    last = summer.nights[-1].late_results.join(left, on="registration_number", how="semi")
    assert sorted(last["reason_code"]) == ["N1"] * 3 + ["N2"] * 5
    assert not last["withheld"].any()


def test_before_their_centre_said_so_they_were_learners_like_others(summer: Summer) -> None:
    first = summer.nights[0].late_results.join(
        summer.key.filter(pl.col("cause") == LEFT.name), on="registration_number", how="semi"
    )
    assert first["withheld"].all()
    assert len(first) == LEFT.learners


def test_late_and_missing_results_carry_the_regulator_s_codes(summer: Summer) -> None:
    late = summer.nights[-1].late_results.join(summer.key, on="registration_number", how="inner")
    found = late.group_by("cause", "standing", "reason_code").len().sort("cause", "standing", "reason_code").rows()
    assert found == [
        ("adaptation_without_paperwork", "not_issued", None, 6),
        ("claim_not_made", "issued_late", "L1", 1),
        ("claim_not_made", "not_issued", "N3", 7),
        ("left", "not_issued", "N1", 3),
        ("left", "not_issued", "N2", 5),
        ("not_registered", "not_issued", None, 2),
        ("samples_outstanding", "issued_late", "L5", 6),
        ("samples_outstanding", "not_issued", "L5", 2),
        ("units_missing", "not_issued", None, 7),
        ("units_missing", "not_issued", "N4", 3),
        ("wrong_combination", "not_issued", None, 8),
    ]


def test_the_nights_run_are_those_that_matter_and_the_nights_before_them(summer: Summer) -> None:
    delivered = {date.fromisoformat(file.name.split(".")[1]) for file in summer.landing.rglob("*.csv")}
    matter = nights_that_matter(delivered, summer.landing)
    earliest = set(summer.key["earliest_night"].drop_nulls())
    assert earliest <= set(matter)
