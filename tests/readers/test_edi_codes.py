"""The list of codes says what basedata tells, leaves open what it does not, and keeps what a person filled in."""

import csv
from pathlib import Path

import pytest

from fixtures.formats_written._edi import Frame, edi_file
from pipelines.cli import main
from pipelines.formats_page import EXAMPLES
from schemas.edi_layout import shipped_layout

_LINKS = [("VT101", "VT101/01"), ("VT102", "VT102/01"), ("VT103", "VT102/01"), ("VT301", "VT103/01")]


def _frame(letter: str, **changed: str) -> Frame:
    return Frame(**({"data_type": letter, "organisation": "77", "series": "2026-06"} | changed))  # type: ignore[arg-type]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the examples of options, components and syllabuses, and links."""
    for reader in ("edi_options", "edi_components", "edi_syllabuses"):
        for path in (EXAMPLES / reader / "good").iterdir():
            (tmp_path / path.name).write_bytes(path.read_bytes())
    links = [{"option_code": option, "component_code": component} for option, component in _LINKS]
    (tmp_path / "L6A26_77.X01").write_bytes(edi_file(shipped_layout("links-14"), _frame("L"), links))
    return tmp_path


def _run(folder: Path, output: str, *words: str) -> dict[str, dict[str, str]]:
    files = sorted(str(path) for path in folder.glob("*.X01"))
    assert main(["edi-codes", *files, "--output", str(folder / output), *words]) == 0
    with (folder / output).open(encoding="utf-8", newline="") as file:
        return {row["code"]: row for row in csv.DictReader(file)}


def test_a_certification_has_its_qualification_number(folder: Path) -> None:
    assert _run(folder, "codes.csv")["77/VT100"] == {
        "code": "77/VT100",
        "entry": "certification",
        "qualification_number": "60000016",
        "unit_number": "",
        "title": "INVENTED BUSINESS EXT DIPLOMA",
    }


def test_a_unit_belongs_to_the_one_qualification_of_its_syllabus_and_its_number_is_told_only_by_its_form(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    codes = _run(folder, "codes.csv")
    assert (codes["77/VT101"]["qualification_number"], codes["77/VT101"]["unit_number"]) == ("60000016", "")
    assert (codes["77/VT301"]["qualification_number"], codes["77/VT301"]["unit_number"]) == ("6000003X", "A/507/8148")
    assert codes["77/VT900"]["qualification_number"] == ""
    printed = capsys.readouterr().out
    assert "4 codes of certifications; 1 to be filled in" in printed
    assert "13 codes of units; 12 to be filled in" in printed
    assert "S6A26_77.X01: left out" in printed


def test_a_component_stands_for_the_unit_of_its_options_where_they_have_one(folder: Path) -> None:
    codes = _run(folder, "codes.csv")
    assert codes["77/VT103/01"]["unit_number"] == "A/507/8148"
    assert (codes["77/VT104/01"]["qualification_number"], codes["77/VT104/01"]["unit_number"]) == ("", "")


def test_what_a_person_filled_in_is_kept_and_reaches_the_components(folder: Path) -> None:
    _run(folder, "codes.csv")
    text = (folder / "codes.csv").read_text(encoding="utf-8")
    text = text.replace("77/VT101,unit,60000016,,", "77/VT101,unit,60000016,1,")
    text = text.replace("77/VT102,unit,60000016,,", "77/VT102,unit,60000016,2,")
    filled = folder / "filled.csv"
    filled.write_text(text + "77/OLD,certification,60000044,,GONE\n", encoding="utf-8")
    codes = _run(folder, "codes-2.csv", "--earlier", str(filled))
    assert codes["77/VT101"]["unit_number"] == codes["77/VT101/01"]["unit_number"] == "1"
    assert codes["77/VT102/01"]["unit_number"] == ""
    assert codes["77/OLD"]["qualification_number"] == "60000044"


def test_a_code_with_two_meanings_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    frame = _frame("O", series="2027-06")
    option = {
        "option_code": "VT100",
        "syllabus_code": "VT1",
        "item": "C",
        "title": "OTHER",
        "accreditation_number": "60000044",
    }
    (folder / frame.name).write_bytes(edi_file(shipped_layout("options-14"), frame, [option]))
    files = sorted(str(path) for path in folder.glob("O*.X01"))
    assert main(["edi-codes", *files, "--output", str(folder / "codes.csv")]) == 1
    assert "the code [77/VT100] has two meanings" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("files", "words", "said"),
    [
        (["C6A26_77.X01"], [], "there is no file of options"),
        (["O6A26_77.X01", "missing.X01"], [], "has not the form dcccccbb.Xnn"),
        (["O6A26_77.X01", "O6A26_77.X09"], [], "cannot be read (No such file or directory)"),
        (["O6A26_77.X01"], ["--earlier", "O6A26_77.X01"], "is no list of codes"),
        (["O6A26_77.X01"], ["--layout", "O6A26_77.X01"], "it is no YAML"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_line(
    folder: Path, capsys: pytest.CaptureFixture[str], files: list[str], words: list[str], said: str
) -> None:
    named = [str(folder / word) if word.endswith("X01") else word for word in words]
    output = str(folder / "codes.csv")
    assert main(["edi-codes", *(str(folder / file) for file in files), "--output", output, *named]) == 1
    printed = capsys.readouterr().err
    assert said in printed
    assert "Traceback" not in printed
    assert not Path(output).exists()


def test_a_list_that_is_there_is_not_written_over(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "codes.csv").write_text("mine", encoding="utf-8")
    files = sorted(str(path) for path in folder.glob("O*.X01"))
    assert main(["edi-codes", *files, "--output", str(folder / "codes.csv")]) == 1
    assert "exists" in capsys.readouterr().err
    assert (folder / "codes.csv").read_text(encoding="utf-8") == "mine"
