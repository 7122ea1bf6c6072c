"""The row ledger balances whatever is delivered, and finds a row that is lost or counted twice."""

import tempfile
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.standardised.row_ledger import account, unbalanced
from assets.standardised.supersession import stand_rows
from schemas.feeds import FEEDS, Feed
from tests.unit.standardised_deliveries import Delivery, Row, connect, day_by_day, land, rows_in_force

#: Feeds whose sender is a centre, an organisation (with three keys that may be empty) and nobody in particular.
SAMPLED = [FEEDS["centre_unit_entries"], FEEDS["ao_certification_blocks"], FEEDS["key_dates"], FEEDS["ucas_choices"]]


def key_values(feed: Feed) -> st.SearchStrategy[Row]:
    """Natural keys from few values, so that deliveries meet; the sender is one of three."""

    def values(name: str) -> st.SearchStrategy[object]:
        column = next(column for column in feed.columns if column.name == name)
        if column.field.kind == "integer":
            return st.sampled_from([1, 2])
        if name == feed.sender:
            return st.sampled_from(["S1", "S2", "S3"])
        if column.required:
            return st.sampled_from(["x", "y"]) if name == feed.key[1] else st.just("x")
        return st.sampled_from([None, "x"])

    return st.fixed_dictionaries({name: values(name) for name in feed.key})


@st.composite
def histories(draw: st.DrawFn) -> tuple[Feed, list[Delivery], list[int]]:
    """A feed, its deliveries in the order in which they apply, and the order in which they arrived."""
    feed = draw(st.sampled_from(SAMPLED))
    keys = key_values(feed)
    deliveries = []
    for number in range(draw(st.integers(1, 6))):
        rows = draw(st.lists(keys, max_size=8, unique_by=lambda row: tuple(row[name] for name in feed.key)))
        taken = {tuple(row[name] for name in feed.key) for row in rows}
        # of several rows of one key that are not the same, landing quarantines all
        quarantined = [
            row for row in draw(st.lists(keys, max_size=4)) if tuple(row[name] for name in feed.key) not in taken
        ]
        if feed.sender and quarantined and draw(st.booleans()):
            quarantined.append({**quarantined[0], feed.sender: None})
        filled = tuple({**row, **dict.fromkeys(_required_text(feed), "v")} for row in rows)
        kind = draw(st.sampled_from(["full", "full", "delta"]))
        # a full delivery without one acceptable row is refused as a whole
        status = "accepted" if filled or (kind == "delta" and quarantined) else "refused"
        deliveries.append(
            Delivery(
                name=f"d{number}",
                kind=kind,
                rows=filled,
                quarantined=tuple(quarantined),
                duplicates=draw(st.integers(0, 2)),
                status=status,
            )
        )
    return feed, deliveries, draw(st.permutations(range(len(deliveries))))


def _required_text(feed: Feed) -> list[str]:
    return [
        column.name for column in feed.columns if not column.key and column.required and column.duckdb_type == "VARCHAR"
    ]


@given(history=histories())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_rows_in_force_are_those_of_a_day_by_day_account_whatever_the_order_of_arrival(
    history: tuple[Feed, list[Delivery], list[int]],
) -> None:
    feed, deliveries, arrival = history
    con = connect()
    with tempfile.TemporaryDirectory() as folder:
        land(con, feed, Path(folder), deliveries, arrival)
        counts = stand_rows(con, feed)
    expected = day_by_day(feed, deliveries)
    assert rows_in_force(con, feed) == expected
    assert unbalanced(con) == []
    assert counts["accepted"] == len(expected)
    assert counts["landed"] == sum(delivery.landed for delivery in deliveries)
    assert counts["kept_in_force"] == sum(bool(row.quarantined_in) for row in expected.values())


CHOICES = FEEDS["ucas_choices"]


def choice(number: int) -> Row:
    """An invented choice."""
    return {"personal_id": "0000000001", "choice_number": number}


def stood(folder: Path) -> duckdb.DuckDBPyConnection:
    """A full delivery of three rows, a delta that replaces one, and a full one that quarantines another."""
    con = connect()
    first = Delivery(name="a", rows=(choice(1), choice(2), choice(3)))
    delta = Delivery(name="b", kind="delta", rows=(choice(1),))
    last = Delivery(name="c", rows=(choice(1),), quarantined=(choice(2),))
    land(con, CHOICES, folder, [first, delta, last])
    stand_rows(con, CHOICES)
    return con


def test_each_delivery_has_its_own_account(tmp_path: Path) -> None:
    ledger = stood(tmp_path).execute(
        "SELECT delivery_id, landed, accepted, superseded, duplicate, quarantined, balanced "
        "FROM standardised.row_ledger ORDER BY delivery_id"
    )
    assert ledger.fetchall() == [("a", 3, 1, 2, 0, 0, True), ("b", 1, 0, 1, 0, 0, True), ("c", 2, 1, 0, 0, 1, True)]


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        ("UPDATE landed.deliveries SET landed_rows = landed_rows + 1 WHERE delivery_id = 'a'", ["a"]),
        ("UPDATE landed.deliveries SET quarantined_rows = NULL WHERE delivery_id = 'c'", ["c"]),
        ("UPDATE landed.deliveries SET duplicate_rows = 1 WHERE delivery_id = 'b'", ["b"]),
    ],
)
def test_a_row_that_landing_counted_and_nobody_accounts_for_unbalances_its_delivery(
    tmp_path: Path, damage: str, found: list[str]
) -> None:
    con = stood(tmp_path)
    con.execute(damage)
    stand_rows(con, CHOICES)
    assert unbalanced(con) == [("ucas_choices", delivery) for delivery in found]


def test_a_row_lost_from_the_table_is_not_taken_for_a_superseded_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    con = stood(tmp_path)

    def lose_a_row(con: duckdb.DuckDBPyConnection, feed: Feed) -> dict[str, int]:
        con.execute("DELETE FROM standardised.ucas_choices WHERE delivery_id = 'c'")
        return account(con, feed)

    monkeypatch.setattr("assets.standardised.row_ledger.account", lose_a_row)
    stand_rows(con, CHOICES)
    assert unbalanced(con) == [("ucas_choices", "c")]


def test_parsed_rows_that_are_gone_are_named_and_not_taken_for_no_rows(tmp_path: Path) -> None:
    con = stood(tmp_path)
    (tmp_path / "b" / "rows.parquet").unlink()
    with pytest.raises(
        FileNotFoundError, match=r"feed \[ucas_choices\], delivery \[b\]: no \[rows\.parquet\].*land the delivery again"
    ):
        stand_rows(con, CHOICES)


def test_parsed_rows_of_another_type_are_refused_without_printing_a_value(tmp_path: Path) -> None:
    con = stood(tmp_path)
    con.sql(
        "SELECT * REPLACE ('0000000001'::BIGINT AS personal_id) FROM read_parquet($f)",
        params={"f": str(tmp_path / "b/rows.parquet")},
    ).write_parquet(str(tmp_path / "b/changed.parquet"))
    (tmp_path / "b/changed.parquet").replace(tmp_path / "b/rows.parquet")
    with pytest.raises(
        ValueError, match=r"column \[personal_id\] of \[.*\] is \[BIGINT\], the contract says \[VARCHAR\]"
    ):
        stand_rows(con, CHOICES)


def test_two_deliveries_at_one_place_of_the_order_are_refused(tmp_path: Path) -> None:
    con = stood(tmp_path)
    con.execute("UPDATE landed.deliveries SET sequence = 1")
    with pytest.raises(ValueError, match=r"feed \[ucas_choices\]: accepted deliveries without a sequence of their own"):
        stand_rows(con, CHOICES)


def test_a_key_that_landing_left_both_valid_and_quarantined_in_one_delivery_is_refused(tmp_path: Path) -> None:
    con = connect()
    land(con, CHOICES, tmp_path, [Delivery(name="a", rows=(choice(1), choice(2)), quarantined=(choice(2),))])
    with pytest.raises(
        ValueError, match=r"feed \[ucas_choices\], delivery \[a\]: \[1\] keys are both valid and quarantined"
    ):
        stand_rows(con, CHOICES)
