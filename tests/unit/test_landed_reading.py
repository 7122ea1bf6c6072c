"""Records of a file and their lines: headers, ragged lines, quotes, line breaks, blank lines."""

import gzip
from pathlib import Path

import polars as pl
import pytest

from assets.landed.limits import Limits
from tests.landed_folder import LandedFolder, csv_of, rows_of

FEED = "centres"
HEADER = b"centre_number,name,urn\n"


@pytest.fixture
def folder(tmp_path: Path) -> LandedFolder:
    return LandedFolder(tmp_path)


def lines_and_names(folder: LandedFolder, content: bytes) -> list[tuple[int, str]]:
    delivery = folder.land_one(FEED, content)
    assert delivery["status"] == "accepted", delivery
    return [(row["line"], row["name"]) for row in folder.valid(delivery)]


@pytest.mark.parametrize(
    ("content", "reason", "words"),
    [
        (b"urn\n1\n", "missing_column", "[centre_number, name]"),
        (b"centre_number,Name\n00001,a\n", "missing_column", "[name]"),
        (b"00001,Secret College\n00002,b\n", "missing_column", "[centre_number, name]"),
        (b"centre_number;name\n00001;a\n", "wrong_delimiter", "a semicolon"),
        (b"centre_number\tname\turn\n00001\ta\tb\n", "wrong_delimiter", "a tab"),
        (b'"centre_number"|"name"\n00001|a\n', "wrong_delimiter", "a vertical bar"),
        (b"centre_number,name,name\n00001,a,b\n", "duplicate_column", "[name]"),
        (b"centre_number,name,new,new\n00001,a,b,c\n", "duplicate_column", "[new]"),
        (b'centre_number,"name\n00001,a\n', "unreadable_header", "quotes"),
        (HEADER, "header_only", "no row"),
        (HEADER + b"\n  \n", "header_only", "no row"),
        (b"", "empty_file", "no line"),
    ],
)
def test_a_header_that_is_not_the_contracts_refuses_the_delivery(
    folder: LandedFolder, content: bytes, reason: str, words: str
) -> None:
    delivery = folder.land_one(FEED, content)
    assert (delivery["status"], delivery["reason"]) == ("refused", reason)
    assert words in delivery["message"] and "Secret" not in delivery["message"]
    assert delivery["landed_rows"] == delivery["quarantined_rows"]
    assert folder.reasons() == [(None, None, reason, None)]


def test_columns_may_stand_in_any_order_with_spaces_and_more_of_them(folder: LandedFolder) -> None:
    delivery = folder.land_one(FEED, b' wifi ,"name", centre_number,,\nyes,Invented,00001,,\n')
    assert folder.valid(delivery)[0] | {"urn": None} == folder.valid(delivery)[0]
    assert (folder.valid(delivery)[0]["centre_number"], folder.valid(delivery)[0]["name"]) == ("00001", "Invented")
    assert delivery["extra_columns"] == "wifi,(unnamed),(unnamed)"


def test_too_many_columns_are_refused(tmp_path: Path) -> None:
    folder = LandedFolder(tmp_path, Limits(columns=3))
    delivery = folder.land_one(FEED, b"centre_number,name,a,b\n00001,x,,\n")
    assert delivery["reason"] == "too_many_columns"


def test_a_ragged_line_is_put_aside_and_its_neighbours_keep_their_lines(folder: LandedFolder) -> None:
    content = HEADER + b"00001,a,\n00002,b\n00003,c,,\n\n00004,d,\n00005\n00006,e,"
    assert lines_and_names(folder, content) == [(2, "a"), (6, "d"), (8, "e")]
    assert folder.reasons() == [
        (3, None, "field_count", "fields, 2"),
        (4, None, "field_count", "fields, 4"),
        (7, None, "field_count", "fields, 1"),
    ]


def test_a_short_and_a_long_line_do_not_make_up_for_each_other(folder: LandedFolder) -> None:
    content = HEADER + b"00001,a\n00002,b,,\n00003,c,\n"
    assert lines_and_names(folder, content) == [(4, "c")]
    assert [line for line, *_ in folder.reasons()] == [2, 3]


def test_an_unclosed_quote_costs_its_own_line_and_no_other(folder: LandedFolder) -> None:
    content = HEADER + b'00001,"a\n00002,b,\n00003,"c, d",\n00004,e",\n00005,f,\n'
    assert lines_and_names(folder, content) == [(3, "b"), (4, "c, d"), (6, "f")]
    assert folder.reasons() == [
        (2, None, "unclosed_quote", "quotes, 1"),
        (5, None, "unclosed_quote", "quotes, 1"),
    ]


def test_a_record_over_two_lines_is_two_unclosed_quotes(folder: LandedFolder) -> None:
    assert lines_and_names(folder, HEADER + b'00001,"a\nb",\n00002,c,\n') == [(4, "c")]
    assert [(line, rule) for line, _, rule, _ in folder.reasons()] == [(2, "unclosed_quote"), (3, "unclosed_quote")]


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (b'"Smith, Jones & Co"', "Smith, Jones & Co"),
        (b'"The ""Red"" College"', 'The "Red" College'),
        (b'""""', '"'),
        (b'"a"",""b"', 'a","b'),
        (b'"  spaced  "', "spaced"),
        (b"it's; a|b\tc", "it's; a|b\tc"),
        ("\u00a0Tŷ\u2003".encode(), "Tŷ"),
        (b"=1+1", "=1+1"),
        (b"#comment", "#comment"),
        (b"NULL", "NULL"),
        (b"NaN", "NaN"),
    ],
)
def test_values_are_read_as_they_were_written(folder: LandedFolder, value: bytes, name: str) -> None:
    assert lines_and_names(folder, HEADER + b"00001," + value + b",1\n") == [(2, name)]


@pytest.mark.parametrize("value", [b'5" wide "', b' "quoted after a space"', b'"quoted" and more'])
def test_a_quote_inside_a_value_that_is_not_quoted_is_put_aside(folder: LandedFolder, value: bytes) -> None:
    assert lines_and_names(folder, HEADER + b"00001," + value + b",1\n00002,b,\n") == [(3, "b")]
    assert [(line, rule) for line, _, rule, _ in folder.reasons()] == [(2, "stray_quote")]


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("last", [True, False])
@pytest.mark.parametrize("quote", [b"", b'"'])
def test_line_breaks_of_windows_and_unix_and_none_at_the_end(
    folder: LandedFolder, ending: str, last: bool, quote: bytes
) -> None:
    content = ending.encode().join([HEADER.strip(), b"00001,a,1", b"00002," + quote + b"b" + quote + b",2"])
    assert lines_and_names(folder, content + ending.encode() * last) == [(2, "a"), (3, "b")]
    assert folder.deliveries()[0]["landed_rows"] == 2


def test_blank_lines_are_no_records_wherever_they_stand(folder: LandedFolder) -> None:
    content = b"\n \r\n" + HEADER + b"\r\n00001,a,\n\n\t\n00002,b,\n \t "
    assert lines_and_names(folder, content) == [(5, "a"), (8, "b")]
    assert folder.deliveries()[0]["landed_rows"] == 2


def test_a_line_of_commas_is_a_record_without_values(folder: LandedFolder) -> None:
    assert lines_and_names(folder, HEADER + b"00001,a,\n,,\n") == [(2, "a")]
    assert folder.reasons() == [(3, "centre_number", "required", "empty"), (3, "name", "required", "empty")]


def test_a_last_row_that_was_cut_is_put_aside_where_it_can_be_seen(folder: LandedFolder) -> None:
    content = csv_of(rows_of("ao_unit_results", {}, {"unit_number": "2"}, {"unit_number": "3"}))
    delivery = folder.land_one("ao_unit_results", content.rstrip()[:-4])
    assert (delivery["landed_rows"], delivery["valid_rows"], delivery["quarantined_rows"]) == (3, 2, 1)
    assert folder.reasons() == [(4, "basis", "codes", "letters, 4")]
    delivery = folder.land_one("ao_unit_results", content.rstrip()[:-20], "cut 2026-07-16.csv")
    assert delivery["valid_rows"] == 2
    assert (4, None, "field_count", "fields, 6") in folder.reasons()


def test_a_truncated_gzip_file_is_refused_and_none_of_its_rows_used(folder: LandedFolder) -> None:
    rows = rows_of(FEED, *({"centre_number": f"{number:05}"} for number in range(20_000)))
    packed = gzip.compress(csv_of(rows), mtime=0)
    delivery = folder.land_one(FEED, packed[: len(packed) // 2], "2026-07-15.csv.gz")
    assert (delivery["status"], delivery["reason"], delivery["valid_rows"]) == ("refused", "damaged_archive", 0)


def test_lines_keep_their_numbers_across_blocks(folder: LandedFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assets.landed.reading.BLOCK", 64)
    monkeypatch.setattr("assets.landed.unpacking.CHUNK", 50)
    rows = [f"{number:05},nŷ{number},\n".encode() for number in range(200)]
    rows[50], rows[100], rows[150] = b"00050\n", b'00100,"n,100",\n', b"\n"
    expected = [(number + 2, f"nŷ{number}") for number in range(200) if number not in (50, 150)]
    expected[99] = (102, "n,100")
    assert lines_and_names(folder, HEADER + b"".join(rows)) == expected
    assert [(line, rule) for line, _, rule, _ in folder.reasons()] == [(52, "field_count")]


def test_a_parser_that_loses_a_line_is_found_out(folder: LandedFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    from assets.landed import delimited_blocks

    honest = delimited_blocks.regular_records

    def forgetful(*given: object) -> pl.DataFrame:
        return honest(*given).head(-1)  # type: ignore[arg-type, union-attr]

    monkeypatch.setattr(delimited_blocks, "regular_records", forgetful)
    delivery = folder.land_one(FEED, HEADER + b'00001,"a",\n00002,b,\n')
    assert (delivery["status"], delivery["reason"]) == ("refused", "lines_unaccounted")
    assert (delivery["landed_rows"], delivery["quarantined_rows"]) == (2, 2)
