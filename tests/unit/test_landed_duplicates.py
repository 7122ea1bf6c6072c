"""Rows of one delivery with the same key: the same values twice, or different ones."""

from pathlib import Path
from typing import Any

import pytest

from tests.landed_folder import LandedFolder, csv_of, rows_of

FEED = "ao_unit_results"


@pytest.fixture
def folder(tmp_path: Path) -> LandedFolder:
    return LandedFolder(tmp_path)


def counts(delivery: dict[str, Any]) -> tuple[int, int, int, int]:
    return tuple(delivery[f"{name}_rows"] for name in ("landed", "valid", "duplicate", "quarantined"))


def test_of_rows_that_say_the_same_the_first_line_is_kept_and_the_others_are_counted(folder: LandedFolder) -> None:
    rows = rows_of(FEED, {"unit_number": "2"}, {}, {"unit_number": "3"}, {}, {})
    delivery = folder.land_one(FEED, csv_of(rows))
    assert counts(delivery) == (5, 3, 2, 0)
    assert [row["line"] for row in folder.valid(delivery)] == [2, 3, 4]
    assert folder.reasons() == []


def test_sameness_is_judged_after_normalising_and_typing(folder: LandedFolder) -> None:
    same = {"qualification_number": "600/0000/4", "points": "6.50", "grade": "p", "unit_number": " 1"}
    delivery = folder.land_one(FEED, csv_of(rows_of(FEED, {}, same)))
    assert counts(delivery) == (2, 1, 1, 0)


def test_rows_of_one_key_that_differ_are_all_put_aside(folder: LandedFolder) -> None:
    rows = rows_of(
        FEED, {}, {"grade": "M"}, {}, {"unit_number": "2"}, {"unit_number": "3", "basis": ""}, {"unit_number": "3"}
    )
    delivery = folder.land_one(FEED, csv_of(rows))
    assert counts(delivery) == (6, 1, 0, 5)
    assert [row["line"] for row in folder.valid(delivery)] == [5]
    assert folder.reasons() == [
        *((line, None, "conflicting_duplicate", "rows of one key, 3") for line in (2, 3, 4)),
        *((line, None, "conflicting_duplicate", "rows of one key, 2") for line in (6, 7)),
    ]
    assert [(row["line"], row["unit_number"], row["key_readable"]) for row in folder.keys(delivery)] == [
        (2, "1", True),
        (3, "1", True),
        (4, "1", True),
        (6, "3", True),
        (7, "3", True),
    ]


def test_empty_parts_of_a_key_and_empty_values_are_equal(folder: LandedFolder) -> None:
    entries = rows_of("centre_unit_entries", {}, {}, {"series": "2026-06"}, {"unit_number": "2"})
    entries += rows_of("centre_unit_entries", {"unit_number": "2", "entry_status": "withdrawn"})
    delivery = folder.land_one("centre_unit_entries", csv_of(entries))
    assert counts(delivery) == (5, 2, 1, 2)
    assert [row["line"] for row in folder.valid(delivery)] == [2, 4]


def test_a_valid_row_conflicts_with_a_bad_one_of_its_key(folder: LandedFolder) -> None:
    # two rows of one delivery with the same key and different values are both quarantined, also if one is unreadable
    rows = rows_of(FEED, {}, {"result_date": "01/07/2026"}, {"unit_number": "2"})
    delivery = folder.land_one(FEED, csv_of(rows))
    assert counts(delivery) == (3, 1, 0, 2)
    assert [(line, rule) for line, _, rule, _ in folder.reasons()] == [(2, "conflicting_duplicate"), (3, "date")]


def test_a_row_whose_key_cannot_be_read_conflicts_with_nothing(folder: LandedFolder) -> None:
    entries = rows_of("centre_unit_entries", {}, {"series": "June 2026"}, {"series": "2026-13", "centre_number": "1"})
    delivery = folder.land_one("centre_unit_entries", csv_of(entries))
    assert counts(delivery) == (3, 1, 0, 2)
    assert [row["line"] for row in folder.valid(delivery)] == [2]
    keys = folder.keys(delivery)
    # only the sender is told, so that the unreadable series is never taken for an empty one
    assert [(row["centre_number"], row["key_readable"]) for row in keys] == [("01234", False), (None, False)]
    assert {row[name] for row in keys for name in ("centre_learner_reference", "unit_number", "series")} == {None}


def test_an_irregular_line_has_no_key(folder: LandedFolder) -> None:
    delivery = folder.land_one(FEED, csv_of(rows_of(FEED, {})) + b"RN0001,REG1\n")
    assert [(row["line"], row["key_readable"], row["registration_number"]) for row in folder.keys(delivery)] == [
        (3, False, None)
    ]


def test_duplicates_are_found_across_blocks_and_portions(folder: LandedFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assets.landed.reading.BLOCK", 512)
    monkeypatch.setattr("assets.landed.duplicates._AT_ONCE", 3)
    units = [{"unit_number": str(number)} for number in range(60)]
    rows = rows_of(FEED, *units, *units, *({**unit, "grade": "D"} for unit in units[:10]))
    delivery = folder.land_one(FEED, csv_of(rows))
    assert counts(delivery) == (130, 50, 50, 30)
    assert [row["line"] for row in folder.valid(delivery)] == list(range(12, 62))


def test_keys_that_only_share_a_hash_are_no_duplicates(folder: LandedFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    import polars as pl

    def one_hash(frame: pl.DataFrame, **_: Any) -> pl.Series:
        return pl.Series([7] * frame.height, dtype=pl.UInt64)

    monkeypatch.setattr(pl.DataFrame, "hash_rows", one_hash)
    rows = rows_of(FEED, *({"unit_number": str(number)} for number in range(20)), {"unit_number": "4"})
    assert counts(folder.land_one(FEED, csv_of(rows))) == (21, 20, 1, 0)
