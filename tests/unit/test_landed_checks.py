"""Rows checked against the contract: a bad value is caught for each kind of check, and never shown."""

import json
import random
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest

from assets.landed.validating import judge
from schemas.checks import expectation, row_checks, rules
from schemas.feeds import FEEDS
from tests.landed_folder import ACCEPTABLE, LandedFolder, csv_of, rows_of


@pytest.fixture
def folder(tmp_path: Path) -> LandedFolder:
    return LandedFolder(tmp_path)


#: What makes a second row one of another key, in a column that is not the one tried.
OTHER_KEY = {
    "ao_registrations": {"registration_number": "REG2"},
    "ao_unit_results": {"registration_number": "REG2"},
    "ucas_applicants": {"personal_id": "0000000002"},
    "ucas_qualifications": {"personal_id": "0000000002"},
    "key_dates": {"series": "2026-01"},
    "qualifications": {"qualification_number": "60000128"},
}


@pytest.mark.parametrize("feed", ACCEPTABLE)
def test_an_acceptable_row_passes(folder: LandedFolder, feed: str) -> None:
    delivery = folder.land_one(feed, csv_of(rows_of(feed, {})))
    assert (delivery["status"], delivery["valid_rows"], folder.reasons()) == ("accepted", 1, [])


@pytest.mark.parametrize(
    ("where", "value", "rule", "value_class"),
    [
        ("ao_registrations.forename", "", "required", "empty"),
        ("ao_registrations.surname", " \u00a0", "required", "empty"),
        ("ao_registrations.surname", "-2", "sentinel_in_required", "sentinel"),
        ("ao_registrations.date_of_birth", "2999-12-31", "sentinel_in_required", "sentinel"),
        ("ao_registrations.awarding_organisation_rn", "RN513", "pattern", "letters and digits, 5"),
        ("ao_registrations.centre_number", "1234", "pattern", "digits, 4"),
        ("ao_registrations.centre_number", "\u0661\u0662\u0663\u0664\u0665", "pattern", "text, 5"),
        ("ao_registrations.uln", "9.27631E+09", "pattern", "number in scientific notation"),
        ("ao_registrations.uln", "927630868", "pattern", "digits, 9"),
        ("ao_registrations.uci", "68199 0012058", "pattern", "text, 13"),
        ("ao_registrations.qualification_number", "6.0E+07", "pattern", "number in scientific notation"),
        ("ao_registrations.status", "Active", "codes", "letters, 6"),
        ("ao_registrations.sex", "X", "codes", "letters, 1"),
        ("ao_registrations.date_of_birth", "29/02/2008", "date", "date as dd/mm/yyyy"),
        ("ao_registrations.date_of_birth", "29/02/08", "date", "date as dd/mm/yy"),
        ("ao_registrations.date_of_birth", "2008-02-29 00:00:00", "date", "date with time"),
        ("ao_registrations.date_of_birth", "2007-02-29", "date", "date as yyyy-mm-dd"),
        ("ao_registrations.date_of_birth", "2008-2-29", "date", "text, 9"),
        ("ao_registrations.date_of_birth", "29-Feb-2008", "date", "date with the month's name"),
        ("ao_registrations.date_of_birth", "39507", "date", "digits, 5"),
        ("ao_registrations.planned_completion", "2026-13", "month", "month as yyyy-mm"),
        ("ao_registrations.planned_completion", "Jun-26", "month", "text, 6"),
        ("ao_unit_results.points", "6,5", "number", "text, 3"),
        ("ao_unit_results.points", "1e3", "number", "number in scientific notation"),
        ("ao_unit_results.points", "NaN", "number", "letters, 3"),
        ("ao_unit_results.points", "9" * 400, "number", "digits, over 99"),
        ("ao_unit_results.result_date", "", "required", "empty"),
        ("ucas_qualifications.declared_number", "1.0", "integer", "number with a decimal point"),
        ("ucas_qualifications.declared_number", "99999999999", "integer", "digits, 11"),
        ("ucas_qualifications.declared_number", "-1", "integer", "negative number"),
        ("ucas_applicants.personal_id", "123456789", "pattern", "digits, 9"),
        ("key_dates.falls_on", "2026-08-13T24:01", "moment", "date with time"),
        ("key_dates.falls_on", "2026-08-13 00:01", "moment", "date with time"),
        ("key_dates.falls_on", "13.08.2026", "moment", "date as dd-mm-yyyy"),
        ("key_dates.event", "results", "codes", "letters, 7"),
        ("qualifications.level", "9", "codes", "digits, 1"),
    ],
)
def test_a_bad_value_is_caught(folder: LandedFolder, where: str, value: str, rule: str, value_class: str) -> None:
    feed, column = where.split(".")
    good = dict.fromkeys(FEEDS[feed].column_names, "") | ACCEPTABLE[feed]
    rows = [good, good | OTHER_KEY[feed] | {column: value}]
    delivery = folder.land_one(feed, csv_of(rows))
    assert (delivery["landed_rows"], delivery["valid_rows"], delivery["quarantined_rows"]) == (2, 1, 1)
    assert folder.reasons() == [(3, column, rule, value_class)]


@pytest.mark.parametrize("feed", ACCEPTABLE)
def test_what_is_not_required_may_be_empty_or_left_out(folder: LandedFolder, feed: str) -> None:
    needed = FEEDS[feed].required_in_header
    bare = {name: ACCEPTABLE[feed].get(name, "") for name in needed}
    empty = dict.fromkeys(FEEDS[feed].column_names, "") | bare
    for name, row in {"bare 2026-07-01.csv": bare, "empty 2026-07-02.csv": empty}.items():
        (found,) = folder.valid(folder.land_one(feed, csv_of([row]), name))
        assert [column for column, value in found.items() if value is None] == [
            column for column in FEEDS[feed].column_names if not bare.get(column)
        ]


def test_each_rule_a_column_can_break_has_its_sentence() -> None:
    for feed in FEEDS.values():
        for column in feed.columns:
            for rule in rules(column):
                assert expectation(column, rule).startswith(f"[{column.name}] must")
    level = next(column for column in FEEDS["qualifications"].columns if column.name == "level")
    assert expectation(level, "codes") == "[level] must be one of [E, 1, 1/2, 2, 3, 4, 5, 6, 7, 8]."


def test_every_column_of_the_contract_is_in_the_projected_schema() -> None:
    for feed in FEEDS.values():
        columns = row_checks(feed).columns
        assert tuple(columns) == feed.column_names
        assert tuple(name for name, column in columns.items() if not column.nullable) == feed.required


def test_a_row_may_have_several_reasons_and_is_quarantined_once(folder: LandedFolder) -> None:
    rows = rows_of("ao_unit_results", {}, {"unit_number": "2", "grade": "", "result_date": "x", "series": "June"})
    delivery = folder.land_one("ao_unit_results", csv_of(rows))
    assert delivery["quarantined_rows"] == 1
    assert [(line, column, rule) for line, column, rule, _ in folder.reasons()] == [
        (3, "grade", "required"),
        (3, "result_date", "date"),
        (3, "series", "month"),
    ]


def test_values_are_brought_to_canonical_form_and_typed(folder: LandedFolder) -> None:
    rows = rows_of(
        "ao_unit_results", {"qualification_number": " 600/0000/x ", "unit_number": "a/507/8148", "grade": "p "}
    )
    (row,) = folder.valid(folder.land_one("ao_unit_results", csv_of(rows)))
    assert (row["qualification_number"], row["unit_number"], row["grade"]) == ("6000000X", "A/507/8148", "P")
    assert (row["points"], row["result_date"], row["line"]) == (6.5, date(2026, 7, 1), 2)
    (row,) = folder.valid(
        folder.land_one("ucas_applicants", csv_of(rows_of("ucas_applicants", {"personal_id": "012-345-6789"})))
    )
    assert row["personal_id"] == "0123456789"
    moments = rows_of("key_dates", {}, {"series": "2026-01", "falls_on": "2026-03-19"})
    both = folder.valid(folder.land_one("key_dates", csv_of(moments)))
    assert [row["falls_on"] for row in both] == [datetime(2026, 8, 13, 0, 1), datetime(2026, 3, 19)]
    assert [row["qualification_number"] for row in both] == [None, None]


def test_sentinels_become_empty_and_are_counted(folder: LandedFolder) -> None:
    changes = {
        "postcode": "zz99 9zz",
        "uln": "-2",
        "registration_date": "2024-09-15",
        "planned_completion": "2999-12-31",
    }
    delivery = folder.land_one(
        "ao_registrations", csv_of(rows_of("ao_registrations", changes | {"planned_completion": "-2"}))
    )
    (row,) = folder.valid(delivery)
    assert (row["postcode"], row["uln"], row["planned_completion"]) == (None, None, None)
    assert (delivery["sentinel_values"], delivery["check_digit_warnings"]) == (3, 0)
    # a hyphen is dropped from a Personal ID only after the sentinel has been looked for
    delivery = folder.land_one("ucas_applicants", csv_of(rows_of("ucas_applicants", {"personal_id": "-2"})))
    assert (
        folder.reasons()[-1] != (4, None)
        and (
            2,
            "personal_id",
            "sentinel_in_required",
            "sentinel",
        )
        in folder.reasons()
    )


def test_a_failed_check_digit_is_counted_and_the_value_kept(folder: LandedFolder) -> None:
    ulns = ("9276308686", "9276308687", "9999999999", "")
    rows = rows_of("ao_registrations", *({"registration_number": uln or "R", "uln": uln} for uln in ulns))
    delivery = folder.land_one("ao_registrations", csv_of(rows))
    assert (delivery["valid_rows"], delivery["check_digit_warnings"]) == (4, 1)
    assert [row["uln"] for row in folder.valid(delivery)] == [*ulns[:3], None]


def test_a_whole_file_of_spreadsheet_dates_is_refused_with_the_reason_of_each_row(folder: LandedFolder) -> None:
    rows = rows_of("ao_unit_results", *({"unit_number": str(n), "result_date": "01/07/2026"} for n in range(1500)))
    delivery = folder.land_one("ao_unit_results", csv_of(rows))
    assert (delivery["status"], delivery["reason"], delivery["parsed_path"]) == ("refused", "no_acceptable_row", None)
    assert (delivery["landed_rows"], delivery["valid_rows"], delivery["quarantined_rows"]) == (1500, 0, 1500)
    assert folder.reasons()[:2] == [
        (None, None, "no_acceptable_row", None),
        (2, "result_date", "date", "date as dd/mm/yyyy"),
    ]
    assert len(folder.reasons()) == 1501


def test_checking_distinct_values_and_checking_every_row_give_the_same_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    feed, draw = FEEDS["ao_unit_results"], random.Random(5)
    choices = {
        name: [value, f" {value.lower()} ", "", "-2", "1/7/2026", "?"] for name, value in ACCEPTABLE[feed.name].items()
    }
    records = pl.DataFrame({name: [draw.choice(values) for _ in range(3000)] for name, values in choices.items()})
    records = records.with_columns(line=pl.int_range(2, 3002, dtype=pl.Int64))
    by_value = judge(records, feed)
    monkeypatch.setattr("assets.landed.validating._FEW", 0)
    by_row = judge(records, feed)
    assert by_value.reasons.height > 1000 and by_value.reasons.equals(by_row.reasons)
    assert by_value.valid.equals(by_row.valid) and by_value.keys.equals(by_row.keys)
    assert by_value.sentinel_values == by_row.sentinel_values


def test_nothing_delivered_is_told_in_reasons_messages_or_summaries(folder: LandedFolder) -> None:
    marker = "Zq7Marker"
    header = dict.fromkeys(FEEDS["ao_registrations"].column_names, marker)
    rows = [
        ACCEPTABLE["ao_registrations"] | {name: "" for name in header if name not in ACCEPTABLE["ao_registrations"]}
    ]
    rows += [header, rows[0] | {"registration_number": marker, "surname": marker}, rows[0] | {"date_of_birth": marker}]
    content = csv_of(rows) + marker.encode() + b"\n" + b'"' + marker.encode() + b"\n"
    folder.land_one("ao_registrations", content)
    folder.land_one("ao_registrations", content.replace(b"uln", marker.encode(), 1), "drift 2026-07-16.csv")
    folder.land_one("ao_registrations", b"\n".join(content.splitlines()[1:]), "headless 2026-07-17.csv")
    told = json.dumps([folder.reasons(), folder.deliveries()], default=str).replace('"extra_columns": "Zq7Marker"', "")
    told += str(folder.con.execute("SELECT message FROM landed.quarantine").fetchall())
    told += "".join(path.read_text() for path in folder.store.rglob("*.json")).replace('"Zq7Marker"', "")
    assert marker not in told
    assert len(folder.reasons()) > 20
