"""Delimited text by a mapping: dialects, headings, what stands above and below, records over several lines, damage."""

import csv
import io
import json
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.landed.limits import Limits
from assets.landed.reader import Delivered, Part
from assets.landed.readers.delimited import READER, DelimitedOptions
from assets.landed.refusals import RefusedDelivery
from pipelines.formats_page import EXAMPLES
from tests.readers.examples import FormatsFolder

MALFORMED = EXAMPLES / "delimited" / "malformed"
COLUMNS = {"centre_number": "Centre", "name": "Name", "urn": "URN", "postcode": "Postcode"}

#: Of each malformed example the reason for which it is refused, or the line, column and rule of each row put aside.
EXPECTED: dict[str, str | list[tuple[int, str | None, str]]] = {
    "a-centre-number-of-four-digits": [(2, "centre_number", "pattern")],
    "a-course-that-is-in-no-list": [
        (2, "awarding_organisation_rn", "not_in_list"),
        (2, "qualification_number", "not_in_list"),
    ],
    "a-day-that-does-not-exist": [(2, "date_of_birth", "date")],
    "a-field-missing": [(3, None, "field_count")],
    "a-field-too-many": [(3, None, "field_count")],
    "a-name-without-a-comma": [(2, "forename", "not_in_parts"), (2, "surname", "not_in_parts")],
    "a-number-in-scientific-notation": [(2, "centre_learner_reference", "scientific_notation")],
    "a-quote-that-is-never-closed": [(3, None, "unclosed_quote")],
    "a-quote-within-a-value": [(3, None, "stray_quote")],
    "a-sex-of-another-code": [(2, "sex", "codes")],
    "a-zero-kept-beside-one-lost": [(3, "personal_id", "pattern")],
    "an-entry-of-unknown-status": [],
    "dates-with-the-month-first": [(2, "date_of_birth", "date")],
    "dates-year-first": [(2, "date_of_birth", "date_format")],
    "empty-rows-alone": "header_only",
    "gcse-entries-alone": "no_row_for_feed",
    "headings-alone": "header_only",
    "headings-with-an-open-quote": "unreadable_header",
    "no-headings": "missing_column",
    "no-names": "missing_column",
    "parted-by-semicolons": "wrong_delimiter",
    "two-columns-of-dates-of-birth": "duplicate_column",
    "two-open-quotes-with-lines-between": [(3, None, "unclosed_quote"), (5, None, "stray_quote")],
    "two-zeros-lost": [(2, "personal_id", "pattern")],
}


def test_every_malformed_example_is_expected_to_be_something() -> None:
    assert sorted(EXPECTED) == sorted(path.stem for path in MALFORMED.iterdir())


@pytest.mark.parametrize("name", EXPECTED)
def test_a_malformed_file_is_refused_or_its_rows_are_put_aside(name: str, tmp_path: Path) -> None:
    folder, expected = FormatsFolder(tmp_path), EXPECTED[name]
    folder.deliver("delimited", (MALFORMED / f"{name}.csv").read_bytes(), f"{name}.csv")
    (row,) = folder.land_all(["centre_registrations"])
    if isinstance(expected, str):
        assert row["reason"] == expected
    else:
        assert row["status"] == "accepted"
        assert [(line, column, rule) for line, column, rule, _ in folder.reasons()] == sorted(expected)
        assert row["landed_rows"] == row["valid_rows"] + len({line for line, *_ in expected})


def test_the_good_examples_are_the_same_learners_and_units(tmp_path: Path) -> None:
    folder = FormatsFolder(tmp_path)
    for path in (EXAMPLES / "delimited" / "good").iterdir():
        folder.deliver("delimited", path.read_bytes(), path.name)
    learners = folder.land_all(["centre_registrations"])
    first, second = ([dict(row, line=0) for row in folder.valid(delivery)] for delivery in learners)
    assert first == second and len(first) == 8
    assert first[0]["personal_id"] == "0990000001" and first[0]["sex"] == "F" and first[4]["sex"] is None
    assert (first[3]["surname"], first[3]["forename"]) == ("D'Invented", "Zoë")
    assert first[0]["planned_completion"] == "2026-06"
    assert [row["repaired_values"] for row in learners] == [6, 6]


def options(columns: Mapping[str, Any] = COLUMNS, **more: Any) -> DelimitedOptions:
    return DelimitedOptions.model_validate({"feeds": {"centres": {"columns": dict(columns)}}, **more})


def parts(path: Path, content: bytes | str, **more: Any) -> list[Part]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    limits = more.pop("limits", Limits())
    stated = more.pop("options", None) or options(**more)
    return list(READER.read(Delivered(path=path, name="x.csv", delivered_on=date(2026, 7, 15), limits=limits), stated))


def rows_of(found: list[Part]) -> list[tuple[Any, ...]]:
    """Name and line of each record."""
    return [row for part in found for row in part.records.select("name", "line").rows()]


def rules_of(found: list[Part]) -> list[tuple[Any, ...]]:
    return [row for part in found for row in part.refused.select("line", "rule").rows()]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "x.csv"


def test_lines_above_the_headings_and_a_footer_are_skipped_and_accounted_for(file: Path) -> None:
    content = "Centres\n\n;;\nCentre;Name;URN;Postcode\n99101;Total College;;\n\nTotal;1\nPrinted on Friday\n"
    found = parts(file, content, delimiter=";", header_row=4, footer=["total", "Printed on"])
    assert rows_of(found) == [("Total College", 5)]
    assert sum(part.lines for part in found) == 6 and not rules_of(found)


def test_a_row_that_begins_as_a_footer_does_amid_the_others_is_a_record(file: Path) -> None:
    content = "Name,Centre,URN,Postcode\nTotal Learning,99101,,\nOther,99102,,\nTotal,2,,\n"
    assert [name for name, _ in rows_of(parts(file, content, footer="Total"))] == ["Total Learning", "Other"]


def test_headings_may_have_line_breaks_and_any_white_space_and_case(file: Path) -> None:
    content = '"Centre\r\nnumber",  NAME ,"u\t r  n",postCODE,Wifi\r\n99101,A,1,,yes\r\n'
    columns = COLUMNS | {"centre_number": ["Centre No", "centre number"], "urn": "U R N"}
    (found,) = parts(file, content, columns=columns)
    assert found.records.row(0, named=True) == {
        "centre_number": "99101",
        "name": "A",
        "urn": "1",
        "postcode": None,
        "line": 3,
    }
    assert found.extra_columns == ("Wifi",) and found.lines == 3


def test_a_record_over_several_lines_bears_the_number_of_its_first(file: Path) -> None:
    found = parts(file, 'Centre,Name,URN,Postcode\n99101,"A\n\nB",,\n99102,C,,\n')
    assert rows_of(found) == [("A\n\nB", 2), ("C", 5)]
    assert sum(part.lines for part in found) == 4


def test_quotes_that_mean_nothing_are_characters(file: Path) -> None:
    found = parts(file, 'Centre|Name|URN|Postcode\n99101|"The" College|5"|\n', delimiter="|", quote="")
    assert rows_of(found) == [('"The" College', 2)]


def test_an_open_quote_does_not_reach_beyond_what_a_record_may_be(file: Path) -> None:
    body = "".join(f"{99102 + number},B,,\n" for number in range(1500))
    found = parts(file, f'Centre,Name,URN,Postcode\n99101,"A,,\n{body}99100,"C"\n')
    assert len(rows_of(found)) == 1500
    assert rules_of(found) == [(2, "unclosed_quote"), (1503, "field_count")]


def test_a_quote_closed_only_after_whole_records_takes_none_of_them(file: Path) -> None:
    found = parts(file, 'Centre,Name,URN,Postcode\n99101,A,,"x\n99102,B,,\n99103,C,,\n99104,D,,y"\n99105,E,,\n')
    assert rows_of(found) == [("B", 3), ("C", 4), ("E", 6)]
    assert rules_of(found) == [(2, "swallowed_lines"), (5, "stray_quote")]


def test_two_broken_lines_that_would_make_one_record_are_both_refused(file: Path) -> None:
    found = parts(file, 'Centre,Name,URN,Postcode\n99101,A,,"x\n99102,B,,y"\n99103,C,,\n')
    assert rows_of(found) == [("C", 4)]
    assert rules_of(found) == [(2, "swallowed_lines"), (3, "stray_quote")]


def test_a_file_that_was_never_in_a_spreadsheet_is_not_taken_for_one(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assets.landed.readers.delimited._SHEET_ROWS", 2)
    content = "Centre,Name,URN,Postcode\n" + "99101,A,,\n" * 3
    assert len(rows_of(parts(file, content))) == 3
    with pytest.raises(RefusedDelivery, match="in a spreadsheet"):
        parts(file, content, spreadsheet=True)


@pytest.mark.parametrize(
    ("content", "more", "said"),
    [
        ("Centre,Name,URN,Postcode,a\n", {"limits": Limits(columns=4)}, r"the limit \[columns\] of \[4\]"),
        ("a\n", {"header_row": 5}, r"no line \[5\]"),
        ("Centre\tName\n1\t2\n", {}, "parted by tabs"),
        ("99101,Secret\n", {}, r"given for \[centre_number, name\]"),
        ("Centre,Name,centre\n", {}, r"several columns with the headings given for \[centre_number\]"),
    ],
)
def test_a_refusal_names_what_the_source_says_and_nothing_that_was_delivered(
    file: Path, content: str, more: dict[str, Any], said: str
) -> None:
    with pytest.raises(RefusedDelivery, match=said) as refused:
        parts(file, content, **more)
    assert "Secret" not in str(refused.value)


_VALUE = st.text(st.sampled_from("ab é'\"\r\n\t \u2019"), max_size=8)
#: One delimiter at most, so that no value can look like a record of its own.
_PARTED = st.sampled_from(["", "x,y", "1;2", "a|b", "c\td"])
_DIALECTS = st.fixed_dictionaries(
    {
        "delimiter": st.sampled_from([",", ";", "\t", "|"]),
        "quotechar": st.sampled_from(['"', "'"]),
        "lineterminator": st.sampled_from(["\n", "\r\n"]),
        "quoting": st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    }
)


@settings(max_examples=40, deadline=None)
@given(
    table=st.lists(st.tuples(_VALUE, _VALUE, _PARTED), min_size=1, max_size=8),
    dialect=_DIALECTS,
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "windows-1252"]),
)
def test_any_table_reads_back_as_it_was_written(
    table: list[tuple[str, str, str]], dialect: dict[str, Any], encoding: str
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, **dialect)
    writer.writerow(["Name", "Centre", "URN", "Postcode", "Other"])
    written = [(f"N{name}N", f"{99000 + number}", urn, post) for number, (name, urn, post) in enumerate(table)]
    writer.writerows([(*row, "") for row in written])
    source = {
        "reader": "delimited",
        "encoding": encoding if encoding == "windows-1252" else "utf-8",
        "options": {
            "delimiter": dialect["delimiter"],
            "quote": dialect["quotechar"],
            "feeds": {"centres": {"columns": COLUMNS}},
        },
    }
    with tempfile.TemporaryDirectory() as place:
        folder = FormatsFolder(Path(place))
        folder.put("sources", json.dumps(source).encode(), "list.yaml")
        folder.put("list", text.getvalue().encode(encoding), "list 2026-07-15.csv")
        (delivery,) = folder.land_all(["centres"])
        found = [(row["name"], row["centre_number"], row["urn"], row["postcode"]) for row in folder.valid(delivery)]
    assert sorted(found, key=lambda row: row[1]) == [
        (name, centre, urn.strip() or None, post.strip().upper() or None) for name, centre, urn, post in written
    ]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    order=st.permutations(["Centre", "Name", "URN", "Postcode", "Else"]),
    upper=st.lists(st.booleans(), min_size=5, max_size=5),
    cells=st.lists(st.lists(_VALUE, min_size=5, max_size=5), min_size=1, max_size=5),
)
def test_columns_in_any_order_and_case_give_the_same_records(
    tmp_path: Path, order: list[str], upper: list[bool], cells: list[list[str]]
) -> None:
    def written(headings: list[str], shown: list[str]) -> bytes:
        text = io.StringIO()
        rows = [dict(zip(["Centre", "Name", "URN", "Postcode", "Else"], row, strict=True)) for row in cells]
        csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(
            [shown, *([row[heading] for heading in headings] for row in rows)]
        )
        return text.getvalue().encode()

    plain = written(["Centre", "Name", "URN", "Postcode", "Else"], ["Centre", "Name", "URN", "Postcode", "Else"])
    mixed = written(order, [name.upper() if up else f" {name.lower()} " for name, up in zip(order, upper, strict=True)])
    file = tmp_path / "x.csv"
    first, second = (
        [dict(row, line=0) for part in parts(file, content) for row in part.records.rows(named=True)]
        for content in (plain, mixed)
    )
    assert first == second
