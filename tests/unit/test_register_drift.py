"""Changes between two snapshots of a list of qualifications: each told once, organisations in one line, values as text."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.landed.limits import Limits
from assets.landed.register_snapshots import COLUMNS, Snapshot, read_snapshot
from assets.published.register_drift import OURS, TOLD, Drift, drift, words_of
from assets.published.register_drift_page import drift_page
from fixtures.formats_written.ofqual_register import write
from pipelines.cli import main
from tests.page_outline import Outline

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "fixtures" / "formats" / "ofqual_register"
PUBLIC = ROOT.parent / "shared" / "data" / "ofqual" / "approved_qualifications_2025-02-18.csv"
HOSTILE = "=cmd|' /C calc'!A0 <script>alert(1)</script> [bold]\x1b[31m\u202e"

_PLAIN = {"title": "Invented", "organisation_name": "A", "awarding_organisation_rn": "RN9901", "level": "3"}


def snapshot(rows: Sequence[Mapping[str, str | None]], given: Sequence[str] = COLUMNS) -> Snapshot:
    """A snapshot; a row is told by what is not plain about it."""
    frame = pl.DataFrame(
        [{name: (_PLAIN | dict(row)).get(name) if name in given else None for name in COLUMNS} for row in rows],
        schema=dict.fromkeys(COLUMNS, pl.String),
    )
    return Snapshot(
        name="list.csv",
        list_name="ofqual_register",
        list_title="list",
        rows=frame,
        given=frozenset(given),
        left_out=0,
        set_aside=0,
    )


def qualifications(numbers: str, **values: str | None) -> list[dict[str, str | None]]:
    """A row for each letter."""
    return [{"qualification_number": number, **values} for number in numbers]


def told(found: Drift) -> dict[str, str]:
    return dict(found.qualifications.select("qualification_number", "told").iter_rows())


def lines(found: Drift) -> list[tuple[Any, ...]]:
    columns = ("told", "organisation_name_earlier", "organisation_name_later", "qualifications", "also_changed")
    return found.organisations.select(*columns).rows()


CHANGES = {
    "level": ({"level": "4"}, "level_or_hours", "level: 3 to 4"),
    "hours": ({"guided_learning_hours": "90"}, "level_or_hours", "guided learning hours: none to 90"),
    "end": ({"operational_end_date": "2027-08-31"}, "dates", "operational end: none to 2027-08-31"),
    "title": ({"title": "Other"}, "renamed", "title"),
    "all": ({"title": "Other", "level": "4", "certification_end_date": "2030-01-01"}, "level_or_hours", "title"),
    "organisation": ({"awarding_organisation_rn": "RN9902", "organisation_name": "B"}, "replaced", "now another"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_qualification_is_told_by_what_matters_most_and_says_all_that_changed(name: str) -> None:
    values, expected, words = CHANGES[name]
    found = drift(snapshot(qualifications("ab")), snapshot([*qualifications("a", **values), *qualifications("b")]))
    assert told(found) == {"a": expected, "b": "unchanged"}
    assert words in words_of(found.qualifications.row(0, named=True))
    assert lines(found) == []


def test_what_is_only_in_one_of_the_lists_is_added_or_gone() -> None:
    found = drift(snapshot(qualifications("ab")), snapshot(qualifications("bc")))
    assert told(found) == {"a": "removed", "b": "unchanged", "c": "added"}


def test_a_column_that_one_of_the_files_lacks_is_not_compared() -> None:
    given = [name for name in COLUMNS if name not in ("level", "organisation_name")]
    found = drift(snapshot(qualifications("a")), snapshot(qualifications("a"), given))
    assert told(found) == {"a": "unchanged"}


def test_an_organisation_with_its_number_and_another_name_is_renamed_in_one_line() -> None:
    later = qualifications("ab", organisation_name="B") + qualifications("c", organisation_name="B", title="Other")
    found = drift(snapshot(qualifications("abc")), snapshot(later))
    assert lines(found) == [("renamed", "A", "B", 3, 1)]
    assert told(found) == {"a": "organisation", "b": "organisation", "c": "renamed"}


def test_a_name_with_another_number_is_renumbered_even_for_one_qualification() -> None:
    later = qualifications("a", awarding_organisation_rn="RN9902") + qualifications("b")
    found = drift(snapshot(qualifications("ab")), snapshot(later))
    assert lines(found) == [("renumbered", "A", "A", 1, 0)]


def test_one_that_has_nothing_left_and_whose_qualifications_are_mostly_one_others_is_succeeded() -> None:
    names = [name for name in COLUMNS if name != "awarding_organisation_rn"]
    earlier = qualifications("abcd") + qualifications("e", organisation_name="B")
    later = qualifications("abce", organisation_name="B") + qualifications("d", organisation_name="C")
    found = drift(snapshot(earlier, names), snapshot(later, names))
    assert lines(found) == [("succeeded", "A", "B", 3, 0)]
    assert told(found)["d"] == "replaced"


def test_one_that_keeps_a_qualification_has_transferred_the_others() -> None:
    other = {"organisation_name": "B", "awarding_organisation_rn": "RN9902"}
    later = qualifications("abc", **other) + qualifications("d")
    assert lines(drift(snapshot(qualifications("abcd")), snapshot(later))) == [("transferred", "A", "B", 3, 0)]


def test_no_line_is_written_for_a_single_qualification_of_another_organisation() -> None:
    other = {"organisation_name": "B", "awarding_organisation_rn": "RN9902"}
    found = drift(snapshot(qualifications("a")), snapshot(qualifications("a", **other)))
    assert (lines(found), told(found)) == ([], {"a": "replaced"})


_ORGANISATION = st.sampled_from(
    [("RN9901", "A"), ("RN9901", "B"), ("RN9902", "B"), (None, "A"), (None, "C"), ("RN9903", None)]
)
_ROW = st.fixed_dictionaries(
    {
        "title": st.sampled_from(["One", "Two", None]),
        "organisation": _ORGANISATION,
        "level": st.sampled_from(["3", "4"]),
        "guided_learning_hours": st.sampled_from(["90", None]),
        "operational_end_date": st.sampled_from(["2027-08-31", None]),
    }
)


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    rows = draw(st.dictionaries(st.sampled_from("abcdefghij"), _ROW, max_size=10))
    given = draw(st.sampled_from([COLUMNS, tuple(name for name in COLUMNS if name != "awarding_organisation_rn")]))
    found = []
    for number, row in sorted(rows.items()):
        rn, name = row.pop("organisation")
        found.append({"qualification_number": number, "awarding_organisation_rn": rn, "organisation_name": name, **row})
    return snapshot(found, given)


@given(one=snapshots())
@settings(max_examples=50, deadline=None)
def test_nothing_changes_between_a_list_and_itself(one: Snapshot) -> None:
    found = drift(one, one)
    assert found.is_empty and found.organisations.is_empty()


@given(one=snapshots(), other=snapshots())
@settings(max_examples=50, deadline=None)
def test_the_way_back_exchanges_what_is_added_and_gone_and_nothing_else(one: Snapshot, other: Snapshot) -> None:
    there, back = told(drift(one, other)), told(drift(other, one))
    exchanged = {"added": "removed", "removed": "added"}
    for number, how in there.items():
        # whether an organisation is succeeded or single ones leave it depends on the direction
        if {how, back[number]}.isdisjoint({"organisation", "replaced"}):
            assert back[number] == exchanged.get(how, how)
    assert {number for number, how in there.items() if how == "added"} == {
        number for number, how in back.items() if how == "removed"
    }


@given(one=snapshots(), other=snapshots())
@settings(max_examples=50, deadline=None)
def test_every_qualification_is_told_once_and_every_organisations_line_counts_its_own(
    one: Snapshot, other: Snapshot
) -> None:
    found = drift(one, other)
    numbers = found.qualifications["qualification_number"].to_list()
    assert sorted(numbers) == sorted({*one.rows["qualification_number"], *other.rows["qualification_number"]})
    assert set(found.qualifications["told"]) <= set(TOLD)
    assert sum(number for _, number, _ in found.counts()) == len(numbers)
    assert found.organisations["qualifications"].sum() == found.qualifications["organisation_told"].count()
    alone = found.qualifications.filter(pl.col("told") == "organisation")
    assert alone["organisation_told"].null_count() == 0
    assert found.qualifications.filter(pl.col("told") == "replaced")["organisation_told"].count() == 0


def test_the_page_holds_hostile_titles_as_text_and_what_concerns_us_first() -> None:
    earlier, later = snapshot(qualifications("ab")), snapshot(qualifications("a", title=HOSTILE) + qualifications("c"))
    ours = pl.DataFrame([("a", 12, None), ("b", None, "spec")], schema=OURS, orient="row")
    page = drift_page(drift(earlier, later, ours), earlier, later, published=True)
    outline = Outline(page)
    assert "default-src 'none'" in page and "\x1b" not in page and "\u202e" not in page
    assert not outline.all("script") and "<script>alert(1)</script> [bold]U+001B[31mU+202E" in outline.text
    assert "12 open registrations" in outline.text and "spec" in outline.text
    assert next(section["id"] for section in outline.all("section")) == "ours"


@pytest.mark.skipif(not PUBLIC.is_file(), reason="the public list is not on this machine")
def test_nothing_changes_between_the_real_list_and_itself() -> None:
    real = read_snapshot(PUBLIC, None, Limits())
    found = drift(real, real)
    assert (found.is_empty, found.qualifications.height, real.left_out) == (True, 8092, 0)


def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str | Path) -> int:
    monkeypatch.setenv("RECONCILE_DATA", str(tmp_path / "data"))
    return main(["register-drift", *(str(argument) for argument in arguments)])


def registers(tmp_path: Path) -> tuple[Path, Path]:
    """Two registers: one qualification renamed, one dated, one added; the first one's organisation gets another name."""
    row = {"qualification_number": "99000015", "title": "One", "awarding_organisation_rn": "RN9901", "level": "3"}
    rows = [row, row | {"qualification_number": "99000027"}, row | {"qualification_number": "60171595"}]
    later = [rows[0], rows[1] | {"operational_end_date": "2027-07-31"}, rows[2] | {"title": HOSTILE}]
    later.append(row | {"qualification_number": "99000039"})
    paths = tmp_path / "register 2026-04-01.csv", tmp_path / "register 2026-05-01.csv"
    for path, held, name in zip(paths, (rows, later), ("Old Awards", "New [red]Awards"), strict=True):
        path.write_bytes(write(pl.DataFrame(held, infer_schema_length=None), {"RN9901": name}))
    return paths


def test_the_command_tells_counts_organisations_and_ours_and_writes_both_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    published = tmp_path / "reconciliation.duckdb"
    with duckdb.connect(published) as connection:
        connection.execute("CREATE SCHEMA published")
        connection.execute("CREATE TABLE published.achievability AS SELECT '99000027' AS qualification_number")
    page, table = tmp_path / "drift.html", tmp_path / "drift.csv"
    wanted = ("--output", page, "--output", table, "--published", published)
    assert run(tmp_path, monkeypatch, *registers(tmp_path), *wanted) == 0
    printed = " ".join(capsys.readouterr().out.split())
    for words in (
        "Added to the list 1 0",
        "Dates changed 1 1",
        "Title changed 1 1",
        "Changed with its organisation alone 1 0",
        "Old Awards RN9901 New [red]Awards RN9901 Same recognition number, another name 3 2",
        "operational end: none to 2027-07-31",
        "U+001B[31mU+202E",
    ):
        assert words in printed
    assert "New [red]Awards" in Outline(page.read_text(encoding="utf-8")).text
    rows = list(csv.DictReader(io.StringIO(table.read_bytes().decode(), newline="")))
    assert {row["qualification_number"]: row["told"] for row in rows} == {
        "99000039": "added",
        "99000027": "dates",
        "60171595": "renamed",
        "99000015": "organisation",
    }
    (renamed,) = [row for row in rows if row["told"] == "renamed"]
    assert renamed["title_later"].startswith("'=cmd")
    assert renamed["specifications"] == "btec-national-2016-business-extended-certificate"


def test_the_two_latest_deliveries_of_a_source_are_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    landing = tmp_path / "landing"
    (landing / "sources").mkdir(parents=True)
    (landing / "register").mkdir()
    source = landing / "sources" / "register.yaml"
    source.write_text("reader: ofqual_register\noptions: {only: {levels: ['3']}}\n", encoding="utf-8")
    arguments = ("--source", "register", "--landing", landing)
    assert run(tmp_path, monkeypatch, *arguments) == 1
    assert "has [0] deliveries" in capsys.readouterr().err
    for path in registers(tmp_path):
        path.rename(landing / "register" / path.name)
    (landing / "register" / "register 2026-01-01.csv").write_bytes(b"of no use")
    assert run(tmp_path, monkeypatch, *arguments, "--as-of", "2026-06-01") == 0
    assert "register 2026-04-01.csv (3) to register 2026-05-01.csv (4)" in capsys.readouterr().out


def test_files_that_cannot_be_compared_are_named_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = registers(tmp_path)
    (list_of_dfe,) = (EXAMPLES.parent / "dfe_approved_list" / "good").iterdir()
    cases: list[tuple[tuple[str | Path, ...], str]] = [
        ((one, list_of_dfe), "of the DfE list of approved qualifications; give two files of one list"),
        ((one, EXAMPLES / "register-organisations.csv"), "Its header is that of neither list."),
        ((one, tmp_path / "none.csv"), "cannot be read"),
        ((one, other, "--output", one), "exists; name another file"),
        ((one, other, "--output", tmp_path / "a.txt"), "ends neither in .html nor in .csv"),
        ((one, other, "--published", tmp_path / "none.duckdb"), "nothing is published"),
        (("--source", "nobody"), "there is no source file"),
    ]
    for arguments, words in cases:
        assert run(tmp_path, monkeypatch, *arguments) == 1
        said = capsys.readouterr().err
        assert words in said and said.count("\n") == 1
    with pytest.raises(SystemExit) as ended:
        run(tmp_path, monkeypatch, one)
    assert ended.value.code == 2
