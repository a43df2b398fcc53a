"""A record that nothing can end: its thread waits for a file, and not for a connection that could be cut."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.pipeline.desk import Desk, feed, interrupt, lines, start, until


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs a named pipe")
def test_the_second_ctrl_c_ends_what_cannot_be_cut(desk: Desk) -> None:
    os.mkfifo("pipe.png")
    process = start("New-Video", "-ThrottleLimit", "2", "-Resume", "j", "-InputReference", "pipe.png")
    feed(process, lines(["p1"]))
    until(lambda: Path("j").exists() and '"begun"' in Path("j").read_text())
    interrupt(process)
    process.send_signal(signal.SIGINT)
    try:
        out, err = process.communicate(timeout=45)  # it would wait for ever
    finally:
        process.kill()
    assert (process.returncode, out, desk.requests) == (130, "", [])
    assert err.endswith("The same command goes on from there.\n")
