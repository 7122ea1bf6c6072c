"""Deliveries fetched from servers on the loopback address: SFTP in this process, and S3 as moto plays it."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.cli import main
from tests.fetching import Fetching

paramiko = pytest.importorskip("paramiko", reason="the extra [deliveries] is not installed")

from tests.sftp_server import MODIFIED, PASSWORD, USER, Behaviour, sftp_server  # noqa: E402

#: What a thread of a client would print on standard error.
pytestmark = pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")

SECRET = "-".join(["not", "to", "be", "printed"])
BY_PASSWORD = {"username": "RECONCILE_FETCH_USER", "password": "RECONCILE_FETCH_PASSWORD"}
BY_KEY = {"username": "RECONCILE_FETCH_USER", "key_file": "RECONCILE_FETCH_KEY"}


@pytest.fixture
def server() -> Iterator[Behaviour]:
    with sftp_server() as behaviour:
        yield behaviour


@pytest.fixture
def here(tmp_path: Path, server: Behaviour, monkeypatch: pytest.MonkeyPatch) -> Fetching:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("RECONCILE_FETCH_USER", USER)
    monkeypatch.setenv("RECONCILE_FETCH_PASSWORD", PASSWORD)
    made = Fetching(tmp_path)
    made.beside("college.hosts", server.known_hosts())
    _source(made, server)
    return made


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.fetch_remote.WAITS", (0.0, 0.0))


def _source(here: Fetching, server: Behaviour, **changes: Any) -> None:
    told = {"url": f"sftp://127.0.0.1:{server.port}/out", "pattern": "*.csv", "known_hosts": "college.hosts"}
    here.source("college", told | {"credentials_from": BY_PASSWORD} | changes)


def _unread(here: Fetching, word: str) -> bool:
    """Whether a word stands in no file under the data and landing folders."""
    folders = (here.settings.data, here.landing)
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return not [path for path in files if word.encode() in path.read_bytes()]


def test_files_come_over_sftp_whole_with_their_time_and_nothing_is_changed_there(
    here: Fetching, server: Behaviour
) -> None:
    server.files = {"list.csv": bytes(range(256)) * 20_000, "empty.csv": b"", "other.txt": b"no"}
    found = here.one()
    assert (found.files, found.failures) == (("empty.csv", "list.csv"), ())
    path = here.landing / "college" / "list.csv"
    assert path.read_bytes() == server.files["list.csv"]
    assert path.stat().st_mtime == MODIFIED
    assert here.one().unchanged == 2
    assert server.written == []


def test_a_wrong_password_is_refused_once_and_not_shown(
    here: Fetching, server: Behaviour, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RECONCILE_FETCH_PASSWORD", SECRET)
    found = here.one()
    assert "refused the sign-in" in found.failures[0]
    assert server.sign_ins == 1
    assert SECRET not in str(found) + "".join(capfd.readouterr())
    assert _unread(here, SECRET)


def test_a_host_whose_key_nobody_knows_is_sent_no_password(here: Fetching, server: Behaviour) -> None:
    here.beside("college.hosts", "")
    assert "host key is not known" in here.one().failures[0]
    _source(here, server, known_hosts=None)
    assert "host key is not known" in here.one().failures[0]
    assert server.sign_ins == 0


def test_a_host_with_another_key_than_the_known_one_is_sent_no_password(here: Fetching, server: Behaviour) -> None:
    here.beside("college.hosts", server.known_hosts(paramiko.ECDSAKey.generate()))
    assert "another host key" in here.one().failures[0]
    assert server.sign_ins == 0


def test_the_account_s_own_known_hosts_count_if_the_source_names_none(
    here: Fetching, server: Behaviour, tmp_path: Path
) -> None:
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "known_hosts").write_text(server.known_hosts(), encoding="utf-8")
    server.files = {"list.csv": b"x"}
    _source(here, server, known_hosts=None)
    assert here.one().files == ("list.csv",)


@pytest.mark.parametrize("phrase", [None, SECRET])
def test_a_private_key_signs_in(
    here: Fetching, server: Behaviour, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, phrase: str | None
) -> None:
    server.account_key.write_private_key_file(str(tmp_path / "key"), password=phrase)
    monkeypatch.setenv("RECONCILE_FETCH_KEY", str(tmp_path / "key"))
    monkeypatch.setenv("RECONCILE_FETCH_PHRASE", phrase or "none")
    server.files = {"list.csv": b"x"}
    _source(here, server, credentials_from=BY_KEY | ({"passphrase": "RECONCILE_FETCH_PHRASE"} if phrase else {}))
    found = here.one()
    assert (found.files, found.failures) == (("list.csv",), ())


def test_a_private_key_that_cannot_be_opened_is_told_without_its_place(
    here: Fetching, server: Behaviour, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.account_key.write_private_key_file(str(tmp_path / "key"), password=SECRET)
    _source(here, server, credentials_from=BY_KEY | {"passphrase": "RECONCILE_FETCH_PHRASE"})
    monkeypatch.setenv("RECONCILE_FETCH_PHRASE", "another")
    for place in (tmp_path / "key", tmp_path / "none"):
        monkeypatch.setenv("RECONCILE_FETCH_KEY", str(place))
        (failure,) = here.one().failures
        assert "private key cannot be opened" in failure
        assert str(tmp_path) not in failure


@pytest.mark.usefixtures("waits")
def test_a_connection_that_is_cut_midway_is_made_again(here: Fetching, server: Behaviour) -> None:
    server.files = {"list.csv": bytes(range(256)) * 20_000}
    server.cut_after = [1_000_000, 3_000_000]
    assert here.one().files == ("list.csv",)
    assert (here.landing / "college" / "list.csv").read_bytes() == server.files["list.csv"]
    assert here.files("college") == ["list.csv"]


@pytest.mark.usefixtures("waits")
def test_a_connection_that_is_cut_every_time_leaves_nothing_under_a_name(
    here: Fetching, server: Behaviour, capfd: pytest.CaptureFixture[str]
) -> None:
    server.files = {"list.csv": bytes(range(256)) * 20_000}
    server.cut_after = [1_000_000] * 3
    assert "broke" in here.one().failures[0]
    assert here.files("college") == []
    assert "Traceback" not in "".join(capfd.readouterr())


def test_hostile_names_write_nothing_outside_the_source_s_folder(
    here: Fetching, server: Behaviour, tmp_path: Path
) -> None:
    names = (
        "../escaped.csv",
        "/tmp/escaped.csv",
        "../../landing/centres/escaped.csv",
        "a\\..\\escaped.csv",
        "n\nl.csv",
    )
    server.files = dict.fromkeys(names, b"hostile") | {"good.csv": b"good"}
    found = here.one()
    assert found.files == ("good.csv",)
    assert [failure[:3] for failure in found.failures] == ["[4]", "[1]"]
    assert here.files("college") == ["good.csv"]
    assert not list(tmp_path.rglob("*escaped*"))
    assert not Path("/tmp/escaped.csv").exists()


def test_a_server_that_says_nothing_of_its_files_has_none(here: Fetching, server: Behaviour) -> None:
    server.files, server.unsaid = {"list.csv": b"x"}, True
    assert here.one().files == ()


def test_a_folder_that_is_not_there_and_a_server_that_is_not_up_are_told_apart(
    here: Fetching, server: Behaviour, waits: None
) -> None:
    _source(here, server, url=f"sftp://127.0.0.1:{server.port}/none")
    assert "no such folder" in here.one().failures[0]
    _source(here, server, url="sftp://127.0.0.1:1/out")
    assert "whether the other side is up" in here.one().failures[0]


@pytest.fixture(scope="module")
def storage() -> Iterator[str]:
    """Address of an S3 service in this process."""
    moto = pytest.importorskip("moto.server", reason="moto is not installed")
    pytest.importorskip("s3fs", reason="the extra [deliveries] is not installed")
    service = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    service.start()
    host, port = service.get_host_and_port()
    yield f"http://{host}:{port}"
    service.stop()


@pytest.fixture
def bucket(storage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Fetching, Any]:
    """A source in a bucket of its own, and a client that puts objects there."""
    import boto3

    for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("RECONCILE_FETCH_KEY_ID", "invented")
    monkeypatch.setenv("RECONCILE_FETCH_SECRET", SECRET)
    name = f"bucket-{tmp_path.name.replace('_', '-').lower()[:40].strip('-')}{time.monotonic_ns()}"[:63]
    client = boto3.client(
        "s3", endpoint_url=storage, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="y"
    )
    client.create_bucket(Bucket=name)
    here = Fetching(tmp_path)
    signs_in = {"access_key_id": "RECONCILE_FETCH_KEY_ID", "secret_access_key": "RECONCILE_FETCH_SECRET"}
    told = {"url": f"s3://{name}/out", "endpoint": storage, "settled_seconds": 0, "credentials_from": signs_in}
    here.source("college", told | {"pattern": "*.csv"})
    return here, lambda key, body: client.put_object(Bucket=name, Key=key, Body=body)


def test_objects_come_from_a_bucket_whole_and_once(bucket: tuple[Fetching, Any]) -> None:
    here, put = bucket
    content = bytes(range(256)) * 40_000
    put("out/list.csv", content)
    put("out/deeper/list.csv", b"not directly there")
    put("elsewhere.csv", b"not there")
    found = here.one()
    assert (found.files, found.bytes, found.failures) == (("list.csv",), len(content), ())
    assert (here.landing / "college" / "list.csv").read_bytes() == content
    assert here.one().unchanged == 1


def test_an_object_with_other_bytes_lies_beside_the_first(bucket: tuple[Fetching, Any]) -> None:
    here, put = bucket
    put("out/list.csv", b"first")
    here.one()
    put("out/list.csv", b"another")
    assert len(here.one().files) == 1
    assert len(here.files("college")) == 2
    assert (here.landing / "college" / "list.csv").read_bytes() == b"first"


def test_hostile_keys_of_objects_write_nothing(bucket: tuple[Fetching, Any], tmp_path: Path) -> None:
    here, put = bucket
    for key in ("out/../escaped.csv", "out//escaped.csv", "out/a\\escaped.csv", "out/n\x01.csv"):
        put(key, b"hostile")
    put("out/good.csv", b"good")
    assert here.one().files == ("good.csv",)
    assert here.files("college") == ["good.csv"]
    assert not list(tmp_path.rglob("*escaped*"))


def test_an_empty_prefix_is_nothing_to_fetch_and_a_missing_bucket_is_an_error(bucket: tuple[Fetching, Any]) -> None:
    here, _ = bucket
    assert (here.one().files, here.one().failures) == ((), ())
    told = (here.landing / "sources" / "college.yaml").read_text(encoding="utf-8")
    here.beside("college.yaml", told.replace("s3://bucket-", "s3://none-"))
    assert "no such folder or bucket" in here.one().failures[0]


def test_no_secret_of_a_bucket_is_left_anywhere(bucket: tuple[Fetching, Any], caplog: pytest.LogCaptureFixture) -> None:
    here, put = bucket
    put("out/list.csv", b"x")
    assert SECRET not in str(here.one()) + caplog.text
    assert _unread(here, SECRET)


def test_the_command_prints_a_line_for_each_source_and_fails_if_one_did(
    here: Fetching, server: Behaviour, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECONCILE_DATA", str(here.settings.data))
    server.files = {"list.csv": b"x" * 1_234}
    fetch = ["fetch", "--landing", str(here.landing)]
    assert main(fetch) == 0
    assert "college: fetched 1 file, 1,234 bytes" in capsys.readouterr().out
    here.source("absent", {"url": "file:///nowhere/at/all"})
    assert main([*fetch, "--dry-run"]) == 1
    said = capsys.readouterr()
    assert "college: 1 unchanged" in said.out
    assert "absent: failed\n  failed: there is no such folder" in said.out
    assert "[1] sources" in said.err
