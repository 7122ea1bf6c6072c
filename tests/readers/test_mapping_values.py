"""Cells made canonical text: dates and months as stated, codes, parts, lists, and what spreadsheets have done to values."""

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.landed.mapping.formats import DateFormat, Kind, contradiction, date_format, reading
from assets.landed.mapping.options import ColumnRule
from assets.landed.mapping.values import Canonical, Cells, canonical_column
from schemas.feeds import FEEDS
from schemas.fields import FIELDS


def read(kind: Kind, text: str, *values: str | None, years_from: int | None = None) -> list[str | None]:
    """What values say by a format."""
    texts = pl.DataFrame({"text": pl.Series(values, dtype=pl.String)})
    return texts.select(reading(date_format(text, kind), kind, years_from)(pl.col("text"))).to_series().to_list()


@pytest.mark.parametrize(
    ("kind", "stated", "written", "expected"),
    [
        ("date", "dd/mm/yyyy", "29/02/2008", "2008-02-29"),
        ("date", "dd/mm/yyyy", "29/02/2009", None),
        ("date", "dd/mm/yyyy", "9/02/2008", None),
        ("date", "dd/mm/yyyy", "29/02/08", None),
        ("date", "d/m/yyyy", "9/2/2008", "2008-02-09"),
        ("date", "d/m/yyyy", "09/2/2008", None),
        ("date", "d Mon yyyy", "9 sept 2008", "2008-09-09"),
        ("date", "d Month yyyy", "9 September 2008", "2008-09-09"),
        ("date", "dd-Mon-yyyy", "09-FEB-2008", "2008-02-09"),
        ("date", "ddmmyyyy", "09022008", "2008-02-09"),
        ("date", "yyyy-mm-dd hh:mm:ss.f", "2011-05-12 00:00:00.0000000", "2011-05-12"),
        ("month", "Month yyyy", "June 2026", "2026-06"),
        ("month", "mm/yyyy", "06/2026", "2026-06"),
        ("month", "mm/yyyy", "13/2026", None),
        ("month", "dd/mm/yyyy", "30/06/2026", "2026-06"),
        ("moment", "dd/mm/yyyy hh:mm", "13/08/2026 00:01", "2026-08-13T00:01"),
        ("moment", "dd/mm/yyyy h:mm AM", "13/08/2026 6:00 pm", "2026-08-13T18:00"),
        ("moment", "dd/mm/yyyy h:mm AM", "13/08/2026 12:00 am", "2026-08-13T00:00"),
        ("moment", "dd/mm/yyyy h:mm AM", "13/08/2026 13:00 pm", None),
        ("moment", "dd/mm/yyyy", "13/08/2026", "2026-08-13"),
        # as a download of the register writes the days of British Summer Time (OfqualGovUK/ofqual-register-prototype)
        ("date", "m/d/yyyy h:mm:ss AM +00:00", "6/1/2011 12:00:00 AM +00:00", "2011-06-01"),
        ("date", "m/d/yyyy h:mm:ss AM +00:00", "5/31/2011 11:00:00 PM +00:00", "2011-06-01"),
        ("date", "m/d/yyyy h:mm:ss AM +00:00", "31/5/2011 11:00:00 PM +00:00", None),
    ],
)
def test_a_date_is_read_exactly_as_its_format_states(
    kind: Kind, stated: str, written: str, expected: str | None
) -> None:
    assert read(kind, stated, written, None) == [expected, None]


def test_a_year_of_two_digits_lies_in_the_hundred_years_that_are_stated() -> None:
    assert read("date", "dd/mm/yy", "01/01/29", "01/01/30", years_from=1930) == ["2029-01-01", "1930-01-01"]


_PIECES = [("dd", "d"), ("mm", "m", "Mon", "Month"), ("yyyy",)]
_FORMATS = st.builds(
    lambda order, between, forms: between.join(forms[place] for place in order),
    st.permutations([0, 1, 2]),
    st.sampled_from(["/", "-", " ", "."]),
    st.tuples(*(st.sampled_from(piece) for piece in _PIECES)),
)


@settings(max_examples=50, deadline=None)
@given(stated=_FORMATS, days=st.lists(st.dates(date(1950, 1, 1), date(2049, 12, 31)), min_size=1, max_size=5))
def test_any_day_written_in_a_format_is_read_back_by_it(stated: str, days: list[date]) -> None:
    names = {"dd": "%d", "d": "%-d", "mm": "%m", "m": "%-m", "Month": "%B", "Mon": "%b", "yyyy": "%Y"}
    pattern = "".join(names.get(part, part) for _, part in date_format(stated, "date").parts)
    assert read("date", stated, *(day.strftime(pattern) for day in days)) == [day.isoformat() for day in days]


@settings(max_examples=30, deadline=None)
@given(first=_FORMATS, second=_FORMATS)
def test_two_formats_contradict_each_other_if_a_day_of_one_is_another_day_of_the_other(first: str, second: str) -> None:
    days = [date(2001, 1, 1) + timedelta(days=number) for number in range(0, 4000, 13)]
    names = {"dd": "%d", "d": "%-d", "mm": "%m", "m": "%-m", "Month": "%B", "Mon": "%b", "yyyy": "%Y"}
    formats = [date_format(one, "date") for one in (first, second)]

    def misread(stated: DateFormat, other: str) -> bool:
        pattern = "".join(names.get(part, part) for _, part in stated.parts)
        said = read("date", other, *(day.strftime(pattern) for day in days))
        return any(text not in (None, day.isoformat()) for day, text in zip(days, said, strict=True))

    expected = misread(formats[0], second) or misread(formats[1], first)
    assert (contradiction(formats, "date", None) is not None) == expected


def column(name: str, values: list[str | None], rule: dict[str, Any], **more: Any) -> Canonical:
    """A column made canonical; `sheet` and `numbers` as for cells, `tables`, `empty` and `spreadsheet` as for a mapping."""
    cells = Cells(
        values=pl.Series("delivered", values, dtype=pl.String),
        numbers=pl.Series(more["numbers"]) if "numbers" in more else None,
        sheet=more.get("sheet", False),
    )
    return canonical_column(
        cells,
        ColumnRule.model_validate({"from": "X", **rule}),
        next((one.field for one in FEEDS["centre_registrations"].columns if one.name == name), FIELDS[name]),
        empty=more.get("empty", ()),
        spreadsheet=more.get("spreadsheet", False),
        tables=more.get("tables", {}),
    )


def rules_of(made: Canonical) -> list[str | None]:
    return [None] * len(made.text) if made.broken is None else made.broken.to_list()


def test_a_code_is_what_the_list_says_and_any_other_is_passed_on() -> None:
    made = column(
        "sex", ["Male", " female ", "MALE", "Other", None], {"values": {"Male": "M", "Female": "F"}, "casefold": True}
    )
    assert made.text.to_list() == ["M", "F", "M", "Other", None] and made.broken is None
    strict = column("sex", ["Male", "MALE", ""], {"values": {"Male": "M"}, "unknown": "refuse"})
    assert strict.text.to_list() == ["M", "MALE", None] and rules_of(strict) == [None, "not_in_list", None]


def test_a_column_is_looked_up_by_another_and_what_is_in_no_list_is_refused() -> None:
    tables = {"courses": {"bus1": {"qualification_number": "60171601"}}}
    rule = {"lookup": {"table": "courses", "column": "qualification_number"}, "casefold": True}
    made = column("qualification_number", ["BUS1", "BUS2", None], rule, tables=tables)
    assert made.text.to_list() == ["60171601", "BUS2", None] and rules_of(made) == [None, "not_in_list", None]
    lenient = column("qualification_number", ["BUS2"], rule | {"unknown": "pass_on"}, tables=tables)
    assert lenient.text.to_list() == ["BUS2"] and lenient.broken is None


def test_a_cell_of_several_parts_is_cut_only_if_it_has_them_all() -> None:
    values = ["Sur, Fore", "Sur Fore", "A, B, C", None]
    surname = column("surname", values, {"split": {"by": ",", "part": 1}})
    assert surname.text.to_list()[0] == "Sur" and rules_of(surname) == [None, "not_in_parts", "not_in_parts", None]
    assert column("forename", values, {"split": {"by": ",", "part": 2}}).text[0] == "Fore"


def test_what_stands_for_nothing_is_empty() -> None:
    assert column("uci", ["N/A", " - ", "n/a", ""], {"empty": ["-"]}, empty=("N/A",)).text.to_list() == [
        None,
        None,
        "n/a",
        None,
    ]


def test_a_date_in_no_stated_format_is_passed_on_but_for_one_that_the_contract_would_take() -> None:
    values = ["29/02/2008", "2/3/2008", "2008-02-29", "2999-12-31", None]
    made = column("date_of_birth", values, {"dates": "dd/mm/yyyy"})
    assert made.text.to_list() == ["2008-02-29", "2/3/2008", "2008-02-29", "2999-12-31", None]
    assert rules_of(made) == [None, None, "date_format", None, None]
    assert column("date_of_birth", values, {"dates": ["dd/mm/yyyy", "yyyy-mm-dd"]}).broken is None


@pytest.mark.parametrize(
    ("name", "written", "repaired"),
    [
        ("centre_number", "9123", "09123"),
        ("candidate_number", "123", "0123"),
        ("personal_id", "990000001", "0990000001"),
        ("centre_number", "123", "123"),
        ("centre_number", "912A", "912A"),
        ("centre_number", "0123", "0123"),
        ("uln", "990000001", "990000001"),
        ("registration_number", "9123", "9123"),
        ("qualification_number", "9901001", "9901001"),
        ("personal_id", "1.23E+09", "1.23E+09"),
    ],
)
def test_one_lost_zero_is_put_back_where_the_contract_fixes_the_length(name: str, written: str, repaired: str) -> None:
    made = column(name, [written, None], {"spreadsheet": True})
    assert made.text.to_list() == [repaired, None] and made.repaired == (written != repaired)
    assert column(name, [written], {}).text.to_list() == [written]


def test_no_zero_is_put_back_where_another_value_has_kept_its_own() -> None:
    made = column("centre_number", ["9123", "01234"], {"spreadsheet": True})
    assert made.text.to_list() == ["9123", "01234"] and made.repaired == 0


def test_in_a_workbook_a_zero_is_put_back_in_cells_that_are_numbers_only() -> None:
    made = column(
        "centre_number", ["9123", "9124", "01234"], {"spreadsheet": True}, sheet=True, numbers=[True, False, False]
    )
    assert made.text.to_list() == ["09123", "9124", "01234"] and made.repaired == 1


def test_what_a_spreadsheet_made_of_a_code_without_a_form_is_refused() -> None:
    made = column("centre_learner_reference", ["1.23E+09", "1E10", "E+2"], {})
    assert rules_of(made) == ["scientific_notation", None, None]
    days = column("unit_number", ["3-Jan", "Jan-03", "3"], {}, spreadsheet=True)
    assert rules_of(days) == ["day_for_a_code", "day_for_a_code", None]
    assert column("unit_number", ["3-Jan"], {}).broken is None
    sheet = column("unit_number", ["2026-01-03", "2026-01-03T09:00", "3"], {}, sheet=True)
    assert rules_of(sheet) == ["day_for_a_code", "day_for_a_code", None]
    assert column("date_of_birth", ["2026-01-03"], {}, sheet=True).broken is None


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        # 3 March and 12 December are the same either way round; the 13th cannot have been interchanged
        (["2008-03-02", "2008-03-03", "2008-12-12", "2008-02-13", "14/05/2008"], [0]),
        (["2008-03-02", "14/05/2008", "03/05/2008"], []),
        (["2008-03-02", "2008-04-05"], []),
        (["13/02/2008", "14/05/2008"], []),
        (["2008-03-02", "May 2008"], []),
    ],
)
def test_dates_of_a_sheet_are_doubted_where_those_left_as_text_show_a_wrong_reading(
    values: list[str | None], expected: list[int]
) -> None:
    made = column("date_of_birth", values, {"dates": "dd/mm/yyyy"}, sheet=True)
    assert [place for place, rule in enumerate(rules_of(made)) if rule] == expected
    assert column("date_of_birth", values, {"dates": "dd/mm/yyyy", "mixed_dates": "accept"}, sheet=True).broken is None


def test_a_time_with_seconds_is_left_to_the_contract() -> None:
    made = column("falls_on", ["13/08/2026 00:01:30", "13/08/2026 00:01:00"], {"dates": "dd/mm/yyyy hh:mm:ss"})
    assert made.text.to_list() == ["2026-08-13T00:01:30", "2026-08-13T00:01"]
