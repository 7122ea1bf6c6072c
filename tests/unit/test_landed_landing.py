"""A feed's landing as a whole: what the tables say, the order of deliveries, repetition, and use of earlier work."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from assets.landed import judging, outcomes, parsing
from assets.landed.landing import land, land_feed, land_unclaimed, view_of_feed
from assets.landed.whole_files import StoreFault
from schemas.feeds import FEEDS
from tests.landed_folder import AS_OF, LandedFolder, csv_of, rows_of

FEED = "centres"


@pytest.fixture
def folder(tmp_path: Path) -> LandedFolder:
    return LandedFolder(tmp_path)


def centre(number: int) -> bytes:
    return csv_of(rows_of(FEED, {"centre_number": f"{number:05}"}))


def test_deliveries_apply_by_date_then_full_before_delta_then_name(folder: LandedFolder) -> None:
    names = [
        "b 2026-07-02.csv",
        "a 2026-07-02.delta.csv",
        "c 2026-07-02.csv",
        "d 2026-07-01.delta.csv",
        "bad 2026-07-01.csv",
    ]
    for number, name in enumerate(names):
        folder.put(FEED, b"x\n1\n" if name.startswith("bad") else centre(number), name)
    folder.land(FEED)
    order = {row["sequence"]: row["file_name"].removeprefix("centres/") for row in folder.deliveries()}
    assert order == {
        1: "d 2026-07-01.delta.csv",
        2: "b 2026-07-02.csv",
        3: "c 2026-07-02.csv",
        4: "a 2026-07-02.delta.csv",
        None: "bad 2026-07-01.csv",
    }


def test_the_same_bytes_twice_are_one_delivery_the_earliest(folder: LandedFolder) -> None:
    for name in ("b 2026-07-02.csv", "z 2026-07-01.csv", "a 2026-07-02.csv"):
        folder.put(FEED, centre(1), name)
    counts = folder.land(FEED)
    rows = {row["file_name"]: row for row in folder.deliveries()}
    assert (counts["accepted"], counts["repeated"], counts["landed_rows"]) == (1, 2, 1)
    assert rows["centres/z 2026-07-01.csv"]["status"] == "accepted"
    repeated = rows["centres/a 2026-07-02.csv"]
    assert (repeated["status"], repeated["reason"], repeated["landed_rows"]) == ("repeated", "same_bytes", None)
    assert repeated["message"] == "The same bytes were delivered as [centres/z 2026-07-01.csv]."
    assert len({row["delivery_id"] for row in rows.values()}) == 1


def test_the_same_bytes_in_two_feeds_are_two_deliveries(folder: LandedFolder) -> None:
    content = csv_of(rows_of("ao_unit_results", {}))
    first, second = folder.land_one("ao_unit_results", content), folder.land_one("ao_unit_entries", content)
    assert first["delivery_id"] != second["delivery_id"]
    assert (second["reason"], first["status"]) == ("missing_column", "accepted")


def test_one_bad_delivery_does_not_touch_the_others(
    folder: LandedFolder, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    honest = parsing.parse

    def fails(taken: Any, *given: Any) -> judging.Parsed:
        if "cursed" in taken.found.file_name:
            raise RuntimeError("Secret Person's row is strange")
        return honest(taken, *given)

    monkeypatch.setattr(outcomes, "parse", fails)
    for number, name in enumerate(("a 2026-07-01.csv", "cursed 2026-07-02.csv", "c 2026-07-03.csv")):
        folder.put(FEED, centre(number), name)
    counts = folder.land(FEED)
    assert (counts["accepted"], counts["refused"], counts["landed_rows"], counts["quarantined_rows"]) == (2, 1, 3, 1)
    (refused,) = (row for row in folder.deliveries() if row["status"] == "refused")
    assert refused["reason"] == "unreadable" and "RuntimeError" in refused["message"]
    assert "RuntimeError" in caplog.text and refused["delivery_id"] in caplog.text
    assert "Secret" not in refused["message"] + caplog.text


def test_a_full_disk_stops_the_run_instead_of_refusing_the_delivery(
    folder: LandedFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any) -> judging.Parsed:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(outcomes, "parse", fails)
    folder.put(FEED, centre(1))
    with pytest.raises(OSError, match="No space left"):
        folder.land(FEED)


def test_a_store_that_cannot_be_written_stops_the_run(folder: LandedFolder) -> None:
    folder.put(FEED, centre(1))
    folder.store.write_text("in the way")
    with pytest.raises(StoreFault, match="cannot be written"):
        folder.land(FEED)


def test_a_second_run_uses_what_the_first_has_parsed_and_says_the_same(
    folder: LandedFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.put(FEED, centre(1) + b"1,b\n", "a 2026-07-01.csv")
    folder.put(FEED, centre(2)[:-1] + b'"\n', "b 2026-07-02.csv")
    folder.land(FEED)
    before = (folder.deliveries(), folder.reasons())

    def parses_again(*_: Any) -> None:
        raise AssertionError("parsed again")

    monkeypatch.setattr(judging, "judge", parses_again)
    folder.land(FEED)
    assert (folder.deliveries(), folder.reasons()) == before


def test_another_contract_or_code_is_parsed_anew(folder: LandedFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    first = folder.land_one(FEED, centre(1))
    monkeypatch.setattr(parsing, "CODE_VERSION", -1)
    second = folder.land_one(FEED, centre(1))
    assert first["parsed_path"] != second["parsed_path"]
    assert parsing.contract_hash(FEEDS["centres"]) != parsing.contract_hash(FEEDS["qualifications"])


def test_a_killed_run_leaves_no_half_of_a_parsed_folder(folder: LandedFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    folder.put(FEED, centre(1))
    with monkeypatch.context() as patched:
        patched.setattr(judging, "duplicate_outcomes", killed)
        with pytest.raises(KeyboardInterrupt):
            folder.land(FEED)
    assert [path for path in (folder.store / "parsed").rglob("*") if path.is_file()] == []
    assert folder.land(FEED)["accepted"] == 1


def test_two_stores_filled_from_the_same_bytes_hold_the_same_bytes(folder: LandedFolder, tmp_path: Path) -> None:
    rows = [row for number in range(500) for row in rows_of(FEED, {"centre_number": f"{number % 400:05}"})]
    paths = []
    for name in ("one", "two"):
        other = LandedFolder(tmp_path / name)
        paths.append(Path(other.land_one(FEED, csv_of(rows) + b"1\n" + b",,\n" * 300)["parsed_path"]))
    for name in ("rows.parquet", "quarantined_keys.parquet", "quarantine.parquet", "summary.json"):
        assert (paths[0] / name).read_bytes() == (paths[1] / name).read_bytes(), name


def test_landing_everything_covers_each_feed_and_what_belongs_to_none(folder: LandedFolder) -> None:
    folder.put(FEED, centre(1))
    folder.put("ao_unit_results", csv_of(rows_of("ao_unit_results", {}, {"unit_number": "2", "grade": ""})))
    folder.put("nobody", centre(1), "2026-07-01.csv")
    said: list[str] = []
    counts = land(folder.con, folder.landing, folder.store, AS_OF, progress=said.append)
    assert [count["feed"] for count in counts] == list(FEEDS)
    assert sum(int(count["accepted"]) for count in counts) == 2
    unclaimed = [row for row in folder.deliveries() if row["feed"] is None]
    assert [(row["file_name"], row["status"], row["delivered_on"]) for row in unclaimed] == [
        ("nobody", "ignored", None)
    ]
    assert land_unclaimed(folder.con, folder.landing, AS_OF) == {"ignored": 1}
    assert "ao_unit_results: file 1 of 1, 2 rows" in said
    assert folder.con.execute("SELECT count(*) FROM landed.deliveries").fetchall() == [(3,)]


def test_a_files_row_and_reasons_go_when_the_file_goes(folder: LandedFolder) -> None:
    path = folder.put(FEED, b"x\n1\n")
    folder.land(FEED)
    path.unlink()
    assert folder.land(FEED) == dict.fromkeys(folder.land(FEED), 0)
    assert (folder.deliveries(), folder.reasons()) == ([], [])


def test_a_failure_while_the_tables_are_written_leaves_them_as_they_were(
    folder: LandedFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    delivery = folder.land_one(FEED, centre(1) + b"1,b\n")
    (Path(delivery["parsed_path"]) / "quarantine.parquet").write_bytes(b"damaged")
    before = folder.deliveries()
    with pytest.raises(Exception, match="quarantine"):
        folder.land(FEED)
    assert folder.deliveries() == before


def test_the_view_of_a_feed_shows_valid_rows_of_accepted_deliveries(folder: LandedFolder) -> None:
    view_of_feed(folder.con, FEEDS[FEED])
    assert folder.con.execute("SELECT * FROM landed.centres").fetchall() == []
    folder.put(FEED, centre(1), "a 2026-07-01.csv")
    folder.put(FEED, centre(2) + b"1,b\n", "b 2026-07-02.csv")
    folder.land(FEED)
    view_of_feed(folder.con, FEEDS[FEED])
    rows = folder.con.execute("SELECT centre_number, name, line FROM landed.centres ORDER BY ALL").fetchall()
    assert rows == [("00001", "Invented College", 2), ("00002", "Invented College", 2)]


def test_parsed_columns_have_the_types_of_the_contract(folder: LandedFolder) -> None:
    for feed in ("ao_unit_results", "key_dates", "ucas_qualifications"):
        delivery = folder.land_one(feed, csv_of(rows_of(feed, {})))
        file = f"{delivery['parsed_path']}/rows.parquet"
        described = folder.con.execute("SELECT column_name, column_type FROM (DESCRIBE FROM read_parquet(?))", [file])
        expected = [(column.name, column.duckdb_type) for column in FEEDS[feed].columns]
        assert described.fetchall() == [*expected, ("line", "BIGINT")]


def test_a_run_for_an_earlier_day_sees_what_was_there_then(folder: LandedFolder) -> None:
    folder.put(FEED, centre(1), "2026-07-01.csv")
    folder.put(FEED, centre(2), "2026-07-02.csv")
    counts = land_feed(folder.con, FEEDS[FEED], folder.landing, folder.store, date(2026, 7, 1))
    assert counts["accepted"] == 1
