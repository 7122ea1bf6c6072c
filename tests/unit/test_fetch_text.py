"""A database's values become the text that a CSV file would hold."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.fetch_text import as_texts


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (True, "true"),
        (10**20, "100000000000000000000"),
        (6.5, "6.5"),
        (2.0, "2"),
        (float("nan"), None),
        (Decimal("1E+3"), "1000"),
        (Decimal("6.50"), "6.50"),
        (Decimal("2.00"), "2"),
        (Decimal("1E-10"), "0.0000000001"),
        (date(2026, 5, 4), "2026-05-04"),
        (datetime(2026, 5, 4), "2026-05-04"),
        (datetime(2026, 5, 4, 9, 30), "2026-05-04T09:30"),
        (datetime.fromisoformat("2026-07-01T23:30:00+00:00"), "2026-07-02T00:30"),
    ],
)
def test_a_typed_value_becomes_the_text_of_a_csv_file(value: object, told: str | None) -> None:
    assert as_texts("column", [value, None]).to_list() == [told, None]


@pytest.mark.parametrize("value", [b"bytes", [1], {"a": 1}, timedelta(1)])
def test_a_value_that_has_no_text_of_its_own_is_refused_by_its_column(value: object) -> None:
    with pytest.raises(Exception, match=r"column \[photo\]"):
        as_texts("photo", [value])


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.one_of(st.none(), st.text(), st.integers(), st.dates(), st.decimals(allow_nan=False, allow_infinity=False))
    )
)
def test_a_column_of_any_values_is_the_same_as_its_values_one_by_one(values: list[object]) -> None:
    together = as_texts("column", values).to_list()
    assert together == [as_texts("column", [value]).to_list()[0] for value in values]
