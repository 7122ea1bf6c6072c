"""A night with hundreds of broken deliveries of every format: each is told with a reason, and none touches another."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from assets.landed.limits import Limits
from fixtures.broken_deliveries import broken
from schemas.feeds import FEEDS
from tests.landed_folder import ACCEPTABLE, csv_of, rows_of
from tests.readers.examples import FormatsFolder, examples

#: Smaller than in service, so that what is too large need not be large here.
LIMITS = Limits(expanded_bytes=20_000_000)

#: Reasons that say that nobody foresaw what happened.
_UNFORESEEN = {"unreadable"}


def _put_good(folder: FormatsFolder) -> None:
    for feed in ACCEPTABLE:
        folder.put(feed, csv_of(rows_of(feed, {})), f"{feed} 2026-07-15.csv")
    for example in examples():
        if example.good:
            folder.deliver(example.reader.name, example.path.read_bytes(), example.path.name)


def _put_broken(folder: FormatsFolder) -> dict[str, str]:
    """Puts every broken version of the first good example of each format, and of a canonical file; names by file."""
    put = {}
    first = {example.reader.name: example for example in reversed(examples()) if example.good}
    sources = [(name, one.path.name, one.path.read_bytes(), one.reader.text) for name, one in first.items()]
    canonical = csv_of(rows_of("ucas_applicants", *({"personal_id": f"01234567{n:02}"} for n in range(20))))
    for place, name, content, text in [*sources, ("ucas_applicants", "applicants.csv", canonical, True)]:
        for number, (what, changed, ending) in enumerate(broken(name, content, text=text)):
            path, suffix = Path(name), Path(name).suffix
            day = number % 28 + 1
            file = f"{path.stem} 2026-07-{day:02} {number:03}{suffix}{ending}"
            if folder_named := re.fullmatch(r"(?i)[a-z0-9]{8}\.x[0-9]{2}", name):
                # such a name tells what is in the file: only its sequence number may change; good ones have low ones
                file = f"{folder_named.group()[:-2]}{number + 40:02}{ending}"
            folder.deliver(place, changed, file) if place in first else folder.put(place, changed, file)
            put[f"{place}/{file}"] = what
    return put


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], list[dict[str, Any]], FormatsFolder]:
    folder = FormatsFolder(tmp_path_factory.mktemp("broken"), LIMITS)
    _put_good(folder)
    put = _put_broken(folder)
    return put, folder.land_all(), folder


def test_at_least_two_hundred_broken_deliveries_are_each_told_with_a_reason(
    landed: tuple[dict[str, str], list[dict[str, Any]], FormatsFolder],
) -> None:
    put, rows, _ = landed
    assert len(put) >= 200
    told = Counter(row["file_name"] for row in rows)
    assert [name for name in put if not told[name]] == []
    for row in rows:
        assert row["status"] == "accepted" or (row["reason"] and row["message"]), row["file_name"]


def test_no_broken_delivery_ends_in_an_error_that_nobody_foresaw(
    landed: tuple[dict[str, str], list[dict[str, Any]], FormatsFolder],
) -> None:
    put, rows, _ = landed
    assert [
        (row["file_name"], put.get(row["file_name"]), row["message"]) for row in rows if row["reason"] in _UNFORESEEN
    ] == []


def test_every_row_of_a_broken_delivery_is_valid_a_duplicate_or_quarantined_with_a_reason(
    landed: tuple[dict[str, str], list[dict[str, Any]], FormatsFolder],
) -> None:
    _, rows, folder = landed
    reasons = Counter(
        dict(
            folder.con.execute(
                "SELECT (feed, delivery_id)::VARCHAR, count(*) FROM landed.quarantine GROUP BY 1"
            ).fetchall()
        )
    )
    for row in rows:
        if row["status"] == "accepted":
            ended = row["valid_rows"] + row["duplicate_rows"] + row["quarantined_rows"]
            assert row["landed_rows"] == ended, row["file_name"]
        if row["status"] in ("accepted", "refused") and row["feed"] is not None and row["quarantined_rows"]:
            assert reasons[f"({row['feed']}, {row['delivery_id']})"], row["file_name"]


def test_nothing_that_is_told_of_a_delivery_holds_a_delivered_value(
    landed: tuple[dict[str, str], list[dict[str, Any]], FormatsFolder],
) -> None:
    _, rows, folder = landed
    values = set()
    for row in rows:
        if row["status"] == "accepted":
            personal = [column.name for column in FEEDS[row["feed"]].columns if column.field.personal]
            for valid in folder.valid(row):
                values |= {str(valid[name]) for name in personal if len(str(valid[name] or "")) >= 6}
    told = folder.con.execute(
        "SELECT concat_ws(' ', reason, message, extra_columns) FROM landed.deliveries "
        "UNION ALL SELECT concat_ws(' ', column_name, value_class, rule, message) FROM landed.quarantine"
    ).fetchall()
    words = {word for (text,) in told for word in re.findall(r"[\w@.'-]{6,}", text)}
    assert values
    assert values & words == set()


def test_broken_deliveries_leave_the_good_ones_of_the_night_as_they_are(
    landed: tuple[dict[str, str], list[dict[str, Any]], FormatsFolder], tmp_path: Path
) -> None:
    _, rows, folder = landed
    alone = FormatsFolder(tmp_path, LIMITS)
    _put_good(alone)
    compared = 0
    for row in alone.land_all():
        (same,) = [one for one in rows if (one["file_name"], one["feed"]) == (row["file_name"], row["feed"])]
        assert same["status"] == row["status"]
        if row["status"] == "accepted":
            assert folder.valid(same) == alone.valid(row)
            compared += 1
    assert compared >= len(ACCEPTABLE)
