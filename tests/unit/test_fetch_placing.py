"""A fetched file is put into its source's folder in one step, in place of no other, by one process at a time."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.landed.deliveries import delivery_date
from pipelines.fetch_placing import next_version, only_fetch, placed, unfinished
from pipelines.fetch_settings import FetchError
from pipelines.settings import UserError
from tests.fetching import Fetching


@pytest.fixture
def here(tmp_path: Path) -> Fetching:
    """A source whose sender has one file."""
    made = Fetching(tmp_path)
    (tmp_path / "sender").mkdir()
    (tmp_path / "sender" / "list.csv").write_text("number,name\n99001,One\n", encoding="utf-8")
    made.source("college", {"url": f"file://{tmp_path}/sender", "settled_seconds": 0})
    return made


def test_two_processes_do_not_fetch_at_once(here: Fetching) -> None:
    with only_fetch(here.settings), pytest.raises(UserError, match="being fetched already"):
        here.fetch()


def test_a_folder_that_is_a_link_is_not_written_into(here: Fetching, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (here.landing / "college").symlink_to(tmp_path / "elsewhere")
    assert "is a link" in here.one().failures[0]
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_what_a_killed_process_left_is_cleared_away(here: Fetching) -> None:
    (here.landing / "college").mkdir()
    (here.landing / "college" / ".fetching-abc.part").write_bytes(b"half")
    here.one()
    assert here.files("college") == ["list.csv"]


def test_a_file_that_is_not_finished_is_never_there_under_a_name(tmp_path: Path) -> None:
    with unfinished(tmp_path) as (partial, file):
        file.write(b"half")
        assert [path.suffix for path in tmp_path.iterdir()] == [".part"]
        assert partial.name.startswith(".")
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_is_taken_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "list.csv").symlink_to(tmp_path / "elsewhere")
    with unfinished(tmp_path) as (partial, file):
        file.write(b"new")
        assert not placed(partial, tmp_path, "list.csv")
    assert not (tmp_path / "elsewhere").exists()


def test_there_is_an_end_to_the_versions_of_one_file(tmp_path: Path) -> None:
    for number in range(2, 100):
        (tmp_path / f"list_{number:02}-abcdefgh.csv").touch()
    with pytest.raises(FetchError, match="versions"):
        next_version(tmp_path, "list.csv", "0" * 64)


@settings(max_examples=50, deadline=None)
@given(
    st.from_regex(r"[A-Za-z0-9 ._-]{1,40}\.(csv|delta\.csv|csv\.gz|xlsx|X01)", fullmatch=True), st.binary(max_size=4)
)
def test_a_later_version_sorts_after_the_first_and_keeps_its_date_and_ending(
    tmp_path_factory: pytest.TempPathFactory, name: str, content: bytes
) -> None:
    folder = tmp_path_factory.mktemp("versions")
    sha256 = (content.hex() * 64 + "0" * 64)[:64]
    (folder / name).touch()
    later = next_version(folder, name, sha256)
    (folder / later).touch()
    last = next_version(folder, name, sha256)
    assert sorted([last, name, later]) == [name, later, last]
    assert delivery_date(later, 0) == delivery_date(name, 0)
    assert (".delta." in later) == (".delta." in name)
    assert later.rpartition(".")[2] == name.rpartition(".")[2]
