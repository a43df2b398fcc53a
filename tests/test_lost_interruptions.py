"""An interruption that comes where Python cannot raise it ends the call all the same, and in silence."""

from __future__ import annotations

import signal
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


@pytest.mark.skipif(sys.platform == "win32", reason="a process does not end by a signal there")
def test_one_that_was_lost_before_the_program_began_ends_it() -> None:
    """What it leaves behind, where it comes between two steps of the interpreter."""
    begun = "import _imp, sys; sys.argv = ['Get-Video', '-?']; from psopenai_py.__main__ import main; {}main()"
    assert _run(begun.format("_imp.acquire_lock(); ")) == (-signal.SIGINT, "")
    assert _run(begun.format("")) == (0, "")
