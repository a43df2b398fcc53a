"""Chromium without a window, driven through a pipe by the DevTools protocol: no driver, no port."""

from __future__ import annotations

import base64
import itertools
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

_NAMES = ("chromium", "chromium-browser", "google-chrome")
#: The program, or None. The pipe is one of Unix.
CHROMIUM = next(filter(None, map(shutil.which, _NAMES)), None) if sys.platform != "win32" else None

_LIMIT = 90.0
#: The browser reads from descriptor 3 and writes to 4; both pipes are first put where neither is in the way.
_LAUNCH = """import fcntl, os, sys
pipes = [fcntl.fcntl(int(number), fcntl.F_DUPFD, 10) for number in sys.argv[1:3]]
os.dup2(pipes[0], 3)
os.dup2(pipes[1], 4)
os.execv(sys.argv[3], sys.argv[3:])"""


class Page:
    """A page in a browser of its own; what its console says, and which policies it broke, is in `complaints`."""

    def __init__(self, profile: Path) -> None:
        assert CHROMIUM is not None
        commands, self._commands = os.pipe()
        self._answers, answers = os.pipe()
        # It runs as root in containers, so without its sandbox.
        self._process = subprocess.Popen(
            [
                sys.executable, "-S", "-c", _LAUNCH, str(commands), str(answers), CHROMIUM, "--headless",
                "--no-sandbox", "--remote-debugging-pipe", "--disable-gpu", "--no-first-run",
                "--disable-dev-shm-usage", "--autoplay-policy=no-user-gesture-required",
                f"--user-data-dir={profile}", "about:blank",
            ],
            pass_fds=(commands, answers),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(commands)
        os.close(answers)
        self._numbers = itertools.count(1)
        self._buffer = b""
        self._session: str | None = None
        self.complaints: list[str] = []
        target = self._do("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._do("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self._do(f"{domain}.enable")
        self.look(width=1100, dark=False)

    def look(self, *, width: int, dark: bool) -> None:
        """Take a window of another width, or other colours."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._do("Emulation.setEmulatedMedia", features=[scheme])
        self._do("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)

    def __enter__(self) -> Page:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._commands)
        os.close(self._answers)

    def open(self, address: str) -> None:
        """Go to an address, and wait until the page is there."""
        self._do("Page.navigate", url=address)
        self.wait("document.readyState === 'complete' && location.href !== 'about:blank'")

    def run(self, script: str) -> Any:
        """The value of an expression in the page; of a promise, what comes of it."""
        done = self._do("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in done, done["exceptionDetails"]
        return done["result"].get("value")

    def wait(self, condition: str) -> None:
        """Wait until an expression is true."""
        self.until(lambda: self.run(f"Boolean({condition})"), condition)

    def until(self, done: Callable[[], object], what: str) -> None:
        """Wait until a function says so."""
        deadline = time.monotonic() + _LIMIT
        while not done():
            assert time.monotonic() < deadline, f"{what}: {self.run('document.body.innerText')}"
            time.sleep(0.05)

    def press(self, key: str, *, control: bool = False) -> None:
        """Press a key, as a person would."""
        text = {} if control or (len(key) > 1 and key != "Enter") else {"text": "\r" if key == "Enter" else key}
        modifiers = 2 if control else 0
        codes = {"Enter": 13, "Tab": 9, "Escape": 27}
        code = codes.get(key, ord(key.upper()[0]))
        for kind in ("keyDown", "keyUp"):
            more = text if kind == "keyDown" else {}
            self._do(
                "Input.dispatchKeyEvent", type=kind, key=key, modifiers=modifiers, windowsVirtualKeyCode=code, **more
            )

    def type(self, text: str) -> None:
        """Type a text where the focus is."""
        self._do("Input.insertText", text=text)

    def picture(self, path: Path) -> None:
        """Save what can be seen, the whole page."""
        shot = self._do("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(shot["data"]))

    def _do(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self._numbers)
        message: dict[str, Any] = {"id": number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == number:
                assert "error" not in answer, answer
                result: dict[str, Any] = answer["result"]
                return result
            self._note(answer)

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            data = os.read(self._answers, 1 << 20)
            assert data, "the browser has ended"
            self._buffer += data
        message, _, self._buffer = self._buffer.partition(b"\0")
        answer: dict[str, Any] = json.loads(message)
        return answer

    def _note(self, event: dict[str, Any]) -> None:
        if event.get("method") == "Log.entryAdded":
            self.complaints.append(event["params"]["entry"]["text"])
        if event.get("method") == "Runtime.exceptionThrown":
            self.complaints.append(str(event["params"]["exceptionDetails"]))
