"""What is new in a sender's folder comes into the landing folder whole, under its own name, and never over another file."""

import os
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from assets.landed.deliveries import delivery_date
from assets.landed.limits import Limits
from pipelines import fetch_remote
from pipelines.fetch_places import PassingFault, RemoteFile
from pipelines.fetch_settings import FetchError
from pipelines.settings import UserError
from tests.fetching import Fetching

LONG_AGO = 1_767_225_600  # 2026-01-01T00:00:00Z


class _Sender:
    """A folder of a sender's, on this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def put(self, name: str, content: bytes = b"number,name\n99001,One\n", modified: float = LONG_AGO) -> Path:
        path = self.folder / name
        path.write_bytes(content)
        os.utime(path, (modified, modified))
        return path


class _Hostile:
    """A place that says and does what a test wants."""

    def __init__(self, files: dict[str, bytes], *, cut: int = 0, broken: int = 0, size: int | None = None) -> None:
        self.held, self.cut, self.broken, self.size = files, cut, broken, size
        self.opened = self.closed = 0

    def open(self, *_: object) -> "_Hostile":
        self.opened += 1
        if self.broken:
            self.broken -= 1
            raise PassingFault("the connection broke")
        return self

    def files(self, most: int) -> list[RemoteFile]:
        return [self.look(name) for name in self.held]

    def look(self, name: str) -> RemoteFile:
        size = len(self.held[name]) if self.size is None else self.size
        return RemoteFile(name=name, size=size, modified=LONG_AGO)

    def blocks(self, file: RemoteFile) -> Iterator[bytes]:
        content = self.held[file.name]
        if self.cut:
            self.cut -= 1
            yield content[:5]
            raise PassingFault("the connection broke")
        yield content

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def sender(tmp_path: Path) -> _Sender:
    return _Sender(tmp_path / "sender")


@pytest.fixture
def here(tmp_path: Path, sender: _Sender) -> Fetching:
    made = Fetching(tmp_path)
    made.source("college", {"url": f"file://{sender.folder}", "pattern": "*.csv"})
    return made


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    seen: list[float] = []
    monkeypatch.setattr(time, "sleep", seen.append)
    return seen


def _replaced(monkeypatch: pytest.MonkeyPatch, place: _Hostile) -> _Hostile:
    monkeypatch.setattr(fetch_remote, "open_place", place.open)
    return place


def test_new_files_come_with_their_time_of_change_and_stay_where_they_were(here: Fetching, sender: _Sender) -> None:
    sender.put("list 2026-05-01.csv")
    sender.put("readme.txt")
    (sender.folder / "folder.csv").mkdir()
    found = here.one()
    assert (found.files, found.bytes, found.failures) == (("list 2026-05-01.csv",), 22, ())
    assert here.files("college") == ["list 2026-05-01.csv"]
    assert (here.landing / "college" / "list 2026-05-01.csv").stat().st_mtime == LONG_AGO
    assert sorted(path.name for path in sender.folder.iterdir()) == ["folder.csv", "list 2026-05-01.csv", "readme.txt"]


def test_what_was_fetched_before_is_not_read_again(
    here: Fetching, sender: _Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    sender.put("list.csv")
    here.one()
    monkeypatch.setattr(fetch_remote._Work, "_fetch", None)
    assert (here.one().files, here.one().unchanged) == ((), 1)


def test_other_bytes_under_a_name_lie_beside_the_first_and_are_told(here: Fetching, sender: _Sender) -> None:
    sender.put("list 2026-05-01.csv", b"first")
    here.one()
    sender.put("list 2026-05-01.csv", b"other", LONG_AGO + 60)
    found = here.one()
    (name,) = found.files
    assert (here.landing / "college" / "list 2026-05-01.csv").read_bytes() == b"first"
    assert (here.landing / "college" / name).read_bytes() == b"other"
    assert name > "list 2026-05-01.csv"
    assert delivery_date(name, 0) == date(2026, 5, 1)
    assert f"[{name}]" in found.notes[0]
    assert here.one().unchanged == 1


def test_the_same_bytes_with_another_time_are_not_delivered_again(here: Fetching, sender: _Sender) -> None:
    sender.put("list 2026-05-01.csv")
    here.one()
    sender.put("list 2026-05-01.csv", modified=LONG_AGO + 864_000)
    assert (here.one().files, here.one().unchanged) == ((), 1)
    assert here.files("college") == ["list 2026-05-01.csv"]


def test_the_date_of_a_delivery_without_one_in_its_name_is_not_changed(here: Fetching, sender: _Sender) -> None:
    sender.put("list.csv")
    here.one()
    sender.put("list.csv", modified=LONG_AGO + 864_000)
    assert here.one().unchanged == 1
    assert (here.landing / "college" / "list.csv").stat().st_mtime == LONG_AGO


def test_a_file_that_may_be_growing_still_waits(here: Fetching, sender: _Sender) -> None:
    sender.put("list.csv", modified=time.time())
    assert (here.one().files, here.one().waiting) == ((), 1)
    assert here.files("college") == []


def test_uploads_hidden_files_and_links_are_left_alone(here: Fetching, sender: _Sender) -> None:
    here.source("college", {"url": f"file://{sender.folder}"})
    sender.put("list.csv.part")
    sender.put(".list.csv")
    sender.put("list.csv~")
    (sender.folder / "link.csv").symlink_to("/etc/hostname")
    assert (here.one().files, here.one().failures) == ((), ())


def test_a_dry_run_says_what_would_come_and_writes_nothing(here: Fetching, sender: _Sender) -> None:
    sender.put("list.csv")
    assert here.one(dry=True).files == ("list.csv",)
    assert not (here.landing / "college").exists()


def test_a_file_larger_than_a_delivery_may_be_does_not_keep_the_others_back(tmp_path: Path, sender: _Sender) -> None:
    here = Fetching(tmp_path, Limits(delivered_bytes=10))
    here.source("college", {"url": f"file://{sender.folder}", "pattern": "*.csv"})
    sender.put("large.csv", b"x" * 11)
    sender.put("small.csv", b"x" * 10)
    found = here.one()
    assert found.files == ("small.csv",)
    assert "[delivered_bytes] of [10]" in found.failures[0]


def test_a_folder_with_too_many_entries_is_refused(here: Fetching, sender: _Sender) -> None:
    here.source("college", {"url": f"file://{sender.folder}", "most_files": 1})
    sender.put("a.csv")
    sender.put("b.csv")
    assert "[most_files]" in here.one().failures[0]


def test_the_landing_folder_is_not_fetched_from_itself(here: Fetching) -> None:
    here.source("college", {"url": f"file://{here.landing}/college"})
    assert "names the landing folder" in here.one().failures[0]


def test_a_source_that_fails_stops_no_other(here: Fetching, sender: _Sender) -> None:
    sender.put("list.csv")
    here.source("absent", {"url": f"file://{sender.folder}/absent"})
    here.beside("broken.yaml", "reader: [\n")
    found = {one.source: one for one in here.fetch()}
    assert sorted(found) == ["absent", "broken", "college"]
    assert found["college"].files == ("list.csv",)
    assert found["absent"].failures and found["broken"].failures


def test_a_source_that_is_not_there_or_is_not_fetched_is_named(here: Fetching) -> None:
    with pytest.raises(UserError, match=r"no source \[none\]"):
        here.fetch("none")
    here.source("put", None)
    with pytest.raises(UserError, match=r"\[put\] does not say where"):
        here.fetch("put")


@pytest.mark.parametrize(
    "name",
    [
        "../x.csv",
        "/etc/x.csv",
        "a/b.csv",
        "..\\x.csv",
        "..",
        "",
        "a\nb.csv",
        "a\0.csv",
        "\u202ex.csv",
        "\ud800.csv",
        "x" * 250,
    ],
)
def test_a_hostile_name_is_refused_and_not_repeated(here: Fetching, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    _replaced(monkeypatch, _Hostile({name: b"hostile", "good.csv": b"good"}))
    found = here.one()
    assert found.files == ("good.csv",)
    assert "[1] files whose name" in found.failures[0]
    assert not name or name not in found.failures[0]
    assert here.files("college") == ["good.csv"]


def test_a_connection_that_is_cut_is_tried_again_and_the_file_is_whole(
    here: Fetching, monkeypatch: pytest.MonkeyPatch, waits: list[float]
) -> None:
    place = _replaced(monkeypatch, _Hostile({"list.csv": b"0123456789"}, cut=2))
    assert here.one().files == ("list.csv",)
    assert (here.landing / "college" / "list.csv").read_bytes() == b"0123456789"
    assert (place.opened, waits) == (3, [1.0, 5.0])


def test_a_connection_that_is_cut_every_time_leaves_nothing(
    here: Fetching, monkeypatch: pytest.MonkeyPatch, waits: list[float]
) -> None:
    place = _replaced(monkeypatch, _Hostile(dict.fromkeys(("a.csv", "b.csv", "c.csv"), b"0123456789"), cut=99))
    found = here.one()
    assert [failure.split("]")[0] for failure in found.failures] == ["[a.csv", "[b.csv", "the other [1"]
    assert here.files("college") == []
    assert place.closed == place.opened


def test_a_sign_in_that_is_refused_is_not_tried_again(
    here: Fetching, monkeypatch: pytest.MonkeyPatch, waits: list[float]
) -> None:
    def refuse(*_: object) -> None:
        raise FetchError("the server refused the sign-in")

    monkeypatch.setattr(fetch_remote, "open_place", refuse)
    assert here.one().failures == ("the server refused the sign-in",)
    assert waits == []


@pytest.mark.parametrize("size", [5, 20])
def test_a_file_of_another_size_than_was_said_is_not_taken(
    here: Fetching, monkeypatch: pytest.MonkeyPatch, waits: list[float], size: int
) -> None:
    _replaced(monkeypatch, _Hostile({"list.csv": b"0123456789"}, size=size))
    assert here.one().failures
    assert here.files("college") == []


def test_an_unexpected_error_is_told_without_its_words(
    here: Fetching, sender: _Sender, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("ZQXMARKER")

    monkeypatch.setattr(fetch_remote, "open_place", fail)
    (failure,) = here.one().failures
    assert "[RuntimeError]" in failure
    assert "ZQXMARKER" not in failure
