"""A real terminal for a process: what is typed into it, and what its screen shows."""

from __future__ import annotations

import os
import re
import select
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import IO

#: Makes the terminal on stdin the controlling one, as in a real session, and becomes the program.
_ATTACH = "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execvp(sys.argv[1], sys.argv[1:])"

CTRL_C, CTRL_D, TAB = "\x03", "\x04", "\t"


class Terminal:
    """Runs a command with stdin and stderr on a terminal; `stdout` is the terminal, too, unless it is given.

    Line ends are shown as the program wrote them, and what is typed is echoed, unless the program forbids it.
    """

    def __init__(
        self,
        *command: str | os.PathLike[str],
        env: Mapping[str, str] | None = None,
        stdout: int | IO[bytes] | None = None,
        limit: float = 60,
    ) -> None:
        import termios

        self._deadline = time.monotonic() + limit
        self._screen = b""
        self._main, side = os.openpty()
        attributes = termios.tcgetattr(side)
        attributes[1] &= ~termios.ONLCR
        termios.tcsetattr(side, termios.TCSANOW, attributes)
        self._process = subprocess.Popen(
            [sys.executable, "-S", "-c", _ATTACH, *command],
            stdin=side,
            stdout=side if stdout is None else stdout,
            stderr=side,
            env={"TERM": "xterm-256color", **(os.environ if env is None else env)},
            start_new_session=True,
        )
        os.close(side)

    @property
    def screen(self) -> str:
        """Everything that was shown so far."""
        return self._screen.decode("utf-8", "replace")

    def wait_for(self, text: str) -> None:
        """Wait until the screen ends in a text, whatever modes a shell sets behind it."""
        self.until(lambda screen: re.sub(r"\x1b\[[?0-9;]*[A-Za-z]", "", screen).endswith(text))

    def wait_until_shown(self, text: str, behind: str = "") -> None:
        """Wait until a text was shown, somewhere behind another one; commands to the terminal do not count."""
        commands = re.compile(r"\x1b[^A-Za-z]*[A-Za-z]|[\x07\x08]")
        self.until(lambda screen: text in commands.sub("", screen).rpartition(behind or "\0")[2])

    def see(self, text: str) -> None:
        """Wait until the screen has shown a text, whatever comes behind it."""
        self.until(lambda screen: text in screen)

    def until(self, done: Callable[[str], object]) -> None:
        """Wait until something is true of what was shown so far."""
        while not done(self.screen):
            assert self._read(), f"the program ended; the screen shows {self.screen!r}"

    def type(self, text: str) -> None:
        os.write(self._main, text.encode())

    def close(self) -> int:
        """Wait for the end of the program and return its exit code."""
        while self._read():
            pass
        os.close(self._main)
        return self._process.wait(max(self._deadline - time.monotonic(), 0.1))

    def _read(self) -> bool:
        ready, _, _ = select.select([self._main], [], [], max(self._deadline - time.monotonic(), 0))
        assert ready, f"nothing happens any more; the screen shows {self.screen!r}"
        try:
            data = os.read(self._main, 65536)
        except OSError:  # Linux says so when the program has closed its side
            return False
        self._screen += data
        return bool(data)


def our(*arguments: str) -> Sequence[str]:
    """The command line of a cmdlet, or of the program."""
    return [sys.executable, "-m", "psopenai_py", *arguments]
