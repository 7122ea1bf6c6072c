"""What a mapping may say, and what is wrong with one that may not be used: told before any delivery, with the key."""

from pathlib import Path
from typing import Any

import pytest

from assets.landed.mapping.options import Mapping
from assets.landed.readers.delimited import DelimitedOptions
from assets.landed.readers.workbook import WorkbookOptions
from assets.landed.sources import SourceError, read_source

CENTRE = {"centre_number": "Centre", "name": "Name"}
ENTRY = {
    "centre_number": "Centre",
    "centre_learner_reference": "Ref",
    "qualification_number": "QN",
    "unit_number": "Unit",
    "series": "Series",
    "entry_status": "Status",
}


def mapping(feed: str = "centres", columns: dict[str, Any] | None = None, **more: Any) -> Mapping:
    return Mapping.model_validate({"feeds": {feed: {"columns": columns or CENTRE}}, **more})


def entries(**columns: Any) -> dict[str, Any]:
    return ENTRY | columns


@pytest.mark.parametrize(
    ("feed", "columns", "said"),
    [
        ("centre", CENTRE, r"\[feeds.centre\] is no feed"),
        ("centres", CENTRE | {"centre": "Centre"}, r"has no column \[centre\]"),
        ("centres", {"name": "Name"}, r"does not say where \[centre_number\] comes from"),
        (
            "centres",
            {"centre_number": {"constant": "99101"}, "name": {"constant": "A"}},
            "takes nothing from the table",
        ),
        ("centres", CENTRE | {"name": {}}, r"either \[from\], its headings, or \[constant\]"),
        ("centres", CENTRE | {"name": {"from": "A", "constant": "B"}}, r"either \[from\]"),
        ("centres", CENTRE | {"name": {"constant": "B", "empty": "-"}}, "leave everything else out"),
        ("centres", CENTRE | {"name": " "}, "a heading is empty"),
        ("centres", CENTRE | {"name": 5}, "ColumnRule"),
        ("centres", CENTRE | {"name": ["A", 5]}, "a text or a list of texts"),
        ("centres", CENTRE | {"name": {"from": "A", "surprise": 1}}, "surprise"),
        (
            "centres",
            CENTRE | {"name": {"from": "A", "dates": "dd/mm/yyyy"}},
            r"\[dates\] is for days; the column holds a text",
        ),
        ("centre_unit_entries", entries(graded_on={"from": "G", "months": "mm/yyyy"}), r"holds a date"),
        (
            "centre_unit_entries",
            entries(graded_on={"from": "G", "dates": "%d/%m/%Y"}),
            r"\[%\] in \[%d/%m/%Y\] is no part",
        ),
        ("centre_unit_entries", entries(graded_on={"from": "G", "dates": "mm/yyyy"}), "names no day"),
        ("centre_unit_entries", entries(graded_on={"from": "G", "dates": "dd/mm/yy"}), r"\[years_from\]"),
        ("centre_unit_entries", entries(series={"from": "S", "months": "Month"}), "name the year once"),
        (
            "centre_unit_entries",
            entries(graded_on={"from": "G", "dates": ["dd/mm/yyyy", "mm/dd/yyyy"]}),
            r"\[feeds.centre_unit_entries.columns.graded_on\]: \[dd/mm/yyyy\] and \[mm/dd/yyyy\] read one text as two dates",
        ),
        (
            "centre_unit_entries",
            entries(entry_status={"from": "S", "values": {"Y": "enterd"}}),
            r"gives \[enterd\], and the codes are \[entered, withdrawn\]",
        ),
        ("centre_unit_entries", entries(entry_status={"from": "S", "values": {True: "entered"}}), "goes in quotes"),
        (
            "centre_unit_entries",
            entries(entry_status={"from": "S", "casefold": True, "values": {"E": "entered", "e": "withdrawn"}}),
            "two meanings",
        ),
        ("centres", CENTRE | {"name": {"from": "A", "unknown": "refuse"}}, r"\[unknown\] is said of"),
        ("centres", CENTRE | {"name": {"from": "A", "split": {"by": ",", "part": 3}}}, r"\[part\] is \[3\] of \[2\]"),
        ("centres", CENTRE | {"name": {"from": "A", "lookup": {"table": "t", "column": "c"}}}, r"none of \[tables\]"),
    ],
)
def test_what_a_mapping_may_not_say_is_told_with_its_place(feed: str, columns: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        mapping(feed, columns)


def test_a_table_must_have_the_column_that_is_looked_up() -> None:
    columns = CENTRE | {"name": {"from": "A", "lookup": {"table": "t", "column": "name"}}}
    with pytest.raises(ValueError, match=r"the column \[name\], which the table \[t\] lacks"):
        mapping(columns=columns, tables={"t": {"1": {"title": "x"}}})
    assert mapping(columns=columns, tables={"t": {"1": {"name": "x"}}})


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"delimiter": "::"}, r"\[delimiter\] must be one character"),
        ({"delimiter": "a"}, r"\[delimiter\] must be one character"),
        ({"delimiter": "\n"}, r"\[delimiter\] must be one character"),
        ({"quote": "é"}, r"\[quote\] must be one character"),
        ({"delimiter": ";", "quote": ";"}, "are one character"),
        ({"header_row": 0}, "header_row"),
        ({"footer": ["Total", " "]}, "the beginning of a footer is empty"),
        ({"sheet": "A"}, "sheet"),
    ],
)
def test_a_dialect_that_cannot_be_told_apart_is_refused(more: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        DelimitedOptions.model_validate({"feeds": {"centres": {"columns": CENTRE}}, **more})


def test_a_sheet_is_named_for_workbooks_only() -> None:
    feeds = {"centres": {"columns": CENTRE, "sheet": "A", "header_row": 2}}
    assert WorkbookOptions.model_validate({"feeds": feeds}).feeds["centres"].sheet == ("A",)
    with pytest.raises(ValueError, match="a text file has neither"):
        DelimitedOptions.model_validate({"feeds": feeds})
    with pytest.raises(ValueError, match=r"\[sheet\] is empty"):
        WorkbookOptions.model_validate({"feeds": feeds, "sheet": " "})


def test_a_source_file_tells_the_place_of_what_is_wrong_and_reads_lists_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "list.yaml"
    text = (
        "reader: delimited\noptions:\n  delimiter: tab\n  tables: {{courses: {{file: courses.csv}}}}\n"
        "  feeds:\n    centres:\n      columns:\n        centre_number: Centre\n"
        "        name: {{from: Course, lookup: {{table: courses, column: {column}}}}}\n"
    )
    (tmp_path / "courses.csv").write_text("course,title\nBUS,Business\n")
    path.write_text(text.format(column="name"))
    with pytest.raises(SourceError, match=r"\[feeds.centres.columns.name\]: \[lookup\] names the column \[name\]"):
        read_source(path)
    path.write_text(text.format(column="title"))
    assert read_source(path).feeds == ("centres",)
