"""An SFTP server in this process, on the loopback address: it serves invented files, and misbehaves as a test asks."""

import socket
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import paramiko

USER, PASSWORD = "college", "-".join(["invented", "pass", "word"])
MODIFIED = 1_767_225_600  # 2026-01-01T00:00:00Z


@dataclass
class Behaviour:
    """What the server holds and does.

    Attributes:
        files: contents by name; names are given as they stand, hostile ones included.
        port: where it listens.
        host_key: how it proves who it is.
        account_key: the public key that may sign in.
        cut_after: bytes after which the connection is cut, once for each number in the list.
        unsaid: whether it says nothing of sizes, kinds and times.
        written: what clients tried to change.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    port: int = 0
    host_key: paramiko.PKey = field(default_factory=paramiko.ECDSAKey.generate)
    account_key: paramiko.PKey = field(default_factory=paramiko.ECDSAKey.generate)
    cut_after: list[int] = field(default_factory=list)
    unsaid: bool = False
    written: list[str] = field(default_factory=list)
    sign_ins: int = 0

    def known_hosts(self, key: paramiko.PKey | None = None) -> str:
        """A line for a file of known hosts: this server's key, or another one."""
        shown = key or self.host_key
        return f"[127.0.0.1]:{self.port} {shown.get_name()} {shown.get_base64()}\n"


class _Server(paramiko.ServerInterface):
    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour

    def get_allowed_auths(self, username: str) -> str:
        return "password,publickey"

    def check_auth_password(self, username: str, password: str) -> int:
        self.behaviour.sign_ins += 1
        right = (username, password) == (USER, PASSWORD)
        return paramiko.AUTH_SUCCESSFUL if right else paramiko.AUTH_FAILED

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        return paramiko.AUTH_SUCCESSFUL if key == self.behaviour.account_key else paramiko.AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED


class _File(paramiko.SFTPHandle):
    def __init__(self, files: "_Files", content: bytes) -> None:
        super().__init__()
        self._files, self._content = files, content

    def read(self, offset: int, length: int) -> bytes:
        behaviour = self._files.behaviour
        # many requests are under way at once: a connection is cut once
        if behaviour.cut_after and offset + length > behaviour.cut_after[0] and not self._files.cut:
            behaviour.cut_after.pop(0)
            self._files.cut = True
            self._files.transport.sock.shutdown(socket.SHUT_RDWR)
        return self._content[offset : offset + length]


class _Files(paramiko.SFTPServerInterface):
    def __init__(self, server: _Server, *_: object, **__: object) -> None:
        self.behaviour, self.cut = server.behaviour, False
        self.transport: paramiko.Transport = server.transport  # type: ignore[attr-defined]

    def _facts(self, name: str) -> paramiko.SFTPAttributes:
        facts = paramiko.SFTPAttributes()
        facts.filename = name
        if not self.behaviour.unsaid:
            facts.st_size = len(self.behaviour.files[name])
            facts.st_mode = stat.S_IFREG | 0o644
            facts.st_mtime = facts.st_atime = MODIFIED
        return facts

    def list_folder(self, path: str) -> list[paramiko.SFTPAttributes] | int:
        return [self._facts(name) for name in self.behaviour.files] if path == "/out" else paramiko.SFTP_NO_SUCH_FILE

    def stat(self, path: str) -> paramiko.SFTPAttributes | int:
        name = path.removeprefix("/out/")
        return self._facts(name) if name in self.behaviour.files else paramiko.SFTP_NO_SUCH_FILE

    lstat = stat

    def open(self, path: str, flags: int, attr: paramiko.SFTPAttributes) -> _File | int:
        name = path.removeprefix("/out/")
        if flags:
            self.behaviour.written.append("open")
        return _File(self, self.behaviour.files[name]) if name in self.behaviour.files else paramiko.SFTP_NO_SUCH_FILE

    def remove(self, path: str) -> int:
        self.behaviour.written.append("remove")
        return paramiko.SFTP_OK

    def rename(self, oldpath: str, newpath: str) -> int:
        self.behaviour.written.append("rename")
        return paramiko.SFTP_OK


@contextmanager
def sftp_server() -> Iterator[Behaviour]:
    """A server that is gone after the block."""
    behaviour = Behaviour()
    listener = socket.create_server(("127.0.0.1", 0))
    behaviour.port = listener.getsockname()[1]
    transports: list[paramiko.Transport] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            transport = paramiko.Transport(connection)
            transports.append(transport)
            transport.add_server_key(behaviour.host_key)
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, _Files)
            server = _Server(behaviour)
            server.transport = transport  # type: ignore[attr-defined]
            try:
                transport.start_server(event=threading.Event(), server=server)
            except (paramiko.SSHException, EOFError):
                transport.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield behaviour
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for transport in transports:
            transport.close()
        thread.join(timeout=5)
