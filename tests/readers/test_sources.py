"""Sources: files in formats of their own become rows of feeds through the same checks as canonical deliveries.

The reader used here is made for these tests: each line `R;…` is a registration-like row of `centres`, `Q;…` of
`qualifications`, `B;…` two centres at once, `!` a line that the format refuses, `#` one that belongs to no feed.
"""

import gzip
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.landed import readers
from assets.landed.limits import Limits
from assets.landed.reader import Delivered, Options, Part, Reader, refused_rows
from assets.landed.sources import Lookup, SourceError, read_source
from tests.landed_folder import LandedFolder


class _Options(Options):
    organisation: str = "RN0001"
    names: Lookup = {}
    lose: int = 0


def _read(delivered: Delivered, options: _Options) -> Iterator[Part]:
    lines = [line for line in delivered.path.read_text().split("\n") if line.strip()]
    centres, qualifications, refused = [], [], []
    for number, line in enumerate(lines, 1):
        kind, _, rest = line.partition(";")
        if kind in ("R", "B"):
            for cell in rest.split("+"):
                centre, name = cell.split(",")
                row = len(centres) + 1
                centres.append(
                    {"centre_number": centre, "name": options.names.get(name, name), "line": number, "row": row}
                )
                if name == "refuse":
                    told = {
                        "column_name": "Name",
                        "rule": "no_name",
                        "value_class": "letters, 6",
                        "message": "Give a name.",
                    }
                    refused.append({"line": number, "row": row, **told})
        elif kind == "Q":
            fixed = {"title": "T", "awarding_organisation_rn": options.organisation, "level": "3"}
            qualifications.append({"qualification_number": rest, **fixed, "line": number, "row": number})
        elif kind == "!":
            refused.append({"line": number, "rule": "not_a_record", "value_class": "text", "message": "It is none."})
    set_aside = sum(line.startswith("#") for line in lines)
    seen = len(lines) - options.lose
    yield Part(
        feed="centres",
        records=_frame(centres, ("centre_number", "name")),
        refused=refused_rows(refused),
        lines=seen,
        set_aside=set_aside,
    )
    names = ("qualification_number", "title", "awarding_organisation_rn", "level")
    yield Part(feed="qualifications", records=_frame(qualifications, names))


def _frame(rows: list[dict[str, Any]], names: tuple[str, ...]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={**dict.fromkeys(names, pl.String), "line": pl.Int64, "row": pl.Int64})


READER = Reader(
    name="invented",
    title="Invented lines",
    meaning="Made for tests.",
    endings=("lst",),
    text=True,
    options=_Options,
    feeds=lambda options: ("centres", "qualifications"),
    read=_read,
    facts=(),
    rows_a_line=True,
)


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "names", lambda: ("invented",))
    monkeypatch.setattr(readers, "reader", lambda name: READER)


@pytest.fixture
def folder(tmp_path: Path) -> LandedFolder:
    landed = LandedFolder(tmp_path)
    _source(landed, "sender")
    return landed


def _source(landed: LandedFolder, name: str, text: str = "reader: invented\n") -> None:
    landed.put("sources", text.encode(), f"{name}.yaml")


def _land(
    landed: LandedFolder, content: bytes, name: str = "list 2026-07-15.lst", source: str = "sender"
) -> dict[str, Any]:
    landed.put(source, content, name)
    return _of(landed, f"{source}/{name}")


def _of(landed: LandedFolder, file_name: str, feed: str = "centres") -> dict[str, Any]:
    landed.land(feed)
    (row,) = (row for row in landed.deliveries() if row["file_name"] == file_name and row["feed"] == feed)
    return row


def test_one_file_becomes_rows_of_each_of_its_feeds(folder: LandedFolder) -> None:
    centres = _land(folder, b"R;99001,One\nQ;60000004\n")
    qualifications = _of(folder, "sender/list 2026-07-15.lst", "qualifications")
    assert (centres["status"], centres["format"], centres["valid_rows"]) == ("accepted", "invented", 1)
    assert (qualifications["status"], qualifications["valid_rows"]) == ("accepted", 1)
    assert centres["delivery_id"] != qualifications["delivery_id"]
    assert folder.valid(qualifications)[0]["line"] == 2


def test_a_feed_of_which_the_file_holds_nothing_is_left_as_it_was(folder: LandedFolder) -> None:
    assert _land(folder, b"R;99001,One\n")["status"] == "accepted"
    nothing = _of(folder, "sender/list 2026-07-15.lst", "qualifications")
    assert (nothing["status"], nothing["reason"], nothing["landed_rows"]) == ("ignored", "no_row_for_feed", None)


def test_a_file_without_a_row_of_any_feed_is_refused(folder: LandedFolder) -> None:
    assert _land(folder, b"nothing\n")["reason"] == "header_only"


def test_a_file_whose_records_all_belong_to_no_feed_is_no_fault_of_its_sender(folder: LandedFolder) -> None:
    row = _land(folder, b"# nothing\n")
    assert (row["status"], row["reason"]) == ("ignored", "no_row_for_feed")


def test_a_source_can_say_that_its_files_are_deltas(folder: LandedFolder) -> None:
    assert _land(folder, b"R;99001,One\n")["kind"] == "full"
    _source(folder, "sender", "reader: invented\nkind: delta\n")
    assert _of(folder, "sender/list 2026-07-15.lst")["kind"] == "delta"


def test_rows_of_one_line_are_told_apart(folder: LandedFolder) -> None:
    row = _land(folder, b"B;99001,One+99002,Two\nB;99001,One+99003,Three\n")
    assert (row["landed_rows"], row["valid_rows"], row["duplicate_rows"], row["quarantined_rows"]) == (4, 3, 1, 0)
    assert [(valid["centre_number"], valid["line"]) for valid in folder.valid(row)] == [
        ("99001", 1),
        ("99002", 1),
        ("99003", 2),
    ]


def test_conflicting_rows_of_one_line_take_no_other_row_with_them(folder: LandedFolder) -> None:
    row = _land(folder, b"B;99001,One+99001,Other+99002,Two\n")
    assert (row["valid_rows"], row["quarantined_rows"]) == (1, 2)
    assert folder.reasons() == [(1, None, "conflicting_duplicate", "rows of one key, 2")]


def test_a_row_that_the_format_refuses_is_quarantined_with_its_key(folder: LandedFolder) -> None:
    row = _land(folder, b"B;99001,refuse+99002,Two\nR;1,One\n!\n# aside\n")
    assert (row["landed_rows"], row["valid_rows"], row["quarantined_rows"], row["set_aside_rows"]) == (4, 1, 3, 1)
    assert folder.reasons() == [
        (1, "Name", "no_name", "letters, 6"),
        (2, "centre_number", "pattern", "digits, 1"),
        (3, None, "not_a_record", "text"),
    ]
    assert [(key["centre_number"], key["key_readable"], key["line"]) for key in folder.keys(row)] == [
        ("99001", True, 1),
        (None, False, 2),
        (None, False, 3),
    ]


def test_a_line_that_the_reader_does_not_account_for_refuses_the_file(folder: LandedFolder) -> None:
    _source(folder, "sender", "reader: invented\noptions: {lose: 1}\n")
    row = _land(folder, b"R;99001,One\nR;99002,Two\n")
    assert (row["status"], row["reason"]) == ("refused", "lines_unaccounted")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("reader: none\n", "[reader] is none there is"),
        ("reader: invented\nsurprise: 1\n", "[surprise]"),
        ("reader: invented\noptions: {organisation: 5}\n", "[options.organisation]"),
        ("reader: invented\noptions: {names: {file: ../x.csv}}\n", "[options.names]"),
        ('reader: invented\noptions: {names: {"9900000012Secret": 5}}\n', "[options.names.…]"),
        ("reader: invented\nreader: invented\n", "twice"),
        ("- a\n", "mapping"),
    ],
)
def test_a_source_that_cannot_be_used_refuses_its_files_and_touches_no_other(
    folder: LandedFolder, text: str, said: str
) -> None:
    from assets.landed.landing import land_unclaimed
    from tests.landed_folder import AS_OF

    _source(folder, "broken", text)
    folder.put("broken", b"R;99001,Secret\n", "list 2026-07-15.lst")
    good = _land(folder, b"R;99001,One\n")
    land_unclaimed(folder.con, folder.landing, AS_OF)
    refused = [row for row in folder.deliveries() if row["reason"] == "unusable_source"]
    assert good["status"] == "accepted"
    assert [row["file_name"] for row in refused] == ["broken/list 2026-07-15.lst", "sources/broken.yaml"]
    assert all(said in row["message"] and "Secret" not in row["message"] for row in refused)


def test_a_source_may_not_have_the_name_of_a_feed(tmp_path: Path) -> None:
    path = tmp_path / "centres.yaml"
    path.write_text("reader: invented\n")
    with pytest.raises(SourceError, match=r"source \[centres\]: a feed has this name"):
        read_source(path)


def test_a_list_beside_the_source_is_looked_up_and_a_change_of_it_is_read_anew(folder: LandedFolder) -> None:
    _source(folder, "sender", "reader: invented\noptions: {names: {file: names.csv}}\n")
    folder.put("sources", b"delivered,canonical\n1,First College\n", "names.csv")
    before = _land(folder, b"R;99001,1\n")
    assert folder.valid(before)[0]["name"] == "First College"
    folder.put("sources", b"delivered,canonical\n1,Second Colleges\n", "names.csv")
    after = _of(folder, "sender/list 2026-07-15.lst")
    assert folder.valid(after)[0]["name"] == "Second Colleges"
    assert before["delivery_id"] != after["delivery_id"]


def test_the_same_bytes_from_two_sources_are_two_deliveries_and_twice_from_one_are_one(folder: LandedFolder) -> None:
    _source(folder, "other")
    for source, name in (("sender", "a 2026-07-15.lst"), ("sender", "b 2026-07-16.lst"), ("other", "c 2026-07-15.lst")):
        folder.put(source, b"R;99001,One\n", name)
    folder.land("centres")
    assert [row["status"] for row in folder.deliveries()] == ["accepted", "accepted", "repeated"]


def test_an_archive_holds_one_file_of_the_format(folder: LandedFolder) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("inside.lst", "R;99001,One\n")
    assert _land(folder, packed.getvalue(), "list 2026-07-15.lst.zip")["status"] == "accepted"
    assert _land(folder, gzip.compress(b"R;99002,Two\n"), "list 2026-07-16.lst.gz")["status"] == "accepted"
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("inside.csv", "R;99001,One\n")
    assert _land(folder, other.getvalue(), "list 2026-07-17.lst.zip")["reason"] == "not_one_member"


def test_an_encoding_is_what_the_source_says_and_is_never_guessed(folder: LandedFolder) -> None:
    text = "R;99001,Coleg Gŵyr\n"
    assert _land(folder, "R;99001,Café\n".encode("cp1252"))["reason"] == "not_utf8"
    _source(folder, "sender", "reader: invented\nencoding: windows-1252\n")
    row = _of(folder, "sender/list 2026-07-15.lst")
    assert folder.valid(row)[0]["name"] == "Café"
    assert folder.valid(_land(folder, text.encode("utf-16"), "list 2026-07-16.lst"))[0]["name"] == "Coleg Gŵyr"
    undefined = _land(folder, b"R;99001,\x81\n", "list 2026-07-17.lst")
    assert undefined["reason"] == "damaged_encoding"


def test_files_of_other_endings_are_no_deliveries_and_the_message_names_those_that_are(folder: LandedFolder) -> None:
    from assets.landed.landing import land_unclaimed
    from tests.landed_folder import AS_OF

    folder.put("sender", b"x", "list 2026-07-15.doc")
    land_unclaimed(folder.con, folder.landing, AS_OF)
    (row,) = folder.deliveries()
    assert (row["status"], row["reason"], row["feed"]) == ("ignored", "other_extension", None)
    assert "[.lst]" in row["message"]


def test_the_limit_on_rows_is_named(tmp_path: Path) -> None:
    landed = LandedFolder(tmp_path, Limits(rows=2))
    _source(landed, "sender")
    row = _land(landed, b"R;99001,One\nR;99002,Two\nR;99003,Three\n")
    assert row["reason"] == "too_many_rows"
    assert "the limit [rows] of [2]" in row["message"]
