"""A headless Chromium for tests, driven by its own protocol over two pipes; nothing beside the browser is needed.

Messages are JSON, each ended by a zero byte: the browser reads them from file descriptor 3 and answers on 4. It runs
without network, in a profile of its own, which goes away with it.
"""

import base64
import json
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_SWITCHES = (
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)
_PATIENCE = 30.0

#: Moves two pipes to the descriptors that the browser expects, and becomes the browser.
_ON_3_AND_4 = """
import fcntl, os, sys
for descriptor, pipe in enumerate([fcntl.fcntl(int(pipe), fcntl.F_DUPFD, 10) for pipe in sys.argv[1:3]], start=3):
    os.dup2(pipe, descriptor)
os.execv(sys.argv[3], sys.argv[3:])
"""


def program() -> str | None:
    """Path of the browser, or None where it is not installed."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Browser:
    """One tab of one browser. What the page says to the console, and what it asks for, is kept until the next page."""

    def __init__(self, process: "subprocess.Popen[bytes]", commands: int, answers: int) -> None:
        self._process, self._commands, self._answers = process, commands, answers
        self._held = b""
        self._number = 0
        self._session: str | None = None
        self.events: list[dict[str, Any]] = []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "DOM", "Accessibility"):
            self.ask(f"{domain}.enable")
        self.ask("Page.setLifecycleEventsEnabled", enabled=True)

    def open(self, page: Path, *, width: int = 1280, scheme: str = "light", media: str = "") -> None:
        """Load a page in a window of some width and the colour scheme `light` or `dark`, or as it is printed (`print`)."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=False)
        self.ask(
            "Emulation.setEmulatedMedia", media=media, features=[{"name": "prefers-color-scheme", "value": scheme}]
        )
        self._load("about:blank")  # from the same page to an anchor of it, nothing would be loaded
        self.events.clear()
        self._load(page.resolve().as_uri())

    def value(self, expression: str) -> Any:
        """What a JavaScript expression gives in the page; a page's own policy does not bind the protocol."""
        told = self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in told:
            raise AssertionError(told["exceptionDetails"]["exception"].get("description", "the expression failed"))
        return told["result"].get("value")

    def press(self, key: str, code: int, *, shift: bool = False) -> None:
        """Press and release a key."""
        held = {"key": key, "code": key, "windowsVirtualKeyCode": code, "modifiers": 8 if shift else 0}
        self.ask("Input.dispatchKeyEvent", type="rawKeyDown", **held)
        if key == " ":
            self.ask("Input.dispatchKeyEvent", type="char", text=" ", **held)
        self.ask("Input.dispatchKeyEvent", type="keyUp", **held)

    def complaints(self) -> list[str]:
        """What the page wrote to the console, threw, was refused, or asked of another address than a file."""
        found = []
        for event in self.events:
            told = event["params"]
            if event["method"] == "Runtime.consoleAPICalled":
                found.append(f"console: {[one.get('value') for one in told['args']]}")
            elif event["method"] == "Runtime.exceptionThrown":
                found.append(f"thrown: {told['exceptionDetails']['text']}")
            elif event["method"] == "Log.entryAdded":
                found.append(f"log: {told['entry']['text']}")
            elif event["method"] == "Page.javascriptDialogOpening":
                found.append(f"dialog: {told['message']}")
            elif event["method"] == "Network.requestWillBeSent" and told["type"] != "Document":
                found.append(f"asked for: {told['request']['url']}")
        return found

    def picture(self, path: Path, *, height: int | None = None) -> None:
        """Write a screenshot of the whole page, or of its first pixels."""
        size = self.ask("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": height or size["height"], "scale": 1}
        told = self.ask("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        path.write_bytes(base64.b64decode(told["data"]))

    def printed(self, path: Path) -> None:
        """Write the page as it would be printed on A4."""
        told = self.ask("Page.printToPDF", paperWidth=8.27, paperHeight=11.69)
        path.write_bytes(base64.b64decode(told["data"]))

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """Send one command and wait for its answer."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": params}
        if self._session is not None:
            message["sessionId"] = self._session
        left = json.dumps(message).encode() + b"\0"
        while left:
            left = left[os.write(self._commands, left) :]
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise AssertionError(f"{method}: {answer['error']['message']}")
                result: dict[str, Any] = answer["result"]
                return result

    def _load(self, address: str) -> None:
        """Go to an address and wait until it is loaded."""
        loading = self.ask("Page.navigate", url=address)["loaderId"]
        told = {"name": "load", "loaderId": loading}
        while not any(
            event["method"] == "Page.lifecycleEvent" and told.items() <= event["params"].items()
            for event in self.events
        ):
            self._next()

    def _next(self) -> dict[str, Any]:
        """The next message; an event is kept."""
        until = time.monotonic() + _PATIENCE
        while b"\0" not in self._held:
            if not select.select([self._answers], [], [], max(0.0, until - time.monotonic()))[0]:
                raise AssertionError("the browser does not answer")
            part = os.read(self._answers, 1 << 16)
            if not part:
                raise AssertionError(f"the browser ended with status {self._process.wait()}")
            self._held += part
        text, _, self._held = self._held.partition(b"\0")
        message: dict[str, Any] = json.loads(text)
        if "method" in message:
            self.events.append(message)
        return message


@contextmanager
def chromium(folder: Path) -> Iterator[Browser]:
    """A browser that keeps its profile in `folder` and is ended with the block."""
    found = program()
    assert found is not None
    theirs_in, ours_out = os.pipe()
    ours_in, theirs_out = os.pipe()
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)}
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            _ON_3_AND_4,
            str(theirs_in),
            str(theirs_out),
            found,
            *_SWITCHES,
            f"--user-data-dir={folder / 'profile'}",
        ],
        pass_fds=(theirs_in, theirs_out),
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs_in)
    os.close(theirs_out)
    try:
        yield Browser(process, ours_out, ours_in)
    finally:
        os.close(ours_out)  # the browser ends when its pipe does
        os.close(ours_in)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
