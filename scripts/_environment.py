"""How to run a program in a private environment of the checkout, which is made when it is missing."""

import os
import sys

import _layout
from _layout import ROOT as ROOT


def python(name: str) -> str:
    """Path of the interpreter of the environment `name`, which is made first when it is missing or outdated.

    `run` holds the package; any other name is a dependency group of `pyproject.toml` and holds that as well.
    Ends the process with one line on stderr when the environment cannot be made.
    """
    stamp, folder = _layout.current_stamp(), _layout.folder(name)
    if not _layout.is_ready(folder, stamp):
        import _setup

        _setup.make(name, folder, stamp)
    return _layout.interpreter(folder)


def become(command: list[str]) -> int:
    """Go on as `command`: same process, terminal and signals. Windows cannot, so there it is a child."""
    if sys.platform == "win32":
        return forward(command)
    os.execv(command[0], command)


def forward(command: list[str], folder: "str | None" = None) -> int:
    """Exit code of `command`, run in `folder`.

    The command gets a Ctrl-C too, and what to do about it is its business; when it has ended, so do we.
    """
    import signal
    import subprocess

    interrupts: list[int] = []
    signal.signal(signal.SIGINT, lambda number, frame: interrupts.append(number))
    code = subprocess.call(command, cwd=folder)
    if interrupts:
        sys.exit(code or 130)
    return code if code >= 0 else 128 - code  # ended by a signal: the number that a shell would give
