"""`draft-mapping` proposes only what is certain and tells no person's values; `check-source` proves it as a night would."""

import csv
import io
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from pipelines.cli import main
from pipelines.formats_page import EXAMPLES
from schemas.column_names import FILE, bare, column_names
from schemas.feeds import FEEDS
from schemas.strict_mapping import HeaderError
from tests.readers.examples import FormatsFolder

Reconcile = Callable[..., int]

HEADINGS = [
    "Centre No",
    "Student Ref",
    "QN",
    "Awarding body",
    "Legal forename",
    "Legal surname",
    "D.O.B.",
    "Gender",
    "Status",
]
#: Invented; the dates are the same either way round but for one of each column.
ROWS = [
    ["99101", "S1", "9901001X", "RN9901", "Imogen", "Ashdown", "29/02/2008", "Female", "Current"],
    ["99101", "S2", "9901001X", "RN9901", "Tomos", "Barrow", "01/12/2007", "Male", "Left"],
    ["99101", "S3", "9901001X", "RN9901", "Añá", "Cole", "11/09/2008", "-", "Current"],
]
PEOPLE = ("Imogen", "Ashdown", "Tomos", "Barrow", "Cole", "S1", "2008", "2007")


@pytest.fixture
def reconcile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reconcile:
    monkeypatch.setenv("RECONCILE_DATA", str(tmp_path / "data"))
    return lambda *words: main([str(word) for word in words])


def text_of(rows: list[list[str]], headings: list[str] = HEADINGS, delimiter: str = ",") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows([headings, *rows])
    return text.getvalue()


def draft(reconcile: Reconcile, tmp_path: Path, content: bytes | str, *more: str, name: str = "sample.csv") -> str:
    (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    assert reconcile("draft-mapping", tmp_path / name, *more, "--output", tmp_path / "list.yaml") == 0
    return (tmp_path / "list.yaml").read_text(encoding="utf-8")


REGISTRATIONS = ("--feed", "centre_registrations")


def test_a_draft_of_a_whole_list_reads_the_list_as_it_is(
    reconcile: Reconcile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = draft(reconcile, tmp_path, text_of(ROWS), *REGISTRATIONS)
    columns = yaml.safe_load(text)["options"]["feeds"]["centre_registrations"]["columns"]
    assert columns["date_of_birth"] == {"from": "D.O.B.", "dates": "dd/mm/yyyy"}
    assert columns["sex"]["values"] == {"Female": "F", "Male": "M"}
    assert columns["status"]["values"] == {"Current": "active", "Left": "withdrawn"}
    assert not [word for word in PEOPLE if word in text]
    assert reconcile("check-source", tmp_path / "list.yaml", "--against", tmp_path / "sample.csv") == 0
    said = capsys.readouterr().out
    assert "of 3 rows 3 accepted, 0 duplicates, 0 quarantined" in said
    assert not [word for word in PEOPLE[:-2] if word in said]
    assert not list((tmp_path / "data").glob("check-*"))


def test_encoding_delimiter_headings_and_footer_are_found(reconcile: Reconcile, tmp_path: Path) -> None:
    body = text_of(ROWS, delimiter=";") + ";;;\r\nTotal;3\r\n"
    text = draft(reconcile, tmp_path, f"A list of learners\r\n\r\n{body}".encode("windows-1252"), *REGISTRATIONS)
    told = yaml.safe_load(text)
    assert told["encoding"] == "windows-1252"
    assert (told["options"]["delimiter"], told["options"]["header_row"]) == (";", 3)
    assert (told["options"]["footer"], told["options"]["empty"]) == ("Total", ["-"])
    assert reconcile("check-source", tmp_path / "list.yaml", "--against", tmp_path / "sample.csv") == 0


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_needs_no_encoding_and_tabs_are_named(
    reconcile: Reconcile, tmp_path: Path, mark: str
) -> None:
    text = draft(reconcile, tmp_path, text_of(ROWS, delimiter="\t").encode(mark), *REGISTRATIONS, name="sample.tsv")
    assert "encoding: utf-8\n" in text and "delimiter: tab\n" in text
    assert reconcile("check-source", tmp_path / "list.yaml", "--against", tmp_path / "sample.tsv") == 0


def test_dates_that_can_be_read_in_two_ways_are_left_to_a_person(reconcile: Reconcile, tmp_path: Path) -> None:
    rows = [
        [*row[:6], date, *row[7:]] for row, date in zip(ROWS, ("01/12/2007", "11/09/2008", "03/04/2008"), strict=True)
    ]
    text = draft(reconcile, tmp_path, text_of(rows), *REGISTRATIONS)
    for stated in ("dd/mm/yyyy", "mm/dd/yyyy"):
        assert f"# date_of_birth: {{from: D.O.B., dates: {stated}}}" in text
    assert reconcile("check-source", tmp_path / "list.yaml") == 1
    chosen = text.replace(
        "        # date_of_birth: {from: D.O.B., dates: dd", "        date_of_birth: {from: D.O.B., dates: dd"
    )
    (tmp_path / "list.yaml").write_text(chosen, encoding="utf-8")
    assert reconcile("check-source", tmp_path / "list.yaml", "--against", tmp_path / "sample.csv") == 0


def test_years_of_two_digits_are_not_given_a_century(reconcile: Reconcile, tmp_path: Path) -> None:
    rows = [[*row[:6], row[6][:6] + row[6][8:], *row[7:]] for row in ROWS]
    text = draft(reconcile, tmp_path, text_of(rows), *REGISTRATIONS)
    assert '# date_of_birth: {from: D.O.B., dates: dd/mm/yy, years_from: "?"}' in text


def test_what_is_missing_left_over_or_unknown_is_said_and_refused_until_it_is_filled_in(
    reconcile: Reconcile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    headings = ["Centre No", "Tutor", *HEADINGS[2:]]
    rows = [["9101", *row[1:8], "On hold"] for row in ROWS]
    text = draft(reconcile, tmp_path, text_of(rows, headings), *REGISTRATIONS)
    assert 'centre_learner_reference: {constant: "?"}  # not found, and needed' in text
    assert "# not found, and may be left out: postcode, uln" in text
    assert "# Headings that nothing is taken from: Tutor" in text
    assert 'On hold: "?"  # one of active, withdrawn, transferred' in text
    assert "of [3] values [3] are not 5 digits" in text and "[3] of them lack one digit" in text
    assert reconcile("check-source", tmp_path / "list.yaml") == 1
    said = capsys.readouterr().err
    assert "columns.centre_learner_reference]: a question mark of a draft" in said


def test_names_are_never_written_as_codes_whatever_their_heading(reconcile: Reconcile, tmp_path: Path) -> None:
    rows = [[*row[:8], f"{row[4]} {place}"] for place, row in enumerate(ROWS * 10)]
    text = draft(reconcile, tmp_path, text_of(rows), *REGISTRATIONS)
    assert "[30] distinct values do not look like codes" in text
    assert not [word for word in PEOPLE if word in text]


def test_surname_and_forename_of_one_cell_are_parted_where_every_cell_has_one_comma(
    reconcile: Reconcile, tmp_path: Path
) -> None:
    headings = [*HEADINGS[:4], "Student name", *HEADINGS[6:]]
    rows = [[*row[:4], f"{row[5]}, {row[4]}", *row[6:]] for row in ROWS]
    text = draft(reconcile, tmp_path, text_of(rows, headings), *REGISTRATIONS)
    assert 'surname: {from: Student name, split: {by: ",", part: 1}}' in text
    assert reconcile("check-source", tmp_path / "list.yaml", "--against", tmp_path / "sample.csv") == 0


def test_a_workbook_is_drafted_from_its_sheet(
    reconcile: Reconcile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = EXAMPLES / "workbook" / "good" / "learners.2026-05-01.xlsx"
    assert reconcile("draft-mapping", path, *REGISTRATIONS) == 1
    assert "more than one sheet that could be meant; name one with --sheet" in capsys.readouterr().err
    assert reconcile("draft-mapping", path, *REGISTRATIONS, "--sheet", "Learners") == 0
    told = yaml.safe_load(capsys.readouterr().out)
    columns = told["options"]["feeds"]["centre_registrations"]["columns"]
    assert (told["reader"], told["options"]["header_row"], told["options"]["footer"]) == ("workbook", 3, "Total")
    assert columns["date_of_birth"] == "Date of birth"
    assert columns["planned_completion"] == {"from": "Due", "months": "Month yyyy"}


#: Contents, name, arguments, and what is said.
_UNUSABLE: list[tuple[bytes | None, str, tuple[str, ...], str]] = [
    (b"1,2\n3,4\n", "a.csv", REGISTRATIONS, "has two headings that are known for the feed"),
    (b"", "a.csv", REGISTRATIONS, "has two headings"),
    (b"a", "a.doc", REGISTRATIONS, "ends in none of"),
    (b"a\x81b,\xff\x8d", "a.csv", REGISTRATIONS, "neither UTF-8 nor UTF-16 nor Windows-1252"),
    (b"PK", "a.xlsx", REGISTRATIONS, "is no .xlsx file"),
    (b"PK", "a.csv.zip", REGISTRATIONS, "is damaged"),
    (b"a", "a.csv", ("--feed", "learners"), "there is no feed [learners]; the feeds are ["),
    (b"a", "a.csv", (*REGISTRATIONS, "--sheet", "A"), "leave --sheet out"),
    (None, "a.csv", REGISTRATIONS, "cannot be opened (No such file or directory)"),
]


@pytest.mark.parametrize("unusable", _UNUSABLE, ids=lambda unusable: unusable[3])
def test_a_sample_that_cannot_be_used_is_refused_in_one_line(
    reconcile: Reconcile,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    unusable: tuple[bytes | None, str, tuple[str, ...], str],
) -> None:
    content, name, more, said = unusable
    if content is not None:
        (tmp_path / name).write_bytes(content)
    assert reconcile("draft-mapping", tmp_path / name, *more) == 1
    printed = capsys.readouterr().err
    assert said in printed and printed.count("\n") == 1


def test_a_draft_is_written_over_nothing(reconcile: Reconcile, tmp_path: Path) -> None:
    draft(reconcile, tmp_path, text_of(ROWS), *REGISTRATIONS)
    assert reconcile("draft-mapping", tmp_path / "sample.csv", *REGISTRATIONS, "--output", tmp_path / "list.yaml") == 1


def test_a_sample_is_told_of_by_rule_and_column_and_as_a_night_would(
    reconcile: Reconcile, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = EXAMPLES / "delimited" / "source.yaml"
    sample = EXAMPLES / "delimited" / "malformed" / "dates-year-first.csv"
    assert reconcile("check-source", source, "--against", sample) == 0
    said = capsys.readouterr().out
    assert "of 3 rows 2 accepted, 0 duplicates, 1 quarantined" in said
    assert "1 quarantined, date_format: [date_of_birth] must be written in one of the formats" in said
    folder = FormatsFolder(tmp_path)
    folder.deliver("delimited", sample.read_bytes(), sample.name)
    row = folder.land_all(["centre_registrations"])[0]
    assert (row["valid_rows"], row["quarantined_rows"]) == (2, 1)


@pytest.mark.parametrize(
    ("sample", "more", "said"),
    [
        ("malformed/no-names.csv", (), "no row of the sample would be accepted"),
        ("README.md", (), "would be no delivery: Files of the source [source] end in [.csv, .tsv, .txt]"),
        ("good/learners.2026-05-01.csv", ("--as-of", "2026-04-30"), "is dated later than 2026-04-30"),
        ("good/none.csv", (), "is no file"),
    ],
)
def test_a_sample_of_which_nothing_comes_ends_with_status_1(
    reconcile: Reconcile, capsys: pytest.CaptureFixture[str], sample: str, more: tuple[str, ...], said: str
) -> None:
    folder = EXAMPLES / "delimited"
    assert reconcile("check-source", folder / "source.yaml", "--against", folder / sample, *more) == 1
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("name", sorted(path.parent.name for path in EXAMPLES.glob("*/source.yaml")))
def test_the_example_source_of_every_format_is_sound(reconcile: Reconcile, name: str) -> None:
    assert reconcile("check-source", EXAMPLES / name / "source.yaml") == 0


def test_no_heading_is_known_for_two_columns_of_one_feed() -> None:
    text = (files("schemas") / "code_lists" / FILE).read_text(encoding="utf-8")
    names = column_names(text)
    for feed in FEEDS.values():
        found = [one for column in feed.column_names for one in names.headings.get(column, (bare(column),))]
        assert len(found) == len(set(found)), feed.name
    for column, values in names.values.items():
        codes = {
            code
            for feed in FEEDS.values()
            for one in feed.columns
            if one.name == column
            for code in one.field.codes or ()
        }
        assert set(values.values()) <= codes
    with pytest.raises(HeaderError, match=r"names \[elsewhere\], which is none of the sources"):
        column_names(text.replace("{NCN: hercules", "{NCN: elsewhere"))
