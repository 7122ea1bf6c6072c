"""What is found in a landing folder: dates, kinds, and what is no delivery."""

import gzip
import os
import socket
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from assets.landed.deliveries import delivery_date, discover
from tests.landed_folder import AS_OF, LandedFolder, csv_of, rows_of

CENTRE = csv_of(rows_of("centres", {}))


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("results 2026-07-15.csv", date(2026, 7, 15)),
        ("results20260715T0900.csv", date(2026, 7, 15)),
        ("2026-06 series, sent 2026-07-15.csv", date(2026, 7, 15)),
        ("2026-02-30 then 20260715.csv", date(2026, 7, 15)),
        # no dates: a month that does not exist, a provider number that reads as the year 1000, a longer number
        ("results 2026-13-01.csv", date(2026, 3, 29)),
        ("provider 10001225.csv", date(2026, 3, 29)),
        ("batch 202607150.csv", date(2026, 3, 29)),
    ],
)
def test_a_delivery_is_dated_by_its_name_or_else_by_its_time_in_the_uk(name: str, day: date) -> None:
    # half past eleven at night in UTC is the next day in British Summer Time
    modified = datetime(2026, 3, 28, 12, tzinfo=UTC).timestamp() + 86400
    assert delivery_date(name, modified) == day
    assert delivery_date("x.csv", datetime(2026, 7, 14, 23, 30, tzinfo=UTC).timestamp()) == date(2026, 7, 15)


def test_deliveries_dated_after_the_day_of_the_run_are_not_seen_at_all(tmp_path: Path) -> None:
    folder = LandedFolder(tmp_path)
    folder.put("centres", CENTRE, "a 2026-08-01.csv")
    folder.put("centres", CENTRE, "b 2026-08-02.csv")
    folder.put("centres", CENTRE, "c 2026-08-02.txt")
    assert [file.file_name for file in discover(folder.landing, AS_OF)] == ["centres/a 2026-08-01.csv"]


def test_endings_are_known_in_any_case_and_delta_anywhere_in_the_name(tmp_path: Path) -> None:
    folder = LandedFolder(tmp_path)
    for name in ("a.CSV", "b.csv.GZ", "c.Csv.Zip", "d.DELTA.parquet"):
        folder.put("centres", CENTRE, f"2026-07-01 {name}")
    found = discover(folder.landing, AS_OF)
    assert [file.container for file in found] == ["csv", "csv.gz", "csv.zip", "parquet"]
    assert [file.kind for file in found] == ["full", "full", "full", "delta"]


def test_what_is_no_delivery_is_reported_with_the_reason(tmp_path: Path) -> None:
    folder = LandedFolder(tmp_path)
    for name in ("2026-07-01.xlsx", ".2026-07-01.csv", "2026-07-01.csv.part", "2026-07-01.csv.tmp"):
        folder.put("centres", CENTRE, name)
    folder.put("center", CENTRE)
    (folder.landing / "centres" / "2026-07-01 old").mkdir()
    (folder.landing / "2026-07-01 stray.csv").write_bytes(CENTRE)
    found = {
        file.file_name: (file.status, file.refusal and file.refusal.reason) for file in discover(folder.landing, AS_OF)
    }
    assert found == {
        "centres/2026-07-01.xlsx": ("ignored", "other_extension"),
        "centres/.2026-07-01.csv": ("ignored", "hidden"),
        "centres/2026-07-01.csv.part": ("ignored", "partial_upload"),
        "centres/2026-07-01.csv.tmp": ("ignored", "partial_upload"),
        "centres/2026-07-01 old": ("ignored", "folder"),
        "center": ("ignored", "unknown_feed"),
        "2026-07-01 stray.csv": ("ignored", "outside_feed_folder"),
    }


def test_links_and_devices_are_refused_wherever_they_lead(tmp_path: Path) -> None:
    folder = LandedFolder(tmp_path)
    inside = folder.put("centres", CENTRE, "2026-07-01.csv")
    outside = tmp_path / "secret 2026-07-01.csv"
    outside.write_bytes(CENTRE)
    (folder.landing / "centres" / "2026-07-02 outside.csv").symlink_to(outside)
    (folder.landing / "centres" / "2026-07-02 inside.csv").symlink_to(inside)
    (folder.landing / "centres" / "2026-07-02 folder").symlink_to(tmp_path)
    (folder.landing / "ao_awards").symlink_to(tmp_path)
    os.mkfifo(folder.landing / "centres" / "2026-07-02 pipe.csv")
    refused = {file.file_name for file in discover(folder.landing, date.max) if file.status == "refused"}
    assert refused == {
        "centres/2026-07-02 outside.csv",
        "centres/2026-07-02 inside.csv",
        "centres/2026-07-02 folder",
        "centres/2026-07-02 pipe.csv",
        "ao_awards",
    }
    reasons = {file.refusal.reason for file in discover(folder.landing, date.max) if file.refusal}
    assert reasons == {"not_a_regular_file"}


def test_a_link_out_of_the_landing_folder_leaves_nothing_in_the_store(tmp_path: Path) -> None:
    folder = LandedFolder(tmp_path)
    outside = tmp_path / "secret.csv"
    outside.write_bytes(CENTRE)
    (folder.landing / "centres").mkdir()
    (folder.landing / "centres" / "2026-07-02.csv").symlink_to(outside)
    assert folder.land("centres")["refused"] == 1
    assert not folder.store.exists()
    assert folder.reasons() == [(None, None, "not_a_regular_file", None)]


def test_a_missing_landing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"):
        discover(tmp_path / "nowhere", AS_OF)


@pytest.mark.parametrize(
    "name", ['it\'s "2026-07-01".csv', "data[1] 2026-07-01.csv", "* 2026-07-01.csv", "a\nb 2026-07-01.csv", "?.csv.gz"]
)
def test_a_file_may_be_called_anything(tmp_path: Path, name: str) -> None:
    folder = LandedFolder(tmp_path / "store [1] it's*")
    folder.put("centres", csv_of(rows_of("centres", {"centre_number": "09999"})), "data1 2026-07-01.csv")
    content = CENTRE if name.endswith(".csv") else gzip.compress(CENTRE, mtime=0)
    os.utime(folder.put("centres", content, name), (0, 0))
    folder.land("centres")
    (delivery,) = (row for row in folder.deliveries() if row["file_name"] == f"centres/{name}")
    assert (delivery["status"], delivery["valid_rows"]) == ("accepted", 1)


def test_a_name_that_is_not_utf8_is_shown_escaped(tmp_path: Path) -> None:
    folder = LandedFolder(tmp_path)
    folder.put("centres", CENTRE, os.fsdecode(b"coll\xe8ge 2026-07-01.csv"))
    folder.land("centres")
    assert [row["file_name"] for row in folder.deliveries()] == ["centres/coll\\xe8ge 2026-07-01.csv"]


def test_a_socket_in_the_landing_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = LandedFolder(tmp_path)
    (folder.landing / "centres").mkdir()
    monkeypatch.chdir(folder.landing / "centres")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("s 2026-07-01.csv")
        assert [file.status for file in discover(folder.landing, AS_OF)] == ["refused"]
