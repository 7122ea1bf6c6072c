"""Which rows are in force, case by case from the feed contract ("A delivery"), and against a day-by-day account."""

from datetime import date
from pathlib import Path

import pytest

from assets.standardised.row_ledger import unbalanced
from assets.standardised.supersession import stand_rows
from schemas.feeds import FEEDS
from tests.unit.standardised_deliveries import Delivery, Row, connect, land

ENTRIES, DATES, CENTRES = FEEDS["centre_unit_entries"], FEEDS["key_dates"], FEEDS["centres"]


def entry(centre: str, learner: str, unit: str = "1", series: str | None = None, grade: str | None = None) -> Row:
    """An invented unit entry."""
    return {
        "centre_number": centre,
        "centre_learner_reference": learner,
        "qualification_number": "60111111",
        "unit_number": unit,
        "series": series,
        "entry_status": "entered",
        "centre_grade": grade,
    }


def centre(number: str, name: str) -> Row:
    """An invented centre."""
    return {"centre_number": number, "name": name}


def grades_in_force(folder: Path, *deliveries: Delivery) -> list[tuple[str, str, str]]:
    """Centre, learner and grade of every entry in force after the deliveries."""
    con = connect()
    land(con, ENTRIES, folder, deliveries)
    stand_rows(con, ENTRIES)
    assert unbalanced(con) == []
    return con.execute(
        "SELECT centre_number, centre_learner_reference, centre_grade "
        "FROM standardised.centre_unit_entries ORDER BY ALL"
    ).fetchall()


def test_a_full_delivery_replaces_the_earlier_rows_of_the_centres_in_it_and_of_no_other(tmp_path: Path) -> None:
    first = Delivery(
        name="a", rows=(entry("10001", "A", grade="P"), entry("10001", "B", grade="P"), entry("10002", "C", grade="M"))
    )
    second = Delivery(name="b", rows=(entry("10001", "A", grade="D"),))
    assert grades_in_force(tmp_path, first, second) == [("10001", "A", "D"), ("10002", "C", "M")]


def test_a_centre_all_of_whose_rows_are_quarantined_is_in_the_file_too(tmp_path: Path) -> None:
    first = Delivery(
        name="a", rows=(entry("10001", "A", grade="P"), entry("10001", "B", grade="P"), entry("10002", "C", grade="P"))
    )
    second = Delivery(name="b", rows=(entry("10002", "C", grade="M"),), quarantined=(entry("10001", "B"),))
    assert grades_in_force(tmp_path, first, second) == [("10001", "B", "P"), ("10002", "C", "M")]


def test_a_quarantined_row_whose_centre_is_unreadable_replaces_nothing(tmp_path: Path) -> None:
    first = Delivery(name="a", rows=(entry("10001", "A", grade="P"), entry("10002", "C", grade="P")))
    second = Delivery(
        name="b",
        rows=(entry("10002", "C", grade="M"),),
        quarantined=({"centre_learner_reference": "A", "unit_number": "1"},),
    )
    assert grades_in_force(tmp_path, first, second) == [("10001", "A", "P"), ("10002", "C", "M")]


def test_a_full_delivery_of_a_reference_feed_replaces_the_whole_feed(tmp_path: Path) -> None:
    con = connect()
    first = Delivery(name="a", rows=(centre("10001", "Old Town"), centre("10002", "New Town")))
    land(con, CENTRES, tmp_path, [first, Delivery(name="b", rows=(centre("10003", "Third Town"),))])
    stand_rows(con, CENTRES)
    assert con.execute("SELECT centre_number, name FROM standardised.centres").fetchall() == [("10003", "Third Town")]


def test_a_delta_adds_rows_and_replaces_those_of_the_same_key_with_empty_parts_being_equal(tmp_path: Path) -> None:
    first = Delivery(name="a", rows=(entry("10001", "A", grade="P"), entry("10001", "A", series="2026-01", grade="M")))
    delta = Delivery(name="b", kind="delta", rows=(entry("10001", "A", grade="D"), entry("10001", "B", grade="P")))
    assert grades_in_force(tmp_path, first, delta) == [("10001", "A", "D"), ("10001", "A", "M"), ("10001", "B", "P")]


def test_a_delta_is_replaced_by_the_next_full_delivery_of_its_sender(tmp_path: Path) -> None:
    delta = Delivery(name="a", kind="delta", rows=(entry("10001", "A", grade="P"), entry("10002", "B", grade="P")))
    assert grades_in_force(tmp_path, delta, Delivery(name="b", rows=(entry("10001", "C", grade="M"),))) == [
        ("10001", "C", "M"),
        ("10002", "B", "P"),
    ]


def test_the_earlier_row_of_a_quarantined_key_stays_in_force_through_full_deliveries_and_is_reported(
    tmp_path: Path,
) -> None:
    con = connect()
    full = Delivery(name="a", rows=(entry("10001", "A", grade="P"), entry("10001", "B", grade="P")))
    delta = Delivery(name="b", kind="delta", rows=(entry("10001", "B", grade="M"),))
    bad = Delivery(name="c", rows=(entry("10001", "A", grade="D"),), quarantined=(entry("10001", "B"),))
    again = Delivery(
        name="d", rows=(entry("10001", "A", grade="D"),), quarantined=(entry("10001", "B"), entry("10001", "B"))
    )
    land(con, ENTRIES, tmp_path, [full, delta, bad, again])
    counts = stand_rows(con, ENTRIES)
    rows = con.execute(
        "SELECT centre_learner_reference, centre_grade, delivery_id, line FROM standardised.centre_unit_entries"
    )
    assert sorted(rows.fetchall()) == [("A", "D", "d", 2), ("B", "M", "b", 2)]
    kept = con.execute(
        "SELECT delivery_id, line, quarantined_in FROM standardised.rows_kept_in_force ORDER BY ALL"
    ).fetchall()
    assert kept == [("b", 2, "c"), ("b", 2, "d")]
    assert counts == {
        "deliveries": 4,
        "landed": 8,
        "accepted": 2,
        "superseded": 3,
        "duplicate": 0,
        "quarantined": 3,
        "kept_in_force": 1,
    }


def test_a_key_that_a_good_full_delivery_left_out_does_not_come_back_when_a_later_one_quarantines_it(
    tmp_path: Path,
) -> None:
    first = Delivery(name="a", rows=(entry("10001", "A", grade="P"), entry("10001", "B", grade="P")))
    without = Delivery(name="b", rows=(entry("10001", "A", grade="P"),))
    bad = Delivery(name="c", rows=(entry("10001", "A", grade="M"),), quarantined=(entry("10001", "B"),))
    assert grades_in_force(tmp_path, first, without, bad) == [("10001", "A", "M")]


def test_keys_quarantined_since_different_nights_are_each_kept_from_their_own_last_good_delivery(
    tmp_path: Path,
) -> None:
    first = Delivery(name="a", rows=(entry("10001", "A", grade="P"), entry("10001", "B", grade="P")))
    without_a = Delivery(name="b", rows=(entry("10001", "C", grade="P"),), quarantined=(entry("10001", "B"),))
    bad = Delivery(
        name="c", rows=(entry("10001", "C", grade="M"),), quarantined=(entry("10001", "A"), entry("10001", "B"))
    )
    assert grades_in_force(tmp_path, first, without_a, bad) == [("10001", "B", "P"), ("10001", "C", "M")]


def test_a_row_in_force_is_stored_typed_with_its_delivery_and_line(tmp_path: Path) -> None:
    con = connect()
    row = {**entry("01001", "A", grade="P"), "graded_on": date(2026, 1, 15)}
    land(con, ENTRIES, tmp_path, [Delivery(name="a", rows=(entry("01001", "B"), row))])
    stand_rows(con, ENTRIES)
    held = con.execute("SELECT * FROM standardised.centre_unit_entries WHERE centre_grade = 'P'").fetchall()
    assert held == [("01001", "A", "60111111", "1", None, "entered", "P", date(2026, 1, 15), "a", 3)]


def test_a_refused_delivery_is_in_the_ledger_with_all_its_rows_quarantined(tmp_path: Path) -> None:
    con = connect()
    good = Delivery(name="a", rows=(entry("10001", "A"),), duplicates=2)
    refused = Delivery(name="b", rows=(), quarantined=(entry("10001", "A"),) * 3, status="refused")
    land(con, ENTRIES, tmp_path, [good, refused])
    stand_rows(con, ENTRIES)
    assert con.execute("SELECT * FROM standardised.row_ledger ORDER BY delivery_id").fetchall() == [
        ("centre_unit_entries", "a", 3, 1, 0, 2, 0, True),
        ("centre_unit_entries", "b", 3, 0, 0, 0, 3, True),
    ]


def test_a_feed_without_a_delivery_has_an_empty_table(tmp_path: Path) -> None:
    con = connect()
    land(con, CENTRES, tmp_path, [Delivery(name="a", rows=(centre("10001", "Old Town"),))])
    stand_rows(con, CENTRES)
    assert stand_rows(con, DATES)["deliveries"] == 0
    assert con.execute("SELECT count(*) FROM standardised.key_dates").fetchall() == [(0,)]
    assert con.execute("SELECT feed FROM standardised.row_ledger").fetchall() == [("centres",)]


def test_standing_a_feed_twice_gives_the_same_tables(tmp_path: Path) -> None:
    con = connect()
    bad = Delivery(name="b", rows=(entry("10001", "A"),), quarantined=(entry("10001", "B"),))
    land(con, ENTRIES, tmp_path, [Delivery(name="a", rows=(entry("10001", "B"),)), bad])
    tables = ("centre_unit_entries", "row_ledger", "rows_kept_in_force")
    states = []
    for _ in range(2):
        stand_rows(con, ENTRIES)
        states.append([con.execute(f"SELECT * FROM standardised.{table} ORDER BY ALL").fetchall() for table in tables])
    assert states[0] == states[1]
    assert con.execute("SELECT count(*) FROM duckdb_tables() WHERE temporary").fetchall() == [(0,)]


@pytest.mark.parametrize("name", ["a'b", 'a"b', "a*", "a?", "a[b]", "a=b", "a b;--", "é"])
def test_a_folder_with_quotes_or_wildcards_in_its_name_is_read_and_no_other(tmp_path: Path, name: str) -> None:
    stranger = Delivery(name="ab", rows=(entry("10009", "Z", grade="U"),))
    land(connect(), ENTRIES, tmp_path, [stranger])
    full = Delivery(name=name, rows=(entry("10001", "A", grade="P"), entry("10001", "B", grade="P")))
    bad = Delivery(name=f"{name} again", rows=(entry("10001", "A", grade="M"),), quarantined=(entry("10001", "B"),))
    assert grades_in_force(tmp_path, full, bad) == [("10001", "A", "M"), ("10001", "B", "P")]
