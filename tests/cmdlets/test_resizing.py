"""A terminal whose window becomes narrower while a line about progress is shown; tmux breaks lines as terminals do."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server import JOB, Script
from tests.terminal import our

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="there is no tmux to resize")


class Window:
    """A window of tmux in which a command runs."""

    def __init__(self, socket: Path, command: str, columns: int) -> None:
        self._tmux = ["tmux", "-S", str(socket), "-f", os.devnull]
        size = ["-x", str(columns), "-y", "10"]
        self._run("new-session", "-d", *size, f"{command}; echo over; sleep 60")

    def resize(self, columns: int) -> None:
        self._run("resize-window", "-x", str(columns), "-y", "10")

    @property
    def lines(self) -> list[str]:
        """What it shows, without lines that are empty."""
        return [line for line in self._run("capture-pane", "-p").splitlines() if line.strip()]

    def close(self) -> None:
        self._run("kill-server")

    def _run(self, *arguments: str) -> str:
        return subprocess.run([*self._tmux, *arguments], capture_output=True, text=True, check=True).stdout


@pytest.fixture
def window(api: Script, tmp_path: Path) -> Iterator[Window]:
    """Waits for a job, 60 columns wide, until the server says that it is completed."""
    api.responses = [{"json": JOB | {"status": "in_progress", "progress": 50}}]
    wait = shlex.join(our("Wait-Video", "video_1234567890123456789098765", "-PollIntervalSec", "1"))
    opened = Window(tmp_path / "tmux", f"seq 100 130; {wait} > /dev/null", 60)
    yield opened
    opened.close()


def _until(window: Window, last: str, end: str = "") -> None:
    """Wait until the last line begins and ends so; above it is what was printed before, as far as it fits."""
    deadline = time.monotonic() + 60
    while True:
        *above, line = window.lines or [""]
        if (
            line.startswith(last)
            and line.endswith(end)
            and above
            and above == [str(131 - left) for left in range(len(above), 0, -1)]
        ):
            return
        assert time.monotonic() < deadline, [*above, line]
        time.sleep(0.1)


def test_a_window_that_becomes_narrower_and_wider(window: Window, api: Script) -> None:
    _until(window, "in_progress 50 %", ", video_1234…98765")
    for columns in (14, 40, 20, 60):
        window.resize(columns)
        time.sleep(1.5)
        _until(window, "in_progress")
    api.responses = [{"json": JOB | {"status": "completed"}}]
    _until(window, "over")
