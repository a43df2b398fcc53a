"""Memory does not grow with the input."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.pipeline.desk import Desk, feed, lines, prompts, start

#: Records that may be under way or unheard at the same time.
WINDOW = 1024

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs the accounts that only Unix keeps for each process")


def test_twenty_times_the_input(tmp_path: Path) -> None:
    small, large = _peak(tmp_path, 1000), _peak(tmp_path, 20_000)
    assert large <= 1.2 * small


def _peak(folder: Path, count: int) -> int:
    """The largest resident size of a run over so many records, in the units of the system."""
    prompt = folder / "prompts"
    prompt.write_text(lines(prompts(count)))
    command = [sys.executable, "-m", "psopenai_py", "New-Video", "-ThrottleLimit", "8", "-WhatIf"]
    with prompt.open() as stdin, (folder / "out").open("w") as stdout:
        process = subprocess.Popen([*command, "-ApiBase", "http://127.0.0.1:9/v1"], stdin=stdin, stdout=stdout)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    with (folder / "out").open() as out:
        assert sum(1 for _ in out) == count
    return usage.ru_maxrss


def test_a_record_that_takes_long(desk: Desk) -> None:
    """The rest goes on, but only so far: what it has to say must be kept."""
    desk.held = {"p1"}
    process = start("New-Video", "-ThrottleLimit", "4")
    names = prompts(WINDOW + 200)
    feed(process, lines(names))
    desk.wait(lambda: len(desk.asked) >= WINDOW)
    time.sleep(0.3)
    assert len(desk.asked) == WINDOW
    desk.answer("p1")
    out, err = process.communicate()
    assert (process.returncode, out.count("\n"), err) == (0, WINDOW + 200, "")
