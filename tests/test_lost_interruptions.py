"""An interruption that comes where Python cannot raise it ends the call all the same, and in silence."""

from __future__ import annotations

import subprocess
import sys

import pytest

#: Something is thrown away, and the signal comes while its last words are said.
_PROGRAM = """
import signal, sys, time
from psopenai_py import signals

class Thrown:
    def __del__(self):
        signal.raise_signal({number})

signals.install()
try:
    Thrown()
    end = time.monotonic() + 60
    while time.monotonic() < end:
        time.sleep(0.01)
except KeyboardInterrupt:
    sys.exit(signals.exit_code())
"""
_OTHER = """
from psopenai_py import signals

class Thrown:
    def __del__(self):
        raise ValueError("not ours")

signals.install()
Thrown()
"""


def _run(code: str) -> tuple[int, str]:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=90, check=False)
    return done.returncode, done.stderr


@pytest.mark.parametrize("number", [2, 15])
def test_it_comes_again(number: int) -> None:
    assert _run(_PROGRAM.format(number=number)) == (128 + number, "")


def test_what_else_goes_wrong_there_is_shown() -> None:
    code, err = _run(_OTHER)
    assert code == 0 and err.endswith("ValueError: not ours\n")
