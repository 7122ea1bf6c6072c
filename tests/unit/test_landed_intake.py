"""Bytes taken in: archives, encodings, limits, files that change, and what is kept in the store."""

import gzip
import hashlib
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from assets.landed.deliveries import discover_feed
from assets.landed.intake import TakenIn, take_in
from assets.landed.limits import Limits
from tests.landed_folder import AS_OF, LandedFolder, csv_of, rows_of

CENTRES = csv_of(rows_of("centres", {}, {"centre_number": "00002", "name": "Tŷ Newydd"}))


def taken(folder: LandedFolder, content: bytes, name: str = "2026-07-01.csv", limits: Limits | None = None) -> TakenIn:
    folder.put("centres", content, name)
    (found,) = (file for file in discover_feed(folder.landing, "centres", AS_OF) if file.path.name == name)
    return take_in(found, folder.store, limits or Limits())


def reason(outcome: TakenIn) -> str | None:
    return outcome.refusal.reason if outcome.refusal else None


def zip_of(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return packed.getvalue()


@pytest.fixture
def folder(tmp_path: Path) -> LandedFolder:
    return LandedFolder(tmp_path)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("2026-07-01.csv", CENTRES),
        ("2026-07-01 bom.csv", b"\xef\xbb\xbf" + CENTRES),
        ("2026-07-01 little.csv", b"\xff\xfe" + CENTRES.decode().encode("utf-16-le")),
        ("2026-07-01 big.csv", b"\xfe\xff" + CENTRES.decode().encode("utf-16-be")),
        ("2026-07-01.csv.gz", gzip.compress(CENTRES, mtime=0)),
        ("2026-07-01 two.csv.gz", gzip.compress(CENTRES[:40], mtime=0) + gzip.compress(CENTRES[40:], mtime=0)),
        ("2026-07-01.csv.zip", zip_of(("centres.CSV", CENTRES))),
        ("2026-07-01 utf16.csv.gz", gzip.compress(CENTRES.decode().encode("utf-16"), mtime=0)),
    ],
)
def test_however_it_is_packed_the_text_to_parse_is_the_same(folder: LandedFolder, name: str, content: bytes) -> None:
    outcome = taken(folder, content, name)
    assert outcome.readable is not None and outcome.readable.read_bytes() == CENTRES
    assert outcome.landed_rows == 2
    digest = hashlib.sha256(content).hexdigest()
    assert outcome.sha256 == digest
    (kept,) = (file for file in (folder.store / "files").iterdir() if file.suffix in (".csv", ".gz", ".zip"))
    assert kept.name.startswith(digest) and kept.read_bytes() == content


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("2026-07-01.csv.gz", gzip.compress(CENTRES * 500, mtime=0)[:-20], "damaged_archive"),
        ("2026-07-01.csv.gz", gzip.compress(CENTRES, mtime=0)[:-4] + b"\0\0\0\0", "damaged_archive"),
        ("2026-07-01.csv.gz", gzip.compress(CENTRES, mtime=0) + b"rest", "damaged_archive"),
        ("2026-07-01.csv.gz", CENTRES, "damaged_archive"),
        ("2026-07-01.csv.zip", zip_of(("a.csv", CENTRES))[:-30], "damaged_archive"),
        (
            "2026-07-01.csv.zip",
            zip_of(("a.csv", CENTRES), method=zipfile.ZIP_STORED).replace(b"Newydd", b"Newidd"),
            "damaged_archive",
        ),
        ("2026-07-01.csv.zip", zip_of(("../a.csv", CENTRES)), "unsafe_member_name"),
        ("2026-07-01.csv.zip", zip_of(("/etc/a.csv", CENTRES)), "unsafe_member_name"),
        ("2026-07-01.csv.zip", zip_of(("..\\a.csv", CENTRES)), "unsafe_member_name"),
        ("2026-07-01.csv.zip", zip_of(("C:a.csv", CENTRES)), "unsafe_member_name"),
        ("2026-07-01.csv.zip", zip_of(("a.csv", CENTRES), ("b.csv", CENTRES)), "not_one_member"),
        ("2026-07-01.csv.zip", zip_of(), "not_one_member"),
        ("2026-07-01.csv.zip", zip_of(("a.txt", CENTRES)), "not_one_member"),
        ("2026-07-01.csv", CENTRES.replace(b"College", b"Coll\0ege"), "nul_bytes"),
        ("2026-07-01.csv", CENTRES.decode().encode("utf-16-le"), "nul_bytes"),
        ("2026-07-01.csv", CENTRES.decode().encode("utf-16")[:-1], "damaged_utf16"),
        ("2026-07-01.csv", b"", "empty_file"),
        ("2026-07-01.csv", b"\n \t\r\n", "empty_file"),
        ("2026-07-01.csv.gz", gzip.compress(b"", mtime=0), "empty_file"),
        ("2026-07-01.csv", CENTRES.replace(b"\n", b"\r"), "carriage_returns"),
    ],
)
def test_unusable_bytes_are_refused_with_their_reason(
    folder: LandedFolder, name: str, content: bytes, expected: str | None
) -> None:
    outcome = taken(folder, content, name)
    assert reason(outcome) == expected
    assert (outcome.readable is None) == (expected is not None)
    assert not list(folder.store.rglob(".incomplete-*"))


def test_latin_1_is_refused_with_the_line_of_its_first_foreign_byte_and_its_rows_counted(folder: LandedFolder) -> None:
    rows = rows_of("centres", {"name": "Plain"}, {"centre_number": "00002", "name": "Café"}, {"centre_number": "00003"})
    outcome = taken(folder, csv_of(rows).decode().encode("latin-1"))
    assert outcome.refusal is not None
    assert outcome.refusal.message == (
        "Line [3] holds a byte that is not UTF-8. "
        "Save the file as UTF-8 and send it again; other encodings are not guessed."
    )
    assert (outcome.refusal.reason, outcome.landed_rows) == ("not_utf8", 3)


@pytest.mark.parametrize(
    ("limits", "name", "content", "expected"),
    [
        (Limits(delivered_bytes=50), "2026-07-01.csv", CENTRES, "too_large"),
        (Limits(expanded_bytes=50), "2026-07-01.csv.gz", gzip.compress(CENTRES, mtime=0), "too_large"),
        (
            Limits(ratio_from_bytes=1000),
            "2026-07-01.csv.gz",
            gzip.compress(CENTRES * 10000, mtime=0),
            "suspicious_ratio",
        ),
        (Limits(ratio_from_bytes=1000), "2026-07-01.csv.zip", zip_of(("a.csv", CENTRES * 10000)), "suspicious_ratio"),
        (Limits(), "2026-07-01.csv.gz", gzip.compress(CENTRES * 10000, mtime=0), None),
        (Limits(line_bytes=100), "2026-07-01.csv", CENTRES + b"00003," + b"x" * 95, "line_too_long"),
        (Limits(line_bytes=100), "2026-07-01.csv", CENTRES + b"00003," + b"x" * 94, None),
        (Limits(line_bytes=100), "2026-07-01.csv", b"x" * (9 << 20), "line_too_long"),
        (Limits(line_bytes=100), "2026-07-01.csv", b"x" * 101 + b"\n" + CENTRES, "line_too_long"),
    ],
)
def test_a_delivery_beyond_a_limit_is_refused(
    folder: LandedFolder, limits: Limits, name: str, content: bytes, expected: str | None
) -> None:
    assert reason(taken(folder, content, name, limits)) == expected


def test_a_limit_must_be_a_positive_number() -> None:
    with pytest.raises(ValueError, match=r"limit \[ratio\] is \[0\]"):
        Limits(ratio=0)


def test_a_file_that_changes_while_it_is_read_is_left_for_the_next_run(
    folder: LandedFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder.put("centres", CENTRES, "2026-07-01.csv")
    sha256 = hashlib.sha256

    def grow(*given: Any) -> Any:
        with path.open("ab") as file:
            file.write(b"00003,Late\n")
        return sha256(*given)

    (found,) = discover_feed(folder.landing, "centres", AS_OF)
    monkeypatch.setattr("assets.landed.intake.hashlib.sha256", grow)
    assert reason(take_in(found, folder.store, Limits())) == "still_growing"


def test_a_file_that_may_not_be_opened_is_refused(folder: LandedFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> int:
        raise PermissionError("secret")

    monkeypatch.setattr("assets.landed.intake.os.open", refuse)
    outcome = taken(folder, CENTRES)
    assert outcome.refusal is not None and outcome.refusal.reason == "unreadable"
    assert "PermissionError" in outcome.refusal.message and "secret" not in outcome.refusal.message


def test_a_file_swapped_for_a_link_after_it_was_found_is_refused(folder: LandedFolder, tmp_path: Path) -> None:
    path = folder.put("centres", CENTRES, "2026-07-01.csv")
    (found,) = discover_feed(folder.landing, "centres", AS_OF)
    path.rename(tmp_path / "elsewhere.csv")
    path.symlink_to(tmp_path / "elsewhere.csv")
    assert reason(take_in(found, folder.store, Limits())) == "not_a_regular_file"


def test_a_folder_swapped_for_a_link_after_it_was_found_is_refused(folder: LandedFolder, tmp_path: Path) -> None:
    path = folder.put("centres", CENTRES, "2026-07-01.csv")
    (found,) = discover_feed(folder.landing, "centres", AS_OF)
    path.parent.rename(tmp_path / "elsewhere")
    path.parent.symlink_to(tmp_path / "elsewhere")
    assert reason(take_in(found, folder.store, Limits())) == "not_a_regular_file"


def test_bytes_that_are_in_the_store_are_not_written_again(folder: LandedFolder) -> None:
    first = taken(folder, gzip.compress(CENTRES, mtime=0), "2026-07-01.csv.gz")
    written = {file: file.stat().st_mtime_ns for file in (folder.store / "files").iterdir()}
    again = taken(folder, gzip.compress(CENTRES, mtime=0), "2026-07-02.csv.gz")
    assert (again.delivery_id, again.readable, again.landed_rows) == (first.delivery_id, first.readable, 2)
    assert {file: file.stat().st_mtime_ns for file in (folder.store / "files").iterdir()} == written


def test_what_is_taken_in_may_be_read_by_its_owner_alone(folder: LandedFolder) -> None:
    taken(folder, b"\xef\xbb\xbf" + CENTRES)
    assert {file.stat().st_mode & 0o077 for file in (folder.store / "files").iterdir()} == {0}


def test_bytes_that_were_refused_under_a_wrong_ending_are_a_delivery_under_the_right_one(tmp_path: Path) -> None:
    folder = LandedFolder(tmp_path)
    content = csv_of(rows_of("centres", {}))
    folder.put("centres", content, "centres 2026-07-15.csv.gz")
    folder.put("centres", content, "centres 2026-07-16.csv")
    folder.land("centres")
    assert [(row["status"], row["reason"]) for row in folder.deliveries()] == [
        ("refused", "damaged_archive"),
        ("accepted", ""),
    ]
