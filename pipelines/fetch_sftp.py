"""A sender's folder over SFTP. A host whose key is not known is refused, and only the credentials that are named are tried.

paramiko itself, not fsspec's file system of that name: its listings can be bounded, its attributes may be missing without
harm, and several blocks can be asked for at once.
"""

import errno
import logging
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import paramiko

from pipelines.fetch_places import SILENCE, PassingFault, RemoteFile, too_many
from pipelines.fetch_settings import FetchError, RemoteTold

#: Bytes of one request, as large as every server must answer (draft-ietf-secsh-filexfer-02, 3), and requests under way.
_REQUEST, _AT_ONCE = 32_768, 64

_CONNECT_SECONDS = 30


class _UnknownHost(Exception):
    """The server's key is in no list of known hosts."""


class _RefuseUnknown(paramiko.MissingHostKeyPolicy):
    def missing_host_key(self, client: paramiko.SSHClient, hostname: str, key: paramiko.PKey) -> None:
        raise _UnknownHost


class SftpPlace:
    """A folder on an SFTP server."""

    def __init__(self, told: RemoteTold, secrets: dict[str, str], sources: Path) -> None:
        # it would tell of broken connections on standard error, in words of the other side
        logging.getLogger("paramiko").setLevel(logging.CRITICAL + 1)
        parts = urlsplit(told.url)
        # /~/folder lies in the account's own folder there
        self._folder = parts.path.removeprefix("/~/").rstrip("/") or ("." if parts.path.startswith("/~") else "/")
        self._client = paramiko.SSHClient()
        try:
            self._know_hosts(told, sources)
            with _words_of_ours():
                self._client.set_missing_host_key_policy(_RefuseUnknown())
                self._client.connect(
                    str(parts.hostname),
                    parts.port or 22,
                    username=secrets["username"],
                    password=secrets.get("password"),
                    pkey=_private_key(secrets),
                    look_for_keys=False,
                    allow_agent=False,
                    timeout=_CONNECT_SECONDS,
                    banner_timeout=_CONNECT_SECONDS,
                    auth_timeout=_CONNECT_SECONDS,
                    channel_timeout=_CONNECT_SECONDS,
                )
                self._sftp = self._client.open_sftp()
                self._sftp.get_channel().settimeout(SILENCE)
        except BaseException:
            self._client.close()
            raise

    def _know_hosts(self, told: RemoteTold, sources: Path) -> None:
        try:
            if told.known_hosts is None:
                self._client.load_system_host_keys()
            else:
                self._client.load_system_host_keys(str(sources / told.known_hosts))
        except (OSError, ValueError, paramiko.SSHException):
            raise FetchError(
                "[fetch.known_hosts] cannot be read; put the server's host key beside the source file"
            ) from None

    def files(self, most: int) -> list[RemoteFile]:
        """Regular files directly in the folder; links and what says nothing of its kind are none."""
        found: list[RemoteFile] = []
        with _words_of_ours():
            for number, entry in enumerate(self._sftp.listdir_iter(self._folder), 1):
                if number > most:
                    raise too_many(most)
                if entry.st_mode is not None and stat.S_ISREG(entry.st_mode) and entry.st_size is not None:
                    found.append(_remote(entry, entry.filename))
        return found

    def look(self, name: str) -> RemoteFile:
        with _words_of_ours():
            return _remote(self._sftp.lstat(self._path(name)), name)

    def blocks(self, file: RemoteFile) -> Iterator[bytes]:
        """The file's bytes up to the size that was listed; many requests are under way at once."""
        with _words_of_ours(), self._sftp.open(self._path(file.name), "rb") as opened:
            _keep_quiet(opened)
            window = _REQUEST * _AT_ONCE
            for start in range(0, file.size, window):
                end = min(start + window, file.size)
                yield from opened.readv([(at, min(_REQUEST, end - at)) for at in range(start, end, _REQUEST)])

    def _path(self, name: str) -> str:
        return f"{self._folder.rstrip('/')}/{name}"

    def close(self) -> None:
        """Ends the connection."""
        self._client.close()


def _keep_quiet(opened: paramiko.SFTPFile) -> None:
    """Keeps the thread that sends requests ahead from printing a broken connection, which is told where blocks are read."""
    send: Any = getattr(opened, "_prefetch_thread", None)

    def quietly(*chunks: Any) -> None:
        with suppress(OSError, EOFError, paramiko.SSHException):
            send(*chunks)

    if send is not None:
        opened._prefetch_thread = quietly


def _private_key(secrets: dict[str, str]) -> paramiko.PKey | None:
    if "key_file" not in secrets:
        return None
    phrase = secrets["passphrase"].encode() if "passphrase" in secrets else None
    try:
        return paramiko.PKey.from_path(secrets["key_file"], phrase)
    except Exception:
        # which error it is depends on the kind of key; its words may quote the path
        raise FetchError("the private key cannot be opened; check the variables of [credentials_from]") from None


def _remote(entry: paramiko.SFTPAttributes, name: str) -> RemoteFile:
    modified = entry.st_mtime
    return RemoteFile(name=name, size=int(entry.st_size or 0), modified=None if modified is None else int(modified))


@contextmanager
def _words_of_ours() -> Iterator[None]:
    """Tells lasting from passing faults, in words that quote nothing."""
    try:
        yield
    except _UnknownHost:
        raise FetchError(
            "the server's host key is not known; ask the sender for it and put it into the file of [known_hosts]"
        ) from None
    except paramiko.BadHostKeyException:
        raise FetchError(
            "the server has another host key than the known one; ask the sender whether it was changed, by another way "
            "than this connection"
        ) from None
    except paramiko.AuthenticationException:
        raise FetchError("the server refused the sign-in; check the variables of [credentials_from]") from None
    except UnicodeDecodeError:
        raise FetchError(
            "the server gives a name that is not UTF-8; ask the sender to name the files otherwise"
        ) from None
    except socket.gaierror as error:
        if error.errno == socket.EAI_AGAIN:
            raise PassingFault("the server's name could not be looked up") from None
        raise FetchError("there is no host of the name in [url]; correct it") from None
    except (OSError, EOFError, paramiko.SSHException) as error:
        raise _fault(error) from None


def _fault(error: Exception) -> Exception:
    number = getattr(error, "errno", None)
    if isinstance(error, FileNotFoundError) or number == errno.ENOENT:
        return FetchError("there is no such folder or file on the server; correct [url]")
    if isinstance(error, PermissionError) or number == errno.EACCES:
        return FetchError("the server does not let this account read there; ask the sender")
    return PassingFault(f"the connection to the server broke or was refused ([{type(error).__name__}])")
