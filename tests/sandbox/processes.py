"""A sandbox server in a process of its own."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests import unmeasured
from tests.terminal import our


class Running:
    """A sandbox in a process of its own; `stop` sends a signal and returns exit code and stderr."""

    def __init__(self, *arguments: str) -> None:
        command = our("Start-VideoSandbox", "-Port", "0", *arguments)
        # Measuring coverage makes drawing ten times as slow, and most of these are killed before they could tell.
        env = unmeasured.environment()
        self.process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        lines: list[str] = []
        while not lines or lines[-1] != "}\n":
            lines.append(self.process.stdout.readline())
            assert lines[-1], self.process.communicate()
        self.announced = json.loads("".join(lines))
        self.url: str = self.announced["url"]
        self.page = self.url.removesuffix("v1")
        self.address = ("127.0.0.1", int(self.url.split(":")[2].partition("/")[0]))

    @property
    def most_memory(self) -> int:
        """The most that was resident so far, in bytes; Linux only."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        assert found is not None
        return int(found[1]) * 1024

    @property
    def work(self) -> float:
        """Seconds for which it had a processor so far; 0 where nobody tells."""
        try:
            user, system = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        except OSError:
            return 0.0
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def stop(self, how: signal.Signals = signal.SIGINT) -> tuple[int, str]:
        self.process.send_signal(how)
        _, err = self.process.communicate(timeout=60)
        return self.process.returncode, err


@contextlib.contextmanager
def running(*arguments: str) -> Iterator[Running]:
    started = Running(*arguments)
    try:
        yield started
    finally:
        started.process.kill()
        started.process.communicate()
