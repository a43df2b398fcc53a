"""Ctrl-C as a person presses it."""

from __future__ import annotations

import signal
import subprocess
from typing import AnyStr


def end(process: subprocess.Popen[AnyStr], patience: float = 20.0) -> tuple[AnyStr, AnyStr]:
    """Press Ctrl-C, and again if nothing happens for so many seconds; returns stdout and stderr.

    A signal that comes in the instant before Python begins to wait in the system is only noticed afterwards.
    """
    for _ in range(4):
        process.send_signal(signal.SIGINT)
        try:
            return process.communicate(timeout=patience)
        except subprocess.TimeoutExpired:
            continue
    process.kill()
    raise AssertionError(f"Ctrl-C did not end it: {process.communicate()!r}")
