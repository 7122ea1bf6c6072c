"""How the register and DfE's list write hours, days and levels, and which of it can be read in one way only."""

import polars as pl
import pytest

from assets.landed.readers._register_values import day, guided_learning_hours, level


def read_alone(expression: pl.Expr, *values: str | None) -> list[str | None]:
    return pl.DataFrame({"value": values}, schema={"value": pl.String}).select(expression).to_series().to_list()


def test_hours_are_the_given_ones_else_minimum_and_maximum_where_they_agree_and_are_not_nought() -> None:
    given = {"hours": ["180", None, None, None, "", None], "low": ["1", "120", "30", "0", "7", "5"]}
    frame = pl.DataFrame(given | {"high": ["2", "120 ", "50", "0", "7", None]})
    hours = guided_learning_hours(pl.col("hours"), pl.col("low"), pl.col("high"))
    assert frame.select(hours).to_series().to_list() == ["180", "120", None, None, "7", None]


def test_a_moment_is_the_day_that_it_begins_or_ends_by_londons_clock() -> None:
    assert read_alone(
        day(pl.col("value")),
        "6/1/2011 12:00:00 AM +00:00",
        "3/31/2023 10:59:59 PM +00:00",  # the clocks had gone forward
        "12/31/2023 11:59:59 PM +00:00",
        "5/31/2011 11:00:00 PM +00:00",
        "7/31/2022 11:59:59 PM +00:00",  # no end of a day in London, but one as it is written
        "2011-06-01",
        "2011-05-31T23:00:00Z",
        "2010-04-01 00:00:00.0000000",
        None,
    ) == [
        "2011-06-01",
        "2023-03-31",
        "2023-12-31",
        "2011-06-01",
        "2022-07-31",
        "2011-06-01",
        "2011-06-01",
        "2010-04-01",
        None,
    ]


UNREADABLE = (
    "7/31/2022 11:30:00 PM +00:00",  # two days, and the beginning or end of neither
    "01/06/2011 00:00:00 +00:00",
    "6/1/2011",
    "31/12/2011",
    "2/30/2011 12:00:00 AM +00:00",
    "June 2011",
)


@pytest.mark.parametrize("value", UNREADABLE)
def test_a_date_that_can_be_read_in_two_ways_or_none_is_passed_on_as_it_was_delivered(value: str) -> None:
    assert read_alone(day(pl.col("value")), value) == [value]


def test_dates_with_slashes_are_read_as_the_source_says() -> None:
    assert read_alone(day(pl.col("value"), "day_first"), "01/06/2011", "1/6/2011 00:00:00 +00:00") == ["2011-06-01"] * 2
    assert read_alone(day(pl.col("value"), "month_first"), "01/06/2011") == ["2011-01-06"]
    assert read_alone(day(pl.col("value"), "day_first"), "6/1/2011 12:00:00 AM +00:00") == ["2011-06-01"]


def test_levels_are_the_contracts_codes_and_others_are_passed_on() -> None:
    assert read_alone(
        level(pl.col("value")), "Level 8", " level  1/2 ", "Level 1/Level 2", "Entry Level", "Level 9", "Higher", None
    ) == ["8", "1/2", "1/2", "E", "Level 9", "Higher", None]
