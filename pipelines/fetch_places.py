"""Folders at senders' and in object storage, alike: what lies there, and its bytes. Nothing there is ever changed.

`fsspec` reaches the local disk and object storage. SFTP is reached by `fetch_sftp`: fsspec's own accepts a host whose key
nobody knows. What becomes of the files is `fetch_remote`'s business.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

from pipelines.fetch_settings import FetchError, RemoteTold

#: Bytes asked for at a time.
BLOCK = 4 << 20

#: Seconds without an answer after which a connection counts as broken.
SILENCE = 60


@dataclass(frozen=True, kw_only=True)
class RemoteFile:
    """A file there, as it is listed.

    Attributes:
        name: as the other side gives it: not yet proved to be safe.
        size: in bytes.
        modified: when it was changed, in whole seconds since the epoch; None if the other side does not say.
        state: what else tells that it has changed, such as an entity tag.
    """

    name: str
    size: int
    modified: int | None
    state: str = ""


class PassingFault(Exception):
    """The connection broke or the other side is busy: trying again may help. Its text holds no address or secret."""


class Place(Protocol):
    """A folder there. Everything may raise `FetchError` or `PassingFault`."""

    def files(self, most: int) -> list[RemoteFile]:
        """Regular files directly in it; more than `most` entries are refused."""

    def look(self, name: str) -> RemoteFile:
        """One of them again."""

    def blocks(self, file: RemoteFile) -> Iterator[bytes]:
        """Its bytes, in order."""

    def close(self) -> None:
        """Ends the connection."""


def too_many(most: int) -> FetchError:
    """What to say of a folder with more entries than may be."""
    return FetchError(f"the folder holds more than [most_files] of [{most}] entries; clear it up, or raise the limit")


def open_place(told: RemoteTold, secrets: dict[str, str], sources: Path) -> Place:
    """Connects to what a source names.

    Args:
        told: where it is.
        secrets: what is needed to sign in.
        sources: folder of the source file, for what lies beside it.

    Raises:
        FetchError: it cannot be reached, whatever is tried.
        PassingFault: it could not be reached this time.
    """
    if told.protocol == "sftp":
        try:
            from pipelines.fetch_sftp import SftpPlace
        except ModuleNotFoundError as error:
            raise _missing(error) from None
        return SftpPlace(told, secrets, sources)
    return FsspecPlace(told, secrets)


def _missing(error: ModuleNotFoundError) -> FetchError:
    return FetchError(f"the package [{error.name}] is missing; install the extra [deliveries] of this package, or it")


class FsspecPlace:
    """The local disk or object storage, through fsspec."""

    def __init__(self, told: RemoteTold, secrets: dict[str, str]) -> None:
        import fsspec

        parts = urlsplit(told.url)
        self._folder = (parts.path if told.protocol == "file" else parts.netloc + parts.path).rstrip("/")
        options: dict[str, Any] = _options(told, secrets)
        try:
            # kept in no cache: it holds what signs in, and a broken one must not come back
            self._files = fsspec.filesystem(
                told.protocol, skip_instance_cache=True, use_listings_cache=False, **options
            )
        except (ModuleNotFoundError, ImportError) as error:
            name = error.name if isinstance(error, ModuleNotFoundError) else told.protocol
            raise FetchError(f"the package [{name}] for [{told.protocol}] is missing; install it") from None

    def files(self, most: int) -> list[RemoteFile]:
        """Regular files directly in the folder; links are none."""
        try:
            entries = self._listed(self._folder or "/")
        except Exception as error:
            raise _told_apart(error) from None
        if len(entries) > most:
            raise too_many(most)
        files = [entry for entry in entries if entry["type"] == "file" and not entry.get("islink")]
        # what is not directly in the folder keeps its separators, and is refused for them
        return [_remote(entry, entry["name"].removeprefix(f"{self._folder}/")) for entry in files]

    def _listed(self, folder: str) -> list[dict[str, Any]]:
        try:
            return list(self._files.ls(folder, detail=True))
        except FileNotFoundError:
            bucket, _, prefix = folder.partition("/")
            if not bucket or not prefix:
                raise
            # in object storage a folder is there only while something lies in it
            self._files.ls(bucket)
            return []

    def look(self, name: str) -> RemoteFile:
        try:
            return _remote(self._files.info(f"{self._folder}/{name}"), name)
        except Exception as error:
            raise _told_apart(error) from None

    def blocks(self, file: RemoteFile) -> Iterator[bytes]:
        try:
            path = f"{self._folder}/{file.name}"
            with self._files.open(path, "rb", block_size=BLOCK, cache_type="none") as opened:
                yield from iter(lambda: opened.read(BLOCK), b"")
        except Exception as error:
            raise _told_apart(error) from None

    def close(self) -> None:
        """Nothing is held open."""


def _options(told: RemoteTold, secrets: dict[str, str]) -> dict[str, Any]:
    """What each kind of storage calls what is needed to sign in."""
    if told.protocol == "file":
        return {}
    if told.protocol == "gs":
        return {"token": secrets["key_file"]} if secrets else {}
    if told.protocol == "abfs":
        return dict(secrets)
    names = {"access_key_id": "key", "secret_access_key": "secret", "session_token": "token"}
    waits = {"connect_timeout": SILENCE, "read_timeout": SILENCE, "retries": {"max_attempts": 1}}
    own = {"endpoint_url": told.endpoint} if told.endpoint else {}
    return {names[name]: value for name, value in secrets.items()} | own | {"config_kwargs": waits}


def _remote(entry: dict[str, Any], name: str) -> RemoteFile:
    """An entry of a listing; every kind of storage names its time of change otherwise."""
    moment = next((entry[key] for key in ("mtime", "LastModified", "last_modified", "updated") if entry.get(key)), None)
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    seconds = moment.timestamp() if isinstance(moment, datetime) else moment
    state = next((str(entry[key]) for key in ("ETag", "etag", "md5Hash") if entry.get(key)), "")
    return RemoteFile(
        name=name, size=int(entry["size"]), modified=None if seconds is None else int(seconds), state=state
    )


def _told_apart(error: Exception) -> Exception:
    """Whether trying again may help. The words of a library are not passed on: they quote addresses and requests."""
    if isinstance(error, FetchError | PassingFault):
        return error
    kind = type(error).__name__
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return FetchError(f"there is no such folder or bucket ([{kind}]); correct [url]")
    if isinstance(error, PermissionError) or kind in {"NoCredentialsError", "PartialCredentialsError"}:
        return FetchError(f"the sign-in was refused, or reading there is not allowed ([{kind}]); check the credentials")
    if isinstance(error, OSError | EOFError) or kind.endswith(("TimeoutError", "ConnectionError", "ClosedError")):
        return PassingFault(f"the connection broke or was refused ([{kind}])")
    if kind in {"ClientError", "IncompleteReadError", "ClientPayloadError", "HTTPClientError"}:
        return PassingFault(f"the storage did not answer as asked ([{kind}])")
    return FetchError(f"the storage cannot be read ([{kind}]); check [url] and the credentials")
