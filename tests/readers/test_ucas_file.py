"""UCAS files: H, S and T records become results at UCAS or awards; broken ones are refused as a whole or line by line."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from assets.landed.limits import Limits
from assets.landed.reader import Delivered
from assets.landed.readers.ucas_file import READER
from tests.landed_folder import LandedFolder

EXAMPLES = Path(__file__).resolve().parents[2] / "fixtures" / "formats" / "ucas_file"
PUBLIC = Path(__file__).resolve().parents[3] / "shared" / "data" / "ucas" / "When_One_Subject_With_Grade.txt"
AS_OF = date(2026, 9, 1)

#: Files that are refused as a whole: the reason, and what the message must name.
REFUSED = {
    "header-missing": ("header_missing", "begin with a header"),
    "header-with-a-field-missing": ("header_malformed", "[5] fields"),
    "header-of-an-unknown-type": ("header_malformed", "[file_type] must be one of E, R, A"),
    "trailer-missing": ("trailer_missing", "end with a trailer"),
    "trailer-with-words-for-a-count": ("trailer_malformed", "[record_count] must be a whole number"),
    "trailer-counts-other-records": ("trailer_disagrees", "in [count]"),
    "trailer-of-another-month": ("trailer_disagrees", "in [month]"),
    "trailer-of-another-organisation": ("trailer_disagrees", "in [organisations]"),
    "trailer-disagrees-in-everything": ("trailer_disagrees", "in [count, month, organisations]"),
    "lines-after-the-trailer": ("after_trailer", "follow the trailer"),
    "two-files-in-one": ("several_files", "second header"),
    "header-and-trailer-alone": ("header_only", "nothing between"),
}
#: Files of which one line is put aside: its line, and column and rule of every reason.
PUT_ASIDE: dict[str, list[tuple[int, str | None, str]]] = {
    "line-cut-short": [(3, None, "layout")],
    "group-without-its-mark": [(3, None, "layout")],
    "line-of-another-record": [(3, None, "record_type")],
    "line-of-another-organisation": [(3, "awarding_organisation_rn", "organisations")],
    "candidate-with-several-faults": [
        (3, "candidate_name", "format"),
        (3, "centre_number", "format"),
        (3, "date_of_birth", "format"),
        (3, "sex", "format"),
    ],
    "one-subject-of-two-without-its-code": [(3, "qualification_number", "format")],
    "candidate-not-in-the-list": [(3, "personal_id", "personal_id_not_known")],
}


def landed(
    tmp_path: Path, *files: Path, feed: str = "ucas_results", kind: str = "delta", **options: Any
) -> LandedFolder:
    """A landing folder with the examples' source, some options changed, and some files, landed for a feed."""
    folder = LandedFolder(tmp_path / "folder")
    (folder.landing / "sources").mkdir()
    shutil.copy(EXAMPLES / "personal-ids.csv", folder.landing / "sources")
    source = yaml.safe_load((EXAMPLES / "source.yaml").read_text(encoding="utf-8"))
    source["options"] |= {"feed": feed} | options
    source["kind"] = kind
    if feed == "ao_awards":
        del source["options"]["personal_ids"]
    (folder.landing / "sources" / "sent.yaml").write_text(yaml.safe_dump(source), encoding="utf-8")
    (folder.landing / "sent").mkdir()
    for file in files:
        # a file is dated by its name, else by the day on which the test is run
        name = file.name if "2026-" in file.name else f"2026-08-07 {file.name}"
        shutil.copy(file, folder.landing / "sent" / name)
    folder.land(feed, AS_OF)
    return folder


def good(name: str) -> Path:
    (file,) = (EXAMPLES / "good").glob(f"{name} *")
    return file


def written(tmp_path: Path, *lines: str, name: str = "sent 2026-08-07.txt") -> Path:
    path = tmp_path / name
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def rows_of(folder: LandedFolder) -> list[dict[str, Any]]:
    (delivery,) = folder.deliveries()
    assert delivery["status"] == "accepted", delivery["message"]
    return folder.valid(delivery)


def test_results_are_what_ucas_holds_of_each_subject_from_the_day_of_the_file(tmp_path: Path) -> None:
    rows = rows_of(landed(tmp_path, good("results")))
    assert len(rows) == 9
    assert {key: rows[0][key] for key in ("line", "personal_id", "awarding_organisation_rn", "grade")} == {
        "line": 2,
        "personal_id": "9900000001",
        "awarding_organisation_rn": "RN0077",
        "grade": "D*D",
    }
    assert {row["received_on"] for row in rows} == {date(2026, 8, 7)}


def test_each_subject_of_a_line_is_a_row_and_a_code_that_is_not_listed_is_the_qualification_number(
    tmp_path: Path,
) -> None:
    rows = [row for row in rows_of(landed(tmp_path, good("results"))) if row["line"] == 3]
    assert [(row["qualification_number"], row["grade"]) for row in rows] == [("60000016", "MM"), ("60000004", "PPP")]


def test_subjects_that_are_no_qualification_are_set_aside_and_counted(tmp_path: Path) -> None:
    (delivery,) = landed(tmp_path, good("results")).deliveries()
    assert (delivery["landed_rows"], delivery["quarantined_rows"], delivery["set_aside_rows"]) == (9, 0, 1)


def test_entries_are_rows_without_a_grade(tmp_path: Path) -> None:
    rows = rows_of(landed(tmp_path, good("entries")))
    assert [row["grade"] for row in rows] == [None] * 8


def test_entries_are_refused_where_the_source_does_not_take_them(tmp_path: Path) -> None:
    (delivery,) = landed(tmp_path, good("entries"), entries="refused").deliveries()
    assert (delivery["status"], delivery["reason"]) == ("refused", "entries")


def test_amendments_carry_the_grade_before(tmp_path: Path) -> None:
    rows = rows_of(landed(tmp_path, good("amendments")))
    assert [(row["grade"], row["previous_grade"]) for row in rows] == [("DM", "Q"), (None, "U")]


def test_as_awards_the_codes_that_ucas_explains_are_states_and_all_else_is_issued(tmp_path: Path) -> None:
    rows = rows_of(landed(tmp_path, good("results"), feed="ao_awards"))
    states = {(row["registration_number"], row["grade"]): row["result_status"] for row in rows}
    assert states[("9900000098", "Q")] == "pending"
    assert states[("9900000071", "U")] == states[("9900000012", "D*D")] == "issued"


def of_codes(tmp_path: Path, *codes: str) -> Path:
    lines = [f"S|77|90|99001|C{place}|Invented:Pat||14022008|_|60000004|{code}||_|" for place, code in enumerate(codes)]
    return written(tmp_path, "H|77|90|R|06|2026|07082026|", *lines, f"T|77|90|{len(codes) + 2}|062026|")


def test_as_awards_a_blank_is_none_and_partial_absence_is_partial(tmp_path: Path) -> None:
    rows = rows_of(landed(tmp_path, of_codes(tmp_path, "", "#"), feed="ao_awards"))
    assert [row["result_status"] for row in rows] == ["none", "partial"]


@pytest.mark.parametrize("code", ["X", "PARTACH", "PC", "NC"])
def test_as_awards_a_code_whose_state_no_source_states_is_put_aside_unless_the_source_says(
    tmp_path: Path, code: str
) -> None:
    file = of_codes(tmp_path, "P", code)
    aside = landed(tmp_path / "aside", file, feed="ao_awards")
    assert (3, "result_status", "status_not_known") in [reason[:3] for reason in aside.reasons()]
    assert len(rows_of(aside)) == 1
    said = landed(tmp_path / "said", file, feed="ao_awards", statuses={code: "partial"})
    assert [row["result_status"] for row in rows_of(said)] == ["issued", "partial"]


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_file_without_its_wrapping_or_at_odds_with_it_is_refused_and_told_why(tmp_path: Path, name: str) -> None:
    reason, words = REFUSED[name]
    (delivery,) = landed(tmp_path, EXAMPLES / "malformed" / f"{name}.txt").deliveries()
    assert (delivery["status"], delivery["reason"]) == ("refused", reason)
    assert words in delivery["message"]


@pytest.mark.parametrize(("name", "usable"), [("results", True), ("entries", True), ("amendments", False)])
def test_a_full_delivery_is_refused_unless_the_source_says_that_it_is_complete_and_amendments_never_are(
    tmp_path: Path, name: str, usable: bool
) -> None:
    (refused,) = landed(tmp_path / "part", good(name), kind="full").deliveries()
    assert (refused["status"], refused["reason"]) == ("refused", "not_a_delta")
    assert "all results of all organisations" in refused["message"]
    (said,) = landed(tmp_path / "whole", good(name), kind="full", complete=True).deliveries()
    assert (said["status"] == "accepted") == usable


def test_a_candidate_number_of_four_digits_is_looked_up_with_its_centre(tmp_path: Path) -> None:
    lines = [f"S|77|90|{centre}|0042|Invented:Pat||14022008|_|60000004|P||_|" for centre in ("99001", "99002")]
    file = written(tmp_path, "H|77|90|R|06|2026|07082026|", *lines, "T|77|90|4|062026|")
    at_one = landed(tmp_path / "one", file, personal_ids={"99001/0042": "9900000001"})
    assert [(row["line"], row["personal_id"]) for row in rows_of(at_one)] == [(2, "9900000001")]
    assert [reason[:3] for reason in at_one.reasons()] == [(3, "personal_id", "personal_id_not_known")]
    with pytest.raises(ValidationError, match="four digits alone"):
        READER.options.model_validate(
            {"awarding_organisations": {"77": "RN0077"}, "personal_ids": {"0042": "9900000001"}}
        )


def test_as_awards_a_candidate_number_of_four_digits_is_no_registration_number(tmp_path: Path) -> None:
    lines = [f"S|77|90|99001|{number}|Invented:Pat||14022008|_|60000004|P||_|" for number in ("0042", "AB00042")]
    file = written(tmp_path, "H|77|90|R|06|2026|07082026|", *lines, "T|77|90|4|062026|")
    folder = landed(tmp_path / "folder", file, feed="ao_awards")
    assert [row["registration_number"] for row in rows_of(folder)] == ["AB00042"]
    assert (2, "registration_number", "candidate_number_of_a_centre") in [reason[:3] for reason in folder.reasons()]


@pytest.mark.parametrize("name", sorted(PUT_ASIDE))
def test_a_broken_line_is_put_aside_with_all_its_reasons_and_its_neighbour_stays(tmp_path: Path, name: str) -> None:
    folder = landed(tmp_path, EXAMPLES / "malformed" / f"{name}.txt")
    assert sorted(reason[:3] for reason in folder.reasons()) == sorted(PUT_ASIDE[name], key=str)
    assert 2 in [row["line"] for row in rows_of(folder)]


def test_two_grades_for_one_subject_of_one_candidate_are_both_put_aside(tmp_path: Path) -> None:
    folder = landed(tmp_path, EXAMPLES / "malformed" / "subject-twice-with-different-grades.txt")
    assert [row["line"] for row in rows_of(folder)] == [2]
    (delivery,) = folder.deliveries()
    assert delivery["quarantined_rows"] == 2


def test_every_malformed_example_is_judged() -> None:
    names = {path.stem for path in (EXAMPLES / "malformed").iterdir()}
    assert names == {*REFUSED, *PUT_ASIDE, "subject-twice-with-different-grades"}


def test_no_reason_repeats_a_delivered_value(tmp_path: Path) -> None:
    for place, file in enumerate(sorted((EXAMPLES / "malformed").iterdir())):
        folder = landed(tmp_path / str(place), file)
        told = str(folder.con.execute("SELECT * FROM landed.quarantine").fetchall())
        told += str([(row["reason"], row["message"]) for row in folder.deliveries()])
        assert not [value for value in ("Núñez", "9900", "DIP02", "01092007", "31022008") if value in told]


@pytest.mark.parametrize("ending", ["|", "||", ""])
def test_more_or_fewer_bars_at_the_end_of_a_line_are_tolerated(tmp_path: Path, ending: str) -> None:
    lines = ["H|77|90|R|06|2026|07082026", "S|77|90|99001|9900000012|Abara:Chinwe|F|14022008|_|DIP02|MM||_"]
    file = written(tmp_path, *(line + ending for line in (*lines, "T|77|90|3|062026")))
    assert [row["grade"] for row in rows_of(landed(tmp_path / "a", file))] == ["MM"]


def test_lines_of_windows_and_blank_lines_are_no_matter_and_lines_keep_their_numbers(tmp_path: Path) -> None:
    text = good("results").read_text(encoding="utf-8").replace("\n", "\r\n \r\n")
    file = tmp_path / "sent 2026-08-07.txt"
    file.write_bytes(text.encode())
    assert [row["line"] for row in rows_of(landed(tmp_path / "a", file))][:3] == [3, 5, 5]


@pytest.mark.parametrize(("count", "accepted"), [("records", True), ("subjects", False)])
def test_the_trailer_counts_lines_of_candidates_unless_the_source_says_subjects(
    tmp_path: Path, count: str, accepted: bool
) -> None:
    (delivery,) = landed(tmp_path, good("results"), count=count).deliveries()
    assert (delivery["status"] == "accepted") == accepted
    subjects = good("results").read_text(encoding="utf-8").replace("T|77|90|10|", "T|77|90|12|")
    file = tmp_path / "sent 2026-08-07.txt"
    file.write_text(subjects, encoding="utf-8")
    (other,) = landed(tmp_path / "other", file, count=count).deliveries()
    assert (other["status"] == "accepted") != accepted


def test_parts_of_a_large_file_number_their_rows_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = rows_of(landed(tmp_path / "whole", good("results")))
    monkeypatch.setattr("assets.landed.readers.ucas_file._CHUNK", 100)
    assert rows_of(landed(tmp_path / "parts", good("results"))) == whole


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"personal_ids": {}, "candidate_number_is": "personal_id"},
        {"feed": "ao_awards", "candidate_number_is": "personal_id"},
        {"personal_ids": {}, "statuses": {"X": "none"}},
        {"feed": "ao_awards", "statuses": {"X": "absent"}},
    ],
)
def test_options_that_do_not_go_together_fail(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        READER.options.model_validate({"awarding_organisations": {"77": "RN0077"}} | options)


@pytest.mark.skipif(not PUBLIC.exists(), reason="the public example is not on this machine")
def test_the_public_example_is_read() -> None:
    options = READER.options.model_validate(
        {"awarding_organisations": {"99": "RN0099"}, "candidate_number_is": "personal_id"}
    )
    delivered = Delivered(path=PUBLIC, name=PUBLIC.name, delivered_on=date(2021, 10, 18), kind="delta", limits=Limits())
    (part,) = READER.read(delivered, options)
    assert part.refused.is_empty()
    assert part.lines == 3
    assert part.records.to_dicts() == [
        {
            "line": 2,
            "row": 1,
            "personal_id": "1234567890",
            "awarding_organisation_rn": "RN0099",
            "qualification_number": "Sub1",
            "grade": "B",
            "previous_grade": None,
            "received_on": "2021-10-18",
        }
    ]
