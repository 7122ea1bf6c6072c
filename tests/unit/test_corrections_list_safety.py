"""What corrections lists must not do: run a value, be read by others, lie over a file, print anybody; and each error."""

from pathlib import Path

import openpyxl
import pytest

from assets.reconciled.flags import discover_flags
from pipelines.cli import main
from pipelines.ledger import open_ledger
from pipelines.returns import Asked, Register
from schemas.corrections import HELD_VALUES, PERSONAL_DETAILS, RECORDS, TOLD_IN_WORDS
from schemas.feeds import FEEDS
from schemas.published import PUBLISHED
from tests.correction_publication import details_differ, lists, publish_corrections, rows_in, rows_in_workbook
from tests.report_publication import CENTRE, ORGANISATION, position

HOSTILE = ("=HYPERLINK(0)", "+44 20", "-3", "@SUM(A1)", "\t=1", "\r=1", " =1", "\uff1d1", 'a","b\n=1', "\u202eabc")


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RECONCILE_DATA", str(tmp_path))
    monkeypatch.setenv("RECONCILE_PUBLISHED", str(tmp_path / "reconciliation.duckdb"))
    return publish_corrections(tmp_path / "reconciliation.duckdb", [position(1)], [details_differ(1)])


def test_hostile_values_are_text_in_workbook_and_csv(published: Path, tmp_path: Path) -> None:
    flags = [details_differ(number, centre_learner_reference=text, detail=text) for number, text in enumerate(HOSTILE)]
    people = [position(number, surname=text, centre_learner_reference=text) for number, text in enumerate(HOSTILE)]
    publish_corrections(published, people, flags)
    assert main(["corrections-list", "--centre", CENTRE]) == 0
    (path,) = lists(tmp_path / "returns", CENTRE)
    for row in rows_in(path):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", " ", "\uff1d")) for cell in row.values())
    in_csv = {row["Why"] for row in rows_in(path)}
    assert in_csv == {f"'{text}" if text[0] not in "a\u202e" else text for text in HOSTILE}
    for sheet in openpyxl.load_workbook(path.with_suffix(".xlsx")).worksheets:
        cells = [cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
        assert {cell.data_type for cell in cells} == {"s"}
        assert all(cell.quotePrefix for cell in cells if cell.value.startswith(("=", "+", "-", "@", "\t")))
    in_workbook = {str(row["Why"]).replace("_x000D_", "\r") for row in rows_in_workbook(path)}
    assert in_workbook == set(HOSTILE)


def test_only_its_owner_may_read_a_list_and_nothing_personal_is_printed_or_kept_in_the_ledger(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (["corrections-list"], ["corrections-list", "--centre", CENTRE], ["returns"], ["returns", "--all"]):
        assert main(words) == 0
    said = "".join(capsys.readouterr())
    assert "Rows: 1 new, 0 changed, 0 withdrawn." in said
    assert f"corrections_list for {CENTRE}, 1 rows" in said
    held = b"".join(path.read_bytes() for path in tmp_path.glob("ledger.sqlite*"))
    assert not any(
        value in said or value.encode() in held for value in ("Person1", "REF1", "REG1", "different details")
    )
    for path in (tmp_path / "returns", *(tmp_path / "returns").iterdir(), tmp_path / "returns.key"):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600)


def test_a_file_that_is_in_the_way_is_kept_and_the_rows_are_not_taken_for_sent(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = f"corrections-{CENTRE}-2026-05-14-1.xlsx"
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / name).write_text("somebody's", encoding="utf-8")
    assert main(["corrections-list", "--centre", CENTRE, "--output", str(tmp_path / "lists")]) == 1
    assert f"{name}] exists; name another file or move it away" in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "lists").iterdir()] == [name]
    (tmp_path / "lists" / name).unlink()
    assert main(["corrections-list", "--centre", CENTRE, "--output", str(tmp_path / "lists")]) == 0
    assert len(rows_in(tmp_path / "lists" / f"corrections-{CENTRE}-2026-05-14-1.csv")) == 1


def test_the_same_list_is_the_same_file_so_that_one_left_by_a_stopped_command_is_taken(
    published: Path, tmp_path: Path
) -> None:
    assert main(["corrections-list", "--centre", CENTRE]) == 0
    for path in tmp_path.glob("ledger.sqlite*"):
        path.unlink()
    assert main(["corrections-list", "--centre", CENTRE]) == 0
    (path,) = lists(tmp_path / "returns", CENTRE)
    assert main(["returns", "--verify", str(path.with_suffix(".xlsx"))]) == 0


def test_a_centre_that_is_gone_from_the_publication_is_told_that_its_rows_are_withdrawn(
    published: Path, tmp_path: Path
) -> None:
    assert main(["corrections-list", "--centre", CENTRE]) == 0
    publish_corrections(published, [], [], contacts=[])
    assert main(["corrections-list"]) == 0
    assert [row["Change"] for row in rows_in(lists(tmp_path / "returns", CENTRE)[1])] == ["withdrawn"]


def test_lists_recorded_under_a_lost_key_are_given_again_only_as_a_whole(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["corrections-list", "--centre", CENTRE]) == 0
    (tmp_path / "returns.key").unlink()
    assert main(["corrections-list", "--centre", CENTRE]) == 1
    said = capsys.readouterr().err
    assert "put back its file returns.key, or give everything again with --full" in said and said.count("\n") == 1
    assert main(["corrections-list", "--centre", CENTRE, "--full"]) == 0
    assert [row["Change"] for row in rows_in(lists(tmp_path / "returns", CENTRE)[1])] == ["new"]
    with open_ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}") as ledger:
        register = Register(ledger, (tmp_path / "returns.key").read_bytes())
        last = register.last(Asked(kind="corrections_list", recipient=CENTRE))
    assert last is not None and last.whole and last.rests_on.publication_id == "publication of 2026-05-14"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--centre", "55555"), "the publication has nothing of [55555]"),
        (("--organisation", "RN9999"), "the publication has nothing of [RN9999]"),
        (("--published", "HERE/none.duckdb"), "nothing is published at"),
        (("--output", "HERE/reconciliation.duckdb/x"), "cannot be made"),
    ],
)
def test_what_cannot_be_written_is_said_in_one_line(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], message: str
) -> None:
    assert main(["corrections-list", *(word.replace("HERE", str(tmp_path)) for word in words)]) == 1
    said = capsys.readouterr().err
    assert message in said and said.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--verify", "HERE/none"], "cannot be read (No such file or directory)"),
        (["--verify", "HERE/reconciliation.duckdb"], "is no return that was recorded here"),
    ],
)
def test_a_file_that_is_no_return_is_said_to_be_none(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    assert main(["returns", *(word.replace("HERE", str(tmp_path)) for word in words)]) == 1
    assert message in capsys.readouterr().err


def test_the_rows_that_rest_on_a_flag_are_found_by_its_id(published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["corrections-list", "--centre", CENTRE, "--organisation", ORGANISATION]) == 0
    capsys.readouterr()
    assert main(["returns", "--flag", details_differ(1)["flag_id"]]) == 0
    assert main(["returns", "--flag", "other"]) == 0
    one, other = capsys.readouterr().out.splitlines()
    assert f"corrections_list for {CENTRE}" in one and one.endswith("row 1, new")
    assert other == "no row of a return rests on flag [other]"


def test_every_value_that_a_flag_names_is_known_to_be_somebody_s_or_told_in_words() -> None:
    named = {value for file in discover_flags() for value in file.header.values}
    assert named - {*HELD_VALUES, *TOLD_IN_WORDS} == set()
    assert {*HELD_VALUES, *TOLD_IN_WORDS} - named == set()
    assert set(HELD_VALUES) & TOLD_IN_WORDS == set()
    assert {held.side for held in HELD_VALUES.values()} <= {feed.side for feed in FEEDS.values()}
    assert all(
        held.is_grade == (name.endswith("_grade") and name != "condition_grade") for name, held in HELD_VALUES.items()
    )


def test_every_record_that_a_flag_rests_on_has_a_word_and_every_detail_a_column() -> None:
    rested_on = {feed for file in discover_flags() for feed in file.header.evidence.values()}
    assert {feed for feed in rested_on if FEEDS[feed].side != "reference"} == set(RECORDS)
    assert set(PERSONAL_DETAILS.values()) <= set(PUBLISHED["checkpoint"].column_names)
